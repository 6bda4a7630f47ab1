//! What editors of WordPress wrote, as plain HTML: marks of blocks go, known shortcodes become links or go, and text
//! without paragraphs gets them. The result is not safe yet: `text::sanitise_html` comes after.

/// A text turned into HTML, and what of it could not be kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Converted {
    /// HTML, not sanitised.
    pub html: String,
    /// The first sound a shortcode or block names.
    pub sound: Option<String>,
    /// Names of shortcodes that were dropped, each once.
    pub dropped: Vec<String>,
    /// Pictures that stay behind.
    pub pictures: usize,
    /// Embedded frames and players that stay behind.
    pub frames: usize,
}

/// Shortcodes that show something we cannot: they go, and are told.
const DROPPED: &[&str] = &[
    "gallery",
    "playlist",
    "powerpress",
    "podcast_episode",
    "ss_player",
    "ss_podcast",
    "podcast_playlist",
    "contact-form-7",
    "contact-form",
    "subscribe",
    "wpforms",
    "gravityform",
    "rev_slider",
    "latest-posts",
];
/// Shortcodes that stand around text: the text stays.
const AROUND: &[&str] = &["caption", "wp_caption", "vc_row", "vc_column", "vc_column_text", "column", "row"];
/// Elements that stand for themselves and are no part of a paragraph.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
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
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "audio",
    "video",
    "iframe",
    "script",
    "style",
];

/// Converts one text.
#[must_use]
pub fn to_html(raw: &str) -> Converted {
    let blocks = raw.contains("<!-- wp:");
    let mut out = Converted::default();
    let bare = without_comments(raw);
    let text = shortcodes(&bare, &mut out);
    let lower = text.to_ascii_lowercase();
    let count = |tag: &str| lower.matches(tag).count();
    out.pictures = count("<img");
    out.frames = count("<iframe") + count("<object") + count("<embed");
    if out.sound.is_none() {
        out.sound = source_of(&text, &lower, "<audio");
    }
    let text = players(&text);
    out.html = if blocks { text } else { paragraphs(&text) };
    out
}

/// A comment as HTML, not sanitised: WordPress stores text with a few tags and makes paragraphs when it shows it.
#[must_use]
pub fn comment_html(raw: &str) -> String {
    paragraphs(&without_comments(raw))
}

/// Comments hold the marks of blocks and `<!--more-->`.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        out.push_str(&rest[..start]);
        match rest[start + 4..].find("-->") {
            Some(end) => rest = &rest[start + 4 + end + 3..],
            None => return out,
        }
    }
    out.push_str(rest);
    out
}

struct Code<'a> {
    name: &'a str,
    attrs: &'a str,
    /// Bytes of the whole opening tag.
    len: usize,
}

/// A shortcode's opening at the start of `text`.
fn opening(text: &str) -> Option<Code<'_>> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find([']', '[', '<'])?;
    if inner.as_bytes().get(end) != Some(&b']') {
        return None;
    }
    let body = &inner[..end];
    let stop = body.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(body.len());
    let (name, attrs) = body.split_at(stop);
    (!name.is_empty() && name.starts_with(|c: char| c.is_ascii_lowercase())).then_some(Code {
        name,
        attrs: attrs.trim_end_matches('/'),
        len: end + 2,
    })
}

/// The value of an attribute of a shortcode.
fn attr<'a>(attrs: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = attrs[from..].find(name).map(|i| from + i) {
        from = at + name.len();
        let Some(value) = attrs[from..].trim_start().strip_prefix('=').map(str::trim_start) else { continue };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        return match quote {
            Some(quote) => value[1..].split(quote).next(),
            None => value.split_whitespace().next(),
        };
    }
    None
}

fn shortcodes(text: &str, out: &mut Converted) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        html.push_str(&rest[..at]);
        rest = &rest[at..];
        // `[[name]]` is how a shortcode is written about.
        if rest.starts_with("[[")
            && let Some(code) = opening(&rest[1..])
            && rest[1 + code.len..].starts_with(']')
        {
            html.push_str(&rest[1..1 + code.len]);
            rest = &rest[code.len + 2..];
            continue;
        }
        rest = match opening(rest) {
            Some(code) => shortcode(rest, &code, &mut html, out),
            None => {
                let closing = rest.strip_prefix("[/").and_then(|r| r.split_once(']'));
                match closing {
                    Some((name, after)) if AROUND.contains(&name) || DROPPED.contains(&name) => after,
                    _ => {
                        html.push('[');
                        &rest[1..]
                    }
                }
            }
        };
    }
    html.push_str(rest);
    html
}

/// Writes what becomes of one shortcode and gives what follows it.
fn shortcode<'a>(rest: &'a str, code: &Code<'_>, html: &mut String, out: &mut Converted) -> &'a str {
    let after = &rest[code.len..];
    match code.name {
        "audio" | "video" => {
            let names = ["src", "mp3", "m4a", "ogg", "mp4", "wav"];
            let url = names.iter().find_map(|n| attr(code.attrs, n)).filter(|u| u.starts_with("http"));
            if let Some(url) = url {
                link(html, url);
                if code.name == "audio" && out.sound.is_none() {
                    out.sound = Some(url.to_owned());
                }
            }
            after.strip_prefix(&format!("[/{}]", code.name)).unwrap_or(after)
        }
        "embed" => match after.split_once("[/embed]") {
            Some((url, after)) if url.trim().starts_with("http") => {
                link(html, url.trim());
                after
            }
            _ => after,
        },
        name if AROUND.contains(&name) => after,
        name if DROPPED.contains(&name) => {
            if !out.dropped.iter().any(|known| known == name) {
                out.dropped.push(name.to_owned());
            }
            after
        }
        _ => {
            html.push_str(&rest[..code.len]);
            after
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn link(html: &mut String, url: &str) {
    let url = escaped(&url.replace("&amp;", "&"));
    html.push_str(&format!("\n\n<p><a href=\"{url}\">{url}</a></p>\n\n"));
}

/// The address in `src` of the first tag that starts like this.
fn source_of(text: &str, lower: &str, tag: &str) -> Option<String> {
    let at = lower.find(tag)?;
    let head = text.get(at..)?;
    let end = head.find("</").unwrap_or(head.len().min(2000));
    let value = attr(head.get(..end)?, "src")?;
    value.starts_with("http").then(|| value.replace("&amp;", "&"))
}

/// Players and frames become links to what they played, because the sanitiser drops them whole.
fn players(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in lower.match_indices('<') {
        let tail = &lower[at..];
        let tag = ["<iframe", "<audio", "<video"].into_iter().find(|t| tail.starts_with(t));
        if at < from || tag.is_none() {
            continue;
        }
        let Some(end) = text[at..].find('>') else { continue };
        let url = attr(&text[at..at + end], "src").filter(|u| u.starts_with("http"));
        if let Some(url) = url {
            out.push_str(&text[from..at]);
            link(&mut out, url);
            from = at;
        }
    }
    out.push_str(&text[from..]);
    out
}

/// Paragraphs for text that has none: a blank line parts them, a line end breaks a line, elements that stand for
/// themselves stay as they are.
fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text.as_str();
    // What is set as it stands keeps its line ends.
    while let Some(start) = rest.find("<pre") {
        let end = rest[start..].find("</pre>").map_or(rest.len(), |end| start + end + 6);
        plain_paragraphs(&rest[..start], &mut out);
        out.push_str(&rest[start..end]);
        rest = &rest[end..];
    }
    plain_paragraphs(rest, &mut out);
    out
}

fn plain_paragraphs(text: &str, out: &mut String) {
    for piece in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
        if is_block(piece) {
            out.push_str(piece);
            out.push('\n');
        } else {
            out.push_str("<p>");
            out.push_str(&lines(piece));
            out.push_str("</p>\n");
        }
    }
}

fn is_block(piece: &str) -> bool {
    let Some(tag) = piece.strip_prefix('<') else { return false };
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
    BLOCKS.contains(&tag[..end].to_ascii_lowercase().as_str())
}

fn lines(piece: &str) -> String {
    let line = |text: &str| {
        let bare = text.trim();
        let alone = (bare.starts_with("https://") || bare.starts_with("http://")) && !bare.contains([' ', '<', '"']);
        if alone { format!("<a href=\"{0}\">{0}</a>", bare.replace('&', "&amp;")) } else { text.to_owned() }
    };
    piece.split('\n').map(line).collect::<Vec<_>>().join("<br>\n")
}
