//! Under which names somebody may make clips.

use std::collections::BTreeSet;

use accounts::service as accounts_uc;
use community::model::VoiceKind;
use community::service::members;
use db::{Failure, Tx, read_tx};
use kernel::{Actor, At, Lang, OrgId, Role};
use publish::service as publish_uc;

use crate::app::App;
use crate::http::Client;

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
