//! One episode at the desk: its texts, details, cover and credits; its publication beside. Saving is in `save`, what
//! happens when two people save in `collide`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{At, Kind, Lang, Refusal, Subject, parse_id};
use publish::model::checks::Proof;
use publish::model::{EPISODE_PREFIX, FullEpisode, Show};
use publish::rules::schedule;
use publish::rules::visibility::{Standing, standing};
use publish::service::{self as uc, Checked, Editor, When};
use publish::web::Links;
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted, Stamp};

use super::checks::{ChecksView, InstantView, ProofView, checks_view, instant_view, proof_views};
use super::comments::{SaidView, said_view};
use super::forms::{self, CreditRow};
use super::{EpisodeTop, language_name, moment, to_sign_in, top};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct LangLink {
    code: String,
    name: String,
    url: String,
}

#[derive(Serialize)]
struct TranscriptRow {
    language_name: String,
}

#[derive(Serialize)]
struct AudioRow {
    size_text: String,
    duration_text: Option<String>,
}

#[derive(Serialize)]
struct TextView {
    title: String,
    summary: String,
    notes_md: String,
    cover_alt: String,
    html: bool,
    title_hint: Option<String>,
}

#[derive(Serialize)]
struct DetailsView {
    number: String,
    season: String,
    kind: &'static str,
    explicit: &'static str,
    slug: String,
    slug_locked: bool,
    next_number: String,
}

/// Unsaved work of one form.
#[derive(Serialize)]
pub(super) struct Unsaved {
    pub(super) when: Stamp,
    pub(super) resume_url: String,
}

#[derive(Serialize)]
struct EpisodeVars {
    #[serde(flatten)]
    top: EpisodeTop,
    audio: Option<AudioRow>,
    transcripts: Vec<TranscriptRow>,
    problems: bool,
    text_lang: String,
    text_langs: Vec<LangLink>,
    text: TextView,
    details: DetailsView,
    credits: Vec<CreditRow>,
    can_copy: bool,
    cover: Option<String>,
    versions: BTreeMap<&'static str, i64>,
    unsaved: BTreeMap<&'static str, Unsaved>,
    preview_html: Option<String>,
    time_zone: String,
    instant: InstantView,
    checks: ChecksView,
    proofs: Vec<ProofView>,
    form: Option<FormView>,
    said: Option<String>,
    merged: Option<super::save::MergedNote>,
    about: SaidView,
    decided: Vec<String>,
    open: String,
}

/// Which language's texts are edited, which unsaved form is taken up again, and what the last action has to say.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct EpisodeQuery {
    text: Option<String>,
    resume: Option<String>,
    said: Option<String>,
    from: Option<i64>,
    to: Option<i64>,
}

/// What a page shows beside the episode as it is.
#[derive(Default)]
pub(super) struct Shown {
    /// The language of the texts.
    pub(super) text_lang: Option<String>,
    /// A posted form, to be shown as typed.
    pub(super) posted: Option<Posted>,
    /// Which part it is: `texts`, `details`, `credits`.
    pub(super) part: &'static str,
    /// Its problems.
    pub(super) form: Option<FormView>,
    /// The version it began from.
    pub(super) version: Option<i64>,
    /// The notes as they will look.
    pub(super) preview_html: Option<String>,
    /// Whether the show's credits are added to the form.
    pub(super) copy: bool,
    /// What the last action says.
    pub(super) said: Option<String>,
    /// How much is said about it.
    pub(super) about: SaidView,
    pub(super) decided: Vec<String>,
    /// What was merged.
    pub(super) merged: Option<super::save::MergedNote>,
}

/// What the schedule as saved, or as it was typed and refused, means.
fn instant_of(app: &App, lang: Lang, show: &Show, full: &FullEpisode, form: Option<&FormView>) -> InstantView {
    let typed = |name: &str| form.and_then(|f| f.values.get(name)).filter(|v| !v.is_empty());
    if let (Some(date), Some(time)) = (typed("date"), typed("time")) {
        return instant_view(app, lang, show, date, time);
    }
    let state = full.episode.state;
    let kept = !matches!(state, publish::model::State::Unpublished(_));
    let Some(at) = state.instant().filter(|at| at.micros() != 0 && kept) else { return InstantView::default() };
    let zone = schedule::zone(&show.time_zone).ok();
    let wall = full.episode.wall_clock.as_ref().zip(zone);
    InstantView::saved(app, lang, at, wall.and_then(|(wall, zone)| schedule::resolve_again(wall, &zone)?.odd))
}

/// `/{lang}/studio/episodes/{id}`.
pub async fn episode(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<EpisodeQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = query.said.as_deref().filter(|s| app.render.texts().has(lang, &format!("pages-said-{s}")));
    let said = said.map(|s| app.say(lang, &format!("pages-said-{s}")));
    let mut shown = Shown { text_lang: query.text.clone(), said, ..Shown::default() };
    if let Some(section) = &query.resume {
        match resume(&app, &client, &id, section).await {
            Ok((posted, version)) => {
                shown.part = match section.split(':').next() {
                    Some("details") => "details",
                    Some("credits") => "credits",
                    _ => "texts",
                };
                shown.text_lang = section.strip_prefix("texts:").map(str::to_owned).or(shown.text_lang);
                shown.form = Some(FormView { values: posted.values(), ..FormView::default() });
                (shown.posted, shown.version) = (Some(posted), Some(version));
            }
            Err(failure) => return failure_page(&app, &client, lang, &failure).await,
        }
    }
    if let (Some(from), Some(to)) = (query.from, query.to) {
        match super::save::merged_note(&app, &client, lang, &id, from, to).await {
            Ok(note) => shown.merged = note,
            Err(failure) => return failure_page(&app, &client, lang, &failure).await,
        }
    }
    show_episode(&app, &client, lang, &id, shown, StatusCode::OK).await
}

/// A form somebody left unsaved, with the version it began from.
pub(super) async fn resume(app: &App, client: &Client, id: &str, section: &str) -> Result<(Posted, i64), Failure> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let kept = read_tx!(app.db, |tx| uc::unsaved(tx, &actor, id).await)?;
    let found = kept.into_iter().find(|k| k.section == section).ok_or_else(Refusal::not_found)?;
    let pairs = url::form_urlencoded::parse(found.body.as_bytes());
    Ok((Posted::new(pairs.map(|(k, v)| (k.into_owned(), v.into_owned())).collect()), found.version))
}

/// The page, after a GET or a form that was not taken.
pub(super) async fn show_episode(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    mut shown: Shown,
    status: StatusCode,
) -> Response {
    let rendered = async {
        let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
        let actor = client.actor();
        let subject = Subject::episode(id);
        let (editor, checked, proofs, counts, decided) = read_tx!(app.db, |tx| {
            let editor = uc::editor(tx, &actor, id).await?;
            let counts = community::service::counts_of(tx, &[subject]).await?;
            let decided = uc::decided(tx, &actor, id, app.now()).await?;
            Ok((editor, uc::checks(tx, &actor, id, None).await?, uc::proofs(tx, &actor, id).await?, counts, decided))
        })?;
        shown.decided =
            decided.iter().map(|(standing, label)| decided_text(app, lang, *standing, label.as_deref())).collect();
        let thread = counts.get(&subject).copied().unwrap_or_default();
        let page = (standing(editor.full.episode.state, app.now()) == Standing::Published)
            .then(|| Links::episode(lang, &editor.show.slug, &editor.full.episode.slug));
        shown.about = said_view(app, client, lang, &editor.full.episode, page.as_deref(), thread);
        let vars = episode_vars(app, lang, &editor, (&checked, &proofs), shown);
        let head = private_head(vars.top.ep.title.clone());
        site::render(app, lang, &client.path, "", "pages/studio_episode.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// What a decision made of an episode, for its team.
fn decided_text(app: &App, lang: Lang, standing: reach::Standing, label: Option<&str>) -> String {
    let texts = app.render.texts();
    let label = label.map(|code| ui::label_sentence(texts, lang, code)).unwrap_or_default();
    texts.text(lang, &format!("reach-team-{}", standing.code()), &[("label", label.into())])
}

fn text_view(full: &FullEpisode, lang: &str, main: &str) -> TextView {
    let text = full.episode.texts.get(lang);
    let empty = Default::default();
    let own = text.unwrap_or(&empty);
    let other = (text.is_none()).then(|| full.episode.text(lang, main).1.title.clone());
    TextView {
        title: own.title.clone(),
        summary: own.summary.clone(),
        notes_md: own.notes_md.clone().unwrap_or_default(),
        cover_alt: own.cover_alt.clone(),
        html: own.notes_md.is_none() && !own.notes_html.is_empty(),
        title_hint: other,
    }
}

fn details_view(editor: &Editor, now: At) -> DetailsView {
    let episode = &editor.full.episode;
    let text = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
    DetailsView {
        number: text(episode.number),
        season: text(episode.season),
        kind: episode.kind.code(),
        explicit: match episode.explicit {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        },
        slug: episode.slug.clone(),
        slug_locked: !matches!(episode.state, publish::model::State::Draft)
            && episode.state.instant().is_some_and(|at| at <= now),
        next_number: editor.next_number.to_string(),
    }
}

fn credit_rows(editor: &Editor, shown: &Shown) -> Vec<CreditRow> {
    let mut credits = match shown.posted.as_ref().filter(|_| shown.part == "credits") {
        Some(posted) => forms::credits(posted),
        None => editor.full.credits.clone(),
    };
    if shown.copy {
        let new = editor.show_credits.iter().filter(|c| !credits.iter().any(|k| k.name == c.name)).cloned();
        let new: Vec<_> = new.collect();
        credits.extend(new);
    }
    credits.iter().map(CreditRow::from).chain([CreditRow::default()]).collect()
}

/// What of this page's forms somebody left unsaved.
fn unsaved_forms(
    lang: Lang,
    editor: &Editor,
    text_lang: &str,
    shown: &Shown,
    now: At,
) -> BTreeMap<&'static str, Unsaved> {
    let zone = schedule::zone(&editor.show.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let id = kernel::show_id(EPISODE_PREFIX, editor.full.episode.id);
    let texts = format!("texts:{text_lang}");
    let forms = editor.unsaved.iter().filter_map(|kept| {
        let part = match kept.section.as_str() {
            "details" => "details",
            "credits" => "credits",
            other if other == texts => "texts",
            _ => return None,
        };
        let resume_url = format!("/{}/studio/episodes/{id}?resume={}#{part}", lang.code(), kept.section);
        (shown.posted.is_none() || shown.part != part)
            .then(|| (part, Unsaved { when: moment(kept.at, &zone, lang, now), resume_url }))
    });
    forms.collect()
}

fn episode_vars(
    app: &Arc<App>,
    lang: Lang,
    editor: &Editor,
    looked: (&Checked, &[Proof]),
    mut shown: Shown,
) -> EpisodeVars {
    let (show, full) = (&editor.show, &editor.full);
    let wanted = shown.text_lang.take();
    let text_lang = wanted.filter(|l| ["fr", "en"].contains(&l.as_str()) || full.episode.texts.contains_key(l));
    let text_lang = text_lang.unwrap_or_else(|| full.episode.text(&show.language, &show.language).0.to_owned());
    let top = top(app, lang, show, &full.episode, "");
    let mut codes: Vec<String> = full.episode.texts.keys().cloned().collect();
    codes.extend(["fr", "en"].map(str::to_owned).into_iter().filter(|c| !full.episode.texts.contains_key(c)));
    let instant = instant_of(app, lang, show, full, shown.form.as_ref());
    let checks = checks_view(app, lang, &top.ep.edit_url, looked.0);
    let link = |code: String| LangLink {
        name: language_name(app, lang, &code),
        url: format!("{}?text={code}", top.ep.edit_url),
        code,
    };
    let mut versions = BTreeMap::from(["texts", "details", "credits"].map(|part| (part, full.episode.version)));
    if let Some(began) = shown.version {
        versions.insert(shown.part, began);
    }
    EpisodeVars {
        about: std::mem::take(&mut shown.about),
        decided: std::mem::take(&mut shown.decided),
        text_langs: codes.into_iter().map(link).collect(),
        audio: full.episode.audio.as_ref().map(|a| AudioRow {
            size_text: ui::bytes_text(a.size, lang),
            duration_text: a.duration_ms.map(|ms| ui::timecode(ms + 500)),
        }),
        transcripts: full
            .transcripts
            .iter()
            .map(|t| TranscriptRow { language_name: language_name(app, lang, &t.lang) })
            .collect(),
        problems: checks.blocks(),
        proofs: proof_views(app, lang, show, looked.1),
        checks,
        instant,
        text: text_view(full, &text_lang, &show.language),
        details: details_view(editor, app.now()),
        credits: credit_rows(editor, &shown),
        can_copy: !editor.show_credits.is_empty(),
        cover: full.episode.cover.as_ref().map(|i| Links::image(i, "small")),
        versions,
        unsaved: unsaved_forms(lang, editor, &text_lang, &shown, app.now()),
        preview_html: shown.preview_html,
        text_lang,
        time_zone: show.time_zone.clone(),
        form: shown.form,
        said: shown.said,
        merged: shown.merged,
        open: shown.part.to_owned(),
        top,
    }
}

/// POST `/{lang}/studio/episodes/{id}/{verb}`: texts, details, credits, merge, forget; schedule, publish, unpublish, draft.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, id, verb)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    if matches!(verb.as_str(), "texts" | "details" | "credits" | "chapters" | "merge" | "forget") {
        return super::save::save(&app, &client, lang, &id, &verb, posted).await;
    }
    match done(&app, &client, &id, &verb, &posted).await {
        Ok(said) => redirect(&format!("/{}/studio/episodes/{id}?said={said}", lang.code())),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let shown = Shown { form: Some(form), ..Shown::default() };
            show_episode(&app, &client, lang, &id, shown, ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(app: &Arc<App>, client: &Client, id: &str, verb: &str, posted: &Posted) -> Result<&'static str, Failure> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    match verb {
        "schedule" => {
            let when = When::WallClock(posted.get("date").to_owned(), posted.get("time").to_owned());
            write_tx!(app.db, |tx| uc::schedule(tx, &ctx, id, when.clone()).await)?;
            Ok("scheduled")
        }
        "publish" => {
            write_tx!(app.db, |tx| uc::schedule(tx, &ctx, id, When::Now).await)?;
            app.worker.wake();
            Ok("published")
        }
        "unpublish" => {
            write_tx!(app.db, |tx| uc::unpublish(tx, &ctx, id).await)?;
            Ok("unpublished")
        }
        "draft" => {
            write_tx!(app.db, |tx| uc::back_to_draft(tx, &ctx, id).await)?;
            Ok("draft")
        }
        _ => Err(Refusal::not_found().into()),
    }
}
