//! Importing a WordPress export: all or nothing, twice is once. Posts become episodes, pages pages, terms, files and
//! comments are kept. A dry run reads and reports, and writes nothing. Nothing private is shown or logged here.

use std::collections::{HashMap, HashSet};

use db::{Failure, Tx};
use kernel::{At, Ctx, Refusal, line, sha256_hex};
use serde::Serialize;

use super::import::{
    Batch, ImportOptions, ImportReport, ask_for_sound, frozen_problem, hold_frozen, new_show, target, write_items,
};
use crate::feed::podcast_guid;
use crate::jobs::{PICTURE_HANDLER, PictureTask};
use crate::model::{PageKind, PageText, Show};
use crate::reader::Feed;
use crate::rules::import::{Plan, Step, plan_items};
use crate::rules::pages::PageDraft;
use crate::rules::slug;
use crate::rules::wxr::{Posts, WxrCounts, comment_digest, fresh_comments, posts, site_key};
use crate::service::{changed, must_edit, pages};
use crate::store::{self, AttachmentRow, CommentRow, Kept, TermRow};
use crate::text;
use crate::wxr::{Wxr, WxrItem, WxrKind, WxrStatus, comment_html, to_html};

/// How long private parts of comments are kept, in seconds: a year, for handing threads over and for requests.
pub const PRIVATE_SECONDS: i64 = 365 * 86_400;

/// What an import of an export did, or would do: the contract's shape, and what the export holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WxrReport {
    /// As for a feed.
    #[serde(flatten)]
    pub import: ImportReport,
    /// What the export holds, by states.
    pub wordpress: WxrCounts,
}

/// The posts of an export with their plan, against what is known of the show.
pub struct Planned {
    /// The posts.
    pub posts: Posts,
    /// What to do with each.
    pub plan: Plan,
    /// The export as a feed: show and items.
    pub feed: Feed,
    /// The items whose episodes a decision keeps as they are.
    pub held: Vec<usize>,
}

impl Planned {
    /// Plans an export.
    #[must_use]
    pub fn of(wxr: &Wxr, known: &[crate::model::Known]) -> Self {
        let mut posts = posts(wxr);
        let plan = plan_items(&posts.items, std::mem::take(&mut posts.digests), known);
        let feed = Feed {
            title: wxr.title.clone(),
            link: wxr.link.clone().or_else(|| wxr.base_url.clone()),
            description: wxr.description.clone(),
            language: wxr.language.clone(),
            items: std::mem::take(&mut posts.items),
            problems: std::mem::take(&mut posts.problems),
            ..Feed::default()
        };
        Self { posts, plan, feed, held: Vec::new() }
    }

    /// The plan that leaves alone what a decision keeps as it is.
    pub(super) async fn hold(mut self, tx: &mut Tx, now: At) -> Result<Self, Failure> {
        (self.plan, self.held) = hold_frozen(tx, self.plan, now).await?;
        Ok(self)
    }

    /// The report.
    #[must_use]
    pub fn report(&self) -> WxrReport {
        let mut import = ImportReport::of(&self.feed, &self.plan);
        import.problems.extend(self.held.iter().map(|at| frozen_problem(self.posts.places[*at])));
        WxrReport { import, wordpress: self.posts.counts.clone() }
    }
}

/// The podcast GUID a site's show gets: made from the site's address.
pub(super) fn site_guid(wxr: &Wxr) -> String {
    podcast_guid(wxr.base_url.as_deref().unwrap_or(&wxr.title))
}

/// Imports an export, or reports what that would do.
///
/// # Errors
/// Refused for non-editors and for a slug of another organisation.
pub async fn import_wxr(
    tx: &mut Tx,
    ctx: &Ctx,
    wxr: &Wxr,
    options: &ImportOptions,
) -> Result<(Option<Show>, WxrReport), Failure> {
    must_edit(&ctx.actor, options.org)?;
    let guid = site_guid(wxr);
    let existing = target(tx, options, &guid).await?;
    let known = match &existing {
        Some(show) => store::known(tx, show.id).await?,
        None => Vec::new(),
    };
    let mut planned = Planned::of(wxr, &known).hold(tx, ctx.now).await?;
    if let Some(show) = &existing {
        let states = store::states(tx, show.id).await?;
        state_differences(&mut planned, &states);
    }
    let mut report = planned.report();
    if options.dry_run {
        return Ok((existing, report));
    }
    let show = match existing {
        Some(show) => show,
        None => {
            let digest = sha256_hex(guid.as_bytes());
            new_show(tx, ctx, &planned.feed, options, guid, &digest).await?
        }
    };
    let work = Work { wxr, show: &show, site: site_key(wxr) };
    let edited = work.write(tx, ctx, &mut planned, options).await?;
    report.import.problems.extend(edited);
    Ok((Some(show), report))
}

/// A post that is published there and a draft here, or the other way round, keeps its state here and is told.
fn state_differences(planned: &mut Planned, states: &HashMap<i64, String>) {
    for (at, step) in planned.plan.steps.iter().enumerate() {
        let Step::Update(id) = step else { continue };
        let here = states.get(id).map_or("", String::as_str);
        let there = planned.posts.states[at].code();
        if here != there {
            let item = Some(planned.posts.places[at]);
            let text = format!("The post is {there} in the export and {here} here; it stays {here}.");
            planned.feed.problems.push(crate::reader::Problem { code: "state_differs", item, text });
        }
    }
}

struct Work<'a> {
    wxr: &'a Wxr,
    show: &'a Show,
    site: String,
}

impl Work<'_> {
    async fn write(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        planned: &mut Planned,
        options: &ImportOptions,
    ) -> Result<Vec<super::ReportedProblem>, Failure> {
        let states = std::mem::take(&mut planned.posts.states);
        let slugs = std::mem::take(&mut planned.posts.slugs);
        let batch = Batch { items: &planned.feed.items, states, slugs, plan: &planned.plan };
        let written = write_items(tx, ctx, &batch, self.show).await?;
        let mut wrote = written.wrote;
        let episodes: HashMap<usize, i64> =
            planned.posts.places.iter().copied().zip(written.episodes.iter().copied()).collect();
        let renamed = self.terms(tx, ctx, planned, &written.episodes).await?;
        // A term that has another name now is on episodes that were not written.
        super::index::index(tx, if renamed { &written.episodes } else { &written.touched }).await?;
        wrote |= renamed;
        wrote |= self.attachments(tx, ctx, &episodes).await?;
        wrote |= self.comments(tx, ctx, &episodes).await?;
        let (changed_pages, edited) = self.pages(tx, ctx).await?;
        if options.download {
            ask_for_sound(tx, ctx, self.show).await?;
            ask_for_pictures(tx, ctx, self.show, planned, &written.episodes).await?;
        }
        if wrote || changed_pages {
            store::stamp_show(tx, self.show.id, ctx.now).await?;
            changed(tx, self.show.id).await?;
        }
        Ok(edited)
    }

    fn key(&self, id: &str) -> String {
        format!("{}:{id}", self.site)
    }

    async fn terms(&self, tx: &mut Tx, ctx: &Ctx, planned: &Planned, episodes: &[i64]) -> Result<bool, Failure> {
        let mut known = store::terms_of_show(tx, self.show.id).await?;
        let mut new = Vec::new();
        let mut wrote = false;
        for term in &self.wxr.terms {
            let key = (term.taxonomy.clone(), term.slug.clone());
            let mut row = TermRow {
                id: 0,
                label: term.name.clone(),
                parent: term.parent.clone(),
                about: term.description.clone(),
            };
            match known.get(&key) {
                Some(old) => {
                    row.id = old.id;
                    if *old != row {
                        store::update_term(tx, &row).await?;
                        wrote = true;
                    }
                }
                None => {
                    row.id = ctx.ids.next();
                    new.push((key.0.clone(), key.1.clone(), row.clone()));
                    known.insert(key, row);
                }
            }
        }
        store::insert_terms(tx, self.show.org, self.show.id, &new).await?;
        let mut pairs = Vec::new();
        for ((place, step), episode) in planned.posts.places.iter().zip(&planned.plan.steps).zip(episodes) {
            if matches!(step, Step::Keep(_)) {
                continue;
            }
            let ids = self.wxr.items[*place].terms.iter().filter_map(|key| known.get(key)).map(|t| t.id).collect();
            pairs.push((*episode, ids));
        }
        store::replace_episode_terms(tx, &pairs).await?;
        Ok(wrote || !new.is_empty())
    }

    async fn attachments(&self, tx: &mut Tx, ctx: &Ctx, episodes: &HashMap<usize, i64>) -> Result<bool, Failure> {
        let known = store::digests(tx, Kept::Attachments, self.show.id).await?;
        let by_number: HashMap<i64, i64> =
            self.wxr.items.iter().filter_map(|item| Some((item.wp_id?, *episodes.get(&item.index)?))).collect();
        let (mut new, mut seen, mut wrote) = (Vec::new(), HashSet::new(), false);
        for item in &self.wxr.items {
            let Some(row) = self.attachment(item, &by_number) else { continue };
            if !seen.insert(row.key.clone()) {
                continue;
            }
            match known.get(&row.key) {
                Some((_, digest)) if *digest == row.digest => {}
                Some((id, _)) => {
                    store::update_attachment(tx, &AttachmentRow { id: *id, ..row }).await?;
                    wrote = true;
                }
                None => new.push(AttachmentRow { id: ctx.ids.next(), ..row }),
            }
        }
        store::insert_attachments(tx, self.show.org, self.show.id, &new).await?;
        Ok(wrote || !new.is_empty())
    }

    fn attachment(&self, item: &WxrItem, by_number: &HashMap<i64, i64>) -> Option<AttachmentRow> {
        let file = item.attachment.as_ref().filter(|_| item.status != WxrStatus::Trash)?;
        let key = item.wp_id.map_or_else(|| sha256_hex(file.url.as_bytes())[..16].to_owned(), |id| id.to_string());
        let fields = (&file.url, &item.title, &file.mime, &file.alt, item.parent);
        Some(AttachmentRow {
            id: 0,
            key: self.key(&key),
            digest: sha256_hex(format!("{fields:?}").as_bytes()),
            episode: item.parent.and_then(|parent| by_number.get(&parent).copied()),
            url: file.url.clone(),
            title: line(&item.title),
            mime: file.mime.clone(),
            alt: file.alt.clone(),
        })
    }

    async fn comments(&self, tx: &mut Tx, ctx: &Ctx, episodes: &HashMap<usize, i64>) -> Result<bool, Failure> {
        let known = store::digests(tx, Kept::Comments, self.show.id).await?;
        let (mut new, mut seen, mut wrote) = (Vec::new(), HashSet::new(), false);
        for item in &self.wxr.items {
            let Some(episode) = episodes.get(&item.index) else { continue };
            for comment in fresh_comments(item, &mut seen) {
                let (key, digest) = (self.key(&comment.key), comment_digest(comment));
                let old = known.get(&key);
                if old.is_some_and(|(_, same)| *same == digest) {
                    continue;
                }
                let row = CommentRow {
                    id: old.map_or_else(|| ctx.ids.next(), |(id, _)| *id),
                    episode: *episode,
                    key,
                    parent: comment.parent.as_deref().map(|parent| self.key(parent)),
                    digest,
                    kind: comment.kind.code(),
                    state: comment.state.code(),
                    author: comment.author.clone(),
                    author_url: comment.author_url.clone(),
                    body_html: text::sanitise_html(&comment_html(&comment.content)),
                    at: comment.at.map(At::from_micros),
                    email: comment.email.clone(),
                    ip: comment.ip.clone(),
                    user_agent: comment.user_agent.clone(),
                };
                if old.is_some() {
                    wrote |= store::update_comment(tx, &row).await?;
                } else {
                    new.push(row);
                }
            }
        }
        let expires = ctx.now.plus_seconds(PRIVATE_SECONDS);
        store::insert_comments(tx, self.show.org, self.show.id, &new, expires).await?;
        Ok(wrote || !new.is_empty())
    }

    /// Pages by the use cases of pages. One that was edited here is left as it is, and told.
    async fn pages(&self, tx: &mut Tx, ctx: &Ctx) -> Result<(bool, Vec<super::ReportedProblem>), Failure> {
        let known = store::digests(tx, Kept::Pages, self.show.id).await?;
        let (mut told, mut wrote) = (Vec::new(), false);
        for item in self.wxr.items.iter().filter(|i| i.kind == WxrKind::Page && i.status != WxrStatus::Trash) {
            let number = item.wp_id.map_or_else(|| item.index.to_string(), |id| id.to_string());
            let key = self.key(&number);
            let Some((draft, digest)) = self.page(item) else { continue };
            match known.get(&key) {
                Some((_, same)) if *same == digest => {}
                Some((id, _)) => {
                    let (page, _) = pages::get(tx, &ctx.actor, *id).await?;
                    if store::imported_page_version(tx, self.show.id, &key).await? != Some(page.version) {
                        let text = "The page changed in the export and was edited here; it stays as it is here.";
                        told.push(problem("page_edited_here", item.index, text));
                        continue;
                    }
                    let draft = PageDraft { slug: String::new(), ..draft };
                    let saved = pages::edit(tx, ctx, *id, page.version, page.show, draft).await?;
                    store::put_imported_page(tx, self.show.id, &key, *id, &digest, saved.version).await?;
                    wrote = true;
                }
                None => {
                    let saved = self.new_page(tx, ctx, draft).await?;
                    store::put_imported_page(tx, self.show.id, &key, saved.id, &digest, saved.version).await?;
                    wrote = true;
                }
            }
        }
        Ok((wrote, told))
    }

    fn page(&self, item: &WxrItem) -> Option<(PageDraft, String)> {
        let body = text::sanitise_html(&to_html(&item.content).html);
        let body = text::cut_bytes(&body, 90_000).to_owned();
        let title: String = line(&item.title).chars().take(200).collect();
        let title = if title.is_empty() { self.wxr.title.clone() } else { title };
        let public = item.status == WxrStatus::Publish && !item.guarded;
        let digest = sha256_hex(format!("{title:?} {body:?} {public}").as_bytes());
        let lang = if self.show.language == "und" { "en".to_owned() } else { self.show.language.clone() };
        let text = PageText { title, body_md: None, body_html: text::sanitise_html(&body) };
        let wished = if slug::is_valid(&item.slug) { item.slug.clone() } else { String::new() };
        Some((PageDraft { slug: wished, kind: PageKind::Page, public, texts: [(lang, text)].into() }, digest))
    }

    /// Page slugs are the server's: a taken one is numbered.
    async fn new_page(&self, tx: &mut Tx, ctx: &Ctx, draft: PageDraft) -> Result<crate::model::SitePage, Failure> {
        let title = draft.texts.values().next().map(|t| t.title.clone()).unwrap_or_default();
        let base = if draft.slug.is_empty() { slug::from_title(&title, "page") } else { draft.slug.clone() };
        let mut chosen = base.clone();
        for round in 2..10_000 {
            if !store::page_slug_taken(tx, &chosen, 0).await? {
                break;
            }
            chosen = format!("{base}-{round}");
        }
        let draft = PageDraft { slug: chosen, ..draft };
        pages::create(tx, ctx, self.show.org, Some(self.show.id), draft).await
    }
}

fn problem(code: &str, item: usize, text: &str) -> super::ReportedProblem {
    super::ReportedProblem { code: code.to_owned(), item: Some(item), text: text.to_owned() }
}

/// Asks for the pictures of episodes to be brought home.
async fn ask_for_pictures(
    tx: &mut Tx,
    ctx: &Ctx,
    show: &Show,
    planned: &Planned,
    episodes: &[i64],
) -> Result<(), Failure> {
    let items = planned.feed.items.iter().zip(episodes).enumerate();
    for (_, (item, episode)) in items.filter(|(at, _)| !planned.held.contains(at)) {
        let Some(url) = item.image_url.clone() else { continue };
        let key = super::import::fetch_key(*episode, &url);
        let task = PictureTask { episode: *episode, url };
        let body = serde_json::to_string(&task).map_err(Failure::broken)?;
        if !jobs::enqueue(tx, show.org, PICTURE_HANDLER, &key, &body, ctx.now).await? {
            jobs::revive(tx, PICTURE_HANDLER, &key, ctx.now).await?;
        }
    }
    Ok(())
}

/// Kept comments of a show by state, for its editors.
///
/// # Errors
/// Not found outside the organisation.
pub async fn kept_comments(
    tx: &mut Tx,
    ctx: &Ctx,
    show: i64,
) -> Result<std::collections::BTreeMap<String, i64>, Failure> {
    let found = store::show_by_id(tx, show).await?.filter(|s| ctx.actor.may_read(s.org));
    let show = found.ok_or_else(Refusal::not_found)?;
    Ok(store::comment_counts(tx, show.id).await?)
}

/// Everything kept of a commenter by address. For the operator, who answers the person's request.
///
/// # Errors
/// Forbidden for everybody but the system.
pub async fn kept_of(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<Vec<store::KeptData>, Failure> {
    only_system(ctx)?;
    Ok(store::kept_by_email(tx, &email.trim().to_lowercase()).await?)
}

/// Erases everything kept of a commenter by address; gives how many comments were emptied.
///
/// # Errors
/// Forbidden for everybody but the system.
pub async fn erase_kept(tx: &mut Tx, ctx: &Ctx, email: &str) -> Result<u64, Failure> {
    only_system(ctx)?;
    Ok(store::erase_by_email(tx, &email.trim().to_lowercase()).await?)
}

fn only_system(ctx: &Ctx) -> Result<(), Refusal> {
    if matches!(ctx.actor, kernel::Actor::System(_)) { Ok(()) } else { Err(Refusal::forbidden()) }
}

/// How many private parts are kept, how many of them run out before an instant, and when the first does.
///
/// # Errors
/// The database's failure.
pub async fn private_clock(tx: &mut Tx, before: At) -> Result<(i64, i64, Option<At>), Failure> {
    Ok(store::private_clock(tx, before).await?)
}
