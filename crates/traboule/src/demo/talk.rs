//! What the demo's public says: invented comments by guests, in both languages, said on the evening of their episode by
//! the real use case; a moderator decides on some, answers one and leaves others waiting.

use std::collections::HashMap;

use accounts::service as accounts_uc;
use community::model::{Guest, NewComment, Writer};
use community::rules::moderate::Verb;
use community::service as uc;
use db::{Failure, write_tx};
use kernel::{Actor, Clock, Lang, OrgId, PersonId, Role, Subject};
use serde::Deserialize;

use super::{MODERATOR, PASSWORD};
use crate::app::App;

const COMMENTS: &str = include_str!("../../demo/comments.json");
/// The moderator's name.
const NAME: &str = "Perrine Vallier";

#[derive(Deserialize)]
struct Line {
    key: String,
    episode: i64,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    site: Option<String>,
    #[serde(default)]
    team: bool,
    text: String,
    then: String,
}

/// The lines, and what was made of them so far.
pub(super) struct Talk {
    lines: Vec<Line>,
    org: OrgId,
    moderator: PersonId,
    episodes: HashMap<i64, i64>,
    said: HashMap<String, i64>,
}

impl Talk {
    /// Reads the lines and makes the moderator's account.
    pub(super) async fn found(app: &App, org: OrgId) -> Result<Self, Failure> {
        let lines = serde_json::from_str(COMMENTS).map_err(Failure::broken)?;
        let system = app.ctx(Actor::System("demo"));
        let hash = accounts_uc::hash_password(PASSWORD, &app.rng.bytes::<16>())?;
        let invite = accounts_uc::Invite {
            org,
            email: MODERATOR.to_owned(),
            name: NAME.to_owned(),
            lang: Lang::Fr,
            roles: vec![Role::Moderator],
        };
        let moderator = write_tx!(app.db, |tx| {
            let made = accounts_uc::invite(tx, &system, &invite).await?;
            let actor = Actor::Person { person: made.id, roles: vec![(org, Role::Moderator)] };
            accounts_uc::change_password(tx, &system.as_actor(actor), 0, PASSWORD, &hash).await?;
            Ok(made.id)
        })?;
        Ok(Self { lines, org, moderator, episodes: HashMap::new(), said: HashMap::new() })
    }

    /// An episode that may be talked about from its evening on.
    pub(super) fn episode(&mut self, number: i64, id: i64) {
        self.episodes.insert(number, id);
    }

    /// Says what is said about an episode, a minute apart, ending at the clock's time; then decides.
    pub(super) async fn evening(&mut self, app: &App, clock: &Clock, number: i64) -> Result<(), Failure> {
        let Some(episode) = self.episodes.get(&number).copied() else { return Ok(()) };
        let end = clock.now();
        clock.set(end.plus_seconds(-600));
        let lines: Vec<&Line> = self.lines.iter().filter(|line| line.episode == number).collect();
        let actor = Actor::Person { person: self.moderator, roles: vec![(self.org, Role::Moderator)] };
        for line in lines {
            clock.advance(60);
            let ctx = app.ctx(if line.team { actor.clone() } else { Actor::Visitor });
            let new = self.to_say(line, episode, end);
            let id = write_tx!(app.db, |tx| uc::say(tx, &ctx, &app.sealer, new.clone()).await)?.id;
            self.said.insert(line.key.clone(), id);
            if let Some(verb) = Verb::parse(&line.then) {
                let ctx = app.ctx(actor.clone());
                write_tx!(app.db, |tx| uc::act_on(tx, &ctx, self.org, &[id], verb).await)?;
            }
        }
        clock.set(end);
        Ok(())
    }

    fn to_say(&self, line: &Line, episode: i64, since: kernel::At) -> NewComment {
        let guest = || Guest { name: line.name.clone(), email: line.email.clone(), url: line.site.clone() };
        let team = || Writer::Member { person: self.moderator, name: NAME.to_owned(), team: true };
        NewComment {
            org: self.org,
            subject: Subject::episode(episode),
            subject_since: since,
            parent: line.parent.as_ref().and_then(|key| self.said.get(key).copied()),
            writer: if line.team { team() } else { Writer::Guest(guest()) },
            body: line.text.clone(),
            network: format!("192.0.2.{}", line.key.len()),
        }
    }
}
