//! A small lexer for Rust: enough to tell code from comments and strings, and tests from the rest.
//!
//! It knows nested comments, raw strings, lifetimes and raw identifiers. It does not parse: rules that need more
//! than a run of tokens do not belong in tidy. Input that is not Rust gives odd tokens, never a panic.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word: identifier or keyword. Raw identifiers lose their `r#`.
    Ident,
    /// A lifetime, without its quote.
    Lifetime,
    /// A number with its suffix.
    Number,
    /// A string of any sort; the text is what the string holds, escapes undone.
    Str,
    /// A character or byte literal.
    Char,
    /// One mark of punctuation.
    Punct,
}

/// One token with its lines, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its text, see [`Kind`].
    pub text: String,
    /// The line it starts on.
    pub line: usize,
    /// Whether it lies in code that only tests compile.
    pub in_test: bool,
}

impl Token {
    /// Whether this is the punctuation mark `mark`.
    pub fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Punct && self.text == mark
    }

    /// Whether this is the word `word`.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Ident && self.text == word
    }
}

/// Turns Rust source into tokens, comments dropped, test code marked. `path` decides for files that are tests as a
/// whole: see [`is_test_file`].
pub fn lex(path: &str, source: &str) -> Vec<Token> {
    let mut lexer = Lexer { chars: source.chars().collect(), at: 0, line: 1, tokens: Vec::new() };
    lexer.run();
    let mut tokens = lexer.tokens;
    if is_test_file(path) || opens_with_cfg_test(&tokens) {
        tokens.iter_mut().for_each(|token| token.in_test = true);
    } else {
        mark_tests(&mut tokens);
    }
    tokens
}

/// Whether a file is test code by its place: `tests.rs`, `*_tests.rs`, a `tests` folder, or the crate `it`.
pub fn is_test_file(path: &str) -> bool {
    path.starts_with("crates/it/")
        || path.split('/').any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"))
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> char {
        self.chars.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn bump(&mut self) -> char {
        let c = self.peek(0);
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        c
    }

    fn push(&mut self, kind: Kind, text: String, line: usize) {
        self.tokens.push(Token { kind, text, line, in_test: false });
    }

    fn run(&mut self) {
        while self.at < self.chars.len() {
            let c = self.peek(0);
            let line = self.line;
            if c.is_whitespace() {
                self.bump();
            } else if c == '/' && self.peek(1) == '/' {
                while self.at < self.chars.len() && self.peek(0) != '\n' {
                    self.bump();
                }
            } else if c == '/' && self.peek(1) == '*' {
                self.block_comment();
            } else if c == '"' {
                self.string(line);
            } else if let Some((skip, hashes)) = self.raw_string_start() {
                self.raw_string(skip, hashes, line);
            } else if matches!(c, 'b' | 'c') && self.peek(1) == '"' {
                self.bump();
                self.string(line);
            } else if c == 'b' && self.peek(1) == '\'' {
                self.bump();
                self.quote(line);
            } else if c == '\'' {
                self.quote(line);
            } else if c == '_' || c.is_alphabetic() {
                self.word(line);
            } else if c.is_ascii_digit() {
                self.number(line);
            } else {
                self.bump();
                self.push(Kind::Punct, c.to_string(), line);
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0usize;
        while self.at < self.chars.len() {
            if self.peek(0) == '/' && self.peek(1) == '*' {
                depth += 1;
                self.bump();
            } else if self.peek(0) == '*' && self.peek(1) == '/' {
                depth -= 1;
                self.bump();
            }
            self.bump();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self, line: usize) {
        self.bump();
        let mut text = String::new();
        while self.at < self.chars.len() {
            match self.bump() {
                '"' => break,
                '\\' => match self.bump() {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    '\n' => {
                        while self.at < self.chars.len() && self.peek(0).is_whitespace() {
                            self.bump();
                        }
                    }
                    other => text.push(other),
                },
                c => text.push(c),
            }
        }
        self.push(Kind::Str, text, line);
    }

    /// For `r"`, `r#"`, `br"` and `cr"`: how many characters stand before the hashes, and how many hashes.
    fn raw_string_start(&self) -> Option<(usize, usize)> {
        let skip = match (self.peek(0), self.peek(1)) {
            ('r', _) => 1,
            ('b' | 'c', 'r') => 2,
            _ => return None,
        };
        let mut hashes = 0;
        while self.peek(skip + hashes) == '#' {
            hashes += 1;
        }
        (self.peek(skip + hashes) == '"').then_some((skip, hashes))
    }

    fn raw_string(&mut self, skip: usize, hashes: usize, line: usize) {
        for _ in 0..skip + hashes + 1 {
            self.bump();
        }
        let mut text = String::new();
        while self.at < self.chars.len() {
            let closes = self.peek(0) == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == '#');
            if closes {
                for _ in 0..=hashes {
                    self.bump();
                }
                break;
            }
            let c = self.bump();
            text.push(c);
        }
        self.push(Kind::Str, text, line);
    }

    /// A quote opens a lifetime when a word follows and no quote closes it after one character.
    fn quote(&mut self, line: usize) {
        self.bump();
        let first = self.peek(0);
        let lifetime = (first == '_' || first.is_alphabetic()) && self.peek(1) != '\'';
        let mut text = String::new();
        if lifetime {
            while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
                let c = self.bump();
                text.push(c);
            }
            self.push(Kind::Lifetime, text, line);
            return;
        }
        while self.at < self.chars.len() {
            match self.bump() {
                '\'' => break,
                '\\' => {
                    let c = self.bump();
                    text.push(c);
                }
                c => text.push(c),
            }
        }
        self.push(Kind::Char, text, line);
    }

    fn word(&mut self, line: usize) {
        if self.peek(0) == 'r' && self.peek(1) == '#' && self.peek(2).is_alphabetic() {
            self.bump();
            self.bump();
        }
        let mut text = String::new();
        while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
            let c = self.bump();
            text.push(c);
        }
        self.push(Kind::Ident, text, line);
    }

    fn number(&mut self, line: usize) {
        let mut text = String::new();
        let field = self.tokens.last().is_some_and(|token| token.is("."));
        loop {
            let c = self.peek(0);
            let point = c == '.' && self.peek(1).is_ascii_digit() && !text.contains('.') && !field;
            if !(c == '_' || c.is_ascii_alphanumeric() || point) {
                break;
            }
            let c = self.bump();
            text.push(c);
        }
        self.push(Kind::Number, text, line);
    }
}

fn opens_with_cfg_test(tokens: &[Token]) -> bool {
    let wanted = ["#", "!", "[", "cfg", "(", "test", ")", "]"];
    tokens.len() >= wanted.len() && tokens.iter().zip(wanted).all(|(token, want)| token.text == want)
}

/// Marks each item under `#[cfg(test)]`, `#[cfg(all(test, …))]` or a `#[…test]` attribute.
fn mark_tests(tokens: &mut [Token]) {
    let mut at = 0;
    while at < tokens.len() {
        if !(tokens[at].is("#") && tokens.get(at + 1).is_some_and(|token| token.is("["))) {
            at += 1;
            continue;
        }
        let end = closing(tokens, at + 1);
        if !is_test_attribute(&tokens[at + 2..end.min(tokens.len()).max(at + 2)]) {
            at = end + 1;
            continue;
        }
        let stop = item_end(tokens, end + 1);
        let last = stop.min(tokens.len().saturating_sub(1));
        tokens[at..=last].iter_mut().for_each(|token| token.in_test = true);
        at = stop + 1;
    }
}

fn is_test_attribute(inner: &[Token]) -> bool {
    let texts: Vec<&str> = inner.iter().map(|token| token.text.as_str()).collect();
    match texts.as_slice() {
        ["cfg", "(", "test", ")"] | ["cfg", "(", "all", "(", "test", ..] => true,
        ["cfg" | "cfg_attr", ..] => false,
        _ => {
            let path_end = texts.iter().position(|text| *text == "(").unwrap_or(texts.len());
            path_end > 0 && texts[path_end - 1] == "test"
        }
    }
}

/// The index of the mark that closes the bracket at `open`, or the number of tokens if none does.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        if token.kind != Kind::Punct {
            continue;
        }
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index;
                }
            }
            _ => {}
        }
    }
    tokens.len()
}

/// The index of the last token of the item that starts at `start`, attributes before it included.
fn item_end(tokens: &[Token], start: usize) -> usize {
    let mut at = start;
    let mut ends_with_semicolon = false;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.is("#") && tokens.get(at + 1).is_some_and(|next| next.is("[")) {
            at = closing(tokens, at + 1) + 1;
            continue;
        }
        if matches!(token.text.as_str(), "use" | "static" | "type" | "let") && token.kind == Kind::Ident {
            ends_with_semicolon = true;
        }
        if token.is("{") {
            let end = closing(tokens, at);
            if !ends_with_semicolon {
                return end;
            }
            at = end;
        } else if token.is("(") || token.is("[") {
            at = closing(tokens, at);
        } else if token.is(";") {
            return at;
        }
        at += 1;
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<String> {
        lex("crates/a/src/lib.rs", source).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_go_and_strings_stay_whole() {
        assert_eq!(texts("a /* b /* c */ d */ e // f\n g"), ["a", "e", "g"]);
        assert_eq!(texts(r##"x("// no", r#"a "q" b"#, b"z")"##), ["x", "(", "// no", ",", "a \"q\" b", ",", "z", ")"]);
        assert_eq!(texts("\"a \\\n   b\""), ["a b"]);
    }

    #[test]
    fn lifetimes_are_not_characters() {
        let tokens = lex("a.rs", "fn f<'a>(x: &'a str) { '\\'' ; 'x' ; b'\"' ; r#type }");
        let kinds: Vec<Kind> = tokens.iter().map(|token| token.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| **kind == Kind::Lifetime).count(), 2);
        assert_eq!(kinds.iter().filter(|kind| **kind == Kind::Char).count(), 3);
        assert!(tokens.iter().any(|token| token.is_word("type")));
    }

    #[test]
    fn numbers_keep_their_suffix_and_ranges_their_dots() {
        assert_eq!(texts("1.5f64 0..3 a.0.1"), ["1.5f64", "0", ".", ".", "3", "a", ".", "0", ".", "1"]);
    }

    #[test]
    fn test_items_are_marked_and_nothing_else() {
        let source = "use a;\n#[cfg(test)]\nuse b::{c};\nfn d() {}\n#[tokio::test]\nasync fn e() { f }\n\
                      #[cfg(test)]\nmod tests { fn g() {} }\n#[cfg(not(test))]\nfn h() {}\n#[cfg(test)] mod i;\nfn j() {}";
        let marked: Vec<String> = lex("crates/a/src/lib.rs", source)
            .into_iter()
            .filter(|token| token.in_test && token.kind == Kind::Ident && token.text.len() == 1)
            .map(|token| token.text)
            .collect();
        assert_eq!(marked, ["b", "c", "e", "f", "g", "i"]);
    }

    #[test]
    fn whole_files_of_tests_are_known() {
        for path in ["crates/it/tests/it/main.rs", "crates/a/tests/b.rs", "crates/a/src/rules/tests.rs", "a/b_tests.rs"]
        {
            assert!(is_test_file(path), "{path}");
        }
        assert!(!is_test_file("crates/testkit/src/lib.rs"));
        assert!(lex("a.rs", "#![cfg(test)] fn a() {}").iter().all(|token| token.in_test));
    }

    #[test]
    fn broken_input_ends() {
        for source in ["\"open", "r#\"open", "/* open", "'", "b'", "#[cfg(test)]", "#[cfg(test", "#[", "fn f( {"] {
            lex("a.rs", source);
        }
    }
}
