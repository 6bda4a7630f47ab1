//! Shows in the API, and the document about the API itself.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{read_tx, write_tx};
use kernel::Lang;
use publish::model::{FeedSettings, SHOW_PREFIX, TxtRecord, UpdateFrequency};
use publish::rules::check::ShowDraft;
use publish::service::{self as uc, FeedSent};
use serde::Deserialize;
use serde_json::json;

use super::describe::{Body, CHANGE, Field, Kind, Op, Param, READ, Shape, in_path, may, must};
use super::{answer, body, document, guard, id, must_token, show, token_org};
use crate::http::{Built, Client, Web, cached};
use crate::pages::feeds::own_hosts;

/// GET `/api/v1/shows`.
pub async fn shows(State(app): Web, client: Client) -> Response {
    let outcome = read_tx!(app.db, |tx| uc::public_shows(tx).await);
    let value = outcome.map(|list| json!({"shows": list.iter().map(|s| show::show(&app, s)).collect::<Vec<_>>()}));
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/shows`.
pub async fn create_show(State(app): Web, client: Client, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let draft: ShowDraft = body(&bytes)?;
        let org = token_org(&ctx.actor);
        let base = app.links.feed_base();
        let once = guard::once(&client, &bytes)?;
        write_tx!(app.db, |tx| {
            match uc::begin_once(tx, &ctx, once.as_ref()).await? {
                Some(kept) => Ok(kept),
                None => {
                    let made = uc::create_show(tx, &ctx, org, draft.clone(), &base).await?;
                    uc::keep_once(tx, once.as_ref(), show::show(&app, &made)).await
                }
            }
        })
    };
    answer(&app, &client, StatusCode::CREATED, outcome.await)
}

/// What may be sent about a show's feeds; left out is empty.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FeedBody {
    txt: Vec<TxtRecord>,
    update_frequency: Option<UpdateFrequency>,
    moved_to: Option<String>,
    owner_email: Option<String>,
    blocked: bool,
}

/// GET `/api/v1/shows/{id}/feed`.
pub async fn feed_settings(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        read_tx!(app.db, |tx| uc::feed_settings(tx, &actor, wanted).await)
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|s| json!(s)))
}

/// PUT `/api/v1/shows/{id}/feed`.
pub async fn set_feed_settings(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        let FeedBody { txt, update_frequency, moved_to, owner_email, blocked } = body(&bytes)?;
        let sent = FeedSettings { txt, update_frequency, moved_to, owner_email, blocked };
        let own = own_hosts(&app).await?;
        let sent = FeedSent::Settings(sent);
        write_tx!(app.db, |tx| uc::set_feed(tx, &ctx, wanted, sent.clone(), &own).await)
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|show| json!(show.settings.feed)))
}

/// GET `/api/v1/openapi.json`.
pub async fn openapi(State(app): Web, client: Client) -> Response {
    let build = async {
        let say = |key: String| app.say(Lang::En, &key);
        let summary = |id: &str| say(format!("api-op-{id}"));
        let document = document::document(app.links.origin(), summary, |key| say(format!("api-group-{key}")));
        let mut built = Built::page(document.to_string(), None);
        built.mime = "application/json; charset=utf-8";
        built.shared = true;
        Ok(built)
    };
    cached(&app, &client, Lang::En, &[], build).await
}

const SHOW_TEXT: Shape = Shape {
    name: "ShowText",
    fields: &[
        must("title", Kind::Text),
        may("tagline", Kind::Text),
        may("description_html", Kind::Text).note("Sanitised when it arrives."),
        may("footer", Kind::Text).note("A line of plain text at the foot of its pages."),
    ],
};

/// Somebody named on a show or an episode.
pub(super) const CREDIT: Shape = Shape {
    name: "Credit",
    fields: &[
        must("name", Kind::Text),
        may("role", Kind::Text).note("A role of the Podcast Taxonomy, in lower case."),
        may("team", Kind::Text).note("A group of the Podcast Taxonomy, in lower case."),
        may("href", Kind::Url).or_null(),
        may("bio_fr", Kind::Text),
        may("bio_en", Kind::Text),
    ],
};

const KIND: Kind = Kind::OneOf(&["episodic", "serial"]);

/// What is sent about a show.
pub(super) const SHOW_DRAFT: Shape = Shape {
    name: "ShowDraft",
    fields: &[
        may("slug", Kind::Text).note("Made from the title when empty."),
        must("language", Kind::Text).note("A language tag."),
        must("time_zone", Kind::Text).note("An IANA zone."),
        may("author", Kind::Text),
        may("copyright", Kind::Text),
        may("categories", Kind::List(&Kind::Pair)).note("Apple's: main and sub."),
        may("explicit", Kind::Flag),
        may("kind", KIND),
        must("texts", Kind::ByLanguage(&Kind::Object(&SHOW_TEXT))),
        may("credits", Kind::List(&Kind::Object(&CREDIT))),
    ],
};

const SHOW_FIELDS: &[Field] = &[
    must("id", Kind::Id("sh")),
    must("slug", Kind::Text),
    must("language", Kind::Text),
    must("time_zone", Kind::Text),
    must("author", Kind::Text),
    must("kind", KIND),
    must("explicit", Kind::Flag),
    must("podcast_guid", Kind::Text),
    must("feed_url", Kind::Url),
    must("texts", Kind::ByLanguage(&Kind::Object(&SHOW_TEXT_GIVEN))),
    must("cover_url", Kind::Url).or_null(),
];

const SHOW_TEXT_GIVEN: Shape = Shape { name: "ShowTextGiven", fields: SHOW_TEXT.fields };
const SHOW: Shape = Shape { name: "Show", fields: SHOW_FIELDS };
const SHOWS: Shape = Shape { name: "Shows", fields: &[must("shows", Kind::List(&Kind::Object(&SHOW)))] };

const TXT: Shape = Shape {
    name: "TxtRecord",
    fields: &[may("purpose", Kind::Text).note("Such as applepodcastsverify."), must("value", Kind::Text)],
};
const FREQUENCY: Shape = Shape {
    name: "UpdateFrequency",
    fields: &[
        must("text", Kind::Text).note("For people."),
        may("rrule", Kind::Text).note("A recurrence rule of RFC 5545."),
    ],
};
const MOVED_TO: &str = "Where the feed is now: ours answers 301. Null brings it back.";

const FEED_SENT: Shape = Shape {
    name: "FeedSettingsSent",
    fields: &[
        may("txt", Kind::List(&Kind::Object(&TXT))),
        may("update_frequency", Kind::Object(&FREQUENCY)).or_null(),
        may("moved_to", Kind::Url).or_null().note(MOVED_TO),
        may("owner_email", Kind::Text).or_null().note("Stands in the feed; it will be harvested."),
        may("blocked", Kind::Flag).note("Asks directories not to list the show."),
    ],
};
const FEED_SETTINGS: Shape = Shape {
    name: "FeedSettings",
    fields: &[
        must("txt", Kind::List(&Kind::Object(&TXT))),
        must("update_frequency", Kind::Object(&FREQUENCY)).or_null(),
        must("moved_to", Kind::Url).or_null().note(MOVED_TO),
        must("owner_email", Kind::Text).or_null(),
        must("blocked", Kind::Flag),
    ],
};
const SHOW_ID: Param = in_path("id", Kind::Id("sh"));

const DOCUMENT: Shape = Shape {
    name: "Document",
    fields: &[
        must("openapi", Kind::Text),
        must("jsonSchemaDialect", Kind::Url),
        must("info", Kind::Anything),
        must("servers", Kind::List(&Kind::Anything)),
        must("tags", Kind::List(&Kind::Anything)),
        must("paths", Kind::Anything),
        must("components", Kind::Anything),
    ],
};

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op { id: "list-shows", path: "/api/v1/shows", answer: Some(&SHOWS), ..READ },
    Op {
        id: "create-show",
        path: "/api/v1/shows",
        body: Body::Json(&SHOW_DRAFT),
        once: true,
        status: 201,
        answer: Some(&SHOW),
        problems: &["slug-taken"],
        example: r#"{"slug": "matins", "language": "fr", "time_zone": "Europe/Paris", "author": "Agence", "copyright": "© Agence",
 "explicit": false, "kind": "episodic", "categories": [["News", "Daily News"]],
 "texts": {"fr": {"title": "Matins", "tagline": "Chaque jour", "description_html": "<p>Sept minutes.</p>", "footer": "Agence, Lyon"}},
 "credits": [{"name": "Odile", "role": "host", "team": "cast", "href": "https://odile.example/", "bio_fr": "Journaliste", "bio_en": "Journalist"}]}"#,
        ..CHANGE
    },
    Op {
        id: "read-feed-settings",
        path: "/api/v1/shows/{id}/feed",
        params: &[SHOW_ID],
        answer: Some(&FEED_SETTINGS),
        ..READ
    },
    Op {
        id: "edit-feed-settings",
        method: "PUT",
        path: "/api/v1/shows/{id}/feed",
        params: &[SHOW_ID],
        body: Body::Json(&FEED_SENT),
        answer: Some(&FEED_SETTINGS),
        example: r#"{"txt": [{"purpose": "applepodcastsverify", "value": "05124"}],
 "update_frequency": {"text": "Chaque matin", "rrule": "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR"},
 "moved_to": null, "owner_email": null, "blocked": false}"#,
        ..CHANGE
    },
    Op { id: "read-openapi", path: "/api/v1/openapi.json", answer: Some(&DOCUMENT), ..READ },
];
