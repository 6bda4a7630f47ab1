//! The JSON API of figures: listens and views of a show or of an episode, by day on the show's clock, with their parts. The
//! same question gives the figures of the studio's page and of its CSV. Nothing is counted here.

use std::sync::Arc;

use audience::model::{Ask, Count, PartFigure};
use audience::service::{self as uc, Figures};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx};
use kernel::{Actor, Refusal, Subject};
use publish::model::{EPISODE_PREFIX, SHOW_PREFIX, Show};
use publish::service as publish_uc;
use serde_json::{Value, json};

use super::describe::{Kind, Op, Param, READ, Shape, in_path, in_query, must};
use super::{answer, id, must_token};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::studio::audience::range::{Days, RangeQuery, by_day};
use crate::pages::studio::audience::zone_of;

/// What is asked about.
enum Of {
    Show(i64),
    Episode(i64),
}

/// GET `/api/v1/shows/{id}/audience`.
pub async fn of_show(
    State(app): Web,
    client: Client,
    Path(text): Path<String>,
    Query(query): Query<RangeQuery>,
) -> Response {
    told(&app, &client, id(SHOW_PREFIX, &text).map(Of::Show), &query).await
}

/// GET `/api/v1/episodes/{id}/audience`.
pub async fn of_episode(
    State(app): Web,
    client: Client,
    Path(text): Path<String>,
    Query(query): Query<RangeQuery>,
) -> Response {
    told(&app, &client, id(EPISODE_PREFIX, &text).map(Of::Episode), &query).await
}

async fn told(app: &Arc<App>, client: &Client, of: Result<Of, Refusal>, query: &RangeQuery) -> Response {
    let outcome = async {
        must_token(client)?;
        read(app, &client.actor(), of?, query).await
    };
    answer(app, client, StatusCode::OK, outcome.await)
}

async fn read(app: &Arc<App>, actor: &Actor, of: Of, query: &RangeQuery) -> Result<Value, Failure> {
    let now = app.now();
    crate::counting::flush(app).await;
    read_tx!(app.db, |tx| {
        let (show, subject) = match of {
            Of::Show(id) => (publish_uc::team_show(tx, actor, id).await?, None),
            Of::Episode(id) => (publish_uc::desk_episode(tx, actor, id).await?.0, Some(Subject::episode(id))),
        };
        // A page shows the last thirty days for what it cannot read; a program is told.
        must_be_readable(query)?;
        let days = Days::of(query, now, zone_of(&show));
        let (from, to) = days.span();
        let within = subject.is_none().then_some(show.id);
        let figures = uc::figures(tx, actor, &Ask { org: show.org, within, subject, from, to }).await?;
        Ok(value(&show, &days, &figures))
    })
}

fn must_be_readable(query: &RangeQuery) -> Result<(), Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    if query.range.as_deref().is_some_and(|r| !RANGES.contains(&r)) {
        refusal = refusal.field("range", "unknown");
    }
    for (name, text) in [("from", &query.from), ("to", &query.to)] {
        if text.as_ref().is_some_and(|t| t.parse::<jiff::civil::Date>().is_err()) {
            refusal = refusal.field(name, "date-malformed");
        }
    }
    for (name, text, other) in [("from", &query.from, &query.to), ("to", &query.to, &query.from)] {
        if text.is_none() && other.is_some() {
            refusal = refusal.field(name, "required");
        }
    }
    refusal.unless_clean()
}

fn parts(list: &[PartFigure]) -> Vec<Value> {
    list.iter().map(|p| json!({"count": p.count.code(), "name": p.name, "n": p.n})).collect()
}

fn value(show: &Show, days: &Days, figures: &Figures) -> Value {
    let by_day = by_day(days, &figures.hours);
    let row = |b: &crate::pages::studio::audience::range::Bucket| json!({"day": b.name, "listens": b.listens, "views": b.views});
    json!({
        "from": days.first.to_string(),
        "to": days.last.to_string(),
        "time_zone": days.zone.iana_name().unwrap_or(show.time_zone.as_str()),
        "since": figures.since.map(kernel::At::rfc3339),
        "rules": figures.versions,
        "listens": figures.total(Count::Listen),
        "views": figures.total(Count::View),
        "days": by_day.iter().map(row).collect::<Vec<_>>(),
        "apps": parts(&figures.apps),
        "devices": parts(&figures.devices),
        "sources": parts(&figures.sources),
        "excluded": parts(&figures.excluded),
    })
}

const RANGES: &[&str] = &["7", "30", "90", "month", "last"];

const DAY: Shape = Shape {
    name: "AudienceDay",
    fields: &[must("day", Kind::Text), must("listens", Kind::Int), must("views", Kind::Int)],
};

const PART: Shape = Shape {
    name: "AudiencePart",
    fields: &[
        must("count", Kind::OneOf(&["listen", "view"])),
        must("name", Kind::Text).note("An app, a device, a class of referrers, or a reason."),
        must("n", Kind::Int),
    ],
};

const PARTS: Kind = Kind::List(&Kind::Object(&PART));

const FIGURES: Shape = Shape {
    name: "Audience",
    fields: &[
        must("from", Kind::Text).note("The first day."),
        must("to", Kind::Text).note("The last day."),
        must("time_zone", Kind::Text).note("The show's; days follow it. Parts follow UTC days."),
        must("since", Kind::Instant).or_null().note("When the organisation's first figure was counted."),
        must("rules", Kind::List(&Kind::Text)).note("Versions of the rules they were counted by."),
        must("listens", Kind::Int),
        must("views", Kind::Int),
        must("days", Kind::List(&Kind::Object(&DAY))),
        must("apps", PARTS),
        must("devices", PARTS),
        must("sources", PARTS),
        must("excluded", PARTS).note("Counted out, by reason."),
    ],
};

const RANGE: Param =
    in_query("range", Kind::OneOf(RANGES), "Days up to today, this month, the last one; 30 when left out.");
const FROM: Param = in_query("from", Kind::Text, "The first day, with `to`, without `range`; at most 400 days.");
const TO: Param = in_query("to", Kind::Text, "The last day.");

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "read-show-audience",
        path: "/api/v1/shows/{id}/audience",
        params: &[in_path("id", Kind::Id(SHOW_PREFIX)), RANGE, FROM, TO],
        answer: Some(&FIGURES),
        problems: &["check-fields"],
        ..READ
    },
    Op {
        id: "read-episode-audience",
        path: "/api/v1/episodes/{id}/audience",
        params: &[in_path("id", Kind::Id(EPISODE_PREFIX)), RANGE, FROM, TO],
        answer: Some(&FIGURES),
        problems: &["check-fields"],
        ..READ
    },
];
