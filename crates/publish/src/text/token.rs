//! Splits the regular HTML that our own writer or the first sanitiser pass
//! gives (every `<`, `>` and `&` of text escaped, attributes double-quoted)
//! into tags and text. It must not be used on HTML from outside.

/// One piece of regular HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A start tag: name and the raw attribute part.
    Open(&'a str, Attrs<'a>),
    /// An end tag: name.
    Close(&'a str),
    /// Text, still with its entities.
    Text(&'a str),
}

/// The attribute part of a start tag, not yet split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attrs<'a>(&'a str);

impl Attrs<'_> {
    /// Gives the decoded value of the first attribute of that name.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut rest = self.0;
        while let Some((key, after)) = rest.split_once("=\"") {
            let (value, next) = after.split_once('"')?;
            if key.trim() == name {
                return Some(decode(value));
            }
            rest = next;
        }
        None
    }
}

/// Iterator over the pieces of regular HTML.
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

/// Starts splitting.
pub(super) fn tokens(html: &str) -> Tokens<'_> {
    Tokens { rest: html }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let Some(tag) = self.rest.strip_prefix('<') else {
            let end = self.rest.find('<').unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Some(Token::Text(text));
        };
        let (inside, rest) = tag.split_once('>').unwrap_or((tag, ""));
        self.rest = rest;
        if let Some(name) = inside.strip_prefix('/') {
            return Some(Token::Close(name));
        }
        let (name, attrs) = inside.split_once(' ').unwrap_or((inside, ""));
        Some(Token::Open(name, Attrs(attrs)))
    }
}

/// Decodes the five entities that a regular writer uses. Others are left as
/// they are: they cannot occur in regular HTML.
pub(super) fn decode(text: &str) -> String {
    const ENTITIES: [(&str, char); 5] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&nbsp;", '\u{A0}')];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let hit = ENTITIES.iter().find(|(name, _)| rest.starts_with(name));
        let (skip, c) = hit.map_or((1, '&'), |(name, c)| (name.len(), *c));
        out.push(c);
        rest = &rest[skip..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::{Token, decode, tokens};

    #[test]
    fn splits_tags_text_and_attributes() {
        let html = "a<p>b &lt;</p><a href=\"https://x.example/?a=1&amp;b\" rel=\"noopener\">c</a><br>";
        let all: Vec<Token<'_>> = tokens(html).collect();
        assert_eq!(all.len(), 8);
        assert_eq!(all[0], Token::Text("a"));
        assert_eq!(all[3], Token::Close("p"));
        let Token::Open("a", attrs) = all[4] else {
            panic!("not a link: {:?}", all[4]);
        };
        assert_eq!(attrs.get("href").as_deref(), Some("https://x.example/?a=1&b"));
        assert_eq!(attrs.get("rel").as_deref(), Some("noopener"));
        assert_eq!(attrs.get("title"), None);
    }

    #[test]
    fn decodes_once() {
        assert_eq!(decode("&amp;lt; &nbsp;&eacute; &"), "&lt; \u{a0}&eacute; &");
    }
}
