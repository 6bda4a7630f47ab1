//! Correcting a transcript: what two people changed in the same cues is brought together, cue by cue and field by field,
//! and only what both changed differently is a conflict. Pure.

use crate::media::transcript::Cue;

/// A cue of the form: what it was when the page was made, and what it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The cue the page showed; `None` for a new one.
    pub was: Option<Cue>,
    /// The cue as typed; `None` when it shall go.
    pub cue: Option<Cue>,
}

/// What somebody does to a row besides typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Two cues out of one, at a place in the text counted in characters; in the middle when it says nothing.
    Split(usize, Option<usize>),
    /// One cue out of it and the one below.
    Join(usize),
    /// A new cue after it.
    Insert(usize),
}

/// A row that two people changed differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Which row.
    pub row: usize,
    /// What the other person made of it; `None` when it is gone.
    pub theirs: Option<Cue>,
}

/// Does a step to the rows. A step at a place that does not exist changes nothing.
pub fn step(rows: &mut Vec<Row>, step: Step) {
    match step {
        Step::Split(at, place) => split(rows, at, place),
        Step::Join(at) => join(rows, at),
        Step::Insert(at) => {
            let Some(cue) = rows.get(at).and_then(|r| r.cue.clone()) else { return };
            let next = rows.get(at + 1).and_then(|r| r.cue.as_ref()).map(|c| c.start_ms);
            let room = cue.end_ms.saturating_add(2000);
            let end_ms = next.filter(|n| *n > cue.end_ms).map_or(room, |n| n.min(room));
            let made = Cue { start_ms: cue.end_ms, end_ms, speaker: cue.speaker, text: "…".to_owned() };
            rows.insert(at + 1, Row { was: None, cue: Some(made) });
        }
    }
}

fn split(rows: &mut Vec<Row>, at: usize, place: Option<usize>) {
    let Some(cue) = rows.get(at).and_then(|r| r.cue.clone()) else { return };
    let marks: Vec<char> = cue.text.chars().collect();
    let wanted = place.filter(|p| *p > 0 && *p < marks.len()).unwrap_or_else(|| middle(&marks));
    let (left, right): (String, String) = (marks.iter().take(wanted).collect(), marks.iter().skip(wanted).collect());
    let (left, right) = (left.trim().to_owned(), right.trim().to_owned());
    if left.is_empty() || right.is_empty() {
        return;
    }
    let span = cue.end_ms.saturating_sub(cue.start_ms);
    let (part, all) = (u64::try_from(wanted).unwrap_or(0), u64::try_from(marks.len()).unwrap_or(1).max(1));
    let cut = cue.start_ms + (span.saturating_mul(part) / all).clamp(1, span.max(2) - 1);
    let second = Cue { start_ms: cut, text: right, ..cue.clone() };
    if let Some(row) = rows.get_mut(at) {
        row.cue = Some(Cue { end_ms: cut, text: left, ..cue });
    }
    rows.insert(at + 1, Row { was: None, cue: Some(second) });
}

/// The space nearest to the middle.
fn middle(marks: &[char]) -> usize {
    let half = marks.len() / 2;
    let spaces = marks.iter().enumerate().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at);
    spaces.min_by_key(|at| at.abs_diff(half)).unwrap_or(half)
}

fn join(rows: &mut [Row], at: usize) {
    let Some(below) = (at + 1..rows.len()).find(|n| rows.get(*n).is_some_and(|r| r.cue.is_some())) else { return };
    let Some(second) = rows.get_mut(below).and_then(|r| r.cue.take()) else { return };
    match rows.get_mut(at).and_then(|r| r.cue.as_mut()) {
        Some(first) => {
            first.text = format!("{} {}", first.text, second.text);
            first.end_ms = first.end_ms.max(second.end_ms);
            first.speaker = first.speaker.take().or(second.speaker);
        }
        None => {
            if let Some(row) = rows.get_mut(below) {
                row.cue = Some(second);
            }
        }
    }
}

/// Brings the rows of a form into the cues of today. Without anybody else's change it is plain replacing.
///
/// # Errors
/// The rows both changed differently.
pub fn merge(today: &[Cue], rows: &[Row]) -> Result<Vec<Cue>, Vec<Clash>> {
    let mut out: Vec<Option<Cue>> = today.iter().cloned().map(Some).collect();
    let mut used = vec![false; today.len()];
    let (mut added, mut clashes) = (Vec::new(), Vec::new());
    // First what nobody else touched, so that it is never taken for somebody's version of another row.
    let mut places = Vec::with_capacity(rows.len());
    let mut from = 0;
    for row in rows {
        let found = row.was.as_ref().and_then(|was| find(today, &used, was, from));
        if let Some(at) = found {
            used[at] = true;
            from = at + 1;
        }
        places.push(found);
    }
    for (number, (row, place)) in rows.iter().zip(&places).enumerate() {
        match (&row.was, place) {
            (None, _) => added.extend(row.cue.clone().filter(|c| !today.contains(c))),
            (Some(_), Some(at)) => out[*at].clone_from(&row.cue),
            (Some(was), None) if row.cue.as_ref() != Some(was) => {
                match reconcile(today, &mut used, was, row.cue.as_ref()) {
                    Ok(Some((at, cue))) => out[at] = Some(cue),
                    Ok(None) => {}
                    Err(theirs) => clashes.push(Clash { row: number, theirs }),
                }
            }
            _ => {}
        }
    }
    if !clashes.is_empty() {
        return Err(clashes);
    }
    let mut cues: Vec<Cue> = out.into_iter().flatten().chain(added).collect();
    cues.sort_by_key(|c| c.start_ms);
    Ok(cues)
}

/// Where a cue stands, looked for after the last one found, then anywhere.
fn find(today: &[Cue], used: &[bool], was: &Cue, from: usize) -> Option<usize> {
    let free = |at: &usize| used.get(*at) == Some(&false) && today.get(*at) == Some(was);
    (from..today.len()).find(free).or_else(|| (0..from.min(today.len())).find(free))
}

/// What becomes of a row whose cue somebody else changed or removed: nothing, a place with a cue, or a clash.
fn reconcile(
    today: &[Cue],
    used: &mut [bool],
    was: &Cue,
    mine: Option<&Cue>,
) -> Result<Option<(usize, Cue)>, Option<Cue>> {
    if mine.is_some_and(|m| today.contains(m)) {
        return Ok(None);
    }
    let near = |at: &usize| {
        let cue = today.get(*at);
        used.get(*at) == Some(&false) && cue.is_some_and(|c| c.start_ms == was.start_ms || c.end_ms == was.end_ms)
    };
    let theirs = (0..today.len()).find(near);
    let (at, other) = match (theirs.and_then(|at| today.get(at).map(|c| (at, c))), mine) {
        (Some(found), _) => found,
        // They removed what I remove too.
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(None),
    };
    let Some(mine) = mine else { return Err(Some(other.clone())) };
    match fields(was, mine, other) {
        Some(cue) => {
            used[at] = true;
            Ok(Some((at, cue)))
        }
        None => Err(Some(other.clone())),
    }
}

fn fields(was: &Cue, mine: &Cue, theirs: &Cue) -> Option<Cue> {
    fn one<T: PartialEq + Clone>(was: &T, mine: &T, theirs: &T) -> Option<T> {
        if mine == was || mine == theirs {
            Some(theirs.clone())
        } else if theirs == was {
            Some(mine.clone())
        } else {
            None
        }
    }
    Some(Cue {
        start_ms: one(&was.start_ms, &mine.start_ms, &theirs.start_ms)?,
        end_ms: one(&was.end_ms, &mine.end_ms, &theirs.end_ms)?,
        speaker: one(&was.speaker, &mine.speaker, &theirs.speaker)?,
        text: one(&was.text, &mine.text, &theirs.text)?,
    })
}

/// Replaces words in every cue; gives how many times. Without `exact` the case of letters does not count.
pub fn replace(cues: &mut [Cue], find: &str, with: &str, exact: bool) -> usize {
    if find.is_empty() {
        return 0;
    }
    let mut count = 0;
    for cue in cues {
        let (text, times) = replaced(&cue.text, find, with, exact);
        cue.text = text;
        count += times;
    }
    count
}

fn replaced(text: &str, find: &str, with: &str, exact: bool) -> (String, usize) {
    let same = |a: char, b: char| a == b || (!exact && a.to_lowercase().eq(b.to_lowercase()));
    let (mut out, mut rest, mut count) = (String::with_capacity(text.len()), text, 0);
    while let Some(first) = rest.chars().next() {
        let mut here = rest.chars();
        if find.chars().all(|wanted| here.next().is_some_and(|c| same(c, wanted))) {
            out.push_str(with);
            rest = here.as_str();
            count += 1;
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    (out, count)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cue(start: u64, text: &str) -> Cue {
        Cue { start_ms: start * 1000, end_ms: start * 1000 + 900, speaker: None, text: text.to_owned() }
    }

    fn base() -> Vec<Cue> {
        vec![cue(0, "un"), cue(1, "deux"), cue(2, "trois"), cue(3, "quatre")]
    }

    fn rows(cues: &[Cue]) -> Vec<Row> {
        cues.iter().map(|c| Row { was: Some(c.clone()), cue: Some(c.clone()) }).collect()
    }

    fn texts(cues: &[Cue]) -> Vec<&str> {
        cues.iter().map(|c| c.text.as_str()).collect()
    }

    fn typed(rows: &mut [Row], at: usize, text: &str) {
        rows[at].cue.as_mut().expect("a cue").text = text.to_owned();
    }

    #[test]
    fn changes_in_different_cues_and_fields_come_together() {
        let mut theirs = base();
        theirs[1].text = "DEUX".to_owned();
        theirs[2].speaker = Some("Odile".to_owned());
        theirs.remove(3);
        theirs.insert(0, Cue { start_ms: 0, end_ms: 5, speaker: None, text: "zéro".to_owned() });
        let mut mine = rows(&base());
        typed(&mut mine, 0, "UN");
        typed(&mut mine, 2, "TROIS");
        let merged = merge(&theirs, &mine).expect("no clash");
        assert_eq!(texts(&merged), ["zéro", "UN", "DEUX", "TROIS"]);
        assert_eq!(merged[3].speaker.as_deref(), Some("Odile"));
    }

    #[test]
    fn the_same_word_changed_twice_is_a_clash_with_both_kept() {
        let mut theirs = base();
        theirs[1].text = "leur".to_owned();
        let mut mine = rows(&base());
        typed(&mut mine, 1, "mien");
        let clashes = merge(&theirs, &mine).expect_err("a clash");
        assert_eq!(clashes, [Clash { row: 1, theirs: Some(theirs[1].clone()) }]);
        // The same change twice is none; a removed cue that I changed is one; removed by both is none.
        typed(&mut mine, 1, "leur");
        assert_eq!(merge(&theirs, &mine), Ok(theirs.clone()));
        let gone: Vec<Cue> = base().into_iter().filter(|c| c.text != "deux").collect();
        assert_eq!(merge(&gone, &mine), Err(vec![Clash { row: 1, theirs: None }]));
        mine[1].cue = None;
        assert_eq!(merge(&gone, &mine), Ok(gone.clone()));
        assert_eq!(merge(&theirs, &mine), Err(vec![Clash { row: 1, theirs: Some(theirs[1].clone()) }]));
    }

    #[test]
    fn steps() {
        let long = Cue { text: "Bonjour à tous".to_owned(), ..cue(0, "") };
        let mut list = rows(&[long, cue(1, "deux")]);
        step(&mut list, Step::Split(0, Some(7)));
        let made: Vec<(u64, u64, &str)> =
            list.iter().filter_map(|r| r.cue.as_ref()).map(|c| (c.start_ms, c.end_ms, c.text.as_str())).collect();
        assert_eq!(made, [(0, 450, "Bonjour"), (450, 900, "à tous"), (1000, 1900, "deux")]);
        step(&mut list, Step::Join(0));
        assert_eq!(list[0].cue.as_ref().map(|c| (c.end_ms, c.text.as_str())), Some((900, "Bonjour à tous")));
        step(&mut list, Step::Insert(0));
        assert_eq!(list[1].cue.as_ref().map(|c| (c.start_ms, c.end_ms, c.text.as_str())), Some((900, 2900, "…")));
        for nothing in [Step::Split(9, None), Step::Join(9), Step::Insert(9)] {
            let before = list.clone();
            step(&mut list, nothing);
            assert_eq!(list, before);
        }
    }

    #[test]
    fn words_are_replaced_with_and_without_case() {
        let mut cues = vec![cue(0, "Été comme été"), cue(1, "ete")];
        assert_eq!(replace(&mut cues, "été", "hiver", true), 1);
        assert_eq!(texts(&cues), ["Été comme hiver", "ete"]);
        assert_eq!(replace(&mut cues, "ÉTÉ", "hiver", false), 1);
        assert_eq!(replace(&mut cues, "", "x", false), 0);
        assert_eq!(texts(&cues), ["hiver comme hiver", "ete"]);
    }

    proptest! {
        #[test]
        fn without_anybody_else_a_form_is_what_was_typed(edits in proptest::collection::vec(proptest::option::of("[a-z]{1,5}"), 4)) {
            let mut list = rows(&base());
            for (row, edit) in list.iter_mut().zip(&edits) {
                match edit {
                    Some(text) => row.cue.as_mut().expect("a cue").text.clone_from(text),
                    None => row.cue = None,
                }
            }
            let wanted: Vec<Cue> = list.iter().filter_map(|r| r.cue.clone()).collect();
            prop_assert_eq!(merge(&base(), &list), Ok(wanted));
        }

        #[test]
        fn nothing_typed_changes_nothing_whatever_others_did(texts in proptest::collection::vec("[a-z]{1,3}", 0..6)) {
            let theirs: Vec<Cue> = texts.iter().zip(0..).map(|(t, n)| cue(n, t)).collect();
            prop_assert_eq!(merge(&theirs, &rows(&base())), Ok(theirs));
        }
    }
}
