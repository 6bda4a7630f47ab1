//! Other networks: which accounts may be ticked when somebody posts, the page that says what is linked, and the task that
//! prepares a post for an account. What an account is, and whether any is linked, is answered by the port.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::VoiceKind;
use community::ports::{Account, Elsewhere, ElsewhereError, Network, Prepared, PreparedPicture};
use community::service::{members, posts};
use db::{Db, Failure, Tx, read_tx};
use futures_util::future::BoxFuture;
use jobs::{Handler, Outcome, Task};
use kernel::{Actor, Ctx, Lang, Refusal, Role, parse_id};
use publish::model::SHOW_PREFIX;
use publish::web::Links;
use serde::{Deserialize, Serialize};

use super::view::{images, post_path};
use super::write::Typed;
use crate::app::App;
use crate::http::{Client, Web, failure_page, html};
use crate::pages::members::Houses;
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};
use crate::pages::studio::to_sign_in;

/// The handler that puts a post elsewhere.
pub const HANDLER: &str = "community.elsewhere";

/// An account in the form.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AccountChoice {
    value: String,
    label: String,
    hint: String,
    chosen: bool,
}

/// The voices an actor speaks as: the word of the form, the id, the name.
async fn own_voices(tx: &mut Tx, actor: &Actor) -> Result<Vec<(i64, VoiceKind, String)>, Failure> {
    let mut out = Vec::new();
    if let Some(person) = actor.person()
        && let Some(member) = members::member_of(tx, person).await?
    {
        out.push((member.id, VoiceKind::Member, format!("@{}", member.handle)));
    }
    let houses = Houses::load(tx).await?;
    let shows = houses.shows().iter().filter(|s| actor.may(s.org, &[Role::Editor]));
    out.extend(shows.map(|s| (s.id, VoiceKind::Show, s.slug.clone())));
    let orgs = houses.orgs().iter().filter(|o| actor.may(o.id, &[Role::Editor]));
    out.extend(orgs.map(|o| (o.id.0, VoiceKind::Organisation, o.name.clone())));
    Ok(out)
}

/// The accounts linked with any voice of a client, with whose they are.
async fn linked(app: &App, client: &Client) -> Result<Vec<(i64, String, Account)>, Failure> {
    let actor = client.actor();
    let voices = read_tx!(app.db, |tx| own_voices(tx, &actor).await)?;
    let mut out = Vec::new();
    for (voice, _, name) in voices {
        let accounts = app.elsewhere.accounts(voice).await;
        out.extend(accounts.into_iter().map(|account| (voice, name.clone(), account)));
    }
    Ok(out)
}

/// The accounts a form offers.
pub(super) async fn choices(app: &App, client: &Client, typed: &Typed) -> Result<Vec<AccountChoice>, Failure> {
    let choice = |(voice, name, account): (i64, String, Account)| {
        let value = format!("{voice}:{}", account.id);
        AccountChoice {
            label: format!("{} · {}", account.network.name(), account.name),
            hint: name,
            chosen: typed.elsewhere.contains(&value),
            value,
        }
    };
    Ok(linked(app, client).await?.into_iter().map(choice).collect())
}

/// The accounts that were ticked; each must be linked with the voice that posts.
///
/// # Errors
/// `elsewhere-other` for any other.
pub(super) async fn chosen(app: &App, client: &Client, typed: &Typed) -> Result<Vec<String>, Failure> {
    if typed.elsewhere.is_empty() {
        return Ok(Vec::new());
    }
    let actor = client.actor();
    let own = read_tx!(app.db, |tx| own_voices(tx, &actor).await)?;
    let voice = match typed.voice.as_str() {
        "me" => own.iter().find(|(_, kind, _)| *kind == VoiceKind::Member).map(|(id, ..)| *id),
        other => parse_id(SHOW_PREFIX, other).or_else(|| other.strip_prefix("org_").and_then(|id| id.parse().ok())),
    };
    let linked = linked(app, client).await?;
    let found = |value: &String| {
        let (id, account) = value.split_once(':')?;
        let id: i64 = id.parse().ok().filter(|id| Some(*id) == voice)?;
        linked.iter().find(|(v, _, a)| *v == id && a.id == account).map(|(_, _, a)| a.id.clone())
    };
    let accounts: Option<Vec<String>> = typed.elsewhere.iter().map(found).collect();
    Ok(accounts.ok_or_else(|| Refusal::invalid("check-fields").field("elsewhere", "elsewhere-other"))?)
}

/// A post for an account.
#[derive(Debug, Serialize, Deserialize)]
struct Errand {
    post: i64,
    voice: i64,
    account: String,
}

/// Asks for a post to go to some accounts, in the transaction that wrote it.
///
/// # Errors
/// The database's failure.
pub(super) async fn ask(tx: &mut Tx, ctx: &Ctx, voice: i64, post: i64, accounts: &[String]) -> Result<(), Failure> {
    let org = members::voices(tx, &[voice]).await?.get(&voice).map(|v| v.org);
    let Some(org) = org else { return Ok(()) };
    for account in accounts {
        let errand = Errand { post, voice, account: account.clone() };
        let body = serde_json::to_string(&errand).map_err(Failure::broken)?;
        jobs::enqueue(tx, org, HANDLER, &format!("{post}:{account}"), &body, ctx.now).await?;
    }
    Ok(())
}

/// Puts posts elsewhere.
pub struct Placing {
    /// The database.
    pub db: Db,
    /// Addresses of this site.
    pub links: Links,
    /// Other networks.
    pub elsewhere: Arc<dyn Elsewhere>,
}

impl Placing {
    /// A post as it goes to an account; nothing when it is no longer public.
    async fn prepared(&self, errand: &Errand) -> Result<Option<Prepared>, Failure> {
        let now = self.db.clock().now();
        read_tx!(self.db, |tx| {
            let Some(post) = posts::public_posts(tx, &[errand.post], now).await?.remove(&errand.post) else {
                return Ok(None);
            };
            let lang = Lang::parse(&post.lang).unwrap_or(Lang::Fr);
            let full = posts::full(tx, vec![post], now).await?.remove(0);
            let picture = |i: super::view::ImageView| PreparedPicture { url: self.links.absolute(&i.url), alt: i.alt };
            Ok(Some(Prepared {
                post: errand.post,
                voice: errand.voice,
                account: errand.account.clone(),
                text: full.post.body.clone(),
                url: self.links.absolute(&post_path(lang, errand.post)),
                pictures: images(&full).into_iter().map(picture).collect(),
            }))
        })
    }
}

impl Handler for Placing {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(errand) = serde_json::from_str::<Errand>(&task.body) else {
                return Outcome::Dead("an unreadable task".to_owned());
            };
            let prepared = match self.prepared(&errand).await {
                Ok(Some(prepared)) => prepared,
                Ok(None) => return Outcome::Done,
                Err(failure) => return Outcome::Retry(failure.to_string()),
            };
            match self.elsewhere.place(&prepared).await {
                Ok(()) => Outcome::Done,
                Err(ElsewhereError::Refused(why)) => Outcome::Dead(why),
                Err(ElsewhereError::Failed(why)) => Outcome::Retry(why),
            }
        })
    }
}

#[derive(Serialize)]
struct NetworkRow {
    name: &'static str,
    state: String,
    look: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Vars {
    networks: Vec<NetworkRow>,
}

/// GET `/{lang}/posts/elsewhere`: what is linked.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let rendered = async {
        let linked = linked(&app, &client).await?;
        let row = |network: Network| {
            let here = linked.iter().filter(|(_, _, a)| a.network == network);
            let names: Vec<String> = here.map(|(_, voice, a)| format!("{} ({voice})", a.name)).collect();
            let (key, look) = if names.is_empty() { ("off", "") } else { ("on", "ok") };
            let args = [("names", names.join(", ").into())];
            NetworkRow {
                name: network.name(),
                state: app.say(lang, &format!("post-elsewhere-{key}")),
                look,
                text: app.render.texts().text(lang, &format!("post-elsewhere-{key}-text"), &args),
            }
        };
        let vars = Vars { networks: Network::ALL.map(row).into() };
        let head = private_head(app.say(lang, "post-elsewhere-heading"));
        site::render_for(&app, &client, lang, "", "pages/post_elsewhere.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}
