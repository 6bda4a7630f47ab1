//! The people of the demo: invented members, whom they follow, and what they post, quote and pass on, with pictures drawn for
//! the demo, in both languages; all by the real use cases, under the demo's clock.

use std::collections::{BTreeMap, HashMap};

use accounts::service as accounts_uc;
use blobs::BlobName;
use bytes::Bytes;
use community::model::{Image, PassedOn, PostKind, VoiceKind};
use community::pictures;
use community::rules::post::Draft;
use community::service::members::{self, Profile};
use community::service::{follows, notify, posts};
use db::{Failure, write_tx};
use kernel::{Actor, Clock, Ctx, Lang, OrgId, Role, Subject};
use serde::Deserialize;

use super::{COVERS, PASSWORD};
use crate::app::App;

/// How many hours ago everybody last looked at their notifications.
const LOOKED: i64 = 24;

const PEOPLE: &str = include_str!("../../demo/people.json");

#[derive(Deserialize)]
struct People {
    members: Vec<NewMember>,
    follows: BTreeMap<String, Vec<String>>,
    posts: Vec<Line>,
}

#[derive(Deserialize)]
struct NewMember {
    handle: String,
    email: String,
    name: String,
    about: String,
    lang: Lang,
}

#[derive(Deserialize)]
struct Line {
    key: String,
    by: String,
    hours: i64,
    lang: String,
    text: String,
    #[serde(default)]
    picture: Option<String>,
    #[serde(default)]
    alt: String,
    #[serde(default)]
    of: Option<String>,
    /// Whether it passes on the newest episode.
    #[serde(default)]
    episode: bool,
}

/// What is there already.
pub(super) struct There {
    /// The organisation.
    pub(super) org: OrgId,
    /// Who edits the shows.
    pub(super) editor: Actor,
    /// The shows, the daily one first: id and name in addresses.
    pub(super) shows: Vec<(i64, String)>,
    /// The newest public episode of the daily show.
    pub(super) newest: Option<i64>,
}

/// A voice and who speaks for it.
struct Speaker {
    voice: i64,
    actor: Actor,
}

/// Everybody joins, follows and posts, up to the clock's time, where the clock stands again afterwards.
pub(super) async fn people(app: &App, clock: &Clock, there: &There) -> Result<(), Failure> {
    let people: People = serde_json::from_str(PEOPLE).map_err(Failure::broken)?;
    let now = clock.now();
    let oldest = people.posts.iter().map(|p| p.hours).max().unwrap_or(0);
    clock.set(now.plus_seconds(-(oldest + 24) * 3_600));
    let mut speakers = join(app, there, &people).await?;
    for (n, (show, slug)) in there.shows.iter().enumerate() {
        let at = clock.now();
        let voice =
            write_tx!(app.db, |tx| members::ensure_voice(tx, VoiceKind::Show, *show, there.org, slug, at).await)?;
        speakers.insert(format!("show:{n}"), Speaker { voice: voice.id, actor: there.editor.clone() });
    }
    for (who, whom) in &people.follows {
        for other in whom {
            let (Some(one), Some(other)) = (speakers.get(who), speakers.get(other)) else { continue };
            clock.advance(600);
            let ctx = app.ctx(one.actor.clone());
            write_tx!(app.db, |tx| follows::follow(tx, &ctx, other.voice).await)?;
        }
    }
    let mut said: HashMap<&str, PassedOn> = HashMap::new();
    for line in &people.posts {
        clock.set(now.plus_seconds(-line.hours * 3_600));
        let Some(speaker) = speakers.get(&line.by) else { continue };
        let id = post(app, there, speaker, line, &said).await?;
        said.insert(&line.key, PassedOn { subject: Subject::post(id), author: speaker.voice });
    }
    clock.set(now);
    for (_, speaker) in speakers.iter().filter(|(name, _)| !name.starts_with("show:")) {
        let ctx = app.ctx(speaker.actor.clone());
        // Everybody looked yesterday: what waits for them is of today.
        write_tx!(app.db, |tx| notify::seen(tx, &ctx, now.plus_seconds(-LOOKED * 3_600)).await)?;
    }
    Ok(())
}

/// Accounts for those who have none, without any role; then a place in public for each.
async fn join(app: &App, there: &There, people: &People) -> Result<HashMap<String, Speaker>, Failure> {
    let hash = accounts_uc::hash_password(PASSWORD, &app.rng.bytes::<16>())?;
    let mut out = HashMap::new();
    for new in &people.members {
        let system = app.ctx(Actor::System("demo"));
        let actor = write_tx!(app.db, |tx| {
            let team = new.email.ends_with("@plainpied.example");
            let invite = accounts_uc::Invite {
                org: there.org,
                email: new.email.clone(),
                name: new.name.clone(),
                lang: new.lang,
                roles: vec![Role::Agent],
            };
            if team {
                let known = accounts_uc::list_members(tx, &system, there.org).await?;
                let found = known.into_iter().find(|p| p.person.email == new.email);
                let found = found.ok_or_else(|| Failure::Broken(format!("{} is not there", new.email)))?;
                let roles = found.roles.iter().map(|role| (there.org, *role)).collect();
                return Ok(Actor::Person { person: found.person.id, roles });
            }
            // An account is opened by an invitation here, and keeps no role from it.
            let person = accounts_uc::invite(tx, &system, &invite).await?.id;
            accounts_uc::set_roles(tx, &system, there.org, person, &[]).await?;
            let actor = Actor::Person { person, roles: Vec::new() };
            accounts_uc::change_password(tx, &system.as_actor(actor.clone()), 0, PASSWORD, &hash).await?;
            Ok(actor)
        })?;
        let profile = Profile {
            name: new.name.clone(),
            handle: new.handle.clone(),
            about: new.about.clone(),
            ..Profile::default()
        };
        let ctx = app.ctx(actor.clone());
        let member = write_tx!(app.db, |tx| members::join(tx, &ctx, there.org, &profile).await)?;
        out.insert(new.handle.clone(), Speaker { voice: member.id, actor });
    }
    Ok(out)
}

async fn post(
    app: &App,
    there: &There,
    speaker: &Speaker,
    line: &Line,
    said: &HashMap<&str, PassedOn>,
) -> Result<i64, Failure> {
    let ctx = app.ctx(speaker.actor.clone());
    let images = match &line.picture {
        Some(name) => vec![picture(app, &ctx, name, &line.alt).await?],
        None => Vec::new(),
    };
    let daily = there.shows.first().map_or(0, |(id, _)| *id);
    let episode = there.newest.filter(|_| line.episode);
    let of = match &line.of {
        Some(key) => said.get(key.as_str()).copied(),
        None => episode.map(|id| PassedOn { subject: Subject::episode(id), author: daily }),
    };
    let draft = Draft { body: line.text.clone(), lang: line.lang.clone(), images, of, request: None };
    let made = write_tx!(app.db, |tx| posts::post(tx, &ctx, speaker.voice, PostKind::Post, &draft).await)?;
    Ok(made.id)
}

/// A drawing of the demo as a picture of a post.
async fn picture(app: &App, ctx: &Ctx, name: &str, alt: &str) -> Result<Image, Failure> {
    let found = COVERS.iter().find(|(cover, _)| *cover == name);
    let (_, bytes) = found.ok_or_else(|| Failure::Broken(format!("no drawing is called {name}")))?;
    let made = pictures::remake(bytes).map_err(|code| Failure::Broken(format!("{name}: {code}")))?;
    let (width, height) = (i64::from(made.large.width), i64::from(made.large.height));
    let (large, small) = (Bytes::from(made.large.bytes), Bytes::from(made.small.bytes));
    let names = [&large, &small].map(|b| BlobName::of(b).as_str().to_owned());
    write_tx!(app.db, |tx| {
        publish::service::keep_blobs(tx, &names).await?;
        publish::service::let_go(tx, OrgId(0), &names, ctx.now).await
    })?;
    for bytes in [large, small] {
        app.blobs.put(bytes).await.map_err(Failure::broken)?;
    }
    let [sha256, small_sha256] = names;
    Ok(Image { sha256, small_sha256, media_type: "image/jpeg".to_owned(), width, height, alt: alt.to_owned() })
}
