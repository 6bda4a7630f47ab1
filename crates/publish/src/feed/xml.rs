//! The one way text gets into XML here. Tags are written from constants;
//! everything else passes [`clean_xml_text`] and an escape.

use std::borrow::Cow;

/// Gives the text without characters that XML 1.0 forbids: controls except
/// tab, line feed and carriage return, and U+FFFE and U+FFFF. Borrows when
/// there is nothing to drop.
pub fn clean_xml_text(s: &str) -> Cow<'_, str> {
    if s.chars().all(legal) { Cow::Borrowed(s) } else { Cow::Owned(s.chars().filter(|c| legal(*c)).collect()) }
}

fn legal(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => c >= ' ',
    }
}

/// A growing XML document.
pub(super) struct Xml {
    out: String,
    depth: usize,
}

impl Xml {
    /// Starts with the declaration.
    pub(super) fn new(capacity: usize) -> Self {
        let mut out = String::with_capacity(capacity);
        out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        Xml { out, depth: 0 }
    }

    /// Gives the document.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Opens an element that holds elements.
    pub(super) fn open(&mut self, name: &str, attrs: &[(&str, &str)]) {
        self.start(name, attrs);
        self.out.push_str(">\n");
        self.depth += 1;
    }

    /// Closes an element that holds elements.
    pub(super) fn close(&mut self, name: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.indent();
        self.end(name);
    }

    /// Writes an element without content. Attributes with an empty value are
    /// left out, here and below.
    pub(super) fn empty(&mut self, name: &str, attrs: &[(&str, &str)]) {
        self.start(name, attrs);
        self.out.push_str("/>\n");
    }

    /// Writes an element that holds text.
    pub(super) fn text(&mut self, name: &str, attrs: &[(&str, &str)], text: &str) {
        self.start(name, attrs);
        self.out.push('>');
        self.escaped(text, false);
        self.end(name);
    }

    /// Like `text`, but writes nothing when there is no text.
    pub(super) fn some_text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text.filter(|t| !t.trim().is_empty()) {
            self.text(name, &[], text);
        }
    }

    /// Writes an element that holds HTML, as CDATA. A `]]>` in it is split over
    /// two sections.
    pub(super) fn cdata(&mut self, name: &str, html: &str) {
        self.start(name, &[]);
        self.out.push_str("><![CDATA[");
        let clean = clean_xml_text(html);
        let mut parts = clean.split("]]>");
        self.out.push_str(parts.next().unwrap_or(""));
        for part in parts {
            self.out.push_str("]]]]><![CDATA[>");
            self.out.push_str(part);
        }
        self.out.push_str("]]>");
        self.end(name);
    }

    fn start(&mut self, name: &str, attrs: &[(&str, &str)]) {
        self.indent();
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attrs.iter().filter(|(_, value)| !value.is_empty()) {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            self.escaped(value, true);
            self.out.push('"');
        }
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push_str(">\n");
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.out.push_str("  ");
        }
    }

    /// Escapes text or an attribute value. `>` is escaped too, so `]]>` cannot
    /// occur. Line ends are written as references where a parser would change
    /// them: all of them in attributes, the carriage return in text.
    fn escaped(&mut self, text: &str, attribute: bool) {
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| special(c, attribute)) {
            self.out.push_str(&rest[..at]);
            let c = rest[at..].chars().next().unwrap_or(' ');
            self.out.push_str(match c {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\t' => "&#9;",
                '\n' => "&#10;",
                '\r' => "&#13;",
                // Left over are the forbidden characters.
                _ => "",
            });
            rest = &rest[at + c.len_utf8()..];
        }
        self.out.push_str(rest);
    }
}

fn special(c: char, attribute: bool) -> bool {
    match c {
        '&' | '<' | '>' | '\r' => true,
        '"' | '\t' | '\n' => attribute,
        _ => !legal(c),
    }
}
