//! The API of the organisation-wide desk: settings of shows, the list and the calendar, media, pages of text. Everything
//! here but public pages needs a token.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, OrgId, Refusal, parse_id, show_id};
use publish::model::{DeskSettings, EPISODE_PREFIX, IMAGE_PREFIX, PAGE_PREFIX, SHOW_PREFIX, Show, SitePage};
use publish::rules::calendar::{Month, clock_change, day_of};
use publish::rules::check::ShowDraft;
use publish::rules::pages::PageDraft;
use publish::rules::schedule;
use publish::rules::show::SiteDraft;
use publish::service as uc;
use publish::web::Links;
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Field, Kind, Op, Param, READ, Shape, in_path, in_query, may, must};
use super::{answer, body, id, must_token, show, token_org};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::feeds::own_hosts;
use crate::pages::studio::list::ListQuery;
use crate::pages::studio::show::{must_be_members, reserved};

/// The organisation of the token; nobody else asks here.
fn org_of(client: &Client) -> Result<OrgId, Refusal> {
    must_token(client)?;
    Ok(token_org(&client.actor()))
}

fn settings(app: &App, found: &Show) -> Value {
    let mut value = show::show(app, found);
    value["copyright"] = json!(found.copyright);
    value["categories"] = json!(found.categories);
    value["medium"] = json!(found.medium);
    value["locked"] = json!(found.locked);
    value["complete"] = json!(found.complete);
    value["funding"] = json!(found.funding);
    value["host"] = json!(found.host);
    value["colour"] = json!(found.colour);
    value["mark_url"] = json!(found.mark.as_ref().map(|i| app.links.absolute(&Links::image(i, "original"))));
    value["feed"] = json!(found.settings.feed);
    let notify: Vec<String> = found.settings.desk.notify.iter().map(|p| p.0.to_string()).collect();
    value["desk"] = json!({
        "approval_needed": found.settings.desk.approval_needed,
        "transcript_needed": found.settings.desk.transcript_needed, "notify": notify,
    });
    value
}

/// GET `/api/v1/shows/{id}`: with every setting, for a token of its team.
pub async fn show_settings(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let (actor, now) = (client.actor(), app.now());
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        read_tx!(app.db, |tx| uc::show_settings(tx, &actor, wanted, now).await)
    };
    let value = outcome.await.map(|(found, _, _)| settings(&app, &found));
    answer(&app, &client, StatusCode::OK, value)
}

/// PUT `/api/v1/shows/{id}`: what a show says about itself.
pub async fn edit_show(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        let draft: ShowDraft = body(&bytes)?;
        write_tx!(app.db, |tx| uc::edit_show(tx, &ctx, wanted, draft.clone()).await)
    };
    let value = outcome.await.map(|found| settings(&app, &found));
    answer(&app, &client, StatusCode::OK, value)
}

/// The desk's settings as JSON has them: ids as texts.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DeskBody {
    approval_needed: bool,
    transcript_needed: bool,
    notify: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressBody {
    slug: String,
}

/// PUT `/api/v1/shows/{id}/channel`: everything its feeds say beyond its content.
pub async fn set_channel(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        let sent = uc::FeedSent::All(body(&bytes)?);
        let own = own_hosts(&app).await?;
        write_tx!(app.db, |tx| uc::set_feed(tx, &ctx, wanted, sent.clone(), &own).await)
    };
    let value = outcome.await.map(|found| settings(&app, &found));
    answer(&app, &client, StatusCode::OK, value)
}

/// PUT `/api/v1/shows/{id}/site`: its host name and its colour.
pub async fn set_site(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let (ctx, own) = (client.ctx(&app), reserved(&app));
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        let draft: SiteDraft = body(&bytes)?;
        write_tx!(app.db, |tx| uc::set_site(tx, &ctx, wanted, draft.clone(), &own).await)
    };
    let value = outcome.await.map(|found| settings(&app, &found));
    answer(&app, &client, StatusCode::OK, value)
}

/// PUT `/api/v1/shows/{id}/address`: its name in addresses.
pub async fn set_address(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        let draft: AddressBody = body(&bytes)?;
        write_tx!(app.db, |tx| uc::rename_show(tx, &ctx, wanted, &draft.slug).await)
    };
    let value = outcome.await.map(|found| settings(&app, &found));
    answer(&app, &client, StatusCode::OK, value)
}

/// PUT `/api/v1/shows/{id}/desk`: how it is worked on.
pub async fn set_desk(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        let draft: DeskBody = body(&bytes)?;
        let (found, _, _) = read_tx!(app.db, |tx| uc::show_settings(tx, &ctx.actor, wanted, ctx.now).await)?;
        if !ctx.actor.may(found.org, &[kernel::Role::Editor]) {
            return Err(Refusal::forbidden().into());
        }
        let unknown = || Refusal::invalid("check-fields").field("notify", "person-unknown");
        let people = draft.notify.iter().map(|p| p.parse().map(kernel::PersonId).map_err(|_| unknown()));
        let desk = DeskSettings {
            approval_needed: draft.approval_needed,
            transcript_needed: draft.transcript_needed,
            notify: people.collect::<Result<_, _>>()?,
        };
        must_be_members(&app, found.org, &desk).await?;
        write_tx!(app.db, |tx| uc::set_desk(tx, &ctx, wanted, desk.clone()).await)
    };
    let value = outcome.await.map(|found| settings(&app, &found));
    answer(&app, &client, StatusCode::OK, value)
}

/// GET `/api/v1/desk/episodes?show=&state=&text=&after=`: every state, over all shows of the token's organisation.
pub async fn desk_episodes(State(app): Web, client: Client, Query(query): Query<ListQuery>) -> Response {
    let (actor, now) = (client.actor(), app.now());
    let outcome = async {
        let orgs = [org_of(&client)?];
        let ask = query.ask()?;
        read_tx!(app.db, |tx| uc::desk_list(tx, &actor, &orgs, &ask, now).await)
    };
    let value = outcome.await.map(|list| {
        let of = |e: &publish::model::Episode| list.shows.iter().find(|s| s.id == e.show);
        let rows: Vec<Value> = list.episodes.iter().filter_map(|e| of(e).map(|s| show::episode(&app, s, e))).collect();
        json!({"episodes": rows, "next": list.next.map(|(key, id)| format!("{key}.{id}"))})
    });
    answer(&app, &client, StatusCode::OK, value)
}

/// `?month=2026-11&show=sh_…`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MonthQuery {
    month: String,
    show: String,
}

/// GET `/api/v1/desk/calendar?month=2026-11`: each episode with its day and hour in its show's zone.
pub async fn desk_calendar(State(app): Web, client: Client, Query(query): Query<MonthQuery>) -> Response {
    let (actor, now) = (client.actor(), app.now());
    let outcome = async {
        let orgs = [org_of(&client)?];
        let bad = || Refusal::invalid("check-fields").field("month", "date-malformed");
        let month = match query.month.as_str() {
            "" => Month::of(now, &jiff::tz::TimeZone::UTC),
            text => Month::parse(text).ok_or_else(bad)?,
        };
        let wanted = if query.show.is_empty() { None } else { Some(id(SHOW_PREFIX, &query.show)?) };
        let found = read_tx!(app.db, |tx| uc::desk_month(tx, &actor, &orgs, wanted, month, now).await)?;
        Ok((month, found))
    };
    let value = outcome.await.map(|(month, found)| calendar(&app, month, &found));
    answer(&app, &client, StatusCode::OK, value)
}

fn calendar(app: &App, month: Month, found: &uc::DeskMonth) -> Value {
    let zone_of = |s: &Show| schedule::zone(&s.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let mut days: std::collections::BTreeMap<String, Vec<Value>> = Default::default();
    for episode in &found.episodes {
        let Some(home) = found.shows.iter().find(|s| s.id == episode.show) else { continue };
        let (Some(at), zone) = (episode.state.instant(), zone_of(home)) else { continue };
        let day = day_of(at, &zone);
        if day.first_of_month() != month.first {
            continue;
        }
        let mut value = show::state(episode, app.now());
        value["show_id"] = json!(show_id(SHOW_PREFIX, home.id));
        value["local"] = json!(at.rfc3339_in(&zone));
        value["time_zone"] = json!(home.time_zone);
        value["title"] = json!(episode.text(&home.language, &home.language).1.title);
        days.entry(day.to_string()).or_default().push(value);
    }
    let mut changes = Vec::new();
    for week in month.weeks() {
        for day in week.into_iter().filter(|d| d.first_of_month() == month.first) {
            for home in &found.shows {
                let entry = clock_change(day, &zone_of(home));
                let Some(change) = entry else { continue };
                let value = json!({"date": day.to_string(), "time_zone": home.time_zone, "clocks": change.code()});
                if !changes.contains(&value) {
                    changes.push(value);
                }
            }
        }
    }
    json!({"month": month.code(), "days": days, "clock_changes": changes})
}

/// `?before=im_…`, `?before=ep_…`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Before {
    before: String,
}

impl Before {
    fn id(&self, prefix: &str) -> Result<Option<i64>, Refusal> {
        if self.before.is_empty() {
            Ok(None)
        } else {
            parse_id(prefix, &self.before).map(Some).ok_or_else(Refusal::not_found)
        }
    }
}

/// GET `/api/v1/media/images`.
pub async fn images(State(app): Web, client: Client, Query(query): Query<Before>) -> Response {
    let actor = client.actor();
    let outcome = async {
        let (org, before) = (org_of(&client)?, query.id(IMAGE_PREFIX)?);
        read_tx!(app.db, |tx| uc::pictures(tx, &actor, org, before).await)
    };
    let value = outcome.await.map(|page| {
        let used = |u: &uc::Use| {
            json!({"kind": u.kind, "show_id": show_id(SHOW_PREFIX, u.show),
                   "episode_id": u.episode.map(|e| show_id(EPISODE_PREFIX, e))})
        };
        let row = |p: &uc::Picture| {
            json!({"id": show_id(IMAGE_PREFIX, p.image.id), "width": p.image.width, "height": p.image.height,
                   "mime": p.image.mime, "size": p.size, "alt_fr": p.alt_fr, "alt_en": p.alt_en,
                   "uses": p.uses.iter().map(used).collect::<Vec<_>>()})
        };
        json!({"images": page.rows.iter().map(row).collect::<Vec<_>>(), "total": page.totals.pictures,
               "bytes": page.totals.picture_bytes, "next": page.next.map(|id| show_id(IMAGE_PREFIX, id))})
    });
    answer(&app, &client, StatusCode::OK, value)
}

/// GET `/api/v1/media/sounds`.
pub async fn sounds(State(app): Web, client: Client, Query(query): Query<Before>) -> Response {
    let actor = client.actor();
    let outcome = async {
        let (org, before) = (org_of(&client)?, query.id(EPISODE_PREFIX)?);
        read_tx!(app.db, |tx| uc::sounds(tx, &actor, org, before).await)
    };
    let value = outcome.await.map(|page| {
        let row = |s: &uc::Sound| {
            json!({"episode_id": show_id(EPISODE_PREFIX, s.episode), "show_id": show_id(SHOW_PREFIX, s.show),
                   "title": s.title, "mime": s.mime, "size": s.size, "duration_ms": s.duration_ms})
        };
        json!({"sounds": page.rows.iter().map(row).collect::<Vec<_>>(), "total": page.totals.sounds,
               "bytes": page.totals.sound_bytes, "next": page.next.map(|id| show_id(EPISODE_PREFIX, id))})
    });
    answer(&app, &client, StatusCode::OK, value)
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct AltBody {
    alt_fr: String,
    alt_en: String,
}

/// PUT `/api/v1/images/{id}`: what a picture shows.
pub async fn describe_image(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(IMAGE_PREFIX, &text)?;
        let alt: AltBody = body(&bytes)?;
        write_tx!(app.db, |tx| uc::describe_picture(tx, &ctx, wanted, &alt.alt_fr, &alt.alt_en).await)?;
        Ok(json!({"id": text.as_str()}))
    };
    answer(&app, &client, StatusCode::OK, outcome.await)
}

/// DELETE `/api/v1/images/{id}`: a picture nobody uses.
pub async fn remove_image(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(IMAGE_PREFIX, &text)?;
        write_tx!(app.db, |tx| uc::remove_picture(tx, &ctx, wanted).await)?;
        Ok(json!({"id": text.as_str()}))
    };
    answer(&app, &client, StatusCode::OK, outcome.await)
}

fn page(found: &SitePage) -> Value {
    json!({
        "id": show_id(PAGE_PREFIX, found.id), "show_id": found.show.map(|s| show_id(SHOW_PREFIX, s)), "slug": found.slug,
        "kind": found.kind, "public": found.public, "version": found.version, "updated_at": found.updated_at.rfc3339(),
        "texts": found.texts,
    })
}

/// GET `/api/v1/pages`: public ones; with a token those of its organisation, drafts included.
pub async fn pages(State(app): Web, client: Client) -> Response {
    let actor = client.actor();
    let outcome = match &actor {
        Actor::Token { org, .. } => read_tx!(app.db, |tx| uc::pages::list(tx, &actor, *org).await),
        _ => read_tx!(app.db, |tx| uc::pages::all_public(tx).await),
    };
    let value = outcome.map(|list| json!({"pages": list.iter().map(page).collect::<Vec<_>>()}));
    answer(&app, &client, StatusCode::OK, value)
}

/// What is sent about a page.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PageBody {
    version: i64,
    show_id: Option<String>,
    page: PageDraft,
}

impl PageBody {
    fn show(&self) -> Result<Option<i64>, Refusal> {
        let unknown = || Refusal::invalid("check-fields").field("show", "show-unknown");
        self.show_id.as_deref().map(|text| parse_id(SHOW_PREFIX, text).ok_or_else(unknown)).transpose()
    }
}

/// POST `/api/v1/pages` with `{"show_id", "page"}`.
pub async fn create_page(State(app): Web, client: Client, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        let org = org_of(&client)?;
        let sent: PageBody = body(&bytes)?;
        let home = sent.show()?;
        write_tx!(app.db, |tx| uc::pages::create(tx, &ctx, org, home, sent.page.clone()).await)
    };
    let value = outcome.await.map(|found| page(&found));
    answer(&app, &client, StatusCode::CREATED, value)
}

/// GET `/api/v1/pages/{id}` with its versions, for a token of its team.
pub async fn one_page(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let wanted = id(PAGE_PREFIX, &text)?;
        read_tx!(app.db, |tx| uc::pages::get(tx, &actor, wanted).await)
    };
    let value = outcome.await.map(|(found, versions)| {
        let version = |v: &publish::model::PageVersion| {
            json!({"version": v.version, "public": v.public, "saved_at": v.saved_at.rfc3339(), "texts": v.texts})
        };
        json!({"page": page(&found), "versions": versions.iter().map(version).collect::<Vec<_>>()})
    });
    answer(&app, &client, StatusCode::OK, value)
}

/// PUT `/api/v1/pages/{id}` with `{"version", "show_id", "page"}`.
pub async fn edit_page(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(PAGE_PREFIX, &text)?;
        let sent: PageBody = body(&bytes)?;
        let home = sent.show()?;
        write_tx!(app.db, |tx| uc::pages::edit(tx, &ctx, wanted, sent.version, home, sent.page.clone()).await)
    };
    let value: Result<Value, Failure> = outcome.await.map(|found| page(&found));
    answer(&app, &client, StatusCode::OK, value)
}

const SETTINGS: Shape = Shape {
    name: "ShowSettings",
    fields: &[
        must("id", Kind::Id("sh")),
        must("slug", Kind::Text),
        must("language", Kind::Text),
        must("time_zone", Kind::Text),
        must("author", Kind::Text),
        must("kind", Kind::Text),
        must("explicit", Kind::Flag),
        must("podcast_guid", Kind::Text),
        must("feed_url", Kind::Url),
        must("texts", Kind::ByLanguage(&Kind::Anything)),
        must("cover_url", Kind::Url).or_null(),
        must("copyright", Kind::Text).or_null(),
        must("categories", Kind::List(&Kind::Pair)),
        must("medium", Kind::Text).or_null(),
        must("locked", Kind::Flag),
        must("complete", Kind::Flag),
        must("funding", Kind::List(&Kind::Anything)),
        must("host", Kind::Text).or_null().note("The host name it has for itself."),
        must("colour", Kind::Text).or_null(),
        must("mark_url", Kind::Url).or_null(),
        must("feed", Kind::Anything),
        must("desk", Kind::Anything),
    ],
};
const CHANNEL: Shape = Shape {
    name: "Channel",
    fields: &[
        may("txt", Kind::List(&Kind::Anything)).note("Records with purpose and value."),
        may("medium", Kind::Text),
        may("update_frequency", Kind::Anything).note("text and rrule."),
        may("locked", Kind::Flag),
        may("complete", Kind::Flag),
        may("blocked", Kind::Flag),
        may("funding", Kind::List(&Kind::Anything)).note("Links with url and text."),
        may("owner_email", Kind::Text).note("Empty: not in the feed."),
        may("moved_to", Kind::Text).note("Empty: it is here."),
    ],
};
const SITE: Shape = Shape {
    name: "ShowSite",
    fields: &[
        may("host", Kind::Text).note("Empty for none."),
        may("colour", Kind::Text).note("#rrggbb; empty for the site's."),
    ],
};
const ADDRESS: Shape = Shape { name: "ShowAddress", fields: &[must("slug", Kind::Text)] };
const DESK: Shape = Shape {
    name: "ShowDesk",
    fields: &[
        may("approval_needed", Kind::Flag),
        may("transcript_needed", Kind::Flag),
        may("notify", Kind::List(&Kind::Text)).note("Accounts of the organisation."),
    ],
};
const LISTED: Shape = Shape {
    name: "DeskEpisodes",
    fields: &[must("episodes", Kind::List(&Kind::Anything)), must("next", Kind::Text).or_null()],
};
const MONTH: Shape = Shape {
    name: "DeskMonth",
    fields: &[
        must("month", Kind::Text),
        must("days", Kind::Anything).note("Episodes by date; each in its show's zone."),
        must("clock_changes", Kind::List(&Kind::Anything)),
    ],
};
const IMAGES: Shape = Shape {
    name: "Images",
    fields: &[
        must("images", Kind::List(&Kind::Anything)),
        must("total", Kind::Int),
        must("bytes", Kind::Int),
        must("next", Kind::Id("im")).or_null(),
    ],
};
const SOUNDS: Shape = Shape {
    name: "Sounds",
    fields: &[
        must("sounds", Kind::List(&Kind::Anything)),
        must("total", Kind::Int),
        must("bytes", Kind::Int),
        must("next", Kind::Id("ep")).or_null(),
    ],
};
const IMAGE: Shape = Shape { name: "ImageNamed", fields: &[must("id", Kind::Id("im"))] };
const ALT: Shape = Shape { name: "ImageAlt", fields: &[may("alt_fr", Kind::Text), may("alt_en", Kind::Text)] };
const PAGE: Shape = Shape { name: "Page", fields: PAGE_FIELDS };
const PAGE_FIELDS: &[Field] = &[
    must("id", Kind::Id("pg")),
    must("show_id", Kind::Id("sh")).or_null(),
    must("slug", Kind::Text),
    must("kind", Kind::OneOf(&["about", "rules", "page"])),
    must("public", Kind::Flag),
    must("version", Kind::Int),
    must("updated_at", Kind::Instant),
    must("texts", Kind::ByLanguage(&Kind::Anything)),
];
const PAGES: Shape = Shape { name: "Pages", fields: &[must("pages", Kind::List(&Kind::Object(&PAGE)))] };
const PAGE_SENT: Shape = Shape {
    name: "PageSent",
    fields: &[
        may("version", Kind::Int).note("The version it was read at; for a new page left out."),
        may("show_id", Kind::Id("sh")).or_null(),
        must("page", Kind::Anything).note("slug, kind, public, and texts by language with title and body_md."),
    ],
};
const VERSIONS: Shape = Shape {
    name: "PageVersions",
    fields: &[must("page", Kind::Object(&PAGE)), must("versions", Kind::List(&Kind::Anything))],
};
const SHOW_ID: Param = in_path("id", Kind::Id("sh"));
const IMAGE_ID: Param = in_path("id", Kind::Id("im"));
const PAGE_ID: Param = in_path("id", Kind::Id("pg"));
const BEFORE: Param = in_query("before", Kind::Text, "The last id of the page before.");
const PAGE_EXAMPLE: &str = r#"{"version": 1, "show_id": null, "page": {"kind": "rules", "public": true,
 "texts": {"fr": {"title": "Règlement", "body_md": "Oui."}}}}"#;

const fn section(id: &'static str, path: &'static str, sent: &'static Shape, example: &'static str) -> Op {
    let body = Body::Json(sent);
    Op { id, method: "PUT", path, params: &[SHOW_ID], body, answer: Some(&SETTINGS), example, ..CHANGE }
}

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op { id: "read-show", path: "/api/v1/shows/{id}", params: &[SHOW_ID], answer: Some(&SETTINGS), ..READ },
    Op {
        problems: &["zone-would-publish"],
        ..section(
            "edit-show",
            "/api/v1/shows/{id}",
            &super::shows::SHOW_DRAFT,
            r#"{"slug": "", "language": "fr", "time_zone": "Europe/Paris", "author": "Agence", "copyright": "© Agence",
 "explicit": false, "kind": "episodic", "categories": [["News", "Daily News"]],
 "texts": {"fr": {"title": "Matins", "tagline": "Chaque jour", "description_html": "<p>Sept minutes.</p>", "footer": "Agence, Lyon"}},
 "credits": [{"name": "Odile", "role": "host", "team": "cast", "href": "https://odile.example/", "bio_fr": "Journaliste", "bio_en": "Journalist"}]}"#,
        )
    },
    section(
        "set-channel",
        "/api/v1/shows/{id}/channel",
        &CHANNEL,
        r#"{"txt": [{"purpose": "verify", "value": "05124"}], "medium": "podcast", "locked": true, "complete": false,
 "update_frequency": {"text": "Chaque matin", "rrule": "FREQ=DAILY"}, "blocked": false, "owner_email": "", "moved_to": "",
 "funding": [{"url": "https://soutien.example/", "text": "Soutenir"}]}"#,
    ),
    Op {
        problems: &["host-taken"],
        ..section(
            "set-show-site",
            "/api/v1/shows/{id}/site",
            &SITE,
            r##"{"host": "matins.example", "colour": "#0a5a4a"}"##,
        )
    },
    Op {
        problems: &["slug-taken"],
        ..section("set-show-address", "/api/v1/shows/{id}/address", &ADDRESS, r#"{"slug": "les-matins"}"#)
    },
    section(
        "set-show-desk",
        "/api/v1/shows/{id}/desk",
        &DESK,
        r#"{"approval_needed": true, "transcript_needed": false, "notify": []}"#,
    ),
    Op {
        id: "list-desk-episodes",
        path: "/api/v1/desk/episodes",
        params: &[
            in_query("show", Kind::Id("sh"), "Only this show."),
            in_query("state", Kind::OneOf(&["draft", "scheduled", "published", "unpublished"]), "Only what stands so."),
            in_query("text", Kind::Text, "Words of a title."),
            in_query("after", Kind::Text, "The next of the page before."),
        ],
        answer: Some(&LISTED),
        ..READ
    },
    Op {
        id: "read-desk-calendar",
        path: "/api/v1/desk/calendar",
        params: &[
            in_query("month", Kind::Text, "Such as 2026-11; without it the month it is now."),
            in_query("show", Kind::Id("sh"), "Only this show."),
        ],
        answer: Some(&MONTH),
        ..READ
    },
    Op { id: "list-images", path: "/api/v1/media/images", params: &[BEFORE], answer: Some(&IMAGES), ..READ },
    Op { id: "list-sounds", path: "/api/v1/media/sounds", params: &[BEFORE], answer: Some(&SOUNDS), ..READ },
    Op {
        id: "describe-image",
        method: "PUT",
        path: "/api/v1/images/{id}",
        params: &[IMAGE_ID],
        body: Body::Json(&ALT),
        answer: Some(&IMAGE),
        example: r#"{"alt_fr": "Un pont", "alt_en": "A bridge"}"#,
        ..CHANGE
    },
    Op {
        id: "remove-image",
        method: "DELETE",
        path: "/api/v1/images/{id}",
        params: &[IMAGE_ID],
        answer: Some(&IMAGE),
        problems: &["image-used"],
        ..CHANGE
    },
    Op { id: "list-pages", path: "/api/v1/pages", answer: Some(&PAGES), ..READ },
    Op {
        id: "create-page",
        path: "/api/v1/pages",
        body: Body::Json(&PAGE_SENT),
        status: 201,
        answer: Some(&PAGE),
        problems: &["slug-taken"],
        example: PAGE_EXAMPLE,
        ..CHANGE
    },
    Op { id: "read-page", path: "/api/v1/pages/{id}", params: &[PAGE_ID], answer: Some(&VERSIONS), ..READ },
    Op {
        id: "edit-page",
        method: "PUT",
        path: "/api/v1/pages/{id}",
        params: &[PAGE_ID],
        body: Body::Json(&PAGE_SENT),
        answer: Some(&PAGE),
        problems: &["slug-taken", "edit-conflict"],
        example: PAGE_EXAMPLE,
        ..CHANGE
    },
];
