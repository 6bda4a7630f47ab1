//! The probe on small files made by `tests/fixtures/make-fixtures.sh`, and on hostile bytes.

use super::*;
use proptest::prelude::*;
use std::io::Cursor;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fixtures/", $name)).as_slice()
    };
}

const CBR: &[u8] = fixture!("cbr.mp3");
const NOXING: &[u8] = fixture!("noxing.mp3");
const VBR: &[u8] = fixture!("vbr.mp3");
const SILENCE: &[u8] = fixture!("silence.mp3");
const TAGGED_MP3: &[u8] = fixture!("tagged.mp3");
const TAGGED_M4A: &[u8] = fixture!("tagged.m4a");
const FAST: &[u8] = fixture!("fast.m4a");
const CLIP: &[u8] = fixture!("clip.mp4");

fn measure(bytes: &[u8], name: &str) -> Result<AudioFacts, ProbeError> {
    probe(Cursor::new(bytes), bytes.len() as u64, name)
}

fn facts(bytes: &[u8]) -> AudioFacts {
    measure(bytes, "").expect("a sound file")
}

fn code(bytes: &[u8], name: &str) -> &'static str {
    measure(bytes, name).map_or_else(|err| err.code(), |_| "accepted")
}

/// An ID3v2.4 tag around a body, with a footer if asked.
fn id3v24(body: &[u8], footer: bool) -> Vec<u8> {
    let size: Vec<u8> = (0..4).rev().map(|i| ((body.len() >> (7 * i)) & 0x7f) as u8).collect();
    let flags = if footer { 0x10 } else { 0 };
    let mut out = [b"ID3\x04\x00".as_slice(), &[flags], &size, body].concat();
    if footer {
        out.extend([b"3DI\x04\x00".as_slice(), &[flags], &size].concat());
    }
    out
}

fn frame(id: &[u8; 4], data: &[u8]) -> Vec<u8> {
    [id.as_slice(), &[0, 0, 0, data.len() as u8, 0, 0], data].concat()
}

fn mp4_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes(), kind.as_slice(), body].concat()
}

#[test]
fn lengths_are_those_of_the_decoded_sound() {
    // The expected values are the sample counts another decoder writes.
    let table = [
        (CBR, MIME_MP3, 2000, 0, 49),
        (NOXING, MIME_MP3, 2038, 0, 32),
        (VBR, MIME_MP3, 2500, 0, 39),
        (SILENCE, MIME_MP3, 1000, 0, 34),
        (TAGGED_MP3, MIME_MP3, 1000, 624, 33),
        (TAGGED_M4A, MIME_M4A, 2000, 44, 33),
        (FAST, MIME_M4A, 2000, 1122, 33),
    ];
    for (i, (bytes, mime, duration, header, kbps)) in table.into_iter().enumerate() {
        let got = facts(bytes);
        assert_eq!(got.mime, mime, "{i}");
        assert_eq!(got.size, bytes.len() as u64);
        assert_eq!(got.duration_ms, duration, "{i}");
        assert_eq!(got.header_bytes, header, "{i}");
        assert_eq!(got.bitrate_kbps, Some(kbps), "{i}");
        assert!(got.decoded);
        assert_eq!(got.waveform.len(), WAVEFORM_POINTS);
    }
}

#[test]
fn waveforms_follow_the_sound() {
    assert!(facts(SILENCE).waveform.iter().all(|v| *v == 0));
    let sine = facts(CBR).waveform;
    assert!(sine.iter().all(|v| *v > 200));
    assert_eq!(sine.iter().max(), Some(&255));
    let parts = facts(VBR).waveform;
    // Half a second of silence, a second of noise, a second of a softer sine.
    assert!(parts[..58].iter().all(|v| *v < 4));
    assert!(parts[62..178].iter().all(|v| *v > 100));
    assert!(parts[185..].iter().all(|v| (10..100).contains(v)));
}

#[test]
fn tags_covers_and_chapters_are_read() {
    let mp3 = facts(TAGGED_MP3).tags;
    let m4a = facts(TAGGED_M4A).tags;
    for tags in [&mp3, &m4a] {
        assert_eq!(tags.title.as_deref(), Some("Harbour lights"));
        assert_eq!(tags.artist.as_deref(), Some("Ines Calder"));
        assert_eq!(tags.album.as_deref(), Some("Tidewater Radio"));
        assert_eq!(tags.year.as_deref(), Some("2025"));
        assert_eq!(tags.comment.as_deref(), Some("A short test."));
        assert!(tags.has_cover);
    }
    assert_eq!(mp3.id3_chapters, [(0, "Opening".to_owned()), (500, "Éclair & close".to_owned())]);
    assert_eq!(facts(CBR).tags, Tags::default());
}

#[test]
fn old_and_odd_tags_are_read() {
    let body = [
        frame(b"TIT2", b"\x01\xff\xfec\0a\0f\0\xe9\0\0\0"),
        frame(b"TPE1", b"\x02\0A\0B"),
        frame(b"TALB", b"\x00caf\xe9\x07\x00second"),
        frame(b"COMM", b"\x03engiTunNORM\0 00"),
        frame(b"COMM", "\u{3}eng\0\u{202e}word".as_bytes()),
        vec![0; 50],
    ]
    .concat();
    let bytes = [id3v24(&body, true), id3v24(&[0; 20], false), CBR.to_vec()].concat();
    let got = facts(&bytes);
    assert_eq!(got.header_bytes, body.len() as u64 + 20 + 30);
    assert_eq!(got.duration_ms, 2000);
    assert_eq!(got.tags.title.as_deref(), Some("café"));
    assert_eq!(got.tags.artist.as_deref(), Some("AB"));
    assert_eq!(got.tags.album.as_deref(), Some("café"));
    assert_eq!(got.tags.comment.as_deref(), Some("word"));

    let v22 = [b"ID3\x02\x00\x00\x00\x00\x00\x0a".as_slice(), b"TT2\0\0\x04\0Tid", CBR].concat();
    assert_eq!(facts(&v22).tags.title.as_deref(), Some("Tid"));

    let mut v1 = [CBR, b"TAG".as_slice(), &[0; 125]].concat();
    let at = CBR.len() + 3;
    v1[at..at + 4].copy_from_slice(b"Tide");
    let got = facts(&v1);
    assert_eq!((got.tags.title.as_deref(), got.duration_ms), (Some("Tide"), 2000));
}

#[test]
fn c17_the_name_may_not_disagree_with_the_content() {
    for name in ["", "episode", "a/b.c/episode", "Episode.MP3", "x.m4a.mp3", "C:\\x\\e.mp3"] {
        assert_eq!(code(CBR, name), "accepted", "{name}");
    }
    for name in ["e.m4a", "e.mp4", "e.wav", "e.mp3.exe", "e."] {
        assert_eq!(code(CBR, name), "audio_mismatch", "{name}");
    }
    assert_eq!(code(FAST, "e.m4a"), "accepted");
    assert_eq!(code(FAST, "e.mp3"), "audio_mismatch");
    let err = probe(Cursor::new(CBR), 5, "e.mp3").map(|_| ()).map_err(|e| e.code());
    assert_eq!(err, Err("audio_size"));
}

#[test]
fn other_files_are_refused() {
    let adts = [0xff, 0xf1, 0x50, 0x40, 0x02, 0x7f, 0xfc, 0, 0, 0];
    let table: [(&[u8], &str); 9] = [
        (b"", "audio_empty"),
        (b"x", "audio_no_frames"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio_is_riff"),
        (b"OggS\0\x02", "audio_is_ogg"),
        (b"<html><body>", "audio_is_markup"),
        (b"\xff\xd8\xff\xe0", "audio_is_image"),
        (&adts, "audio_is_adts"),
        (&[0; 70_000], "audio_no_frames"),
        (CLIP, "audio_is_video"),
    ];
    for (bytes, want) in table {
        assert_eq!(code(bytes, ""), want);
    }
    assert_eq!(video_duration_ms(Cursor::new(CLIP), CLIP.len() as u64).ok(), Some(Some(500)));
    assert!(video_duration_ms(Cursor::new(CBR), CBR.len() as u64).is_err());
}

#[test]
fn junk_between_frames_is_skipped() {
    let whole = facts(NOXING);
    // Frames of 32 kbit/s at 44.1 kHz are 104 or 105 bytes; find a border.
    let border = (4000..NOXING.len())
        .find(|at| {
            let next = |at: usize| NOXING.get(at..).and_then(mpeg::Header::parse);
            next(*at).is_some_and(|h| next(*at + h.len).is_some())
        })
        .expect("a frame border");
    let junk = [0xff, 0xfb, 0x00, 0xff, 0x55, 0xff, 0xfa, 0x90, 0x00].repeat(111);
    let bytes = [&junk[..], &NOXING[..border], &junk, &NOXING[border..], &junk].concat();
    let got = facts(&bytes);
    assert_eq!(got.duration_ms, whole.duration_ms);
    assert_eq!(got.header_bytes, junk.len() as u64);
}

#[test]
fn joined_files_of_other_rates_are_measured_in_full() {
    let bytes = [CBR, VBR].concat();
    // The second delay and padding cannot be told from sound.
    let got = facts(&bytes).duration_ms;
    assert!((4470..=4680).contains(&got), "{got}");
}

#[test]
fn cut_files_give_what_is_there() {
    let half = facts(&NOXING[..NOXING.len() / 2]);
    assert!((990..=1030).contains(&half.duration_ms), "{}", half.duration_ms);
    let half = facts(&FAST[..1122 + 4000]);
    assert!((850..=1050).contains(&half.duration_ms), "{}", half.duration_ms);
    assert_eq!(code(&TAGGED_M4A[..5000], ""), "mp4_no_index");
    assert_eq!(code(&FAST[..500], ""), "mp4_truncated_index");
}

#[test]
fn c13_hostile_headers_are_refused() {
    let huge = [b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f".as_slice(), CBR].concat();
    assert_eq!(code(&huge, ""), "id3_overrun");
    let bad = [b"ID3\x04\x00\x00\xff\xff\xff\xff".as_slice(), CBR].concat();
    assert_eq!(code(&bad, ""), "id3_size");
    let future = [b"ID3\x09\x00\x00\x00\x00\x00\x00".as_slice(), CBR].concat();
    assert_eq!(code(&future, ""), "id3_version");

    let ftyp = mp4_box(b"ftyp", b"M4A \0\0\0\0");
    let mp4 = |rest: &[u8]| code(&[&ftyp[..], rest].concat(), "");
    assert_eq!(mp4(b"\x7f\xff\xff\xffmoov"), "mp4_truncated_index");
    assert_eq!(mp4(b"\0\0\0\x02moov"), "mp4_box_size");
    assert_eq!(mp4(b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff"), "mp4_box_size");
    assert_eq!(mp4(&mp4_box(b"free", b"")), "mp4_no_index");
    assert_eq!(mp4(&mp4_box(b"free", b"").repeat(5000)), "mp4_no_index");
    assert_eq!(mp4(&mp4_box(b"moov", &mp4_box(b"mvex", b""))), "mp4_fragmented");
    assert_eq!(mp4(&mp4_box(b"moov", &mp4_box(b"trak", b"").repeat(9000))), "mp4_no_sound");
    let nested = (0..2000).fold(Vec::new(), |inner, _| mp4_box(b"trak", &inner));
    assert_eq!(mp4(&mp4_box(b"moov", &nested)), "mp4_no_sound");
}

/// The offset of the payload of the first box of this type.
fn payload(bytes: &[u8], kind: &[u8; 4]) -> usize {
    bytes.windows(4).position(|w| w == kind).expect("box present") + 4
}

#[test]
fn c13_sample_tables_cannot_be_bombs() {
    let with = |kind: &[u8; 4], at: usize, value: u32| {
        let mut bytes = FAST.to_vec();
        let at = payload(&bytes, kind) + at;
        bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        code(&bytes, "")
    };
    assert_eq!(with(b"stsz", 8, u32::MAX), "mp4_tables");
    assert_eq!(with(b"stsz", 12, u32::MAX), "mp4_sample_size");
    assert_eq!(with(b"stsz", 12, 0), "mp4_sample_size");
    assert_eq!(with(b"mdhd", 12, 0), "mp4_tables");
    // A constant size with a huge count ends at the end of the file.
    let mut bytes = FAST.to_vec();
    let at = payload(&bytes, b"stsz") + 4;
    bytes[at..at + 8].copy_from_slice(&[0, 0, 0, 90, 0xff, 0xff, 0xff, 0xff]);
    let _ = measure(&bytes, "");
}

#[test]
fn undecodable_profiles_give_the_stated_length() {
    let mut bytes = FAST.to_vec();
    let at = bytes.windows(2).position(|w| w == [0x12, 0x08]).expect("LC, 44.1 kHz, mono");
    // Object type 1, AAC Main.
    bytes[at] = 0x0a;
    let got = facts(&bytes);
    assert!(!got.decoded);
    assert_eq!(got.duration_ms, 2000);
    assert_eq!(got.waveform, vec![0; WAVEFORM_POINTS]);
}

#[test]
fn spectral_band_replication_is_measured_by_its_core() {
    let mut bytes = FAST.to_vec();
    let at = bytes.windows(2).position(|w| w == [0x12, 0x08]).expect("LC, 44.1 kHz, mono");
    // Object type 5 with the same core rate and channels.
    bytes[at] = 0x2a;
    let got = facts(&bytes);
    assert!(got.decoded);
    assert_eq!((got.duration_ms, got.waveform), (2000, facts(FAST).waveform));
}

#[test]
fn long_sound_keeps_memory_fixed() {
    let mut peaks = waveform::Peaks::new(0);
    let second = [0i16; 10];
    let loud = [-32_768i16; 10];
    // Ten days at ten samples a second, the last tenth loud.
    for i in 0..864_000u32 {
        peaks.push(if i < 777_600 { &second } else { &loud }, 1, 10);
    }
    let total = peaks.elapsed();
    assert_eq!(total, 864_000 * FLICKS_PER_SECOND);
    let wave = peaks.finish(total);
    assert!(wave[..269].iter().all(|v| *v == 0) && wave[271..].iter().all(|v| *v == 255));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_bytes_are_safe(head in 0usize..4, bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let start: &[u8] = [b"".as_slice(), b"ID3\x03\0\0\0\0\x07\0", b"\0\0\0\x10ftypM4A \0\0\0\0", &[0xff, 0xfb, 0x50]][head];
        let _ = measure(&[start, &bytes].concat(), "");
    }

    #[test]
    fn damaged_files_are_safe(
        which in 0usize..6,
        spots in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = [CBR, VBR, TAGGED_MP3, TAGGED_M4A, FAST, CLIP][which].to_vec();
        for (spot, value) in spots {
            let at = spot.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate(cut.index(bytes.len()).max(bytes.len() / 2));
        if let Ok(facts) = measure(&bytes, "") {
            prop_assert_eq!(facts.waveform.len(), WAVEFORM_POINTS);
            prop_assert!(facts.header_bytes <= facts.size);
        }
    }
}
