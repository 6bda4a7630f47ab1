//! What the server's secret does for comments: sealing addresses, digests that only this server can make, signed links,
//! stamps of forms, the memory of a commenter. Nothing here touches a database, and nothing is ever logged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{At, PersonId, Rng};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use serde::{Deserialize, Serialize};

/// How long a link to one's own comment works, in seconds.
pub const LINK_SECONDS: i64 = 365 * 86_400;
/// How long a link to an erasure works, in seconds.
pub const ERASE_SECONDS: i64 = 86_400;
/// The longest a form may stand open, in seconds.
pub const STAMP_SECONDS: i64 = 86_400;
/// How long a browser may remember its commenter, in seconds.
pub const MEMORY_SECONDS: i64 = 365 * 86_400;

/// How long a picture that went up may wait for its post, in seconds.
pub const PICTURE_SECONDS: i64 = 20 * 3_600;

const TAG: usize = 16;

/// Seals and signs.
pub struct Sealer {
    seal: LessSafeKey,
    sign: hmac::Key,
    rng: Rng,
}

/// What a browser remembers of its commenter; only this server can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The site.
    pub url: Option<String>,
    /// Until when, in microseconds.
    pub until: i64,
}

/// What a signed link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnLink {
    /// The comment.
    pub comment: i64,
    /// The number of the links that still work must be this.
    pub epoch: i64,
}

/// A picture that went up and belongs to no post yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentPicture {
    /// The digest of the large rendition.
    pub sha256: String,
    /// The digest of the small one.
    pub small_sha256: String,
    /// Of the large one, in pixels.
    pub width: i64,
    /// Of the large one, in pixels.
    pub height: i64,
}

fn derive(secret: &[u8], purpose: &str) -> [u8; 32] {
    let mut out = [0; 32];
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    out.copy_from_slice(hmac::sign(&key, format!("traboule community {purpose} v1").as_bytes()).as_ref());
    out
}

impl Sealer {
    /// `secret` is the server's 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8], rng: Rng) -> Self {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &derive(secret, "seal"));
        let Ok(key) = key else { unreachable!("a key of this length fits") };
        let sign = hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, "sign"));
        Self { seal: LessSafeKey::new(key), sign, rng }
    }

    /// Seals bytes for one place: they open under the same `place` only.
    #[must_use]
    pub fn seal(&self, place: &str, bytes: &[u8]) -> Vec<u8> {
        let nonce = self.rng.bytes::<12>();
        let mut sealed = bytes.to_vec();
        let done = self.seal.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.as_bytes()),
            &mut sealed,
        );
        assert!(done.is_ok(), "sealing a few bytes cannot fail");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for `place`; `None` for anything else.
    #[must_use]
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, rest) = sealed.split_first_chunk::<12>()?;
        if rest.len() < TAG {
            return None;
        }
        let mut rest = rest.to_vec();
        let aad = Aad::from(place.as_bytes());
        let plain = self.seal.open_in_place(Nonce::assume_unique_for_key(*nonce), aad, &mut rest).ok()?;
        Some(plain.to_vec())
    }

    /// Seals a commenter's address for the row of one comment.
    #[must_use]
    pub fn seal_email(&self, comment: i64, email: &str) -> Vec<u8> {
        self.seal(&format!("email {comment}"), email.as_bytes())
    }

    /// Opens the address of a comment.
    #[must_use]
    pub fn open_email(&self, comment: i64, sealed: &[u8]) -> Option<String> {
        String::from_utf8(self.open(&format!("email {comment}"), sealed)?).ok()
    }

    fn digest(&self, purpose: &str, text: &str) -> String {
        let mut context = hmac::Context::with_key(&self.sign);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        kernel::hex(&context.sign().as_ref()[..16])
    }

    /// The digest of an address: equal addresses have equal digests, whatever the case, and nobody without the secret
    /// can try addresses against it.
    #[must_use]
    pub fn email_digest(&self, email: &str) -> String {
        self.digest("email", &kernel::fold(email))
    }

    /// The digest of a network.
    #[must_use]
    pub fn network_digest(&self, network: &str) -> String {
        self.digest("network", network)
    }

    fn token(&self, purpose: &str, body: &str) -> String {
        let mark = self.digest(purpose, body);
        format!("{body}.{mark}")
    }

    fn read_token<'t>(&self, purpose: &str, token: &'t str) -> Option<&'t str> {
        let (body, mark) = token.rsplit_once('.')?;
        let right = self.digest(purpose, body);
        kernel::constant_time_eq(right.as_bytes(), mark.as_bytes()).then_some(body)
    }

    /// A link to change or delete one's own comment, without a path.
    #[must_use]
    pub fn own_link(&self, link: OwnLink, now: At) -> String {
        let until = now.plus_seconds(LINK_SECONDS).micros() / 1_000_000;
        self.token(
            "own",
            &format!("{}.{}.{until}", kernel::show_id(crate::model::COMMENT_PREFIX, link.comment), link.epoch),
        )
    }

    /// Reads a link to one's own comment; `None` when it is forged or has run out.
    #[must_use]
    pub fn read_own_link(&self, token: &str, now: At) -> Option<OwnLink> {
        let body = self.read_token("own", token)?;
        let mut parts = body.split('.');
        let comment = kernel::parse_id(crate::model::COMMENT_PREFIX, parts.next()?)?;
        let epoch = parts.next()?.parse().ok()?;
        let until: i64 = parts.next()?.parse().ok()?;
        (now.micros() / 1_000_000 < until).then_some(OwnLink { comment, epoch })
    }

    /// The stamp of a form handed out now.
    #[must_use]
    pub fn stamp(&self, now: At) -> String {
        self.token("stamp", &now.micros().to_string())
    }

    /// When a stamp was handed out; `None` for a forged one.
    #[must_use]
    pub fn read_stamp(&self, stamp: &str) -> Option<At> {
        self.read_token("stamp", stamp)?.parse().ok().map(At::from_micros)
    }

    /// What a browser keeps so that it need not ask again.
    #[must_use]
    pub fn remember(&self, name: &str, email: &str, url: Option<&str>, now: At) -> String {
        let until = now.plus_seconds(MEMORY_SECONDS).micros();
        let memory = Memory { name: name.to_owned(), email: email.to_owned(), url: url.map(str::to_owned), until };
        let text = serde_json::to_vec(&memory).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(self.seal("memory", &text))
    }

    /// Reads what a browser kept; `None` when it is not ours or has run out.
    #[must_use]
    pub fn recall(&self, value: &str, now: At) -> Option<Memory> {
        if value.len() > 2_000 {
            return None;
        }
        let bytes = self.open("memory", &URL_SAFE_NO_PAD.decode(value).ok()?)?;
        let memory: Memory = serde_json::from_slice(&bytes).ok()?;
        (now.micros() < memory.until).then_some(memory)
    }

    /// A link that stops a member's mails about what is new, without a path. It works as long as the secret: mails are old when
    /// they are read again.
    #[must_use]
    pub fn stop_link(&self, member: i64) -> String {
        self.token("stop", &kernel::show_id(crate::model::MEMBER_PREFIX, member))
    }

    /// Whose mails a link stops; `None` when it is forged.
    #[must_use]
    pub fn read_stop_link(&self, token: &str) -> Option<i64> {
        kernel::parse_id(crate::model::MEMBER_PREFIX, self.read_token("stop", token)?)
    }

    /// What a form carries for a picture that went up: only the person who sent it can put it under a post.
    #[must_use]
    pub fn sent_picture(&self, person: PersonId, picture: &SentPicture, now: At) -> String {
        let until = now.plus_seconds(PICTURE_SECONDS).micros() / 1_000_000;
        let SentPicture { sha256, small_sha256, width, height } = picture;
        self.token(&format!("picture {}", person.0), &format!("{sha256}.{small_sha256}.{width}.{height}.{until}"))
    }

    /// Reads [`Sealer::sent_picture`]; `None` when it is forged, somebody else's, or has run out.
    #[must_use]
    pub fn read_sent_picture(&self, person: PersonId, token: &str, now: At) -> Option<SentPicture> {
        let body = self.read_token(&format!("picture {}", person.0), token)?;
        let parts: Vec<&str> = body.split('.').collect();
        let [sha256, small_sha256, width, height, until] = parts.as_slice() else { return None };
        let picture = SentPicture {
            sha256: (*sha256).to_owned(),
            small_sha256: (*small_sha256).to_owned(),
            width: width.parse().ok()?,
            height: height.parse().ok()?,
        };
        (now.micros() / 1_000_000 < until.parse::<i64>().ok()?).then_some(picture)
    }

    /// A link to the erasure of everything said under an address; the address itself is not in it.
    #[must_use]
    pub fn erase_link(&self, email: &str, now: At) -> String {
        let until = now.plus_seconds(ERASE_SECONDS).micros() / 1_000_000;
        self.token("erase", &format!("{}.{until}", self.email_digest(email)))
    }

    /// The digest an erasure link is about; `None` when it is forged or has run out.
    #[must_use]
    pub fn read_erase_link(&self, token: &str, now: At) -> Option<String> {
        let (digest, until) = self.read_token("erase", token)?.split_once('.')?;
        (now.micros() / 1_000_000 < until.parse::<i64>().ok()?).then(|| digest.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(&[7; 32], Rng::seeded(1))
    }

    #[test]
    fn c5_an_address_opens_for_its_own_comment_only() {
        let sealer = sealer();
        let sealed = sealer.seal_email(5, "Lea@Mail.example");
        assert!(!String::from_utf8_lossy(&sealed).contains("example"));
        assert_eq!(sealer.open_email(5, &sealed).as_deref(), Some("Lea@Mail.example"));
        assert_eq!(sealer.open_email(6, &sealed), None);
        assert_eq!(Sealer::new(&[8; 32], Rng::seeded(1)).open_email(5, &sealed), None);
        for cut in 0..sealed.len() {
            assert_eq!(sealer.open_email(5, &sealed[..cut]), None);
        }
        assert_eq!(sealer.email_digest("LEA@mail.example "), sealer.email_digest("lea@mail.example"));
        assert_ne!(sealer.email_digest("a@mail.example"), sealer.network_digest("a@mail.example"));
    }

    #[test]
    fn c15_links_and_stamps_are_signed_and_run_out() {
        let (sealer, now) = (sealer(), At::from_micros(1_790_000_000_000_000));
        let link = OwnLink { comment: 77, epoch: 2 };
        let token = sealer.own_link(link, now);
        assert_eq!(sealer.read_own_link(&token, now), Some(link));
        assert_eq!(sealer.read_own_link(&token, now.plus_seconds(LINK_SECONDS)), None);
        assert_eq!(sealer.read_own_link(&token.replace(".2.", ".3."), now), None);
        assert_eq!(sealer.read_stamp(&token), None, "a link is no stamp");
        assert_eq!(sealer.read_stamp(&sealer.stamp(now)), Some(now));
        let erase = sealer.erase_link("a@b.example", now);
        assert_eq!(sealer.read_erase_link(&erase, now), Some(sealer.email_digest("A@b.example")));
        assert_eq!(sealer.read_erase_link(&erase, now.plus_seconds(ERASE_SECONDS)), None);
    }

    #[test]
    fn a_link_stops_the_mails_of_its_own_member() {
        let sealer = sealer();
        let token = sealer.stop_link(77);
        assert_eq!(sealer.read_stop_link(&token), Some(77));
        let other = kernel::show_id(crate::model::MEMBER_PREFIX, 78);
        let forged = token.replace(&kernel::show_id(crate::model::MEMBER_PREFIX, 77), &other);
        assert_eq!(sealer.read_stop_link(&forged), None);
        assert_eq!(Sealer::new(&[8; 32], Rng::seeded(1)).read_stop_link(&token), None);
        assert_eq!(sealer.read_own_link(&token, At::from_micros(0)), None, "it opens nothing else");
    }

    #[test]
    fn a_sent_picture_is_its_senders_and_waits_less_than_a_day() {
        let (sealer, now) = (sealer(), At::from_micros(1_790_000_000_000_000));
        let digest = |c: char| c.to_string().repeat(64);
        let picture = SentPicture { sha256: digest('a'), small_sha256: digest('b'), width: 1600, height: 900 };
        let token = sealer.sent_picture(PersonId(7), &picture, now);
        assert_eq!(sealer.read_sent_picture(PersonId(7), &token, now), Some(picture.clone()));
        assert_eq!(sealer.read_sent_picture(PersonId(8), &token, now), None);
        assert_eq!(sealer.read_sent_picture(PersonId(7), &token, now.plus_seconds(PICTURE_SECONDS)), None);
        assert_eq!(sealer.read_sent_picture(PersonId(7), &token.replacen('a', "c", 1), now), None);
        assert_eq!(sealer.read_sent_picture(PersonId(7), "", now), None);
    }

    #[test]
    fn c15_a_memory_is_read_by_its_maker_only() {
        let (sealer, now) = (sealer(), At::from_micros(1_790_000_000_000_000));
        let value = sealer.remember("Léa", "lea@mail.example", None, now);
        assert!(!value.contains("lea"));
        assert_eq!(sealer.recall(&value, now).map(|m| m.email), Some("lea@mail.example".to_owned()));
        assert_eq!(sealer.recall(&value, now.plus_seconds(MEMORY_SECONDS)), None);
        assert_eq!(sealer.recall("x", now), None);
    }
}
