//! The vocabulary of rich text: which blocks and inline marks exist, what tags
//! they are written with, and where a block may stand. It knows nothing of
//! input or output.

use std::fmt::Write as _;

use super::clean::push_escaped;

/// Deepest nesting of blocks that is written. Deeper lists and quotations are
/// flattened into the last level.
pub(super) const MAX_DEPTH: usize = 24;

/// A block-level element of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    /// Paragraph.
    Para,
    /// Heading, level 3 to 6.
    Heading(u8),
    /// Preformatted text.
    Pre,
    /// Bulleted list.
    Bullets,
    /// Numbered list and its first number.
    Numbers(u32),
    /// List item.
    Item,
    /// Quotation.
    Quote,
    /// Table.
    Table,
    /// Table caption.
    Caption,
    /// Table section: thead, tbody or tfoot.
    Section(&'static str),
    /// Table row.
    Row,
    /// Table cell: header or not, columns and rows spanned.
    Cell(bool, u8, u8),
}

/// An inline mark of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inline {
    /// Link with a checked address.
    Link(String),
    /// Any of strong, em, b, i, code, del.
    Mark(&'static str),
}

/// A block with its identity. Two start tags never share an identity, so
/// comparing identities tells whether an open block can be carried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) id: u64,
    pub(super) block: Block,
}

/// Step between identities; the values between are for implied blocks.
pub(super) const ID_STEP: u64 = 4;

impl Block {
    /// Name of the tag.
    pub(super) fn tag(self) -> &'static str {
        match self {
            Block::Para => "p",
            Block::Heading(3) => "h3",
            Block::Heading(4) => "h4",
            Block::Heading(5) => "h5",
            Block::Heading(_) => "h6",
            Block::Pre => "pre",
            Block::Bullets => "ul",
            Block::Numbers(_) => "ol",
            Block::Item => "li",
            Block::Quote => "blockquote",
            Block::Table => "table",
            Block::Caption => "caption",
            Block::Section(name) => name,
            Block::Row => "tr",
            Block::Cell(true, _, _) => "th",
            Block::Cell(false, _, _) => "td",
        }
    }

    /// The whole start tag.
    pub(super) fn start_tag(self) -> String {
        let mut tag = format!("<{}", self.tag());
        // Writing to a String cannot fail.
        match self {
            Block::Numbers(start) if start != 1 => {
                let _ = write!(tag, " start=\"{start}\"");
            }
            Block::Cell(_, columns, rows) => {
                if columns > 1 {
                    let _ = write!(tag, " colspan=\"{columns}\"");
                }
                if rows > 1 {
                    let _ = write!(tag, " rowspan=\"{rows}\"");
                }
            }
            _ => {}
        }
        tag.push('>');
        tag
    }

    fn is_list(self) -> bool {
        matches!(self, Block::Bullets | Block::Numbers(_))
    }
}

impl Inline {
    /// Name of the tag.
    pub(super) fn tag(&self) -> &'static str {
        match self {
            Inline::Link(_) => "a",
            Inline::Mark(name) => name,
        }
    }

    /// The whole start tag; `rel` asks for `rel="noopener"` on links.
    pub(super) fn start_tag(&self, rel: bool) -> String {
        match self {
            Inline::Mark(name) => format!("<{name}>"),
            Inline::Link(href) => {
                let mut tag = String::from("<a href=\"");
                push_escaped(&mut tag, href);
                tag.push_str(if rel { "\" rel=\"noopener\">" } else { "\">" });
                tag
            }
        }
    }
}

/// Takes the blocks that the input has open and gives those that the output
/// must have open so that content stands where HTML lets it stand: items in
/// lists, cells in rows, no block inside a paragraph, heading or `pre`.
pub(super) fn place(open: &[Node]) -> Vec<Node> {
    let mut path: Vec<Node> = Vec::with_capacity(open.len() + 2);
    for (index, node) in open.iter().enumerate() {
        let innermost = index + 1 == open.len();
        place_one(&mut path, *node, innermost);
    }
    if !path.last().is_some_and(|n| is_leaf(n.block)) {
        to_flow(&mut path);
    }
    path
}

fn is_leaf(block: Block) -> bool {
    matches!(block, Block::Para | Block::Heading(_) | Block::Pre)
}

fn place_one(path: &mut Vec<Node>, node: Node, innermost: bool) {
    let last = path.last().map(|n| n.block);
    match node.block {
        Block::Para | Block::Heading(_) | Block::Pre => {
            if innermost {
                to_flow(path);
                path.push(node);
            }
        }
        Block::Bullets | Block::Numbers(_) | Block::Quote | Block::Table => {
            if path.len() < MAX_DEPTH {
                to_flow(path);
                path.push(node);
            }
        }
        Block::Item if last.is_some_and(Block::is_list) => path.push(node),
        Block::Caption if last == Some(Block::Table) => path.push(node),
        Block::Section(_) if last == Some(Block::Table) => path.push(node),
        Block::Row if to_section(path) => path.push(node),
        Block::Cell(..) if to_row(path) => path.push(node),
        // A part without its whole: its text becomes a paragraph.
        _ => {
            if innermost {
                to_flow(path);
                path.push(Node { id: node.id, block: Block::Para });
            }
        }
    }
}

/// Makes the path end where running text may stand.
fn to_flow(path: &mut Vec<Node>) {
    while let Some(last) = path.last().copied() {
        match last.block {
            Block::Bullets | Block::Numbers(_) => {
                path.push(Node { id: last.id + 1, block: Block::Item });
                return;
            }
            Block::Table | Block::Section(_) | Block::Row => {
                path.pop();
            }
            _ => return,
        }
    }
}

/// Makes the path end in a table section, if it ends in a table or section.
fn to_section(path: &mut Vec<Node>) -> bool {
    let Some(last) = path.last().copied() else {
        return false;
    };
    match last.block {
        Block::Section(_) => true,
        Block::Table => {
            path.push(Node { id: last.id + 1, block: Block::Section("tbody") });
            true
        }
        _ => false,
    }
}

/// Makes the path end in a row, if it ends in a table, section or row.
fn to_row(path: &mut Vec<Node>) -> bool {
    if path.last().is_some_and(|n| n.block == Block::Row) {
        return true;
    }
    if !to_section(path) {
        return false;
    }
    if let Some(id) = path.last().map(|n| n.id) {
        path.push(Node { id: id + 2, block: Block::Row });
    }
    true
}
