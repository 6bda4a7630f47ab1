//! Readers and cleaners on real small files and on broken ones.

use std::io::Cursor;

use proptest::prelude::*;

use super::*;

const MP4: &[u8] = include_bytes!("../../tests/fixtures/phone.mp4");
const MOV: &[u8] = include_bytes!("../../tests/fixtures/phone.mov");
const WEBM: &[u8] = include_bytes!("../../tests/fixtures/screen.webm");

fn facts(bytes: &[u8]) -> Result<VideoFacts, ProbeError> {
    probe(&mut Cursor::new(bytes), bytes.len() as u64)
}

fn cleaned(bytes: &[u8], container: Container) -> Result<Vec<u8>, CleanError> {
    let mut copy = Cursor::new(bytes.to_vec());
    clean(&mut copy, bytes.len() as u64, container).map(|()| copy.into_inner())
}

fn says(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|w| w == word.as_bytes())
}

#[test]
fn what_phones_and_browsers_record_is_measured() {
    for (bytes, container, has_sound) in
        [(MP4, Container::Mp4, true), (MOV, Container::Mov, true), (WEBM, Container::Webm, false)]
    {
        let found = facts(bytes).expect("a video");
        assert_eq!((found.container, found.width, found.height), (container, 96, 160));
        assert_eq!(found.has_sound, has_sound);
        assert!((1_150..1_400).contains(&found.duration_ms), "{container:?} {}", found.duration_ms);
        assert_eq!(Container::parse(container.mime()), Some(container));
    }
}

#[test]
fn c17_the_kind_comes_from_the_bytes_and_the_name_may_not_disagree() {
    assert_eq!(sniff(b"\0\0\0\x20ftypM4A mp42"), None, "sound is no clip");
    assert_eq!(sniff(b"\0\0\0\x20ftypheic...."), None);
    assert_eq!(sniff(b"\x1a\x45\xdf\xa3\x9f\x42\x82\x88matroska"), None);
    assert_eq!(sniff(b"#EXTM3U"), None);
    for (container, name, declared, wanted) in [
        (Container::Mp4, "film.MP4", "video/mp4", true),
        (Container::Mp4, "film.mov", "video/quicktime", true),
        (Container::Mp4, "film", "", true),
        (Container::Mp4, "film.webm", "", false),
        (Container::Mp4, "film.mp4", "video/webm", false),
        (Container::Webm, "film.webm", "video/webm; codecs=vp9", true),
        (Container::Webm, "film.mp4", "video/webm", false),
        (Container::Mov, "film.mov", "text/html", false),
        (Container::Mov, "film.mov.exe", "video/quicktime", false),
    ] {
        assert_eq!(container.agrees(name, declared), wanted, "{container:?} {name} {declared}");
    }
}

#[test]
fn c17_nothing_the_camera_wrote_is_left_in_a_cleaned_copy() {
    for (bytes, container) in [(MP4, Container::Mp4), (MOV, Container::Mov), (WEBM, Container::Webm)] {
        assert!(says(bytes, "+45.77"), "{container:?}: the canary is in the original");
        let copy = cleaned(bytes, container).expect("cleaned");
        assert_eq!(copy.len(), bytes.len());
        for canary in ["+45.77", "004.83", "CANARY", "LOCATION"] {
            assert!(!says(&copy, canary), "{container:?}: {canary}");
        }
        assert_eq!(facts(&copy).expect("still a video"), facts(bytes).expect("a video"));
    }
}

/// A box.
fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).expect("small");
    [&length.to_be_bytes()[..], kind, content].concat()
}

#[test]
fn c17_a_track_that_is_neither_picture_nor_sound_is_not_served_as_it_came() {
    let hdlr = boxed(b"hdlr", &[&[0; 8][..], b"meta", &[0; 12]].concat());
    let trak = boxed(b"trak", &boxed(b"mdia", &hdlr));
    let moov = boxed(b"moov", &trak);
    let file = [boxed(b"ftyp", b"isom\0\0\0\0"), moov].concat();
    assert!(matches!(cleaned(&file, Container::Mp4), Err(CleanError::Hidden("track"))));
    let pieces = [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"moof", b"")].concat();
    assert!(matches!(cleaned(&pieces, Container::Mp4), Err(CleanError::Hidden("fragments"))));
    let trailing = [MP4, b"x"].concat();
    assert!(cleaned(&trailing, Container::Mp4).is_err());
}

/// Boxes one after the other.
fn all(parts: &[Vec<u8>]) -> Vec<u8> {
    parts.concat()
}

/// A film whose every level holds a box nobody knows, and names wherever there may be some.
fn stuffed(handler: &[u8; 4], format: &[u8]) -> Vec<u8> {
    let secret = || boxed(b"zqzq", b"CANARY here");
    let hdlr = boxed(b"hdlr", &[&[0; 8][..], handler, &[0; 12], b"CANARY handler\0"].concat());
    let list = |inner: &[u8]| [&[0, 0, 0, 0, 0, 0, 0, 1][..], inner].concat();
    let url = boxed(b"alis", b"\0\0\0\x01/CANARY/film.mov");
    let dinf = boxed(b"dinf", &all(&[boxed(b"dref", &list(&url)), secret()]));
    let stbl = boxed(b"stbl", &all(&[boxed(b"stsd", &list(format)), boxed(b"stts", &[0; 8]), secret()]));
    let minf = boxed(b"minf", &all(&[boxed(b"vmhd", &[0; 12]), hdlr.clone(), dinf, stbl, secret()]));
    let mdia = boxed(b"mdia", &all(&[boxed(b"mdhd", &[0; 24]), hdlr, minf, boxed(b"elng", b"CANARY"), secret()]));
    let edts = boxed(b"edts", &all(&[boxed(b"elst", &[0; 8]), secret()]));
    let trak = boxed(b"trak", &all(&[boxed(b"tkhd", &[0; 84]), edts, boxed(b"tref", &secret()), mdia, secret()]));
    let moov = boxed(b"moov", &all(&[boxed(b"mvhd", &[0; 100]), boxed(b"iods", b"CANARY"), trak, secret()]));
    all(&[boxed(b"ftyp", b"isom\0\0\0\0"), moov])
}

#[test]
fn c17_no_box_nobody_knows_and_no_name_is_left_at_any_depth() {
    let parts = all(&[boxed(b"avcC", b"KEPT"), boxed(b"zqzq", b"CANARY")]);
    let mut picture = [0_u8; 78];
    picture[12..16].copy_from_slice(b"CANA");
    picture[42..56].copy_from_slice(b"\x0dCANARY camera");
    let wave = boxed(b"wave", &all(&[boxed(b"esds", b"KEPT"), boxed(b"mp4a", &[0; 4]), boxed(b"zqzq", b"CANARY")]));
    let mut old = [0_u8; 44];
    old[9] = 1;
    for (handler, format) in [
        (b"vide", boxed(b"avc1", &[&picture[..], &parts].concat())),
        (b"soun", boxed(b"mp4a", &[&[0; 28][..], &boxed(b"esds", b"KEPT"), &boxed(b"zqzq", b"CANARY")].concat())),
        (b"soun", boxed(b"mp4a", &[&old[..], &wave].concat())),
    ] {
        let file = stuffed(handler, &format);
        let copy = cleaned(&file, Container::Mp4).expect("cleaned");
        assert!(says(&copy, "KEPT") && says(&copy, "stts"), "what a decoder needs stays");
        for word in ["CANA", "RY", "zqzq", "film.mov", "elng", "tref"] {
            assert!(!says(&copy, word), "{word}");
        }
    }
    let times = stuffed(b"tmcd", &boxed(b"tmcd", &[0; 28]));
    assert!(
        matches!(cleaned(&times, Container::Mov), Err(CleanError::Hidden("track"))),
        "the time of day is a place too"
    );
}

/// An element of WebM with a length of one byte.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let length = 0x80 | u8::try_from(content.len()).expect("short");
    [id, &[length], content].concat()
}

#[test]
fn c17_names_in_webm_are_empty_and_what_nobody_knows_is_void() {
    let video =
        element(&[0xE0], &all(&[element(&[0xB0], &[96]), element(&[0xBA], &[160]), element(&[0xA5], b"CANARY")]));
    let track = |more: Vec<u8>| {
        let name = element(&[0x53, 0x6E], b"CANARY");
        let kind = element(&[0x83], &[1]);
        element(&[0xAE], &all(&[element(&[0xD7], &[1]), kind, element(&[0x86], b"V_VP9"), name, video.clone(), more]))
    };
    let file = |more: Vec<u8>| {
        let apps = [element(&[0x4D, 0x80], b"CANARY muxer"), element(&[0x57, 0x41], b"CANARY app")];
        let info = element(&[0x15, 0x49, 0xA9, 0x66], &all(&[apps[0].clone(), apps[1].clone()]));
        let tracks = element(&[0x16, 0x54, 0xAE, 0x6B], &track(more));
        let head =
            element(&[0x1A, 0x45, 0xDF, 0xA3], &all(&[element(&[0x42, 0x82], b"webm"), element(&[0xEC], b"CANARY")]));
        let inner = all(&[info, tracks]);
        let segment =
            [&[0x18, 0x53, 0x80, 0x67, 0x40][..], &[u8::try_from(inner.len()).expect("short")], &inner].concat();
        all(&[head, segment])
    };
    let plain = file(Vec::new());
    let copy = cleaned(&plain, Container::Webm).expect("cleaned");
    assert!(says(&copy, "V_VP9") && !says(&copy, "CANARY"));
    assert_eq!(facts(&copy).expect("still a video"), facts(&plain).expect("a video"));
    assert!(cleaned(&file(element(&[0x6D, 0x80], b"x")), Container::Webm).is_err(), "packed tracks");
}

#[test]
fn half_a_file_and_another_kind_of_file_are_refused() {
    for bytes in [&MP4[..MP4.len() / 2], &MOV[..200], &WEBM[..60], b"", b"RIFF....AVI LIST", &[0; 4096]] {
        assert!(facts(bytes).is_err());
    }
    let empty = [boxed(b"ftyp", b"isom\0\0\0\0"), boxed(b"moov", &boxed(b"mvhd", &[0; 100]))].concat();
    assert!(matches!(facts(&empty), Err(ProbeError::NoPicture)));
}

proptest! {
    #[test]
    fn damaged_files_are_read_or_refused_and_never_panic(
        which in 0_usize..3, at in 0_usize..4000, with in any::<[u8; 4]>(), cut in 0_usize..20_000
    ) {
        let (bytes, container) =
            [(MP4, Container::Mp4), (MOV, Container::Mov), (WEBM, Container::Webm)][which];
        let mut broken = bytes.get(..cut).unwrap_or(bytes).to_vec();
        for (n, byte) in with.iter().enumerate() {
            if let Some(place) = broken.get_mut(at + n) {
                *place = *byte;
            }
        }
        drop(facts(&broken));
        if let Ok(copy) = cleaned(&broken, container) {
            prop_assert_eq!(copy.len(), broken.len());
        }
    }
}
