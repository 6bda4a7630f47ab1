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
