//! Reads of a strange page what it says of itself: its title, a sentence, its name, a picture. A small reader of the part
//! before the body: it builds no tree, runs nothing, and whatever comes in, it gives short plain texts.

use encoding_rs::{Encoding, UTF_8};

/// The most of a page that is read, in bytes.
pub const MOST_BYTES: u64 = 512 * 1024;
const MOST_TITLE: usize = 200;
const MOST_ABOUT: usize = 300;
const MOST_SITE: usize = 80;
const MOST_ADDRESS: usize = 2000;

/// What a page says of itself. Empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its title.
    pub title: String,
    /// A sentence about it.
    pub about: String,
    /// The name of its site.
    pub site: String,
    /// The address of a picture, as written.
    pub picture: String,
}

/// A page's text: by the charset the server named, else the one the page names, else UTF-8.
#[must_use]
pub fn decode(bytes: &[u8], charset: Option<&str>) -> String {
    let start: String = bytes.iter().take(2048).map(|b| char::from(*b)).collect::<String>().to_ascii_lowercase();
    let named = start.split_once("charset=").map(|(_, rest)| {
        let rest = rest.trim_start_matches(['"', '\'']);
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect::<String>()
    });
    let label = charset.map(str::to_owned).or(named).unwrap_or_default();
    let encoding = Encoding::for_label(label.as_bytes()).unwrap_or(UTF_8);
    encoding.decode(bytes).0.into_owned()
}

/// The same position after a piece, or the end.
fn after<'t>(text: &'t str, piece: &str) -> &'t str {
    text.find(piece).map_or("", |at| &text[at + piece.len()..])
}

/// The rest after `</name`, whatever its case.
fn after_end<'t>(text: &'t str, name: &str) -> (&'t str, &'t str) {
    let mut from = 0;
    while let Some(at) = text[from..].find("</").map(|i| from + i) {
        let rest = &text[at + 2..];
        if rest.get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name)) {
            return (&text[..at], rest);
        }
        from = at + 2;
    }
    (text, "")
}

/// Named attributes of a start tag, and what follows it. `text` begins after the element's name.
fn attributes(mut text: &str) -> (Vec<(String, &str)>, &str) {
    let mut out = Vec::new();
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(rest) = text.strip_prefix('>') {
            return (out, rest);
        }
        let end = text.find(|c: char| c.is_whitespace() || "=>/".contains(c)).unwrap_or(text.len());
        if end == 0 && !text.starts_with('=') {
            return (out, "");
        }
        let name = text[..end].to_ascii_lowercase();
        text = text[end..].trim_start();
        let Some(rest) = text.strip_prefix('=') else { continue };
        text = rest.trim_start();
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = match quote {
            Some(quote) => {
                let rest = &text[1..];
                let end = rest.find(quote).unwrap_or(rest.len());
                text = rest.get(end + 1..).unwrap_or("");
                &rest[..end]
            }
            None => {
                let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(text.len());
                let value = &text[..end];
                text = &text[end..];
                value
            }
        };
        if out.len() < 20 {
            out.push((name, value));
        }
    }
}

/// A short plain text of what stood in a page: entities read, no controls, no marks that turn the direction, cut at a word.
fn plain(raw: &str, most: usize) -> String {
    let start: String = raw.chars().take(most * 6).collect();
    let text = publish::text::html_to_text(&start.replace('<', "&lt;"));
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    let text: String = text.chars().map(|c| if c == '\n' { ' ' } else { c }).filter(|c| !turns(c)).collect();
    let line = kernel::line(&text);
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most).collect();
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before);
    format!("{cut}…")
}

fn address(raw: &str) -> String {
    let text = publish::text::html_to_text(&raw.replace('<', "&lt;"));
    let line = kernel::line(&text);
    if line.len() > MOST_ADDRESS { String::new() } else { line }
}

/// What was found, in the order of preference.
#[derive(Default)]
struct Found {
    title: [Option<String>; 3],
    about: [Option<String>; 3],
    site: [Option<String>; 2],
    picture: [Option<String>; 3],
}

impl Found {
    fn meta(&mut self, attributes: &[(String, &str)]) {
        let get = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| *value);
        let Some(content) = get("content") else { return };
        let name = get("property").or_else(|| get("name")).unwrap_or_default().to_ascii_lowercase();
        let (place, value) = match name.as_str() {
            "og:title" => (&mut self.title[0], plain(content, MOST_TITLE)),
            "twitter:title" => (&mut self.title[1], plain(content, MOST_TITLE)),
            "og:description" => (&mut self.about[0], plain(content, MOST_ABOUT)),
            "twitter:description" => (&mut self.about[1], plain(content, MOST_ABOUT)),
            "description" => (&mut self.about[2], plain(content, MOST_ABOUT)),
            "og:site_name" => (&mut self.site[0], plain(content, MOST_SITE)),
            "application-name" => (&mut self.site[1], plain(content, MOST_SITE)),
            "og:image:secure_url" => (&mut self.picture[0], address(content)),
            "og:image" | "og:image:url" => (&mut self.picture[1], address(content)),
            "twitter:image" => (&mut self.picture[2], address(content)),
            _ => return,
        };
        if place.is_none() && !value.is_empty() {
            *place = Some(value);
        }
    }
}

/// What the page behind a link says of itself.
#[must_use]
pub fn facts(html: &str) -> Facts {
    let (mut rest, mut found) = (html, Found::default());
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(inside) = rest.strip_prefix("!--") {
            rest = after(inside, "-->");
            continue;
        }
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '/').unwrap_or(rest.len());
        let name = rest[..length].to_ascii_lowercase();
        match name.as_str() {
            "body" | "/head" => break,
            "meta" => {
                let (attributes, behind) = attributes(&rest[length..]);
                found.meta(&attributes);
                rest = behind;
            }
            "title" => {
                let (text, behind) = after_end(attributes(&rest[length..]).1, "title");
                let title = plain(text, MOST_TITLE);
                if found.title[2].is_none() && !title.is_empty() {
                    found.title[2] = Some(title);
                }
                rest = behind;
            }
            "script" | "style" | "noscript" | "template" | "svg" | "object" => {
                rest = after_end(attributes(&rest[length..]).1, &name).1;
            }
            // What stands in an attribute's quotes is no element, whatever it looks like.
            _ if name.starts_with(|c: char| c.is_ascii_lowercase()) => rest = attributes(&rest[length..]).1,
            _ => {}
        }
    }
    let first = |list: &mut [Option<String>]| list.iter_mut().find_map(Option::take).unwrap_or_default();
    Facts {
        title: first(&mut found.title),
        about: first(&mut found.about),
        site: first(&mut found.site),
        picture: first(&mut found.picture),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(html: &str) -> [String; 4] {
        let f = facts(html);
        [f.title, f.about, f.site, f.picture]
    }

    #[test]
    fn a_page_says_what_it_is() {
        let page = r#"<!DOCTYPE html><html><head><meta charset="utf-8"><!-- <meta property="og:title" content="Non"> -->
            <script>let a = '<meta property="og:title" content="Script">';</script>
            <title>Le pont &amp; la rive</title>
            <META content='Une traversée de 6&nbsp;h&#32;42' PROPERTY=og:description />
            <meta property="og:site_name" content="Saône"><meta name=twitter:image content=/p.jpg>
            <meta property="og:image" content="https://a.example/p.jpg?a=1&amp;b=2">
            </head><body><meta property="og:title" content="Trop tard"></body>"#;
        assert_eq!(
            of(page),
            ["Le pont & la rive", "Une traversée de 6 h 42", "Saône", "https://a.example/p.jpg?a=1&b=2"]
                .map(|s| s.replace("6 h", "6\u{a0}h"))
        );
    }

    #[test]
    fn whatever_a_page_says_is_short_plain_text() {
        for (page, title) in [
            ("<title>a</title><meta property='og:title' content='b'>", "b"),
            ("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>", "<script>alert(1)</script>"),
            ("<title><b>gras</b></title>", "<b>gras</b>"),
            ("<meta property=og:title content=\"un 'deux' > trois\">", "un 'deux' > trois"),
            ("<meta property='og:title' content='\u{202e}à l’envers\u{0}'>", "à l’envers"),
            ("<title>un\n\n deux</title>", "un deux"),
            ("<title", ""),
            ("<meta property=\"og:title\" content=\"ouvert", "ouvert"),
            ("<svg><title>image</title></svg><title>page</title>", "page"),
            ("<body><title>a</title>", ""),
            ("", ""),
        ] {
            assert_eq!(of(page)[0], title, "{page}");
        }
        let long = format!("<title>{}</title>", "mot ".repeat(400));
        let title = facts(&long).title;
        assert!(title.chars().count() <= MOST_TITLE + 1 && title.ends_with("mot…"), "{title}");
    }

    #[test]
    fn charsets_are_read_where_they_are_named() {
        let latin = b"<meta http-equiv=x content='text/html; charset=ISO-8859-1'><title>\xe9t\xe9</title>";
        assert_eq!(facts(&decode(latin, None)).title, "été");
        assert_eq!(facts(&decode("<title>été</title>".as_bytes(), None)).title, "été");
        assert_eq!(facts(&decode(b"<title>\xe9t\xe9</title>", Some("windows-1252"))).title, "été");
        assert_eq!(decode(b"a", Some("no such thing")), "a");
    }

    proptest! {
        #[test]
        fn nothing_that_comes_in_is_an_accident(html in "[<>a-z/=\"' !&;#\\-é\u{202e}]{0,200}") {
            let found = facts(&html);
            prop_assert!(found.title.chars().count() <= MOST_TITLE + 1);
        }

        #[test]
        fn bytes_are_no_accident_either(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            drop(facts(&decode(&bytes, None)));
        }

        #[test]
        fn a_title_is_found_after_anything_closed(before in "(<(meta|link|p)( [a-z]+=\"[a-z <>]*\")*>){0,8}") {
            let html = format!("{before}<title>Ici</title>");
            prop_assert_eq!(facts(&html).title, "Ici");
        }
    }

    #[test]
    fn what_stands_in_quotes_opens_no_element() {
        for tag in [
            "<p a=\"<svg >\">",
            "<link a='<body>'>",
            "<script a=\"</script>\"></script>",
            "<a b=\"<title>non</title>\">",
        ] {
            assert_eq!(facts(&format!("{tag}<title>Ici</title>")).title, "Ici", "{tag}");
        }
    }
}
