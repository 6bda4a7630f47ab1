//! What changed between two texts, word by word, for people. Pure, and bounded: texts whose middles are both very long are
//! shown as one replaced piece.

use serde::Serialize;

/// Whether a piece stayed, came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// In both.
    Same,
    /// Only in the later text.
    Added,
    /// Only in the earlier text.
    Removed,
}

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// What became of it.
    pub change: Change,
    /// Its words, with their spaces.
    pub text: String,
}

/// How many cells the table of two middles may have.
const MOST: usize = 4_000_000;

/// Words with the white space that follows them.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut in_space) = (0, false);
    for (at, c) in text.char_indices() {
        if in_space && !c.is_whitespace() {
            out.push(&text[start..at]);
            start = at;
        }
        in_space = c.is_whitespace();
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

fn push(out: &mut Vec<Piece>, change: Change, words: &[&str]) {
    if words.is_empty() {
        return;
    }
    match out.last_mut().filter(|p| p.change == change) {
        Some(last) => words.iter().for_each(|w| last.text.push_str(w)),
        None => out.push(Piece { change, text: words.concat() }),
    }
}

/// The pieces that turn `before` into `after`.
#[must_use]
pub fn pieces(before: &str, after: &str) -> Vec<Piece> {
    let (a, b) = (words(before), words(after));
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (x, y) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut out = Vec::new();
    push(&mut out, Change::Same, &a[..head]);
    if x.len().saturating_mul(y.len()) > MOST {
        push(&mut out, Change::Removed, x);
        push(&mut out, Change::Added, y);
    } else {
        middle(&mut out, x, y);
    }
    push(&mut out, Change::Same, &a[a.len() - tail..]);
    out
}

/// The longest common run of words by the textbook table.
fn middle(out: &mut Vec<Piece>, x: &[&str], y: &[&str]) {
    let width = y.len() + 1;
    let mut table = vec![0_u32; (x.len() + 1) * width];
    for i in (0..x.len()).rev() {
        for j in (0..y.len()).rev() {
            table[i * width + j] = if x[i] == y[j] {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < x.len() && j < y.len() {
        if x[i] == y[j] {
            push(out, Change::Same, &x[i..=i]);
            (i, j) = (i + 1, j + 1);
        } else if table[(i + 1) * width + j] >= table[i * width + j + 1] {
            push(out, Change::Removed, &x[i..=i]);
            i += 1;
        } else {
            push(out, Change::Added, &y[j..=j]);
            j += 1;
        }
    }
    push(out, Change::Removed, &x[i..]);
    push(out, Change::Added, &y[j..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let mark = |p: Piece| match p.change {
            Change::Same => p.text,
            Change::Added => format!("+{}+", p.text),
            Change::Removed => format!("-{}-", p.text),
        };
        pieces(before, after).into_iter().map(mark).collect()
    }

    #[test]
    fn words_come_and_go() {
        for (before, after, expected) in [
            ("", "", ""),
            ("le pont", "le pont", "le pont"),
            ("le pont rouvre", "le vieux pont rouvre", "le +vieux +pont rouvre"),
            ("le pont rouvre", "le pont ferme", "le pont -rouvre-+ferme+"),
            ("", "neuf", "+neuf+"),
        ] {
            assert_eq!(shown(before, after), expected);
        }
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_back(a in "[ab é\n]{0,40}", b in "[ab é\n]{0,40}") {
            let pieces = pieces(&a, &b);
            let read = |but: Change| pieces.iter().filter(|p| p.change != but).map(|p| p.text.as_str()).collect::<String>();
            prop_assert_eq!(read(Change::Added), a);
            prop_assert_eq!(read(Change::Removed), b);
        }
    }
}
