//! Reading figures: for the team of an organisation, and for what reads them elsewhere. Figures name nobody.

use db::{Failure, Tx};
use kernel::{Actor, At, OrgId, Refusal, Subject};

use crate::model::{Ask, Count, HourFigure, Part, PartFigure, day_start};
use crate::store;

/// The figures of a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// By hour, oldest first; hours without any are missing.
    pub hours: Vec<HourFigure>,
    /// By programme, the largest first.
    pub apps: Vec<PartFigure>,
    /// By kind of device.
    pub devices: Vec<PartFigure>,
    /// By class of where they came from; views only.
    pub sources: Vec<PartFigure>,
    /// Counted out, by reason.
    pub excluded: Vec<PartFigure>,
    /// Versions of the rules they were counted by.
    pub versions: Vec<String>,
    /// When the organisation's first figure was counted.
    pub since: Option<At>,
}

impl Figures {
    /// The sum of one count.
    #[must_use]
    pub fn total(&self, count: Count) -> i64 {
        self.hours.iter().filter(|h| h.count == count).map(|h| h.n).sum()
    }
}

fn must_read(actor: &Actor, org: OrgId) -> Result<(), Refusal> {
    if actor.may_read(org) { Ok(()) } else { Err(Refusal::not_found()) }
}

/// Figures of an organisation, for its team. Parts are by whole UTC days.
///
/// # Errors
/// Refused for people outside it.
pub async fn figures(tx: &mut Tx, actor: &Actor, ask: &Ask) -> Result<Figures, Failure> {
    must_read(actor, ask.org)?;
    Ok(Figures {
        hours: store::hours(tx, ask).await?,
        apps: store::parts(tx, ask, Part::App).await?,
        devices: store::parts(tx, ask, Part::Device).await?,
        sources: store::parts(tx, ask, Part::Source).await?,
        excluded: store::parts(tx, ask, Part::Excluded).await?,
        versions: store::versions(tx, ask).await?,
        since: store::since(tx, ask.org).await?.map(|hour| At::from_micros(hour * 3_600_000_000)),
    })
}

/// Figures by hour alone, for comparing with another time.
///
/// # Errors
/// Refused for people outside the organisation.
pub async fn hours_of(tx: &mut Tx, actor: &Actor, ask: &Ask) -> Result<Vec<HourFigure>, Failure> {
    must_read(actor, ask.org)?;
    Ok(store::hours(tx, ask).await?)
}

/// The subjects with the most, each with listens and views.
///
/// # Errors
/// Refused for people outside the organisation.
pub async fn top(tx: &mut Tx, actor: &Actor, ask: &Ask, limit: i64) -> Result<Vec<(Subject, i64, i64)>, Failure> {
    must_read(actor, ask.org)?;
    Ok(store::top(tx, ask, limit).await?)
}

/// Views of one subject by hour, oldest first: what measures and boosts will ask for. Days are UTC.
///
/// # Errors
/// The database's failure.
pub async fn views_by_hour(
    tx: &mut Tx,
    (org, subject): (OrgId, Subject),
    days: (i64, i64),
) -> Result<Vec<(i64, i64)>, Failure> {
    let ask = Ask { org, within: None, subject: Some(subject), from: day_start(days.0), to: day_start(days.1) };
    let hours = store::hours(tx, &ask).await?;
    Ok(hours.into_iter().filter(|h| h.count == Count::View).map(|h| (h.hour, h.n)).collect())
}
