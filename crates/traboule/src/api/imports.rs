//! Imports by the API: rehearse bytes or an address, look at the rehearsal, run exactly it, undo it.

use axum::body::{Body as Sent, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{At, Refusal, show_id};
use publish::model::{REHEARSAL_PREFIX, Rehearsal, SHOW_PREFIX};
use publish::rules::rehearse::RehearsedItem;
use publish::service::rehearse::{self, Rehearsed, RunChoice};
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, Param, READ, Shape, in_path, in_query, may, must};
use super::{answer, body, id, must_token, token_org, whole};
use crate::app::App;
use crate::http::{Client, Web};
use crate::imports::{self, Into};
use crate::pages::uploads::Scratch;

/// `?show=sh_…&name=…` beside the bytes of a file.
#[derive(Debug, Default, Deserialize)]
pub struct Beside {
    show: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ByAddress {
    #[serde(default)]
    address: String,
    #[serde(default)]
    show: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    digest: String,
    #[serde(default)]
    download: bool,
    #[serde(default)]
    this_feed_is_mine: bool,
}

/// POST `/api/v1/imports`: `{"address", "show"}` as JSON, or the bytes of a feed or an export.
pub async fn rehearse(State(app): Web, client: Client, Query(beside): Query<Beside>, sent: Sent) -> Response {
    let outcome = prepared(&app, &client, &beside, sent).await;
    answer(&app, &client, StatusCode::CREATED, outcome)
}

async fn prepared(app: &App, client: &Client, beside: &Beside, sent: Sent) -> Result<Value, Failure> {
    must_token(client)?;
    let ctx = client.ctx(app);
    let org = token_org(&ctx.actor);
    if !ctx.actor.may(org, &[kernel::Role::Editor]) {
        return Err(Refusal::forbidden().into());
    }
    let too_large = Refusal::invalid("check-fields").field("source", "file-too-large");
    let bytes = whole(sent, usize::try_from(imports::MOST_BYTES).unwrap_or(usize::MAX), too_large).await?;
    let into = |show: &Option<String>| -> Result<Into, Refusal> {
        let show = show.as_deref().map(|text| id(SHOW_PREFIX, text)).transpose()?;
        Ok(Into { org, show })
    };
    let row = if bytes.trim_ascii_start().starts_with(b"{") {
        let ask: ByAddress = body(&bytes)?;
        imports::from_address(app, &ctx, into(&ask.show)?, &ask.address).await?
    } else {
        let into = into(&beside.show)?;
        imports::may(app, &ctx, into)?;
        let scratch = Scratch::new(app).map_err(Failure::broken)?;
        tokio::fs::write(&scratch.0, &bytes).await.map_err(Failure::broken)?;
        let name = beside.name.clone().unwrap_or_else(|| "file".to_owned());
        imports::kept(app, &ctx, into, &name, None, &scratch).await?
    };
    shown(app, &row).await
}

/// GET `/api/v1/imports/{id}`.
pub async fn one(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let outcome = async {
        must_token(&client)?;
        let wanted = id(REHEARSAL_PREFIX, &text)?;
        let actor = client.actor();
        let row = read_tx!(app.db, |tx| rehearse::get(tx, &actor, wanted).await)?;
        shown(&app, &row).await
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// POST `/api/v1/imports/{id}/run` with `{"digest", "download", "this_feed_is_mine"}`.
pub async fn run(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let outcome = async {
        must_token(&client)?;
        let ctx = client.ctx(&app);
        let wanted = id(REHEARSAL_PREFIX, &text)?;
        read_tx!(app.db, |tx| rehearse::get(tx, &ctx.actor, wanted).await)?;
        let ask: Run = body(&bytes)?;
        let choice = RunChoice { digest: ask.digest, download: ask.download, owner: ask.this_feed_is_mine };
        let row = imports::run(&app, &ctx, wanted, choice).await?;
        shown(&app, &row).await
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// POST `/api/v1/imports/{id}/undo`.
pub async fn undo(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let outcome = async {
        must_token(&client)?;
        let ctx = client.ctx(&app);
        let wanted = id(REHEARSAL_PREFIX, &text)?;
        write_tx!(app.db, |tx| crate::adopt::undo(tx, &ctx, wanted).await)?;
        let row = read_tx!(app.db, |tx| rehearse::get(tx, &ctx.actor, wanted).await)?;
        shown(&app, &row).await
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// A rehearsal with what it would do, or what it did.
async fn shown(app: &App, row: &Rehearsal) -> Result<Value, Failure> {
    let state = match (row.ran_at, row.undone_at) {
        (_, Some(_)) => "undone",
        (Some(_), None) => "done",
        (None, None) => "rehearsed",
    };
    let mut value = json!({
        "id": show_id(REHEARSAL_PREFIX, row.id), "state": state, "kind": row.kind.code(), "source": row.source,
        "digest": row.digest, "expires_at": row.expires_at.rfc3339(), "ran_at": row.ran_at.map(At::rfc3339),
        "show_id": row.show.map(|id| show_id(SHOW_PREFIX, id)), "made_show": row.made_show,
        "verify_token": imports::token(app, row),
    });
    if row.ran_at.is_some() {
        let report: Value = serde_json::from_str(row.report.as_deref().unwrap_or("null")).unwrap_or_default();
        value["report"] = report;
        value["can_undo"] = json!(read_tx!(app.db, |tx| rehearse::can_undo(tx, row).await)?);
        return Ok(value);
    }
    let source = imports::opened(app, row).await?;
    let found = read_tx!(app.db, |tx| rehearse::rehearse(tx, row, &source, app.now()).await)?;
    value["show_id"] = json!(found.show.as_ref().map(|s| show_id(SHOW_PREFIX, s.id)));
    value["locked"] = json!(source.locked());
    value["proved"] = json!(imports::proved(app, row, &source));
    value["report"] = json!(found.report);
    value["changes"] = changes(&found);
    if let Some(counts) = &found.wordpress {
        value["report"]["wordpress"] = json!(counts);
    }
    Ok(value)
}

fn changes(found: &Rehearsed) -> Value {
    let c = &found.changes;
    let item = |i: &RehearsedItem| {
        json!({
            "item": i.place, "title": i.title, "published": i.published.map(At::rfc3339), "guid": i.guid,
            "fate": i.fate.code(), "moved": i.moved.as_ref().map(|(from, to)| json!({"from": from, "to": to})),
            "has_sound": i.has_sound, "repeated": i.repeated,
        })
    };
    json!({
        "same": c.same, "added": c.added, "repeated": c.repeated, "moved": c.moved, "order": c.order.code(),
        "missing": c.missing.iter().map(|(guid, title)| json!({"guid": guid, "title": title})).collect::<Vec<_>>(),
        "items": c.items.iter().map(item).collect::<Vec<_>>(),
    })
}

const ID: Param = in_path("id", Kind::Id(REHEARSAL_PREFIX));

const RUN: Shape = Shape {
    name: "RunImport",
    fields: &[
        must("digest", Kind::Text).note("Of the rehearsal that was looked at."),
        may("download", Kind::Flag).note("Bring sound and pictures home."),
        may("this_feed_is_mine", Kind::Flag).note("For a locked feed without a proof."),
    ],
};

const IMPORT: Shape = Shape {
    name: "Import",
    fields: &[
        must("id", Kind::Id(REHEARSAL_PREFIX)),
        must("state", Kind::OneOf(&["rehearsed", "done", "undone"])),
        must("kind", Kind::OneOf(&["feed", "wxr"])),
        must("source", Kind::Text),
        must("digest", Kind::Text).note("SHA-256 of the bytes."),
        must("expires_at", Kind::Instant),
        must("ran_at", Kind::Instant).or_null(),
        must("show_id", Kind::Id(SHOW_PREFIX)).or_null(),
        must("made_show", Kind::Flag),
        must("verify_token", Kind::Text).or_null().note("For podcast:txt with the purpose verify."),
        must("report", Kind::Anything).note("As the command line prints it."),
        may("changes", Kind::Anything).note("Item by item, before it was run."),
        may("locked", Kind::Flag),
        may("proved", Kind::Flag),
        may("can_undo", Kind::Flag),
    ],
};

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "rehearse-import",
        path: "/api/v1/imports",
        params: &[
            in_query("show", Kind::Text, "The id of the show it goes into."),
            in_query("name", Kind::Text, "The name of the file."),
        ],
        body: Body::Bytes(&["application/rss+xml", "application/xml", "application/json"]),
        status: 201,
        answer: Some(&IMPORT),
        problems: &[
            "import-entities",
            "import-malformed",
            "import-not-a-feed",
            "import-not-wxr",
            "import-too-deep",
            "import-too-large",
            "import-too-many",
            "import-untitled",
            "rehearsals-waiting",
        ],
        example: "carnet.xml",
        ..CHANGE
    },
    Op {
        id: "read-import",
        path: "/api/v1/imports/{id}",
        params: &[ID],
        answer: Some(&IMPORT),
        problems: &["rehearsal-gone"],
        ..READ
    },
    Op {
        id: "run-import",
        path: "/api/v1/imports/{id}/run",
        params: &[ID],
        body: Body::Json(&RUN),
        answer: Some(&IMPORT),
        problems: &[
            "feed-locked",
            "rehearsal-changed",
            "rehearsal-done",
            "rehearsal-gone",
            "rehearsal-over",
            "slug-taken",
        ],
        example: r#"{"digest": "9f86d081884c7d65", "download": false, "this_feed_is_mine": false}"#,
        ..CHANGE
    },
    Op {
        id: "undo-import",
        path: "/api/v1/imports/{id}/undo",
        params: &[ID],
        answer: Some(&IMPORT),
        problems: &["undo-too-late"],
        ..CHANGE
    },
];
