//! The readable page of the JSON API, from the same descriptions as the OpenAPI document. It adds headings and nothing else.

use axum::extract::{Path, State};
use axum::response::Response;
use db::Failure;
use kernel::{Arg, Lang};
use publish::service::SITE_TOPIC;
use publish::web::Head;
use serde::Serialize;

use crate::api::GROUPS;
use crate::api::describe::{Body, CODES, Field, Kind, Op, Param, Place, Shape};
use crate::api::guard::PER_MINUTE;
use crate::app::App;
use crate::http::{Built, Client, Web, cached};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site;

#[derive(Serialize)]
struct Row {
    name: String,
    kind: String,
    needed: bool,
    note: &'static str,
}

#[derive(Serialize)]
struct Table {
    name: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct OpView {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    summary: String,
    who: String,
    once: bool,
    params: Vec<Row>,
    sent: Vec<Table>,
    sent_bytes: Option<String>,
    sent_perhaps: bool,
    answered: String,
    answer: Vec<Table>,
    codes: Vec<&'static str>,
    curl: String,
}

#[derive(Serialize)]
struct GroupView {
    key: &'static str,
    heading: String,
    ops: Vec<OpView>,
}

#[derive(Serialize)]
struct CodeView {
    code: &'static str,
    status: u16,
}

#[derive(Serialize)]
struct Vars {
    base: String,
    limits: String,
    groups: Vec<GroupView>,
    all_codes: Vec<CodeView>,
}

/// A value in a few signs: `text`, `int`, `[Chapter]`, `{lang: text}`.
fn signs(kind: &Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Int => "int".to_owned(),
        Kind::Flag => "true | false".to_owned(),
        Kind::Instant => "2026-11-23T06:00:00Z".to_owned(),
        Kind::Url => "https://…".to_owned(),
        Kind::Id(prefix) => format!("{prefix}_…"),
        Kind::OneOf(words) => words.join(" | "),
        Kind::List(of) => format!("[{}]", signs(of)),
        Kind::ByLanguage(of) => format!("{{lang: {}}}", signs(of)),
        Kind::Object(shape) => shape.name.to_owned(),
        Kind::Pair => "text, text".to_owned(),
        Kind::Anything => "{…}".to_owned(),
    }
}

fn row(field: &Field) -> Row {
    let null = if field.nullable { " | null" } else { "" };
    let kind = format!("{}{null}", signs(&field.kind));
    Row { name: field.name.to_owned(), kind, needed: field.needed, note: field.note }
}

/// A shape and the shapes inside it, each once.
fn tables(shape: &'static Shape, out: &mut Vec<Table>) {
    if out.iter().any(|t| t.name == shape.name) {
        return;
    }
    out.push(Table { name: shape.name, rows: shape.fields.iter().map(row).collect() });
    for field in shape.fields {
        inner(&field.kind, out);
    }
}

fn inner(kind: &Kind, out: &mut Vec<Table>) {
    match kind {
        Kind::Object(shape) => tables(shape, out),
        Kind::List(of) | Kind::ByLanguage(of) => inner(of, out),
        _ => {}
    }
}

/// The operation as a command line.
fn curl(op: &Op, base: &str) -> String {
    let mut path = op.path.to_owned();
    for Param { name, place, kind, .. } in op.params {
        if *place == Place::Path {
            let sample = if matches!(kind, Kind::Text) { "fr".to_owned() } else { signs(kind) };
            path = path.replace(&format!("{{{name}}}"), &sample);
        }
    }
    let token = if op.who() == "public" { "" } else { " -H \"Authorization: Bearer $TOKEN\"" };
    let method = match (op.method, op.body) {
        ("GET", _) | ("POST", Body::Json(_) | Body::Perhaps(_)) => String::new(),
        ("PUT", Body::Bytes(_)) => String::new(),
        (method, _) => format!(" -X {method}"),
    };
    let body = match op.body {
        Body::Nothing => String::new(),
        Body::Json(_) | Body::Perhaps(_) => format!(" -d '{}'", op.example),
        Body::Bytes(_) if op.method == "PUT" => format!(" -T {}", op.example),
        Body::Bytes(_) => format!(" --data-binary @{}", op.example),
    };
    format!("curl{method}{token} {base}{path}{body}")
}

fn op_view(app: &App, lang: Lang, op: &'static Op) -> OpView {
    let texts = app.render.texts();
    let (mut sent, mut answer) = (Vec::new(), Vec::new());
    let mut sent_bytes = None;
    match op.body {
        Body::Nothing => {}
        Body::Json(shape) | Body::Perhaps(shape) => tables(shape, &mut sent),
        Body::Bytes(types) => {
            let types = types.join(", ");
            sent_bytes = Some(texts.text(lang, "api-sent-bytes", &[("types", Arg::Text(types))]));
        }
    }
    if let Some(shape) = op.answer {
        tables(shape, &mut answer);
    }
    let params = op.params.iter().map(|p| Row {
        name: p.name.to_owned(),
        kind: signs(&p.kind),
        needed: p.place == Place::Path,
        note: p.note,
    });
    let key = if op.answer.is_some() { "api-answered" } else { "api-answered-nothing" };
    OpView {
        id: op.id,
        method: op.method,
        path: op.path,
        summary: app.say(lang, &format!("api-op-{}", op.id)),
        who: app.say(lang, &format!("api-who-{}", op.who())),
        once: op.once,
        params: params.collect(),
        sent,
        sent_bytes,
        sent_perhaps: matches!(op.body, Body::Perhaps(_)),
        answered: texts.text(lang, key, &[("status", Arg::Text(op.status.to_string()))]),
        answer,
        codes: op.codes(),
        curl: curl(op, app.links.origin()),
    }
}

/// GET `/{lang}/api`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    cached(&app, &client, lang, &[SITE_TOPIC.to_owned()], build(&app, &client, lang)).await
}

async fn build(app: &App, client: &Client, lang: Lang) -> Result<Built, Failure> {
    let groups = GROUPS.iter().map(|group| GroupView {
        key: group.key,
        heading: app.say(lang, &format!("api-group-{}", group.key)),
        ops: group.ops.iter().map(|op| op_view(app, lang, op)).collect(),
    });
    let vars = Vars {
        base: app.links.origin().to_owned(),
        limits: app.render.texts().text(lang, "api-limits-text", &[("most", Arg::Int(i64::from(PER_MINUTE)))]),
        groups: groups.collect(),
        all_codes: CODES.iter().map(|(code, status)| CodeView { code, status: *status }).collect(),
    };
    let head = Head {
        title: app.say(lang, "api-title"),
        description: Some(app.say(lang, "api-lead")),
        canonical: Some(app.links.absolute(&client.path)),
        robots: "index, follow".to_owned(),
        ..Head::default()
    };
    let text = site::render(app, lang, &client.path, "", "pages/api.html", head, vars).await?;
    Ok(Built::page(text, None))
}
