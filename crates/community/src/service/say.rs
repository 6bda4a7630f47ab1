//! Saying something: many at once in one transaction, decided in the order they came. Every read and write is one statement
//! for all of them. Threads are locked first, in the order of their keys, so that two writers wait for one another instead
//! of deciding on what the other is changing (the batch runs READ COMMITTED).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use db::{Batch, DbError, Failure, Tx};
use kernel::{At, Ctx, OrgId, PersonId, Refusal, Subject};

use super::notice::tell;
use super::topic;
use crate::model::{Author, Comment, NewComment, Said, Settings, State, Thread, Writer};
use crate::rules::verdict::{Known, decide};
use crate::rules::{spam, thread};
use crate::seal::Sealer;
use crate::store::{self, Private, SameText, Written};
use crate::{WAITING_HANDLER, waiting_key};

/// How long a guest's address is kept after a comment, in seconds.
pub const KEPT_SECONDS: i64 = 365 * 86_400;
const DAY: i64 = 86_400;
/// A text this long is a copy whoever says it again in the same thread; shorter ones ("Merci !") many may say.
const COPY_CHARACTERS: usize = 40;

/// A comment to say, with what must not change when the batch is run again.
#[derive(Clone, Debug)]
pub struct Order {
    /// What.
    pub new: NewComment,
    /// Its id, made before.
    pub id: i64,
    /// When.
    pub at: At,
}

impl Order {
    /// An order of now.
    #[must_use]
    pub fn new(ctx: &Ctx, new: NewComment) -> Self {
        Self { new, id: ctx.ids.next(), at: ctx.now }
    }
}

/// The batch writer of comments.
pub struct Saying(pub Arc<Sealer>);

impl Batch for Saying {
    type Command = Order;
    type Answer = Result<Said, Refusal>;

    async fn apply(&self, tx: &mut Tx, commands: &[Order]) -> Result<Vec<Self::Answer>, Failure> {
        say_many(tx, &self.0, commands).await
    }
}

/// Says one thing in the caller's transaction.
///
/// # Errors
/// What [`decide`] refuses, or the database's failure.
pub async fn say(tx: &mut Tx, ctx: &Ctx, sealer: &Sealer, new: NewComment) -> Result<Said, Failure> {
    let order = Order::new(ctx, new);
    let mut answers = say_many(tx, sealer, std::slice::from_ref(&order)).await?;
    Ok(answers.remove(0)?)
}

/// The state of the world a batch decides on, changed as it decides.
struct World {
    threads: HashMap<Subject, Thread>,
    settings: HashMap<OrgId, Settings>,
    parents: HashMap<i64, Comment>,
    known: HashSet<(OrgId, String)>,
    said: HashMap<String, Vec<At>>,
    same: Vec<SameText>,
    /// People who do not see each other.
    apart: HashSet<(PersonId, PersonId)>,
    standings: reach::Standings,
}

/// What is computed of an order before anything is read.
struct Marks {
    who: String,
    digest: String,
    network: String,
}

fn marks(sealer: &Sealer, order: &Order) -> Marks {
    let who = match &order.new.writer {
        Writer::Guest(guest) => sealer.email_digest(&guest.email),
        Writer::Member { person, .. } => format!("p{}", person.0),
    };
    let digest = kernel::sha256_hex(spam::fold(&order.new.body).as_bytes());
    Marks { who, digest, network: sealer.network_digest(&order.new.network) }
}

/// The member who answers somebody. A team answers for its house, whoever blocked whom.
fn answerer(order: &Order) -> Option<PersonId> {
    match (&order.new.writer, order.new.parent) {
        (Writer::Member { person, team: false, .. }, Some(_)) => Some(*person),
        _ => None,
    }
}

async fn load(tx: &mut Tx, orders: &[Order], marks: &[Marks]) -> Result<World, Failure> {
    let subjects: BTreeMap<Subject, OrgId> = orders.iter().map(|o| (o.new.subject, o.new.org)).collect();
    let standings = reach::standings(tx, &subjects.keys().copied().collect::<Vec<_>>()).await?;
    let threads = store::lock_threads(tx, &subjects.into_iter().collect::<Vec<_>>()).await?;
    let orgs: Vec<OrgId> = orders.iter().map(|o| o.new.org).collect::<BTreeSet<_>>().into_iter().collect();
    let settings = store::settings(tx, &orgs).await?;
    let parents: Vec<i64> = orders.iter().filter_map(|o| o.new.parent).collect::<BTreeSet<_>>().into_iter().collect();
    let parents: HashMap<i64, Comment> = store::by_ids(tx, &parents).await?.into_iter().map(|c| (c.id, c)).collect();
    let answering: BTreeSet<i64> = orders.iter().filter_map(answerer).map(|p| p.0).collect();
    let apart = store::pairs_apart(tx, &answering.into_iter().collect::<Vec<_>>()).await?;
    let all: Vec<String> = marks.iter().map(|m| m.who.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let known = store::known(tx, &all).await?;
    let (members, guests): (Vec<String>, Vec<String>) = all.into_iter().partition(|w| w.starts_with('p'));
    let since = orders.iter().map(|o| o.at).min().unwrap_or(At::from_micros(0)).plus_seconds(-DAY);
    let mut said: HashMap<String, Vec<At>> = HashMap::new();
    for (who, at) in store::said_by_guests(tx, &guests, since).await? {
        said.entry(who).or_default().push(at);
    }
    let people: Vec<i64> = members.iter().filter_map(|m| m.get(1..)?.parse().ok()).collect();
    for (person, at) in store::said_by_members(tx, &people, since).await? {
        said.entry(format!("p{person}")).or_default().push(at);
    }
    let digests: Vec<String> = marks.iter().map(|m| m.digest.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let same = store::same_texts(tx, &digests, since).await?;
    Ok(World { threads, settings, parents, known, said, same, apart, standings })
}

impl World {
    /// The comment an order answers, if whoever answers may see it.
    fn parent(&self, order: &Order) -> Option<&Comment> {
        let parent = self.parents.get(&order.new.parent?)?;
        let pair = answerer(order).zip(parent.author.person());
        (!pair.is_some_and(|pair| self.apart.contains(&pair))).then_some(parent)
    }

    fn about(&self, order: &Order, marks: &Marks) -> Known {
        let new = &order.new;
        let times = self.said.get(&marks.who).map_or(&[][..], Vec::as_slice);
        let within = |seconds: i64| {
            let since = order.at.plus_seconds(-seconds);
            i64::try_from(times.iter().filter(|t| **t > since).count()).unwrap_or(i64::MAX)
        };
        let here = || self.same.iter().filter(|s| s.org == new.org && s.digest == marks.digest);
        let long = new.body.chars().count() >= COPY_CHARACTERS;
        let same_text =
            here().any(|s| s.who.as_deref() == Some(marks.who.as_str()) || (long && s.subject == new.subject));
        Known {
            thread: self.threads.get(&new.subject).copied().unwrap_or_default(),
            approved: self.known.contains(&(new.org, marks.who.clone())),
            last_hour: within(3_600),
            last_day: within(DAY),
            same_text,
            copies: if long { i64::try_from(here().count()).unwrap_or(i64::MAX) } else { 0 },
        }
    }

    fn note(&mut self, comment: &Comment, marks: &Marks) {
        self.said.entry(marks.who.clone()).or_default().push(comment.said_at);
        self.same.push(SameText {
            org: comment.org,
            subject: comment.subject,
            digest: marks.digest.clone(),
            who: Some(marks.who.clone()),
        });
    }
}

fn comment(order: &Order, parent: Option<&Comment>, state: State, reasons: &[&'static str]) -> Comment {
    let (root, depth) = thread::place(parent, order.id);
    let (author, name, url) = match &order.new.writer {
        Writer::Guest(guest) => (Author::Guest, guest.name.clone(), guest.url.clone()),
        Writer::Member { person, name, team: true } => (Author::Team(*person), name.clone(), None),
        Writer::Member { person, name, team: false } => (Author::Member(*person), name.clone(), None),
    };
    Comment {
        id: order.id,
        org: order.new.org,
        subject: order.new.subject,
        parent: order.new.parent,
        root,
        depth,
        state,
        author,
        name,
        url,
        body: order.new.body.clone(),
        said_at: order.at,
        edited_at: None,
        version: 1,
        reasons: reasons.iter().map(|r| (*r).to_owned()).collect(),
        erased: false,
        link_epoch: 1,
    }
}

/// Says many things; one answer each, in their order.
///
/// # Errors
/// The database's failure; refusals are answers.
pub async fn say_many(tx: &mut Tx, sealer: &Sealer, orders: &[Order]) -> Result<Vec<Result<Said, Refusal>>, Failure> {
    let marks: Vec<Marks> = orders.iter().map(|o| marks(sealer, o)).collect();
    let mut world = load(tx, orders, &marks).await?;
    let mut answers = Vec::with_capacity(orders.len());
    let mut written: Vec<(Comment, usize)> = Vec::new();
    for (n, order) in orders.iter().enumerate() {
        let known = world.about(order, &marks[n]);
        let settings = world.settings.get(&order.new.org).cloned().unwrap_or_default();
        let parent = world.parent(order);
        let may = world.standings.may_answer(order.new.subject, order.at);
        let verdict = if may {
            decide(&order.new, parent, &known, &settings, order.at)
        } else {
            Err(Refusal::new(kernel::Kind::Conflict, "frozen"))
        };
        answers.push(verdict.map(|verdict| {
            let comment = comment(order, parent, verdict.state, &verdict.reasons);
            let said = Said { id: order.id, state: verdict.state, reasons: verdict.reasons };
            written.push((comment, n));
            said
        }));
        if let Some((comment, _)) = written.last().filter(|(_, at)| *at == n) {
            world.note(comment, &marks[n]);
        }
    }
    write(tx, sealer, orders, &marks, &written).await?;
    Ok(answers)
}

async fn write(
    tx: &mut Tx,
    sealer: &Sealer,
    orders: &[Order],
    marks: &[Marks],
    written: &[(Comment, usize)],
) -> Result<(), DbError> {
    let rows: Vec<Written<'_>> =
        written.iter().map(|(c, n)| Written { comment: c, digest: &marks[*n].digest, source: None }).collect();
    store::insert_comments(tx, &rows).await?;
    let mut privates = Vec::new();
    let mut changes: BTreeMap<Subject, (OrgId, i64, i64)> = BTreeMap::new();
    let mut waiting: BTreeMap<OrgId, At> = BTreeMap::new();
    for (comment, n) in written {
        let change = changes.entry(comment.subject).or_insert((comment.org, 0, 0));
        change.1 += i64::from(comment.state == State::Visible);
        change.2 += i64::from(comment.state == State::Held);
        if comment.state == State::Held {
            waiting.entry(comment.org).or_insert(comment.said_at);
        }
        if let Writer::Guest(guest) = &orders[*n].new.writer {
            privates.push(Private {
                comment: comment.id,
                org: comment.org,
                sealed: sealer.seal_email(comment.id, &guest.email),
                email: marks[*n].who.clone(),
                network: Some(marks[*n].network.clone()),
                said_at: comment.said_at,
                expires_at: comment.said_at.plus_seconds(KEPT_SECONDS),
            });
        }
    }
    store::insert_private(tx, &privates).await?;
    let all: Vec<_> = changes.iter().map(|(s, (o, v, w))| (*s, *o, *v, *w)).collect();
    store::add_to_threads(tx, &all).await?;
    for (subject, (_, visible, _)) in changes {
        if visible > 0 {
            tx.touch(&topic(subject)).await?;
        }
    }
    for (org, at) in waiting {
        // One mail an hour: the task of an hour exists once.
        let (key, due) = waiting_key(org, at);
        jobs::enqueue(tx, org, WAITING_HANDLER, &key, &org.0.to_string(), due).await?;
    }
    tell_all(tx, written).await
}

/// One task per organisation about what a batch said.
async fn tell_all(tx: &mut Tx, written: &[(Comment, usize)]) -> Result<(), DbError> {
    let orgs: BTreeSet<OrgId> = written.iter().map(|(c, _)| c.org).collect();
    for org in orgs {
        let own = || written.iter().map(|(c, _)| c).filter(|c| c.org == org);
        let Some(first) = own().next() else { continue };
        tell(tx, org, &format!("said-{}", first.id), None, own().map(|c| (c.id, c.state)), first.said_at).await?;
    }
    Ok(())
}
