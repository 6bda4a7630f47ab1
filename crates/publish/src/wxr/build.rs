//! Walks the events of an export and collects raw fields. It knows where elements may stand; it does not interpret
//! their values. Elements of other vocabularies, also under WordPress's usual prefix, are passed over with all they hold.

use super::model::{WxrError, WxrLimits};
use crate::reader::Limits;
use crate::reader::problems::{Problems, excerpt};
use crate::reader::text::cut_bytes;
use crate::reader::xml::{Element, Event, Ns, Pull};

/// The texts of one element's children by name, in document order.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(&'static str, String)>);

impl Fields {
    /// The first text of this name.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text.as_str())
    }

    /// The first text of this name, trimmed.
    pub(super) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// Whether nothing was there.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A term as it stands, with the element it came in.
#[derive(Debug)]
pub(super) struct RawTerm {
    pub(super) element: &'static str,
    pub(super) fields: Fields,
}

/// An item as it stands.
#[derive(Debug, Default)]
pub(super) struct RawItem {
    pub(super) fields: Fields,
    /// Domain, nicename, text.
    pub(super) categories: Vec<(String, String, String)>,
    pub(super) meta: Vec<(String, String)>,
    pub(super) comments: Vec<Fields>,
    pub(super) guid_is_permalink: bool,
    /// Address, length and type of enclosure elements.
    pub(super) enclosures: Vec<(String, String, String)>,
}

/// Everything collected.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) channel: Fields,
    pub(super) authors: Vec<Fields>,
    pub(super) terms: Vec<RawTerm>,
    pub(super) items: Vec<RawItem>,
    /// Whether WordPress's vocabulary was used at all.
    pub(super) has_wp: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ctx {
    Root,
    Channel,
    Author,
    Term,
    Item,
    Meta,
    Comment,
    Text(&'static str),
    Category,
    /// Markup inside a text that was not escaped: its text counts.
    Markup,
    Skip,
}

struct Builder<'l> {
    frames: Vec<Ctx>,
    draft: Draft,
    part: Fields,
    element: &'static str,
    item: Option<RawItem>,
    comment: Option<Fields>,
    category: (String, String),
    text: String,
    comments: usize,
    limits: &'l WxrLimits,
}

/// Reads a repaired document into raw fields.
pub(super) fn build(
    text: &str,
    limits: &WxrLimits,
    inner: &Limits,
    problems: &mut Problems,
) -> Result<Draft, WxrError> {
    let mut pull = Pull::new(text, inner);
    let mut builder = Builder {
        frames: Vec::new(),
        draft: Draft::default(),
        part: Fields::default(),
        element: "",
        item: None,
        comment: None,
        category: Default::default(),
        text: String::new(),
        comments: 0,
        limits,
    };
    let (mut rooted, mut channelled) = (false, false);
    loop {
        let at = builder.item.as_ref().map(|_| builder.draft.items.len());
        match pull.next(at, problems)? {
            Event::Start(element) => {
                if rooted && builder.frames.is_empty() {
                    problems.add("content_after_end", None, "There is content after the end of the export.");
                    break;
                }
                let ctx = builder.start(&element, at, problems)?;
                (rooted, channelled) = (true, channelled || ctx == Ctx::Channel);
                builder.frames.push(ctx);
                if element.empty {
                    builder.end();
                }
            }
            Event::Text(text) => builder.text(&text, at, problems),
            Event::End => builder.end(),
            Event::Eof => break,
        }
    }
    if !channelled {
        return Err(WxrError::NotWxr("it has no channel".to_owned()));
    }
    if !builder.frames.is_empty() {
        problems.add("truncated", None, "The document ends early.");
    }
    Ok(builder.draft)
}

impl Builder<'_> {
    fn start(&mut self, element: &Element, at: Option<usize>, problems: &mut Problems) -> Result<Ctx, WxrError> {
        self.draft.has_wp |= element.ns == Ns::Wp;
        Ok(match self.frames.last().copied() {
            None if element.ns == Ns::Rss && element.local == "rss" => Ctx::Root,
            None => return Err(WxrError::NotWxr(format!("its first tag is {}", excerpt(&element.raw)))),
            Some(Ctx::Root) if element.ns == Ns::Rss && element.local == "channel" => Ctx::Channel,
            Some(Ctx::Channel) => self.in_channel(element)?,
            Some(Ctx::Item) => self.in_item(element)?,
            Some(Ctx::Author | Ctx::Term | Ctx::Meta | Ctx::Comment) => self.wp_text(element),
            Some(Ctx::Text(_) | Ctx::Category | Ctx::Markup) => {
                if !problems.has("markup_in_text", at) {
                    let text =
                        format!("The tag {} inside text was not escaped and was left out.", excerpt(&element.raw));
                    problems.add("markup_in_text", at, text);
                }
                Ctx::Markup
            }
            Some(_) => Ctx::Skip,
        })
    }

    fn in_channel(&mut self, element: &Element) -> Result<Ctx, WxrError> {
        Ok(match (element.ns, element.local.as_str()) {
            (Ns::Rss, "item") => {
                if self.draft.items.len() >= self.limits.max_items {
                    return Err(WxrError::TooMany { max: self.limits.max_items });
                }
                self.item = Some(RawItem::default());
                Ctx::Item
            }
            (Ns::Wp, "author") => Ctx::Author,
            (Ns::Wp, "category" | "tag" | "term") => {
                if self.draft.terms.len() >= self.limits.max_terms {
                    return Err(WxrError::TooMany { max: self.limits.max_terms });
                }
                self.element = known(&element.local);
                Ctx::Term
            }
            (Ns::Rss, "title" | "link" | "description" | "language") => self.open(known(&element.local)),
            (Ns::Wp, "wxr_version" | "base_site_url" | "base_blog_url") => self.open(known(&element.local)),
            _ => Ctx::Skip,
        })
    }

    fn in_item(&mut self, element: &Element) -> Result<Ctx, WxrError> {
        let Some(item) = self.item.as_mut() else { return Ok(Ctx::Skip) };
        Ok(match (element.ns, element.local.as_str()) {
            (Ns::Rss, "title" | "link" | "pubdate") => self.open(known(&element.local)),
            (Ns::Rss, "guid") => {
                item.guid_is_permalink = element.attr("ispermalink") != Some("false");
                self.open("guid")
            }
            (Ns::Rss, "enclosure") => {
                let of = |name: &str| element.attr(name).unwrap_or_default().to_owned();
                item.enclosures.push((of("url"), of("length"), of("type")));
                Ctx::Skip
            }
            (Ns::Rss, "category") => {
                let of = |name: &str| element.attr(name).unwrap_or_default().to_owned();
                self.category = (of("domain"), of("nicename"));
                self.text.clear();
                Ctx::Category
            }
            (Ns::Dc, "creator") => self.open("creator"),
            (Ns::Content, "encoded") => self.open("content"),
            (Ns::Excerpt, "encoded") => self.open("excerpt"),
            (Ns::Wp, "postmeta") => Ctx::Meta,
            (Ns::Wp, "comment") => {
                self.comments += 1;
                if self.comments > self.limits.max_comments {
                    return Err(WxrError::TooMany { max: self.limits.max_comments });
                }
                self.comment = Some(Fields::default());
                Ctx::Comment
            }
            (Ns::Wp, _) => self.wp_text(element),
            _ => Ctx::Skip,
        })
    }

    fn wp_text(&mut self, element: &Element) -> Ctx {
        let name = known(&element.local);
        if element.ns == Ns::Wp && !name.is_empty() { self.open(name) } else { Ctx::Skip }
    }

    fn open(&mut self, name: &'static str) -> Ctx {
        self.text.clear();
        Ctx::Text(name)
    }

    fn text(&mut self, text: &str, at: Option<usize>, problems: &mut Problems) {
        if matches!(self.frames.last(), Some(Ctx::Text(_) | Ctx::Category | Ctx::Markup)) {
            self.text.push_str(text);
            if cut_bytes(&mut self.text, self.limits.max_text) {
                let text = format!("A text is longer than {} bytes and was cut.", self.limits.max_text);
                problems.add("text_too_long", at, text);
            }
        }
    }

    fn end(&mut self) {
        let Some(ctx) = self.frames.pop() else { return };
        match ctx {
            Ctx::Text(name) => self.close_text(name),
            Ctx::Category => {
                let (domain, nicename) = std::mem::take(&mut self.category);
                let text = std::mem::take(&mut self.text);
                if let Some(item) = self.item.as_mut() {
                    item.categories.push((domain, nicename, text));
                }
            }
            Ctx::Author => self.draft.authors.push(std::mem::take(&mut self.part)),
            Ctx::Term => {
                let fields = std::mem::take(&mut self.part);
                self.draft.terms.push(RawTerm { element: self.element, fields });
            }
            Ctx::Meta => {
                let fields = std::mem::take(&mut self.part);
                if let Some(item) = self.item.as_mut() {
                    item.meta.push((fields.get("meta_key").to_owned(), fields.raw("meta_value").to_owned()));
                }
            }
            Ctx::Comment => {
                if let (Some(item), Some(comment)) = (self.item.as_mut(), self.comment.take())
                    && !comment.is_empty()
                {
                    item.comments.push(comment);
                }
            }
            Ctx::Item => self.draft.items.extend(self.item.take()),
            _ => {}
        }
    }

    fn close_text(&mut self, name: &'static str) {
        let text = std::mem::take(&mut self.text);
        let target = match self.frames.last() {
            Some(Ctx::Author | Ctx::Term | Ctx::Meta) => Some(&mut self.part),
            Some(Ctx::Comment) => self.comment.as_mut(),
            Some(Ctx::Item) => self.item.as_mut().map(|item| &mut item.fields),
            Some(Ctx::Channel) => Some(&mut self.draft.channel),
            _ => None,
        };
        if let Some(fields) = target {
            fields.0.push((name, text));
        }
    }
}

/// The names whose texts are read; anything else is the empty name.
fn known(local: &str) -> &'static str {
    const NAMES: &[&str] = &[
        "title",
        "link",
        "description",
        "language",
        "pubdate",
        "wxr_version",
        "base_site_url",
        "base_blog_url",
        "author_login",
        "author_display_name",
        "category",
        "tag",
        "term",
        "category_nicename",
        "category_parent",
        "cat_name",
        "category_description",
        "tag_slug",
        "tag_name",
        "tag_description",
        "term_taxonomy",
        "term_slug",
        "term_parent",
        "term_name",
        "term_description",
        "post_id",
        "post_date",
        "post_date_gmt",
        "post_name",
        "status",
        "post_parent",
        "post_type",
        "post_password",
        "attachment_url",
        "meta_key",
        "meta_value",
        "comment_id",
        "comment_author",
        "comment_author_email",
        "comment_author_url",
        "comment_author_ip",
        "comment_agent",
        "comment_date",
        "comment_date_gmt",
        "comment_content",
        "comment_approved",
        "comment_type",
        "comment_parent",
    ];
    NAMES.iter().find(|name| **name == local).copied().unwrap_or_default()
}
