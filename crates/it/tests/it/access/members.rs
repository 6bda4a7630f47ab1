//! Rows of the table: members: sign-up, profiles, follows, notifications. Data only.

use super::Row;
use super::Sent::{Form, Nothing, Script};

pub(super) const ROWS: &[Row] = &[
    ("GET", "/{lang}/join", "/fr/join", Nothing, [200, 303, 303, 303, 303]),
    ("POST", "/{lang}/join", "/fr/join", Form(&[]), [422; 5]),
    ("POST", "/{lang}/join/finish", "/fr/join/finish", Form(&[]), [422; 5]),
    ("POST", "/join/passkey/begin", "/join/passkey/begin", Script, [422; 5]),
    ("POST", "/join/passkey/finish", "/join/passkey/finish", Script, [422; 5]),
];
