//! Estimates what HTML will cost to parse, before it is parsed. A standard
//! parser needs time (and, with unclosed inline tags, memory) in proportion to
//! tags × depth, so a small hostile document could stop a server. The estimate
//! may be too high, never too low: where it cannot be sure how a parser reads
//! the input it counts start tags and ignores end tags.

/// Largest sum of the depth over all tags.
const MAX_WORK: usize = 1_000_000;

/// Tags that hold nothing or that HTML closes by itself.
const FLAT: &str = " br hr img p li dt dd td th tr input meta link source wbr col param option ";

/// Tags whose content is plain text up to their end tag.
const RAW: &str = " script style textarea title xmp iframe noembed noframes ";

/// Tags after which the reading rules depend on too much to follow them.
const UNSURE: &str = " svg math noscript plaintext template select frameset ";

/// Says whether the input is too heavy to parse.
pub(super) fn too_heavy(html: &str) -> bool {
    let mut scan = Scan { rest: html, open: Vec::new(), unsure: false, work: 0 };
    while scan.work <= MAX_WORK {
        let Some(at) = scan.rest.find('<') else {
            return false;
        };
        scan.rest = &scan.rest[at + 1..];
        scan.tag();
    }
    true
}

struct Scan<'a> {
    rest: &'a str,
    open: Vec<&'a str>,
    unsure: bool,
    work: usize,
}

impl<'a> Scan<'a> {
    /// Reads one tag or comment; `rest` starts after its `<`.
    fn tag(&mut self) {
        if let Some(comment) = self.rest.strip_prefix("!--")
            && !self.unsure
        {
            // The two hyphens may also be those of the end: `<!-->`.
            let end = self.rest[1..].find("-->").map_or(self.rest.len(), |n| n + 4);
            self.count_starts(comment, end.saturating_sub(3));
            return;
        }
        let closing = self.rest.starts_with('/');
        let body = &self.rest[usize::from(closing)..];
        if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
            if !self.unsure && (closing || body.starts_with(['!', '?'])) {
                self.rest = body.find('>').map_or("", |n| &body[n..]);
            }
            return;
        }
        let end = body.find([' ', '\t', '\n', '\r', '\u{C}', '/', '>']).unwrap_or(body.len());
        let name = &body[..end];
        self.rest = if self.unsure { &body[end..] } else { after_attributes(&body[end..]) };
        self.work += self.open.len() + 1;
        if closing {
            let last = self.open.last().is_some_and(|top| top.eq_ignore_ascii_case(name));
            if last && !self.unsure {
                self.open.pop();
            }
            return;
        }
        self.unsure |= listed(UNSURE, name);
        if listed(RAW, name) && !self.unsure {
            self.raw(name);
        } else if !listed(FLAT, name) {
            self.open.push(name);
        }
    }

    /// Passes over the text of a raw element.
    fn raw(&mut self, name: &str) {
        let mut from = 0;
        while let Some(at) = self.rest[from..].find("</").map(|n| from + n + 2) {
            let tail = &self.rest[at..];
            let same = tail.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name));
            if same && tail[name.len()..].starts_with([' ', '\t', '\n', '\r', '\u{C}', '/', '>']) {
                // Comments in scripts have rules of their own.
                self.unsure |= self.rest[..at].contains("<!--");
                let text = self.rest;
                self.count_starts(text, at);
                return;
            }
            from = at;
        }
        // No end: the parser takes all that is left as text.
        let all = self.rest.len();
        self.count_starts(self.rest, all);
    }

    /// Counts each possible start tag in `text[..end]` as if it were one, then
    /// goes on after it.
    fn count_starts(&mut self, text: &'a str, end: usize) {
        let part = text.get(..end).unwrap_or(text);
        let starts = part.split('<').skip(1).filter(|p| p.starts_with(|c: char| c.is_ascii_alphabetic()));
        self.work += starts.count() * (self.open.len() + 1);
        self.rest = text.get(end..).unwrap_or("");
    }
}

/// The text after the attributes of a tag, by the tokenisation rules of HTML:
/// a quote only counts where a value starts.
fn after_attributes(text: &str) -> &str {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{C}');
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c| blank(c) || c == '/');
        if rest.is_empty() || rest.starts_with('>') {
            return rest;
        }
        // A name may start with `=`.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest[first..].find(|c| blank(c) || matches!(c, '/' | '>' | '='));
        rest = &rest[end.map_or(rest.len(), |n| first + n)..];
        let Some(value) = rest.trim_start_matches(blank).strip_prefix('=') else {
            continue;
        };
        let value = value.trim_start_matches(blank);
        rest = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].find(quote).map_or("", |n| &value[n + 2..]),
            _ => value.find(|c| blank(c) || c == '>').map_or("", |n| &value[n..]),
        };
    }
}

fn listed(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::too_heavy;

    #[test]
    fn usual_documents_are_light() {
        let item = "<!-- > --><li><a href='x>y' title=\"</li>\">Épisode</a> <b>neuf</b><br></li>";
        assert!(!too_heavy(&format!("<div><ul>{}</ul></div>", item.repeat(5_000))));
        assert!(!too_heavy(&"<script>'<p>'</script><style>b{}</style>1 < 2".repeat(2_000)));
        assert!(!too_heavy("<a title='"));
        assert!(!too_heavy("<!-- <b>"));
        assert!(!too_heavy("<title><b>"));
        assert!(!too_heavy("</é><é><!é><a =é='é'é>"));
    }

    #[test]
    fn c13_deep_documents_are_heavy_however_they_hide() {
        let hidden = [
            "<div>",
            "<DIV title=\"</div>\">",
            "<div title='</div>' x=</div>>",
            "<div></p>",
            "<div><!-- </div> -->",
            "<div><style></div></style>",
            "<blockquote><table><td></blockquote>",
            "<b a=1></i>",
            "<svg><style><div title=\"</style></div></svg>\">",
            "<script><!--<script></script><div></script></div>",
        ];
        for piece in hidden {
            assert!(too_heavy(&piece.repeat(20_000)), "{piece}");
        }
        let fonts: String = (0..900).map(|n| format!("<font color={n}>")).collect();
        assert!(too_heavy(&format!("{fonts}{}", "<p>x".repeat(5_000))));
    }
}
