//! The words in which operations of the API describe themselves: each file of handlers ends with its `OPS`. From them come
//! the OpenAPI document and the readable page. Nothing here is asked at run time to decide anything.

/// What a value is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// True or false.
    Flag,
    /// RFC 3339 in UTC.
    Instant,
    /// An absolute http(s) address.
    Url,
    /// A shown id with this prefix.
    Id(&'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list.
    List(&'static Kind),
    /// An object whose names are language tags.
    ByLanguage(&'static Kind),
    /// An object of its own.
    Object(&'static Shape),
    /// Two texts, the second perhaps null.
    Pair,
    /// Any object.
    Anything,
}

/// A named value of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// Must be sent; in an answer, is always there.
    pub needed: bool,
    /// May be null.
    pub nullable: bool,
    /// A few words for programmers, in English; may be empty.
    pub note: &'static str,
}

/// A value that is always there.
pub const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, needed: true, nullable: false, note: "" }
}

/// A value that may be left out.
pub const fn may(name: &'static str, kind: Kind) -> Field {
    Field { needed: false, ..must(name, kind) }
}

impl Field {
    /// It may be null.
    #[must_use]
    pub const fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// With a few words.
    #[must_use]
    pub const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

/// An object, named for the document.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Its name, unique in the document.
    pub name: &'static str,
    /// Its values.
    pub fields: &'static [Field],
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// After the question mark; always optional.
    Query,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Its name; in a path the one between the braces.
    pub name: &'static str,
    /// Where.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
    /// A few words in English.
    pub note: &'static str,
}

/// A parameter of the path.
pub const fn in_path(name: &'static str, kind: Kind) -> Param {
    Param { name, place: Place::Path, kind, note: "" }
}

/// An optional parameter after the question mark.
pub const fn in_query(name: &'static str, kind: Kind, note: &'static str) -> Param {
    Param { name, place: Place::Query, kind, note }
}

/// What a request carries.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// Nothing.
    Nothing,
    /// JSON.
    Json(&'static Shape),
    /// JSON, or nothing at all.
    Perhaps(&'static Shape),
    /// The bytes of a file of one of these media types.
    Bytes(&'static [&'static str]),
}

/// An operation. Who may ask for it is said by `ROUTES`, not here.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    /// Its name, unique; its sentence is `api-op-<id>` in the locale files.
    pub id: &'static str,
    /// The method.
    pub method: &'static str,
    /// The path as in `ROUTES`.
    pub path: &'static str,
    /// Parameters.
    pub params: &'static [Param],
    /// What is sent.
    pub body: Body,
    /// Takes `Idempotency-Key`.
    pub once: bool,
    /// The status of success.
    pub status: u16,
    /// What is answered; nothing with 204.
    pub answer: Option<&'static Shape>,
    /// Codes of problems beyond those every operation may have.
    pub problems: &'static [&'static str],
    /// The body as one would send it, with every field of its shape; for bytes, the name of a file.
    pub example: &'static str,
}

/// An operation that reads, to be completed with `..READ`.
pub const READ: Op = Op {
    id: "",
    method: "GET",
    path: "",
    params: &[],
    body: Body::Nothing,
    once: false,
    status: 200,
    answer: None,
    problems: &[],
    example: "",
};

/// An operation that changes something, to be completed with `..CHANGE`.
pub const CHANGE: Op = Op { method: "POST", ..READ };

/// Operations under one heading, `api-group-<key>` in the locale files.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// The key.
    pub key: &'static str,
    /// The operations.
    pub ops: &'static [Op],
}

/// Every code a problem may have, with its status. A test holds the operations' codes to this list.
pub const CODES: &[(&str, u16)] = &[
    ("token-needed", 401),
    ("forbidden", 403),
    ("join-first", 403),
    ("not-found", 404),
    ("listens-gone", 404),
    ("removed-by-decision", 410),
    ("approval-too-many", 409),
    ("audio-missing", 409),
    ("chapters-by-hand", 409),
    ("comment-closed", 409),
    ("comment-parent", 409),
    ("comment-same", 409),
    ("comment-too-old", 409),
    ("comment-changed-since", 409),
    ("comment-deleted", 409),
    ("comment-settings-version", 409),
    ("comment-version", 409),
    ("conversion-running", 409),
    ("correction-not-public", 409),
    ("edit-conflict", 409),
    ("host-taken", 409),
    ("image-used", 409),
    ("feed-locked", 409),
    ("excerpt-needs-sound", 409),
    ("excerpt-too-many", 409),
    ("ffmpeg-missing", 409),
    ("item-conflict", 409),
    ("lint-errors", 409),
    ("rehearsal-changed", 409),
    ("rehearsal-done", 409),
    ("rehearsal-gone", 409),
    ("rehearsal-over", 409),
    ("rundown-empty", 409),
    ("sound-not-here", 409),
    ("transcript-conflict", 409),
    ("slug-taken", 409),
    ("changed-meanwhile", 409),
    ("frozen", 409),
    ("frozen-episode", 409),
    ("frozen-post", 409),
    ("not-editable", 409),
    ("quoted-gone", 409),
    ("state-conflict", 409),
    ("zone-would-publish", 409),
    ("undo-too-late", 409),
    ("webhook-too-many", 409),
    ("changed-meanwhile", 409),
    ("mute-instead", 409),
    ("unblock-first", 409),
    ("yourself", 409),
    ("check-fields", 422),
    ("clip-fields", 422),
    ("comment-fields", 422),
    ("comment-settings", 422),
    ("import-entities", 422),
    ("import-malformed", 422),
    ("import-not-a-feed", 422),
    ("import-not-wxr", 422),
    ("import-too-deep", 422),
    ("import-too-large", 422),
    ("import-too-many", 422),
    ("import-untitled", 422),
    ("json-unreadable", 422),
    ("listens-future", 422),
    ("order-unknown", 422),
    ("transcript-too-long", 422),
    ("transcript-would-be-empty", 422),
    ("idempotency-key-malformed", 422),
    ("idempotency-key-reused", 422),
    ("clip-house-full", 429),
    ("clip-too-many-today", 429),
    ("clip-too-many-waiting", 429),
    ("comment-too-many", 429),
    ("rehearsals-waiting", 429),
    ("too-many-posts", 429),
    ("too-many", 429),
    ("not-available", 503),
    ("repeat-with-same-key", 503),
];

/// The status of a code; every code an operation names is listed.
#[must_use]
pub fn status_of(code: &str) -> Option<u16> {
    CODES.iter().find(|(known, _)| *known == code).map(|(_, status)| *status)
}

impl Op {
    /// Who may ask for it, as `ROUTES` says.
    #[must_use]
    pub fn who(&self) -> &'static str {
        let routes = crate::http::ROUTES.iter();
        routes.filter(|r| r.method == self.method && r.path == self.path).map(|r| r.who).next().unwrap_or("nobody")
    }

    /// The codes its problems may have: its own, and those that follow from what it takes and who may ask.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&'static str> = vec!["not-available"];
        if self.params.iter().any(|p| p.place == Place::Path) {
            codes.push("not-found");
        }
        if self.who() != "public" {
            codes.extend(["token-needed", "forbidden", "too-many", "repeat-with-same-key"]);
        }
        match self.body {
            Body::Json(_) | Body::Perhaps(_) => codes.extend(["json-unreadable", "check-fields"]),
            Body::Bytes(_) => codes.push("check-fields"),
            Body::Nothing => {}
        }
        if self.once {
            codes.extend(["idempotency-key-malformed", "idempotency-key-reused"]);
        }
        codes.extend(self.problems);
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}
