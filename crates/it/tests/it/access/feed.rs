//! Rows of the table: the home feed, explore, tags and what decides the order. Data only.

use super::Row;
use super::Sent::{Form, Nothing};

pub(super) const ROWS: &[Row] = &[
    ("GET", "/{lang}/feed", "/fr/feed", Nothing, [303, 200, 200, 200, 200]),
    // Of them only the owner has a place in public, and so a feed to order.
    ("POST", "/{lang}/feed/order", "/fr/feed/order", Form(&[("order", "turns")]), [303, 403, 403, 403, 303]),
    ("GET", "/{lang}/explore", "/fr/explore", Nothing, [200; 5]),
    ("GET", "/{lang}/tags/{tag}", "/fr/tags/pont", Nothing, [200; 5]),
    ("GET", "/feeds/tags/{file}", "/feeds/tags/pont.fr.xml", Nothing, [404; 5]),
    ("GET", "/feeds/members/{file}", "/feeds/members/personne.fr.xml", Nothing, [404; 5]),
    ("GET", "/{lang}/order", "/fr/order", Nothing, [200; 5]),
    ("GET", "/order/definitions.txt", "/order/definitions.txt", Nothing, [200; 5]),
    ("GET", "/api/v1/feed", "/api/v1/feed", Nothing, [401, 403, 403, 403, 200]),
    ("GET", "/api/v1/explore", "/api/v1/explore", Nothing, [200; 5]),
    ("GET", "/api/v1/tags/{tag}", "/api/v1/tags/pont", Nothing, [200; 5]),
];
