//! Versions of topics in this process. A cached page holds marks of the topics it shows; it is fresh as
//! long as every mark still equals its topic. Writes of this process bump at commit; a poller bumps for
//! the writes of others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Topics known to this process.
#[derive(Debug, Default)]
pub struct Topics {
    known: Mutex<Known>,
    /// How many changes there were of any topic.
    changes: AtomicU64,
    /// Whether a reader found any row at all under a topic, with the mark of that time.
    empty: Mutex<HashMap<String, (TopicMark, bool)>>,
}

/// The cells of topics. There is a topic for each post and each person: cells that no mark holds are let go from time to
/// time, and begin again at nought when somebody asks.
#[derive(Debug, Default)]
struct Known {
    cells: HashMap<String, Arc<AtomicU64>>,
    sweep_at: usize,
}

/// So many cells are kept without looking whether somebody holds them.
const CELLS: usize = 4_096;

/// A topic and the version it had when the mark was taken.
#[derive(Clone, Debug)]
pub struct TopicMark {
    cell: Arc<AtomicU64>,
    seen: u64,
}

impl TopicMark {
    /// Whether nothing changed under the topic since the mark was taken.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.cell.load(Ordering::Acquire) == self.seen
    }
}

impl Topics {
    /// Takes a mark. Take it before reading the rows it stands for: a change in between then makes the
    /// page look stale, never fresh.
    pub fn mark(&self, topic: &str) -> TopicMark {
        let cell = self.cell(topic);
        let seen = cell.load(Ordering::Acquire);
        TopicMark { cell, seen }
    }

    /// Makes every mark of the topic stale.
    pub fn bump(&self, topic: &str) {
        // In this order: whoever sees the topic's new version sees that something changed.
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.cell(topic).fetch_add(1, Ordering::SeqCst);
    }

    /// How many changes there were of any topic: a reader takes it before it sees anything.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    /// Whether nothing was there under the topic when somebody looked, if nothing changed under it since.
    pub(crate) fn is_empty(&self, topic: &str) -> Option<bool> {
        let empty = self.empty.lock().unwrap_or_else(PoisonError::into_inner);
        empty.get(topic).filter(|(mark, _)| mark.is_fresh()).map(|(_, empty)| *empty)
    }

    /// Remembers whether a reader, who began when there were `changes`, found nothing under the topic. If anything changed
    /// since then, what it saw may be old, and nothing is remembered.
    pub(crate) fn note_empty(&self, topic: &str, changes: u64, empty: bool) {
        let mark = self.mark(topic);
        if self.changes() == changes {
            let mut known = self.empty.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(topic.to_owned(), (mark, empty));
        }
    }

    fn cell(&self, topic: &str) -> Arc<AtomicU64> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = known.cells.get(topic) {
            return cell.clone();
        }
        if known.cells.len() >= known.sweep_at.max(CELLS) {
            // A mark holds its cell: whatever is let go here is compared with nothing.
            known.cells.retain(|_, cell| Arc::strong_count(cell) > 1);
            known.sweep_at = known.cells.len() * 2;
        }
        known.cells.entry(topic.to_owned()).or_default().clone()
    }
}

/// What the poller remembers between two looks at the version rows.
#[derive(Debug, Default)]
pub struct TopicPoll {
    seen: HashMap<String, i64>,
    since: Option<i64>,
}

/// How far back each look reaches, in microseconds: commits and clocks of other machines may lag.
const OVERLAP: i64 = 30_000_000;

impl crate::Db {
    /// Looks once for topics other processes changed and bumps them here. Call it at least every second.
    ///
    /// # Errors
    /// The database's failure; the next look makes up for it.
    pub async fn poll_topics(&self, poll: &mut TopicPoll) -> Result<(), crate::Failure> {
        // Nothing is kept yet when the first look is taken: what changed long before it is of no interest.
        let since = match poll.since {
            Some(since) => since,
            None => {
                let newest = read_tx!(self, |tx| Ok(tx
                    .scalar::<i64>("SELECT changed_at FROM db_topic ORDER BY changed_at DESC LIMIT 1", args![])
                    .await?))?;
                newest.unwrap_or(0) - OVERLAP
            }
        };
        let sql = "SELECT topic, version, changed_at FROM db_topic WHERE changed_at >= $1";
        let rows = read_tx!(self, |tx| Ok(tx.all(sql, args![since]).await?))?;
        let rows = rows.iter().map(|row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?)));
        let rows = rows.collect::<Result<Vec<_>, crate::Failure>>()?;
        let mut newest = since;
        let mut seen = HashMap::with_capacity(rows.len());
        for (topic, version, changed_at) in rows {
            if poll.seen.get(&topic) != Some(&version) {
                self.topics().bump(&topic);
            }
            newest = newest.max(changed_at - OVERLAP);
            seen.insert(topic, version);
        }
        poll.since = Some(newest);
        poll.seen = seen;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_nobody_holds_are_let_go_and_marks_stay_right() {
        let topics = Topics::default();
        topics.bump("held");
        let (held, stale) = (topics.mark("held"), topics.mark("stale"));
        topics.bump("stale");
        for n in 0..CELLS * 3 {
            topics.bump(&format!("post:{n}"));
        }
        assert!(topics.known.lock().unwrap().cells.len() <= CELLS * 2);
        assert!(held.is_fresh() && !stale.is_fresh());
        topics.bump("held");
        assert!(!held.is_fresh());
    }
}
