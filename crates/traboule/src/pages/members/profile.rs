//! One's own profile: taking a place in public, and changing it.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{Member, VoiceKind};
use community::rules::handle;
use community::service::members::{self, Profile};
use db::{Failure, Tx, read_tx, write_tx};
use kernel::{Ctx, Kind, Lang, Refusal};
use serde::Serialize;
use ui::{FormView, Posted};

use super::{OwnLink, Said, house, own_nav, own_page, own_path, sign_in_first};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::posts::{VoiceView, portrait_path, voice_path};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::sign_in::asked_for;

#[derive(Serialize)]
struct Vars {
    own: Vec<OwnLink>,
    form: Option<FormView>,
    said: Option<String>,
    is_new: bool,
    offer_passkey: bool,
    next: String,
    later_url: String,
    voice: VoiceView,
    version: i64,
    name: String,
    handle: String,
    about: String,
    link: String,
    own_lang: &'static str,
}

/// What a refused form and the address leave to say.
#[derive(Default)]
struct Again {
    form: Option<FormView>,
    said: Option<String>,
    next: String,
}

/// The folded handles of the site's own shows and organisations: nobody else is called so, before they are voices too.
async fn house_handles(tx: &mut Tx) -> Result<HashSet<String>, Failure> {
    let shows = publish::service::public_shows(tx).await?.into_iter().map(|s| s.slug);
    let orgs = accounts::service::list_orgs(tx).await?.into_iter().map(|o| o.slug);
    Ok(shows.chain(orgs).flat_map(|slug| handle::of_house(&slug)).collect())
}

/// Refused when the handle is one of the site's own, unless it is the member's already.
async fn not_of_house(tx: &mut Tx, member: Option<&Member>, profile: &Profile) -> Result<(), Failure> {
    let Ok(wanted) = handle::check(&profile.handle).map(|h| handle::fold(&h)) else { return Ok(()) };
    let own = member.is_some_and(|m| handle::fold(&m.handle) == wanted);
    if !own && house_handles(tx).await?.contains(&wanted) {
        return Err(Refusal::invalid("check-fields").field("handle", "handle-taken").into());
    }
    Ok(())
}

/// A free handle for somebody without a place.
async fn proposal(tx: &mut Tx, account: &str) -> Result<String, Failure> {
    let (house, plain) = (house_handles(tx).await?, plain(account));
    let first = members::propose_handle(tx, &plain).await?;
    if house.contains(&handle::fold(&first)) {
        return members::propose_handle(tx, &format!("{plain}-2")).await;
    }
    Ok(first)
}

/// A name as plain letters, from which a handle is made. Short words before an apostrophe are kept: it is a name.
fn plain(name: &str) -> String {
    kernel::words(&name.replace(['\'', '’', 'ʼ'], " ")).join("-")
}

async fn vars(app: &App, client: &Client, lang: Lang, again: Again) -> Result<Vars, Failure> {
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let person = me.person.id;
    let account = me.person.display_name.clone();
    let (member, proposed) = read_tx!(app.db, |tx| {
        match members::member_of(tx, person).await? {
            Some(member) => Ok((Some(member), String::new())),
            None => Ok((None, proposal(tx, &account).await?)),
        }
    })?;
    let view = |m: &Member| {
        let picture = m.picture.as_deref().map(|p| portrait_path(&m.handle, p));
        VoiceView::new(lang, VoiceKind::Member, &m.handle, &m.name, picture)
    };
    let later = asked_for(&again.next).unwrap_or_else(|| own_path(lang, "account"));
    let of = |pick: fn(&Member) -> String| member.as_ref().map(pick);
    Ok(Vars {
        own: own_nav(app, client, lang, "profile"),
        form: again.form,
        said: again.said,
        is_new: member.is_none(),
        offer_passkey: true,
        next: again.next,
        later_url: later,
        voice: member.as_ref().map(view).unwrap_or_default(),
        version: member.as_ref().map_or(0, |m| m.version),
        name: of(|m| m.name.clone()).unwrap_or(account),
        handle: of(|m| m.handle.clone()).unwrap_or(proposed),
        about: of(|m| m.about.clone()).unwrap_or_default(),
        link: of(|m| m.link.clone().unwrap_or_default()).unwrap_or_default(),
        own_lang: me.person.lang.code(),
    })
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, status: StatusCode, again: Again) -> Response {
    let vars = vars(app, client, lang, again).await;
    let title = if vars.as_ref().is_ok_and(|v| v.is_new) { "members-place-heading" } else { "members-profile-heading" };
    own_page(app, client, lang, ("pages/profile.html", title), status, vars).await
}

/// GET `/{lang}/account/profile`. Somebody with a place who is on their way elsewhere goes there.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>, Query(said): Query<Said>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let next = said.next.clone().unwrap_or_default();
    let Some(me) = &client.me else { return sign_in_first(lang, &own_path(lang, "profile")) };
    if let Some(next) = asked_for(&next) {
        let person = me.person.id;
        match read_tx!(app.db, |tx| members::member_of(tx, person).await) {
            Ok(Some(_)) => return redirect(&next),
            Ok(None) => {}
            Err(failure) => return failure_page(&app, &client, lang, &failure).await,
        }
    }
    let word = match said.said.as_deref() {
        Some("saved") => Some("members-saved"),
        Some("picture") => Some("members-picture-saved"),
        Some("picture-removed") => Some("members-picture-removed"),
        _ => None,
    };
    let again = Again { said: word.map(|key| app.say(lang, key)), next, ..Again::default() };
    page(&app, &client, lang, StatusCode::OK, again).await
}

fn typed(posted: &Posted) -> Profile {
    let of = |name: &str| posted.get(name).to_owned();
    Profile { name: of("name"), handle: of("handle"), about: of("about"), link: of("link") }
}

/// Writes the account's name and language with the profile. Who works in a team keeps the name the team knows.
async fn with_account(tx: &mut Tx, ctx: &Ctx, client: &Client, name: &str, lang: Option<Lang>) -> Result<(), Failure> {
    let Some(me) = &client.me else { return Ok(()) };
    let name = if me.roles.is_empty() { name } else { &me.person.display_name };
    accounts::service::set_profile(tx, ctx, name, lang.unwrap_or(me.person.lang)).await
}

/// Saves; gives the member and whether the place is new.
async fn saved(app: &Arc<App>, client: &Client, posted: &Posted) -> Result<(Member, bool), Failure> {
    let ctx = client.ctx(app);
    let profile = typed(posted);
    if client.me.is_none() {
        return Err(Refusal::new(Kind::SignIn, "sign-in-first").into());
    }
    let lang = Lang::parse(posted.get("lang"));
    let version = posted.get("version").parse().unwrap_or(0);
    write_tx!(app.db, |tx| {
        let there = match ctx.actor.person() {
            Some(person) => members::member_of(tx, person).await?,
            None => None,
        };
        not_of_house(tx, there.as_ref(), &profile).await?;
        let new = there.is_none();
        let member = if new {
            let house = house(tx).await?;
            members::join(tx, &ctx, house, &profile).await?
        } else {
            members::set_profile(tx, &ctx, &profile, version).await?
        };
        with_account(tx, &ctx, client, &member.name, lang).await?;
        Ok((member, new))
    })
}

/// POST `/{lang}/account/profile`: takes the place, or changes it.
pub async fn save(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    match saved(&app, &client, &posted).await {
        Ok((member, true)) => {
            let welcome = || format!("{}?said=welcome", voice_path(lang, &member.handle));
            redirect(&asked_for(posted.get("next")).unwrap_or_else(welcome))
        }
        Ok((_, false)) => {
            let lang = Lang::parse(posted.get("lang")).unwrap_or(lang);
            redirect(&format!("{}?said=saved", own_path(lang, "profile")))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let again = Again { form: Some(form), next: posted.get("next").to_owned(), said: None };
            page(&app, &client, lang, ui::status(refusal.kind), again).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// The page again, after a picture that was refused.
pub(super) async fn refused_picture(app: &Arc<App>, client: &Client, lang: Lang, failure: &Failure) -> Response {
    match failure {
        Failure::Refused(refusal) if refusal.kind == Kind::Invalid && client.me.is_some() => {
            let form = FormView::refused(&Posted::default(), &[], refusal, app.render.texts(), lang);
            let again = Again { form: Some(form), ..Again::default() };
            page(app, client, lang, ui::status(refusal.kind), again).await
        }
        failure => failure_page(app, client, lang, failure).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_plain_letters() {
        for (name, expected) in [("Solveig M.", "solveig-m"), ("L’Été d’Œdipe", "l-ete-d-oedipe"), ("名前", "名-前")]
        {
            assert_eq!(plain(name), expected);
        }
    }
}
