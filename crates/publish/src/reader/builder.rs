//! Walks the events of a document and collects raw fields of the show and its items.
//! It knows where elements may stand; it does not interpret their values.

use super::fields::{Field, field_of};
use super::model::{Limits, PscChapter, ReadError};
use super::problems::{Problems, excerpt};
use super::text::{cut_bytes, escape_html};
use super::xml::{Element, Event, Ns, Pull};

/// Text fields, in document order; the first non-blank value of each counts.
pub(super) type Texts = Vec<(Field, Value)>;

/// The text of an element together with its attributes.
#[derive(Debug, Clone, Default)]
pub(super) struct Value {
    /// Decoded text.
    pub text: String,
    /// Attributes as (lower-case local name, value).
    pub attrs: Vec<(String, String)>,
    /// Whether the text is plain and must be escaped to be HTML (Atom `type="text"`).
    pub plain: bool,
}

impl Value {
    /// Value of an attribute.
    pub(super) fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// An element that says everything in attributes, and for alternates also in children.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    /// Which element it is.
    pub kind: Kind,
    /// Its attributes.
    pub value: Value,
    /// Addresses in `podcast:source` children.
    pub sources: Vec<String>,
    /// `podcast:integrity` child.
    pub integrity: Option<(String, String)>,
}

/// The kinds of attribute elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `enclosure`, Atom `link rel="enclosure"`
    Enclosure,
    /// `media:content`
    Media,
    /// `podcast:alternateEnclosure`
    Alternate,
    /// `podcast:transcript`
    Transcript,
    /// `podcast:chapters`
    Chapters,
    /// `podcast:image`
    Image,
    /// `atom:link rel="self"`
    SelfLink,
    /// Atom `link rel="alternate"`
    Link,
}

/// Raw content of the channel or of one item.
#[derive(Debug, Default)]
pub(super) struct RawNode {
    /// Text fields.
    pub texts: Texts,
    /// Attribute elements.
    pub raws: Vec<Raw>,
    /// Podlove chapters, not yet checked: start as written.
    pub psc: Vec<(String, PscChapter)>,
    /// Whether one `psc:chapters` was read; further ones are ignored.
    pub has_psc: bool,
    /// Categories.
    pub categories: Vec<(String, Option<String>)>,
}

/// Everything collected, before interpretation.
#[derive(Debug)]
pub(super) struct Draft {
    /// The channel.
    pub channel: RawNode,
    /// The items in document order.
    pub items: Vec<RawNode>,
    /// Problems so far.
    pub problems: Problems,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Ctx {
    Root,
    Channel,
    Item,
    Text(Field),
    Image,
    Owner,
    Person,
    Category,
    Psc,
    Alternate,
    MediaGroup,
    Markup(String),
    Skip,
}

struct Builder<'l> {
    frames: Vec<Ctx>,
    channel: RawNode,
    items: Vec<RawNode>,
    item: Option<RawNode>,
    value: Value,
    xhtml: bool,
    limits: &'l Limits,
    problems: Problems,
}

/// Reads a repaired document into raw fields.
pub(super) fn build(text: &str, limits: &Limits, problems: Problems) -> Result<Draft, ReadError> {
    let mut pull = Pull::new(text, limits);
    let mut builder = Builder {
        frames: Vec::new(),
        channel: RawNode::default(),
        items: Vec::new(),
        item: None,
        value: Value::default(),
        xhtml: false,
        limits,
        problems,
    };
    let mut rooted = false;
    loop {
        let item = builder.position();
        match pull.next(item, &mut builder.problems)? {
            Event::Start(mut element) => {
                if rooted && builder.frames.is_empty() {
                    // Whatever follows the end of the root is no part of the feed.
                    builder.problems.add("content_after_end", None, "There is content after the end of the feed.");
                    break;
                }
                let close = builder.implied_closes(&element);
                if close > 0 {
                    builder.report_implied(&element);
                    pull.close_below(close, !element.empty);
                    (0..close).for_each(|_| builder.end());
                }
                if !element.empty && builder.is_void(&element) {
                    element.empty = true;
                    pull.treat_as_empty();
                }
                let empty = element.empty;
                builder.start(element)?;
                rooted = true;
                if empty {
                    builder.end();
                }
            }
            Event::Text(text) => builder.text(&text),
            Event::End => builder.end(),
            Event::Eof => break,
        }
    }
    builder.finish(rooted)
}

impl Builder<'_> {
    fn finish(mut self, rooted: bool) -> Result<Draft, ReadError> {
        if !rooted {
            return Err(ReadError::NotAFeed("it has no elements".to_string()));
        }
        if !self.frames.is_empty() {
            let text = "The document ends early; only complete items were kept.";
            if self.item.is_some() {
                self.problems.forget_items_from(self.items.len());
            }
            self.problems.add("truncated", None, text);
        }
        Ok(Draft { channel: self.channel, items: self.items, problems: self.problems })
    }

    fn position(&self) -> Option<usize> {
        self.item.as_ref().map(|_| self.items.len())
    }

    // Place of the text element whose content is being read.
    fn capture(&self) -> Option<usize> {
        let skips = self.frames.iter().rev().take_while(|ctx| matches!(ctx, Ctx::Markup(_))).count();
        let at = self.frames.len().checked_sub(skips + 1)?;
        matches!(self.frames.get(at), Some(Ctx::Text(_))).then_some(at)
    }

    // How many open elements end because this one begins.
    fn implied_closes(&self, element: &Element) -> usize {
        if is_item(element) {
            let place = self.frames.iter().rposition(|ctx| *ctx == Ctx::Item);
            let place = place.or_else(|| self.capture());
            return place.map_or(0, |place| self.frames.len() - place);
        }
        let Some(place) = self.capture() else {
            return 0;
        };
        let structural = match element.ns {
            Ns::Itunes | Ns::Podcast | Ns::Content | Ns::Psc | Ns::GooglePlay => true,
            Ns::Rss => matches!(element.local.as_str(), "enclosure" | "guid" | "pubdate" | "channel"),
            _ => false,
        };
        if structural {
            return self.frames.len() - place;
        }
        let same = matches!(self.frames.last(), Some(Ctx::Markup(open)) if open.eq_ignore_ascii_case(&element.raw));
        usize::from(same && matches!(element.local.as_str(), "p" | "li"))
    }

    fn report_implied(&mut self, element: &Element) {
        let item = self.position();
        if matches!(element.local.as_str(), "p" | "li") || self.problems.has("mismatched_tag", item) {
            return;
        }
        let text = format!("An element is not closed before {}.", excerpt(&element.raw));
        self.problems.add("mismatched_tag", item, text);
    }

    fn is_void(&self, element: &Element) -> bool {
        matches!(element.local.as_str(), "br" | "hr" | "img" | "wbr" | "input" | "embed")
            && !element.raw.contains(':')
            && self.capture().is_some()
    }

    fn node(&mut self) -> &mut RawNode {
        match self.item.as_mut() {
            Some(item) => item,
            None => &mut self.channel,
        }
    }

    fn start(&mut self, element: Element) -> Result<(), ReadError> {
        let ctx = match self.frames.last() {
            None => root(&element)?,
            Some(Ctx::Root) => self.under_root(&element)?,
            Some(Ctx::Channel) if is_item(&element) => self.open_item()?,
            Some(Ctx::Channel | Ctx::Item) => self.child(&element),
            // Some programs write an Atom author under the RSS name; only the name is wanted.
            Some(Ctx::Text(Field::AltAuthor)) if element.local == "name" => Ctx::Markup(String::new()),
            Some(Ctx::Text(Field::AltAuthor)) => Ctx::Skip,
            Some(Ctx::Text(_) | Ctx::Markup(_)) => self.markup(&element),
            Some(Ctx::Image) if element.local == "url" => self.begin_text(Field::RssImage, &element),
            Some(Ctx::Owner) if element.local == "name" => self.begin_text(Field::OwnerName, &element),
            Some(Ctx::Person) if element.local == "name" => self.begin_text(Field::Author, &element),
            Some(Ctx::Category) => self.subcategory(&element),
            Some(Ctx::Psc) => self.chapter(&element),
            Some(Ctx::Alternate) => self.alternate_child(&element),
            Some(Ctx::MediaGroup) => self.media(&element),
            Some(_) => Ctx::Skip,
        };
        self.frames.push(ctx);
        Ok(())
    }

    fn under_root(&mut self, element: &Element) -> Result<Ctx, ReadError> {
        Ok(if element.local == "channel" {
            Ctx::Channel
        } else if is_item(element) {
            self.open_item()?
        } else {
            Ctx::Skip
        })
    }

    fn open_item(&mut self) -> Result<Ctx, ReadError> {
        if self.items.len() >= self.limits.max_items {
            return Err(ReadError::TooManyItems { max: self.limits.max_items });
        }
        self.item = Some(RawNode::default());
        Ok(Ctx::Item)
    }

    // A child of the channel or of an item.
    fn child(&mut self, element: &Element) -> Ctx {
        if let Some(field) = field_of(element, self.item.is_some()) {
            return self.begin_text(field, element);
        }
        let kind = match (element.ns, element.local.as_str()) {
            (Ns::Rss, "enclosure") => Kind::Enclosure,
            (Ns::Media, "content") => return self.media(element),
            (Ns::Media, "group") => return Ctx::MediaGroup,
            (Ns::Podcast, "alternateenclosure") => {
                self.push(Kind::Alternate, element);
                return Ctx::Alternate;
            }
            (Ns::Podcast, "transcript") => Kind::Transcript,
            (Ns::Podcast, "chapters") => Kind::Chapters,
            (Ns::Podcast, "image") => Kind::Image,
            (Ns::Atom | Ns::Itunes, "link") => return self.link(element),
            (Ns::Rss, "image") => return Ctx::Image,
            (Ns::Itunes | Ns::GooglePlay, "owner") => return Ctx::Owner,
            (Ns::Atom, "author") => return Ctx::Person,
            (Ns::Itunes | Ns::GooglePlay, "category") => return self.category(element),
            (Ns::Psc, "chapters") => {
                let node = self.node();
                let first = !node.has_psc;
                node.has_psc = true;
                return if first { Ctx::Psc } else { Ctx::Skip };
            }
            _ => return Ctx::Skip,
        };
        self.push(kind, element);
        Ctx::Skip
    }

    fn push(&mut self, kind: Kind, element: &Element) {
        let raw = Raw {
            kind,
            value: Value { attrs: attributes(element), ..Value::default() },
            sources: Vec::new(),
            integrity: None,
        };
        self.node().raws.push(raw);
    }

    fn media(&mut self, element: &Element) -> Ctx {
        if element.ns == Ns::Media && element.local == "content" && self.item.is_some() {
            self.push(Kind::Media, element);
        }
        Ctx::Skip
    }

    fn link(&mut self, element: &Element) -> Ctx {
        let rel = element.attr("rel").unwrap_or("alternate").to_ascii_lowercase();
        match rel.as_str() {
            "self" => self.push(Kind::SelfLink, element),
            "alternate" if element.ns == Ns::Atom => self.push(Kind::Link, element),
            "enclosure" => self.push(Kind::Enclosure, element),
            "image" => self.push(Kind::Image, element),
            "http://podlove.org/simple-chapters" => self.push(Kind::Chapters, element),
            _ => {}
        }
        Ctx::Skip
    }

    fn category(&mut self, element: &Element) -> Ctx {
        if self.item.is_none()
            && let Some(name) = element.attr("text")
        {
            self.channel.categories.push((name.to_string(), None));
            return Ctx::Category;
        }
        Ctx::Skip
    }

    fn subcategory(&mut self, element: &Element) -> Ctx {
        if element.local == "category"
            && let Some(name) = element.attr("text")
            && let Some(last) = self.channel.categories.last().cloned()
        {
            let sub = Some(name.to_string());
            match self.channel.categories.last_mut() {
                Some(slot) if slot.1.is_none() => slot.1 = sub,
                _ => self.channel.categories.push((last.0, sub)),
            }
        }
        Ctx::Skip
    }

    fn chapter(&mut self, element: &Element) -> Ctx {
        if element.local == "chapter" {
            let owned = |name: &str| element.attr(name).map(str::to_string);
            let chapter = PscChapter {
                start_ms: 0,
                title: owned("title").unwrap_or_default(),
                href: owned("href"),
                image: owned("image"),
            };
            let start = owned("start").unwrap_or_default();
            self.node().psc.push((start, chapter));
        }
        Ctx::Skip
    }

    fn alternate_child(&mut self, element: &Element) -> Ctx {
        let source = element.attr("uri").map(str::to_string);
        let kind = element.attr("type").unwrap_or("sri").to_string();
        let value = element.attr("value").map(str::to_string);
        if let Some(raw) = self.node().raws.last_mut() {
            match element.local.as_str() {
                "source" => raw.sources.extend(source),
                "integrity" => raw.integrity = value.map(|value| (kind, value)),
                _ => {}
            }
        }
        Ctx::Skip
    }

    fn begin_text(&mut self, field: Field, element: &Element) -> Ctx {
        let kind = element.attr("type").unwrap_or("text").to_ascii_lowercase();
        let atom = element.ns == Ns::Atom;
        self.xhtml = atom && kind == "xhtml";
        self.value = Value {
            text: String::new(),
            attrs: attributes(element),
            plain: atom && !matches!(kind.as_str(), "html" | "xhtml" | "text/html"),
        };
        Ctx::Text(field)
    }

    // An element inside text: HTML that was not escaped. Kept as it stands.
    fn markup(&mut self, element: &Element) -> Ctx {
        let item = self.position();
        if !self.xhtml && !self.problems.has("markup_in_text", item) {
            let text = format!("The tag {} inside text was not escaped.", excerpt(&element.raw));
            self.problems.add("markup_in_text", item, text);
        }
        let name = element.raw.rsplit_once(':').map_or(element.raw.as_str(), |(_, local)| local);
        let mut tag = format!("<{name}");
        for attr in element.attrs.iter() {
            tag.push(' ');
            tag.push_str(&attr.raw);
            tag.push_str("=\"");
            let mut value = String::new();
            escape_html(&mut value, &attr.value);
            tag.push_str(&value.replace('"', "&quot;"));
            tag.push('"');
        }
        tag.push('>');
        self.append(&tag);
        let void = element.empty && matches!(element.local.as_str(), "br" | "hr" | "img" | "wbr" | "input" | "embed");
        Ctx::Markup(if void { String::new() } else { name.to_string() })
    }

    fn append(&mut self, text: &str) {
        self.value.text.push_str(text);
        let item = self.position();
        if cut_bytes(&mut self.value.text, self.limits.max_text) && !self.problems.has("text_too_long", item) {
            let text = format!("A text is longer than {} bytes and was cut.", self.limits.max_text);
            self.problems.add("text_too_long", item, text);
        }
    }

    fn text(&mut self, text: &str) {
        match self.frames.last() {
            Some(Ctx::Text(_)) if !self.xhtml => self.append(text),
            Some(Ctx::Text(_) | Ctx::Markup(_)) => {
                let mut escaped = String::with_capacity(text.len());
                escape_html(&mut escaped, text);
                self.append(&escaped);
            }
            _ => {}
        }
    }

    fn end(&mut self) {
        match self.frames.pop() {
            Some(Ctx::Text(field)) => {
                let value = std::mem::take(&mut self.value);
                self.node().texts.push((field, value));
            }
            Some(Ctx::Markup(name)) if !name.is_empty() => self.append(&format!("</{name}>")),
            Some(Ctx::Item) => self.items.extend(self.item.take()),
            _ => {}
        }
    }
}

fn attributes(element: &Element) -> Vec<(String, String)> {
    element
        .attrs
        .iter()
        .map(|attr| (super::xml::local_of(&attr.raw).to_ascii_lowercase(), attr.value.trim().to_string()))
        .collect()
}

fn is_item(element: &Element) -> bool {
    matches!((element.ns, element.local.as_str()), (Ns::Rss, "item") | (Ns::Atom, "entry"))
}

fn root(element: &Element) -> Result<Ctx, ReadError> {
    match (element.ns, element.local.as_str()) {
        (Ns::Rss, "rss") | (Ns::Rdf, "rdf") => Ok(Ctx::Root),
        (Ns::Atom, "feed") | (Ns::Rss, "channel") => Ok(Ctx::Channel),
        (_, "html" | "head" | "body") => Err(ReadError::NotAFeed("it is a web page".to_string())),
        _ => Err(ReadError::NotAFeed(format!("its first tag is {}", excerpt(&element.raw)))),
    }
}
