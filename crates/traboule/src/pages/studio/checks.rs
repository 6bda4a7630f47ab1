//! What the linter, the evening check and the proof say beside the editor; the fragments its script asks for: the
//! linter over what is being typed, and the instant a date and a time mean.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx};
use jiff::tz::TimeZone;
use kernel::{At, Lang, Refusal, parse_id};
use publish::model::checks::{Finding, Level, Proof};
use publish::model::{EPISODE_PREFIX, Show};
use publish::rules::merge::Section;
use publish::rules::schedule::{self, OddHour};
use publish::service::{self as uc, Checked};
use serde::{Deserialize, Serialize};
use ui::{Posted, Stamp};

use super::forms;
use crate::app::App;
use crate::desk_mail::line_text;
use crate::http::{Client, Web, error_page, failure_page, html, read_form};
use crate::pages::public::{lang_of, nowhere};

/// One finding on the page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FindingView {
    rule: &'static str,
    level: &'static str,
    level_text: String,
    source_text: String,
    field_text: String,
    text: String,
    href: String,
}

/// The linter's panel.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ChecksView {
    summary: String,
    errors: usize,
    warnings: usize,
    findings: Vec<FindingView>,
}

impl ChecksView {
    /// Whether something blocks publication.
    pub(crate) fn blocks(&self) -> bool {
        self.errors > 0
    }
}

/// Where a field of the editor is: on the page of texts, or on a page of its own.
fn href(edit_url: &str, field: &str) -> String {
    match field {
        "approval" => format!("{edit_url}/approval"),
        "audio" => format!("{edit_url}/sound"),
        "transcript" => format!("{edit_url}/transcript"),
        "chapters" | "sources" => format!("{edit_url}/rundown"),
        "show" | "guid" => format!("{edit_url}#h-checks"),
        other => format!("{edit_url}#f-{other}"),
    }
}

/// The panel of a look at an episode.
pub(crate) fn checks_view(app: &App, lang: Lang, edit_url: &str, checked: &Checked) -> ChecksView {
    let texts = app.render.texts();
    let view = |f: &Finding| FindingView {
        rule: f.rule,
        level: f.level.code(),
        level_text: app.say(lang, &format!("checks-level-{}", f.level.code())),
        source_text: app.say(lang, &format!("checks-source-{}", f.source.code())),
        field_text: app.say(lang, &format!("checks-field-{}", f.field)),
        text: texts.text(lang, &format!("field-{}", f.code), &f.args),
        href: href(edit_url, f.field),
    };
    let errors = checked.findings.iter().filter(|f| f.level == Level::Error).count();
    let warnings = checked.findings.len() - errors;
    let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX).into();
    let summary = match (errors, warnings) {
        (0, 0) => app.say(lang, "checks-none"),
        (0, _) => texts.text(lang, "checks-warnings", &[("count", whole(warnings))]),
        _ => texts.text(lang, "checks-errors", &[("count", whole(errors))]),
    };
    ChecksView { summary, errors, warnings, findings: checked.findings.iter().map(view).collect() }
}

#[derive(Clone, Debug, Serialize)]
struct LineView {
    level: String,
    text: String,
}

/// An evening check or a proof on the page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ProofView {
    heading: String,
    look: &'static str,
    verdict_text: String,
    when: Stamp,
    lines: Vec<LineView>,
}

/// A date and an hour in a show's zone.
pub(crate) fn stamp(at: At, zone: &TimeZone, lang: Lang) -> Stamp {
    let text = format!("{}, {}", ui::date_long(at, zone, lang), ui::clock_text(at, zone, lang));
    Stamp { iso: at.rfc3339_in(zone), text }
}

/// A show's zone; the rules store only known ones.
pub(crate) fn zone_of(show: &Show) -> TimeZone {
    schedule::zone(&show.time_zone).unwrap_or(TimeZone::UTC)
}

/// The newest evening check and proof of an episode.
pub(crate) fn proof_views(app: &App, lang: Lang, show: &Show, proofs: &[Proof]) -> Vec<ProofView> {
    let zone = zone_of(show);
    let view = |p: &Proof| ProofView {
        heading: app.say(lang, &format!("proof-{}", p.kind)),
        look: match p.verdict.as_str() {
            "ok" => "ok",
            "warnings" => "warn",
            _ => "bad",
        },
        verdict_text: app.say(lang, &format!("proof-verdict-{}", p.verdict)),
        when: stamp(p.at, &zone, lang),
        lines: p
            .details
            .iter()
            .map(|l| LineView { level: l.level.clone(), text: line_text(app.render.texts(), lang, l) })
            .collect(),
    };
    let newest = |kind: &str| proofs.iter().find(|p| p.kind == kind);
    ["proof", "evening"].into_iter().filter_map(newest).map(view).collect()
}

/// What a date and a time mean.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct InstantView {
    utc: Option<String>,
    note: Option<String>,
    problem: Option<String>,
}

impl InstantView {
    /// What is saved.
    pub(crate) fn saved(app: &App, lang: Lang, at: At, odd: Option<OddHour>) -> Self {
        Self { utc: Some(at.rfc3339()), note: odd.map(|odd| odd_text(app, lang, &odd)), problem: None }
    }
}

/// The instant of a wall clock, with the odd hours explained.
pub(crate) fn instant_view(app: &App, lang: Lang, show: &Show, date: &str, time: &str) -> InstantView {
    let resolved = schedule::resolve(date, time, &zone_of(show));
    match resolved {
        Ok(resolved) => InstantView {
            utc: Some(resolved.at.rfc3339()),
            note: resolved.odd.map(|odd| odd_text(app, lang, &odd)),
            problem: (resolved.at <= app.now()).then(|| app.say(lang, "field-in-the-past")),
        },
        Err(refusal) => {
            let code = refusal.fields.first().map_or("date-malformed", |f| f.code);
            InstantView { problem: Some(app.say(lang, &format!("field-{code}"))), ..InstantView::default() }
        }
    }
}

/// The words for an odd hour.
fn odd_text(app: &App, lang: Lang, odd: &OddHour) -> String {
    match odd {
        OddHour::Gap(instead) => app.render.texts().text(lang, "pages-zone-gap", &[("local", instead.as_str().into())]),
        OddHour::Fold => app.say(lang, "pages-zone-fold"),
    }
}

#[derive(Serialize)]
struct Fragment {
    lang: &'static str,
    checks: Option<ChecksView>,
    instant: Option<InstantView>,
}

fn fragment(app: &App, client: &Client, lang: Lang, template: &str, fragment: &Fragment) -> Result<Response, Failure> {
    let text = app.render.render(template, fragment).map_err(Failure::broken)?;
    Ok(html(app, client, lang, StatusCode::OK, text))
}

/// POST `/{lang}/studio/episodes/{id}/checks`: the linter over what is being typed, saved by nobody.
pub async fn check(State(app): Web, client: Client, Path((lang, id)): Path<(String, String)>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    match checked(&app, &client, lang, &id, &posted).await {
        Ok(response) => response,
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// The forms that were sent together, each as the part of the episode it edits. A number that cannot be read is left as
/// it is saved: the form itself says so.
fn sections(posted: &Posted) -> Vec<Section> {
    let mut sections = Vec::new();
    let lang = posted.get("text_lang");
    if posted.has("title") && publish::rules::check::is_language(lang) {
        sections.push(forms::texts(posted, lang));
    }
    if posted.has("number") {
        sections.extend(forms::details(posted).ok());
    }
    if posted.has("rows") {
        sections.push(Section::Credits(forms::credits(posted)));
    }
    sections
}

async fn checked(app: &Arc<App>, client: &Client, lang: Lang, id: &str, posted: &Posted) -> Result<Response, Failure> {
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let sections = sections(posted);
    let checked = read_tx!(app.db, |tx| uc::checks(tx, &actor, number, Some(&sections)).await)?;
    let edit_url = format!("/{}/studio/episodes/{id}", lang.code());
    let checks = Some(checks_view(app, lang, &edit_url, &checked));
    fragment(app, client, lang, "pages/checks_list.html", &Fragment { lang: lang.code(), checks, instant: None })
}

/// `?date=&time=` of the schedule being typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wall {
    date: String,
    time: String,
}

/// `/{lang}/studio/episodes/{id}/instant`: the instant a date and a time mean in the show's zone.
pub async fn instant(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(wall): Query<Wall>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let outcome = async {
        let number = parse_id(EPISODE_PREFIX, &id).ok_or_else(Refusal::not_found)?;
        let actor = client.actor();
        let (show, _) = read_tx!(app.db, |tx| uc::desk_episode(tx, &actor, number).await)?;
        let instant = Some(instant_view(&app, lang, &show, &wall.date, &wall.time));
        fragment(&app, &client, lang, "pages/instant.html", &Fragment { lang: lang.code(), checks: None, instant })
    };
    match outcome.await {
        Ok(response) => response,
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}
