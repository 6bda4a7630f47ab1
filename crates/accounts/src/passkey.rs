//! WebAuthn level 2, as far as passkeys of one site need it: attestation "none", ES256 and EdDSA. Pure:
//! bytes in, verdict out. With attestation "none" a registration proves no make of device; what binds it is the
//! challenge and the signed-in session, and later every assertion is checked against the stored key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::sha256;
use ring::signature::{ECDSA_P256_SHA256_ASN1, ED25519, UnparsedPublicKey};
use serde::Deserialize;

/// What the site is to a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host name, `example.org`: passkeys belong to it.
    pub id: String,
    /// The page's origin, `https://example.org`.
    pub origin: String,
}

/// Why an authenticator's answer is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyError {
    /// The client data is not what this site asked for (type, challenge or origin).
    WrongCeremony,
    /// The authenticator answered for another site.
    WrongSite,
    /// The person was not present or not verified by the device.
    NotVerified,
    /// The key is of a kind we do not accept, or the bytes do not parse.
    Unreadable,
    /// The signature is not by the stored key.
    BadSignature,
    /// The counter went backwards: the key may have been copied.
    CounterWentBack,
}

/// A public key as stored: 65 bytes `04 x y` for ES256, 32 bytes for EdDSA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// COSE algorithm number: -7 or -8.
    pub algorithm: i64,
    /// The raw key.
    pub bytes: Vec<u8>,
}

/// What a registration gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The credential's id.
    pub credential_id: Vec<u8>,
    /// Its key.
    pub key: PublicKey,
    /// Its counter.
    pub sign_count: u32,
}

#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    ceremony: String,
    challenge: String,
    origin: String,
}

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const HAS_CREDENTIAL: u8 = 1 << 6;

/// Checks an answer to `navigator.credentials.create`.
///
/// # Errors
/// See [`PasskeyError`].
pub fn register(
    site: &RelyingParty,
    challenge: &[u8],
    client_data: &[u8],
    authenticator_data: &[u8],
) -> Result<Registered, PasskeyError> {
    check_client(site, "webauthn.create", challenge, client_data)?;
    let (flags, sign_count) = check_authenticator(site, authenticator_data)?;
    if flags & HAS_CREDENTIAL == 0 {
        return Err(PasskeyError::Unreadable);
    }
    // 37 bytes of header, 16 of AAGUID, 2 of length, then the id and the COSE key (§6.5.1).
    let rest = authenticator_data.get(53..).ok_or(PasskeyError::Unreadable)?;
    let (length, rest) = rest.split_at_checked(2).ok_or(PasskeyError::Unreadable)?;
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    let (id, cose) = rest.split_at_checked(length).ok_or(PasskeyError::Unreadable)?;
    if id.is_empty() || id.len() > 1023 {
        return Err(PasskeyError::Unreadable);
    }
    let key = cose_key(cose).ok_or(PasskeyError::Unreadable)?;
    Ok(Registered { credential_id: id.to_vec(), key, sign_count })
}

/// Checks an answer to `navigator.credentials.get` against the stored key; gives the new counter.
///
/// # Errors
/// See [`PasskeyError`].
pub fn assert(
    site: &RelyingParty,
    challenge: &[u8],
    key: &PublicKey,
    stored_count: u32,
    answer: Assertion<'_>,
) -> Result<u32, PasskeyError> {
    check_client(site, "webauthn.get", challenge, answer.client_data)?;
    let (_, count) = check_authenticator(site, answer.authenticator_data)?;
    verify(key, answer)?;
    // Synced passkeys always say zero; a counter that is used must grow (§7.2 step 22).
    if (count != 0 || stored_count != 0) && count <= stored_count {
        return Err(PasskeyError::CounterWentBack);
    }
    Ok(count)
}

/// An authenticator's answer.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// The client data, JSON bytes.
    pub client_data: &'a [u8],
    /// The authenticator data.
    pub authenticator_data: &'a [u8],
    /// The signature over both.
    pub signature: &'a [u8],
}

/// Checks only the signature: what an outsider does with a stored [`crate::model::PasskeyProof`].
///
/// # Errors
/// [`PasskeyError::BadSignature`], or [`PasskeyError::Unreadable`] for an unknown algorithm.
pub fn verify(key: &PublicKey, answer: Assertion<'_>) -> Result<(), PasskeyError> {
    let mut signed = answer.authenticator_data.to_vec();
    signed.extend(sha256(answer.client_data));
    let checked = match key.algorithm {
        -7 => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &key.bytes).verify(&signed, answer.signature),
        -8 => UnparsedPublicKey::new(&ED25519, &key.bytes).verify(&signed, answer.signature),
        _ => return Err(PasskeyError::Unreadable),
    };
    checked.map_err(|_| PasskeyError::BadSignature)
}

fn check_client(site: &RelyingParty, ceremony: &str, challenge: &[u8], bytes: &[u8]) -> Result<(), PasskeyError> {
    let data: ClientData = serde_json::from_slice(bytes).map_err(|_| PasskeyError::Unreadable)?;
    let same =
        data.ceremony == ceremony && data.challenge == URL_SAFE_NO_PAD.encode(challenge) && data.origin == site.origin;
    if same { Ok(()) } else { Err(PasskeyError::WrongCeremony) }
}

fn check_authenticator(site: &RelyingParty, bytes: &[u8]) -> Result<(u8, u32), PasskeyError> {
    let (Some(site_hash), Some([flags, a, b, c, d])) = (bytes.get(..32), bytes.get(32..37)) else {
        return Err(PasskeyError::Unreadable);
    };
    if site_hash != sha256(site.id.as_bytes()) {
        return Err(PasskeyError::WrongSite);
    }
    if flags & USER_PRESENT == 0 || flags & USER_VERIFIED == 0 {
        return Err(PasskeyError::NotVerified);
    }
    Ok((*flags, u32::from_be_bytes([*a, *b, *c, *d])))
}

/// A value of the little CBOR (RFC 8949) a COSE key is made of.
enum Cbor<'a> {
    Int(i64),
    Bytes(&'a [u8]),
}

/// Reads a COSE key (RFC 9052 §7): EC2 on P-256, or OKP Ed25519.
fn cose_key(bytes: &[u8]) -> Option<PublicKey> {
    let (head, mut rest) = bytes.split_first()?;
    let pairs = (head & 0xe0 == 0xa0).then_some(head & 0x1f).filter(|n| *n <= 8)?;
    let (mut kind, mut algorithm, mut curve, mut x, mut y) = (0, 0, 0, None, None);
    for _ in 0..pairs {
        let (Cbor::Int(label), after) = cbor(rest)? else { return None };
        let (value, after) = cbor(after)?;
        match (label, value) {
            (1, Cbor::Int(v)) => kind = v,
            (3, Cbor::Int(v)) => algorithm = v,
            (-1, Cbor::Int(v)) => curve = v,
            (-2, Cbor::Bytes(v)) => x = Some(v),
            (-3, Cbor::Bytes(v)) => y = Some(v),
            _ => {}
        }
        rest = after;
    }
    let x = x.filter(|x| x.len() == 32)?;
    match (kind, algorithm, curve) {
        (2, -7, 1) => {
            let y = y.filter(|y| y.len() == 32)?;
            let bytes = [&[4], x, y].concat();
            Some(PublicKey { algorithm, bytes })
        }
        (1, -8, 6) => Some(PublicKey { algorithm, bytes: x.to_vec() }),
        _ => None,
    }
}

fn cbor(bytes: &[u8]) -> Option<(Cbor<'_>, &[u8])> {
    let (head, rest) = bytes.split_first()?;
    let (argument, rest) = match head & 0x1f {
        small @ 0..=23 => (i64::from(small), rest),
        24 => (i64::from(*rest.first()?), rest.get(1..)?),
        25 => (i64::from(u16::from_be_bytes([*rest.first()?, *rest.get(1)?])), rest.get(2..)?),
        _ => return None,
    };
    match head >> 5 {
        0 => Some((Cbor::Int(argument), rest)),
        1 => Some((Cbor::Int(-1 - argument), rest)),
        2 => {
            let (value, rest) = rest.split_at_checked(usize::try_from(argument).ok()?)?;
            Some((Cbor::Bytes(value), rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
