//! What this slice asks of the outside; floor 4 answers. It decides nothing and knows no network's protocol.

use std::pin::Pin;

use db::{Failure, Tx};
use futures_util::future::BoxFuture;
use kernel::{At, OrgId};

use crate::model::{Entry, Spot};

/// A network a post can be prepared for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Instagram.
    Instagram,
    /// Facebook.
    Facebook,
}

impl Network {
    /// Every network.
    pub const ALL: [Self; 2] = [Self::Instagram, Self::Facebook];

    /// The word in tasks and forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::Facebook => "facebook",
        }
    }

    /// How it calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instagram => "Instagram",
            Self::Facebook => "Facebook",
        }
    }
}

/// An account on another network that a voice is linked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name in forms and tasks, unique among a voice's accounts.
    pub id: String,
    /// Where it is.
    pub network: Network,
    /// What it is called there.
    pub name: String,
}

/// A picture of a prepared post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedPicture {
    /// Its public address.
    pub url: String,
    /// What is to be seen on it.
    pub alt: String,
}

/// A post as it goes elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The post; with the account it names the delivery, which may be asked for more than once.
    pub post: i64,
    /// Whose it is.
    pub voice: i64,
    /// The account it goes to.
    pub account: String,
    /// Plain text.
    pub text: String,
    /// Its page here.
    pub url: String,
    /// Its pictures.
    pub pictures: Vec<PreparedPicture>,
}

/// Why a post did not go elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElsewhereError {
    /// It will not be taken, or the account is no longer linked. Never try again.
    Refused(String),
    /// It did not work this time.
    Failed(String),
}

/// Other networks that voices are linked with.
pub trait Elsewhere: Send + Sync + 'static {
    /// The accounts a voice is linked with; none when nothing is connected.
    fn accounts(&self, voice: i64) -> BoxFuture<'_, Vec<Account>>;

    /// Puts a prepared post there. The same (post, account) may come again after an answer was lost.
    fn place<'a>(&'a self, prepared: &'a Prepared) -> BoxFuture<'a, Result<(), ElsewhereError>>;
}

/// A server that is connected with no network.
pub struct NotConnected;

impl Elsewhere for NotConnected {
    fn accounts(&self, _voice: i64) -> BoxFuture<'_, Vec<Account>> {
        Box::pin(async { Vec::new() })
    }

    fn place<'a>(&'a self, _prepared: &'a Prepared) -> BoxFuture<'a, Result<(), ElsewhereError>> {
        Box::pin(async { Err(ElsewhereError::Refused("no network is connected".to_owned())) })
    }
}

/// An answer that comes later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// Files of the store that may be named by nobody, as whoever sweeps the store knows them.
pub trait Waste: Send + Sync + 'static {
    /// To be called before files are put into the store for rows that will name them: should nobody name them after a day,
    /// whatever stopped the work, they go. Refused in the moment one of them is being removed.
    fn expect<'a>(&'a self, tx: &'a mut Tx, org: OrgId, files: &'a [String], now: At) -> Answer<'a, ()>;

    /// Files nobody may name any more: they are looked at again after a day.
    fn let_go<'a>(&'a self, tx: &'a mut Tx, org: OrgId, files: &'a [String], now: At) -> Answer<'a, ()>;
}

/// Episodes, as whoever publishes them knows them.
pub trait Episodes: Send + Sync {
    /// The next public episodes of some shows after a cursor, newest first, at most `limit`.
    fn newest<'a>(&'a self, tx: &'a mut Tx, shows: &'a [i64], after: Spot, limit: i64) -> Answer<'a, Vec<Entry>>;

    /// The shows of some organisations: show, organisation.
    fn shows_of<'a>(&'a self, tx: &'a mut Tx, orgs: &'a [i64]) -> Answer<'a, Vec<(i64, i64)>>;

    /// Which of these episodes everybody may see now.
    fn public<'a>(&'a self, tx: &'a mut Tx, ids: &'a [i64], now: At) -> Answer<'a, Vec<i64>>;
}
