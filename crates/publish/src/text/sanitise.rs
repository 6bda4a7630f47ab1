//! The sanitiser: HTML from anywhere in, a small safe subset out. Two walls:
//! ammonia parses as a browser does and keeps listed tags only, then our own
//! builder writes the result anew. It never fetches, and never keeps images,
//! styles, scripts, frames, ids or classes.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder as Ammonia, UrlRelative};

use super::load::too_heavy;
use super::to_text::cut_bytes;
use super::token::{Token, tokens};
use super::tree::{Builder, Profile};

/// Longest HTML looked at, and longest given, in bytes. What follows is dropped.
pub const MAX_INPUT_BYTES: usize = 1 << 20;

/// Tags that survive the first wall. Those that the builder does not write
/// (div, section…) are kept so far because they part paragraphs.
const TAGS: [&str; 52] = [
    "a",
    "address",
    "article",
    "aside",
    "b",
    "blockquote",
    "br",
    "caption",
    "center",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "s",
    "section",
    "strike",
    "strong",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "dir",
];

/// Tags that go with all they hold.
const DROPPED: [&str; 19] = [
    "audio", "button", "canvas", "embed", "iframe", "math", "noembed", "noframes", "noscript", "object", "script",
    "select", "style", "svg", "template", "textarea", "title", "video", "xmp",
];

static WALL: LazyLock<Ammonia<'static>> = LazyLock::new(|| {
    let mut wall = Ammonia::empty();
    wall.tags(HashSet::from(TAGS))
        .clean_content_tags(HashSet::from(DROPPED))
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("img", HashSet::from(["alt"])),
            ("ol", HashSet::from(["start"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(None)
        .strip_comments(true);
    wall
});

/// Takes HTML from any source and gives safe HTML: p, br, ul, ol, li, a,
/// strong, em, b, i, del, blockquote, code, pre, h3–h6, hr and table parts.
/// Attributes: `href` (http, https, mailto; always with `rel="noopener"`),
/// `start`, `colspan`, `rowspan`. h1 and h2 become h3, an image becomes its
/// alternative text in brackets, div and the like part paragraphs. The
/// function is idempotent. Input past [`MAX_INPUT_BYTES`] is dropped, and so is
/// output past the same number (with `…`, all tags closed). Input
/// built to overload a parser (very deep nesting) comes back as escaped text.
pub fn sanitise_html(html: &str) -> String {
    rebuild(html, Profile::Page, MAX_INPUT_BYTES)
}

/// Takes HTML from any source and gives HTML of at most `max_bytes` bytes with
/// only p, ol, ul, li, a, br, strong and em, the set that Apple Podcasts shows
/// in a description (limit there: 4000 bytes). The cut is after a word, with
/// `…`, and all open tags are closed. Headings become strong paragraphs, table
/// rows become paragraphs.
pub fn feed_html(html: &str, max_bytes: usize) -> String {
    rebuild(html, Profile::Feed, max_bytes)
}

fn rebuild(html: &str, profile: Profile, limit: usize) -> String {
    let html = cut_bytes(html, MAX_INPUT_BYTES);
    if too_heavy(html) {
        return as_text(html, profile, limit);
    }
    let walled = WALL.clean(html).to_string();
    let mut builder = Builder::new(profile, limit);
    for token in tokens(&walled) {
        builder.push(token);
    }
    let out = builder.finish();
    // What we give must be light enough to be taken again.
    if too_heavy(&out) { as_text(html, profile, limit) } else { out }
}

fn as_text(html: &str, profile: Profile, limit: usize) -> String {
    let text = html.replace('&', "&amp;");
    let mut builder = Builder::new(profile, limit);
    builder.push(Token::Text(&text));
    builder.finish()
}
