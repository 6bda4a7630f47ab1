//! Turns the raw fields of an export into a [`Wxr`]: states, dates, addresses, terms, comments. What is changed or
//! dropped here is reported. E-mail addresses of authors are never kept; those of commenters stay in private fields.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{line, sha256_hex};

use super::build::{Draft, Fields, RawItem, RawTerm};
use super::model::{
    CommentKind, CommentState, Wxr, WxrAttachment, WxrComment, WxrError, WxrItem, WxrKind, WxrStatus, WxrTerm,
};
use super::sound::{self, http};
use crate::reader::problems::{Problems, excerpt};
use crate::reader::text::{language, name_without_address, plain_title, yes_no};
use crate::reader::{EpisodeType, parse_date};

/// The versions this reader was made for.
const VERSIONS: &[&str] = &["1.0", "1.1", "1.2"];

/// Interprets a draft.
pub(super) fn finish(draft: Draft, mut problems: Problems) -> Result<Wxr, WxrError> {
    let channel = &draft.channel;
    if !draft.has_wp {
        return Err(WxrError::NotWxr("it holds nothing of WordPress".to_owned()));
    }
    let version = Some(channel.get("wxr_version").to_owned()).filter(|v| !v.is_empty());
    match version.as_deref() {
        None => problems.add("version_missing", None, "The export does not say its version; it was read as 1.2."),
        Some(v) if !VERSIONS.contains(&v) => {
            problems.add(
                "version_unknown",
                None,
                format!("The version {} is not known; it was read as 1.2.", excerpt(v)),
            );
        }
        Some(_) => {}
    }
    let link = http(channel.get("link"), None);
    let of = |name: &str| http(channel.get(name), None);
    let base_url = of("base_blog_url").or_else(|| of("base_site_url")).or_else(|| link.clone());
    let mut title = plain_title(channel.get("title")).0;
    if title.is_empty() {
        let host = base_url.as_deref().and_then(|u| url::Url::parse(u).ok()?.host_str().map(str::to_owned));
        problems.add("site_untitled", None, "The export does not name its site.");
        title = host.unwrap_or_else(|| "WordPress".to_owned());
    }
    let raw_language = channel.get("language");
    let tag = language(raw_language);
    if tag.is_none() && !raw_language.is_empty() {
        problems.add("language_bad", None, format!("The language {} is not a language tag.", excerpt(raw_language)));
    }
    let names = names(&draft.authors);
    let mut terms = Terms::default();
    for raw in &draft.terms {
        terms.declare(raw);
    }
    let base = base_url.clone();
    let mut items = Vec::with_capacity(draft.items.len());
    for (index, raw) in draft.items.into_iter().enumerate() {
        let mut reader = ItemReader { index, raw, base: base.as_deref(), names: &names, problems: &mut problems };
        items.push(reader.item(&mut terms));
    }
    if items.is_empty() {
        problems.add("no_items", None, "The export has no items.");
    }
    Ok(Wxr {
        title,
        link,
        base_url,
        description: plain_title(channel.get("description")).0,
        language: tag,
        version,
        authors: draft.authors.len(),
        terms: terms.into_list(),
        items,
        problems: problems.into_list(),
    })
}

/// Display names by login.
fn names(authors: &[Fields]) -> HashMap<String, String> {
    let mut names = HashMap::new();
    for author in authors {
        let name = line(author.get("author_display_name"));
        if let Some(name) = name_without_address(&name) {
            names.entry(author.get("author_login").to_owned()).or_insert(name);
        }
    }
    names
}

/// Terms by taxonomy and slug; what items name without a declaration is added.
#[derive(Default)]
struct Terms(BTreeMap<(String, String), WxrTerm>);

impl Terms {
    fn declare(&mut self, raw: &RawTerm) {
        let f = &raw.fields;
        let (taxonomy, slug, name, parent, about) = match raw.element {
            "category" => {
                ("category", "category_nicename", "cat_name", f.get("category_parent"), "category_description")
            }
            "tag" => ("post_tag", "tag_slug", "tag_name", "", "tag_description"),
            _ => (f.get("term_taxonomy"), "term_slug", "term_name", f.get("term_parent"), "term_description"),
        };
        self.add(taxonomy, f.get(slug), f.get(name), parent, f.get(about));
    }

    /// Gives the key of a term, or nothing when it has no name.
    fn add(&mut self, taxonomy: &str, slug: &str, name: &str, parent: &str, about: &str) -> Option<(String, String)> {
        let short = |text: &str, most: usize| line(text).chars().take(most).collect::<String>();
        let (taxonomy, name) = (short(taxonomy, 40), short(&plain_title(name).0, 200));
        let taxonomy = if taxonomy.is_empty() { "category".to_owned() } else { taxonomy };
        let slug = Some(short(slug, 200)).filter(|s| !s.is_empty()).unwrap_or_else(|| kernel::fold(&name));
        if slug.is_empty() {
            return None;
        }
        let key = (taxonomy.clone(), slug.clone());
        self.0.entry(key.clone()).or_insert_with(|| WxrTerm {
            taxonomy,
            name: if name.is_empty() { slug.clone() } else { name },
            parent: Some(short(parent, 200)).filter(|p| !p.is_empty() && *p != slug),
            description: short(&plain_title(about).0, 1000),
            slug,
        });
        Some(key)
    }

    fn into_list(self) -> Vec<WxrTerm> {
        self.0.into_values().collect()
    }
}

/// Taxonomies that say nothing to readers.
const QUIET: &[&str] = &["post_format", "nav_menu", "wp_theme", "wp_template_part_area", "link_category"];

struct ItemReader<'a> {
    index: usize,
    raw: RawItem,
    base: Option<&'a str>,
    names: &'a HashMap<String, String>,
    problems: &'a mut Problems,
}

impl ItemReader<'_> {
    fn report(&mut self, code: &'static str, text: impl Into<String>) {
        self.problems.add(code, Some(self.index), text);
    }

    fn meta(&self, name: &str) -> &str {
        self.raw.meta.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.raw.fields.get(name).parse().ok().filter(|n| *n > 0)
    }

    fn item(&mut self, terms: &mut Terms) -> WxrItem {
        let post_type = self.raw.fields.get("post_type").to_lowercase();
        let kind = self.kind(&post_type);
        let status = self.status();
        let login = self.raw.fields.get("creator").to_owned();
        let author = self.names.get(&login).cloned().or_else(|| name_without_address(&line(&login)));
        let own_guid = self.meta("ssp_original_guid").to_owned();
        let raw_guid = self.raw.fields.get("guid").to_owned();
        let (guid, permalink) =
            if own_guid.is_empty() { (raw_guid, self.raw.guid_is_permalink) } else { (own_guid, false) };
        if guid.is_empty() && kind == WxrKind::Post {
            self.report("missing_guid", "The post has no GUID; its number stands in.");
        }
        let title = plain_title(self.raw.fields.get("title")).0;
        if title.is_empty() && kind == WxrKind::Post && status != WxrStatus::Trash {
            self.report("missing_title", "The post has no title.");
        }
        let (enclosure, duration_s) =
            if kind == WxrKind::Post { sound::sound(&self.raw, self.base) } else { (None, None) };
        let whole = |text: &str| text.parse::<u32>().ok().filter(|n| *n > 0);
        let picture =
            [self.meta("cover_image"), self.meta("itunes_image")].into_iter().find_map(|u| http(u, self.base));
        let comments = self.comments(kind);
        WxrItem {
            index: self.index,
            wp_id: self.number("post_id"),
            kind,
            status,
            guarded: !self.raw.fields.get("post_password").is_empty(),
            title,
            link: http(self.raw.fields.get("link"), self.base),
            guid_is_permalink: permalink && guid.starts_with("http"),
            guid: Some(guid).filter(|g| !g.is_empty()),
            author,
            content: std::mem::take(&mut self.text_of("content")),
            excerpt: self.text_of("excerpt"),
            published: self.date(kind),
            slug: self.raw.fields.get("post_name").to_lowercase(),
            parent: self.number("post_parent"),
            terms: self.terms(terms),
            enclosure,
            duration_s,
            season: whole(self.meta("itunes_season_number")),
            episode: whole(self.meta("itunes_episode_number")),
            episode_type: match self.meta("itunes_episode_type").to_lowercase().as_str() {
                "trailer" => EpisodeType::Trailer,
                "bonus" => EpisodeType::Bonus,
                _ => EpisodeType::Full,
            },
            explicit: yes_no(self.meta("explicit")).or_else(|| (self.meta("explicit") == "on").then_some(true)),
            thumbnail: self.meta("_thumbnail_id").parse().ok().filter(|n| *n > 0),
            picture,
            attachment: (kind == WxrKind::Attachment).then(|| self.attachment()).flatten(),
            post_type,
            comments,
        }
    }

    fn text_of(&self, name: &str) -> String {
        self.raw.fields.raw(name).to_owned()
    }

    fn kind(&mut self, post_type: &str) -> WxrKind {
        match post_type {
            "post" | "podcast" | "episode" | "podcast_episode" | "powerpress_episode" => WxrKind::Post,
            "page" => WxrKind::Page,
            "attachment" => WxrKind::Attachment,
            "" => {
                self.report("type_missing", "The item does not say what it is; it was read as a post.");
                WxrKind::Post
            }
            _ => WxrKind::Other,
        }
    }

    fn status(&mut self) -> WxrStatus {
        let raw = self.raw.fields.get("status").to_owned();
        match raw.as_str() {
            "publish" => WxrStatus::Publish,
            "future" => WxrStatus::Future,
            "draft" => WxrStatus::Draft,
            "pending" => WxrStatus::Pending,
            "private" => WxrStatus::Private,
            "trash" | "auto-draft" => WxrStatus::Trash,
            "inherit" => WxrStatus::Inherit,
            "" => {
                self.report("status_missing", "The item has no state; it becomes a draft.");
                WxrStatus::Draft
            }
            _ => {
                self.report("status_unknown", format!("The state {} is not known; it becomes a draft.", excerpt(&raw)));
                WxrStatus::Draft
            }
        }
    }

    /// UTC where it stands, else the feed's date, else the site's clock read as UTC.
    fn date(&mut self, kind: WxrKind) -> Option<i64> {
        let of = |text: &str| Some(text).filter(|t| !t.is_empty() && !t.starts_with("0000")).and_then(parse_date);
        if let Some(date) = of(self.raw.fields.get("post_date_gmt")) {
            return Some(date.micros);
        }
        // WordPress writes a year before Christ for a zero date.
        let public = self.raw.fields.get("pubdate");
        if let Some(date) = Some(public).filter(|t| !t.contains("-0001")).and_then(of) {
            return Some(date.micros);
        }
        let local = of(self.raw.fields.get("post_date"));
        let status = self.raw.fields.get("status");
        if kind == WxrKind::Post && matches!(status, "publish" | "future") {
            match &local {
                Some(_) => self.report("date_zone_missing", "The date has no zone and was read as UTC."),
                None => self.report("date_missing", "The post has no date that can be read."),
            }
        }
        local.map(|date| date.micros)
    }

    fn terms(&mut self, terms: &mut Terms) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (domain, nicename, text) in std::mem::take(&mut self.raw.categories) {
            let domain = if domain == "tag" { "post_tag".to_owned() } else { domain };
            if !QUIET.contains(&domain.as_str()) {
                found.extend(terms.add(&domain, &nicename, &text, "", ""));
            }
        }
        // Version 1.0 names every category twice, once without its slug.
        let mut seen = HashSet::new();
        found.retain(|key| seen.insert(key.clone()));
        found
    }

    fn attachment(&mut self) -> Option<WxrAttachment> {
        let raw = self.raw.fields.get("attachment_url").to_owned();
        let raw = if raw.is_empty() { self.raw.fields.get("guid").to_owned() } else { raw };
        let Some(url) = http(&raw, self.base) else {
            self.report("attachment_without_address", "The file has no address and is left out.");
            return None;
        };
        let alt = line(&plain_title(self.meta("_wp_attachment_image_alt")).0).chars().take(500).collect();
        Some(WxrAttachment { mime: sound::mime_of(&url), url, alt })
    }

    fn comments(&mut self, kind: WxrKind) -> Vec<WxrComment> {
        let raw = std::mem::take(&mut self.raw.comments);
        if kind != WxrKind::Post {
            if !raw.is_empty() {
                let text = format!("{} comments of something that is no post are left out.", raw.len());
                self.report("comments_elsewhere", text);
            }
            return Vec::new();
        }
        let mut seen = HashSet::new();
        let mut comments: Vec<WxrComment> = raw.iter().map(comment).collect();
        let all = comments.len();
        comments.retain(|c| seen.insert(c.key.clone()));
        if comments.len() < all {
            self.report("comment_repeated", "A comment stands there twice; the first one counts.");
        }
        let missing = comments.iter().filter(|c| c.parent.as_ref().is_some_and(|p| !seen.contains(p))).count();
        if missing > 0 {
            self.report("comment_parent_missing", format!("{missing} comments answer one that is not there."));
        }
        for one in &mut comments {
            one.parent.take_if(|p| !seen.contains(p) || *p == one.key);
        }
        untie(&mut comments);
        comments
    }
}

/// Cuts circles of answers: every comment must lead to one that answers nothing.
fn untie(comments: &mut [WxrComment]) {
    let parents: HashMap<String, Option<String>> = comments.iter().map(|c| (c.key.clone(), c.parent.clone())).collect();
    let mut good: HashSet<String> = HashSet::new();
    for one in comments.iter_mut() {
        let mut path = Vec::new();
        let mut on_path = HashSet::new();
        let mut at = Some(one.key.clone());
        let mut circle = false;
        while let Some(key) = at {
            if good.contains(&key) {
                break;
            }
            if !on_path.insert(key.clone()) {
                circle = true;
                break;
            }
            at = parents.get(&key).cloned().flatten();
            path.push(key);
        }
        if circle { one.parent = None } else { good.extend(path) }
    }
}

fn comment(fields: &Fields) -> WxrComment {
    let get = |name: &str| fields.get(name);
    let id = |name: &str| get(name).parse::<i64>().ok().filter(|n| *n > 0).map(|n| n.to_string());
    let date = |name: &str| {
        let text = get(name);
        Some(text).filter(|t| !t.is_empty() && !t.starts_with("0000")).and_then(parse_date).map(|d| d.micros)
    };
    let seed = format!("{}\n{}\n{}", get("comment_date_gmt"), get("comment_author"), get("comment_content"));
    let short = |text: &str, most: usize| line(text).chars().take(most).collect::<String>();
    WxrComment {
        key: id("comment_id").unwrap_or_else(|| format!("hash:{}", &sha256_hex(seed.as_bytes())[..16])),
        parent: id("comment_parent"),
        author: short(&name_without_address(&plain_title(get("comment_author")).0).unwrap_or_default(), 200),
        author_url: http(get("comment_author_url"), None).filter(|url| url.len() <= 2000),
        email: short(get("comment_author_email"), 320),
        ip: short(get("comment_author_ip"), 64),
        user_agent: short(get("comment_agent"), 500),
        content: fields.raw("comment_content").to_owned(),
        at: date("comment_date_gmt").or_else(|| date("comment_date")),
        state: match get("comment_approved") {
            "1" | "approve" | "approved" => CommentState::Approved,
            "spam" => CommentState::Spam,
            "trash" | "post-trashed" => CommentState::Trash,
            _ => CommentState::Held,
        },
        kind: match get("comment_type") {
            "pingback" => CommentKind::Pingback,
            "trackback" => CommentKind::Trackback,
            _ => CommentKind::Comment,
        },
    }
}
