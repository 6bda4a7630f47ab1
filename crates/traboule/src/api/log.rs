//! The JSON API of the public log: its state, its leaves, one leaf with its proof. What the plain files under `/log/` say, in
//! the form of the rest of the API.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::read_tx;
use kernel::Refusal;
use serde::Deserialize;
use serde_json::{Value, json};
use tlog::merkle::Hash;
use tlog::model::Entry;
use tlog::note::base64;
use tlog::service::{self as uc, Found};

use super::answer;
use super::describe::{Kind, Op, Param, Place, READ, Shape, in_query, must};
use crate::http::{Client, Web};

/// Leaves in a list, unless fewer are asked for.
const MOST: u64 = 100;

/// GET `/api/v1/log`: the log in use, its newest head, its witnesses.
pub async fn state(State(app): Web, client: Client) -> Response {
    let read = read_tx!(app.db, |tx| {
        let current = uc::current(tx).await?;
        let witnesses: Vec<Value> = uc::witnesses(tx)
            .await?
            .iter()
            .map(|view| {
                json!({
                    "name": view.witness.name,
                    "key": view.witness.vkey,
                    "on_this_machine": view.witness.here,
                    "size": view.size,
                    "cosigned_at": view.at.map(kernel::At::rfc3339),
                })
            })
            .collect();
        let (waiting, _) = uc::waiting(tx).await?;
        Ok(json!({
            "origin": current.log.origin,
            "key": current.log.vkey,
            "size": current.head.size,
            "root": kernel::hex(&current.head.root),
            "signed_at": current.head.at.rfc3339(),
            "checkpoint": current.head.note,
            "waiting": waiting,
            "witnesses": witnesses,
        }))
    });
    answer(&app, &client, StatusCode::OK, read)
}

fn leaf_json(entry: &Entry) -> Value {
    json!({
        "index": entry.index,
        "kind": entry.kind,
        "hash": kernel::hex(&entry.hash),
        "leaf": String::from_utf8_lossy(&entry.body),
    })
}

/// What a list is narrowed to.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    before: Option<u64>,
    limit: Option<u64>,
}

/// GET `/api/v1/log/leaves?before=&limit=`: leaves, newest first.
pub async fn leaves(State(app): Web, client: Client, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    let Query(asked) = asked.unwrap_or_default();
    let most = asked.limit.unwrap_or(MOST).clamp(1, MOST);
    let read = read_tx!(app.db, |tx| {
        let found = uc::newest(tx, asked.before, most).await?;
        let next = found.last().map(|e| e.index).filter(|index| *index > 0);
        Ok(json!({"leaves": found.iter().map(leaf_json).collect::<Vec<_>>(), "next": next}))
    });
    answer(&app, &client, StatusCode::OK, read)
}

/// GET `/api/v1/log/leaves/{leaf}`: one leaf by its number or hash, with the proof that it is in the log.
pub async fn leaf(State(app): Web, client: Client, Path(leaf): Path<String>) -> Response {
    let read = read_tx!(app.db, |tx| {
        let index = match leaf.parse::<u64>() {
            Ok(index) if leaf.len() < 64 => index,
            _ => {
                let hash = kernel::unhex(&leaf).and_then(|b| Hash::try_from(b).ok()).ok_or_else(Refusal::not_found)?;
                match uc::find(tx, &hash).await? {
                    Found::At(index) => index,
                    Found::Waiting | Found::Nowhere => return Err(Refusal::not_found().into()),
                }
            }
        };
        let entry = uc::entry(tx, index).await?;
        let proof = uc::proof(tx, index).await?;
        let mut value = leaf_json(&entry);
        value["path"] = json!(proof.path.iter().map(|hash| base64(hash)).collect::<Vec<_>>());
        value["checkpoint"] = json!(proof.checkpoint);
        Ok(value)
    });
    answer(&app, &client, StatusCode::OK, read)
}

const WITNESS: Shape = Shape {
    name: "LogWitness",
    fields: &[
        must("name", Kind::Text),
        must("key", Kind::Text).note("A verifier key as signed-note says."),
        must("on_this_machine", Kind::Flag).note("Shows how a cosignature looks and protects nobody."),
        must("size", Kind::Int).or_null().note("The largest tree it cosigned."),
        must("cosigned_at", Kind::Instant).or_null(),
    ],
};

const STATE: Shape = Shape {
    name: "Log",
    fields: &[
        must("origin", Kind::Text),
        must("key", Kind::Text).note("The verifier key of checkpoints and receipts."),
        must("size", Kind::Int),
        must("root", Kind::Text).note("In hex."),
        must("signed_at", Kind::Instant),
        must("checkpoint", Kind::Text).note("The signed note, as at /log/checkpoint."),
        must("waiting", Kind::Int).note("Leaves without an index yet."),
        must("witnesses", Kind::List(&Kind::Object(&WITNESS))),
    ],
};

const LEAF: Shape = Shape {
    name: "LogLeaf",
    fields: &[
        must("index", Kind::Int),
        must("kind", Kind::Text),
        must("hash", Kind::Text).note("In hex; SHA-256 of a zero byte and the leaf."),
        must("leaf", Kind::Text).note("The canonical JSON that was hashed, as text."),
    ],
};

const LEAVES: Shape = Shape {
    name: "LogLeaves",
    fields: &[
        must("leaves", Kind::List(&Kind::Object(&LEAF))),
        must("next", Kind::Int).or_null().note("The value of before for the next page."),
    ],
};

const PROVEN: Shape = Shape {
    name: "LogLeafProven",
    fields: &[
        must("index", Kind::Int),
        must("kind", Kind::Text),
        must("hash", Kind::Text),
        must("leaf", Kind::Text),
        must("path", Kind::List(&Kind::Text)).note("From the leaf's sibling to the root's child, in base64."),
        must("checkpoint", Kind::Text).note("The signed note the path leads to."),
    ],
};

const WHICH: Param = Param { name: "leaf", place: Place::Path, kind: Kind::Text, note: "a number, or a hash in hex" };

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op { id: "read-log", path: "/api/v1/log", answer: Some(&STATE), ..READ },
    Op {
        id: "list-log-leaves",
        path: "/api/v1/log/leaves",
        params: &[
            in_query("before", Kind::Int, "leaves with smaller numbers"),
            in_query("limit", Kind::Int, "at most 100"),
        ],
        answer: Some(&LEAVES),
        ..READ
    },
    Op { id: "read-log-leaf", path: "/api/v1/log/leaves/{leaf}", params: &[WHICH], answer: Some(&PROVEN), ..READ },
];
