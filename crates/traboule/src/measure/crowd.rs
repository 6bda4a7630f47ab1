//! The crowd of `bench feed`: members, follows and posts as they are found in public places: a few voices with very many
//! followers and posts, very many with few. The same numbers give the same crowd.

use community::model::VoiceKind;
use community::service::crowd::{self, CrowdPost, CrowdVoice};
use community::service::members;
use db::{Failure, write_tx};
use kernel::{Actor, At, OrgId, PersonId};
use publish::model::ShowText;
use publish::rules::check::ShowDraft;

use crate::app::App;

/// Rows of one transaction.
const BATCH: usize = 100_000;
/// One in so many members follows many.
const KEEN: u64 = 1_000;

/// Shows of the crowd's organisation.
const SHOWS: u64 = 10;
/// One post in so many is a show's.
const SHOWS_SAY: u64 = 200;
/// One member in so many follows the organisation.
const FOLLOW_THE_HOUSE: u64 = 100;

/// A small generator with a fixed seed.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn of(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d);
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A rank below `end`, the n-th about 1/n as often as the first: a power of two, then evenly up to the next.
    fn rank(&mut self, end: u64) -> u64 {
        let octaves = u64::from(u64::BITS - end.max(2).leading_zeros());
        loop {
            let low = 1_u64 << self.below(octaves);
            let rank = low - 1 + self.below(low);
            if rank < end {
                return rank;
            }
        }
    }
}

/// How large a crowd is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) members: u64,
    pub(super) posts: u64,
}

/// A crowd that was written.
pub(super) struct Crowd {
    size: Size,
    pub(super) follows: u64,
    /// The first id of a member; the others follow without a gap.
    first: i64,
}

fn id(first: i64, n: u64) -> i64 {
    first.saturating_add(i64::try_from(n).unwrap_or(i64::MAX))
}

impl Size {
    /// Whom a member follows, each once.
    fn follows(self, member: u64) -> Vec<u64> {
        let mut dice = Dice::of(member + 1);
        let keen = member % KEEN == KEEN / 2;
        let wanted = if keen { 2_000 } else { 1 + dice.rank(256) };
        let wanted = usize::try_from(wanted.min(self.members / 4)).unwrap_or(0);
        let mut found = std::collections::BTreeSet::new();
        while found.len() < wanted {
            // Ranks that are taken already give way to anybody.
            let one = if dice.below(8) == 0 { dice.below(self.members) } else { dice.rank(self.members) };
            if one != member {
                found.insert(one);
            }
        }
        found.into_iter().collect()
    }

    /// Who wrote the n-th post: half by how well known they are, half by anybody.
    fn author(self, n: u64) -> u64 {
        let mut dice = Dice::of(n | 1 << 40);
        if dice.below(2) == 0 { dice.rank(self.members) } else { dice.below(self.members) }
    }
}

/// When the n-th of a crowd's posts was written: one year, evenly.
fn written(size: Size, n: u64, end: At) -> At {
    let back = (size.posts - n) * 365 * 86_400 / size.posts.max(1);
    end.plus_seconds(-i64::try_from(back).unwrap_or(0))
}

/// The organisation of a crowd and ten shows of it; one member in a hundred follows it. Gives the shows.
async fn houses(app: &App, org: OrgId, size: Size, first: i64) -> Result<Vec<i64>, Failure> {
    let ctx = app.ctx(Actor::System("bench"));
    let mut shows = Vec::new();
    for n in 0..SHOWS {
        let slug = format!("s{n}");
        let texts = [("fr".to_owned(), ShowText { title: slug.clone(), ..ShowText::default() })];
        let draft = ShowDraft {
            slug: slug.clone(),
            language: "fr".to_owned(),
            time_zone: "Europe/Paris".to_owned(),
            author: "Bench".to_owned(),
            texts: texts.into(),
            ..ShowDraft::default()
        };
        let made = write_tx!(app.db, |tx| {
            let made = publish::service::create_show(tx, &ctx, org, draft.clone(), "http://localhost/feeds/").await?;
            members::ensure_voice(tx, VoiceKind::Show, made.id, org, &slug, ctx.now).await
        })?;
        shows.push(made.id);
    }
    let pairs: Vec<(i64, i64)> =
        (0..size.members / FOLLOW_THE_HOUSE).map(|n| (id(first, n * FOLLOW_THE_HOUSE), org.0)).collect();
    write_tx!(app.db, |tx| {
        members::ensure_voice(tx, VoiceKind::Organisation, org.0, org, "bench-house", ctx.now).await?;
        crowd::crowd_follows(tx, &ctx, VoiceKind::Organisation, &pairs, ctx.now).await
    })?;
    Ok(shows)
}

/// The show that said the n-th post, if one did.
fn said_by(shows: &[i64], n: u64) -> Option<i64> {
    let turn = usize::try_from(n / SHOWS_SAY).ok()?.checked_rem(shows.len())?;
    shows.get(turn).copied().filter(|_| n.is_multiple_of(SHOWS_SAY))
}

impl Crowd {
    /// The members who follow very many.
    pub(super) fn keen(&self) -> impl Iterator<Item = u64> {
        let members = self.size.members;
        (0..).map(|n| n * KEEN + KEEN / 2).take_while(move |n| *n < members)
    }

    /// The member's id.
    pub(super) fn member(&self, n: u64) -> i64 {
        id(self.first, n)
    }

    /// Writes a crowd; the first members get the accounts.
    pub(super) async fn write(
        app: &App,
        org: OrgId,
        size: Size,
        accounts: &[(u64, PersonId)],
    ) -> Result<Self, Failure> {
        let ctx = app.ctx(Actor::System("bench"));
        let (end, first) = (ctx.now, app.ids.next());
        let members = usize::try_from(size.members).unwrap_or(0);
        let (mut followers, mut newest) = (vec![0_i64; members], vec![At::from_micros(0); members]);
        let at = |n: u64| usize::try_from(n).unwrap_or(0);
        let mut follows = 0;
        for member in 0..size.members {
            for voice in size.follows(member) {
                followers[at(voice)] += 1;
                follows += 1;
            }
        }
        for n in 0..size.posts {
            newest[at(size.author(n))] = written(size, n, end);
        }
        let mut voices = Vec::with_capacity(members);
        for n in 0..size.members {
            voices.push(CrowdVoice {
                id: id(first, n),
                kind: "member",
                handle: format!("m{n}"),
                newest_at: newest[at(n)],
                followers: followers[at(n)],
                person: accounts.iter().find(|(m, _)| *m == n).map(|(_, person)| *person),
            });
        }
        drop((followers, newest));
        for part in voices.chunks(BATCH) {
            write_tx!(app.db, |tx| crowd::crowd_voices(tx, &ctx, org, part.to_vec()).await)?;
        }
        drop(voices);
        let mut pairs = Vec::new();
        for member in 0..size.members {
            pairs.extend(size.follows(member).into_iter().map(|voice| (id(first, member), id(first, voice))));
            if pairs.len() >= BATCH || member + 1 == size.members {
                let since = end.plus_seconds(-86_400);
                write_tx!(app.db, |tx| crowd::crowd_follows(tx, &ctx, VoiceKind::Member, &pairs, since).await)?;
                pairs.clear();
            }
        }
        let shows = houses(app, org, size, first).await?;
        // Posts come after the ids of everything else, in the order of their time.
        let base = id(first, size.members + 1);
        let mut posts = Vec::new();
        for n in 0..size.posts {
            posts.push(CrowdPost {
                id: id(base, n),
                author: said_by(&shows, n).unwrap_or_else(|| id(first, size.author(n))),
                at: written(size, n, end),
                body: format!(
                    "Ce matin, n° {n} : un pont de plus sur la rivière, et le marché reste ouvert jusqu’à midi."
                ),
            });
            if posts.len() >= BATCH || n + 1 == size.posts {
                let part = std::mem::take(&mut posts);
                write_tx!(app.db, |tx| crowd::crowd_posts(tx, &ctx, org, part.clone()).await)?;
            }
        }
        Ok(Self { size, follows, first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_the_same_each_time_and_uneven() {
        let size = Size { members: 10_000, posts: 100_000 };
        assert_eq!(size.follows(7), size.follows(7));
        let mut followers = vec![0_u32; 10_000];
        let mut follows = 0;
        for member in 0..size.members {
            let whom = size.follows(member);
            assert!(!whom.contains(&member) && !whom.is_empty());
            follows += whom.len();
            for one in whom {
                followers[usize::try_from(one).expect("small")] += 1;
            }
        }
        assert!((400_000..600_000).contains(&follows), "{follows}");
        let most = followers.iter().max().copied().unwrap_or(0);
        followers.sort_unstable();
        assert!(most > 3_000 && followers[5_000] < 60, "{most} {}", followers[5_000]);
        assert!((0..1_000).all(|n| size.author(n) < size.members));
    }
}
