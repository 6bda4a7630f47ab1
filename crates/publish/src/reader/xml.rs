//! A forgiving pull reader on top of the strict tokeniser: namespaces by URI, balanced ends, decoded text.
//! It keeps the stack of open elements, so it alone decides which end tag closes what. Iterative.

use super::model::{Limits, ReadError};
use super::problems::{Problems, excerpt};
use super::unescape::{Notes, unescape_into};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event as Token};

/// The vocabularies a podcast feed is made of. Elements without a known namespace are `Rss`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ns {
    /// No namespace, or a default namespace nobody knows.
    Rss,
    /// Apple's podcast tags.
    Itunes,
    /// `content:encoded`.
    Content,
    /// Atom (RFC 4287).
    Atom,
    /// The podcast namespace.
    Podcast,
    /// Google Play podcast tags.
    GooglePlay,
    /// Media RSS.
    Media,
    /// Podlove Simple Chapters.
    Psc,
    /// Dublin Core.
    Dc,
    /// RDF, the root of RSS 1.0.
    Rdf,
    /// WordPress exports (WXR), any version.
    Wp,
    /// Excerpts of WordPress exports.
    Excerpt,
    /// Anything else.
    Other,
}

/// An attribute with its value decoded.
#[derive(Debug, Clone)]
pub(crate) struct Attr {
    /// Name as written.
    pub raw: String,
    /// Value after references were resolved.
    pub value: String,
}

/// A start tag.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    /// Vocabulary.
    pub ns: Ns,
    /// Local name in lower case.
    pub local: String,
    /// Name as written.
    pub raw: String,
    /// Attributes without namespace declarations.
    pub attrs: Vec<Attr>,
    /// Whether no end will follow.
    pub empty: bool,
}

impl Element {
    /// Value of the attribute with this lower-case local name, trimmed, if it is not empty.
    pub(crate) fn attr(&self, name: &str) -> Option<&str> {
        self.attrs
            .iter()
            .find(|attr| local_of(&attr.raw).eq_ignore_ascii_case(name))
            .map(|attr| attr.value.trim())
            .filter(|value| !value.is_empty())
    }
}

/// What the reader gives next.
#[derive(Debug)]
pub(crate) enum Event {
    /// An element opens.
    Start(Element),
    /// Decoded text.
    Text(String),
    /// The innermost open element closes.
    End,
    /// The document is over.
    Eof,
}

// More bindings than any honest feed has; keeps look-ups cheap.
const MAX_BINDINGS: usize = 128;

/// The pull reader over a repaired document.
pub(crate) struct Pull<'a> {
    reader: Reader<&'a [u8]>,
    text: String,
    notes: Notes,
    names: Vec<String>,
    bindings: Vec<(usize, String, Ns)>,
    pending_ends: usize,
    queued: Option<Queued>,
    max_depth: usize,
}

enum Queued {
    Event(Event),
    EndTag(String),
}

impl<'a> Pull<'a> {
    /// A reader over text that went through the repair pass.
    pub(crate) fn new(text: &'a str, limits: &Limits) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self {
            reader,
            text: String::new(),
            notes: Notes::default(),
            names: Vec::new(),
            bindings: Vec::new(),
            pending_ends: 0,
            queued: None,
            max_depth: limits.max_depth,
        }
    }

    /// The next event. `item` is the position of the item being read, for reports.
    pub(crate) fn next(&mut self, item: Option<usize>, problems: &mut Problems) -> Result<Event, ReadError> {
        loop {
            if self.pending_ends > 0 {
                self.pending_ends -= 1;
                self.pop();
                return Ok(Event::End);
            }
            match self.queued.take() {
                Some(Queued::Event(event)) => return Ok(event),
                Some(Queued::EndTag(name)) => {
                    self.close(&name, item, problems);
                    continue;
                }
                None => {}
            }
            self.pump(item, problems)?;
            if !self.text.is_empty() {
                self.report_notes(item, problems);
                return Ok(Event::Text(std::mem::take(&mut self.text)));
            }
        }
    }

    // Reads tokens until something other than text is queued; text on the way is collected.
    fn pump(&mut self, item: Option<usize>, problems: &mut Problems) -> Result<(), ReadError> {
        // References are put back into the raw text, so that pairs of them can be read as one.
        let mut raw = String::new();
        let queued = loop {
            match self.reader.read_event() {
                Ok(Token::Text(text)) => raw.push_str(&text),
                Ok(Token::GeneralRef(name)) => {
                    raw.push('&');
                    raw.push_str(&name);
                    raw.push(';');
                }
                Ok(Token::CData(text)) => {
                    unescape_into(&mut self.text, &raw, &mut self.notes);
                    raw.clear();
                    self.text.push_str(&text);
                }
                Ok(Token::Start(tag)) => {
                    break Queued::Event(Event::Start(self.element(&tag, false, item, problems)?));
                }
                Ok(Token::Empty(tag)) => {
                    break Queued::Event(Event::Start(self.element(&tag, true, item, problems)?));
                }
                Ok(Token::End(tag)) => break Queued::EndTag(tag.name().0.to_string()),
                Ok(Token::Eof) => break Queued::Event(Event::Eof),
                Ok(_) => {}
                Err(error) => {
                    let text = format!("The markup cannot be read further: {}.", excerpt(&error.to_string()));
                    problems.add("markup_unreadable", item, text);
                    break Queued::Event(Event::Eof);
                }
            }
        };
        unescape_into(&mut self.text, &raw, &mut self.notes);
        self.queued = Some(queued);
        Ok(())
    }

    fn element(
        &mut self,
        tag: &BytesStart<'_>,
        empty: bool,
        item: Option<usize>,
        problems: &mut Problems,
    ) -> Result<Element, ReadError> {
        let raw = tag.name().0.to_string();
        if self.names.len() >= self.max_depth {
            return Err(ReadError::TooDeep { max: self.max_depth });
        }
        // An empty element is open until its own name is resolved.
        self.names.push(raw.clone());
        let mut attrs = Vec::new();
        let mut notes = Notes::default();
        for attr in tag.attributes().with_checks(false).flatten() {
            let mut value = String::with_capacity(attr.value.len());
            unescape_into(&mut value, &attr.value, &mut notes);
            let name = attr.key.0;
            if name == "xmlns" {
                self.bind(String::new(), &value, problems);
            } else if let Some(prefix) = name.strip_prefix("xmlns:") {
                self.bind(prefix.to_string(), &value, problems);
            } else {
                attrs.push(Attr { raw: name.to_string(), value });
            }
        }
        notes.bare_ampersand = false;
        notes.unknown_entity = None;
        report(&notes, item, problems);
        if self.names.len() == 1 && raw == "feed" && self.namespace(&raw, item, problems) == Ns::Rss {
            problems.add("namespace_missing", None, "The Atom feed does not declare its namespace.");
            self.bindings.push((1, String::new(), Ns::Atom));
        }
        let ns = self.namespace(&raw, item, problems);
        let local = local_of(&raw);
        if local.len() > 2 && local.bytes().all(|b| b.is_ascii_uppercase()) && ns != Ns::Other {
            let text = format!("The tag {} is written in capitals.", excerpt(&raw));
            problems.add("tag_case", None, text);
        }
        let local = local.to_ascii_lowercase();
        if empty {
            self.pop();
        }
        Ok(Element { ns, local, raw, attrs, empty })
    }

    fn bind(&mut self, prefix: String, uri: &str, problems: &mut Problems) {
        if self.bindings.len() >= MAX_BINDINGS {
            problems.add("too_many_namespaces", None, "The feed declares too many namespaces.");
            return;
        }
        let mut ns = by_uri(uri, prefix.is_empty());
        // RSS 2.0 elements are in no namespace; a default one on the root was copied from elsewhere.
        let on_rss = self.names.len() == 1 && self.names.iter().all(|name| name == "rss");
        if on_rss && prefix.is_empty() && ns != Ns::Rss {
            let text = format!("The default namespace {} of the feed was ignored.", excerpt(uri));
            problems.add("namespace_default", None, text);
            ns = Ns::Rss;
        }
        if ns == Ns::Other && by_prefix(&prefix).is_some() {
            let text = format!("The prefix {} is bound to the unknown namespace {}.", excerpt(&prefix), excerpt(uri));
            problems.add("namespace_unknown", None, text);
        }
        self.bindings.push((self.names.len(), prefix, ns));
    }

    fn namespace(&self, raw: &str, item: Option<usize>, problems: &mut Problems) -> Ns {
        let prefix = raw.split_once(':').map_or("", |(prefix, _)| prefix);
        let bound = self.bindings.iter().rev().find(|(_, name, _)| name == prefix);
        if let Some((_, _, ns)) = bound {
            return *ns;
        }
        if prefix.is_empty() {
            return Ns::Rss;
        }
        match by_prefix(prefix) {
            Some(ns) if problems.has("namespace_unbound", None) => ns,
            Some(ns) => {
                let text = format!("The prefix {} is used but not declared.", excerpt(prefix));
                problems.add("namespace_unbound", None, text);
                ns
            }
            None if problems.has("namespace_unbound_unknown", item) => Ns::Other,
            None => {
                let text = format!("The prefix {} is used but not declared.", excerpt(prefix));
                problems.add("namespace_unbound_unknown", item, text);
                Ns::Other
            }
        }
    }

    // Decides what an end tag closes: the nearest open element of that name, or nothing.
    fn close(&mut self, name: &str, item: Option<usize>, problems: &mut Problems) {
        let place = self
            .names
            .iter()
            .rposition(|open| open == name)
            .or_else(|| self.names.iter().rposition(|open| open.eq_ignore_ascii_case(name)));
        let Some(place) = place else {
            if problems.has("stray_end_tag", item) {
                return;
            }
            let text = format!("The end tag {} closes nothing.", excerpt(name));
            problems.add("stray_end_tag", item, text);
            return;
        };
        self.pending_ends = self.names.len() - place;
        if self.pending_ends > 1 && !problems.has("mismatched_tag", item) {
            let open = self.names.last().map_or("", String::as_str);
            let text = format!("The tag {} is not closed before {}.", excerpt(open), excerpt(name));
            problems.add("mismatched_tag", item, text);
        }
    }

    fn pop(&mut self) {
        let depth = self.names.len();
        while self.bindings.last().is_some_and(|(at, _, _)| *at >= depth) {
            self.bindings.pop();
        }
        self.names.pop();
    }

    /// Takes back the opening of the element just given: it turned out to have no content.
    pub(crate) fn treat_as_empty(&mut self) {
        self.pop();
    }

    /// Removes `count` elements below the one just given, which closes them by its mere presence.
    pub(crate) fn close_below(&mut self, count: usize, newest_is_open: bool) {
        let depth = self.names.len();
        let top = depth - usize::from(newest_is_open).min(depth);
        let start = top.saturating_sub(count);
        self.names.drain(start..top);
        self.bindings.retain(|(at, _, _)| *at <= start || *at > top);
        for binding in &mut self.bindings {
            if binding.0 > top {
                binding.0 = start + 1;
            }
        }
    }

    fn report_notes(&mut self, item: Option<usize>, problems: &mut Problems) {
        let notes = std::mem::take(&mut self.notes);
        report(&notes, item, problems);
    }
}

fn report(notes: &Notes, item: Option<usize>, problems: &mut Problems) {
    if notes.bare_ampersand {
        problems.add("bare_ampersand", item, "A bare “&” was read as text.");
    }
    if let Some(name) = &notes.unknown_entity {
        let text = format!("The entity {} is not known and was kept as text.", excerpt(name));
        problems.add("unknown_entity", item, text);
    }
    if notes.surrogate {
        problems.add("lone_surrogate", item, "A reference to half a character was repaired.");
    }
    if notes.illegal {
        problems.add("illegal_reference", item, "A reference to a forbidden character was removed.");
    }
    if notes.windows {
        problems.add("windows_reference", item, "A reference by windows-1252 number was repaired.");
    }
}

/// The part of a name after its prefix.
pub(crate) fn local_of(raw: &str) -> &str {
    raw.rsplit_once(':').map_or(raw, |(_, local)| local)
}

// Namespaces are compared without scheme, case and trailing slash, because feeds vary in all three.
fn by_uri(uri: &str, default: bool) -> Ns {
    let lower = uri.trim().to_ascii_lowercase();
    let bare = lower.trim_start_matches("https://").trim_start_matches("http://");
    let bare = bare.trim_start_matches("www.").trim_end_matches('/');
    match bare {
        "" => Ns::Rss,
        "w3.org/2005/atom" | "purl.org/atom/ns#" => Ns::Atom,
        "purl.org/rss/1.0/modules/content" => Ns::Content,
        "podcastindex.org/namespace/1.0" => Ns::Podcast,
        "google.com/schemas/play-podcasts/1.0" => Ns::GooglePlay,
        "search.yahoo.com/mrss" => Ns::Media,
        "podlove.org/simple-chapters" => Ns::Psc,
        "purl.org/dc/elements/1.1" | "purl.org/dc/terms" => Ns::Dc,
        "w3.org/1999/02/22-rdf-syntax-ns#" => Ns::Rdf,
        "purl.org/rss/1.0" | "backend.userland.com/rss2" => Ns::Rss,
        _ if bare.ends_with("/dtds/podcast-1.0.dtd") || bare.ends_with("/dtds/podcast-1.0") => Ns::Itunes,
        _ if bare.starts_with("github.com/podcastindex-org/podcast-namespace") => Ns::Podcast,
        _ if bare.starts_with("wordpress.org/export/") && bare.ends_with("/excerpt") => Ns::Excerpt,
        _ if bare.starts_with("wordpress.org/export/") => Ns::Wp,
        _ if default && !bare.ends_with("/xhtml") => Ns::Rss,
        _ => Ns::Other,
    }
}

fn by_prefix(prefix: &str) -> Option<Ns> {
    Some(match prefix.to_ascii_lowercase().as_str() {
        "itunes" => Ns::Itunes,
        "content" => Ns::Content,
        "atom" | "atom10" => Ns::Atom,
        "podcast" => Ns::Podcast,
        "googleplay" => Ns::GooglePlay,
        "media" => Ns::Media,
        "psc" => Ns::Psc,
        "dc" => Ns::Dc,
        "rdf" => Ns::Rdf,
        "wp" => Ns::Wp,
        "excerpt" => Ns::Excerpt,
        _ => return None,
    })
}
