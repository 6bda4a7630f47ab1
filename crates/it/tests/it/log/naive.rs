//! The definitions of RFC 6962 and of the standards of tiles and notes, written down once more as simply as can be, with
//! nothing of the crate that is tested.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};

pub(super) type Hash = [u8; 32];

fn sha(parts: &[&[u8]]) -> Hash {
    digest(&SHA256, &parts.concat()).as_ref().try_into().expect("32 bytes")
}

pub(super) fn leaf(bytes: &[u8]) -> Hash {
    sha(&[&[0], bytes])
}

/// MTH(D[n]), section 2.1.
pub(super) fn tree(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha(&[]),
        [one] => *one,
        more => {
            let mut k = 1;
            while k * 2 < more.len() {
                k *= 2;
            }
            sha(&[&[1], &tree(&more[..k]), &tree(&more[k..])])
        }
    }
}

/// The n-th tile of a level, by its definition: MTH over 256^level leaves each.
pub(super) fn tile(leaves: &[Hash], level: u32, n: usize) -> Vec<u8> {
    let span = 256_usize.pow(level);
    let whole = leaves.len() / span;
    (n * 256..((n + 1) * 256).min(whole)).flat_map(|i| tree(&leaves[i * span..(i + 1) * span])).collect()
}

pub(super) fn bundle(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let length = usize::from(bytes[at]) * 256 + usize::from(bytes[at + 1]);
        out.push(bytes[at + 2..at + 2 + length].to_vec());
        at += 2 + length;
    }
    out
}

/// A checkpoint taken apart and its first signature checked against a verifier key: origin, size, root.
pub(super) fn checkpoint(note: &str, vkey: &str) -> (String, usize, Hash) {
    let (text, signatures) = note.split_once("\n\n").expect("a blank line");
    let text = format!("{text}\n");
    let lines: Vec<&str> = text.lines().collect();
    let [origin, size, root] = lines.as_slice() else { panic!("three lines: {text:?}") };
    let (name, rest) = vkey.split_once('+').expect("a name");
    let (id, key) = rest.split_once('+').expect("a number");
    let key = STANDARD.decode(key).expect("base64");
    assert_eq!(key[0], 1, "Ed25519 over the text");
    let expected = sha(&[name.as_bytes(), b"\n", &key]);
    assert_eq!(id, format!("{:02x}{:02x}{:02x}{:02x}", expected[0], expected[1], expected[2], expected[3]));
    let line = signatures.lines().next().expect("a signature");
    let encoded = line.strip_prefix(&format!("— {name} ")).expect("the log signs first");
    let bytes = STANDARD.decode(encoded).expect("base64");
    assert_eq!(bytes[..4], expected[..4]);
    UnparsedPublicKey::new(&ED25519, &key[1..]).verify(text.as_bytes(), &bytes[4..]).expect("a good signature");
    assert_eq!(size.parse::<usize>().expect("a number").to_string(), *size);
    let root = STANDARD.decode(root).expect("base64").try_into().expect("32 bytes");
    ((*origin).to_owned(), size.parse().expect("a number"), root)
}
