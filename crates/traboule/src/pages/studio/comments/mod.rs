//! The moderators' queue of comments: what waits, what was decided, undoing, closing threads, the rules. The only pages on
//! which a commenter's address stands, for moderators and owners. They parse, call one use case, render.

mod acts;
mod rows;
mod rules;

pub use acts::act;
pub use rules::{save, settings};

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::State as Standing;
use community::service::{self as uc, Counts, QueueAsk};
use db::{Failure, read_tx};
use kernel::{Kind, Lang, OrgId, Refusal, Role, Subject, parse_id};
use publish::model::{SHOW_PREFIX, Show};
use publish::service as publish_uc;
use serde::{Deserialize, Serialize};
use ui::FormView;

use super::frame::{self, Choice, orgs, title_of};
use super::{RailEntry, rail, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::public::{Pager, lang_of, nowhere};
use rows::Row;

/// The states the queue has tabs for, in their order.
const TABS: [Standing; 4] = [Standing::Held, Standing::Visible, Standing::Spam, Standing::Removed];

/// What the queue is asked to show, and what the last act has to say.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct QueueQuery {
    state: Option<String>,
    q: Option<String>,
    show: Option<String>,
    before: Option<i64>,
    org: Option<i64>,
    said: Option<String>,
    act: Option<String>,
    n: Option<i64>,
    left: Option<i64>,
}

#[derive(Serialize)]
struct Tab {
    url: String,
    label: String,
    count: i64,
    current: bool,
}

#[derive(Serialize)]
struct Vars {
    rail: Vec<RailEntry>,
    tabs: Vec<Tab>,
    orgs: Vec<Choice>,
    state: &'static str,
    org: String,
    words: String,
    shows: Vec<Choice>,
    show: String,
    filtered: bool,
    rows: Vec<Row>,
    pager: Pager,
    said: Option<String>,
    undo: Option<String>,
    back: String,
    form: Option<FormView>,
    answering: String,
    settings_url: String,
}

/// What a refused act leaves to show.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) form: Option<FormView>,
    pub(super) answering: String,
}

/// The organisation whose comments the person looks after: the one asked for, else the first.
pub(super) fn own_org(client: &Client, asked: Option<i64>) -> Result<OrgId, Refusal> {
    if client.me.is_none() {
        return Err(Refusal::new(Kind::SignIn, "sign-in-first"));
    }
    let actor = client.actor();
    let mut mine = orgs(client).into_iter().filter(|org| actor.may(*org, &[Role::Moderator]));
    let found = match asked {
        Some(id) => mine.find(|org| org.0 == id),
        None => mine.next(),
    };
    found.ok_or_else(Refusal::forbidden)
}

/// `/{lang}/studio/comments`.
pub async fn queue(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<QueueQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    page(&app, &client, lang, StatusCode::OK, &query, Shown::default()).await
}

/// The queue with what an act left to show.
pub(super) async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    status: StatusCode,
    query: &QueueQuery,
    shown: Shown,
) -> Response {
    let vars = vars(app, client, lang, query, shown).await;
    let title = app.say(lang, "moderation-heading");
    frame::page(app, client, lang, status, "pages/moderation.html", title, vars).await
}

/// The part of an address that keeps what is looked at.
fn kept(query: &QueueQuery, state: Standing) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    out.append_pair("state", state.code());
    for (name, value) in [("q", &query.q), ("show", &query.show)] {
        if let Some(value) = value.as_deref().filter(|v| !v.is_empty()) {
            out.append_pair(name, value);
        }
    }
    if let Some(org) = query.org {
        out.append_pair("org", &org.to_string());
    }
    out.finish()
}

impl QueueQuery {
    fn standing(&self) -> Standing {
        let asked = self.state.as_deref().and_then(Standing::parse).filter(|s| TABS.contains(s));
        asked.unwrap_or(Standing::Held)
    }
}

async fn vars(app: &Arc<App>, client: &Client, lang: Lang, query: &QueueQuery, shown: Shown) -> Result<Vars, Failure> {
    let org = own_org(client, query.org)?;
    let (ctx, state) = (client.ctx(app), query.standing());
    let actor = client.actor();
    let wanted = query.show.as_deref().and_then(|id| parse_id(SHOW_PREFIX, id));
    let words = query.q.clone().unwrap_or_default();
    let (queue, shows, about) = read_tx!(app.db, |tx| {
        let subjects = match wanted {
            Some(show) => Some(publish_uc::episode_ids(tx, &actor, show).await?),
            None => None,
        };
        let subjects = subjects.map(|ids| ids.into_iter().map(Subject::episode).collect());
        let ask = QueueAsk { state: Some(state), subjects, words: words.clone(), before: query.before };
        let queue = uc::queue(tx, &ctx, &app.sealer, org, &ask).await?;
        let ids: Vec<i64> = queue.items.iter().map(|i| i.comment.subject.id).collect();
        let about = publish_uc::named(tx, &actor, org, &ids).await?;
        Ok((queue, publish_uc::list_shows(tx, &actor, org).await?, about))
    })?;
    let base = format!("/{}/studio/comments", lang.code());
    let here = kept(query, state);
    let (said, undo) = said(app, lang, query);
    Ok(Vars {
        rail: rail(app, lang, "studio/comments"),
        tabs: TABS.iter().map(|s| tab(app, lang, query, *s, &queue.counts)).collect(),
        orgs: named_orgs(app, client).await?,
        state: state.code(),
        org: org.0.to_string(),
        filtered: !words.is_empty() || wanted.is_some(),
        words,
        shows: shows.iter().map(|s| show_choice(s, lang)).collect(),
        show: query.show.clone().unwrap_or_default(),
        rows: queue.items.iter().map(|item| rows::row(app, lang, item, &about)).collect(),
        pager: Pager {
            newer_url: query.before.is_some().then(|| format!("{base}?{here}")),
            older_url: queue.next.map(|id| format!("{base}?{here}&before={id}")),
            text: String::new(),
        },
        said,
        undo,
        back: here,
        form: shown.form,
        answering: shown.answering,
        settings_url: format!("{base}/settings?org={}", org.0),
    })
}

fn show_choice(show: &Show, lang: Lang) -> Choice {
    Choice::new(kernel::show_id(SHOW_PREFIX, show.id), title_of(show, lang))
}

/// The organisations to choose between; empty when there is one.
async fn named_orgs(app: &Arc<App>, client: &Client) -> Result<Vec<Choice>, Failure> {
    let actor = client.actor();
    let mine: Vec<OrgId> = orgs(client).into_iter().filter(|o| actor.may(*o, &[Role::Moderator])).collect();
    if mine.len() < 2 {
        return Ok(Vec::new());
    }
    let all = read_tx!(app.db, |tx| accounts::service::list_orgs(tx).await)?;
    Ok(all.into_iter().filter(|o| mine.contains(&o.id)).map(|o| Choice::new(o.id.0.to_string(), o.name)).collect())
}

fn tab(app: &App, lang: Lang, query: &QueueQuery, state: Standing, counts: &Counts) -> Tab {
    let count = match state {
        Standing::Held => counts.held,
        Standing::Visible => counts.visible,
        Standing::Spam => counts.spam,
        Standing::Removed | Standing::Deleted => counts.removed,
    };
    Tab {
        url: format!("/{}/studio/comments?{}", lang.code(), kept(query, state)),
        label: app.say(lang, &format!("moderation-state-{}", state.code())),
        count,
        current: query.standing() == state,
    }
}

/// What the last act has to say, and the act to undo.
fn said(app: &App, lang: Lang, query: &QueueQuery) -> (Option<String>, Option<String>) {
    let texts = app.render.texts();
    let Some(word) = query.said.as_deref() else { return (None, None) };
    let key = format!("moderation-said-{word}");
    if !texts.has(lang, &key) {
        return (None, None);
    }
    let count = query.n.unwrap_or(1).clamp(0, 10_000);
    let mut text = texts.text(lang, &key, &[("count", count.into())]);
    if let Some(left) = query.left.filter(|n| *n > 0) {
        text.push(' ');
        text.push_str(&texts.text(lang, "moderation-left", &[("count", left.into())]));
    }
    let act = query.act.clone().filter(|a| parse_id(community::model::ACT_PREFIX, a).is_some());
    (Some(text), act)
}
