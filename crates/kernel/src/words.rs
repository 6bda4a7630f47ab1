//! Words as searches know them: folded in case and accents, the same for what is stored and for what is asked, on every
//! engine. Pure; it knows nothing of what is searched.

use std::collections::HashSet;

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};

/// The longest word that is kept, in characters; the rest of a longer one is not told apart.
const LONGEST: usize = 60;

/// Short words that lean on the next by an apostrophe in French: « l’affiche » is « affiche ».
const LEANING: &[&str] = &["l", "d", "j", "n", "s", "t", "m", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"];

/// Calls `each` with every word of a text, folded, and the bytes of the text it stands in. Letters of scripts written
/// without spaces are words of their own.
pub fn each_word(text: &str, mut each: impl FnMut(&str, usize, usize)) {
    let (mut word, mut folded) = (String::with_capacity(32), String::with_capacity(8));
    let mut begin = 0;
    for (at, c) in text.char_indices() {
        // A voiced kana may be written with its mark after it, so a letter on its own waits for what follows.
        if !is_mark(c) && word.chars().next().is_some_and(stands_alone) {
            give(&mut word, false, begin, at, &mut each);
        }
        if c.is_ascii_alphanumeric() {
            if word.is_empty() {
                begin = at;
            }
            word.push(c.to_ascii_lowercase());
        } else if is_mark(c) {
            voice(&mut word, c);
        } else if !c.is_ascii() && c.is_alphanumeric() {
            folded.clear();
            fold_into(c, &mut folded);
            // What a sign stands for counts, not only the sign: ㆒ is 一, ヿ is コ and ト.
            for letter in folded.chars() {
                if stands_alone(letter) || word.chars().next().is_some_and(stands_alone) {
                    let end = if begin == at { at + c.len_utf8() } else { at };
                    give(&mut word, false, begin, end, &mut each);
                }
                if word.is_empty() {
                    begin = at;
                }
                word.push(letter);
            }
        } else {
            give(&mut word, matches!(c, '\'' | '’' | 'ʼ'), begin, at, &mut each);
        }
    }
    give(&mut word, false, begin, text.len(), &mut each);
}

/// The words of a text, folded.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    each_word(text, |word, _, _| out.push(word.to_owned()));
    out
}

/// A text with every letter folded as [`words`] folds it, and everything else as it stands, one space for each: what is
/// searched when signs count too. Marks on letters go, the apostrophes are one.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if is_mark(c) => voice(&mut out, c),
            '’' | 'ʼ' => out.push('\''),
            _ if c.is_alphanumeric() => fold_into(c, &mut out),
            _ if c.is_whitespace() => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

fn give(word: &mut String, leans: bool, begin: usize, end: usize, each: &mut impl FnMut(&str, usize, usize)) {
    if word.is_empty() {
        return;
    }
    if !(leans && LEANING.contains(&word.as_str())) {
        let cut = word.char_indices().nth(LONGEST).map_or(word.len(), |(at, _)| at);
        each(&word[..cut], begin, end);
    }
    word.clear();
}

/// Marks that change the letter before them and are no letter themselves.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{200b}'..='\u{200d}' | '\u{ad}' | '\u{20d0}'..='\u{20ff}'
        | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// The voice marks of kana make another letter.
fn voice(word: &mut String, mark: char) {
    if !matches!(mark, '\u{3099}' | '\u{309a}') {
        return;
    }
    let Some(letter) = word.pop() else { return };
    let mut together = ComposingNormalizer::new_nfc().normalize_iter([letter, mark].into_iter());
    // A letter that has no voiced form keeps its own.
    word.push(match (together.next(), together.next()) {
        (Some(voiced), None) => voiced,
        _ => letter,
    });
}

/// Whether a letter belongs to a script written without spaces between words.
const fn stands_alone(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
        | '\u{30fc}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{3ffff}')
}

/// The plain letters of a letter.
fn fold_into(c: char, word: &mut String) {
    if stands_alone(c) {
        word.push(c);
        return;
    }
    for lower in c.to_lowercase() {
        match lower {
            'œ' => word.push_str("oe"),
            'æ' => word.push_str("ae"),
            'ß' => word.push_str("ss"),
            'þ' => word.push_str("th"),
            'ø' => word.push('o'),
            'ł' => word.push('l'),
            'đ' | 'ð' => word.push('d'),
            'ı' => word.push('i'),
            'ħ' => word.push('h'),
            'ς' => word.push('σ'),
            'à' | 'â' | 'á' | 'ä' => word.push('a'),
            'é' | 'è' | 'ê' | 'ë' => word.push('e'),
            'î' | 'ï' => word.push('i'),
            'ô' | 'ö' => word.push('o'),
            'ù' | 'û' | 'ü' => word.push('u'),
            'ç' => word.push('c'),
            other => {
                let plain = DecomposingNormalizer::new_nfkd().normalize_iter(std::iter::once(other));
                // What comes out of it may be a letter of the list above: 𐞃 is æ.
                for letter in plain.filter(|c| !is_mark(*c) && c.is_alphanumeric()) {
                    if letter == other { word.push(letter) } else { fold_into(letter, word) }
                }
            }
        }
    }
}

/// Stands between two texts of one row: no phrase reaches over it, and nobody can ask for it.
const BETWEEN: &str = "\u{a6}";

/// The most bytes of different words one row has: PostgreSQL holds a million with what it needs beside them.
const MOST_DISTINCT: usize = 500_000;
/// The most bytes of words one row has.
const MOST_BYTES: usize = 8_000_000;

/// Texts as the words of one row, with a mark between them. What is far beyond any real text is left out, the same on
/// both engines.
#[must_use]
pub fn body_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut body = String::new();
    let (mut seen, mut bytes) = (HashSet::new(), 0);
    for text in texts {
        let before = body.len();
        each_word(text, |word, _, _| {
            if body.len() + word.len() > MOST_BYTES {
                return;
            }
            if !seen.contains(word) {
                if bytes + word.len() + 8 > MOST_DISTINCT {
                    return;
                }
                bytes += word.len() + 8;
                seen.insert(word.to_owned());
            }
            if !body.is_empty() {
                body.push(' ');
                if body.len() == before + 1 {
                    body.push_str(BETWEEN);
                    body.push(' ');
                }
            }
            body.push_str(word);
        });
    }
    body
}

/// Folded words that must stand next to each other; the last may be only the beginning of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// The words, folded; never none.
    pub words: Vec<String>,
    /// Whether the last is a beginning.
    pub beginning: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_text_keeps_its_signs() {
        for (text, expected) in [
            ("L’Été,\n100\u{202f}% bio", "l'ete, 100 % bio"),
            ("E\u{301}toile ŒUVRE ΣΊΣΥΦΟΣ", "etoile oeuvre σισυφοσ"),
            ("カ\u{3099}ス_ﬁn", "ガス_fin"),
            ("https://a.example/É?x=1", "https://a.example/e?x=1"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_folded() {
        for (text, expected) in [
            ("L’affiche d'Été", "affiche ete"),
            ("Œuvre, CŒUR, Straße, Łódź, ÆON, İstanbul, Ørsted", "oeuvre coeur strasse lodz aeon istanbul orsted"),
            ("e\u{301}te\u{301}", "ete"),
            ("rendez-vous aujourd’hui", "rendez vous aujourd hui"),
            ("O'Brien don't", "o brien don t"),
            ("1 000,5 k€ n° 12", "1 000 5 k n 12"),
            ("東京タワー2026年", "東 京 タ ワ ー 2026 年"),
            ("カ\u{3099}ス", "ガ ス"),
            ("ﬁn ２０２６", "fin 2026"),
            ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
            ("\" OR 1=1 NEAR( *", "or 1 1 near"),
            ("qu’il", "il"),
            ("Việt Nam", "viet nam"),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn the_bytes_of_a_word_are_its_own() {
        let text = "Là, l’École: 東京";
        let mut seen = Vec::new();
        each_word(text, |_, a, b| seen.push(text[a..b].to_owned()));
        assert_eq!(seen, ["Là", "École", "東", "京"]);
    }

    /// Found by chance: a sign of the annotations of Chinese texts, after a digit of another script.
    #[test]
    fn a_sign_for_a_letter_that_stands_alone_stands_alone() {
        assert_eq!(words("\u{11da0}\u{3192}").join(" "), "\u{11da0} \u{4e00}");
        assert_eq!(words("\u{30ff}").join(" "), "\u{30b3} \u{30c8}");
        assert_eq!(words("\u{45f}\u{3099} \u{30ab}\u{3099}").join(" "), "\u{45f} \u{30ac}", "only kana are voiced");
        let mut spans = Vec::new();
        each_word("a\u{30ff}b", |word, from, to| spans.push((word.to_owned(), from, to)));
        let expected = [("a", 0, 1), ("\u{30b3}", 1, 4), ("\u{30c8}", 1, 4), ("b", 4, 5)];
        assert_eq!(spans, expected.map(|(word, from, to)| (word.to_owned(), from, to)));
    }

    proptest::proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,80}") {
            let once = words(&text).join(" ");
            proptest::prop_assert_eq!(words(&once).join(" "), once);
        }
    }
}
