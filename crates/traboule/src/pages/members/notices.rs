//! What happened to a member, as a page: likes of a kind together, what is new marked; how often mail comes; and the link
//! that stops mail with one click and no sign-in (RFC 8058).

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use community::model::{Digest, Happening, Notification};
use community::rules::notices::{Group, group};
use community::service::{members, notify};
use db::{Failure, Tx, read_tx, write_tx};
use jiff::tz::TimeZone;
use kernel::{Arg, At, Kind, Lang, Refusal, Subject, SubjectKind};
use publish::web::Links;
use serde::Serialize;
use ui::{FormView, Stamp, Texts};

use super::{OwnLink, Said, own_nav, own_page, own_path, sign_in_first, voice_views};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::clips::clip_path;
use crate::pages::comments;
use crate::pages::posts::{VoiceView, post_path};
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::site::{self, private_head};

/// One line.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LineView {
    face: VoiceView,
    pub(crate) text: String,
    pub(crate) url: Option<String>,
    when: Stamp,
    unread: bool,
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    label: String,
}

#[derive(Serialize)]
struct Vars {
    own: Vec<OwnLink>,
    notices: Vec<LineView>,
    up_to: i64,
    pager: Pager,
    unread: bool,
    said: Option<String>,
    form: Option<FormView>,
    digests: Vec<Choice>,
    digest: &'static str,
    has_address: bool,
}

/// What lines are put in words with.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    pub(crate) texts: &'a Texts,
    pub(crate) links: &'a Links,
    pub(crate) now: At,
    pub(crate) lang: Lang,
    pub(crate) zone: &'a TimeZone,
}

impl<'a> Words<'a> {
    fn of(app: &'a App, lang: Lang, zone: &'a TimeZone) -> Self {
        Self { texts: app.render.texts(), links: &app.links, now: app.now(), lang, zone }
    }
}

/// The pages of what lines are about; what is no longer public has none.
async fn places(tx: &mut Tx, words: Words<'_>, groups: &[Group]) -> Result<HashMap<Subject, String>, Failure> {
    let (lang, now) = (words.lang, words.now);
    let of = |kind| groups.iter().filter_map(|g| g.about).filter(|s| s.kind == kind).map(|s| s.id).collect::<Vec<_>>();
    let posts = community::service::posts::public_posts(tx, &of(SubjectKind::Post), now).await?;
    let episodes = publish::service::open_episodes(tx, &of(SubjectKind::Episode), now).await?;
    let episodes = episodes.into_iter().map(|(id, (show, episode))| {
        let path = Links::episode(lang, &show.slug, &episode.slug);
        (Subject::episode(id), words.links.from_here(&show, format!("{path}#comments")))
    });
    Ok(posts.into_keys().map(|id| (Subject::post(id), post_path(lang, id))).chain(episodes).collect())
}

/// Who did it, in words: the newest and how many others.
fn who(words: Words<'_>, group: &Group, views: &HashMap<i64, VoiceView>) -> String {
    let name = |(id, then): &(Option<i64>, String)| {
        let today = id.and_then(|id| views.get(&id)).map(|v| v.name.clone());
        let name = today.unwrap_or_else(|| then.clone());
        if name.is_empty() { words.texts.text(words.lang, "notices-somebody", &[]) } else { name }
    };
    let first = group.who.first().map(name).unwrap_or_default();
    let others = i64::try_from(group.who.len().saturating_sub(1)).unwrap_or(i64::MAX);
    let args = [("who", Arg::Text(first)), ("others", Arg::Int(others))];
    words.texts.text(words.lang, "notices-who", &args)
}

/// Lines in words, with the page each is about. `seen` is up to when things are no longer new.
///
/// # Errors
/// The database's failure.
pub(crate) async fn lines(tx: &mut Tx, words: Words<'_>, groups: &[Group], seen: At) -> Result<Vec<LineView>, Failure> {
    let lang = words.lang;
    let ids: Vec<i64> = groups.iter().filter_map(|g| g.who.first()?.0).collect();
    let views = voice_views(tx, (words.texts, words.links), lang, &ids).await?;
    let places = places(tx, words, groups).await?;
    let mut lines = Vec::new();
    for group in groups {
        let first = group.who.first();
        let face = first.and_then(|(id, _)| views.get(&(*id)?).cloned());
        let name = first.map(|(_, name)| name.clone()).unwrap_or_default();
        let url = match (group.kind, group.about) {
            (Happening::Follow, _) => face.as_ref().and_then(|f| f.url.clone()),
            // Its team still sees it there.
            (Happening::TeamPost, Some(about)) => Some(post_path(lang, about.id)),
            (Happening::ClipFailed, Some(about)) => Some(format!("{}/edit", clip_path(lang, about.id))),
            (_, Some(about)) => places.get(&about).cloned(),
            _ => None,
        };
        let one = if group.who.len() == 1 { "-one" } else { "" };
        let key = format!("notices-{}{one}", group.kind.code());
        let text = words.texts.text(lang, &key, &[("who", who(words, group, &views).into())]);
        lines.push(LineView {
            face: face.unwrap_or_else(|| guest(&name)),
            text,
            url,
            when: comments::when(group.at, words.zone, lang),
            unread: group.at > seen,
        });
    }
    Ok(lines)
}

/// Somebody who is no voice: a guest, or somebody who left.
fn guest(name: &str) -> VoiceView {
    let mut view = VoiceView::gone(name.to_owned());
    (view.initials, view.tint) = (comments::initials(name), Some(comments::tint(name)));
    view
}

async fn vars(app: &App, client: &Client, lang: Lang, said: &Said) -> Result<Vars, Failure> {
    let (actor, before) = (client.actor(), said.after.as_deref().and_then(|text| text.parse::<i64>().ok()));
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let (person, zone) = (me.person.id, app.places.zone_of(0));
    let (digest, lines, next, newest) = read_tx!(app.db, |tx| {
        let Some(member) = members::member_of(tx, person).await? else {
            return Ok((Digest::Off, Vec::new(), None, None));
        };
        let (rows, next): (Vec<Notification>, _) = notify::notifications(tx, &actor, before).await?;
        // On a later page the newest is not shown: there the button stands for everything before the page was made.
        let newest = rows.first().filter(|_| before.is_none()).map(|n| n.at);
        let lines = lines(tx, Words::of(app, lang, &zone), &group(&rows), member.seen_at).await?;
        Ok((member.digest, lines, next, newest))
    })?;
    let path = own_path(lang, "notifications");
    let choice = |d: Digest| Choice { value: d.code(), label: app.say(lang, &format!("notices-digest-{}", d.code())) };
    let word = match said.said.as_deref() {
        Some("read") => Some("notices-read-said"),
        Some("saved") => Some("notices-digest-said"),
        _ => None,
    };
    Ok(Vars {
        own: own_nav(app, client, lang, "notifications"),
        unread: client.unread.is_some_and(|n| n > 0),
        notices: lines,
        up_to: newest.unwrap_or_else(|| app.now()).micros(),
        pager: Pager {
            newer_url: before.is_some().then(|| path.clone()),
            older_url: next.map(|id| format!("{path}?after={id}")),
            text: String::new(),
        },
        said: word.map(|key| app.say(lang, key)),
        form: None,
        digests: Digest::ALL.map(choice).into(),
        digest: digest.code(),
        has_address: !me.person.email.is_empty(),
    })
}

/// GET `/{lang}/account/notifications`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>, Query(said): Query<Said>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return sign_in_first(lang, &own_path(lang, "notifications"));
    }
    let vars = vars(&app, &client, lang, &said).await;
    own_page(&app, &client, lang, ("pages/notifications.html", "notices-heading"), StatusCode::OK, vars).await
}

/// POST `/{lang}/account/notifications/read`: everything up to the newest that the page showed was seen.
pub async fn read(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let ctx = client.ctx(&app);
    let outcome = async {
        let posted = read_form(&app, &client, &body)?;
        let shown = posted.get("up_to").parse().map_or(ctx.now, At::from_micros);
        write_tx!(app.db, |tx| notify::seen(tx, &ctx, shown.min(ctx.now)).await)
    };
    match outcome.await {
        Ok(()) => redirect(&format!("{}?said=read", own_path(lang, "notifications"))),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// POST `/{lang}/account/notifications/settings`: how often mail comes.
pub async fn settings(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let ctx = client.ctx(&app);
    let outcome = async {
        let posted = read_form(&app, &client, &body)?;
        members_only(&client)?;
        let digest = Digest::parse(posted.get("digest"));
        let digest = digest.ok_or_else(|| Refusal::invalid("check-fields").field("digest", "required"))?;
        write_tx!(app.db, |tx| members::set_choices(tx, &ctx, None, Some(digest)).await)
    };
    match outcome.await {
        Ok(_) => redirect(&format!("{}?said=saved#digest", own_path(lang, "notifications"))),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

fn members_only(client: &Client) -> Result<(), Refusal> {
    if client.me.is_some() { Ok(()) } else { Err(Refusal::new(Kind::SignIn, "sign-in-first")) }
}

#[derive(Serialize)]
struct StopVars {
    action: String,
    done: bool,
}

/// The path of the link that stops a member's mails.
pub(crate) fn stop_path(lang: Lang, token: &str) -> String {
    format!("/{}/digest/{token}", lang.code())
}

async fn stop_page(app: &Arc<App>, client: &Client, lang: Lang, token: &str, done: bool) -> Response {
    let vars = StopVars { action: stop_path(lang, token), done };
    let head = private_head(app.say(lang, "digest-stop-heading"));
    match site::render(app, lang, &client.path, "", "pages/digest_stop.html", head, vars).await {
        Ok(text) => {
            let mut response = html(app, client, lang, StatusCode::OK, text);
            // The address is a key: no page it leads to hears of it.
            response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
            response
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// Whose mails a link stops.
fn opened(app: &App, client: &Client, token: &str) -> Result<i64, Refusal> {
    app.limits.check(&format!("stop {}", client.ip_key), 120, 600, app.now())?;
    app.sealer.read_stop_link(token).ok_or_else(Refusal::not_found)
}

/// GET `/{lang}/digest/{token}`: the page with the button. Looking at it stops nothing: programs look at links too.
pub async fn stopping(State(app): Web, client: Client, Path((lang, token)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    match opened(&app, &client, &token) {
        Ok(_) => stop_page(&app, &client, lang, &token, false).await,
        Err(refusal) => error_page(&app, &client, lang, &refusal).await,
    }
}

/// POST `/{lang}/digest/{token}`: stops. The link is the permission: programs of mail readers send neither a stamp nor an
/// origin (RFC 8058 §3.2), and nothing but these mails hangs on it.
pub async fn stop(State(app): Web, client: Client, Path((lang, token)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let outcome = async {
        let member = opened(&app, &client, &token)?;
        write_tx!(app.db, |tx| notify::stop_digest(tx, member).await)
    };
    let outcome: Result<(), Failure> = outcome.await;
    match outcome {
        Ok(()) => stop_page(&app, &client, lang, &token, true).await,
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}
