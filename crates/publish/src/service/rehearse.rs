//! Rehearsing an import, running exactly what was rehearsed, and undoing it while nobody worked on it. The bytes are
//! kept by the caller in a private file; here they are known by their digest.

use std::collections::HashMap;

use db::{DbError, Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, OrgId, Refusal, Scope};

use super::import::{ImportOptions, feed_guid, fetch_key, frozen_problem, hold_frozen, import_feed, target};
use super::import_wxr::{Planned, import_wxr, site_guid};
use super::{ImportReport, changed, must_edit, pages};
use crate::jobs::{FETCH_HANDLER, PICTURE_HANDLER, PUBLISHED_HANDLER};
use crate::model::{Rehearsal, Show, SourceFrom};
use crate::reader::{self, Feed, Limits};
use crate::rules::import::plan;
use crate::rules::pages::PageDraft;
use crate::rules::rehearse::{Changes, changes};
use crate::rules::wxr::WxrCounts;
use crate::store;
use crate::wxr::{self, Wxr, WxrLimits};

/// How long a rehearsal can be run, in seconds.
pub const REHEARSAL_SECONDS: i64 = 86_400;
/// How many unfinished rehearsals an organisation may have at a time.
const MOST_WAITING: usize = 20;

/// What was read: a feed or an export.
pub enum Source {
    /// A podcast's feed.
    Feed(Box<Feed>),
    /// A WordPress export.
    Wxr(Box<Wxr>),
}

impl Source {
    /// Reads bytes as what they look like.
    ///
    /// # Errors
    /// A refusal at the field `source` that says why.
    pub fn read(bytes: &[u8], charset: Option<&str>) -> Result<Self, Refusal> {
        let refuse = |code: &'static str| Refusal::invalid(code).field("source", code);
        if wxr::looks_like_wxr(bytes) {
            let read = wxr::read(bytes, &WxrLimits::default());
            return read.map(|wxr| Self::Wxr(Box::new(wxr))).map_err(|e| refuse(refusal_code(e.code())));
        }
        let read = reader::read(bytes, charset, &Limits::default());
        read.map(Box::new).map(Self::Feed).map_err(|e| refuse(refusal_code(e.code())))
    }

    /// Which of the two.
    #[must_use]
    pub const fn kind(&self) -> SourceFrom {
        match self {
            Self::Feed(_) => SourceFrom::Feed,
            Self::Wxr(_) => SourceFrom::Wxr,
        }
    }

    /// Whether the feed carries this proof that whoever asks controls it (podcast:txt, purpose verify).
    #[must_use]
    pub fn proves(&self, token: &str) -> bool {
        matches!(self, Self::Feed(feed) if feed.txt.iter().any(|t| t.purpose.eq_ignore_ascii_case("verify") && t.text == token))
    }

    /// Whether the feed says that only its owner may import it.
    #[must_use]
    pub fn locked(&self) -> bool {
        matches!(self, Self::Feed(feed) if feed.locked == Some(true))
    }
}

/// The sentence for a reader's reason.
fn refusal_code(code: &str) -> &'static str {
    match code {
        "too_large" => "import-too-large",
        "too_many_items" => "import-too-many",
        "too_deep" => "import-too-deep",
        "entity_bomb" => "import-entities",
        "no_show_title" => "import-untitled",
        "not_wxr" => "import-not-wxr",
        "malformed" => "import-malformed",
        _ => "import-not-a-feed",
    }
}

/// What to rehearse.
#[derive(Clone, Debug)]
pub struct NewRehearsal {
    /// For which organisation.
    pub org: OrgId,
    /// The address or the file's name.
    pub source: String,
    /// The charset the server named.
    pub charset: Option<String>,
    /// The show it goes into.
    pub show: Option<i64>,
    /// SHA-256 of the bytes.
    pub digest: String,
    /// How many bytes.
    pub size: i64,
    /// What they are.
    pub kind: SourceFrom,
}

/// What an import would do.
#[derive(Clone, Debug)]
pub struct Rehearsed {
    /// The contract's report.
    pub report: ImportReport,
    /// What an export holds.
    pub wordpress: Option<WxrCounts>,
    /// Item by item.
    pub changes: Changes,
    /// The show it goes into, when it is there already.
    pub show: Option<Show>,
}

/// Notes a rehearsal. The caller has put the bytes away.
///
/// # Errors
/// Refused for non-editors, for a show of somebody else and when too many wait.
pub async fn prepare(tx: &mut Tx, ctx: &Ctx, new: NewRehearsal) -> Result<Rehearsal, Failure> {
    must_edit(&ctx.actor, new.org)?;
    if let Some(show) = new.show {
        let own = store::show_by_id(tx, show).await?.is_some_and(|s| s.org == new.org);
        if !own {
            return Err(Refusal::invalid("check-fields").field("show", "unknown").into());
        }
    }
    let waiting = store::rehearsals_of(tx, Scope { org: new.org }, 200).await?;
    if waiting.iter().filter(|r| r.ran_at.is_none() && r.expires_at > ctx.now).count() >= MOST_WAITING {
        return Err(Refusal::new(Kind::TooMany, "rehearsals-waiting").into());
    }
    let row = Rehearsal {
        id: ctx.ids.next(),
        org: new.org,
        person: ctx.actor.person(),
        kind: new.kind,
        source: new.source.chars().take(2_000).collect(),
        charset: new.charset,
        wanted_show: new.show,
        digest: new.digest,
        size: new.size,
        created_at: ctx.now,
        expires_at: ctx.now.plus_seconds(REHEARSAL_SECONDS),
        ran_at: None,
        show: None,
        made_show: false,
        report: None,
        undone_at: None,
    };
    store::insert_rehearsal(tx, &row).await?;
    Ok(row)
}

/// A rehearsal of the actor's organisation, for its editors.
///
/// # Errors
/// Not found outside the organisation, forbidden for those of it who do not publish.
pub async fn get(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Rehearsal, Failure> {
    let found = store::rehearsal_by_id(tx, id).await?.filter(|r| actor.may_read(r.org));
    let row = found.ok_or_else(Refusal::not_found)?;
    must_edit(actor, row.org)?;
    Ok(row)
}

/// The newest rehearsals and imports of an organisation.
///
/// # Errors
/// Not found outside it, forbidden for those of it who do not publish.
pub async fn list(tx: &mut Tx, actor: &Actor, org: OrgId) -> Result<Vec<Rehearsal>, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    must_edit(actor, org)?;
    Ok(store::rehearsals_of(tx, Scope { org }, 20).await?)
}

async fn options(tx: &mut Tx, row: &Rehearsal) -> Result<ImportOptions, Failure> {
    let slug = match row.wanted_show {
        Some(id) => Some(store::show_by_id(tx, id).await?.ok_or_else(Refusal::not_found)?.slug),
        None => None,
    };
    Ok(ImportOptions {
        org: row.org,
        slug,
        source_url: row.address().map(str::to_owned),
        dry_run: false,
        download: false,
        owner_vouches: false,
    })
}

/// What running it now would do. Writes nothing.
///
/// # Errors
/// As for the import itself, but a locked feed is only told.
pub async fn rehearse(tx: &mut Tx, row: &Rehearsal, source: &Source, now: At) -> Result<Rehearsed, Failure> {
    let options = options(tx, row).await?;
    let guid = match source {
        Source::Feed(feed) => feed_guid(feed, options.source_url.as_deref()),
        Source::Wxr(wxr) => site_guid(wxr),
    };
    let show = target(tx, &options, &guid).await?;
    let (known, sounds) = match &show {
        Some(show) => (store::known(tx, show.id).await?, store::audio_places(tx, show.id).await?),
        None => (Vec::new(), Vec::new()),
    };
    let sounds: HashMap<i64, String> = sounds.into_iter().filter_map(|(id, url)| Some((id, url?))).collect();
    Ok(match source {
        Source::Feed(feed) => {
            let (plan, held) = hold_frozen(tx, plan(feed, &known), now).await?;
            let mut report = ImportReport::of(feed, &plan);
            report.problems.extend(held.into_iter().map(frozen_problem));
            Rehearsed { report, wordpress: None, changes: changes(&feed.items, &plan, &known, &sounds), show }
        }
        Source::Wxr(wxr) => {
            let planned = Planned::of(wxr, &known).hold(tx, now).await?;
            let report = planned.report();
            let changes = changes(&planned.feed.items, &planned.plan, &known, &sounds);
            Rehearsed { report: report.import, wordpress: Some(report.wordpress), changes, show }
        }
    })
}

/// What whoever runs it decided.
#[derive(Clone, Debug, Default)]
pub struct RunChoice {
    /// The digest of the bytes they saw.
    pub digest: String,
    /// Bring sound and pictures home.
    pub download: bool,
    /// They vouch that a locked feed is theirs, or proved it.
    pub owner: bool,
}

/// Imports exactly what was rehearsed, once.
///
/// # Errors
/// `rehearsal-changed` when the bytes are others, `rehearsal-done` and `rehearsal-over`, and the import's own refusals.
pub async fn run(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    source: &Source,
    choice: &RunChoice,
    feed_base: &str,
) -> Result<Rehearsal, Failure> {
    let row = get(tx, &ctx.actor, id).await?;
    if row.digest != choice.digest {
        return Err(Refusal::new(Kind::Conflict, "rehearsal-changed").into());
    }
    if row.ran_at.is_some() {
        return Err(Refusal::new(Kind::Conflict, "rehearsal-done").into());
    }
    if row.expires_at <= ctx.now || !store::claim_rehearsal(tx, id, ctx.now).await? {
        return Err(Refusal::new(Kind::Conflict, "rehearsal-over").into());
    }
    let options = ImportOptions { download: choice.download, owner_vouches: choice.owner, ..options(tx, &row).await? };
    let (guid, kind) = match source {
        Source::Feed(feed) => (feed_guid(feed, options.source_url.as_deref()), SourceFrom::Feed),
        Source::Wxr(wxr) => (site_guid(wxr), SourceFrom::Wxr),
    };
    debug_assert!(kind == row.kind);
    let before = target(tx, &options, &guid).await?;
    let (show, report) = match source {
        Source::Feed(feed) => {
            let (show, report) = import_feed(tx, ctx, feed, &options, feed_base).await?;
            (show, serde_json::to_string(&report))
        }
        Source::Wxr(wxr) => {
            let (show, report) = import_wxr(tx, ctx, wxr, &options).await?;
            (show, serde_json::to_string(&report))
        }
    };
    let show = show.ok_or_else(Refusal::not_found)?;
    let report = report.map_err(Failure::broken)?;
    store::finish_rehearsal(tx, id, show.id, before.is_none(), &report).await?;
    Ok(store::rehearsal_by_id(tx, id).await?.ok_or_else(Refusal::not_found)?)
}

/// Whether an import can be undone, by what is stored: it only made rows, and nobody touched them since.
///
/// # Errors
/// The database's failure.
pub async fn can_undo(tx: &mut Tx, row: &Rehearsal) -> Result<bool, Failure> {
    let (Some(ran), Some(show), None) = (row.ran_at, row.show, row.undone_at) else { return Ok(false) };
    let report: serde_json::Value = serde_json::from_str(row.report.as_deref().unwrap_or("{}")).unwrap_or_default();
    let number = |name: &str| report[name].as_i64().unwrap_or(-1);
    let (made, untouched, all) = store::made_at(tx, show, ran).await?;
    let alone = !row.made_show || all == made;
    let pages_as_left = store::imported_pages(tx, show).await?.iter().all(|(_, same)| *same);
    let Some(found) = store::show_by_id(tx, show).await? else { return Ok(false) };
    let show_as_left = !row.made_show || found.updated_at == ran;
    let something = made > 0 || row.made_show;
    Ok(number("would_update") == 0
        && number("would_create") == made
        && made == untouched
        && alone
        && pages_as_left
        && show_as_left
        && something)
}

/// The episodes an import made, for others who keep something about them. Empty when it was not run or was undone.
///
/// # Errors
/// As [`get`].
pub async fn episodes_made(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Vec<i64>, Failure> {
    let row = get(tx, &ctx.actor, id).await?;
    let (Some(ran), Some(show), None) = (row.ran_at, row.show, row.undone_at) else { return Ok(Vec::new()) };
    Ok(store::tasks_made_at(tx, show, ran).await?.into_iter().map(|(episode, _, _)| episode).collect())
}

/// Takes back what an import made: its episodes with all it wrote about them, and the show if it made it. Pages it made
/// become drafts, because their history is kept; GUIDs stay, so that they are never used for something else.
///
/// # Errors
/// `undo-too-late` when something was changed since, or the import itself changed something.
pub async fn undo(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    let row = get(tx, &ctx.actor, id).await?;
    let too_late = || Failure::from(Refusal::new(Kind::Conflict, "undo-too-late"));
    if !can_undo(tx, &row).await? {
        return Err(too_late());
    }
    let (Some(ran), Some(show)) = (row.ran_at, row.show) else { return Err(too_late()) };
    if !store::mark_undone(tx, id, ctx.now).await? {
        return Err(too_late());
    }
    for (episode, at, urls) in store::tasks_made_at(tx, show, ran).await? {
        if let Some(at) = at.filter(|at| *at > ran) {
            jobs::cancel(tx, row.org, PUBLISHED_HANDLER, &format!("{episode}:{}", at.micros())).await?;
        }
        for url in urls {
            for handler in [FETCH_HANDLER, PICTURE_HANDLER] {
                jobs::cancel(tx, row.org, handler, &fetch_key(episode, &url)).await?;
            }
        }
    }
    for (episode, at, version) in store::scheduled_made_at(tx, show, ran).await? {
        super::moves::call_off(tx, row.org, episode, at, version).await?;
    }
    match remove(tx, ctx, &row, show, ran).await {
        // Something this slice's import knows nothing of hangs on one of the episodes: then it was worked on.
        Err(Failure::Db(DbError::Constraint(_))) => Err(too_late()),
        other => other,
    }
}

async fn remove(tx: &mut Tx, ctx: &Ctx, row: &Rehearsal, show: i64, ran: At) -> Result<(), Failure> {
    if row.made_show {
        for (page, _) in store::imported_pages(tx, show).await? {
            let (found, _) = pages::get(tx, &ctx.actor, page).await?;
            let draft = PageDraft { slug: String::new(), kind: found.kind, public: false, texts: found.texts };
            pages::edit(tx, ctx, page, found.version, None, draft).await?;
        }
    }
    super::index::forget_made_at(tx, show, ran).await?;
    store::delete_made_at(tx, show, ran).await?;
    if row.made_show {
        store::remove_show(tx, show, &format!("removed-{show}"), ctx.now).await?;
    } else {
        store::stamp_show(tx, show, ctx.now).await?;
    }
    Ok(changed(tx, show).await?)
}

/// Forgets a rehearsal that was not run.
///
/// # Errors
/// As [`get`]; `rehearsal-done` when it was run.
pub async fn forget(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    let row = get(tx, &ctx.actor, id).await?;
    if row.ran_at.is_some() {
        return Err(Refusal::new(Kind::Conflict, "rehearsal-done").into());
    }
    Ok(store::delete_rehearsal(tx, id).await?)
}

/// Deletes what ran out: rehearsals nobody ran, private parts of kept comments. Gives how many rows went.
///
/// # Errors
/// The database's failure.
pub async fn sweep(tx: &mut Tx, now: At) -> Result<u64, Failure> {
    Ok(store::sweep_rehearsals(tx, now).await? + store::sweep_private(tx, now).await?)
}

/// Whether the bytes of a rehearsal are still needed.
///
/// # Errors
/// The database's failure.
pub async fn waits(tx: &mut Tx, id: i64) -> Result<bool, Failure> {
    Ok(store::waits(tx, id).await?)
}
