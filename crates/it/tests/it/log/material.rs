//! The vectors of proofs that other implementations are held against, in the folder `TRABOULE_TEST_MATERIAL`. Only with the
//! feature `material`.
#![cfg(feature = "material")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tlog::merkle::{Hash, is_consistent, is_included};

fn vectors(name: &str) -> Vec<Value> {
    let root = std::env::var_os("TRABOULE_TEST_MATERIAL").expect("TRABOULE_TEST_MATERIAL names the folder of material");
    let path = std::path::PathBuf::from(root).join("tlog/vectors").join(name);
    let text = std::fs::read_to_string(path).expect("the vectors");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A hash in base64; `None` for one of another length.
fn hash(value: &Value) -> Option<Hash> {
    STANDARD.decode(value.as_str()?).ok()?.try_into().ok()
}

/// A root in base64. One vector says that two equal roots of the same size agree, whatever they are, with roots that are no
/// digests: such a root is known by its own digest here, which is equal when they are.
fn root(value: &Value) -> Option<Hash> {
    let bytes = STANDARD.decode(value.as_str()?).ok()?;
    Some(Hash::try_from(bytes.as_slice()).unwrap_or_else(|_| kernel::sha256(&bytes)))
}

fn proof(value: &Value) -> Option<Vec<Hash>> {
    value.as_array().map_or(Some(Vec::new()), |all| all.iter().map(hash).collect())
}

#[test]
fn every_vector_of_inclusion_is_judged_as_it_says() {
    let all = vectors("rfc6962-inclusion.jsonl");
    assert!(all.len() >= 90, "{}", all.len());
    for v in &all {
        let holds = || {
            let (leaf, root, proof) = (hash(&v["leafHash"])?, hash(&v["root"])?, proof(&v["proof"])?);
            Some(is_included(&leaf, v["leafIdx"].as_u64()?, v["treeSize"].as_u64()?, &proof, &root))
        };
        assert_eq!(!holds().unwrap_or(false), v["wantErr"].as_bool().expect("a flag"), "{}", v["name"]);
    }
}

#[test]
fn every_vector_of_consistency_is_judged_as_it_says() {
    let all = vectors("rfc6962-consistency.jsonl");
    assert!(all.len() >= 90, "{}", all.len());
    for v in &all {
        let holds = || {
            let (one, two, proof) = (root(&v["root1"])?, root(&v["root2"])?, proof(&v["proof"])?);
            Some(is_consistent(v["size1"].as_u64()?, &one, v["size2"].as_u64()?, &two, &proof))
        };
        assert_eq!(!holds().unwrap_or(false), v["wantErr"].as_bool().expect("a flag"), "{}", v["name"]);
    }
}
