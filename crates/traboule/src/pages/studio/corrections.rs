//! The corrections of a published episode: what stands on its public page, and adding one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, parse_id, show_id};
use publish::model::{CORRECTION_PREFIX, EPISODE_PREFIX};
use publish::rules::schedule;
use publish::service::{self as uc, CorrectionDraft};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted, Stamp};

use super::rundown::Choice;
use super::{EpisodeTop, language_name, to_sign_in, top};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct CorrectionRow {
    when: Stamp,
    about: Option<String>,
    amends: bool,
    texts: Vec<(String, String)>,
}

#[derive(Serialize)]
struct LangField {
    code: String,
    name: String,
}

#[derive(Serialize)]
struct Vars {
    #[serde(flatten)]
    top: EpisodeTop,
    corrections: Vec<CorrectionRow>,
    text_langs: Vec<LangField>,
    chapters: Vec<Choice>,
    earlier: Vec<Choice>,
    can_add: bool,
    form: Option<FormView>,
    said: Option<String>,
}

/// What the last action has to say.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CorrectionsQuery {
    said: Option<String>,
}

/// `/{lang}/studio/episodes/{id}/corrections`.
pub async fn corrections(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<CorrectionsQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = query.said.filter(|s| s == "corrected").map(|_| app.say(lang, "editor-said-corrected"));
    page(&app, &client, lang, &id, None, said, StatusCode::OK).await
}

async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    form: Option<FormView>,
    said: Option<String>,
    status: StatusCode,
) -> Response {
    let rendered = async {
        let vars = vars(app, client, lang, id, form, said).await?;
        let head = private_head(format!("{} · {}", app.say(lang, "editor-tab-corrections"), vars.top.ep.title));
        site::render(app, lang, &client.path, "", "pages/studio_corrections.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

async fn vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    form: Option<FormView>,
    said: Option<String>,
) -> Result<Vars, Failure> {
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let (show, full) = read_tx!(app.db, |tx| uc::desk_episode(tx, &actor, number).await)?;
    let zone = schedule::zone(&show.time_zone)?;
    let now = app.now();
    let chapter = |ms: i64| {
        let title = full
            .chapters
            .iter()
            .find(|c| c.start_ms == ms)
            .and_then(|c| c.titles.get(lang.code()).or_else(|| c.titles.values().next()).cloned());
        format!("{} {}", ui::timecode(ms), title.unwrap_or_default())
    };
    let rows = full.corrections.iter().rev().map(|c| CorrectionRow {
        when: super::moment(c.at, &zone, lang, now),
        about: c.chapter_ms.map(chapter),
        amends: c.amends.is_some(),
        texts: c.texts.iter().map(|(l, t)| (l.clone(), t.clone())).collect(),
    });
    let none = |key: &str| Choice { value: String::new(), label: app.say(lang, key) };
    let mut chapters = vec![none("editor-correction-no-chapter")];
    chapters.extend(full.chapters.iter().map(|c| Choice { value: c.start_ms.to_string(), label: chapter(c.start_ms) }));
    let mut earlier = vec![none("editor-correction-no-earlier")];
    earlier.extend(full.corrections.iter().map(|c| Choice {
        value: show_id(CORRECTION_PREFIX, c.id),
        label: super::moment(c.at, &zone, lang, now).text,
    }));
    let state = full.episode.state;
    Ok(Vars {
        corrections: rows.collect(),
        text_langs: full
            .episode
            .texts
            .keys()
            .map(|l| LangField { code: l.clone(), name: language_name(app, lang, l) })
            .collect(),
        chapters,
        earlier,
        can_add: !matches!(state, publish::model::State::Draft) && state.instant().is_some_and(|at| at <= now),
        form,
        said,
        top: top(app, lang, &show, &full.episode, "corrections"),
    })
}

fn draft(posted: &Posted) -> Result<CorrectionDraft, Refusal> {
    let mut texts = BTreeMap::new();
    for lang in posted.all("langs") {
        texts.insert(lang.clone(), posted.get(&format!("text-{lang}")).to_owned());
    }
    let chapter_ms = match posted.get("chapter") {
        "" => None,
        ms => Some(ms.parse().map_err(|_| Refusal::invalid("check-fields").field("chapter", "chapter-unknown"))?),
    };
    let amends = match posted.get("amends") {
        "" => None,
        id => {
            let unknown = || Refusal::invalid("check-fields").field("amends", "correction-unknown");
            Some(parse_id(CORRECTION_PREFIX, id).ok_or_else(unknown)?)
        }
    };
    Ok(CorrectionDraft { texts, chapter_ms, amends })
}

/// POST `/{lang}/studio/episodes/{id}/corrections`.
pub async fn add(State(app): Web, client: Client, Path((lang, id)): Path<(String, String)>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let outcome = async {
        let number = parse_id(EPISODE_PREFIX, &id).ok_or_else(Refusal::not_found)?;
        let ctx = client.ctx(&app);
        let draft = draft(&posted)?;
        write_tx!(app.db, |tx| uc::correct(tx, &ctx, number, draft.clone()).await)
    };
    match outcome.await {
        Ok(_) => redirect(&format!("/{}/studio/episodes/{id}/corrections?said=corrected", lang.code())),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let mut form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            if let (Some(problem), Some(first)) = (form.errors.get("text").cloned(), posted.all("langs").first()) {
                form.errors.insert(format!("text-{first}"), problem);
            }
            page(&app, &client, lang, &id, Some(form), None, ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}
