//! Where reach has its say in publishing: after the query, row by row, by what decisions made of episodes, read in the
//! transaction that read the rows. Which surface shows what is the table in `crates/reach/README.md`. It writes nothing.

use std::collections::HashSet;

use db::{DbError, Failure, Tx};
use kernel::{Actor, At, Kind, Refusal, Subject};
use reach::{Passage, Standing, Standings, Surface};

use crate::model::{Episode, Reached};
use crate::store;

/// How many rows are looked at once when some were held.
const MOST: i64 = 500;

/// What decisions say of some episodes now.
pub(super) struct Asked {
    standings: Standings,
    now: At,
    /// When what was asked before this next changes.
    earlier: Option<At>,
}

impl Asked {
    /// Whether an episode is shown on a surface.
    pub(super) fn lets(&self, surface: Surface, id: i64) -> bool {
        self.standings.pass(surface, Subject::episode(id), self.now) != Passage::Held
    }

    /// As [`Asked::lets`]; an episode that is shown is told what stands beside it.
    pub(super) fn mark(&self, surface: Surface, episode: &mut Episode) -> bool {
        let subject = Subject::episode(episode.id);
        let label = match self.standings.pass(surface, subject, self.now) {
            Passage::Held => return false,
            Passage::Shown => None,
            Passage::Labelled(label) => Some(label),
        };
        let limited = self.standings.has(subject, Standing::Limited, self.now);
        episode.reached = Reached { label, limited, until: self.until(None) };
        true
    }

    /// The earlier of an instant and the next one at which a decision about these begins or ends.
    pub(super) fn until(&self, other: Option<At>) -> Option<At> {
        self.standings.next_change(self.now).into_iter().chain(self.earlier).chain(other).min()
    }

    /// When a decision about these last began or ended.
    pub(super) fn changed_at(&self) -> Option<At> {
        self.standings.last_change(self.now)
    }
}

/// Asks about episodes that the same transaction read.
pub(super) async fn ask(tx: &mut Tx, ids: impl IntoIterator<Item = i64>, now: At) -> Result<Asked, DbError> {
    let subjects: Vec<Subject> = ids.into_iter().map(Subject::episode).collect();
    Ok(Asked { standings: reach::shown(tx, &subjects).await?, now, earlier: None })
}

/// What is said of an episode that a decision took away.
pub(super) fn taken_away() -> Refusal {
    Refusal::new(Kind::Gone, "removed-by-decision")
}

/// An episode at its own address.
///
/// # Errors
/// Gone when a decision took it away.
pub(super) async fn direct(tx: &mut Tx, mut episode: Episode, now: At) -> Result<Episode, Failure> {
    let asked = ask(tx, [episode.id], now).await?;
    if asked.mark(Surface::Direct, &mut episode) { Ok(episode) } else { Err(taken_away().into()) }
}

/// Which of some public episodes a surface shows.
///
/// # Errors
/// The database's failure.
pub async fn passing(tx: &mut Tx, surface: Surface, ids: &[i64], now: At) -> Result<HashSet<i64>, Failure> {
    let asked = ask(tx, ids.iter().copied(), now).await?;
    Ok(ids.iter().copied().filter(|id| asked.lets(surface, *id)).collect())
}

/// Refused while a decision keeps an episode as it is.
pub(super) async fn may_change(tx: &mut Tx, id: i64, now: At) -> Result<(), Failure> {
    let subject = Subject::episode(id);
    if reach::standings(tx, &[subject]).await?.has(subject, Standing::Frozen, now) {
        return Err(Refusal::new(Kind::Conflict, "frozen-episode").into());
    }
    Ok(())
}

/// Which of some episodes a decision keeps as they are.
pub(super) async fn frozen(tx: &mut Tx, ids: &[i64], now: At) -> Result<HashSet<i64>, Failure> {
    let mut out = HashSet::new();
    for part in ids.chunks(500) {
        let subjects: Vec<Subject> = part.iter().copied().map(Subject::episode).collect();
        let found = reach::standings(tx, &subjects).await?;
        out.extend(subjects.iter().filter(|s| found.has(**s, Standing::Frozen, now)).map(|s| s.id));
    }
    Ok(out)
}

/// What decisions say of an episode now, with the words beside it, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn decided(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<Vec<(Standing, Option<String>)>, Failure> {
    if !store::org_of_episode(tx, id).await?.is_some_and(|org| actor.may_read(org)) {
        return Err(Refusal::not_found().into());
    }
    let subject = Subject::episode(id);
    let found = reach::standings(tx, &[subject]).await?;
    let label = |s: Standing| found.label(subject, now).filter(|_| s == Standing::Labelled).map(str::to_owned);
    let held = Standing::ALL.into_iter().filter(|s| found.has(subject, *s, now));
    Ok(held.map(|s| (s, label(s))).collect())
}

/// A list of public episodes, newest first, as a surface shows it.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) episodes: Vec<Episode>,
    /// Whether there are others after them.
    pub(super) more: bool,
    /// When a decision about what was looked at next begins or ends.
    pub(super) until: Option<At>,
}

/// The first `want` public episodes of a show, or of all, after a spot, that a surface shows. What is held does not make
/// the page shorter: more rows are read.
pub(super) async fn listed(
    tx: &mut Tx,
    surface: Surface,
    show: Option<i64>,
    (now, after): (At, Option<(At, i64)>),
    want: usize,
) -> Result<Listed, Failure> {
    let (mut out, mut spot) = (Listed::default(), after);
    let mut limit = i64::try_from(want + 1).unwrap_or(MOST);
    loop {
        let batch = store::public_episodes(tx, show, now, spot, limit).await?;
        let asked = ask(tx, batch.iter().map(|e| e.id), now).await?;
        out.until = asked.until(out.until);
        let short = i64::try_from(batch.len()).unwrap_or(limit) < limit;
        spot = batch.last().and_then(place).or(spot);
        for mut episode in batch {
            if !asked.mark(surface, &mut episode) {
                continue;
            }
            if out.episodes.len() == want {
                out.more = true;
                return Ok(out);
            }
            out.episodes.push(episode);
        }
        if short {
            return Ok(out);
        }
        limit = MOST;
    }
}

/// Where an episode stands among public ones.
fn place(episode: &Episode) -> Option<(At, i64)> {
    episode.state.instant().map(|at| (at, episode.id))
}

/// The public neighbours of an episode, the one before and the one after, and what was asked about all three.
pub(super) async fn neighbours(
    tx: &mut Tx,
    episode: &Episode,
    now: At,
) -> Result<((Option<Episode>, Option<Episode>), Asked), Failure> {
    let Some(at) = place(episode) else { return Err(Refusal::not_found().into()) };
    let mut around = [None, None];
    for (slot, newer) in around.iter_mut().zip([false, true]) {
        *slot = store::beside(tx, episode.show, now, at, newer, 1).await?.pop();
    }
    let ids = around.iter().flatten().map(|e| e.id).chain([episode.id]);
    let mut asked = ask(tx, ids.collect::<Vec<_>>(), now).await?;
    for (slot, newer) in around.iter_mut().zip([false, true]) {
        if let Some(next) = slot
            && !asked.mark(Surface::Beside, next)
        {
            let (found, until) = past(tx, next.clone(), newer, now).await?;
            (*slot, asked.earlier) = (found, asked.earlier.into_iter().chain(until).min());
        }
    }
    let [before, after] = around;
    Ok(((before, after), asked))
}

/// The next one that is shown, in a direction from one that is held, and when what was looked at next changes.
async fn past(tx: &mut Tx, mut from: Episode, newer: bool, now: At) -> Result<(Option<Episode>, Option<At>), Failure> {
    let mut until = None;
    while let Some(at) = place(&from) {
        let batch = store::beside(tx, from.show, now, at, newer, MOST).await?;
        let Some(last) = batch.last().cloned() else { break };
        let asked = ask(tx, batch.iter().map(|e| e.id), now).await?;
        until = asked.until(until);
        for mut one in batch {
            if asked.mark(Surface::Beside, &mut one) {
                return Ok((Some(one), until));
            }
        }
        from = last;
    }
    Ok((None, until))
}
