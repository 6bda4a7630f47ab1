//! Searching: reading what somebody typed, and finding the passage of an episode that answers it best. Pure; which
//! episodes have the words is the index's business.

pub use crate::model::search::{Field, Place};
use kernel::Sought;

use crate::media::timecode;

/// The longest query, in characters.
pub const LONGEST: usize = 200;
/// The most words of a query.
pub const MOST_WORDS: usize = 12;
/// A last word of so many letters also finds longer words that begin with it.
const BEGINNING: usize = 3;
/// About how many characters of a text are shown.
const SHOWN: usize = 180;

/// A query as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What was typed, on one line and cut.
    pub typed: String,
    /// Everything that must be there.
    pub all: Vec<Sought>,
    /// Nothing of this may be there.
    pub none: Vec<Sought>,
    /// Only in the show of this name in addresses.
    pub show: Option<String>,
    /// Whether something was too long and is not looked for.
    pub cut: bool,
}

impl Query {
    /// Reads a query. Nothing is refused: what is no word, no quotation and no exclusion is not there.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let whole = kernel::line(text);
        let typed: String = whole.chars().take(LONGEST).collect();
        let mut query = Self { cut: typed.len() < whole.len(), ..Self::default() };
        let mut left = MOST_WORDS;
        let mut rest = typed.trim_start();
        let mut bare = None;
        while !rest.is_empty() {
            let (part, after) = next_part(rest);
            rest = after.trim_start();
            if let Some(show) = part.show {
                query.show = Some(show);
                continue;
            }
            let mut words = kernel::words(part.text);
            query.cut |= words.len() > left;
            words.truncate(left);
            left -= words.len();
            if words.is_empty() {
                continue;
            }
            let sought = Sought { words, beginning: false };
            if part.without {
                query.none.push(sought);
            } else {
                bare = (!part.quoted).then_some(query.all.len());
                query.all.push(sought);
            }
        }
        if let Some(last) = bare.and_then(|at| query.all.get_mut(at)) {
            last.beginning = last.words.last().is_some_and(|w| w.chars().count() >= BEGINNING);
        }
        query.typed = typed;
        query
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

struct Part<'t> {
    text: &'t str,
    quoted: bool,
    without: bool,
    show: Option<String>,
}

/// The next part of what was typed, and the rest.
fn next_part(text: &str) -> (Part<'_>, &str) {
    let minus = text.strip_prefix('-').filter(|rest| rest.chars().next().is_some_and(|c| !c.is_whitespace()));
    let (without, body) = minus.map_or((false, text), |rest| (true, rest));
    let mut chars = body.chars();
    let closing = match chars.next() {
        Some('"') => Some('"'),
        Some('«') => Some('»'),
        Some('“' | '„') => Some('”'),
        _ => None,
    };
    if let Some(closing) = closing {
        let inner = chars.as_str();
        let (text, rest) = inner.split_once([closing, '"']).unwrap_or((inner, ""));
        return (Part { text, quoted: true, without, show: None }, rest);
    }
    let end = body.find(|c: char| c.is_whitespace() || matches!(c, '"' | '«' | '“')).unwrap_or(body.len());
    // A mark that opens nothing is stepped over, so that the loop always comes to an end.
    let (text, rest) = body.split_at(end.max(body.chars().next().map_or(0, char::len_utf8)));
    let show = text.strip_prefix("show:").filter(|slug| super::slug::is_valid(slug)).map(str::to_owned);
    (Part { text, quoted: false, without, show: show.filter(|_| !without) }, rest)
}

/// The words of an episode for the two indexes: titles, and everything.
#[must_use]
pub fn bodies(fields: &[Field]) -> (String, String) {
    let texts: Vec<String> = fields.iter().map(spoken).collect();
    let titles = fields.iter().zip(&texts).filter(|(f, _)| f.place.is_title()).map(|(_, t)| t.as_str());
    (kernel::body_of(titles), kernel::body_of(texts.iter().map(String::as_str)))
}

fn spoken(field: &Field) -> String {
    match field.place {
        Place::Transcript => {
            let mut out = String::with_capacity(field.text.len());
            each_cue(&field.text, |_, text| {
                out.push_str(text);
                out.push('\n');
            });
            out
        }
        _ => field.text.clone(),
    }
}

/// Calls `each` with the start and the text of every cue of a transcript as it is stored. Names of speakers are left out:
/// they stand between the words of a sentence, and among the credits.
pub fn each_cue(vtt: &str, mut each: impl FnMut(i64, &str)) {
    let (mut start, mut text) = (None, String::new());
    for line in vtt.lines().chain([""]) {
        if let Some((from, _)) = line.split_once(" --> ") {
            start = timecode::parse(from).ok().and_then(|ms| i64::try_from(ms).ok());
            text.clear();
        } else if line.is_empty() {
            if let Some(at) = start.take() {
                each(at, &text);
            }
        } else if start.is_some() {
            if !text.is_empty() {
                text.push(' ');
            }
            let said = line.strip_prefix("<v ").and_then(|l| l.split_once('>')).map_or(line, |(_, said)| said);
            if said.contains('&') {
                text.push_str(&said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"));
            } else {
                text.push_str(said);
            }
        }
    }
}

/// A piece of a shown text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its words.
    pub text: String,
    /// Whether they were asked for.
    pub hit: bool,
}

/// The passage of an episode that answers a query best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Where it stands.
    pub place: Place,
    /// Its language.
    pub lang: String,
    /// Where to begin listening, in milliseconds: of a transcript or a chapter.
    pub at_ms: Option<i64>,
    /// The text around, cut.
    pub text: String,
}

/// A match: which of what is sought, from which word to which.
#[derive(Clone, Copy)]
struct Match {
    sought: usize,
    first: usize,
    last: usize,
}

/// Where words stand in a text: for each its bytes, and which of the sought words it is.
struct Found {
    words: Vec<(u32, u32, u32)>,
    matches: Vec<Match>,
}

fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn wide(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// Finds what is sought in a text.
fn find(text: &str, all: &[Sought]) -> Found {
    // Every word of the query has a bit; no query has more than twelve.
    let flat: Vec<(&str, bool)> = all
        .iter()
        .flat_map(|s| s.words.iter().enumerate().map(|(n, w)| (w.as_str(), s.beginning && n + 1 == s.words.len())))
        .collect();
    let mut found = Found { words: Vec::new(), matches: Vec::new() };
    kernel::each_word(text, |word, from, to| {
        let mut bits = 0_u32;
        for (n, (wanted, beginning)) in flat.iter().enumerate().take(32) {
            if word == *wanted || (*beginning && word.starts_with(wanted)) {
                bits |= 1 << n;
            }
        }
        found.words.push((bits, small(from), small(to)));
    });
    let starts: Vec<usize> = all
        .iter()
        .scan(0, |bit, s| {
            let start = *bit;
            *bit += s.words.len();
            Some(start)
        })
        .collect();
    for (at, (bits, ..)) in found.words.iter().enumerate().filter(|(_, (bits, ..))| *bits != 0) {
        for (sought, (start, one)) in starts.iter().zip(all).enumerate() {
            let last = at + one.words.len() - 1;
            let next = |n: usize| found.words.get(at + n).is_some_and(|(b, ..)| b & (1 << (start + n)) != 0);
            if bits & (1 << start) != 0 && (1..one.words.len()).all(next) {
                found.matches.push(Match { sought, first: at, last });
            }
        }
    }
    found
}

/// The smallest stretch with the most of what is sought: how many, how many words long, and its first and last word.
fn best(found: &Found, count: usize) -> Option<(usize, usize, usize, usize)> {
    let matches = &found.matches;
    let mut held = vec![0_usize; count];
    for m in matches {
        held[m.sought] = 1;
    }
    let most = held.iter().sum::<usize>();
    if most == 0 {
        return None;
    }
    held.fill(0);
    let (mut from, mut kinds, mut out) = (0, 0, None::<(usize, usize, usize, usize)>);
    for to in matches {
        kinds += usize::from(held[to.sought] == 0);
        held[to.sought] += 1;
        while kinds == most {
            let first = matches[from];
            let span = to.last.max(first.last) - first.first;
            if out.is_none_or(|(_, s, ..)| span < s) {
                out = Some((most, span, first.first, to.last.max(first.last)));
            }
            held[first.sought] -= 1;
            kinds -= usize::from(held[first.sought] == 0);
            from += 1;
        }
    }
    out
}

/// The passage that answers best: the most of what is sought in the smallest stretch; where that is equal, what can be
/// listened to comes first.
#[must_use]
pub fn passage(query: &Query, fields: &[Field]) -> Option<Passage> {
    let mut chosen: Option<((usize, u8, usize), Passage)> = None;
    for field in fields {
        let (text, cues) = match field.place {
            Place::Transcript => joined(&field.text),
            _ => (field.text.clone(), Vec::new()),
        };
        let found = find(&text, &query.all);
        let Some((most, span, first, last)) = best(&found, query.all.len()) else { continue };
        // Less is better: what is missing, then a passage nobody can listen to, then its length.
        let silent = u8::from(!matches!(field.place, Place::Transcript | Place::Chapter(_)));
        let score = (query.all.len() - most, silent, span);
        if chosen.as_ref().is_some_and(|(best, _)| *best <= score) {
            continue;
        }
        let bytes = (wide(found.words[first].1), wide(found.words[last].2));
        let at_ms = match field.place {
            Place::Chapter(start) => Some(start),
            Place::Transcript => {
                let cue = cues.partition_point(|(at, _)| *at <= bytes.0).saturating_sub(1);
                cues.get(cue).map(|(_, start)| *start)
            }
            _ => None,
        };
        let text = around(&text, bytes);
        chosen = Some((score, Passage { place: field.place, lang: field.lang.clone(), at_ms, text }));
    }
    chosen.map(|(_, passage)| passage)
}

/// A transcript as one text, and where in it each cue begins.
fn joined(vtt: &str) -> (String, Vec<(usize, i64)>) {
    let (mut text, mut cues) = (String::with_capacity(vtt.len()), Vec::new());
    each_cue(vtt, |start, said| {
        cues.push((text.len(), start));
        text.push_str(said);
        text.push(' ');
    });
    (text, cues)
}

/// The text around a stretch, cut between words.
fn around(text: &str, (from, to): (usize, usize)) -> String {
    let room = SHOWN.saturating_sub(text[from..to].chars().count());
    let back = text[..from].char_indices().rev().nth(room / 3).map_or(0, |(at, _)| at);
    let begin = match text[back..from].find(char::is_whitespace) {
        Some(gap) if back > 0 => back + gap,
        _ if back > 0 => from,
        _ => 0,
    };
    let ahead = room - text[begin..from].chars().count().min(room);
    let fore = text[to..].char_indices().nth(ahead).map_or(text.len(), |(at, _)| to + at);
    let end = match text[to..fore].rfind(char::is_whitespace) {
        Some(gap) if fore < text.len() => to + gap,
        _ if fore < text.len() => to,
        _ => text.len(),
    };
    let (before, after) = (if begin > 0 { "… " } else { "" }, if end < text.trim_end().len() { " …" } else { "" });
    format!("{before}{}{after}", kernel::line(&text[begin..end]))
}

/// A text cut into what was asked for and what was not.
#[must_use]
pub fn pieces(query: &Query, text: &str) -> Vec<Piece> {
    let found = find(text, &query.all);
    let mut out: Vec<Piece> = Vec::new();
    let mut done = 0;
    for m in &found.matches {
        let (from, to) = (wide(found.words[m.first].1), wide(found.words[m.last].2));
        let from = from.max(done);
        if to <= from {
            continue;
        }
        if from > done {
            out.push(Piece { text: text[done..from].to_owned(), hit: false });
        }
        match out.last_mut().filter(|p| p.hit && from == done) {
            Some(last) => last.text.push_str(&text[from..to]),
            None => out.push(Piece { text: text[from..to].to_owned(), hit: true }),
        }
        done = to;
    }
    if done < text.len() {
        out.push(Piece { text: text[done..].to_owned(), hit: false });
    }
    out
}

#[cfg(test)]
mod tests;
