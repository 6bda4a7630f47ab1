//! A small authenticator made of ring's signing keys, honest and otherwise.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

use super::*;

fn site() -> RelyingParty {
    RelyingParty { id: "studio.example".to_owned(), origin: "https://studio.example".to_owned() }
}

fn client(ceremony: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
    let challenge = URL_SAFE_NO_PAD.encode(challenge);
    format!(r#"{{"type":"{ceremony}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#).into_bytes()
}

fn header(site_id: &str, flags: u8, count: u32) -> Vec<u8> {
    [sha256(site_id.as_bytes()).as_slice(), &[flags], &count.to_be_bytes()].concat()
}

fn with_key(mut data: Vec<u8>, cose: &[u8]) -> Vec<u8> {
    data.extend([0; 16]);
    data.extend([0, 4, 1, 2, 3, 4]);
    data.extend(cose);
    data
}

fn ec_cose(public: &[u8]) -> Vec<u8> {
    [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], &public[1..33], &[0x22, 0x58, 32], &public[33..65]].concat()
}

#[test]
fn an_es256_key_registers_and_signs() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).expect("a key");
    let data = with_key(header("studio.example", 0x45, 0), &ec_cose(pair.public_key().as_ref()));
    let got =
        register(&site(), b"challenge", &client("webauthn.create", b"challenge", "https://studio.example"), &data);
    let got = got.expect("registered");
    assert_eq!(got.credential_id, vec![1, 2, 3, 4]);

    let sign = |client_data: &[u8], authenticator_data: &[u8]| {
        let message = [authenticator_data, &sha256(client_data)].concat();
        pair.sign(&random, &message).expect("signed").as_ref().to_vec()
    };
    let client_data = client("webauthn.get", b"other", "https://studio.example");
    let authenticator_data = header("studio.example", 0x05, 7);
    let signature = sign(&client_data, &authenticator_data);
    let answer =
        Assertion { client_data: &client_data, authenticator_data: &authenticator_data, signature: &signature };
    assert_eq!(assert(&site(), b"other", &got.key, 3, answer), Ok(7));
    assert_eq!(assert(&site(), b"other", &got.key, 7, answer), Err(PasskeyError::CounterWentBack));
    assert_eq!(assert(&site(), b"third", &got.key, 3, answer), Err(PasskeyError::WrongCeremony));
    let mut bent = signature.clone();
    bent[10] ^= 1;
    assert_eq!(
        assert(&site(), b"other", &got.key, 3, Assertion { signature: &bent, ..answer }),
        Err(PasskeyError::BadSignature)
    );
    let unverified = header("studio.example", 0x01, 7);
    let answer = Assertion { authenticator_data: &unverified, ..answer };
    assert_eq!(assert(&site(), b"other", &got.key, 3, answer), Err(PasskeyError::NotVerified));
}

#[test]
fn an_eddsa_key_registers_and_signs() {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).expect("a key");
    let cose = [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32], pair.public_key().as_ref()].concat();
    let data = with_key(header("studio.example", 0x45, 0), &cose);
    let created = client("webauthn.create", b"c", "https://studio.example");
    let got = register(&site(), b"c", &created, &data).expect("registered");
    let client_data = client("webauthn.get", b"c", "https://studio.example");
    let authenticator_data = header("studio.example", 0x05, 0);
    let message = [authenticator_data.as_slice(), &sha256(&client_data)].concat();
    let signature = pair.sign(&message).as_ref().to_vec();
    let answer =
        Assertion { client_data: &client_data, authenticator_data: &authenticator_data, signature: &signature };
    assert_eq!(assert(&site(), b"c", &got.key, 0, answer), Ok(0));
}

#[test]
fn other_sites_and_broken_bytes_are_refused() {
    let good = client("webauthn.create", b"c", "https://studio.example");
    let evil = client("webauthn.create", b"c", "https://studio.example.evil.example");
    let data = header("studio.example", 0x45, 0);
    assert_eq!(register(&site(), b"c", &evil, &data), Err(PasskeyError::WrongCeremony));
    assert_eq!(register(&site(), b"c", &good, &header("evil.example", 0x45, 0)), Err(PasskeyError::WrongSite));
    assert_eq!(register(&site(), b"c", &good, &data), Err(PasskeyError::Unreadable));
    assert_eq!(register(&site(), b"c", b"{", &data), Err(PasskeyError::Unreadable));
    // Every cut of a valid registration is refused, none panics.
    let whole = with_key(data, &ec_cose(&[4; 65]));
    for cut in 0..whole.len() {
        assert!(register(&site(), b"c", &good, &whole[..cut]).is_err(), "cut at {cut}");
    }
}
