//! Show notes written in Markdown (CommonMark with tables, strikethrough and
//! bare web links). Every result passes the sanitiser; raw HTML in the source
//! is treated like any HTML from outside.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream, html};

use super::plain::{Piece, link_pieces};
use super::sanitise::{MAX_INPUT_BYTES, sanitise_html};
use super::to_text::cut_bytes;

/// Takes Markdown and gives safe HTML. Headings are shifted so that `#`
/// becomes h3 (the page itself has h1 and h2), `##` h4, `###` h5, deeper h6.
/// Images become their alternative text. Input past [`MAX_INPUT_BYTES`] is
/// dropped.
pub fn markdown_to_html(md: &str) -> String {
    let md = cut_bytes(md, MAX_INPUT_BYTES);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut raw = String::with_capacity(md.len() + md.len() / 2);
    let mut inside = 0_usize;
    let mut events: Vec<Event<'_>> = Vec::new();
    for event in TextMergeStream::new(Parser::new_ext(md, options)) {
        match event {
            Event::Text(text) if inside == 0 => push_linked(&mut events, text),
            Event::Start(tag) => {
                inside += usize::from(holds_no_links(&tag));
                events.push(Event::Start(shifted(tag)));
            }
            Event::End(end) => {
                let held = matches!(end, TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock);
                inside = inside.saturating_sub(usize::from(held));
                events.push(Event::End(shifted_end(end)));
            }
            other => events.push(other),
        }
    }
    html::push_html(&mut raw, events.into_iter());
    sanitise_html(&raw)
}

fn holds_no_links(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_))
}

fn shifted(tag: Tag<'_>) -> Tag<'_> {
    match tag {
        Tag::Heading { level, .. } => {
            Tag::Heading { level: shift(level), id: None, classes: Vec::new(), attrs: Vec::new() }
        }
        other => other,
    }
}

fn shifted_end(end: TagEnd) -> TagEnd {
    match end {
        TagEnd::Heading(level) => TagEnd::Heading(shift(level)),
        other => other,
    }
}

fn shift(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

/// Adds a text event, with bare web addresses made into links.
fn push_linked<'a>(events: &mut Vec<Event<'a>>, text: CowStr<'a>) {
    if !text.contains("://") {
        events.push(Event::Text(text));
        return;
    }
    for piece in link_pieces(&text) {
        match piece {
            Piece::Text(part) => events.push(Event::Text(part.to_owned().into())),
            Piece::Link(url) => {
                let url: CowStr<'a> = url.to_owned().into();
                events.push(Event::Start(Tag::Link {
                    link_type: LinkType::Autolink,
                    dest_url: url.clone(),
                    title: "".into(),
                    id: "".into(),
                }));
                events.push(Event::Text(url));
                events.push(Event::End(TagEnd::Link));
            }
        }
    }
}
