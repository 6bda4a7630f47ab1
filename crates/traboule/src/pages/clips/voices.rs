//! Under which names somebody may make clips.

use std::collections::{BTreeSet, HashMap};

use accounts::service as accounts_uc;
use community::model::{Voice, VoiceKind};
use community::service::members;
use db::{Failure, Tx, read_tx};
use kernel::{Actor, At, Lang, OrgId, Role};
use publish::service as publish_uc;
use publish::web::Links;

use crate::app::App;
use crate::http::Client;
use crate::pages::posts::VoiceView;

/// The voices an actor may speak as: their own place in public, then the shows and organisations they edit.
pub(super) async fn own_voices(app: &App, client: &Client, lang: Lang) -> Result<Vec<(i64, String)>, Failure> {
    let actor = client.actor();
    let Some(person) = actor.person() else { return Ok(Vec::new()) };
    read_tx!(app.db, |tx| {
        let mut out = Vec::new();
        if let Some(member) = members::member_of(tx, person).await? {
            out.push((member.id, format!("{} (@{})", member.name, member.handle)));
        }
        for org in edited(&actor) {
            for show in publish_uc::list_shows(tx, &actor, org).await? {
                out.push((show.id, show.text(lang.code()).1.title.clone()));
            }
            let found = accounts_uc::list_orgs(tx).await?.into_iter().find(|o| o.id == org);
            out.extend(found.map(|o| (o.id.0, o.name)));
        }
        Ok(out)
    })
}

fn edited(actor: &Actor) -> BTreeSet<OrgId> {
    let orgs: Vec<OrgId> = match actor {
        Actor::Person { roles, .. } => roles.iter().map(|(org, _)| *org).collect(),
        Actor::Token { org, .. } => vec![*org],
        _ => Vec::new(),
    };
    orgs.into_iter().filter(|org| actor.may(*org, &[Role::Editor])).collect()
}

/// Makes a show or an organisation of the actor a voice, if it is none yet. Whether the actor may speak as it is decided
/// afterwards, where voices are known.
pub(super) async fn ensure(tx: &mut Tx, actor: &Actor, voice: i64, now: At) -> Result<(), Failure> {
    for org in edited(actor) {
        if org.0 == voice {
            let found = accounts_uc::list_orgs(tx).await?.into_iter().find(|o| o.id == org);
            if let Some(found) = found {
                members::ensure_voice(tx, VoiceKind::Organisation, voice, org, &found.slug, now).await?;
            }
            return Ok(());
        }
        let shows = publish_uc::list_shows(tx, actor, org).await?;
        if let Some(show) = shows.iter().find(|s| s.id == voice) {
            members::ensure_voice(tx, VoiceKind::Show, voice, org, &show.slug, now).await?;
            return Ok(());
        }
    }
    Ok(())
}

/// How some voices are named and shown, by id.
pub(super) async fn faces(app: &App, lang: Lang, ids: &[i64]) -> Result<HashMap<i64, VoiceView>, Failure> {
    let (voices, people, shows, orgs) = read_tx!(app.db, |tx| {
        let voices = members::voices(tx, ids).await?;
        let people = members::members(tx, ids).await?;
        let shows = publish_uc::public_shows(tx).await?;
        Ok((voices, people, shows, accounts_uc::list_orgs(tx).await?))
    })?;
    let face = |voice: &Voice| {
        if voice.closed {
            return VoiceView::gone(app.say(lang, "talk-by-other"));
        }
        let (name, picture) = match voice.kind {
            VoiceKind::Member => (people.get(&voice.id).map(|m| m.name.clone()), None),
            VoiceKind::Show => {
                let show = shows.iter().find(|s| s.id == voice.id);
                let cover = show.and_then(|s| s.cover.as_ref()).map(|i| Links::image(i, "small"));
                (show.map(|s| s.text(lang.code()).1.title.clone()), cover)
            }
            VoiceKind::Organisation => (orgs.iter().find(|o| o.id.0 == voice.id).map(|o| o.name.clone()), None),
        };
        let name = name.unwrap_or_else(|| format!("@{}", voice.handle));
        VoiceView::new(lang, voice.kind, &voice.handle, &name, picture)
    };
    Ok(voices.values().map(|v| (v.id, face(v))).collect())
}
