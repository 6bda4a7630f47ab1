//! Rows of the table: search and the map for crawlers. Data only.

use super::Row;
use super::Sent::Nothing;

pub(super) const ROWS: &[Row] = &[
    ("GET", "/{lang}/search", "/fr/search?q=pont", Nothing, [200; 5]),
    ("GET", "/opensearch.xml", "/opensearch.xml", Nothing, [200; 5]),
    ("GET", "/sitemaps/{section}", "/sitemaps/episodes-1.xml", Nothing, [200; 5]),
    ("GET", "/api/v1/search", "/api/v1/search?q=pont", Nothing, [200; 5]),
    ("GET", "/api/v1/search/posts", "/api/v1/search/posts?q=pont", Nothing, [200; 5]),
    ("GET", "/api/v1/search/people", "/api/v1/search/people?q=pont", Nothing, [200; 5]),
];
