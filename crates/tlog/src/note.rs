//! Signed notes (c2sp.org/signed-note) with Ed25519, and the cosignatures of witnesses (c2sp.org/tlog-cosignature, the
//! Ed25519 kind). Pure but for the signing itself, which is deterministic. ML-DSA is not spoken: `ring` has none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

/// The most bytes of a note that is read.
pub const MOST_NOTE: usize = 64 * 1024;
/// The most signatures of a note that are read; the standard asks for 16 at least.
const MOST_SIGNATURES: usize = 64;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A note's text as it is: the log.
    Note,
    /// A note's text with an instant before it: a witness.
    Cosignature,
}

impl KeyKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Note => 1,
            Self::Cosignature => 4,
        }
    }
}

/// Standard base64.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Reads standard base64, strictly.
#[must_use]
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Reads a hash in base64.
#[must_use]
pub fn unbase64_hash(text: &str) -> Option<crate::merkle::Hash> {
    unbase64(text)?.try_into().ok()
}

/// A public key with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    /// The key's name: the origin of a log, the name of a witness.
    pub name: String,
    /// What it signs.
    pub kind: KeyKind,
    /// The 32 bytes of RFC 8032.
    pub public: [u8; 32],
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 250
        && !name.contains('+')
        && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

impl VerifierKey {
    /// The key's number: the beginning of a digest over its name, kind and bytes.
    #[must_use]
    pub fn id(&self) -> u32 {
        let mut text = self.name.clone().into_bytes();
        text.extend_from_slice(&[b'\n', self.kind.byte()]);
        text.extend_from_slice(&self.public);
        let digest = kernel::sha256(&text);
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
    }

    /// Reads `name+id+key`; `None` when a part is wrong, the number is another's or the kind is unknown.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, unbase64(parts.next()?)?);
        let (kind, public) = key.split_first()?;
        let kind = [KeyKind::Note, KeyKind::Cosignature].into_iter().find(|k| k.byte() == *kind)?;
        let key = Self { name: name.to_owned(), kind, public: public.try_into().ok()? };
        (is_key_name(name) && id == format!("{:08x}", key.id())).then_some(key)
    }

    fn verify(&self, text: &str, signature: &[u8]) -> Option<Signed> {
        let check = |message: &[u8], signature: &[u8]| {
            UnparsedPublicKey::new(&ED25519, self.public).verify(message, signature).is_ok()
        };
        match self.kind {
            KeyKind::Note => check(text.as_bytes(), signature).then_some(Signed { key: self.clone(), time: None }),
            KeyKind::Cosignature => {
                let (time, signature) = signature.split_at_checked(8)?;
                let time = u64::from_be_bytes(time.try_into().ok()?);
                let good = time <= i64::MAX as u64 && check(cosigned(time, text).as_bytes(), signature);
                good.then_some(Signed { key: self.clone(), time: Some(time) })
            }
        }
    }
}

impl std::fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut key = vec![self.kind.byte()];
        key.extend_from_slice(&self.public);
        write!(f, "{}+{:08x}+{}", self.name, self.id(), base64(&key))
    }
}

/// What a witness signs of a checkpoint's text; `time` in seconds since 1970.
#[must_use]
pub fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A private key with its name. Never printed.
pub struct Signer {
    key: VerifierKey,
    pair: Ed25519KeyPair,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.key)
    }
}

impl Signer {
    /// A key from its seed of 32 bytes; `None` when the name cannot be one.
    #[must_use]
    pub fn new(name: &str, kind: KeyKind, seed: &[u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = pair.public_key().as_ref().try_into().ok()?;
        is_key_name(name).then(|| Self { key: VerifierKey { name: name.to_owned(), kind, public }, pair })
    }

    /// The public half.
    #[must_use]
    pub const fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// The signature line of a text, with its newline. `time` in seconds since 1970 matters for cosignatures only.
    #[must_use]
    pub fn line(&self, text: &str, time: u64) -> String {
        let mut bytes = self.key.id().to_be_bytes().to_vec();
        match self.key.kind {
            KeyKind::Note => bytes.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref()),
            KeyKind::Cosignature => {
                bytes.extend_from_slice(&time.to_be_bytes());
                bytes.extend_from_slice(self.pair.sign(cosigned(time, text).as_bytes()).as_ref());
            }
        }
        format!("— {} {}\n", self.key.name, base64(&bytes))
    }

    /// A whole note of a text that ends with a newline.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        format!("{text}\n{}", self.line(text, 0))
    }
}

/// A signature that was checked and is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// By whom.
    pub key: VerifierKey,
    /// When, in seconds since 1970, if it is a cosignature.
    pub time: Option<u64>,
}

/// A signature line as it stands in a note, not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The key's name.
    pub name: String,
    /// The key's number.
    pub id: u32,
    /// What follows the number.
    pub signature: Vec<u8>,
}

impl Line {
    /// Reads one line without its newline.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (name, bytes) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = unbase64(bytes)?;
        let (id, signature) = bytes.split_at_checked(4)?;
        let id = u32::from_be_bytes(id.try_into().ok()?);
        (is_key_name(name) && !signature.is_empty()).then(|| Self {
            name: name.to_owned(),
            id,
            signature: signature.to_vec(),
        })
    }

    /// The line with its newline.
    #[must_use]
    pub fn text(&self) -> String {
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.signature);
        format!("— {} {}\n", self.name, base64(&bytes))
    }
}

/// A note taken apart. Its text means nothing until a known key's signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text with its final newline.
    pub text: String,
    /// The signature lines.
    pub lines: Vec<Line>,
}

impl Note {
    /// Takes a note apart; `None` for what is not a note.
    #[must_use]
    pub fn parse(note: &str) -> Option<Self> {
        if note.len() > MOST_NOTE || note.bytes().any(|b| b < 0x20 && b != b'\n') {
            return None;
        }
        let end = note.rfind("\n\n")?;
        let (text, lines) = (&note[..=end], &note[end + 2..]);
        let lines = lines.strip_suffix('\n')?;
        let lines = lines.split('\n').map(Line::parse).collect::<Option<Vec<_>>>()?;
        (!lines.is_empty() && lines.len() <= MOST_SIGNATURES).then(|| Self { text: text.to_owned(), lines })
    }

    /// The good signatures of known keys. Others are passed over.
    ///
    /// # Errors
    /// The name of a known key whose signature is wrong: the whole note is to be refused.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Vec<Signed>, String> {
        let mut out: Vec<Signed> = Vec::new();
        for line in &self.lines {
            let Some(key) = keys.iter().find(|k| k.name == line.name && k.id() == line.id) else { continue };
            if out.iter().any(|s| s.key == *key) {
                continue;
            }
            out.push(key.verify(&self.text, &line.signature).ok_or_else(|| line.name.clone())?);
        }
        Ok(out)
    }

    /// The note with the lines it has.
    #[must_use]
    pub fn whole(&self) -> String {
        let lines: String = self.lines.iter().map(Line::text).collect();
        format!("{}\n{lines}", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDARD_KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const STANDARD_NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    #[test]
    fn the_example_of_the_standard_verifies() {
        let key = VerifierKey::parse(STANDARD_KEY).unwrap();
        assert_eq!(key.to_string(), STANDARD_KEY);
        let note = Note::parse(STANDARD_NOTE).unwrap();
        assert_eq!(note.whole(), STANDARD_NOTE);
        assert_eq!(note.verify(std::slice::from_ref(&key)).unwrap().len(), 1);
        let changed = STANDARD_NOTE.replace("example message", "examplE message");
        assert_eq!(Note::parse(&changed).unwrap().verify(&[key]), Err("example.com/foo".to_owned()));
        assert_eq!(note.verify(&[]), Ok(vec![]));
    }

    #[test]
    fn keys_that_do_not_fit_are_refused() {
        for text in [
            "",
            "a+b",
            "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a+Aeky",
        ] {
            assert_eq!(VerifierKey::parse(text), None, "{text}");
        }
    }

    #[test]
    fn cosignatures_carry_their_instant() {
        let signer = Signer::new("witness.example/w1", KeyKind::Cosignature, &[7; 32]).unwrap();
        let text = "example.com/log\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n";
        let note = format!("{text}\n{}", signer.line(text, 1_679_315_147));
        let signed = Note::parse(&note).unwrap().verify(&[signer.key().clone()]).unwrap();
        assert_eq!(signed[0].time, Some(1_679_315_147));
        let mut other = Note::parse(&note).unwrap();
        other.lines[0].signature[7] ^= 1;
        assert!(other.verify(&[signer.key().clone()]).is_err());
    }

    #[test]
    fn what_is_no_note_is_refused() {
        for text in [
            "",
            "text\n",
            "text\n\n",
            "text\n\n— name AAAA\n",
            "te\rxt\n\n— n AAAAAAAA\n",
            "text\n\n- n AAAAAAAA\n",
            "text\n\n— n AAAAAAAA",
        ] {
            assert_eq!(Note::parse(text), None, "{text:?}");
        }
        assert!(Note::parse("a\n\nb\n\n— n AAAAAAAA\n").is_some());
        assert!(Signer::new("two words", KeyKind::Note, &[1; 32]).is_none());
    }
}
