//! Clients' approval as editors see it: links made and ended, what clients said, where the episode stands.

use std::sync::Arc;

use accounts::service as accounts_uc;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, Role, parse_id, show_id};
use publish::model::checks::{APPROVAL_PREFIX, Approval, ApprovalNote, NoteKind};
use publish::model::{EPISODE_PREFIX, Show};
use publish::rules::approval::{Standing, works};
use publish::service::{self as uc, ApprovalDesk, MadeLink};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted, Stamp};

use super::checks::{stamp, zone_of};
use super::{EpisodeRow, EpisodeTop, to_sign_in, top};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};

/// Where an episode stands, in words.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct StandingView {
    look: &'static str,
    text: String,
}

/// The words for a standing; `version` is that of now.
pub(crate) fn standing_view(app: &App, lang: Lang, standing: &Standing, version: i64) -> StandingView {
    let key = format!("approval-standing-{}", standing.code());
    let (look, seen, who) = match standing {
        Standing::None => ("", 0, ""),
        Standing::Approved { version } => ("ok", *version, ""),
        Standing::Outdated { version } => ("warn", *version, ""),
        Standing::Changes { version, name } => ("bad", *version, name.as_str()),
    };
    let args = [("seen", seen.into()), ("now", version.into()), ("who", who.into())];
    StandingView { look, text: app.render.texts().text(lang, &key, &args) }
}

/// What a client said, on either side.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct NoteView {
    look: &'static str,
    kind_text: String,
    name: String,
    when: Stamp,
    version_text: String,
    paragraphs: Vec<String>,
    label: String,
}

/// A note in words.
pub(crate) fn note_view(app: &App, lang: Lang, show: &Show, note: &ApprovalNote, label: &str) -> NoteView {
    let paragraphs = note.text.split('\n').map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned);
    NoteView {
        look: match note.kind {
            NoteKind::Comment => "info",
            NoteKind::Approved => "ok",
            NoteKind::Changes => "warn",
        },
        kind_text: app.say(lang, &format!("approval-kind-{}", note.kind.code())),
        name: note.name.clone(),
        when: stamp(note.at, &zone_of(show), lang),
        version_text: app.render.texts().text(lang, "approval-version", &[("version", note.version.into())]),
        paragraphs: paragraphs.collect(),
        label: label.to_owned(),
    }
}

#[derive(Serialize)]
struct LinkRow {
    id: String,
    label: String,
    works: bool,
    state_text: String,
    made_text: String,
    ends: Stamp,
}

#[derive(Serialize)]
struct MadeView {
    label: String,
    url: String,
    mail_url: String,
    mail_text: String,
}

#[derive(Serialize)]
struct Vars {
    #[serde(flatten)]
    top: EpisodeTop,
    standing: StandingView,
    notes: Vec<NoteView>,
    links: Vec<LinkRow>,
    can_change: bool,
    made: Option<MadeView>,
    form: Option<FormView>,
    said: Option<String>,
}

/// What the last action has to say.
#[derive(Debug, Default, Deserialize)]
pub struct Said {
    said: Option<String>,
}

/// `/{lang}/studio/episodes/{id}/approval`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<Said>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = query.said.filter(|s| app.render.texts().has(lang, &format!("approval-said-{s}")));
    let said = said.map(|s| app.say(lang, &format!("approval-said-{s}")));
    page(&app, &client, lang, &id, StatusCode::OK, Shown { said, ..Shown::default() }).await
}

#[derive(Default)]
struct Shown {
    form: Option<FormView>,
    said: Option<String>,
    made: Option<MadeLink>,
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, id: &str, status: StatusCode, shown: Shown) -> Response {
    let rendered = async {
        let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
        let ctx = client.ctx(app);
        let (desk, names) = read_tx!(app.db, |tx| {
            let desk = uc::approvals(tx, &ctx.actor, number).await?;
            let names = accounts_uc::names_in(tx, &ctx, desk.show.org).await?;
            Ok((desk, names))
        })?;
        let named = |link: &Approval| link.created_by.and_then(|who| names.get(&who).cloned()).unwrap_or_default();
        let vars = vars(app, client, lang, &desk, &named, shown);
        let head = private_head(vars.top.ep.title.clone());
        site::render(app, lang, &client.path, "", "pages/approval.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

fn vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    desk: &ApprovalDesk,
    named: &dyn Fn(&Approval) -> String,
    shown: Shown,
) -> Vars {
    let (show, episode, now) = (&desk.show, &desk.full.episode, app.now());
    let zone = zone_of(show);
    let top = top(app, lang, show, episode, "approval");
    let label = |id: i64| desk.links.iter().find(|l| l.id == id).map_or("", |l| l.label.as_str());
    let link = |l: &Approval| {
        let state = match (l.revoked_at.is_some(), works(l, now)) {
            (true, _) => "revoked",
            (false, true) => "works",
            (false, false) => "over",
        };
        let args = [("who", named(l).into()), ("when", stamp(l.created_at, &zone, lang).text.into())];
        LinkRow {
            id: show_id(APPROVAL_PREFIX, l.id),
            label: l.label.clone(),
            works: works(l, now),
            state_text: app.say(lang, &format!("approval-link-{state}")),
            made_text: app.render.texts().text(lang, "approval-made-by", &args),
            ends: stamp(l.expires_at, &zone, lang),
        }
    };
    Vars {
        standing: standing_view(app, lang, &desk.standing, episode.version),
        notes: desk.notes.iter().rev().map(|n| note_view(app, lang, show, n, label(n.approval))).collect(),
        links: desk.links.iter().map(link).collect(),
        can_change: client.actor().may(show.org, &[Role::Editor]),
        made: shown
            .made
            .map(|made| made_view(app, lang, &top.ep, &made, &stamp(made.approval.expires_at, &zone, lang))),
        form: shown.form,
        said: shown.said,
        top,
    }
}

fn made_view(app: &App, lang: Lang, ep: &EpisodeRow, made: &MadeLink, ends: &Stamp) -> MadeView {
    let url = app.links.absolute(&format!("/{}/approve/{}", lang.code(), made.token));
    let args = [("title", ep.title.as_str().into()), ("url", url.as_str().into()), ("ends", ends.text.as_str().into())];
    let texts = app.render.texts();
    let (subject, body) =
        (texts.text(lang, "approval-mail-subject", &args), texts.text(lang, "approval-mail-body", &args));
    let encode =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    MadeView {
        label: made.approval.label.clone(),
        mail_url: format!("mailto:?subject={}&body={}", encode(&subject), encode(&body)),
        mail_text: body,
        url,
    }
}

/// POST `/{lang}/studio/episodes/{id}/approval`: `act` is `create` or `revoke`.
pub async fn act(State(app): Web, client: Client, Path((lang, id)): Path<(String, String)>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    match done(&app, &client, &id, &posted).await {
        // The secret stands on this one answer and nowhere else: a redirect would lose it.
        Ok(Some(made)) => {
            page(&app, &client, lang, &id, StatusCode::OK, Shown { made: Some(made), ..Shown::default() }).await
        }
        Ok(None) => redirect(&format!("/{}/studio/episodes/{id}/approval?said=revoked", lang.code())),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let shown = Shown { form: Some(form), ..Shown::default() };
            page(&app, &client, lang, &id, ui::status(refusal.kind), shown).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(app: &Arc<App>, client: &Client, id: &str, posted: &Posted) -> Result<Option<MadeLink>, Failure> {
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    match posted.get("act") {
        "create" => {
            let days = posted.get("days").trim().parse().unwrap_or(0);
            let made = write_tx!(app.db, |tx| uc::create_approval(tx, &ctx, number, posted.get("label"), days).await)?;
            Ok(Some(made))
        }
        "revoke" => {
            let link = parse_id(APPROVAL_PREFIX, posted.get("id")).ok_or_else(Refusal::not_found)?;
            write_tx!(app.db, |tx| uc::revoke_approval(tx, &ctx, link).await)?;
            Ok(None)
        }
        _ => Err(Refusal::not_found().into()),
    }
}
