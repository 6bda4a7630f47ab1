//! Saving the forms of an episode, keeping them while they are typed, and saying what was merged.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, parse_id};
use publish::model::EPISODE_PREFIX;
use publish::rules::merge::{self, Section};
use publish::service::{self as uc, Saved};
use serde::Serialize;
use ui::{FormView, Posted};

use super::collide::{self, field_name};
use super::episode::{Shown, show_episode};
use super::{forms, names};
use crate::app::App;
use crate::http::{Client, Web, failure_page, read_form, redirect};
use crate::pages::public::lang_of;
use crate::pages::sign_in::problem;

/// What somebody else's save brought in.
#[derive(Serialize)]
pub(crate) struct MergedNote {
    who: String,
    fields: Vec<String>,
}

/// Says what changed between two versions, and by whom.
pub(super) async fn merged_note(
    app: &App,
    client: &Client,
    lang: Lang,
    id: &str,
    from: i64,
    to: i64,
) -> Result<Option<MergedNote>, Failure> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let (show, before, after, list) = read_tx!(app.db, |tx| {
        let (show, _) = uc::desk_episode(tx, &actor, id).await?;
        let before = uc::revision(tx, &actor, id, from).await?;
        let after = uc::revision(tx, &actor, id, to).await?;
        let (list, _) = uc::revisions(tx, &actor, id, Some(to.saturating_add(1))).await?;
        Ok((show, before.1, after.1, list))
    })?;
    let fields: Vec<String> =
        merge::differences(&before, &after).iter().map(|d| field_name(app, lang, &d.field)).collect();
    let people = names(app, client, show.org).await?;
    let mut who: Vec<String> = list
        .iter()
        .filter(|r| r.version > from)
        .map(|r| r.by.and_then(|p| people.get(&p).cloned()).unwrap_or_else(|| app.say(lang, "editor-somebody")))
        .collect();
    who.sort_unstable();
    who.dedup();
    Ok((!fields.is_empty()).then(|| MergedNote { who: who.join(", "), fields }))
}

/// Which form was posted, and where it is shown.
struct Form {
    verb: String,
    /// The language of texts.
    text_lang: Option<String>,
    /// Under which name its unsaved state is kept.
    kept_as: String,
}

impl Form {
    fn of(verb: &str, posted: &Posted) -> Self {
        let text_lang = Some(posted.get("text_lang").to_owned()).filter(|l| verb == "texts" && !l.is_empty());
        let kept_as = match &text_lang {
            Some(lang) => format!("texts:{lang}"),
            None => verb.to_owned(),
        };
        Self { verb: verb.to_owned(), text_lang, kept_as }
    }

    fn part(&self) -> &'static str {
        match self.verb.as_str() {
            "details" => "details",
            "credits" => "credits",
            _ => "texts",
        }
    }

    /// The page after a save.
    fn url(&self, lang: Lang, id: &str, said: &str, merged: Option<(i64, i64)>) -> String {
        let tab = if self.verb == "chapters" { "/rundown" } else { "" };
        let text = self.text_lang.as_ref().map(|l| format!("&text={l}")).unwrap_or_default();
        let merged = merged.map(|(from, to)| format!("&from={from}&to={to}")).unwrap_or_default();
        format!("/{}/studio/episodes/{id}{tab}?said={said}{text}{merged}#{}", lang.code(), self.verb)
    }
}

/// POST of one of the forms of an episode.
pub(super) async fn save(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    verb: &str,
    posted: Posted,
) -> Response {
    let outcome = match verb {
        "merge" => collide::choose(app, client, lang, id, &posted).await,
        "forget" => forget(app, client, lang, id, &posted).await,
        "chapters" => super::rundown::save_chapters(app, client, lang, id, &posted).await,
        _ => save_form(app, client, lang, id, verb, &posted).await,
    };
    match outcome {
        Ok(response) => response,
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) && verb != "merge" => {
            refused(app, client, lang, id, verb, posted, &refusal).await
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

async fn refused(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    verb: &str,
    posted: Posted,
    refusal: &Refusal,
) -> Response {
    if verb == "chapters" {
        return super::rundown::refused_chapters(app, client, lang, id, posted, refusal).await;
    }
    let mut view = FormView::refused(&posted, &["csrf"], refusal, app.render.texts(), lang);
    if let Some(notes) = view.errors.get("notes").cloned() {
        view.errors.insert("notes_md".to_owned(), notes);
    }
    let form = Form::of(verb, &posted);
    let version = posted.get("version").parse().ok();
    let shown = Shown {
        part: form.part(),
        text_lang: form.text_lang,
        form: Some(view),
        version,
        posted: Some(posted),
        ..Shown::default()
    };
    show_episode(app, client, lang, id, shown, ui::status(refusal.kind)).await
}

/// The part of an episode a form edits; `texts` without a language are those of the show's own.
async fn section(app: &App, client: &Client, id: i64, verb: &str, posted: &Posted) -> Result<(Section, i64), Failure> {
    let actor = client.actor();
    let (show, full) = read_tx!(app.db, |tx| uc::desk_episode(tx, &actor, id).await)?;
    let lang = Some(posted.get("text_lang").to_owned()).filter(|l| !l.is_empty()).unwrap_or(show.language);
    let section = match verb {
        "details" => forms::details(posted)?,
        "credits" => Section::Credits(forms::credits(posted)),
        _ => forms::texts(posted, &lang),
    };
    // The page sends the version it showed: somebody else's save in between is then noticed, not overwritten.
    Ok((section, posted.get("version").parse().unwrap_or(full.episode.version)))
}

async fn save_form(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    verb: &str,
    posted: &Posted,
) -> Result<Response, Failure> {
    let form = Form::of(verb, posted);
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let wanted = posted.get("do");
    if matches!(wanted, "preview" | "copy" | "more") {
        let html = (wanted == "preview").then(|| publish::text::markdown_to_html(posted.get("notes_md")));
        let values = FormView { values: posted.values(), ..FormView::default() };
        let shown = Shown {
            part: form.part(),
            text_lang: form.text_lang,
            form: Some(values),
            version: posted.get("version").parse().ok(),
            posted: Some(posted.clone()),
            preview_html: html,
            copy: wanted == "copy",
            ..Shown::default()
        };
        return Ok(show_episode(app, client, lang, id, shown, StatusCode::OK).await);
    }
    let (section, began) = section(app, client, number, verb, posted).await?;
    finish(app, client, lang, id, &form, began, &section).await
}

async fn finish(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    form: &Form,
    began: i64,
    section: &Section,
) -> Result<Response, Failure> {
    let ctx = client.ctx(app);
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let saved = write_tx!(app.db, |tx| {
        let saved = uc::save_episode(tx, &ctx, number, began, section).await?;
        if matches!(saved, Saved::Kept { .. }) {
            uc::forget_unsaved(tx, &ctx, number, &form.kept_as).await?;
        }
        Ok(saved)
    })?;
    match saved {
        Saved::Kept { episode, taken } => {
            let merged = (!taken.is_empty()).then_some((began, episode.version - 1));
            Ok(redirect(&form.url(lang, id, "saved", merged)))
        }
        Saved::Collided(collided) => collide::page(app, client, lang, id, &form.kept_as, &collided, None).await,
    }
}

/// Saves the form of chapters, whose page is the rundown's.
pub(super) async fn save_chapters(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    began: i64,
    section: &Section,
) -> Result<Response, Failure> {
    let form = Form { verb: "chapters".to_owned(), text_lang: None, kept_as: "chapters".to_owned() };
    finish(app, client, lang, id, &form, began, section).await
}

/// The page to go to after a choice was saved.
pub(super) fn after_choice(lang: Lang, id: &str, kept_as: &str) -> String {
    let (verb, text) = match kept_as.split_once(':') {
        Some((verb, text)) => (verb, Some(text.to_owned())),
        None => (kept_as, None),
    };
    let verb = if matches!(verb, "texts" | "details" | "credits" | "chapters") { verb } else { "texts" };
    let text_lang = text.filter(|l| publish::rules::check::is_language(l));
    Form { verb: verb.to_owned(), text_lang, kept_as: kept_as.to_owned() }.url(lang, id, "saved", None)
}

async fn forget(app: &App, client: &Client, lang: Lang, id: &str, posted: &Posted) -> Result<Response, Failure> {
    let ctx = client.ctx(app);
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let section = posted.get("section").to_owned();
    write_tx!(app.db, |tx| uc::forget_unsaved(tx, &ctx, number, &section).await)?;
    Ok(redirect(&after_choice(lang, id, &section).replace("said=saved", "said=forgotten")))
}

/// The form as it is kept: what was typed, without the session's stamp.
fn without_stamp(body: &[u8]) -> String {
    let pairs = url::form_urlencoded::parse(body).filter(|(k, _)| !matches!(k.as_ref(), "csrf" | "section" | "do"));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// POST `/{lang}/studio/episodes/{id}/autosave`: keeps a form while it is typed. Answers without a body; nobody looks at it.
pub async fn autosave(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let outcome = async {
        lang_of(&lang).ok_or_else(Refusal::not_found)?;
        let id = parse_id(EPISODE_PREFIX, &id).ok_or_else(Refusal::not_found)?;
        let posted = read_form(&app, &client, &body)?;
        let ctx = client.ctx(&app);
        let who = ctx.actor.person().map_or(0, |p| p.0);
        app.limits.check(&format!("autosave {who}"), 120, 60, ctx.now)?;
        let kept = without_stamp(&body);
        let (section, version) = (posted.get("section").to_owned(), posted.get("version").parse().unwrap_or(0));
        write_tx!(app.db, |tx| uc::keep_unsaved(tx, &ctx, id, &section, version, &kept).await)
    };
    match outcome.await {
        Ok(()) => {
            let mut response = Response::new(axum::body::Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(failure) => problem(&app, &client, &failure),
    }
}
