//! The moderators' queue: what waits, what is visible, spam, what was removed. The only page that shows a commenter's
//! address. What its forms do is in `comments_act`.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{ACT_PREFIX, Author, COMMENT_PREFIX, Comment, State as Standing, Thread};
use community::rules::moderate::Verb;
use community::service::{self as uc, QueueAsk, QueueItem};
use db::{Failure, read_tx};
use kernel::{Kind, Lang, OrgId, Refusal, Role, Subject, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, Episode, SHOW_PREFIX, Show};
use publish::service as publish_uc;
use serde::{Deserialize, Serialize};
use ui::{FormView, Stamp};

use super::comment_about::{Abouts, shown, subject_of};
use super::frame::{self, Choice, title_of};
use super::{RailEntry, moment, rail, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::public::{Pager, lang_of, nowhere};

/// The tabs, in their order.
const TABS: [Standing; 4] = [Standing::Held, Standing::Visible, Standing::Spam, Standing::Removed];
/// The most comments named one by one after an undo that left some alone.
const MOST_NAMED: usize = 20;

/// What is shown, and what the last action has to say. Unreadable values show nothing of their kind.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct CommentsQuery {
    state: String,
    show: String,
    episode: String,
    text: String,
    before: String,
    said: String,
    count: String,
    undo: String,
    left: String,
}

impl CommentsQuery {
    /// Reads the part of a query that chooses comments; the rest is dropped.
    pub(super) fn chosen(query: &str) -> Self {
        let mut out = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let field = match name.as_ref() {
                "state" => &mut out.state,
                "show" => &mut out.show,
                "episode" => &mut out.episode,
                "text" => &mut out.text,
                "before" => &mut out.before,
                _ => continue,
            };
            *field = value.chars().take(200).collect();
        }
        out
    }

    /// The part that chooses comments, as a query.
    fn choice(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("state", &self.state),
            ("show", &self.show),
            ("episode", &self.episode),
            ("text", &self.text),
            ("before", &self.before),
        ] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.finish()
    }

    /// The address of the same choice with more in its query.
    pub(super) fn url(&self, lang: Lang, more: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(self.choice());
        for (name, value) in more {
            query.append_pair(name, value);
        }
        let query = query.finish();
        let path = format!("/{}/studio/comments", lang.code());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    fn standing(&self) -> Standing {
        TABS.into_iter().find(|s| s.code() == self.state).unwrap_or(Standing::Held)
    }
}

#[derive(Serialize)]
struct TabRow {
    url: String,
    label: String,
    count: String,
    current: bool,
}

#[derive(Serialize)]
struct Piece {
    text: String,
    link: bool,
}

#[derive(Serialize)]
struct ParentRow {
    name: String,
    words: String,
}

#[derive(Serialize)]
struct VerbRow {
    code: &'static str,
    label: String,
    look: &'static str,
}

#[derive(Serialize)]
struct CommentRow {
    id: String,
    name: String,
    site: Option<String>,
    kind: String,
    known: String,
    email: Option<String>,
    when: Stamp,
    edited: bool,
    about: String,
    about_url: String,
    only_url: String,
    parent: Option<ParentRow>,
    lines: Vec<Vec<Piece>>,
    reasons: Vec<String>,
    others: Vec<String>,
    verbs: Vec<VerbRow>,
    answerable: bool,
    erasable: bool,
}

#[derive(Serialize)]
struct ThreadRow {
    id: String,
    title: String,
    closed: bool,
    text: String,
}

#[derive(Serialize)]
struct StatusRow {
    text: String,
    undo: Option<String>,
    left: Vec<String>,
}

#[derive(Serialize)]
struct Vars {
    rail: Vec<RailEntry>,
    tabs: Vec<TabRow>,
    items: Vec<CommentRow>,
    show_choices: Vec<Choice>,
    show: String,
    text: String,
    episode: String,
    state: &'static str,
    filtered: bool,
    clear_url: String,
    back: String,
    thread: Option<ThreadRow>,
    status: Option<StatusRow>,
    pager: Pager,
    bulk: Vec<VerbRow>,
    form: Option<FormView>,
    form_for: String,
}

/// How much is said about an episode, for its team: numbers, and for moderators the way to what waits.
#[derive(Clone, Default, Serialize)]
pub(super) struct SaidView {
    visible: String,
    visible_url: Option<String>,
    waiting: String,
    waiting_url: Option<String>,
}

/// Makes the line about an episode from its counters; empty where nothing was said.
pub(super) fn said_view(
    app: &App,
    client: &Client,
    lang: Lang,
    episode: &Episode,
    page: Option<&str>,
    thread: Thread,
) -> SaidView {
    let words = |key: &str, count: i64| match count {
        0 => String::new(),
        n => app.render.texts().text(lang, key, &[("count", n.into())]),
    };
    let may = client.actor().may(episode.org, &[Role::Moderator]);
    let queue = CommentsQuery { episode: show_id(EPISODE_PREFIX, episode.id), ..CommentsQuery::default() };
    SaidView {
        visible: words("moderation-count", thread.visible),
        visible_url: page.map(str::to_owned),
        waiting: words("moderation-count-waiting", thread.waiting),
        waiting_url: may.then(|| queue.url(lang, &[])),
    }
}

/// A refused form: which comment it was about, and its sentences.
pub(super) type Refused = Option<(String, FormView)>;

/// The organisation whose comments the person moderates.
pub(super) fn own_org(client: &Client) -> Result<OrgId, Refusal> {
    if client.me.is_none() {
        return Err(Refusal::new(Kind::SignIn, "sign-in-first"));
    }
    let actor = client.actor();
    frame::orgs(client).into_iter().find(|org| actor.may(*org, &[Role::Moderator])).ok_or_else(Refusal::forbidden)
}

/// `/{lang}/studio/comments`.
pub async fn queue(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<CommentsQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    page(&app, &client, lang, &query, None, StatusCode::OK).await
}

pub(super) async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    query: &CommentsQuery,
    refused: Refused,
    status: StatusCode,
) -> Response {
    let vars = vars(app, client, lang, query, refused).await;
    let title = app.say(lang, "moderation-heading");
    frame::page(app, client, lang, status, "pages/comments.html", title, vars).await
}

/// What is read for a page.
struct Found {
    queue: uc::Queue,
    shows: Vec<Show>,
    abouts: Abouts,
    thread: Option<Thread>,
    left: Vec<Comment>,
}

async fn read(app: &App, client: &Client, org: OrgId, query: &CommentsQuery) -> Result<Found, Failure> {
    let ctx = client.ctx(app);
    let gone = || Failure::from(Refusal::not_found());
    let show = (!query.show.is_empty()).then(|| parse_id(SHOW_PREFIX, &query.show).ok_or_else(gone)).transpose()?;
    let subject = (!query.episode.is_empty()).then(|| subject_of(&query.episode).ok_or_else(gone)).transpose()?;
    let before = parse_id(COMMENT_PREFIX, &query.before);
    let left: Vec<i64> = query.left.split(',').filter_map(|id| parse_id(COMMENT_PREFIX, id)).take(MOST_NAMED).collect();
    read_tx!(app.db, |tx| {
        let subjects = match (subject, show) {
            (Some(subject), _) => Some(vec![subject]),
            (None, Some(show)) => {
                let ids = publish_uc::episodes_of_show(tx, &ctx.actor, show).await?;
                Some(ids.into_iter().map(Subject::episode).collect())
            }
            (None, None) => None,
        };
        let ask = QueueAsk { state: Some(query.standing()), subjects, words: query.text.clone(), before };
        let queue = uc::queue(tx, &ctx, &app.sealer, org, &ask).await?;
        let mut about: Vec<Subject> = queue.items.iter().map(|i| i.comment.subject).collect();
        about.extend(subject);
        let abouts = Abouts::load(tx, app, &ctx.actor, org, &about).await?;
        if subject.is_some_and(|s| !abouts.has(s)) {
            return Err(Refusal::not_found().into());
        }
        let thread = match subject {
            Some(subject) => Some(uc::counts_of(tx, &[subject]).await?.remove(&subject).unwrap_or_default()),
            None => None,
        };
        let mut named = Vec::new();
        for id in &left {
            named.push(uc::find(tx, &ctx.actor, *id).await?);
        }
        let shows = publish_uc::list_shows(tx, &ctx.actor, org).await?;
        Ok(Found { queue, shows, abouts, thread, left: named })
    })
}

async fn vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    query: &CommentsQuery,
    refused: Refused,
) -> Result<Vars, Failure> {
    let org = own_org(client)?;
    let found = read(app, client, org, query).await?;
    let state = query.standing();
    let shows = found.shows.iter().map(|s| Choice::new(show_id(SHOW_PREFIX, s.id), title_of(s, lang)));
    let every = Choice::new("", app.say(lang, "sites-every-show"));
    let last = CommentsQuery { before: String::new(), ..CommentsQuery::chosen(&query.choice()) };
    let older = found.queue.next.map(|id| {
        let before = show_id(COMMENT_PREFIX, id);
        CommentsQuery { before, ..last.clone() }.url(lang, &[])
    });
    let (form_for, form) = refused.map_or((String::new(), None), |(id, form)| (id, Some(form)));
    Ok(Vars {
        rail: rail(app, lang, "studio/comments"),
        tabs: tabs(app, lang, &last, &found.queue.counts, state),
        items: found.queue.items.iter().map(|item| row(app, lang, item, &found.abouts)).collect(),
        show_choices: std::iter::once(every).chain(shows).collect(),
        show: query.show.clone(),
        text: query.text.clone(),
        episode: query.episode.clone(),
        state: state.code(),
        filtered: !query.show.is_empty() || !query.text.is_empty() || !query.episode.is_empty(),
        clear_url: CommentsQuery { state: state.code().to_owned(), ..CommentsQuery::default() }.url(lang, &[]),
        back: query.choice(),
        thread: thread(app, lang, query, &found),
        status: status(app, lang, query, &found.left),
        pager: Pager {
            newer_url: (!query.before.is_empty()).then(|| last.url(lang, &[])),
            older_url: older,
            text: String::new(),
        },
        bulk: verbs(app, lang, state),
        form,
        form_for,
    })
}

fn tabs(app: &App, lang: Lang, query: &CommentsQuery, counts: &uc::Counts, current: Standing) -> Vec<TabRow> {
    let tab = |state: Standing| TabRow {
        url: CommentsQuery { state: state.code().to_owned(), ..query.clone() }.url(lang, &[]),
        label: app.say(lang, &format!("moderation-tab-{}", state.code())),
        count: ui::number(
            match state {
                Standing::Held => counts.held,
                Standing::Visible => counts.visible,
                Standing::Spam => counts.spam,
                Standing::Removed | Standing::Deleted => counts.removed,
            },
            lang,
        ),
        current: state == current,
    };
    TABS.map(tab).into()
}

/// The verbs that change something in a state, the usual one first.
fn verbs(app: &App, lang: Lang, state: Standing) -> Vec<VerbRow> {
    let order = [Verb::Approve, Verb::Spam, Verb::Remove, Verb::Hold];
    let useful = order.into_iter().filter(|verb| verb.to() != state);
    useful
        .map(|verb| VerbRow {
            code: verb.code(),
            label: app.say(lang, &format!("moderation-verb-{}", verb.code())),
            look: if verb == Verb::Hold { "bare" } else { "" },
        })
        .collect()
}

fn thread(app: &App, lang: Lang, query: &CommentsQuery, found: &Found) -> Option<ThreadRow> {
    let (thread, subject) = (found.thread?, subject_of(&query.episode)?);
    let args = [("visible", thread.visible.into()), ("waiting", thread.waiting.into())];
    Some(ThreadRow {
        id: query.episode.clone(),
        title: found.abouts.title(app, lang, subject),
        closed: thread.closed,
        text: app.render.texts().text(lang, "moderation-thread-counts", &args),
    })
}

/// The line after an action: what was done, how to undo it, what an undo left alone.
fn status(app: &App, lang: Lang, query: &CommentsQuery, left: &[Comment]) -> Option<StatusRow> {
    let key = format!("moderation-done-{}", query.said);
    let texts = app.render.texts();
    if query.said.is_empty() || !texts.has(lang, &key) {
        return None;
    }
    let count: i64 = query.count.parse().unwrap_or(0);
    Some(StatusRow {
        text: texts.text(lang, &key, &[("count", count.into())]),
        undo: Some(query.undo.clone()).filter(|u| parse_id(ACT_PREFIX, u).is_some()),
        left: left.iter().map(|c| left_line(app, lang, c)).collect(),
    })
}

fn left_line(app: &App, lang: Lang, comment: &Comment) -> String {
    let state = app.say(lang, &format!("moderation-state-{}", comment.state.code()));
    let words = first_words(&comment.body);
    let args = [("who", comment.name.as_str().into()), ("words", words.into()), ("state", state.into())];
    app.render.texts().text(lang, "moderation-left-line", &args)
}

fn first_words(text: &str) -> String {
    let line = kernel::line(text);
    let cut: String = line.chars().take(80).collect();
    if cut.len() < line.len() { format!("{cut}…") } else { cut }
}

/// A text in lines, its links apart so that a page can show them without making them clickable.
fn pieces(body: &str) -> Vec<Vec<Piece>> {
    let is_link = |word: &str| word.contains("://") || word.to_lowercase().starts_with("www.");
    let line = |line: &str| {
        let mut out: Vec<Piece> = Vec::new();
        for word in line.split_inclusive(' ') {
            let link = is_link(word);
            match out.last_mut().filter(|last| !last.link && !link) {
                Some(last) => last.text.push_str(word),
                None => out.push(Piece { text: word.to_owned(), link }),
            }
        }
        out
    };
    body.lines().map(line).collect()
}

fn row(app: &App, lang: Lang, item: &QueueItem, abouts: &Abouts) -> CommentRow {
    let c = &item.comment;
    let now = app.now();
    let zone = abouts.zone(c.subject);
    let subject = shown(c.subject);
    let only = CommentsQuery { state: c.state.code().to_owned(), episode: subject, ..CommentsQuery::default() };
    CommentRow {
        id: show_id(COMMENT_PREFIX, c.id),
        name: if c.erased { app.say(lang, "moderation-erased") } else { c.name.clone() },
        site: c.url.clone(),
        kind: app.say(lang, &format!("moderation-kind-{}", c.author.code())),
        known: app.say(lang, if item.known { "moderation-known" } else { "moderation-unknown" }),
        email: item.email.clone(),
        when: moment(c.said_at, &zone, lang, now),
        edited: c.edited_at.is_some(),
        about: abouts.title(app, lang, c.subject),
        about_url: abouts.url(lang, c.subject, now),
        only_url: only.url(lang, &[]),
        parent: item.parent.as_ref().map(|p| ParentRow { name: p.name.clone(), words: first_words(&p.body) }),
        lines: pieces(&c.body),
        reasons: c.reasons.iter().map(|code| reason(app, lang, code)).collect(),
        others: others(app, lang, item),
        verbs: verbs(app, lang, c.state),
        answerable: matches!(c.state, Standing::Held | Standing::Visible),
        erasable: !c.erased && !matches!(c.author, Author::Team(_)),
    }
}

fn reason(app: &App, lang: Lang, code: &str) -> String {
    let key = format!("moderation-reason-{code}");
    if app.render.texts().has(lang, &key) { app.say(lang, &key) } else { code.to_owned() }
}

fn others(app: &App, lang: Lang, item: &QueueItem) -> Vec<String> {
    let line = |key: &str, count: i64| {
        (count > 1).then(|| app.render.texts().text(lang, key, &[("count", (count - 1).into())]))
    };
    let found = [line("moderation-same-email", item.same_email), line("moderation-same-network", item.same_network)];
    found.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stand_apart_from_words() {
        let lines = pieces("Voir https://a.example/x et www.b.example.\nFin");
        let flat: Vec<(&str, bool)> = lines.iter().flatten().map(|p| (p.text.as_str(), p.link)).collect();
        let expected = [
            ("Voir ", false),
            ("https://a.example/x ", true),
            ("et ", false),
            ("www.b.example.", true),
            ("Fin", false),
        ];
        assert_eq!(flat, expected);
    }

    #[test]
    fn an_address_keeps_its_choice_and_nothing_else() {
        let query = CommentsQuery::chosen("state=spam&text=a%26b&said=x&undo=ac_1&evil=1");
        assert_eq!(query.url(Lang::Fr, &[]), "/fr/studio/comments?state=spam&text=a%26b");
        assert_eq!(query.url(Lang::Fr, &[("said", "spam")]), "/fr/studio/comments?state=spam&text=a%26b&said=spam");
        assert_eq!(CommentsQuery::default().url(Lang::En, &[("said", "x")]), "/en/studio/comments?said=x");
    }
}
