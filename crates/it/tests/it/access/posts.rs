//! Rows of the table: posts: writing, reading, history, links. Data only.

use super::Row;
use super::Sent::{Api, File, Form, Nothing};

pub(super) const ROWS: &[Row] = &[
    ("GET", "/{lang}/posts/new", "/fr/posts/new", Nothing, [303, 200, 200, 200, 200]),
    ("POST", "/{lang}/posts/new", "/fr/posts/new", File, [303, 422, 422, 422, 422]),
    ("GET", "/{lang}/posts/mine", "/fr/posts/mine", Nothing, [303, 200, 200, 200, 200]),
    ("GET", "/{lang}/posts/elsewhere", "/fr/posts/elsewhere", Nothing, [303, 200, 200, 200, 200]),
    ("GET", "/{lang}/posts/{id}", "/fr/posts/{post}", Nothing, [200, 200, 200, 200, 200]),
    ("GET", "/{lang}/posts/{id}/history", "/fr/posts/{post}/history", Nothing, [200, 200, 200, 200, 200]),
    ("GET", "/{lang}/posts/{id}/edit", "/fr/posts/{post}/edit", Nothing, [303, 404, 403, 403, 200]),
    ("POST", "/{lang}/posts/{id}/edit", "/fr/posts/{post}/edit", File, [303, 404, 403, 403, 422]),
    ("GET", "/{lang}/posts/{id}/delete", "/fr/posts/{post}/delete", Nothing, [303, 404, 403, 403, 200]),
    ("POST", "/{lang}/posts/{id}/reshare", "/fr/posts/{post}/reshare", Form(&[]), [303, 303, 303, 303, 303]),
    ("POST", "/{lang}/posts/{id}/unshare", "/fr/posts/{post}/unshare", Form(&[]), [303, 303, 303, 303, 303]),
    ("GET", "/{lang}/posts/{id}/comments", "/fr/posts/{post}/comments", Nothing, [200, 200, 200, 200, 200]),
    ("POST", "/{lang}/posts/{id}/comments", "/fr/posts/{post}/comments", Form(&[]), [422, 422, 422, 422, 422]),
    ("GET", "/media/posts/new/{token}", "/media/posts/new/{sent}", Nothing, [404, 404, 404, 404, 200]),
    ("GET", "/media/posts/{id}/{file}", "/media/posts/{post}/none.jpg", Nothing, [404, 404, 404, 404, 404]),
    ("GET", "/api/v1/posts", "/api/v1/posts", Nothing, [200, 200, 200, 200, 200]),
    ("POST", "/api/v1/posts", "/api/v1/posts", Api("{}"), [401, 403, 403, 403, 422]),
    ("POST", "/api/v1/post-pictures", "/api/v1/post-pictures", Api("x"), [401, 422, 422, 422, 422]),
    ("GET", "/api/v1/posts/{id}", "/api/v1/posts/{post}", Nothing, [200, 200, 200, 200, 200]),
    (
        "PUT",
        "/api/v1/posts/{id}",
        "/api/v1/posts/{post}",
        Api(r#"{"version": 1, "body": "x"}"#),
        [401, 404, 403, 403, 200],
    ),
    ("DELETE", "/api/v1/posts/{id}", "/api/v1/posts/{spare}", Api(""), [401, 404, 403, 403, 200]),
    ("GET", "/{lang}/posts/{id}/remove", "/fr/posts/{post}/remove", Nothing, [303, 404, 403, 403, 200]),
    ("POST", "/{lang}/posts/{id}/remove", "/fr/posts/{post}/remove", Form(&[]), [401, 404, 403, 403, 303]),
    ("POST", "/{lang}/posts/{id}/restore", "/fr/posts/{post}/restore", Form(&[]), [401, 404, 403, 403, 303]),
    ("POST", "/{lang}/posts/{id}/delete", "/fr/posts/{post}/delete", Form(&[]), [401, 404, 403, 403, 303]),
];
