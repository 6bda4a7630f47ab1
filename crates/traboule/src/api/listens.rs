//! The JSON API of listens: the rules everybody is counted by, and for owners the events of a day while they live, in the
//! form `traboule verify` counts again. Nothing is decided here.

use audience::rules::set;
use audience::service as uc;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::read_tx;
use kernel::{Actor, Refusal, Role};
use publish::service as publish_uc;
use serde::Deserialize;
use serde_json::json;

use super::describe::{Kind, Op, Param, Place, READ, Shape, in_query, may, must};
use super::{answer, must_token, token_org};
use crate::counting::day;
use crate::http::{Client, Web};

/// Which version of the rules.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    version: Option<String>,
}

/// GET `/api/v1/listens/rules`: every threshold and every list, with their digest; those in force, or of a former version.
pub async fn rules(State(app): Web, client: Client, Query(ask): Query<Which>) -> Response {
    let edition = set::edition(ask.version.as_deref().unwrap_or(set::VERSION)).ok_or_else(Refusal::not_found);
    let told =
        |e: &set::Edition| json!({"version": e.version, "since": e.since, "sha256": e.sha256, "rules": e.rules()});
    answer(&app, &client, StatusCode::OK, edition.map(told).map_err(Into::into))
}

/// What a day is narrowed to.
#[derive(Debug, Default, Deserialize)]
pub struct Narrowed {
    show: Option<String>,
}

/// GET `/api/v1/listens/{day}`: the events of a day of the token's organisation.
pub async fn events(
    State(app): Web,
    client: Client,
    Path(text): Path<String>,
    Query(ask): Query<Narrowed>,
) -> Response {
    let actor = client.actor();
    let now = app.now();
    let outcome = async {
        must_token(&client)?;
        let org = token_org(&actor);
        // Reading needs no scope that changes things; it needs the role.
        if !matches!(&actor, Actor::Token { roles, .. } if roles.contains(&Role::Owner)) {
            return Err(Refusal::forbidden().into());
        }
        let wanted = day(&text).ok_or_else(Refusal::not_found)?;
        read_tx!(app.db, |tx| {
            let within = match &ask.show {
                Some(slug) => {
                    let show = publish_uc::find_show(tx, slug).await?;
                    if show.org != org {
                        return Err(Refusal::not_found().into());
                    }
                    Some(show.id)
                }
                None => None,
            };
            uc::export_day(tx, &actor, (org, within), wanted, now).await
        })
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|export| json!(export)))
}

const RULES: Shape = Shape {
    name: "ListenRules",
    fields: &[
        must("version", Kind::Text),
        must("since", Kind::Text).note("The day the version came into force."),
        must("sha256", Kind::Text).note("Of `rules`, written with names in order and without spaces."),
        must("rules", Kind::Anything).note("Every threshold and every list."),
    ],
};

const DAY: Shape = Shape {
    name: "ListensOfADay",
    fields: &[
        must("format", Kind::Text),
        must("day", Kind::Text).note("UTC, such as 2026-11-24."),
        must("made_at", Kind::Instant),
        must("whole", Kind::Flag).note("Whether the day was over."),
        must("rules", Kind::Anything),
        must("rules_sha256", Kind::Text),
        may("former_rules", Kind::List(&Kind::Anything)).note("Of other versions the events were counted by."),
        must("published", Kind::List(&Kind::Anything)).note("Listens of the day by subject."),
        must("events", Kind::List(&Kind::Anything)).note("Requests of the day and of the days beside it."),
    ],
};

const WHICH: Param = Param { name: "day", place: Place::Path, kind: Kind::Text, note: "UTC, such as 2026-11-24." };

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "read-listen-rules",
        path: "/api/v1/listens/rules",
        params: &[in_query("version", Kind::Text, "A former version; without it those in force.")],
        answer: Some(&RULES),
        ..READ
    },
    Op {
        id: "read-listens",
        path: "/api/v1/listens/{day}",
        params: &[WHICH, in_query("show", Kind::Text, "The slug of one show.")],
        answer: Some(&DAY),
        problems: &["listens-gone", "listens-future"],
        ..READ
    },
];
