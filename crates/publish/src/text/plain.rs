//! Plain text to HTML: paragraphs, line breaks and links of bare addresses.
//! Also the guess whether a text from a feed is HTML or plain. A wrong guess
//! is ugly but harmless, since both ways end in the sanitiser.

use super::clean::push_escaped;
use super::sanitise::sanitise_html;

/// Tags whose presence makes a text HTML.
const KNOWN_TAGS: &str = " a abbr article audio b blockquote body br center code dd del div dl dt em embed figure font \
     footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins li link main math meta nav object \
     ol p pre q s script section small source span strike strong style sub sup svg table tbody td template th \
     thead title tr u ul video ";

/// Named character references that make a text HTML, besides numeric ones.
const KNOWN_ENTITIES: &str = " amp lt gt quot apos nbsp eacute egrave ecirc agrave acirc ccedil ocirc ucirc ugrave \
     rsquo lsquo rdquo ldquo laquo raquo hellip ndash mdash bull middot copy euro ";

/// A piece of plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Running text.
    Text(&'a str),
    /// A bare http or https address.
    Link(&'a str),
}

/// Says whether a text from a feed is HTML: it holds a known tag, a comment, a
/// doctype or a character reference.
pub fn looks_like_html(text: &str) -> bool {
    let tag = text.split('<').skip(1).any(|after| {
        let name = after.strip_prefix('/').unwrap_or(after);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let border = name[end..].starts_with(['>', '/', ' ', '\t', '\n', '\r']);
        after.starts_with("!--")
            || after.starts_with("!DOCTYPE")
            || after.starts_with("!doctype")
            || (border && listed(KNOWN_TAGS, &name[..end].to_ascii_lowercase()))
    });
    tag || text.split('&').skip(1).any(|after| {
        after.split_once(';').is_some_and(|(name, _)| match name.strip_prefix('#') {
            Some(code) => is_numeric_reference(code),
            None => listed(KNOWN_ENTITIES, name),
        })
    })
}

fn is_numeric_reference(code: &str) -> bool {
    let hex = code.strip_prefix(['x', 'X']);
    let digits = hex.unwrap_or(code);
    let right = |b: u8| if hex.is_some() { b.is_ascii_hexdigit() } else { b.is_ascii_digit() };
    !digits.is_empty() && digits.len() <= 7 && digits.bytes().all(right)
}

fn listed(list: &str, name: &str) -> bool {
    !name.is_empty() && list.split_ascii_whitespace().any(|known| known == name)
}

/// Takes a description from a feed, HTML or plain, and gives safe HTML.
pub fn imported_to_html(text: &str) -> String {
    if looks_like_html(text) { sanitise_html(text) } else { text_to_html(text) }
}

/// Takes plain text and gives safe HTML: blank lines part paragraphs, other
/// line ends become `<br>`, bare http and https addresses become links.
pub fn text_to_html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 4);
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}'], "\n").replace('\u{2029}', "\n\n");
    let mut open = false;
    for line in text.split('\n') {
        let line = line.trim();
        if line.is_empty() {
            html.push_str(if open { "</p>" } else { "" });
            open = false;
            continue;
        }
        html.push_str(if open { "<br>" } else { "<p>" });
        open = true;
        for piece in link_pieces(line) {
            push_piece(&mut html, piece);
        }
    }
    sanitise_html(&html)
}

fn push_piece(html: &mut String, piece: Piece<'_>) {
    match piece {
        Piece::Text(text) => push_escaped(html, text),
        Piece::Link(url) => {
            html.push_str("<a href=\"");
            push_escaped(html, url);
            html.push_str("\">");
            push_escaped(html, url);
            html.push_str("</a>");
        }
    }
}

/// Splits plain text at its bare http and https addresses. Punctuation that
/// ends a sentence is not part of an address, nor is a closing bracket that
/// was not opened in it.
pub(super) fn link_pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut done = 0;
    let mut from = 0;
    while let Some(at) = text[from..].find("://").map(|i| from + i) {
        from = at + 3;
        let Some(start) = scheme_start(&text[done..at]).map(|i| done + i) else {
            continue;
        };
        let stop = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '«' | '»' | '`');
        let end = text[from..].find(stop).map_or(text.len(), |i| from + i);
        let url = trim_url(&text[start..end]);
        if url.len() <= at + 3 - start {
            continue;
        }
        if start > done {
            pieces.push(Piece::Text(&text[done..start]));
        }
        pieces.push(Piece::Link(url));
        done = start + url.len();
        from = done;
    }
    if done < text.len() {
        pieces.push(Piece::Text(&text[done..]));
    }
    pieces
}

/// Where `http` or `https` starts at the end of `before`, if it stands alone.
fn scheme_start(before: &str) -> Option<usize> {
    let bytes = before.as_bytes();
    let length = [5, 4].into_iter().find(|n| {
        let word = if *n == 5 { &b"https"[..] } else { &b"http"[..] };
        bytes.len() >= *n && bytes[bytes.len() - n..].eq_ignore_ascii_case(word)
    })?;
    let start = before.len() - length;
    let alone = !before[..start].ends_with(|c: char| c.is_alphanumeric());
    alone.then_some(start)
}

fn trim_url(url: &str) -> &str {
    let mut url = url;
    loop {
        let cut = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '…', '\'', '’', '”', '*', '_', '|']);
        let shorter = match cut.chars().next_back() {
            Some(')') if cut.matches(')').count() > cut.matches('(').count() => &cut[..cut.len() - 1],
            Some(']') if cut.matches(']').count() > cut.matches('[').count() => &cut[..cut.len() - 1],
            Some('}') if !cut.contains('{') => &cut[..cut.len() - 1],
            _ => cut,
        };
        if shorter.len() == url.len() {
            return url;
        }
        url = shorter;
    }
}
