//! A strict, independent check of sanitiser output: every tag, attribute and
//! link scheme must be on the list. It shares no code with the sanitiser.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};

const TAGS: [&str; 26] = [
    "p",
    "br",
    "ul",
    "ol",
    "li",
    "a",
    "strong",
    "em",
    "b",
    "i",
    "del",
    "blockquote",
    "code",
    "pre",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
];

#[derive(Default)]
struct Sink {
    faults: RefCell<Vec<String>>,
    open: RefCell<Vec<String>>,
}

impl Sink {
    fn fault(&self, text: String) {
        self.faults.borrow_mut().push(text);
    }

    fn attribute(&self, tag: &str, name: &str, value: &str) {
        let good = match (tag, name) {
            ("a", "href") => {
                let low = value.to_ascii_lowercase();
                ["http://", "https://", "mailto:"].iter().any(|s| low.starts_with(s))
            }
            ("a", "rel") => value == "noopener",
            ("ol", "start") | ("td" | "th", "colspan" | "rowspan") => value.bytes().all(|b| b.is_ascii_digit()),
            _ => false,
        };
        if !good {
            self.fault(format!("attribute {tag} {name}={value:?}"));
        }
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                let name = tag.name.to_string();
                if !TAGS.contains(&name.as_str()) && name != "th" {
                    self.fault(format!("tag {name}"));
                }
                for attr in &tag.attrs {
                    self.attribute(&name, &attr.name.local, &attr.value);
                }
                let void = name == "br" || name == "hr";
                if tag.kind == TagKind::EndTag {
                    if self.open.borrow_mut().pop().as_deref() != Some(name.as_str()) {
                        self.fault(format!("end tag {name} out of order"));
                    }
                } else if !void {
                    self.open.borrow_mut().push(name);
                }
            }
            Token::CharacterTokens(_) | Token::EOFToken => {}
            Token::ParseError(error) => self.fault(format!("parse error: {error}")),
            other => self.fault(format!("{other:?}")),
        }
        TokenSinkResult::Continue
    }
}

/// Gives all that is wrong with a sanitiser's output; empty means it is safe.
pub(super) fn faults(html: &str) -> Vec<String> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let options = html5ever::tokenizer::TokenizerOpts { exact_errors: true, ..Default::default() };
    let tokenizer = Tokenizer::new(Sink::default(), options);
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut faults = tokenizer.sink.faults.take();
    if !tokenizer.sink.open.borrow().is_empty() {
        faults.push(String::from("tags left open"));
    }
    faults
}
