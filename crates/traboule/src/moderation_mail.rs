//! Letters to moderators about comments that wait: at most one an hour or a day for an organisation, as its rules say. They
//! count and quote; no address of a commenter is read for them.

use std::sync::Arc;

use accounts::service as accounts_uc;
use community::WAITING_HANDLER;
use community::model::Notify;
use community::service::{self as uc, Waiting};
use db::{Db, Failure, write_tx};
use futures_util::future::BoxFuture;
use jobs::{Handler, Outcome, Task};
use kernel::{Actor, At, Ctx, IdMaker, OrgId, Rng, Role};
use publish::web::Links;

/// Writes the letters.
pub struct ModerationMailer {
    db: Db,
    ids: Arc<IdMaker>,
    links: Links,
}

/// What begins the key of a day's letter.
const DAILY: &str = "day-";
/// The hour of a day's letter, UTC.
const HOUR: i64 = 7;

/// The next seven o'clock after an instant, UTC, and its day.
fn next_morning(now: At) -> (i64, At) {
    let day = (now.micros() - HOUR * 3_600_000_000).div_euclid(86_400_000_000) + 1;
    (day, At::from_micros(day * 86_400_000_000 + HOUR * 3_600_000_000))
}

fn lines(waiting: &Waiting) -> String {
    let line = |c: &community::model::Comment| {
        let text: String = c.body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(120).collect();
        format!("- {}: {text}", c.name)
    };
    waiting.newest.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl ModerationMailer {
    /// `links` makes the address of the queue.
    #[must_use]
    pub fn new(db: Db, ids: Arc<IdMaker>, links: Links) -> Self {
        Self { db, ids, links }
    }

    async fn write(&self, task: &Task, org: OrgId) -> Result<(), Failure> {
        let now = self.db.clock().now();
        let ctx = Ctx { now, actor: Actor::System("job"), ids: self.ids.clone(), rng: Rng::System };
        let daily = task.key.starts_with(DAILY);
        write_tx!(self.db, |tx| {
            let waiting = uc::waiting(tx, &ctx.actor, org).await?;
            match (waiting.settings.notify, daily) {
                (Notify::Off, _) => return Ok(()),
                (Notify::Daily, false) => {
                    let (day, due) = next_morning(now);
                    let key = format!("{DAILY}{}-{day}", org.0);
                    jobs::enqueue(tx, org, WAITING_HANDLER, &key, &org.0.to_string(), due).await?;
                    return Ok(());
                }
                (Notify::Hourly, true) | (Notify::Hourly, false) | (Notify::Daily, true) => {}
            }
            if waiting.count == 0 || !jobs::mark_once(tx, org, "community.mailed", &task.key).await? {
                return Ok(());
            }
            let moderates = |roles: &[Role]| roles.iter().any(|r| matches!(r, Role::Moderator | Role::Owner));
            for member in accounts_uc::list_members(tx, &ctx, org).await?.iter().filter(|m| moderates(&m.roles)) {
                let page = format!("/{}/studio/comments?org={}", member.person.lang.code(), org.0);
                let args = [
                    ("name", member.person.display_name.clone()),
                    ("count", waiting.count.to_string()),
                    ("lines", lines(&waiting)),
                    ("page", self.links.absolute(&page)),
                ];
                accounts_uc::write_letter(tx, &ctx, &member.person, "comments-waiting", &args).await?;
            }
            Ok(())
        })
    }
}

impl Handler for ModerationMailer {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(org) = task.body.parse() else {
                return Outcome::Dead(format!("{WAITING_HANDLER}: an unreadable task"));
            };
            match self.write(task, OrgId(org)).await {
                Ok(()) => Outcome::Done,
                Err(Failure::Refused(refusal)) => Outcome::Dead(refusal.to_string()),
                Err(failure) => Outcome::Retry(failure.to_string()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_morning_is_the_next_one() {
        let at = |text: &str| At::parse_rfc3339(text).expect("an instant");
        for (now, due) in [
            ("2026-11-25T06:59:59Z", "2026-11-25T07:00:00Z"),
            ("2026-11-25T07:00:00Z", "2026-11-26T07:00:00Z"),
            ("2026-11-25T23:00:00Z", "2026-11-26T07:00:00Z"),
        ] {
            assert_eq!(next_morning(at(now)).1, at(due), "{now}");
        }
    }
}
