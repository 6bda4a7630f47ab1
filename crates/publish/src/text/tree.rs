//! Rebuilds rich text from tags and text, writing only tags of the model, text
//! that is escaped here and link addresses that were checked. Whatever comes
//! in, the output is well nested, so an HTML parser reads it back unchanged;
//! that is why sanitising twice gives the same bytes.

use super::clean::{clean_chars, escaped_len, push_escaped};
use super::href::safe_href;
use super::model::{Block, ID_STEP, Inline, MAX_DEPTH, Node, place};
use super::token::{Attrs, Token, decode};

/// Most blocks the input may have open at once; deeper ones count as no block.
const MAX_OPEN: usize = MAX_DEPTH * 3;

/// Which subset of tags is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// Everything in the model: for pages.
    Page,
    /// p, ol, ul, li, a, br, strong, em: for feed descriptions.
    Feed,
}

/// One start tag of the input that still waits for its end tag.
struct Open {
    tag: String,
    blocks: usize,
    inlines: usize,
}

/// The builder. Feed it tokens with [`Builder::push`], end with
/// [`Builder::finish`].
pub(super) struct Builder {
    profile: Profile,
    limit: usize,
    out: String,
    open: Vec<Open>,
    blocks: Vec<Node>,
    inlines: Vec<(u64, Inline)>,
    path: Vec<Node>,
    marks: Vec<(u64, Inline)>,
    next_id: u64,
    /// Nothing written yet since the last block border.
    fresh: bool,
    stopped: bool,
}

impl Builder {
    /// Makes a builder whose output is at most `limit` bytes.
    pub(super) fn new(profile: Profile, limit: usize) -> Self {
        Builder {
            profile,
            limit,
            out: String::new(),
            open: Vec::new(),
            blocks: Vec::new(),
            inlines: Vec::new(),
            path: Vec::new(),
            marks: Vec::new(),
            next_id: ID_STEP,
            fresh: true,
            stopped: false,
        }
    }

    /// Takes one piece of the input.
    pub(super) fn push(&mut self, token: Token<'_>) {
        if self.stopped {
            return;
        }
        match token {
            Token::Text(text) => self.text(&clean_chars(&decode(text))),
            Token::Open("br", _) => self.line_break(),
            Token::Open("hr", _) => self.rule(),
            Token::Open("img", attrs) => self.image(&attrs),
            Token::Open(name, attrs) => self.start(name, &attrs),
            Token::Close(name) => self.end(name),
        }
    }

    /// Closes what is open and gives the output.
    pub(super) fn finish(mut self) -> String {
        self.close_marks(0);
        self.close_blocks(0);
        self.out
    }

    fn start(&mut self, tag: &str, attrs: &Attrs<'_>) {
        let (blocks, inlines) = (self.blocks.len(), self.inlines.len());
        if self.profile == Profile::Feed {
            self.start_in_feed(tag, attrs);
        } else {
            self.start_in_page(tag, attrs);
        }
        self.open.push(Open {
            tag: tag.to_owned(),
            blocks: self.blocks.len() - blocks,
            inlines: self.inlines.len() - inlines,
        });
        self.open_cell();
    }

    /// Cells are written even when empty, or columns would shift.
    fn open_cell(&mut self) {
        if !matches!(self.blocks.last(), Some(Node { block: Block::Cell(..), .. })) {
            return;
        }
        let wanted = place(&self.blocks);
        if matches!(wanted.last(), Some(Node { block: Block::Cell(..), .. })) {
            let undo = self.mark_undo();
            self.enter(&wanted);
            if self.out.len() + self.closing_len() > self.limit {
                self.undo(undo);
            }
        }
    }

    fn start_in_page(&mut self, tag: &str, attrs: &Attrs<'_>) {
        let block = match tag {
            "h1" | "h2" | "h3" => Block::Heading(3),
            "h4" => Block::Heading(4),
            "h5" => Block::Heading(5),
            "h6" => Block::Heading(6),
            "pre" => Block::Pre,
            "ul" => Block::Bullets,
            "ol" => Block::Numbers(number(attrs, "start", 999_999_999)),
            "li" => Block::Item,
            "blockquote" => Block::Quote,
            "table" => Block::Table,
            "caption" => Block::Caption,
            "thead" => Block::Section("thead"),
            "tbody" => Block::Section("tbody"),
            "tfoot" => Block::Section("tfoot"),
            "tr" => Block::Row,
            "td" | "th" => Block::Cell(tag == "th", span(attrs, "colspan"), span(attrs, "rowspan")),
            _ => return self.start_inline(tag, attrs),
        };
        self.add_block(block);
    }

    fn start_in_feed(&mut self, tag: &str, attrs: &Attrs<'_>) {
        match tag {
            "ul" => self.add_block(Block::Bullets),
            "ol" => self.add_block(Block::Numbers(1)),
            "li" => self.add_block(Block::Item),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.add_block(Block::Para);
                self.add_inline(Inline::Mark("strong"));
            }
            "pre" | "tr" | "caption" | "blockquote" => self.add_block(Block::Para),
            "td" | "th" => {
                if !self.fresh && place(&self.blocks) == self.path {
                    self.text(" – ");
                }
            }
            "b" | "strong" => self.add_inline(Inline::Mark("strong")),
            "i" | "em" => self.add_inline(Inline::Mark("em")),
            "code" | "del" | "s" | "strike" => {}
            _ => self.start_inline(tag, attrs),
        }
    }

    fn start_inline(&mut self, tag: &str, attrs: &Attrs<'_>) {
        let mark = match tag {
            "a" => {
                if let Some(href) = attrs.get("href").as_deref().and_then(safe_href) {
                    self.add_inline(Inline::Link(href));
                }
                return;
            }
            "strong" => "strong",
            "em" => "em",
            "b" => "b",
            "i" => "i",
            "code" => "code",
            "del" | "s" | "strike" => "del",
            // What is left of the allow-list are sectioning tags: they only
            // part the text into paragraphs.
            _ => return self.add_block(Block::Para),
        };
        self.add_inline(Inline::Mark(mark));
    }

    fn add_block(&mut self, block: Block) {
        if self.blocks.len() < MAX_OPEN {
            let id = self.new_id();
            self.blocks.push(Node { id, block });
        }
    }

    /// A mark within the same mark adds nothing, and links cannot nest.
    fn add_inline(&mut self, inline: Inline) {
        if self.inlines.iter().all(|(_, open)| open.tag() != inline.tag()) {
            let id = self.new_id();
            self.inlines.push((id, inline));
        }
    }

    fn new_id(&mut self) -> u64 {
        self.next_id += ID_STEP;
        self.next_id
    }

    fn end(&mut self, tag: &str) {
        // The input is well nested, so the last open tag is the one. Anything
        // else is ignored.
        if self.open.last().is_some_and(|open| open.tag == tag)
            && let Some(open) = self.open.pop()
        {
            self.blocks.truncate(self.blocks.len().saturating_sub(open.blocks));
            self.inlines.truncate(self.inlines.len().saturating_sub(open.inlines));
        }
    }

    fn text(&mut self, text: &str) {
        let wanted = place(&self.blocks);
        let in_pre = wanted.last().is_some_and(|n| n.block == Block::Pre);
        let mut text = text;
        if self.fresh || wanted != self.path {
            text = if in_pre {
                text.trim_start_matches('\n')
            } else {
                text.trim_start_matches([' ', '\t', '\n', '\u{A0}'])
            };
        }
        if text.is_empty() {
            return;
        }
        let undo = self.mark_undo();
        self.enter(&wanted);
        self.sync_marks();
        let used = self.out.len() + self.closing_len();
        let Some(room) = self.limit.checked_sub(used) else {
            return self.undo(undo);
        };
        let whole: usize = text.chars().map(escaped_len).sum();
        if whole <= room {
            push_escaped(&mut self.out, text);
            self.fresh = false;
            return;
        }
        let part = fit(text, room);
        if part.is_empty() {
            return self.undo(undo);
        }
        push_escaped(&mut self.out, part);
        self.out.push('…');
        self.stopped = true;
    }

    fn line_break(&mut self) {
        let wanted = place(&self.blocks);
        if self.fresh || wanted != self.path {
            return;
        }
        let undo = self.mark_undo();
        self.sync_marks();
        self.out.push_str("<br>");
        if self.out.len() + self.closing_len() > self.limit {
            self.undo(undo);
        }
    }

    fn rule(&mut self) {
        if self.profile == Profile::Feed {
            return self.line_break();
        }
        // A rule stands where a paragraph would, never inside one.
        self.blocks.push(Node { id: 0, block: Block::Quote });
        let mut wanted = place(&self.blocks);
        self.blocks.pop();
        if wanted.last().is_some_and(|n| n.id == 0) {
            wanted.pop();
        }
        let undo = self.mark_undo();
        self.enter(&wanted);
        self.close_marks(0);
        self.fresh = true;
        self.out.push_str("<hr>");
        if self.out.len() + self.closing_len() > self.limit {
            self.undo(undo);
        }
    }

    /// An image is never shown: loading it would tell a third party who reads.
    fn image(&mut self, attrs: &Attrs<'_>) {
        const MAX_ALT_CHARS: usize = 300;
        let alt = attrs.get("alt").map(|alt| clean_chars(&alt)).unwrap_or_default();
        let words: Vec<&str> = alt.split_whitespace().collect();
        let line: String = words.join(" ").chars().take(MAX_ALT_CHARS).collect();
        if !line.is_empty() {
            self.text(&format!("[{line}]"));
        }
    }

    /// Makes the written blocks those of `wanted`.
    fn enter(&mut self, wanted: &[Node]) {
        let same = self.path.iter().zip(wanted).take_while(|(a, b)| a == b).count();
        if same == self.path.len() && same == wanted.len() {
            return;
        }
        self.close_marks(0);
        self.close_blocks(same);
        for node in wanted.iter().skip(same) {
            self.out.push_str(&node.block.start_tag());
            self.path.push(*node);
        }
        self.fresh = true;
    }

    /// Makes the written inline marks those that the input has open.
    fn sync_marks(&mut self) {
        let same = self.marks.iter().zip(&self.inlines).take_while(|(a, b)| a.0 == b.0).count();
        self.close_marks(same);
        let rel = self.profile == Profile::Page;
        for mark in self.inlines.iter().skip(same) {
            self.out.push_str(&mark.1.start_tag(rel));
            self.marks.push(mark.clone());
        }
    }

    fn close_marks(&mut self, keep: usize) {
        while self.marks.len() > keep {
            if let Some((_, mark)) = self.marks.pop() {
                close(&mut self.out, mark.tag());
            }
        }
    }

    fn close_blocks(&mut self, keep: usize) {
        while self.path.len() > keep {
            if let Some(node) = self.path.pop() {
                close(&mut self.out, node.block.tag());
            }
        }
    }

    /// Bytes needed to close all that is open.
    fn closing_len(&self) -> usize {
        let blocks = self.path.iter().map(|n| n.block.tag().len() + 3);
        let marks = self.marks.iter().map(|(_, m)| m.tag().len() + 3);
        blocks.chain(marks).sum()
    }

    fn mark_undo(&self) -> Undo {
        Undo { len: self.out.len(), tail: self.closing_tags() }
    }

    fn closing_tags(&self) -> String {
        let mut tail = String::new();
        for (_, mark) in self.marks.iter().rev() {
            close(&mut tail, mark.tag());
        }
        for node in self.path.iter().rev() {
            close(&mut tail, node.block.tag());
        }
        tail
    }

    /// Goes back to a state that fits and takes no more input.
    fn undo(&mut self, undo: Undo) {
        self.out.truncate(undo.len);
        self.out.push_str(&undo.tail);
        self.path.clear();
        self.marks.clear();
        self.stopped = true;
    }
}

/// A state to go back to: length of the output and the end tags due there.
struct Undo {
    len: usize,
    tail: String,
}

fn close(out: &mut String, tag: &str) {
    out.push_str("</");
    out.push_str(tag);
    out.push('>');
}

/// The longest start of `text` that fits in `room` bytes once escaped, with
/// room for an ellipsis, cut after a word if there is one.
fn fit(text: &str, room: usize) -> &str {
    let Some(room) = room.checked_sub('…'.len_utf8()) else {
        return "";
    };
    let mut used = 0;
    let mut word_end = 0;
    for (at, c) in text.char_indices() {
        used += escaped_len(c);
        if used > room {
            let end = if word_end > 0 { word_end } else { at };
            return text[..end].trim_end();
        }
        if c.is_whitespace() {
            word_end = at;
        }
    }
    text
}

fn number(attrs: &Attrs<'_>, name: &str, most: u32) -> u32 {
    let value = attrs.get(name).and_then(|v| v.trim().parse::<u32>().ok());
    value.filter(|n| *n <= most).unwrap_or(1)
}

fn span(attrs: &Attrs<'_>, name: &str) -> u8 {
    u8::try_from(number(attrs, name, 100)).unwrap_or(1).max(1)
}
