//! The page of a voice: who it is, what it says, who follows it. Two of whom one blocked the other do not find each other.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use community::model::{Bond, Member, Voice, VoiceKind};
use community::rules::order::NEWEST;
use community::service::feed::{self, FeedAsk, Means};
use community::service::{counts, follows, members};
use db::{Failure, Tx, read_tx};
use jiff::tz::TimeZone;
use kernel::{Actor, Arg, At, Lang};
use publish::web::{Alternate, Head, Links};
use serde::Serialize;

use super::bonds::{self, ActView, acts};
use super::{LinkView, Said, join, own_path, voice_view, voice_views};
use crate::app::App;
use crate::http::{Client, Web, cite, failure_page, html};
use crate::pages::comments;
use crate::pages::feed::Published;
use crate::pages::feed::view::{Because, ItemView, Made, Obeyed, items, obeyed};
use crate::pages::posts::{Looking, VoiceView, voice_path};
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::site;

/// A voice in a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RowView {
    #[serde(flatten)]
    pub(super) voice: VoiceView,
    pub(super) kind_text: Option<String>,
    pub(super) since: Option<String>,
    pub(super) act: Option<ActView>,
}

#[derive(Serialize)]
struct Outward {
    url: String,
    label: String,
    foreign: bool,
}

#[derive(Serialize)]
struct Vars {
    voice: VoiceView,
    kind_text: Option<String>,
    joined: Option<String>,
    about_html: Option<String>,
    link: Option<Outward>,
    followers: LinkView,
    following: Option<LinkView>,
    own_url: Option<String>,
    join_url: Option<String>,
    acts: Vec<ActView>,
    muted_note: Option<String>,
    here: String,
    said: Option<String>,
    list: Vec<ItemView>,
    pager: Pager,
    log: Obeyed,
}

#[derive(Serialize)]
struct ListVars {
    back: LinkView,
    heading: String,
    voices: Vec<RowView>,
    pager: Pager,
    here: String,
    said: Option<String>,
    none_heading: String,
    none_text: String,
}

/// What the page shows, as the viewer may see it.
struct Found {
    voice: Voice,
    view: VoiceView,
    member: Option<Member>,
    followers: i64,
    following: i64,
    bond: Bond,
    /// The viewer's own member, if they joined.
    viewer: Option<i64>,
}

async fn find(tx: &mut Tx, app: &App, lang: Lang, actor: &Actor, handle: &str) -> Result<Found, Failure> {
    let voice = members::voice_by_handle(tx, actor, handle).await?;
    let view = voice_view(tx, (app.render.texts(), &app.links), lang, &voice).await?;
    let member = members::members(tx, &[voice.id]).await?.remove(&voice.id);
    let bond = follows::bonds(tx, actor, &[voice.id]).await?.remove(&voice.id).unwrap_or_default();
    let viewer = match actor.person() {
        Some(person) => members::member_of(tx, person).await?.map(|m| m.id),
        None => None,
    };
    let followers = counts::followers(tx, viewer, &[voice.id]).await?.remove(&voice.id).unwrap_or_default();
    let following = if member.is_some() { counts::following(tx, viewer, voice.id).await? } else { 0 };
    Ok(Found { voice, view, member, followers, following, bond, viewer })
}

/// `301` to the handle of today, when another one was asked for.
fn moved(lang: Lang, asked: &str, voice: &Voice, rest: &str) -> Option<Response> {
    if asked == voice.handle {
        return None;
    }
    let mut response = crate::http::redirect(&format!("{}{rest}", voice_path(lang, &voice.handle)));
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    // A handle may come back to its voice: what leads to it today is not kept for ever.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Some(response)
}

/// What kind of voice it is, for those that are no members.
pub(super) fn kind_text(app: &App, lang: Lang, kind: VoiceKind) -> Option<String> {
    (kind != VoiceKind::Member).then(|| app.say(lang, &format!("members-kind-{}", kind.code())))
}

fn counted(app: &App, lang: Lang, key: &str, count: i64) -> String {
    let args = [("count", Arg::Int(count)), ("number", Arg::Text(ui::number(count, lang)))];
    app.render.texts().text(lang, key, &args)
}

/// A site's address as people read it.
fn plain_address(link: &str) -> String {
    let short = link.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    short.trim_end_matches('/').chars().take(60).collect()
}

async fn outward(app: &App, lang: Lang, found: &Found) -> Result<(Option<String>, Option<Outward>), Failure> {
    if let Some(member) = &found.member {
        let about = (!member.about.is_empty()).then(|| comments::html(&member.about));
        let link = member.link.as_ref();
        let link = link.map(|url| Outward { url: url.clone(), label: plain_address(url), foreign: true });
        return Ok((about, link));
    }
    let shows = read_tx!(app.db, |tx| publish::service::public_shows(tx).await)?;
    let show = shows.iter().find(|s| s.id == found.voice.id);
    let tagline = show.map(|s| publish::web::show_view(s, &[], &site::context(app, lang)).tagline);
    let url = match show {
        Some(show) => app.links.from_here(show, Links::show(lang, &show.slug)),
        None => Links::home(lang),
    };
    let label = app.say(lang, if show.is_some() { "members-to-show" } else { "members-to-site" });
    Ok((tagline.filter(|t| !t.is_empty()).map(|t| comments::html(&t)), Some(Outward { url, label, foreign: false })))
}

async fn vars(app: &App, client: &Client, lang: Lang, found: Found, said: &Said) -> Result<Vars, Failure> {
    let path = voice_path(lang, &found.voice.handle);
    let (about_html, link) = outward(app, lang, &found).await?;
    let own = found.viewer == Some(found.voice.id);
    let acts = match found.viewer {
        Some(_) if !own => acts(app, lang, &found.voice, &found.view.name, found.bond),
        _ => Vec::new(),
    };
    let join_url = match (found.viewer, &client.me) {
        (Some(_), _) => None,
        (None, Some(_)) => Some(join::with_next(&own_path(lang, "profile"), &path)),
        (None, None) => Some(join::with_next(&format!("/{}/join", lang.code()), &path)),
    };
    let joined = found.member.as_ref().map(|m| {
        let when = ui::date_long(m.joined_at, &TimeZone::UTC, lang);
        app.render.texts().text(lang, "members-joined", &[("when", when.into())])
    });
    let followers = LinkView {
        url: format!("{path}/followers"),
        label: counted(app, lang, "members-followers-count", found.followers),
    };
    let following = found.member.as_ref().map(|_| LinkView {
        url: format!("{path}/following"),
        label: counted(app, lang, "members-following-count", found.following),
    });
    let measures = app.log.measures();
    let (list, pager) = posts(app, client, lang, &found, said.after.as_deref()).await?;
    let said = match said.said.as_deref() {
        Some("welcome") if own => Some(app.say(lang, "members-welcome")),
        _ => bonds::said(app, client, lang, said).await?,
    };
    Ok(Vars {
        kind_text: kind_text(app, lang, found.voice.kind),
        joined,
        about_html,
        link,
        followers,
        following,
        own_url: own.then(|| own_path(lang, "profile")),
        join_url,
        acts,
        muted_note: found.bond.mutes.then(|| app.say(lang, "members-muted-note")),
        here: path,
        said,
        list,
        pager,
        log: obeyed(lang, &measures),
        voice: found.view,
    })
}

/// What a voice says and passes on, newest first, as the viewer sees it.
async fn posts(
    app: &App,
    client: &Client,
    lang: Lang,
    found: &Found,
    after: Option<&str>,
) -> Result<(Vec<ItemView>, Pager), Failure> {
    let (actor, links, measures) = (client.actor(), client.links(app), app.log.measures());
    let ask = FeedAsk { after: cursor(after), ..FeedAsk::newest(app.now()) };
    let looking = Looking { actor: &actor, lang, now: ask.now };
    let made = Made { because: Because::Public, order: NEWEST, measures: &measures, seen: None };
    let (list, next) = read_tx!(app.db, |tx| {
        let means = Means { episodes: &Published, measures: &measures };
        let page = feed::of_voice(tx, means, found.voice.id, found.viewer, &ask).await?;
        Ok((items(tx, app, looking, &links, &page, made).await?, page.next))
    })?;
    Ok((list, pager(&voice_path(lang, &found.voice.handle), ask.after, next)))
}

fn head(app: &App, lang: Lang, name: &str, handle: &str) -> Head {
    let address = |l: Lang| app.links.absolute(&voice_path(l, handle));
    Head {
        title: format!("{name} (@{handle})"),
        canonical: Some(address(lang)),
        robots: "index, follow".to_owned(),
        alternates: Lang::ALL.map(|l| Alternate { hreflang: l.code().to_owned(), url: address(l) }).to_vec(),
        ..Head::default()
    }
}

/// GET `/{lang}/members/{handle}`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, handle)): Path<(String, String)>,
    Query(said): Query<Said>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let actor = client.actor();
    let outcome = async {
        let found = read_tx!(app.db, |tx| find(tx, &app, lang, &actor, &handle).await)?;
        if let Some(elsewhere) = moved(lang, &handle, &found.voice, "") {
            return Ok(elsewhere);
        }
        let head = head(&app, lang, &found.view.name, &found.voice.handle);
        let vars = vars(&app, &client, lang, found, &said).await?;
        let size = app.log.measures().log_size();
        let text = site::render_for(&app, &client, lang, "", "pages/member.html", head, vars).await?;
        let mut response = html(&app, &client, lang, StatusCode::OK, text);
        cite(response.headers_mut(), Some(size));
        Ok(response)
    };
    let outcome: Result<Response, Failure> = outcome.await;
    match outcome {
        Ok(response) => response,
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// Where a list goes on, from its address.
pub(crate) fn cursor(text: Option<&str>) -> Option<(At, i64)> {
    crate::http::cursor::read(text?)
}

/// The links to the pages before and after of a list at `path`.
pub(super) fn pager(path: &str, cursor: Option<(At, i64)>, next: Option<(At, i64)>) -> Pager {
    Pager {
        newer_url: cursor.is_some().then(|| path.to_owned()),
        older_url: next.map(|place| format!("{path}?after={}", crate::http::cursor::text(place))),
        text: String::new(),
    }
}

/// GET `/{lang}/members/{handle}/followers` and `/following`.
async fn list(
    app: Arc<App>,
    client: Client,
    (lang, handle): (String, String),
    said: Said,
    side: &'static str,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let (actor, after) = (client.actor(), cursor(said.after.as_deref()));
    let outcome = async {
        let (found, page, views) = read_tx!(app.db, |tx| {
            let found = find(tx, &app, lang, &actor, &handle).await?;
            let page = match side {
                "followers" => follows::followers(tx, &actor, found.voice.id, after).await?,
                _ => follows::following(tx, &actor, found.voice.id, after).await?,
            };
            let ids: Vec<i64> = page.voices.iter().map(|(_, v)| v.id).collect();
            let views = voice_views(tx, (app.render.texts(), &app.links), lang, &ids).await?;
            Ok((found, page, views))
        })?;
        // Shows and organisations follow nobody.
        if side == "following" && found.member.is_none() {
            return Err(kernel::Refusal::not_found().into());
        }
        if let Some(elsewhere) = moved(lang, &handle, &found.voice, &format!("/{side}")) {
            return Ok(elsewhere);
        }
        let path = voice_path(lang, &found.voice.handle);
        let name = |key: &str| app.render.texts().text(lang, key, &[("name", found.view.name.as_str().into())]);
        let rows = page.voices.iter().filter_map(|(_, voice)| {
            let view = views.get(&voice.id)?.clone();
            Some(RowView { voice: view, kind_text: kind_text(&app, lang, voice.kind), since: None, act: None })
        });
        let vars = ListVars {
            back: LinkView { url: path.clone(), label: name("members-back-to") },
            heading: name(&format!("members-{side}-heading")),
            voices: rows.collect(),
            pager: pager(&format!("{path}/{side}"), after, page.next),
            here: format!("{path}/{side}"),
            said: None,
            none_heading: app.say(lang, &format!("members-{side}-none")),
            none_text: app.say(lang, &format!("members-{side}-none-text")),
        };
        let head = Head { robots: "noindex, follow".to_owned(), title: vars.heading.clone(), ..Head::default() };
        let text = site::render_for(&app, &client, lang, "", "pages/member_list.html", head, vars).await?;
        Ok(html(&app, &client, lang, StatusCode::OK, text))
    };
    let outcome: Result<Response, Failure> = outcome.await;
    match outcome {
        Ok(response) => response,
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// GET `/{lang}/members/{handle}/followers`.
pub async fn followers(
    State(app): Web,
    client: Client,
    Path(path): Path<(String, String)>,
    Query(said): Query<Said>,
) -> Response {
    list(app, client, path, said, "followers").await
}

/// GET `/{lang}/members/{handle}/following`.
pub async fn following(
    State(app): Web,
    client: Client,
    Path(path): Path<(String, String)>,
    Query(said): Query<Said>,
) -> Response {
    list(app, client, path, said, "following").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_short() {
        assert_eq!(plain_address("https://www.plainpied.example/"), "plainpied.example");
        assert_eq!(plain_address("http://a.example/b?c"), "a.example/b?c");
    }

    #[test]
    fn cursors_are_read_or_the_list_begins() {
        assert_eq!(cursor(Some("12.3")), Some((At::from_micros(12), 3)));
        assert_eq!((cursor(None), cursor(Some("x"))), (None, None));
    }
}
