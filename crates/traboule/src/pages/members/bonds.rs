//! Following, muting and blocking from pages: one form of one button for each, and the holes by which a page that is the
//! same for everybody offers it. Works without scripts.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use community::model::{Bond, MEMBER_PREFIX, Voice, VoiceKind};
use community::service::{follows, members};
use db::{Failure, Tx, read_tx, write_tx};
use kernel::{Ctx, Kind, Lang, Refusal, parse_id, show_id};
use publish::model::SHOW_PREFIX;
use publish::service as publish_uc;
use publish::web::Links;
use serde::Serialize;

use super::{join, own_path, voice_view};
use crate::app::App;
use crate::http::{Client, Web, failure_page, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::sign_in::asked_for;

/// The prefix of organisations' ids where they stand as voices.
pub(crate) const ORG_PREFIX: &str = "og";

/// A voice as addresses name it, whether it is a row yet or not.
pub(crate) fn voice_id(kind: VoiceKind, id: i64) -> String {
    let prefix = match kind {
        VoiceKind::Member => MEMBER_PREFIX,
        VoiceKind::Show => SHOW_PREFIX,
        VoiceKind::Organisation => ORG_PREFIX,
    };
    show_id(prefix, id)
}

/// Reads [`voice_id`].
pub(crate) fn read_id(text: &str) -> Option<(VoiceKind, i64)> {
    let one = |kind, prefix| parse_id(prefix, text).map(|id| (kind, id));
    one(VoiceKind::Member, MEMBER_PREFIX)
        .or_else(|| one(VoiceKind::Show, SHOW_PREFIX))
        .or_else(|| one(VoiceKind::Organisation, ORG_PREFIX))
}

/// A public show or an organisation as a voice, made when it is none yet.
///
/// # Errors
/// Not found for what is not public.
pub(crate) async fn house_voice(tx: &mut Tx, ctx: &Ctx, kind: VoiceKind, id: i64) -> Result<Voice, Failure> {
    let (org, plain) = match kind {
        VoiceKind::Show => {
            let show = publish_uc::public_shows(tx).await?.into_iter().find(|s| s.id == id);
            let show = show.ok_or_else(Refusal::not_found)?;
            (show.org, show.slug)
        }
        VoiceKind::Organisation => {
            let org = accounts::service::list_orgs(tx).await?.into_iter().find(|o| o.id.0 == id);
            let org = org.ok_or_else(Refusal::not_found)?;
            (org.id, org.slug)
        }
        VoiceKind::Member => return Err(Refusal::not_found().into()),
    };
    members::ensure_voice(tx, kind, id, org, &plain, ctx.now).await
}

/// The page of a show or of an organisation; members have theirs under their handle.
async fn page_of(app: &App, client: &Client, lang: Lang, kind: VoiceKind, id: i64) -> Result<String, Failure> {
    let actor = client.actor();
    read_tx!(app.db, |tx| {
        match kind {
            VoiceKind::Show => {
                let show = publish_uc::public_shows(tx).await?.into_iter().find(|s| s.id == id);
                let show = show.ok_or_else(Refusal::not_found)?;
                Ok(app.links.from_here(&show, Links::show(lang, &show.slug)))
            }
            VoiceKind::Organisation => Ok(Links::home(lang)),
            VoiceKind::Member => {
                let voice = members::voices(tx, &[id]).await?.remove(&id).ok_or_else(Refusal::not_found)?;
                let voice = members::voice_by_handle(tx, &actor, &voice.handle).await?;
                Ok(crate::pages::posts::voice_path(lang, &voice.handle))
            }
        }
    })
}

/// GET `/{lang}/voices/{id}`: to the page of a voice, by its id.
pub async fn show(State(app): Web, client: Client, Path((lang, id)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let found = async {
        let (kind, id) = read_id(&id).ok_or_else(Refusal::not_found)?;
        page_of(&app, &client, lang, kind, id).await
    };
    match found.await {
        Ok(page) => redirect(&page),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// POST `/{lang}/voices/{id}/{verb}`: follow, unfollow, mute, unmute, block, unblock.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, id, verb)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return failure_page(&app, &client, lang, &refusal.into()).await,
    };
    match done(&app, &client, lang, &id, &verb).await {
        Ok((voice, page)) => {
            // The page of somebody who is blocked is not there for whoever blocked them.
            let gone = (verb == "block").then(|| crate::pages::posts::voice_path(lang, &voice.handle));
            let next = asked_for(posted.get("next"));
            let next = next.filter(|next| gone.as_ref().is_none_or(|gone| !next.starts_with(gone.as_str())));
            let to = next.unwrap_or(page);
            let to = to.split(['?', '#']).next().unwrap_or_default();
            redirect(&format!("{to}?said={verb}&who={id}"))
        }
        Err(Failure::Refused(no)) if no.code == "join-first" => {
            redirect(&join::with_next(&own_path(lang, "profile"), posted.get("next")))
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// Does it; gives the voice and a page to go to.
async fn done(app: &Arc<App>, client: &Client, lang: Lang, id: &str, verb: &str) -> Result<(Voice, String), Failure> {
    let ctx = client.ctx(app);
    let (kind, id) = read_id(id).ok_or_else(Refusal::not_found)?;
    if client.me.is_none() {
        return Err(Refusal::new(Kind::SignIn, "sign-in-first").into());
    }
    app.limits.check(&format!("bond {}", ctx.actor.person().map_or(0, |p| p.0)), 300, 3600, ctx.now)?;
    let voice = write_tx!(app.db, |tx| act_on(tx, &ctx, kind, id, verb).await)?;
    let page = match (verb, kind) {
        ("block" | "unblock", _) => own_path(lang, "blocked"),
        (_, VoiceKind::Member) => crate::pages::posts::voice_path(lang, &voice.handle),
        _ => page_of(app, client, lang, kind, id).await?,
    };
    Ok((voice, page))
}

/// One deed on a voice.
///
/// # Errors
/// As the use cases; not found for what is no voice and no verb.
pub(crate) async fn act_on(tx: &mut Tx, ctx: &Ctx, kind: VoiceKind, id: i64, verb: &str) -> Result<Voice, Failure> {
    members::me(tx, &ctx.actor).await?;
    let bond = follows::bonds(tx, &ctx.actor, &[id]).await?.remove(&id).unwrap_or_default();
    // Who blocked somebody is not there for them, whatever they undo; to block back and to take that back stays theirs.
    if bond.blocked_by && !matches!(verb, "block" | "unblock") {
        return Err(Refusal::not_found().into());
    }
    let voice = match kind {
        VoiceKind::Member => members::voices(tx, &[id]).await?.remove(&id).ok_or_else(Refusal::not_found)?,
        house => house_voice(tx, ctx, house, id).await?,
    };
    match verb {
        "follow" => drop(follows::follow(tx, ctx, id).await?),
        "unfollow" => follows::unfollow(tx, ctx, id).await?,
        "mute" => drop(follows::mute(tx, ctx, id).await?),
        "unmute" => follows::unmute(tx, ctx, id).await?,
        "block" => drop(follows::block(tx, ctx, id).await?),
        "unblock" => follows::unblock(tx, ctx, id).await?,
        _ => return Err(Refusal::not_found().into()),
    }
    Ok(voice)
}

/// A form of one button.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ActView {
    action: String,
    label: String,
    name: String,
    kind: &'static str,
    icon: Option<&'static str>,
}

impl ActView {
    /// The same button in other words, without its mark.
    pub(super) fn called(self, label: String) -> Self {
        Self { label, icon: None, ..self }
    }
}

/// A button that does `verb` to a voice.
pub(crate) fn act_view(app: &App, lang: Lang, voice: &str, verb: &'static str, name: &str) -> ActView {
    let say = |key: String| app.render.texts().text(lang, &key, &[("name", name.into())]);
    ActView {
        action: format!("/{}/voices/{voice}/{verb}", lang.code()),
        label: say(format!("members-{verb}")),
        name: say(format!("members-{verb}-name")),
        kind: match verb {
            "follow" => "main",
            "block" => "bad",
            _ => "",
        },
        icon: (verb == "unfollow").then_some("check"),
    }
}

/// What somebody may do to a voice that is not their own.
pub(crate) fn acts(app: &App, lang: Lang, voice: &Voice, name: &str, bond: Bond) -> Vec<ActView> {
    let id = voice_id(voice.kind, voice.id);
    let mut verbs = vec![if bond.follows.is_some() { "unfollow" } else { "follow" }];
    verbs.push(if bond.mutes { "unmute" } else { "mute" });
    if voice.kind == VoiceKind::Member {
        verbs.push("block");
    }
    verbs.into_iter().map(|verb| act_view(app, lang, &id, verb, name)).collect()
}

/// Whether a bond is as a deed leaves it.
fn is_so(verb: &str, bond: Bond) -> bool {
    match verb {
        "follow" => bond.follows.is_some(),
        "unfollow" => bond.follows.is_none(),
        "mute" => bond.mutes,
        "unmute" => !bond.mutes,
        "block" => bond.blocks,
        _ => !bond.blocks,
    }
}

/// What was just done, in words; nothing for what cannot have been: an address is anybody's to write, so only what is true
/// of the reader and the voice is said, and nothing of who blocked them.
pub(super) async fn said(
    app: &App,
    client: &Client,
    lang: Lang,
    said: &super::Said,
) -> Result<Option<String>, Failure> {
    const VERBS: [&str; 6] = ["follow", "unfollow", "mute", "unmute", "block", "unblock"];
    let (Some(verb), Some(who)) = (said.said.as_deref(), said.who.as_deref()) else { return Ok(None) };
    let (Some(verb), Some((_, id))) = (VERBS.into_iter().find(|v| *v == verb), read_id(who)) else { return Ok(None) };
    if client.me.is_none() {
        return Ok(None);
    }
    let actor = client.actor();
    let name = read_tx!(app.db, |tx| {
        let bond = follows::bonds(tx, &actor, &[id]).await?.remove(&id).unwrap_or_default();
        if bond.blocked_by || !is_so(verb, bond) {
            return Ok(None);
        }
        match members::voices(tx, &[id]).await?.remove(&id).filter(|v| !v.closed) {
            Some(voice) => Ok(Some(voice_view(tx, (app.render.texts(), &app.links), lang, &voice).await?.name)),
            None => Ok(None),
        }
    })?;
    Ok(name.map(|name| app.render.texts().text(lang, &format!("members-said-{verb}"), &[("name", name.into())])))
}

/// The name of the hole in which a page of everybody offers to follow a show or an organisation.
#[must_use]
pub(crate) fn follow_hole(kind: VoiceKind, id: i64) -> String {
    format!("follow {}", voice_id(kind, id))
}

/// What the voices named by a page's holes are to the client: which of them are followed.
pub(crate) async fn follow_holes(app: &App, client: &Client, holes: &[&str]) -> Result<HashMap<i64, Bond>, Failure> {
    let ids: Vec<i64> = holes.iter().filter_map(|h| read_id(h.strip_prefix("follow ")?)).map(|(_, id)| id).collect();
    if ids.is_empty() || client.me.is_none() {
        return Ok(HashMap::new());
    }
    let actor = client.actor();
    read_tx!(app.db, |tx| follows::bonds(tx, &actor, &ids).await)
}

#[derive(Serialize)]
struct HoleVars {
    lang: &'static str,
    act: Option<ActView>,
    join_url: String,
    here: Option<String>,
}

/// Fills a hole: a form for somebody signed in, the way to join for everybody else.
pub(crate) fn fill_follow(
    app: &App,
    client: Option<&Client>,
    lang: Lang,
    hole: &str,
    bonds: &HashMap<i64, Bond>,
) -> String {
    let Some((id, (_, voice))) = hole.strip_prefix("follow ").and_then(|id| Some((id, read_id(id)?))) else {
        return String::new();
    };
    let me = client.filter(|c| c.me.is_some());
    let follows = bonds.get(&voice).is_some_and(|b| b.follows.is_some());
    let vars = HoleVars {
        lang: lang.code(),
        act: me.map(|_| act_view(app, lang, id, if follows { "unfollow" } else { "follow" }, "")),
        join_url: join::with_next(&format!("/{}/join", lang.code()), &format!("/{}/voices/{id}", lang.code())),
        here: me.map(|c| c.path.clone()),
    };
    let text = app.render.render("pages/follow_hole.html", &vars).unwrap_or_default();
    // The form's own stamp is a hole in a hole.
    let stamp = me.map_or_else(String::new, |c| c.stamp_field(app));
    String::from_utf8_lossy(&ui::fill(text, |_| stamp.clone())).into_owned()
}
