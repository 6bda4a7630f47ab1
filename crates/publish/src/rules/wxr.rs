//! What an import of a WordPress export would do: which posts become episodes and in which state, what of their texts
//! stays behind, the digests that tell a change. Pure: an export goes in, items a plan can be made from come out.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{At, sha256_hex};
use serde::Serialize;

use crate::model::{State, UNDATED};
use crate::reader::{IdentityInput, Item, Problem, identities};
use crate::wxr::{CommentKind, Wxr, WxrComment, WxrItem, WxrKind, WxrStatus, to_html};

/// The posts of an export as items, with everything a plan and its writing need. One entry per item in each list.
#[derive(Clone, Debug, Default)]
pub struct Posts {
    /// As a feed would have them.
    pub items: Vec<Item>,
    /// Where each stands in the export.
    pub places: Vec<usize>,
    /// The state each gets when it is new.
    pub states: Vec<State>,
    /// The name in addresses each had.
    pub slugs: Vec<String>,
    /// Digests of everything stored.
    pub digests: Vec<String>,
    /// The export's problems and those found here.
    pub problems: Vec<Problem>,
    /// Counts for the report.
    pub counts: WxrCounts,
}

/// What an export holds, by states. The names are WordPress's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WxrCounts {
    /// The version it says.
    pub version: Option<String>,
    /// Posts by state.
    pub posts: BTreeMap<&'static str, usize>,
    /// Pages by state.
    pub pages: BTreeMap<&'static str, usize>,
    /// Files of the media library.
    pub attachments: usize,
    /// Terms by taxonomy.
    pub terms: BTreeMap<String, usize>,
    /// Comments of posts by state.
    pub comments: BTreeMap<&'static str, usize>,
    /// Pingbacks and trackbacks among them.
    pub pings: usize,
    /// What is left out: posts and pages in the bin, menus and the like, comments of what is left out.
    pub left_out: BTreeMap<&'static str, usize>,
    /// Authors it lists; none becomes an account.
    pub authors: usize,
}

/// The state a new episode gets; nothing when the post is left out.
#[must_use]
pub fn state_of(item: &WxrItem) -> Option<State> {
    let at = item.published.map(At::from_micros);
    match item.status {
        WxrStatus::Trash => None,
        // What a password guards there must not be public here.
        _ if item.guarded => Some(State::Draft),
        WxrStatus::Publish => Some(State::Scheduled(at.unwrap_or(UNDATED))),
        WxrStatus::Future => Some(at.map_or(State::Draft, State::Scheduled)),
        WxrStatus::Draft | WxrStatus::Pending | WxrStatus::Private | WxrStatus::Inherit => Some(State::Draft),
    }
}

/// A short name of the site, so that the numbers of two sites never meet in one show.
#[must_use]
pub fn site_key(wxr: &Wxr) -> String {
    let site = wxr.base_url.as_deref().unwrap_or(&wxr.title).trim_end_matches('/');
    let bare = site.trim_start_matches("https://").trim_start_matches("http://").to_lowercase();
    sha256_hex(bare.as_bytes())[..8].to_owned()
}

/// A digest of what an import stores of a comment. Nothing private is in it: digests outlive private rows.
#[must_use]
pub fn comment_digest(c: &WxrComment) -> String {
    let fields = (&c.parent, &c.author, &c.author_url, &c.content, c.at, c.state.code(), c.kind.code());
    sha256_hex(format!("{fields:?}").as_bytes())
}

/// Makes items of the posts.
#[must_use]
pub fn posts(wxr: &Wxr) -> Posts {
    let mut out = Posts { problems: wxr.problems.clone(), counts: counts(wxr), ..Posts::default() };
    let pictures = pictures(wxr);
    for source in wxr.items.iter().filter(|i| i.kind == WxrKind::Post) {
        let Some(state) = state_of(source) else {
            out.report("left_out_trash", source.index, "The post is in the bin and is left out.".to_owned());
            continue;
        };
        out.warn(source);
        out.add(wxr, source, state, &pictures);
    }
    let inputs: Vec<IdentityInput<'_>> = out
        .items
        .iter()
        .map(|item| IdentityInput {
            guid: item.guid.as_deref(),
            enclosure: item.enclosure.as_ref().map(|e| e.url.as_str()),
            link: item.link.as_deref(),
            title: &item.title,
            published: item.published,
            description: &item.description_html,
        })
        .collect();
    let found = identities(&inputs);
    for (item, identity) in out.items.iter_mut().zip(found) {
        if item.guid.as_deref().is_some_and(|guid| guid != identity) {
            let text = "Another post has the same identity; this one is told apart by its date.".to_owned();
            out.problems.push(Problem { code: "repeated_identity", item: Some(item.index), text });
        }
        item.identity = identity;
    }
    out.problems.sort_by_key(|p| p.item.map_or(0, |at| at.saturating_add(1)));
    out
}

/// Addresses of pictures of the media library by number.
fn pictures(wxr: &Wxr) -> HashMap<i64, &str> {
    let mut found = HashMap::new();
    for item in &wxr.items {
        if let (Some(id), Some(file)) = (item.wp_id, &item.attachment)
            && file.mime.starts_with("image/")
        {
            found.insert(id, file.url.as_str());
        }
    }
    found
}

impl Posts {
    fn report(&mut self, code: &'static str, item: usize, text: String) {
        if self.problems.len() < 2_000 {
            self.problems.push(Problem { code, item: Some(item), text });
        }
    }

    fn warn(&mut self, source: &WxrItem) {
        let say = match source.status {
            _ if source.guarded => Some(("guarded", "A password guards the post; it becomes a draft.")),
            WxrStatus::Private => Some(("private", "The post is private; it becomes a draft.")),
            WxrStatus::Future if source.published.is_none() => {
                Some(("future_undated", "The post waits for a date it does not name; it becomes a draft."))
            }
            _ => None,
        };
        if let Some((code, text)) = say {
            self.report(code, source.index, text.to_owned());
        }
    }

    fn add(&mut self, wxr: &Wxr, source: &WxrItem, state: State, pictures: &HashMap<i64, &str>) {
        let converted = to_html(&source.content);
        if !converted.dropped.is_empty() {
            let names = converted.dropped.join(", ");
            self.report("shortcode_dropped", source.index, format!("What these show stays behind: {names}."));
        }
        if converted.pictures > 0 {
            let text = format!("{} pictures in the text stay behind; their descriptions stay.", converted.pictures);
            self.report("pictures_left", source.index, text);
        }
        let enclosure = source.enclosure.clone().or_else(|| {
            let url = converted.sound.clone()?;
            Some(crate::reader::Enclosure { url, length: None, mime: "audio/mpeg".to_owned() })
        });
        let picture = source.thumbnail.and_then(|id| pictures.get(&id).map(|url| (*url).to_owned()));
        let guid = source.guid.clone().or_else(|| {
            let base = wxr.base_url.as_deref().unwrap_or("wordpress:").trim_end_matches('/').to_owned();
            source.wp_id.map(|id| format!("{base}/?p={id}"))
        });
        let item = Item {
            index: source.index,
            guid_is_permalink: source.guid_is_permalink,
            guid,
            title: source.title.clone(),
            link: source.link.clone(),
            description_html: converted.html,
            summary: Some(source.excerpt.clone()).filter(|e| !e.trim().is_empty()),
            published: source.published,
            enclosure,
            duration_s: source.duration_s,
            image_url: source.picture.clone().or(picture),
            explicit: source.explicit,
            season: source.season,
            episode: source.episode,
            episode_type: source.episode_type,
            author: source.author.clone(),
            ..Item::default()
        };
        let text = format!("{} {:?} {:?}", crate::rules::import::digest(&item), source.terms, state);
        self.digests.push(sha256_hex(text.as_bytes()));
        self.items.push(item);
        self.places.push(source.index);
        self.states.push(state);
        self.slugs.push(source.slug.clone());
    }
}

fn counts(wxr: &Wxr) -> WxrCounts {
    let mut out = WxrCounts { version: wxr.version.clone(), authors: wxr.authors, ..WxrCounts::default() };
    for item in &wxr.items {
        let kept = item.status != WxrStatus::Trash;
        match item.kind {
            WxrKind::Post => *out.posts.entry(item.status.code()).or_default() += 1,
            WxrKind::Page => *out.pages.entry(item.status.code()).or_default() += 1,
            WxrKind::Attachment => out.attachments += usize::from(item.attachment.is_some()),
            WxrKind::Other => *out.left_out.entry("other").or_default() += 1,
        }
        if !kept && matches!(item.kind, WxrKind::Post | WxrKind::Page) {
            *out.left_out.entry("trash").or_default() += 1;
        }
        for comment in &item.comments {
            if kept {
                *out.comments.entry(comment.state.code()).or_default() += 1;
                out.pings += usize::from(comment.kind != CommentKind::Comment);
            } else {
                *out.left_out.entry("comments").or_default() += 1;
            }
        }
    }
    for term in &wxr.terms {
        *out.terms.entry(term.taxonomy.clone()).or_default() += 1;
    }
    out
}

/// The comments of one item, those left out whose key another item's comment has already.
pub fn fresh_comments<'a>(item: &'a WxrItem, seen: &mut HashSet<String>) -> impl Iterator<Item = &'a WxrComment> {
    item.comments.iter().filter(|c| seen.insert(c.key.clone())).collect::<Vec<_>>().into_iter()
}
