//! What is found in the plain text of a post: links, mentions and tags. Pure. Nothing else is markup, and the pieces put
//! together again are the text.

use super::handle;

/// The most mentions of a post that count; more are left as words.
pub const MOST_MENTIONS: usize = 20;
/// The most tags of a post that count.
pub const MOST_TAGS: usize = 20;
/// The most characters of a tag.
pub const LONGEST_TAG: usize = 60;
/// The most characters of a link.
const LONGEST_LINK: usize = 2_000;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words as they are, line breaks too.
    Words(&'a str),
    /// An address that begins with `http://` or `https://`.
    Link(&'a str),
    /// `@handle`, with the `@`.
    Mention(&'a str),
    /// `#tag`, with the `#`.
    Tag(&'a str),
}

impl<'a> Piece<'a> {
    /// As it stands in the text.
    #[must_use]
    pub const fn text(&self) -> &'a str {
        match self {
            Self::Words(text) | Self::Link(text) | Self::Mention(text) | Self::Tag(text) => text,
        }
    }
}

/// Cuts a text into pieces.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut words_from, mut at) = (0, 0);
    let mut before: Option<char> = None;
    while let Some(c) = text[at..].chars().next() {
        let found = if before.is_none_or(opens) { piece_at(&text[at..]) } else { None };
        match found {
            Some(piece) => {
                if words_from < at {
                    out.push(Piece::Words(&text[words_from..at]));
                }
                at += piece.text().len();
                words_from = at;
                before = piece.text().chars().next_back();
                out.push(piece);
            }
            None => {
                at += c.len_utf8();
                before = Some(c);
            }
        }
    }
    if words_from < text.len() {
        out.push(Piece::Words(&text[words_from..]));
    }
    out
}

/// Whether a piece may begin after this character: not in the middle of a word or an address.
fn opens(before: char) -> bool {
    !(before.is_alphanumeric() || matches!(before, '@' | '#' | '/' | '_' | '&' | '.' | ':' | '-'))
}

fn piece_at(rest: &str) -> Option<Piece<'_>> {
    if rest.starts_with("https://") || rest.starts_with("http://") {
        let link = link(rest)?;
        return Some(Piece::Link(link));
    }
    if let Some(after) = rest.strip_prefix('@') {
        let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(after.len());
        let name = after[..end].trim_end_matches(['_', '-']);
        return handle::is_handle(name).then(|| Piece::Mention(&rest[..=name.len()]));
    }
    if let Some(after) = rest.strip_prefix('#') {
        let end = after.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(after.len());
        let name = after[..end].trim_end_matches('_');
        let good = name.chars().any(char::is_alphabetic) && name.chars().count() <= LONGEST_TAG;
        return good.then(|| Piece::Tag(&rest[..=name.len()]));
    }
    None
}

/// The address at the beginning of a text, without the marks that end a sentence.
fn link(rest: &str) -> Option<&str> {
    // A longer one is no link, and what follows is not looked at: no text costs more than its length.
    let most = rest.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST_LINK + 1).last().unwrap_or(0);
    let rest = if rest.len() <= LONGEST_LINK { rest } else { &rest[..most] };
    let end = rest
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '«' | '»' | '“' | '”'));
    let mut link = &rest[..end.unwrap_or(rest.len())];
    let opened = link.matches('(').count();
    let mut closed = link.matches(')').count();
    while let Some(last) = link.chars().next_back() {
        let ends_a_sentence = matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '…' | '\'' | '’' | '*');
        if !(ends_a_sentence || last == ')' && closed > opened) {
            break;
        }
        closed -= usize::from(last == ')');
        link = &link[..link.len() - last.len_utf8()];
    }
    let host = link.split_once("://").map_or("", |(_, rest)| rest);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    let good = host.contains('.') && !host.contains('@') && !host.starts_with('.') && link.len() <= LONGEST_LINK;
    good.then_some(link)
}

/// A tag as it is compared: without `#`, case and accents.
#[must_use]
pub fn fold_tag(tag: &str) -> String {
    kernel::words(tag.trim_start_matches('#')).join("_")
}

/// What a text names, each once, in the order it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Addresses.
    pub links: Vec<String>,
    /// Handles, folded.
    pub mentions: Vec<String>,
    /// Tags, folded, each with how it was first written.
    pub tags: Vec<(String, String)>,
}

/// What a text names.
#[must_use]
pub fn named(text: &str) -> Named {
    let mut out = Named::default();
    for piece in pieces(text) {
        match piece {
            Piece::Link(link) if !out.links.iter().any(|l| l == link) => out.links.push(link.to_owned()),
            Piece::Mention(mention) => {
                let folded = handle::fold(mention);
                if out.mentions.len() < MOST_MENTIONS && !out.mentions.contains(&folded) {
                    out.mentions.push(folded);
                }
            }
            Piece::Tag(tag) => {
                let folded = fold_tag(tag);
                let new = !folded.is_empty() && !out.tags.iter().any(|(t, _)| *t == folded);
                if new && out.tags.len() < MOST_TAGS {
                    out.tags.push((folded, tag.trim_start_matches('#').to_owned()));
                }
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn marked(text: &str) -> Vec<&str> {
        pieces(text).into_iter().filter(|p| !matches!(p, Piece::Words(_))).map(|p| p.text()).collect()
    }

    #[test]
    fn what_is_found() {
        for (text, found) in [
            ("rien", vec![]),
            ("Bonjour @ada, vu #Lyon ?", vec!["@ada", "#Lyon"]),
            ("(voir https://example.org/a_(b)).", vec!["https://example.org/a_(b)"]),
            ("https://example.org/x, puis http://b.example!", vec!["https://example.org/x", "http://b.example"]),
            ("mail@example.org", vec![]),
            ("a#b", vec![]),
            ("#1 n’est pas un mot-clé, #1er oui", vec!["#1er"]),
            ("#été_2026 #", vec!["#été_2026"]),
            ("@ab @-ada @ada_", vec!["@ada"]),
            ("https://", vec![]),
            ("https://localhost/x", vec![]),
            ("https://user@example.org/", vec![]),
            ("«https://example.org»", vec!["https://example.org"]),
            ("https://example.org/#frag @de-plain-pied", vec!["https://example.org/#frag", "@de-plain-pied"]),
            ("javascript:alert(1) ftp://example.org", vec![]),
            ("#a#b", vec!["#a"]),
        ] {
            assert_eq!(marked(text), found, "{text}");
        }
    }

    /// Some texts once cost the cube of their length.
    #[test]
    fn no_text_is_expensive() {
        let text = format!("{}{}", "!http://x".repeat(7_000), ")".repeat(60_000));
        assert!(pieces(&text).len() <= 7_001);
        let long = format!("https://example.org/{}", "a".repeat(3_000));
        assert_eq!(marked(&long), Vec::<&str>::new(), "a longer one is no link");
    }

    #[test]
    fn what_a_text_names() {
        let found = named("#Été #ete @Ada @ADA https://a.example https://a.example");
        assert_eq!(found.tags, [("ete".to_owned(), "Été".to_owned())]);
        assert_eq!(found.mentions, ["ada"]);
        assert_eq!(found.links, ["https://a.example"]);
        let many: String = (0..50).map(|i| format!("@user{i} #tag{i} ")).collect();
        assert_eq!((named(&many).mentions.len(), named(&many).tags.len()), (MOST_MENTIONS, MOST_TAGS));
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in "(\\PC|[@#\n]|https://a\\.b/c?|@ada|#été){0,40}") {
            let together: String = pieces(&text).iter().map(Piece::text).collect();
            prop_assert_eq!(together, text.clone());
            for piece in pieces(&text) {
                match piece {
                    Piece::Link(link) => prop_assert!(link.starts_with("http") && !link.contains(['<', '"', ' '])),
                    Piece::Mention(m) => prop_assert!(handle::is_handle(&m[1..])),
                    Piece::Tag(t) => prop_assert!(!t[1..].is_empty()),
                    Piece::Words(w) => prop_assert!(!w.is_empty()),
                }
            }
        }
    }
}
