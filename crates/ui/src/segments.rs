//! A rendered page as byte segments with named holes. What is the same for everyone is rendered once and
//! cached; what differs (the account link, a form's stamp) is a hole filled per request.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::LazyLock;

use bytes::Bytes;

/// Opens a hole's name in rendered text, before the process's own word. A private-use character.
pub const HOLE_START: char = '\u{f8f0}';
/// Closes a hole's name.
pub const HOLE_END: char = '\u{f8f1}';

/// What begins a hole: nobody outside this process knows the word, so that no text people send can be taken for a hole,
/// however it came into a page.
static OPENING: LazyLock<String> = LazyLock::new(|| {
    let word = || RandomState::new().build_hasher().finish();
    format!("{HOLE_START}{:016x}{:016x} ", word(), word())
});

/// A hole as it stands in rendered text.
#[must_use]
pub fn hole(name: &str) -> String {
    format!("{}{name}{HOLE_END}", *OPENING)
}

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Bytes sent as they are.
    Text(Bytes),
    /// The name of something filled per request.
    Hole(String),
}

/// Cuts rendered text at its holes.
#[must_use]
pub fn split(html: String) -> Vec<Segment> {
    let whole = Bytes::from(html);
    let Ok(text) = std::str::from_utf8(&whole) else { return vec![Segment::Text(whole)] };
    let mut segments = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(OPENING.as_str()).map(|i| from + i) {
        let name_from = start + OPENING.len();
        let Some(end) = text[name_from..].find(HOLE_END).map(|i| name_from + i) else { break };
        if start > from {
            segments.push(Segment::Text(whole.slice(from..start)));
        }
        segments.push(Segment::Hole(text[name_from..end].to_owned()));
        from = end + HOLE_END.len_utf8();
    }
    if from < whole.len() {
        segments.push(Segment::Text(whole.slice(from..)));
    }
    segments
}

/// Fills the holes of a page that nobody keeps.
#[must_use]
pub fn fill(html: String, filler: impl Fn(&str) -> String) -> Bytes {
    let mut out = Vec::with_capacity(html.len() + 512);
    for segment in split(html) {
        match segment {
            Segment::Text(bytes) => out.extend_from_slice(&bytes),
            Segment::Hole(name) => out.extend_from_slice(filler(&name).as_bytes()),
        }
    }
    Bytes::from(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_cut_out_in_order() {
        let html = format!("a{}{}b", hole("x"), hole("y"));
        let text = |t: &'static str| Segment::Text(Bytes::from_static(t.as_bytes()));
        let named = |n: &str| Segment::Hole(n.to_owned());
        assert_eq!(split(html), vec![text("a"), named("x"), named("y"), text("b")]);
        let plain = format!("{}ain", "pl");
        assert_eq!(split(plain), vec![text("plain")]);
        assert_eq!(split(String::new()), vec![]);
    }

    #[test]
    fn what_people_send_is_never_a_hole() {
        let filled = fill(format!("<p>{HOLE_START}csrf{HOLE_END} {HOLE_START}</p>"), |_| "secret".to_owned());
        assert_eq!(filled, format!("<p>{HOLE_START}csrf{HOLE_END} {HOLE_START}</p>"));
    }
}
