//! The OpenAPI 3.1 document, made from what the operations say of themselves. It adds nothing they do not say, except what is
//! true of all: tokens, problems, limits.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::api::GROUPS;
use crate::api::describe::{Body, CODES, Kind, Op, Place, Shape, status_of};

/// A value's JSON Schema. Objects are named, and collected in `named`.
fn schema(kind: &Kind, closed: bool, named: &mut BTreeMap<String, Value>) -> Value {
    match kind {
        Kind::Text => json!({"type": "string"}),
        Kind::Int => json!({"type": "integer"}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Instant => json!({"type": "string", "format": "date-time"}),
        Kind::Url => json!({"type": "string", "format": "uri"}),
        Kind::Id(prefix) => json!({"type": "string", "pattern": format!("^{prefix}_[0-9A-HJKMNP-TV-Z]{{13}}$")}),
        Kind::OneOf(words) => json!({"enum": words}),
        Kind::List(of) => json!({"type": "array", "items": schema(of, closed, named)}),
        Kind::ByLanguage(of) => {
            json!({"type": "object", "additionalProperties": schema(of, closed, named)})
        }
        Kind::Object(shape) => reference(shape, closed, named),
        Kind::Pair => json!({
            "type": "array", "minItems": 2, "maxItems": 2,
            "items": {"type": ["string", "null"]},
        }),
        Kind::Anything => json!({"type": "object"}),
    }
}

fn reference(shape: &Shape, closed: bool, named: &mut BTreeMap<String, Value>) -> Value {
    if !named.contains_key(shape.name) {
        // Names stand in the list before their fields are read, so that a shape may hold itself.
        named.insert(shape.name.to_owned(), Value::Null);
        let mut fields = Map::new();
        for field in shape.fields {
            let mut one = schema(&field.kind, closed, named);
            if field.nullable {
                one = match one["type"].as_str().map(str::to_owned) {
                    Some(kind) => {
                        one["type"] = json!([kind, "null"]);
                        one
                    }
                    None => json!({"anyOf": [one, {"type": "null"}]}),
                };
            }
            if !field.note.is_empty() {
                one["description"] = json!(field.note);
            }
            fields.insert(field.name.to_owned(), one);
        }
        let needed: Vec<&str> = shape.fields.iter().filter(|f| f.needed).map(|f| f.name).collect();
        let mut object = json!({"type": "object", "properties": fields});
        if !needed.is_empty() {
            object["required"] = json!(needed);
        }
        if closed {
            object["additionalProperties"] = json!(false);
        }
        named.insert(shape.name.to_owned(), object);
    }
    json!({"$ref": format!("#/components/schemas/{}", shape.name)})
}

fn parameters(op: &Op, named: &mut BTreeMap<String, Value>) -> Vec<Value> {
    let mut out: Vec<Value> = op
        .params
        .iter()
        .map(|p| {
            let place = if p.place == Place::Path { "path" } else { "query" };
            let mut one = json!({
                "name": p.name, "in": place, "required": p.place == Place::Path, "schema": schema(&p.kind, true, named),
            });
            if !p.note.is_empty() {
                one["description"] = json!(p.note);
            }
            one
        })
        .collect();
    if op.once {
        out.push(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
    }
    out
}

fn request_body(op: &Op, named: &mut BTreeMap<String, Value>) -> Option<Value> {
    let (shape, required) = match op.body {
        Body::Nothing => return None,
        Body::Json(shape) => (shape, true),
        Body::Perhaps(shape) => (shape, false),
        Body::Bytes(types) => {
            let content: Map<String, Value> = types.iter().map(|t| ((*t).to_owned(), json!({}))).collect();
            return Some(json!({"required": true, "content": content}));
        }
    };
    let mut media = json!({"schema": reference(shape, true, named)});
    if let Ok(example) = serde_json::from_str::<Value>(op.example) {
        media["example"] = example;
    }
    Some(json!({"required": required, "content": {"application/json": media}}))
}

fn responses(op: &Op, named: &mut BTreeMap<String, Value>) -> Value {
    let mut out = Map::new();
    let mut success = json!({"description": "Done."});
    if let Some(shape) = op.answer {
        success["content"] = json!({"application/json": {"schema": reference(shape, false, named)}});
    }
    if op.who() != "public" {
        success["headers"] = json!({
            "RateLimit-Limit": {"$ref": "#/components/headers/RateLimitLimit"},
            "RateLimit-Remaining": {"$ref": "#/components/headers/RateLimitRemaining"},
            "RateLimit-Reset": {"$ref": "#/components/headers/RateLimitReset"},
        });
    }
    out.insert(op.status.to_string(), success);
    let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
    for code in op.codes() {
        by_status.entry(status_of(code).unwrap_or(500)).or_default().push(code);
    }
    for (status, codes) in by_status {
        let problem = json!({
            "description": codes.join(", "),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
        out.insert(status.to_string(), problem);
    }
    Value::Object(out)
}

fn operation(op: &Op, group: &str, summary: &str, named: &mut BTreeMap<String, Value>) -> Value {
    let mut out = json!({"operationId": op.id, "tags": [group], "summary": summary, "responses": responses(op, named)});
    let parameters = parameters(op, named);
    if !parameters.is_empty() {
        out["parameters"] = Value::Array(parameters);
    }
    if let Some(body) = request_body(op, named) {
        out["requestBody"] = body;
    }
    out["security"] = if op.who() == "public" { json!([{}, {"token": []}]) } else { json!([{"token": []}]) };
    out["x-who-may"] = json!(op.who());
    out
}

fn problem() -> Value {
    let codes: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
    json!({
        "type": "object", "description": "RFC 9457. The codes are stable; the sentences follow Accept-Language.",
        "required": ["type", "status", "code", "title"],
        "properties": {
            "type": {"type": "string"}, "status": {"type": "integer"}, "code": {"enum": codes}, "title": {"type": "string"},
            "errors": {"type": "array", "items": {
                "type": "object", "required": ["field", "code", "detail"],
                "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}},
            }},
        },
    })
}

fn components(mut named: BTreeMap<String, Value>) -> Value {
    named.insert("Problem".to_owned(), problem());
    let count = |text: &str| json!({"description": text, "schema": {"type": "integer"}});
    json!({
        "schemas": named,
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A token, trb_…, made on the account page."}},
        "parameters": {"IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false, "schema": {"type": "string", "maxLength": 200},
            "description": "The same key and body within 24 hours get the same answer; nothing is made twice.",
        }},
        "headers": {
            "RateLimitLimit": count("Requests a token has per minute."),
            "RateLimitRemaining": count("Requests left in this minute."),
            "RateLimitReset": count("Seconds until the minute is over."),
        },
    })
}

/// The document of a server at `origin`. `summary` gives an operation's sentence, `heading` a group's, both in English.
#[must_use]
pub fn document(origin: &str, summary: impl Fn(&str) -> String, heading: impl Fn(&str) -> String) -> Value {
    let mut named = BTreeMap::new();
    let mut paths: Map<String, Value> = Map::new();
    for group in GROUPS {
        for op in group.ops {
            let one = operation(op, group.key, &summary(op.id), &mut named);
            let path = paths.entry(op.path.to_owned()).or_insert_with(|| json!({}));
            path[op.method.to_lowercase()] = one;
        }
    }
    let tags: Vec<Value> = GROUPS.iter().map(|g| json!({"name": g.key, "description": heading(g.key)})).collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "Traboule", "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": origin}],
        "tags": tags,
        "paths": paths,
        "components": components(named),
    })
}
