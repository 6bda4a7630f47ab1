//! HTML to plain text, and ways to shorten text. For feed summaries, search,
//! mail and page descriptions; the result is text and must be escaped where
//! it is shown.

use super::sanitise::sanitise_html;
use super::token::{Token, decode, tokens};

/// Takes HTML from any source and gives plain text: a blank line between
/// paragraphs, `– ` or `1. ` before list items (two spaces of indent for each
/// further level), cells parted by ` | `, links as `text (address)`, or the
/// address alone when the text repeats it.
pub fn html_to_text(html: &str) -> String {
    let clean = sanitise_html(html);
    let mut writer = Writer::default();
    for token in tokens(&clean) {
        match token {
            Token::Text(text) => writer.text(&decode(text)),
            Token::Open(name, attrs) => match name {
                "a" => writer.link = attrs.get("href").map(|href| (href, writer.out.len())),
                "ol" => {
                    let start = attrs.get("start").and_then(|s| s.parse().ok());
                    writer.lists.push(Some(start.unwrap_or(1)));
                }
                _ => writer.open(name),
            },
            Token::Close(name) => writer.close(name),
        }
    }
    writer.out.truncate(writer.out.trim_end().len());
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line ends owed before the next text.
    gap: usize,
    /// Text due right after the gap: an item's mark.
    mark: String,
    /// Open lists: `Some(next number)` or bullets.
    lists: Vec<Option<u32>>,
    link: Option<(String, usize)>,
    in_pre: bool,
    first_cell: bool,
}

impl Writer {
    fn open(&mut self, name: &str) {
        match name {
            "ul" => self.lists.push(None),
            "li" => self.item(),
            "br" => self.out_line(),
            "hr" => self.owe(2),
            "p" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "table" | "pre" => {
                self.in_pre |= name == "pre";
                self.owe_block();
            }
            "tr" => {
                self.owe(1);
                self.first_cell = true;
            }
            "td" | "th" => {
                if !self.first_cell {
                    self.settle();
                    self.out.push_str(" | ");
                }
                self.first_cell = false;
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "a" => self.end_link(),
            "ul" | "ol" => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.owe(2);
                }
            }
            "li" => {
                self.mark.clear();
                self.owe(1);
            }
            "p" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "table" | "pre" | "caption" => {
                self.in_pre &= name != "pre";
                self.owe_block();
            }
            _ => {}
        }
    }

    /// Blocks in a list stay close together.
    fn owe_block(&mut self) {
        self.owe(if self.lists.is_empty() { 2 } else { 1 });
    }

    fn owe(&mut self, lines: usize) {
        // Nothing is owed between an item's mark and its first paragraph.
        if !self.out.is_empty() && self.mark.is_empty() {
            self.gap = self.gap.max(lines);
        }
    }

    fn item(&mut self) {
        let level = self.lists.len().saturating_sub(1);
        self.owe(1);
        let mut mark = "  ".repeat(level);
        match self.lists.last_mut() {
            Some(Some(next)) => {
                mark.push_str(&format!("{next}. "));
                *next = next.saturating_add(1);
            }
            _ => mark.push_str("– "),
        }
        self.mark = mark;
    }

    fn out_line(&mut self) {
        if self.gap == 0 && !self.out.is_empty() {
            self.trim_end(&[' ', '\t']);
            self.out.push('\n');
        }
    }

    fn settle(&mut self) {
        if self.gap > 0 {
            self.trim_end(&[' ', '\t', '\n']);
            self.out.push_str(&"\n".repeat(self.gap));
            self.gap = 0;
        }
        self.out.push_str(&std::mem::take(&mut self.mark));
    }

    fn trim_end(&mut self, blanks: &[char]) {
        self.out.truncate(self.out.trim_end_matches(blanks).len());
    }

    fn text(&mut self, text: &str) {
        if self.in_pre {
            self.settle();
            self.out.push_str(text);
            return;
        }
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n') {
                let open = self.gap == 0 && self.mark.is_empty();
                if open && !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
                    self.out.push(' ');
                }
            } else {
                self.settle();
                self.out.push(c);
            }
        }
    }

    fn end_link(&mut self) {
        let Some((href, from)) = self.link.take() else {
            return;
        };
        let shown = self.out.get(from..).unwrap_or("").trim().trim_start_matches("– ").to_owned();
        let target = href.strip_prefix("mailto:").unwrap_or(&href);
        if !shown.is_empty() && bare(&shown) != bare(target) {
            self.out.truncate(self.out.trim_end().len());
            self.out.push_str(&format!(" ({target})"));
        }
    }
}

/// An address without what people leave out when they write it.
fn bare(url: &str) -> &str {
    let url = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    url.strip_prefix("www.").unwrap_or(url).trim_end_matches('/')
}

/// Takes plain text and gives its start on one line, at most `max_chars`
/// characters long, cut after a word and ended with `…` when cut.
pub fn excerpt(text: &str, max_chars: usize) -> String {
    let words: Vec<&str> = text.split([' ', '\t', '\n', '\r']).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    if line.chars().count() <= max_chars {
        return line;
    }
    let Some(room) = max_chars.checked_sub(1) else {
        return String::new();
    };
    let end = line.char_indices().nth(room).map_or(line.len(), |(at, _)| at);
    let head = &line[..end];
    let whole_word = line[end..].starts_with(char::is_whitespace);
    let cut = if whole_word { end } else { head.rfind(char::is_whitespace).unwrap_or(end) };
    let kept = head[..cut].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '–' | '-'));
    format!("{kept}…")
}

/// Gives the longest start of `s` that is at most `max_bytes` bytes long and
/// ends on a character border.
pub fn cut_bytes(s: &str, max_bytes: usize) -> &str {
    let mut end = max_bytes.min(s.len());
    while !s.is_char_boundary(end) {
        end -= 1;
    }
    &s[..end]
}
