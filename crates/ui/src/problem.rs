//! A refusal shown: its status, its sentence in the visitor's language, and problem+json (RFC 9457) for programs.

use axum::http::StatusCode;
use kernel::{Arg, Kind, Lang, Refusal};
use serde_json::{Value, json};

use crate::texts::Texts;

/// The HTTP status of a refusal.
#[must_use]
pub const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::SignIn => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Gone => StatusCode::GONE,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Upstream => StatusCode::BAD_GATEWAY,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The sentence of a refusal, or of a field with the prefix `field-`.
#[must_use]
pub fn sentence(texts: &Texts, lang: Lang, prefix: &str, code: &str, args: &[(&'static str, Arg)]) -> String {
    texts.text(lang, &format!("{prefix}-{code}"), args)
}

/// What a decision put beside something, as a sentence; a word this version does not know is named as what it is.
#[must_use]
pub fn label_sentence(texts: &Texts, lang: Lang, code: &str) -> String {
    let key = format!("reach-label-{code}");
    let plain = code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    if plain && texts.has(lang, &key) {
        return texts.text(lang, &key, &[]);
    }
    texts.text(lang, "reach-label-unknown", &[("label", Arg::Text(code.to_owned()))])
}

/// A refusal as problem+json. `code` and the fields' codes are stable; the sentences follow the language.
#[must_use]
pub fn problem_json(texts: &Texts, lang: Lang, refusal: &Refusal) -> Value {
    let fields: Vec<Value> = refusal
        .fields
        .iter()
        .map(|field| {
            let text = sentence(texts, lang, "field", field.code, &field.args);
            json!({"field": field.name, "code": field.code, "detail": text})
        })
        .collect();
    let mut problem = json!({
        "type": "about:blank",
        "status": status(refusal.kind).as_u16(),
        "code": refusal.code,
        "title": sentence(texts, lang, "refusal", refusal.code, &refusal.args),
    });
    if !fields.is_empty() {
        problem["errors"] = Value::Array(fields);
    }
    problem
}
