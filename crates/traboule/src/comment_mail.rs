//! What follows on floor 4 when something was said: a mail to moderators about what waits, and the messages of webhooks.
//! A commenter's address is in neither, not even where somebody typed it into a name or a text.

use std::sync::Arc;

use accounts::service as accounts_uc;
use community::model::{Author, Comment, POST_PREFIX, State};
use community::service::{self as uc, Told, Waiting};
use community::{TOLD_HANDLER, WAITING_HANDLER};
use db::{Db, Failure, Tx, write_tx};
use futures_util::future::BoxFuture;
use jobs::{Handler, Outcome, Task};
use kernel::{Actor, Ctx, IdMaker, Lang, OrgId, PersonId, Rng, Role, SubjectKind, show_id};
use publish::model::{EPISODE_PREFIX, SHOW_PREFIX};
use publish::service as publish_uc;
use publish::web::Links;
use serde_json::{Value, json};
use ui::Texts;

use crate::pages::posts::post_path;

/// How many characters of a comment a mail shows.
const FIRST_WORDS: usize = 120;

/// What both handlers need.
#[derive(Clone)]
pub struct CommentTools {
    /// The database.
    pub db: Db,
    /// The sentences.
    pub texts: Arc<Texts>,
    /// Makes ids.
    pub ids: Arc<IdMaker>,
    /// Addresses of this site.
    pub links: Links,
}

impl CommentTools {
    fn ctx(&self) -> Ctx {
        Ctx { now: self.db.clock().now(), actor: Actor::System("job"), ids: self.ids.clone(), rng: Rng::System }
    }
}

/// A word that is an address of mail becomes three dots.
fn without_addresses(text: &str) -> String {
    let hidden = |word: &str| match word.split_once('@') {
        Some((before, after)) if !before.is_empty() && after.contains('.') => "…".to_owned(),
        _ => word.to_owned(),
    };
    text.split_whitespace().map(hidden).collect::<Vec<_>>().join(" ")
}

/// The first words of a text in one line.
fn first_words(text: &str) -> String {
    let line = without_addresses(text);
    let cut: String = line.chars().take(FIRST_WORDS).collect();
    if cut.len() < line.len() { format!("{cut}…") } else { cut }
}

/// Writes to moderators.
pub struct WaitingMailer(pub CommentTools);

impl WaitingMailer {
    async fn write(&self, task: &Task) -> Result<(), Failure> {
        let ctx = self.0.ctx();
        let (org, morning) = (task.org, uc::is_morning(&task.key));
        write_tx!(self.0.db, |tx| {
            let Some(waiting) = uc::notice(tx, &ctx, org, morning).await? else { return Ok(()) };
            let members = accounts_uc::list_members(tx, &ctx, org).await?;
            let holds = |role: Role| members.iter().filter(move |m| m.roles.contains(&role));
            // Owners hear of it where nobody else would.
            let to: Vec<_> = match holds(Role::Moderator).next() {
                Some(_) => holds(Role::Moderator).collect(),
                None => holds(Role::Owner).collect(),
            };
            let titles = titles(tx, &ctx, org, &waiting).await?;
            for member in to {
                let args = self.args(&waiting, &titles, member.person.lang);
                accounts_uc::write_letter(tx, &ctx, &member.person, "comments-waiting", &args).await?;
            }
            Ok(())
        })
    }

    fn args(&self, waiting: &Waiting, titles: &Titles, lang: Lang) -> Vec<(&'static str, String)> {
        let line = |c: &community::model::Comment| {
            let about = titles.get(&c.subject.id).map(|(show, episode)| {
                let (own, text) = episode.text(lang.code(), &show.language);
                publish::web::typeset(own, &text.title).into_owned()
            });
            let args = [
                ("who", without_addresses(&c.name).into()),
                ("about", about.unwrap_or_else(|| self.0.texts.text(lang, "talk-about-post", &[])).into()),
                ("words", first_words(&c.body).into()),
            ];
            self.0.texts.text(lang, "mail-comments-waiting-line", &args)
        };
        let lines: Vec<String> = waiting.first.iter().map(line).collect();
        let count = self.0.texts.text(lang, "mail-comments-waiting-count", &[("count", waiting.count.into())]);
        let page = self.0.links.absolute(&format!("/{}/studio/comments", lang.code()));
        vec![("count", count), ("lines", lines.join("\n")), ("page", page)]
    }
}

type Titles = std::collections::HashMap<i64, (publish::model::Show, publish::model::Episode)>;

async fn titles(tx: &mut Tx, ctx: &Ctx, org: OrgId, waiting: &Waiting) -> Result<Titles, Failure> {
    let episodes = waiting.first.iter().filter(|c| c.subject.kind == SubjectKind::Episode);
    let ids: Vec<i64> = episodes.map(|c| c.subject.id).collect();
    publish_uc::titles(tx, &ctx.actor, org, &ids).await
}

fn outcome(done: Result<(), Failure>) -> Outcome {
    match done {
        Ok(()) => Outcome::Done,
        Err(Failure::Refused(refusal)) => Outcome::Dead(refusal.to_string()),
        Err(failure) => Outcome::Retry(failure.to_string()),
    }
}

impl Handler for WaitingMailer {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            tracing::debug!(handler = WAITING_HANDLER, key = task.key, "looking at what waits");
            outcome(self.write(task).await)
        })
    }
}

/// Tells members of comments that became visible, and makes the messages of webhooks about them.
pub struct CommentTeller(pub CommentTools);

impl CommentTeller {
    async fn tell(&self, task: &Task, told: &Told) -> Result<(), Failure> {
        let ctx = self.0.ctx();
        let mut all: Vec<(&'static str, i64)> = told.held.iter().map(|id| ("comment.held", *id)).collect();
        all.extend(told.visible.iter().map(|id| ("comment.visible", *id)));
        write_tx!(self.0.db, |tx| {
            for id in &told.visible {
                uc::heard::comment_heard(tx, &ctx, *id).await?;
            }
            for id in &told.removed {
                let Ok(comment) = uc::find(tx, &ctx.actor, *id).await else { continue };
                let of_team = matches!(comment.author, Author::Team(_)) && comment.state == State::Removed;
                if of_team {
                    crate::team::comment_removed(tx, &ctx, &comment, told.by.map(PersonId)).await?;
                }
            }
            // Most organisations have no webhook: nothing is read for them.
            if publish_uc::webhooks(tx, &ctx.actor, task.org).await?.is_empty() {
                return Ok(());
            }
            for (event, id) in all.clone() {
                if let Some(data) = self.data(tx, &ctx, event, id).await? {
                    let key = format!("{}:{id}", task.key);
                    publish_uc::fan_out(tx, &ctx, task.org, event, &key, &data).await?;
                }
            }
            Ok(())
        })
    }

    /// Of what waits only that it is there: webhooks are in the hands of editors, who do not see it.
    async fn data(&self, tx: &mut Tx, ctx: &Ctx, event: &str, id: i64) -> Result<Option<Value>, Failure> {
        let Ok(comment) = uc::find(tx, &ctx.actor, id).await else { return Ok(None) };
        let found = match comment.subject.kind {
            SubjectKind::Episode => self.of_episode(tx, ctx, &comment).await?,
            SubjectKind::Post => self.of_post(tx, ctx, &comment).await?,
        };
        let Some(About { ids: mut data, lang, url }) = found else { return Ok(None) };
        data["comment_id"] = json!(show_id(community::model::COMMENT_PREFIX, id));
        data["said_at"] = json!(comment.said_at.rfc3339());
        data["author_kind"] = json!(comment.author.code());
        match url.filter(|_| event == "comment.visible" && comment.state == State::Visible) {
            Some(url) => {
                data["name"] = json!(comment.name);
                data["text"] = json!(comment.body);
                data["url"] = json!(url);
            }
            None => {
                data["queue_url"] = json!(self.0.links.absolute(&format!("/{}/studio/comments", lang.code())));
            }
        }
        Ok(Some(data))
    }

    /// The ids and the page of the episode a comment is about.
    async fn of_episode(&self, tx: &mut Tx, ctx: &Ctx, comment: &Comment) -> Result<Option<About>, Failure> {
        let found = publish_uc::titles(tx, &ctx.actor, comment.org, &[comment.subject.id]).await?;
        let Some((show, episode)) = found.get(&comment.subject.id) else { return Ok(None) };
        let lang = Lang::parse(&show.language).unwrap_or(Lang::En);
        let data = json!({
            "episode_id": show_id(EPISODE_PREFIX, episode.id), "show_id": show_id(SHOW_PREFIX, show.id),
        });
        let url = self.0.links.of(show).absolute(&Links::episode(lang, &show.slug, &episode.slug));
        Ok(Some(About { ids: data, lang, url: Some(url) }))
    }

    /// The ids and the page of the post a comment is about; no page of one that is not public.
    async fn of_post(&self, tx: &mut Tx, ctx: &Ctx, comment: &Comment) -> Result<Option<About>, Failure> {
        let id = comment.subject.id;
        let found = uc::posts::public_posts(tx, &[id], ctx.now).await?.remove(&id);
        let lang = found.as_ref().and_then(|p| Lang::parse(&p.lang)).unwrap_or(Lang::En);
        let url = found.map(|_| self.0.links.absolute(&post_path(lang, id)));
        Ok(Some(About { ids: json!({"post_id": show_id(POST_PREFIX, id)}), lang, url }))
    }
}

/// What a comment is about, for a message.
struct About {
    ids: Value,
    lang: Lang,
    url: Option<String>,
}

impl Handler for CommentTeller {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(told) = serde_json::from_str::<Told>(&task.body) else {
                return Outcome::Dead(format!("{TOLD_HANDLER}: an unreadable list"));
            };
            outcome(self.tell(task, &told).await)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_words_hold_no_address() {
        assert_eq!(first_words("Bonjour,\nécrivez à lea@mail.example vite"), "Bonjour, écrivez à … vite");
        assert_eq!(without_addresses("@lea et a@b"), "@lea et a@b");
        assert_eq!(first_words(&"é".repeat(200)), format!("{}…", "é".repeat(FIRST_WORDS)));
    }
}
