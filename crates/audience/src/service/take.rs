//! Taking in what was seen since the last time: classify, digest, join to windows, count; then a handful of statements for
//! all of it in one transaction. Run again, the transaction does the same again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use db::{Failure, Tx};
use kernel::{At, Ctx};

use crate::digest::{Salt, network};
use crate::model::{Count, Event, Item, Part, Seen, day_of, hour_of};
use crate::rules::agents::Agent;
use crate::rules::listen::{self, MOST_PER_NETWORK, Reason, Request, Sound, WINDOW_SECONDS};
use crate::rules::ranges::Ranges;
use crate::rules::{set, sources};
use crate::store::{self, Visit};

/// Days a salt lives, its own and the next: what it links dies with it.
pub const LINK_DAYS: i64 = 2;
/// Days an event lives: one more, so that a whole day can be counted again on the day after it.
pub const EVENT_DAYS: i64 = 3;

/// What the rules need to know of this site.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The hosts of this site.
    pub hosts: Vec<String>,
    /// Networks of data centres: address and length of the prefix.
    pub datacentres: Vec<(IpAddr, u8)>,
}

impl Context {
    fn is_datacentre(&self, ip: IpAddr) -> bool {
        let bits = |ip: IpAddr| match ip.to_canonical() {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)) << 96, 32),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        let (address, width) = bits(ip);
        self.datacentres.iter().any(|(of, length)| {
            let (other, other_width) = bits(*of);
            let length = u32::from(*length).min(other_width);
            width == other_width && (length == 0 || (address ^ other) >> (128 - length) == 0)
        })
    }
}

/// What a flush adds up before it writes.
#[derive(Default)]
struct Sums {
    hours: BTreeMap<(Count, Item, i64), i64>,
    parts: BTreeMap<(Count, Part, String, Item, i64), i64>,
    events: Vec<(Item, Event)>,
    networks: BTreeMap<(Count, Item, String, i64), i64>,
}

impl Sums {
    fn part(&mut self, seen: &Seen, part: Part, name: &str) {
        *self.parts.entry((seen.count, part, name.to_owned(), seen.item, day_of(seen.at))).or_default() += 1;
    }

    fn counted(&mut self, seen: &Seen, agent: Agent, context: &Context) {
        *self.hours.entry((seen.count, seen.item, hour_of(seen.at))).or_default() += 1;
        self.part(seen, Part::App, agent.name);
        self.part(seen, Part::Device, agent.device);
        if seen.count == Count::View {
            let own: Vec<&str> = context.hosts.iter().map(String::as_str).collect();
            self.part(seen, Part::Source, sources::source(&seen.referer, &own));
        }
    }
}

fn event(ctx: &Ctx, seen: &Seen, visitor: &str, agent: &str, reason: &str, counted: bool) -> Event {
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Event {
        id: ctx.ids.next(),
        subject: (seen.item.subject.kind, seen.item.subject.id),
        at: seen.at,
        visitor: visitor.to_owned(),
        method: seen.method.chars().take(16).collect(),
        status: i64::from(seen.status),
        first: number(seen.taken.0),
        end: number(seen.taken.1),
        size: number(seen.sound.0),
        header: number(seen.sound.1),
        duration_ms: number(seen.sound.2),
        agent: agent.to_owned(),
        reason: reason.to_owned(),
        counted,
        rules: set::VERSION.to_owned(),
    }
}

/// Files of a window as text: `size.header.length:ranges`, joined by `;`.
fn read_files(text: &str) -> BTreeMap<String, Ranges> {
    let pair = |part: &str| part.split_once(':').map(|(name, ranges)| (name.to_owned(), Ranges::parse(ranges)));
    text.split(';').filter_map(pair).collect()
}

fn write_files(files: &BTreeMap<String, Ranges>) -> String {
    let parts: Vec<String> = files.iter().map(|(name, ranges)| format!("{name}:{}", ranges.text())).collect();
    parts.join(";")
}

/// The most separate ranges kept of one window: whoever asks for more pieces than that is no listener's player.
const MOST_RANGES: usize = 2_000;

/// A request that takes part, with the digests it may be known under: of its day, and of the day before.
struct Taking<'s> {
    seen: &'s Seen,
    agent: Agent,
    today: String,
    before: Option<String>,
    network: String,
}

/// Takes in what was seen.
///
/// # Errors
/// The database's failure; nothing is counted then.
pub async fn take(tx: &mut Tx, ctx: &Ctx, seen: &[Seen], context: &Context) -> Result<(), Failure> {
    let mut order: Vec<&Seen> = seen.iter().collect();
    order.sort_by_key(|s| s.at);
    let mut sums = Sums::default();
    let mut taking = Vec::new();
    for one in order {
        match classify(one, context) {
            Ok(agent) => taking.push((one, agent)),
            Err(reason) => {
                sums.part(one, Part::Excluded, reason.code());
                if one.count == Count::Listen {
                    let name = if reason == Reason::Bot { crate::rules::agents::classify(&one.agent).name } else { "" };
                    sums.events.push((one.item, event(ctx, one, "", name, reason.code(), false)));
                }
            }
        }
    }
    let salts = salts_for(tx, ctx, taking.iter().map(|(s, _)| day_of(s.at)).collect()).await?;
    let taking: Vec<Taking<'_>> = taking.into_iter().filter_map(|(seen, agent)| digests(seen, agent, &salts)).collect();
    let visits = join(tx, ctx, &taking, &mut sums, context).await?;
    write(tx, &visits, sums).await
}

fn classify(seen: &Seen, context: &Context) -> Result<Agent, Reason> {
    let request = Request {
        method: &seen.method,
        status: seen.status,
        agent: &seen.agent,
        prefetch: seen.prefetch,
        datacentre: context.is_datacentre(seen.ip),
        team: seen.team,
        taken: seen.taken,
    };
    match seen.count {
        Count::Listen => listen::sound(&request),
        Count::View => listen::view(&request),
    }
}

async fn salts_for(tx: &mut Tx, ctx: &Ctx, days: BTreeSet<i64>) -> Result<HashMap<i64, Salt>, Failure> {
    // What is older than its salt may be cannot be counted: no salt is made for it.
    let oldest = day_of(ctx.now) - (LINK_DAYS - 1);
    for day in days.iter().filter(|d| **d >= oldest) {
        store::keep_salt(tx, *day, &ctx.rng.bytes::<32>()).await?;
    }
    let kept = store::salts(tx, oldest).await?;
    Ok(kept.into_iter().map(|(day, salt)| (day, Salt::new(&salt))).collect())
}

fn digests<'s>(seen: &'s Seen, agent: Agent, salts: &HashMap<i64, Salt>) -> Option<Taking<'s>> {
    let (day, subject) = (day_of(seen.at), seen.item.subject);
    let network = network(seen.ip);
    let under = |day: i64| salts.get(&day).map(|s| s.visitor(seen.count, subject, &network, &seen.agent));
    let salt = salts.get(&day)?;
    Some(Taking {
        today: under(day)?,
        before: under(day - 1),
        network: salt.network(seen.count, subject, &network),
        seen,
        agent,
    })
}

async fn join(
    tx: &mut Tx,
    ctx: &Ctx,
    taking: &[Taking<'_>],
    sums: &mut Sums,
    context: &Context,
) -> Result<Vec<Visit>, Failure> {
    let names: BTreeSet<String> =
        taking.iter().flat_map(|t| [Some(t.today.clone()), t.before.clone()]).flatten().collect();
    let from = day_of(ctx.now) - (LINK_DAYS - 1);
    let mut visits = store::visits(tx, &names.into_iter().collect::<Vec<_>>(), from).await?;
    let networks: BTreeSet<String> = taking.iter().map(|t| t.network.clone()).collect();
    let mut networks = store::networks(tx, &networks.into_iter().collect::<Vec<_>>()).await?;
    let mut changed: BTreeSet<String> = BTreeSet::new();
    for one in taking {
        let runs = |v: &Visit| one.seen.at < v.started_at.plus_seconds(WINDOW_SECONDS);
        let old = one.before.as_ref().filter(|name| visits.get(*name).is_some_and(runs));
        let name = old.unwrap_or(&one.today).clone();
        let fresh = !visits.contains_key(&name);
        if fresh && *networks.get(&one.network).unwrap_or(&0) >= MOST_PER_NETWORK {
            sums.part(one.seen, Part::Excluded, Reason::Spike.code());
            if one.seen.count == Count::Listen {
                let out = event(ctx, one.seen, "", one.agent.name, Reason::Spike.code(), false);
                sums.events.push((one.seen.item, out));
            }
            continue;
        }
        if fresh {
            *networks.entry(one.network.clone()).or_default() += 1;
            let key = (one.seen.count, one.seen.item, one.network.clone(), day_of(one.seen.at));
            *sums.networks.entry(key).or_default() += 1;
        }
        let visit = visits.entry(name.clone()).or_insert_with(|| begin(one, &name));
        let counts = advance(visit, one.seen);
        if counts {
            sums.counted(one.seen, one.agent, context);
        } else if one.seen.count == Count::View {
            sums.part(one.seen, Part::Excluded, Reason::Again.code());
        }
        if one.seen.count == Count::Listen {
            let out = event(ctx, one.seen, &name, one.agent.name, "", counts);
            sums.events.push((one.seen.item, out));
        }
        changed.insert(name);
    }
    visits.retain(|name, _| changed.contains(name));
    Ok(visits.into_values().collect())
}

fn begin(one: &Taking<'_>, name: &str) -> Visit {
    Visit {
        count: one.seen.count,
        subject: one.seen.item.subject,
        visitor: name.to_owned(),
        org: one.seen.item.org,
        day: day_of(one.seen.at),
        started_at: one.seen.at,
        taken: String::new(),
        counted: false,
    }
}

/// Adds a request to its window; gives whether it makes it count.
fn advance(visit: &mut Visit, seen: &Seen) -> bool {
    let was = visit.counted;
    match seen.count {
        Count::View => visit.counted = true,
        Count::Listen => {
            let (size, header, duration_ms) = seen.sound;
            let mut files = read_files(&visit.taken);
            let file = files.entry(format!("{size}.{header}.{duration_ms}")).or_default();
            if file.len() < MOST_RANGES {
                file.add(seen.taken.0, seen.taken.1);
            }
            visit.counted |= Sound { size, header, duration_ms }.is_listen(file);
            visit.taken = write_files(&files);
        }
    }
    visit.counted && !was
}

async fn write(tx: &mut Tx, visits: &[Visit], sums: Sums) -> Result<(), Failure> {
    store::keep_visits(tx, &visits.iter().collect::<Vec<_>>()).await?;
    let networks: Vec<_> = sums.networks.into_iter().map(|((c, i, name, day), n)| (c, i, name, day, n)).collect();
    store::add_networks(tx, &networks).await?;
    store::keep_events(tx, &sums.events).await?;
    let hours: Vec<_> = sums.hours.into_iter().map(|((c, i, hour), n)| (c, i, hour, n)).collect();
    store::add_hours(tx, set::VERSION, &hours).await?;
    let parts: Vec<_> = sums.parts.into_iter().map(|((c, p, name, i, day), n)| (c, p, name, i, day, n)).collect();
    store::add_parts(tx, set::VERSION, &parts).await?;
    Ok(())
}

/// Deletes salts and windows whose second day is over, and events whose third day is. The server does it when a day ends.
///
/// # Errors
/// The database's failure.
pub async fn purge(tx: &mut Tx, now: At) -> Result<u64, Failure> {
    let today = day_of(now);
    Ok(store::purge(tx, today - (LINK_DAYS - 1), today - (EVENT_DAYS - 1)).await?)
}
