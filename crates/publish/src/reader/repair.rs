//! Turns a damaged document into tokens that a strict XML tokeniser reads: escapes stray `<`, rewrites
//! malformed tags, closes open CDATA, drops comments and declarations, refuses entity declarations.
//! One pass, no recursion. It does not balance tags and does not touch references.

use super::model::{Limits, ReadError};
use super::problems::{Problems, excerpt};
use super::tags::{Scan, Tag, scan};
use std::borrow::Cow;

// More faults than a large honest feed can have; past this, repairing only costs time.
const MAX_REPAIRS: usize = 500_000;

/// Repairs the markup of a decoded document. Refuses declared entities.
pub(crate) fn repair<'a>(text: &'a str, limits: &Limits, problems: &mut Problems) -> Result<Cow<'a, str>, ReadError> {
    let mut pass = Pass {
        text,
        at: 0,
        copied: 0,
        out: String::new(),
        repairs: 0,
        items: 0,
        in_item: false,
        open: "",
        comment_end: Finder::new("-->"),
        cdata_end: Finder::new("]]>"),
        cdata_start: Finder::new("<![CDATA["),
        well_formed: None,
        limits,
        problems,
    };
    pass.run()?;
    Ok(pass.finish())
}

// Finds a fixed string, remembering the last answer so that repeated questions stay linear.
struct Finder {
    needle: &'static str,
    known: Option<(usize, Option<usize>)>,
}

impl Finder {
    fn new(needle: &'static str) -> Self {
        Self { needle, known: None }
    }

    // First place of the needle at or after `from`.
    fn next(&mut self, text: &str, from: usize) -> Option<usize> {
        if let Some((asked, answer)) = self.known
            && asked <= from
            && answer.is_none_or(|place| place >= from)
        {
            return answer;
        }
        let answer = text.get(from..).and_then(|rest| rest.find(self.needle)).map(|at| at + from);
        self.known = Some((from, answer));
        answer
    }
}

struct Pass<'a, 'p> {
    text: &'a str,
    at: usize,
    // Everything before this is in `out` already.
    copied: usize,
    out: String,
    repairs: usize,
    items: usize,
    in_item: bool,
    open: &'a str,
    comment_end: Finder,
    cdata_end: Finder,
    cdata_start: Finder,
    well_formed: Option<bool>,
    limits: &'p Limits,
    problems: &'p mut Problems,
}

impl<'a> Pass<'a, '_> {
    fn run(&mut self) -> Result<(), ReadError> {
        while let Some(step) = self.text.get(self.at..).and_then(|rest| rest.find('<')) {
            self.at += step;
            let rest = self.text.get(self.at..).unwrap_or_default();
            match rest.as_bytes().get(1) {
                Some(b'!') => self.bang(rest)?,
                Some(b'?') => self.instruction(rest),
                _ => match scan(rest) {
                    Scan::Text => {
                        self.report("stray_less_than", "A bare “<” was read as text.");
                        self.replace(1, "&lt;");
                    }
                    Scan::Truncated => self.cut(),
                    Scan::Tag(tag) => self.tag(rest, tag)?,
                },
            }
            if self.repairs > MAX_REPAIRS {
                return Err(ReadError::NotAFeed("its markup is damaged beyond repair".to_string()));
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Cow<'a, str> {
        if self.copied == 0 {
            return Cow::Borrowed(self.text);
        }
        self.out.push_str(self.text.get(self.copied..).unwrap_or_default());
        Cow::Owned(self.out)
    }

    fn item(&self) -> Option<usize> {
        self.in_item.then(|| self.items.saturating_sub(1))
    }

    fn report(&mut self, code: &'static str, text: &str) {
        self.repairs += 1;
        let item = self.item();
        self.problems.add(code, item, text);
    }

    // Puts `with` in place of the next `len` bytes.
    fn replace(&mut self, len: usize, with: &str) {
        self.out.push_str(self.text.get(self.copied..self.at).unwrap_or_default());
        self.out.push_str(with);
        self.at += len;
        self.copied = self.at;
    }

    // The document ends inside markup: nothing after this point can be trusted.
    fn cut(&mut self) {
        self.report("truncated", "The document ends in the middle of a tag.");
        self.replace(self.text.len() - self.at, "");
    }

    fn tag(&mut self, rest: &'a str, tag: Tag) -> Result<(), ReadError> {
        let start = if tag.is_end { 2 } else { 1 };
        let name = rest.get(start..start + tag.name_len).unwrap_or_default();
        if name.eq_ignore_ascii_case("item") || name.eq_ignore_ascii_case("entry") {
            self.in_item = !tag.is_end && !tag.is_empty;
            self.items += usize::from(!tag.is_end);
            if self.items > self.limits.max_items {
                return Err(ReadError::TooManyItems { max: self.limits.max_items });
            }
        }
        if !tag.is_end && !tag.is_empty {
            self.open = name;
        }
        match tag.rewritten {
            Some((clean, fault)) => {
                self.report("malformed_tag", &fault);
                self.replace(tag.len, &clean);
            }
            None => self.at += tag.len,
        }
        Ok(())
    }

    fn instruction(&mut self, rest: &str) {
        match rest.find('>') {
            Some(end) => self.replace(end + 1, ""),
            None => self.cut(),
        }
    }

    fn bang(&mut self, rest: &'a str) -> Result<(), ReadError> {
        if rest.starts_with("<![CDATA[") {
            self.cdata();
        } else if rest.starts_with("<!--") {
            match self.comment_end.next(self.text, self.at + 4) {
                Some(end) => self.replace(end + 3 - self.at, ""),
                None => self.open_comment(rest),
            }
        } else if starts_with_no_case(rest, "<!DOCTYPE") {
            let len = doctype(rest)?;
            self.replace(len, "");
        } else if starts_with_no_case(rest, "<!ENTITY") {
            return Err(ReadError::EntityBomb);
        } else if rest.len() < "<![CDATA[".len() {
            self.cut();
        } else {
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            let shown = excerpt(rest.get(..end).unwrap_or_default());
            self.report("unknown_declaration", &format!("The declaration {shown} was dropped."));
            self.replace(end, "");
        }
        Ok(())
    }

    // A comment that never ends hides the rest, unless it was closed in the HTML manner with `>`.
    fn open_comment(&mut self, rest: &str) {
        self.report("unclosed_comment", "A comment is not closed.");
        let line = rest.find('\n').unwrap_or(rest.len());
        match rest.get(..line).and_then(|head| head.find('>')) {
            Some(end) => self.replace(end + 1, ""),
            None => self.replace(rest.len(), ""),
        }
    }

    /// Whether a strict parser takes the document; asked at most once, because it reads everything.
    fn is_well_formed(&mut self) -> bool {
        let text = self.text;
        *self.well_formed.get_or_insert_with(|| {
            let mut reader = quick_xml::Reader::from_str(text);
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Eof) => return true,
                    Ok(_) => {}
                    Err(_) => return false,
                }
            }
        })
    }

    fn cdata(&mut self) {
        const OPEN: usize = "<![CDATA[".len();
        let body = self.at + OPEN;
        let end = self.cdata_end.next(self.text, body);
        let nested = self.cdata_start.next(self.text, body);
        // A second opening before the end is a sign that this one was never closed, unless the whole document is
        // well-formed as it stands: then a text merely speaks of feeds.
        let doubtful = end.is_none() || nested.is_some_and(|place| end.is_some_and(|end| place < end));
        if doubtful && !self.is_well_formed() {
            let stop = nested.unwrap_or(self.text.len());
            let closing = format!("</{}>", self.open);
            let within = self.text.get(body..stop).unwrap_or_default();
            if let Some(place) = within.find(&closing) {
                self.report("unclosed_cdata", "A CDATA section is not closed.");
                let keep = body + place - self.at;
                let whole = self.text.get(self.at..self.at + keep).unwrap_or_default();
                let fixed = format!("{whole}]]>");
                self.replace(keep, &fixed);
                return;
            }
        }
        match end {
            Some(end) => self.at = end + 3,
            None => self.cut(),
        }
    }
}

fn starts_with_no_case(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

// Length of the DOCTYPE. A subset that declares entities is refused, even if it is never closed.
fn doctype(rest: &str) -> Result<usize, ReadError> {
    let close = rest.find('>').map_or(rest.len(), |end| end + 1);
    let Some(open) = rest.get(..close).and_then(|head| head.find('[')) else {
        return Ok(close);
    };
    let end = rest.get(open..).and_then(|subset| subset.find(']')).map_or(rest.len(), |at| open + at);
    let subset = rest.get(open..end).unwrap_or_default();
    if subset.to_ascii_uppercase().contains("<!ENTITY") {
        return Err(ReadError::EntityBomb);
    }
    let tail = rest.get(end..).unwrap_or_default();
    Ok(end + tail.find('>').map_or(tail.len(), |at| at + 1))
}
