//! Rows of the table: members: sign-up, profiles, follows, notifications. Data only.

use super::Row;
use super::Sent::{Api, File, Form, Nothing, Script};

/// One's own pages: the way to the sign-in for visitors.
const ME: [u16; 5] = [303, 200, 200, 200, 200];
/// What needs a place in public: of the table's people the owner has one.
const MEMBER: [u16; 5] = [401, 403, 403, 403, 200];

pub(super) const ROWS: &[Row] = &[
    ("GET", "/{lang}/join", "/fr/join", Nothing, [200, 303, 303, 303, 303]),
    ("POST", "/{lang}/join", "/fr/join", Form(&[]), [422; 5]),
    ("POST", "/{lang}/join/finish", "/fr/join/finish", Form(&[]), [422; 5]),
    ("POST", "/join/passkey/begin", "/join/passkey/begin", Script, [422; 5]),
    ("POST", "/join/passkey/finish", "/join/passkey/finish", Script, [422; 5]),
    ("GET", "/{lang}/members/{handle}", "/fr/members/proprio", Nothing, [200; 5]),
    ("GET", "/{lang}/members/{handle}/followers", "/fr/members/proprio/followers", Nothing, [200; 5]),
    ("GET", "/{lang}/members/{handle}/following", "/fr/members/proprio/following", Nothing, [200; 5]),
    ("GET", "/media/members/{handle}/{file}", "/media/members/proprio/0.jpg", Nothing, [404; 5]),
    ("GET", "/{lang}/voices/{id}", "/fr/voices/none", Nothing, [404; 5]),
    ("POST", "/{lang}/voices/{id}/{verb}", "/fr/voices/{show}/mute", Form(&[]), [401, 303, 303, 303, 303]),
    ("GET", "/{lang}/digest/{token}", "/fr/digest/none", Nothing, [404; 5]),
    ("POST", "/{lang}/digest/{token}", "/fr/digest/none", Form(&[]), [404; 5]),
    ("GET", "/{lang}/account/profile", "/fr/account/profile", Nothing, ME),
    ("POST", "/{lang}/account/profile", "/fr/account/profile", Form(&[]), [401, 422, 422, 422, 422]),
    ("POST", "/{lang}/account/profile/picture", "/fr/account/profile/picture", File, [401, 403, 403, 403, 422]),
    (
        "POST",
        "/{lang}/account/profile/picture/remove",
        "/fr/account/profile/picture/remove",
        Form(&[]),
        [401, 403, 403, 403, 303],
    ),
    ("GET", "/{lang}/account/following", "/fr/account/following", Nothing, ME),
    ("GET", "/{lang}/account/muted", "/fr/account/muted", Nothing, ME),
    ("GET", "/{lang}/account/blocked", "/fr/account/blocked", Nothing, ME),
    ("GET", "/{lang}/account/notifications", "/fr/account/notifications", Nothing, ME),
    (
        "POST",
        "/{lang}/account/notifications/read",
        "/fr/account/notifications/read",
        Form(&[]),
        [401, 403, 403, 403, 303],
    ),
    (
        "POST",
        "/{lang}/account/notifications/settings",
        "/fr/account/notifications/settings",
        Form(&[]),
        [401, 422, 422, 422, 422],
    ),
    ("GET", "/{lang}/account/data", "/fr/account/data", Nothing, ME),
    ("GET", "/{lang}/account/data/export.tar", "/fr/account/data/export.tar", Nothing, ME),
    ("POST", "/{lang}/account/data/erase", "/fr/account/data/erase", Form(&[]), [401, 422, 422, 422, 422]),
    ("GET", "/api/v1/members/{handle}", "/api/v1/members/proprio", Nothing, [200; 5]),
    ("GET", "/api/v1/me", "/api/v1/me", Api(""), MEMBER),
    ("PUT", "/api/v1/me", "/api/v1/me", Api("{}"), [401, 422, 422, 422, 422]),
    ("GET", "/api/v1/me/following", "/api/v1/me/following", Api(""), MEMBER),
    ("PUT", "/api/v1/me/following/{voice}", "/api/v1/me/following/{show}", Api(""), MEMBER),
    ("DELETE", "/api/v1/me/following/{voice}", "/api/v1/me/following/{show}", Api(""), MEMBER),
    ("GET", "/api/v1/me/muted", "/api/v1/me/muted", Api(""), MEMBER),
    ("PUT", "/api/v1/me/muted/{voice}", "/api/v1/me/muted/{show}", Api(""), MEMBER),
    ("DELETE", "/api/v1/me/muted/{voice}", "/api/v1/me/muted/{show}", Api(""), MEMBER),
    ("GET", "/api/v1/me/blocked", "/api/v1/me/blocked", Api(""), MEMBER),
    ("PUT", "/api/v1/me/blocked/{member}", "/api/v1/me/blocked/{show}", Api(""), [401, 403, 403, 403, 409]),
    ("DELETE", "/api/v1/me/blocked/{member}", "/api/v1/me/blocked/{show}", Api(""), MEMBER),
    ("GET", "/api/v1/me/notifications", "/api/v1/me/notifications", Api(""), MEMBER),
    ("POST", "/api/v1/me/notifications/read", "/api/v1/me/notifications/read", Api(""), MEMBER),
];
