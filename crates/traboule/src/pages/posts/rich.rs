//! The words of a post as HTML: paragraphs, links shown short, mentions that lead to a voice, tags. Nothing else is markup.

use std::collections::HashSet;

use community::rules::handle;
use community::rules::text::{Piece, fold_tag, pieces};
use kernel::Lang;

use super::view::{tag_path, voice_path};

/// How many characters of a link are shown.
const SHOWN: usize = 40;

/// Escapes a text for element content and quoted attributes.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Marks that stand for a page's holes, and those that turn the direction of what follows.
            ui::HOLE_START | ui::HOLE_END | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            other => out.push(other),
        }
    }
}

fn anchor(href: &str, rel: &str, text: &str, out: &mut String) {
    out.push_str("<a href=\"");
    escape(href, out);
    out.push('"');
    if !rel.is_empty() {
        out.push_str(" rel=\"");
        out.push_str(rel);
        out.push('"');
    }
    out.push('>');
    escape(text, out);
    out.push_str("</a>");
}

/// A link without its scheme, its end left out when it is long.
fn shown(link: &str) -> String {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest).trim_end_matches('/');
    if rest.chars().count() <= SHOWN {
        return rest.to_owned();
    }
    let cut: String = rest.chars().take(SHOWN - 1).collect();
    format!("{cut}…")
}

fn words(text: &str, out: &mut String) {
    let mut lines = text.split('\n');
    if let Some(first) = lines.next() {
        escape(first, out);
    }
    let mut empty = 0;
    for line in lines {
        if line.trim().is_empty() {
            empty += 1;
            continue;
        }
        out.push_str(if empty > 0 { "</p><p>" } else { "<br>" });
        empty = 0;
        escape(line, out);
    }
    if text.ends_with('\n') || empty > 0 {
        out.push_str(if empty > 1 { "</p><p>" } else { "<br>" });
    }
}

/// The words of a post. `known` holds the folded handles that are somebody's: another stays a word.
pub(crate) fn html(body: &str, lang: Lang, known: &HashSet<String>) -> String {
    if body.is_empty() {
        return String::new();
    }
    let mut out = String::with_capacity(body.len() + 64);
    out.push_str("<p>");
    for piece in pieces(body) {
        match piece {
            Piece::Link(link) => anchor(link, "ugc nofollow noopener", &shown(link), &mut out),
            Piece::Mention(mention) => {
                let folded = handle::fold(mention);
                if known.contains(&folded) {
                    anchor(&voice_path(lang, &folded), "", mention, &mut out);
                } else {
                    escape(mention, &mut out);
                }
            }
            Piece::Tag(tag) => match fold_tag(tag) {
                folded if folded.is_empty() => escape(tag, &mut out),
                folded => anchor(&tag_path(lang, &folded), "tag", tag, &mut out),
            },
            Piece::Words(text) => words(text, &mut out),
        }
    }
    out.push_str("</p>");
    out
}

/// The first words of a text in one line, cut at a word.
pub(crate) fn first_words(body: &str, most: usize) -> String {
    let line = kernel::line(body);
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before);
    format!("{}…", cut.trim_end_matches([',', ';', ':', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> String {
        html(text, Lang::Fr, &HashSet::from(["odile".to_owned()]))
    }

    #[test]
    fn c11_links_mentions_and_tags_become_links_and_nothing_else_is_markup() {
        let link = |url: &str, text: &str| format!("<a href=\"{url}\" rel=\"ugc nofollow noopener\">{text}</a>");
        for (text, expected) in [
            ("Bonjour", "Bonjour".to_owned()),
            ("a\nb\n\n\nc", "a<br>b</p><p>c".to_owned()),
            ("<b>x</b> & 'y'", "&lt;b&gt;x&lt;/b&gt; &amp; &#39;y&#39;".to_owned()),
            ("https://a.example/?a=1&b=2", link("https://a.example/?a=1&amp;b=2", "a.example/?a=1&amp;b=2")),
            ("http://www.a.example/", link("http://www.a.example/", "a.example")),
            (
                "https://a.example/un-tres-long-chemin/qui-ne-finit-pas",
                link(
                    "https://a.example/un-tres-long-chemin/qui-ne-finit-pas",
                    "a.example/un-tres-long-chemin/qui-ne-fi…",
                ),
            ),
            ("@odile et @inconnue", "<a href=\"/fr/members/odile\">@odile</a> et @inconnue".to_owned()),
            ("@Odile", "<a href=\"/fr/members/odile\">@Odile</a>".to_owned()),
            ("#Été", "<a href=\"/fr/tags/ete\" rel=\"tag\">#Été</a>".to_owned()),
            ("javascript:alert(1) [x](y) **z**", "javascript:alert(1) [x](y) **z**".to_owned()),
            (
                "https://a.example/\"onclick=\"x",
                format!("{}&quot;onclick=&quot;x", link("https://a.example/", "a.example")),
            ),
            ("\u{202e}renversé", "renversé".to_owned()),
        ] {
            assert_eq!(of(text), format!("<p>{expected}</p>"), "{text}");
        }
        assert_eq!(of(""), "");
    }

    #[test]
    fn first_words_end_at_a_word() {
        assert_eq!(first_words("Un\ndeux trois", 40), "Un deux trois");
        assert_eq!(first_words("Un deux, trois quatre", 12), "Un deux…");
    }

    proptest! {
        #[test]
        fn c11_whatever_is_written_the_only_elements_are_ours(text in "(\\PC|[<>\"'&@#\n]|https://a\\.b/c?|@odile|#été){0,60}") {
            let made = of(&text);
            let stripped = made
                .replace("<p>", "").replace("</p>", "").replace("<br>", "").replace("</a>", "")
                .replace("<a href=\"", "");
            prop_assert!(!stripped.contains('<'), "{}", made);
            prop_assert_eq!(made.matches("<p>").count(), made.matches("</p>").count());
            prop_assert_eq!(made.matches("<a ").count(), made.matches("</a>").count());
        }
    }
}
