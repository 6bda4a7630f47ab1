//! Reads PHP's serialized values, as far as plugins keep facts in them: scalars and arrays. Objects and references are
//! refused, nothing is ever executed or created, lengths are checked, depth and size are bounded.

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Php {
    /// `N;`
    Null,
    /// `b:1;`
    Bool(bool),
    /// `i:7;`
    Int(i64),
    /// `d:1.5;`, as written.
    Float(String),
    /// `s:3:"abc";`
    Text(String),
    /// `a:1:{…}`, keys as text.
    Array(Vec<(String, Php)>),
}

impl Php {
    /// The value as text, when it is a scalar.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Float(text) => Some(text.clone()),
            Self::Int(n) => Some(n.to_string()),
            Self::Bool(b) => Some(if *b { "1" } else { "" }.to_owned()),
            Self::Null | Self::Array(_) => None,
        }
    }

    /// A scalar entry of an array.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        match self {
            Self::Array(entries) => entries.iter().find(|(known, _)| known == key).and_then(|(_, value)| value.text()),
            _ => None,
        }
    }
}

const MAX_DEPTH: usize = 16;
const MAX_ENTRIES: usize = 10_000;

/// Reads one whole value; nothing when the text is something else or holds an object.
#[must_use]
pub fn parse(text: &str) -> Option<Php> {
    let mut reader = Reader { bytes: text.trim().as_bytes(), at: 0, entries: 0 };
    let value = reader.value(0)?;
    (reader.at == reader.bytes.len()).then_some(value)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    entries: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Php> {
        if depth > MAX_DEPTH {
            return None;
        }
        let kind = self.byte()?;
        if kind == b'N' {
            self.expect(b';')?;
            return Some(Php::Null);
        }
        self.expect(b':')?;
        match kind {
            b'b' => Some(Php::Bool(self.until(b';')? == "1")),
            b'i' => self.until(b';')?.parse().ok().map(Php::Int),
            b'd' => self.until(b';').map(Php::Float),
            b's' => {
                let text = self.string()?;
                self.expect(b';')?;
                Some(Php::Text(text))
            }
            b'a' => self.array(depth),
            _ => None,
        }
    }

    fn array(&mut self, depth: usize) -> Option<Php> {
        let count: usize = self.until(b':')?.parse().ok()?;
        self.expect(b'{')?;
        let mut entries = Vec::new();
        for _ in 0..count {
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                return None;
            }
            let key = match self.value(MAX_DEPTH)? {
                Php::Array(_) => return None,
                scalar => scalar.text().unwrap_or_default(),
            };
            entries.push((key, self.value(depth + 1)?));
        }
        self.expect(b'}')?;
        Some(Php::Array(entries))
    }

    // `3:"abc"`: the length counts bytes.
    fn string(&mut self) -> Option<String> {
        let length: usize = self.until(b':')?.parse().ok()?;
        self.expect(b'"')?;
        let end = self.at.checked_add(length)?;
        let text = std::str::from_utf8(self.bytes.get(self.at..end)?).ok()?.to_owned();
        self.at = end;
        self.expect(b'"')?;
        Some(text)
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.byte()? == wanted).then_some(())
    }

    fn until(&mut self, end: u8) -> Option<String> {
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().take(40).position(|b| *b == end)?;
        let text = std::str::from_utf8(rest.get(..length)?).ok()?.to_owned();
        self.at += length + 1;
        Some(text)
    }
}
