//! Episodes in the API: lists, drafts, edits, and the moves between states.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{At, Refusal, show_id};
use publish::model::{EPISODE_PREFIX, SHOW_PREFIX};
use publish::rules::check::EpisodeDraft;
use publish::service::{self as uc, When};
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, Param, READ, Shape, in_path, in_query, may, must};
use super::shows::CREDIT;
use super::{answer, body, guard, id, must_token, show};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::public::After;

/// GET `/api/v1/shows/{id}/episodes`: public episodes, newest first.
pub async fn episodes(
    State(app): Web,
    client: Client,
    Path(text): Path<String>,
    Query(after): Query<After>,
) -> Response {
    let now = app.now();
    let outcome = async {
        let wanted = id(SHOW_PREFIX, &text)?;
        let list = read_tx!(app.db, |tx| uc::public_shows(tx).await)?;
        let found = list.into_iter().find(|s| s.id == wanted).ok_or_else(Refusal::not_found)?;
        read_tx!(app.db, |tx| uc::show_page(tx, &found.slug, now, after.cursor()).await)
    };
    let value = outcome.await.map(|page| {
        let rows: Vec<Value> = page.episodes.iter().map(|e| show::episode(&app, &page.show, e)).collect();
        json!({"episodes": rows, "next": page.next.map(|(at, id)| format!("{}.{id}", at.micros()))})
    });
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/shows/{id}/episodes`.
pub async fn create_episode(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        let draft: EpisodeDraft = body(&bytes)?;
        let once = guard::once(&client, &bytes)?;
        write_tx!(app.db, |tx| {
            match uc::begin_once(tx, &ctx, once.as_ref()).await? {
                Some(kept) => Ok(kept),
                None => {
                    let e = uc::create_episode(tx, &ctx, wanted, draft.clone()).await?;
                    let id = show_id(EPISODE_PREFIX, e.id);
                    let made = json!({"id": id, "guid": e.guid, "slug": e.slug, "version": e.version});
                    uc::keep_once(tx, once.as_ref(), made).await
                }
            }
        })
    };
    answer(&app, &client, StatusCode::CREATED, outcome.await)
}

/// GET `/api/v1/episodes/{id}`: for anybody when public, for a token of its team in any state.
pub async fn episode(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let (now, actor) = (app.now(), client.actor());
    let outcome = async {
        let wanted = id(EPISODE_PREFIX, &text)?;
        let public = read_tx!(app.db, |tx| uc::public_episode(tx, wanted, now).await);
        match public {
            Err(Failure::Refused(_)) if client.is_token() => {
                read_tx!(app.db, |tx| uc::desk_episode(tx, &actor, wanted).await)
            }
            other => other,
        }
    };
    let value = match outcome.await {
        Ok((s, full)) => with_terms(&app, show::full(&app, &s, &full), full.episode.id).await,
        Err(failure) => Err(failure),
    };
    answer(&app, &client, StatusCode::OK, value)
}

/// Adds the categories and tags an import brought along.
async fn with_terms(app: &App, mut value: Value, episode: i64) -> Result<Value, Failure> {
    let terms = read_tx!(app.db, |tx| uc::terms(tx, &[episode]).await)?;
    let of_it = terms.get(&episode).map_or(&[][..], Vec::as_slice);
    value["terms"] = of_it.iter().map(|(k, s, l)| json!({"taxonomy": k, "slug": s, "label": l})).collect();
    Ok(value)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    version: i64,
    episode: EpisodeDraft,
}

/// PUT `/api/v1/episodes/{id}` with `{"version", "episode"}`.
pub async fn edit_episode(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let edit: Edit = body(&bytes)?;
        write_tx!(app.db, |tx| uc::edit_episode(tx, &ctx, wanted, edit.version, edit.episode.clone()).await)
    };
    let value =
        outcome.await.map(|e| json!({"id": show_id(EPISODE_PREFIX, e.id), "slug": e.slug, "version": e.version}));
    answer(&app, &client, StatusCode::OK, value)
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Schedule {
    at: Option<String>,
    date: Option<String>,
    time: Option<String>,
}

impl Schedule {
    fn when(self) -> Result<When, Refusal> {
        match (self.at, self.date, self.time) {
            (None, None, None) => Ok(When::Now),
            (Some(at), None, None) => {
                let bad = || Refusal::invalid("check-fields").field("at", "date-malformed");
                At::parse_rfc3339(&at).map(When::At).ok_or_else(bad)
            }
            (None, date, time) => Ok(When::WallClock(date.unwrap_or_default(), time.unwrap_or_default())),
            _ => Err(Refusal::invalid("check-fields").field("at", "date-malformed")),
        }
    }
}

/// POST `/api/v1/episodes/{id}/schedule|unpublish|draft`.
pub async fn act(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let verb = client.path.rsplit('/').next().unwrap_or_default().to_owned();
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        match verb.as_str() {
            "schedule" => {
                let ask: Schedule = if bytes.is_empty() { Schedule::default() } else { body(&bytes)? };
                let when = ask.when()?;
                let (episode, _) = write_tx!(app.db, |tx| uc::schedule(tx, &ctx, wanted, when.clone()).await)?;
                app.worker.wake();
                Ok(episode)
            }
            "unpublish" => write_tx!(app.db, |tx| uc::unpublish(tx, &ctx, wanted).await),
            "draft" => write_tx!(app.db, |tx| uc::back_to_draft(tx, &ctx, wanted).await),
            _ => Err(Refusal::not_found().into()),
        }
    };
    let value = outcome.await.map(|e| show::state(&e, app.now()));
    answer(&app, &client, StatusCode::OK, value)
}

const TEXT_FIELDS: &[super::describe::Field] = &[
    must("title", Kind::Text),
    may("summary", Kind::Text),
    may("notes_md", Kind::Text).or_null().note("Markdown; wins over notes_html."),
    may("notes_html", Kind::Text).note("Sanitised when it arrives; made from notes_md when that is there."),
    may("cover_alt", Kind::Text).note("What the cover shows."),
];
const TEXT: Shape = Shape { name: "EpisodeText", fields: TEXT_FIELDS };
const TEXT_GIVEN: Shape = Shape { name: "EpisodeTextGiven", fields: TEXT_FIELDS };

const SOURCE: Shape = Shape {
    name: "Source",
    fields: &[
        may("kind", Kind::OneOf(&["link", "video"])),
        must("title", Kind::Text),
        must("url", Kind::Url),
        may("seen_on", Kind::Text).or_null().note("The day somebody looked, 2026-11-23."),
    ],
};

const CHAPTER: Shape = Shape {
    name: "Chapter",
    fields: &[
        must("start_ms", Kind::Int),
        may("in_toc", Kind::Flag),
        may("image_id", Kind::Id("im")).or_null(),
        must("titles", Kind::ByLanguage(&Kind::Text)),
        may("sources", Kind::List(&Kind::Object(&SOURCE))),
    ],
};

const EPISODE_KIND: Kind = Kind::OneOf(&["full", "trailer", "bonus"]);

const DRAFT: Shape = Shape {
    name: "EpisodeDraft",
    fields: &[
        may("slug", Kind::Text).note("Made from the title when empty; a published episode keeps its own."),
        may("number", Kind::Int).or_null(),
        may("season", Kind::Int).or_null(),
        may("kind", EPISODE_KIND),
        may("explicit", Kind::Flag).or_null().note("The show's word when null."),
        must("texts", Kind::ByLanguage(&Kind::Object(&TEXT))),
        may("chapters", Kind::List(&Kind::Object(&CHAPTER))),
        may("credits", Kind::List(&Kind::Object(&CREDIT))),
    ],
};

const EDIT: Shape = Shape {
    name: "EpisodeEdit",
    fields: &[
        must("version", Kind::Int).note("The version that was read; another one since then is edit-conflict."),
        must("episode", Kind::Object(&DRAFT)),
    ],
};

const MADE: Shape = Shape {
    name: "EpisodeMade",
    fields: &[
        must("id", Kind::Id("ep")),
        must("guid", Kind::Text),
        must("slug", Kind::Text),
        must("version", Kind::Int),
    ],
};

const SAVED: Shape = Shape {
    name: "EpisodeSaved",
    fields: &[must("id", Kind::Id("ep")), must("slug", Kind::Text), must("version", Kind::Int)],
};

const STATE: Kind = Kind::OneOf(&["draft", "scheduled", "published", "unpublished"]);

const MOVED: Shape = Shape {
    name: "EpisodeState",
    fields: &[
        must("id", Kind::Id("ep")),
        must("state", STATE),
        must("publish_at", Kind::Instant).or_null(),
        must("wall_clock", Kind::Text).or_null().note("As typed, in the show's zone."),
        must("version", Kind::Int),
    ],
};

const AUDIO: Shape = Shape {
    name: "Audio",
    fields: &[
        must("url", Kind::Url),
        must("mime", Kind::Text),
        must("size", Kind::Int).note("Bytes."),
        must("duration_ms", Kind::Int).or_null(),
    ],
};

const TRANSCRIPT: Shape = Shape {
    name: "Transcript",
    fields: &[must("language", Kind::Text), must("reviewed", Kind::Flag), must("url", Kind::Url)],
};

macro_rules! episode_fields {
    ($($more:expr),* $(,)?) => {
        &[
            must("id", Kind::Id("ep")),
            must("show_id", Kind::Id("sh")),
            must("guid", Kind::Text),
            must("slug", Kind::Text),
            must("number", Kind::Int).or_null(),
            must("season", Kind::Int).or_null(),
            must("kind", EPISODE_KIND),
            must("explicit", Kind::Flag).or_null(),
            must("state", STATE),
            must("publish_at", Kind::Instant).or_null(),
            must("wall_clock", Kind::Text).or_null(),
            must("version", Kind::Int),
            must("updated_at", Kind::Instant),
            must("label", Kind::Text).or_null().note("the word a decision put beside it"),
            must("texts", Kind::ByLanguage(&Kind::Object(&TEXT_GIVEN))),
            must("audio", Kind::Object(&AUDIO)).or_null(),
            $($more),*
        ]
    };
}

const LISTED: Shape = Shape { name: "EpisodeListed", fields: episode_fields!() };
const TERM: Shape = Shape {
    name: "Term",
    fields: &[must("taxonomy", Kind::Text), must("slug", Kind::Text), must("label", Kind::Text)],
};
const EPISODE: Shape = Shape {
    name: "Episode",
    fields: episode_fields!(
        must("chapters", Kind::List(&Kind::Object(&CHAPTER))),
        must("credits", Kind::List(&Kind::Object(&CREDIT))),
        must("transcripts", Kind::List(&Kind::Object(&TRANSCRIPT))),
        must("corrections", Kind::List(&Kind::Object(&super::desk::CORRECTION))),
        must("terms", Kind::List(&Kind::Object(&TERM))),
    ),
};
const LIST: Shape = Shape {
    name: "Episodes",
    fields: &[
        must("episodes", Kind::List(&Kind::Object(&LISTED))),
        must("next", Kind::Text).or_null().note("Send it as after to go on; null at the end."),
    ],
};

const SCHEDULE: Shape = Shape {
    name: "Schedule",
    fields: &[
        may("at", Kind::Instant).note("An instant; alone."),
        may("date", Kind::Text).note("2026-11-30, in the show's zone; with time."),
        may("time", Kind::Text).note("07:00"),
    ],
};

const SHOW_ID: Param = in_path("id", Kind::Id("sh"));
/// The episode of an address.
pub(super) const EPISODE_ID: Param = in_path("id", Kind::Id("ep"));

const DRAFT_EXAMPLE: &str = r#"{"slug": "le-pont-neuf", "number": 12, "season": 1, "kind": "full", "explicit": false,
 "texts": {"fr": {"title": "Le pont", "summary": "Un pont, deux rives.", "notes_md": "Des *notes*.", "notes_html": "", "cover_alt": "Un pont."}},
 "chapters": [{"start_ms": 0, "in_toc": true, "image_id": null, "titles": {"fr": "Début"},
   "sources": [{"kind": "link", "title": "Un rapport", "url": "https://source.example/", "seen_on": "2026-11-20"}]}],
 "credits": [{"name": "Odile", "role": "host", "team": "cast", "href": null, "bio_fr": "", "bio_en": ""}]}"#;

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "list-episodes",
        path: "/api/v1/shows/{id}/episodes",
        params: &[SHOW_ID, in_query("after", Kind::Text, "next of the page before.")],
        answer: Some(&LIST),
        ..READ
    },
    Op {
        id: "create-episode",
        path: "/api/v1/shows/{id}/episodes",
        params: &[SHOW_ID],
        body: Body::Json(&DRAFT),
        once: true,
        status: 201,
        answer: Some(&MADE),
        problems: &["slug-taken"],
        example: DRAFT_EXAMPLE,
        ..CHANGE
    },
    Op { id: "read-episode", path: "/api/v1/episodes/{id}", params: &[EPISODE_ID], answer: Some(&EPISODE), ..READ },
    Op {
        id: "edit-episode",
        method: "PUT",
        path: "/api/v1/episodes/{id}",
        params: &[EPISODE_ID],
        body: Body::Json(&EDIT),
        answer: Some(&SAVED),
        problems: &["edit-conflict", "slug-taken"],
        example: r#"{"version": 2, "episode": {"slug": "", "texts": {"fr": {"title": "Le pont, corrigé"}}}}"#,
        ..CHANGE
    },
    Op {
        id: "schedule-episode",
        path: "/api/v1/episodes/{id}/schedule",
        params: &[EPISODE_ID],
        body: Body::Perhaps(&SCHEDULE),
        answer: Some(&MOVED),
        problems: &["audio-missing", "lint-errors", "state-conflict", "edit-conflict"],
        example: r#"{"date": "2026-11-30", "time": "07:00"}"#,
        ..CHANGE
    },
    Op {
        id: "unpublish-episode",
        path: "/api/v1/episodes/{id}/unpublish",
        params: &[EPISODE_ID],
        answer: Some(&MOVED),
        problems: &["state-conflict", "edit-conflict"],
        ..CHANGE
    },
    Op {
        id: "draft-episode",
        path: "/api/v1/episodes/{id}/draft",
        params: &[EPISODE_ID],
        answer: Some(&MOVED),
        problems: &["state-conflict", "edit-conflict"],
        ..CHANGE
    },
];
