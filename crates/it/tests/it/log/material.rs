//! The vectors of proofs that other implementations are held against, and the examples of the standards themselves, in the
//! folder `TRABOULE_TEST_MATERIAL`. Only with the feature `material`.
#![cfg(feature = "material")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tlog::checkpoint::Checkpoint;
use tlog::merkle::{self, Hash, is_consistent, is_included, leaf_hash};
use tlog::note::{KeyKind, Line, Note, Signer, VerifierKey};
use tlog::proof::TlogProof;
use tlog::tiles::{self, TileAt, Tiles};
use tlog::witness::AddCheckpoint;

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

/// The leaves of the tree the vectors are about.
fn leaves() -> Vec<Vec<u8>> {
    let hex = |text: &str| {
        let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
        digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("a byte")).collect()
    };
    let all = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    all.into_iter().map(hex).collect()
}

/// Our tiles over those leaves, grown in every way in two steps, hold every root and make every proof of the vectors.
#[test]
fn our_tiles_make_the_roots_and_proofs_of_the_vectors() {
    let hashes: Vec<Hash> = leaves().iter().map(|body| leaf_hash(body)).collect();
    let tree = |size: usize, first: usize| {
        let mut kept = Tiles::default();
        let mut at = 0;
        for part in [&hashes[..first], &hashes[first..size]] {
            let grown = tiles::grow(at, &kept, part).expect("it grows");
            at = grown.size;
            grown.tiles.into_iter().for_each(|(at, bytes)| kept.keep(at, bytes));
        }
        kept
    };
    let number = |v: &Value, name: &str| usize::try_from(v[name].as_u64().expect("a number")).expect("small");
    let mut seen = 0;
    for v in
        vectors("rfc6962-inclusion.jsonl").iter().filter(|v| v["name"].as_str().is_some_and(|n| n.contains("happy")))
    {
        let (index, size) = (number(v, "leafIdx"), number(v, "treeSize"));
        for first in 0..=size {
            let kept = tree(size, first);
            assert_eq!(kept.root(size as u64), hash(&v["root"]), "{}", v["name"]);
            let spans = merkle::inclusion(index as u64, size as u64).expect("in the tree");
            assert_eq!(kept.fill(&spans), proof(&v["proof"]), "{}", v["name"]);
        }
        assert_eq!(hash(&v["leafHash"]), Some(hashes[index]), "{}", v["name"]);
        seen += 1;
    }
    for v in
        vectors("rfc6962-consistency.jsonl").iter().filter(|v| v["name"].as_str().is_some_and(|n| n.contains("happy")))
    {
        let (old, new) = (number(v, "size1"), number(v, "size2"));
        let kept = tree(new, old);
        assert_eq!(kept.root(new as u64), hash(&v["root2"]), "{}", v["name"]);
        let spans = merkle::consistency(old as u64, new as u64).unwrap_or_default();
        assert_eq!(kept.fill(&spans), proof(&v["proof"]), "{}", v["name"]);
        seen += 1;
    }
    assert!(seen >= 10, "{seen}");
}

/// Every vector of inclusion as a tlog-proof file is judged by the file's reader as the vector says.
#[test]
fn every_vector_of_inclusion_is_judged_alike_as_a_file() {
    let signer = Signer::new("example.com/log", KeyKind::Note, &[1; 32]).expect("a name");
    let mut good = 0;
    for v in &vectors("rfc6962-inclusion.jsonl") {
        let (Some(leaf), Some(root), Some(path)) = (hash(&v["leafHash"]), hash(&v["root"]), proof(&v["proof"])) else {
            continue;
        };
        let (Some(index), Some(size)) = (v["leafIdx"].as_u64(), v["treeSize"].as_u64()) else { continue };
        let head = Checkpoint { origin: "example.com/log".to_owned(), size, root };
        let checkpoint = signer.sign(&head.text());
        let file = TlogProof { extra: Some(b"as it is".to_vec()), index, path, checkpoint };
        let read = TlogProof::parse(&file.text());
        let holds = read.and_then(|read| read.check(&leaf, signer.key(), &[]).ok().flatten()).is_some();
        assert_eq!(!holds, v["wantErr"].as_bool().expect("a flag"), "{}", v["name"]);
        good += usize::from(holds);
    }
    assert!(good >= 5, "{good}");
}

/// The examples of a specification: its fenced and its indented blocks, without fence and indent.
fn examples(name: &str) -> Vec<String> {
    let root = std::env::var_os("TRABOULE_TEST_MATERIAL").expect("TRABOULE_TEST_MATERIAL names the folder of material");
    let path = std::path::PathBuf::from(root).join("tlog/spec").join(name);
    let text = std::fs::read_to_string(path).expect("the specification");
    let (mut out, mut block, mut fenced) = (Vec::new(), String::new(), false);
    for line in text.lines().chain(["end"]) {
        let fence = line.trim_start().starts_with("```");
        let inside = if fenced { (!fence).then_some(line) } else { line.strip_prefix("    ") };
        match inside {
            Some(line) => block.push_str(&format!("{line}\n")),
            // An empty line belongs to the indented block around it.
            None if line.is_empty() && !block.is_empty() && !fenced => block.push('\n'),
            None => {
                let whole = std::mem::take(&mut block);
                let whole = whole.trim_end_matches('\n');
                if !whole.is_empty() {
                    out.push(format!("{whole}\n"));
                }
            }
        }
        fenced ^= fence;
    }
    out
}

fn one(name: &str, begins: &str) -> String {
    let found = examples(name).into_iter().find(|block| block.starts_with(begins));
    found.unwrap_or_else(|| panic!("{name} has no example that begins with {begins:?}"))
}

/// The key and the note of signed-note: read, checked, and written again as they were, byte for byte.
#[test]
fn the_signed_note_of_the_standard_is_good() {
    let vkey = one("signed-note.md", "example.com/foo+");
    let key = VerifierKey::parse(vkey.trim()).expect("a key");
    assert_eq!(format!("{key}\n"), vkey);
    let text = one("signed-note.md", "This is an example message.");
    let note = Note::parse(&text).expect("a note");
    assert_eq!(note.whole(), text);
    assert_eq!(note.verify(std::slice::from_ref(&key)).expect("good").len(), 1);
    let changed = Note::parse(&text.replacen("example message", "exemple message", 1)).expect("a note");
    assert!(changed.verify(&[key]).is_err(), "another text has another signature");
    let poem = one("signed-note.md", "Ognuno sta solo");
    assert_eq!(Note::parse(&poem).expect("a note").whole(), poem, "a text of several lines, one of them empty");
}

/// Checkpoints, cosignatures and requests of the standards are written as we write them.
#[test]
fn what_the_standards_show_is_read_and_written_byte_for_byte() {
    for (name, begins) in [("tlog-checkpoint.md", "example.com/behind"), ("tlog-cosignature.md", "example.com/behind")]
    {
        let text = one(name, begins);
        let note = Note::parse(&text).expect("a note");
        assert_eq!(note.whole(), text, "{name}");
        let head = Checkpoint::parse(&note.text).expect("a checkpoint");
        assert_eq!((head.size, head.text()), (20_852_163, note.text.clone()), "{name}");
        for line in &note.lines {
            assert_eq!(Line::parse(line.text().trim_end()).as_ref(), Some(line), "{name}");
        }
    }
    // The time of the cosignature is the one whose message the standard spells out.
    let text = one("tlog-cosignature.md", "example.com/behind");
    let line = Note::parse(&text).expect("a note").lines.pop().expect("a cosignature");
    let bytes = STANDARD.decode(line.text().trim_end().rsplit(' ').next().expect("base64")).expect("base64");
    let time = u64::from_be_bytes(bytes[4..12].try_into().expect("eight bytes"));
    let message = one("tlog-cosignature.md", "cosignature/v1\n");
    assert_eq!((bytes.len(), message.lines().nth(1)), (4 + 8 + 64, Some(format!("time {time}").as_str())));
    let body = Note::parse(&text).expect("a note").text;
    assert_eq!(tlog::note::cosigned(time, &body), message, "what our witness signs");
    let request = one("tlog-witness.md", "old 20852014");
    let read = AddCheckpoint::parse(&request).expect("a request");
    assert_eq!((read.old, read.proof.len(), read.text()), (20_852_014, 4, request));
    for line in one("tlog-witness.md", "— witness.example/w1 CMp").lines() {
        assert_eq!(Line::parse(line).expect("a line").text(), format!("{line}\n"));
    }
    let bundle = one("tlog-proof.md", "c2sp.org/tlog-proof@v1");
    assert!(bundle.lines().nth(1).is_some_and(|l| l.starts_with("extra ")) && bundle.contains("\nindex 73894\n"));
    // Its signatures are shortened; with whole ones and an extra that is base64 it is read and written alike.
    let (head, _) = bundle.split_once("\n\n").expect("a head");
    let head: Vec<&str> = head.lines().filter(|line| !line.starts_with("extra ")).collect();
    let whole = format!("{}\n\n{}", head.join("\n"), one("tlog-checkpoint.md", "example.com/behind"));
    let read = TlogProof::parse(&whole).expect("a proof");
    assert_eq!((read.index, read.path.len(), read.text()), (73_894, 5, whole));
}

/// `x001/x234/067`, as both standards of tiles write it.
#[test]
fn paths_of_tiles_are_those_of_the_standards() {
    for name in ["tlog-tiles.md", "static-ct-api.md"] {
        let root = std::env::var_os("TRABOULE_TEST_MATERIAL").expect("the folder of material");
        let text = std::fs::read_to_string(std::path::PathBuf::from(root).join("tlog/spec").join(name)).expect("read");
        assert!(text.contains("x001/x234/067"), "{name}");
    }
    let at = TileAt { level: 0, n: 1_234_067 };
    let asked = tiles::Asked::Tile { at, width: 256 };
    assert_eq!(tiles::path(asked), "tile/0/x001/x234/067");
    assert_eq!(tiles::parse_path("tile/0/x001/x234/067"), Some(asked));
}
