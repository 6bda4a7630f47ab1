//! WebVTT, SRT and text read and written.

use super::*;
use proptest::prelude::*;

fn read(text: &str, format: Option<Format>) -> Transcript {
    parse(text.as_bytes(), format).expect("readable")
}

fn cue(start_ms: u64, end_ms: u64, speaker: Option<&str>, text: &str) -> Cue {
    Cue { start_ms, end_ms, speaker: speaker.map(Into::into), text: text.into() }
}

fn codes(transcript: &Transcript) -> Vec<(&'static str, usize)> {
    transcript.problems.iter().map(|p| (p.code, p.line)).collect()
}

#[test]
fn webvtt_is_read() {
    let text = "\u{feff}WEBVTT Kind: captions\r\nLanguage: en\r\n\r\nNOTE\r\nhidden\r\n\r\nSTYLE\r\n::cue {}\r\n\r\n\
        REGION\r\nid:x\r\n\r\nintro\r\n00:00.000 --> 00:02.500 align:start\r\n<v.loud Ines Calder>Fish &amp; <b>chips</b>,\r\n\
        a &lt;b&gt; &#39;c&#x27; 1 < 2 &unknown; <00:01.000>done</v>\r\n\r\n\
        01:00:00.000 --> 01:00:01,000\r\n<v A>One<v B>Two</v> three\r\n";
    let got = read(text, None);
    assert!(codes(&got).is_empty());
    assert_eq!(
        got.cues,
        [
            cue(0, 2500, Some("Ines Calder"), "Fish & chips,\na <b> 'c' 1 < 2 &unknown; done"),
            cue(3_600_000, 3_601_000, Some("A"), "One"),
            cue(3_600_000, 3_601_000, Some("B"), "Two"),
            cue(3_600_000, 3_601_000, None, "three"),
        ]
    );
}

#[test]
fn subrip_is_read() {
    let text = "1\n00:00:00,100 --> 00:00:02,000\nMara Lund: Good <i>evening</i>.\n\n\
        2\n00:00:02,000 --> 00:00:03,000\n{\\an8}Note this: no name.\n3\n00:00:03.5 --> 00:00:04\nlast --> line";
    let got = read(text, None);
    assert_eq!(
        got.cues,
        [
            cue(100, 2000, Some("Mara Lund"), "Good evening."),
            cue(2000, 3000, None, "Note this: no name."),
            cue(3500, 4000, None, "last --> line"),
        ]
    );
    assert_eq!(codes(&got), [("cue_blank_line_missing", 9)]);
}

#[test]
fn faults_are_reported_with_their_line() {
    let text = "00:05.000 --> 00:06.000\nlate\n\n00:01.000 --> 00:01.000\nearly\n\nstray\n\n\
        xx --> yy\nbad\n\n00:07.000 --> 00:08.000\n<b></b>\n";
    let got = read(text, Some(Format::Vtt));
    assert_eq!(got.cues, [cue(1000, 1001, None, "early"), cue(5000, 6000, None, "late")]);
    assert_eq!(
        codes(&got),
        [
            ("vtt_header_missing", 1),
            ("cue_out_of_order", 4),
            ("cue_no_length", 4),
            ("cue_without_time", 7),
            ("cue_bad_time", 9),
            ("cue_empty", 12),
        ]
    );
}

#[test]
fn plain_text_is_read_in_paragraphs() {
    let got = read("Ines: Hello\nthere.\n\n\nA line: without a name.\n", None);
    assert!(!got.timed);
    assert_eq!(got.cues, [cue(0, 0, Some("Ines"), "Hello\nthere."), cue(0, 0, None, "A line: without a name.")]);
    assert_eq!(to_text(&got), "Ines: Hello there.\n\nA line: without a name.\n");
    assert_eq!(to_vtt(&got, ""), "WEBVTT\n");
    assert_eq!(to_srt(&got), "");
}

#[test]
fn podcast_json_is_read() {
    let text = r#" {"version":"1.0.0","segments":[
        {"speaker":"Ines","startTime":0.5,"endTime":0.75,"body":"Hello <b>"},
        {"startTime":2,"endTime":2.0,"body":"b"},{"startTime":1.25,"endTime":2,"body":"a"},
        {"startTime":"x","body":"c"},{"startTime":3,"endTime":4,"body":" "},7]}"#;
    let got = read(text, None);
    assert_eq!(
        got.cues,
        [cue(500, 750, Some("Ines"), "Hello <b>"), cue(1250, 2000, None, "a"), cue(2000, 2001, None, "b"),]
    );
    assert_eq!(
        codes(&got),
        [("cue_no_length", 2), ("cue_out_of_order", 3), ("cue_bad_time", 4), ("cue_empty", 5), ("cue_bad_time", 6),]
    );
    assert_eq!(parse(b"{\"a\":1}", None), Err(TranscriptError::NotSegments));
    assert_eq!(parse(b"{", None), Err(TranscriptError::NotSegments));
    assert_eq!(parse(b" <p>Words</p>", None), Err(TranscriptError::Markup));
}

#[test]
fn speakers_are_told_from_sentences() {
    let table = [
        ("Ines: yes", Some("Ines")),
        ("INES CALDER: yes", Some("INES CALDER")),
        ("Ines\u{a0}: oui", Some("Ines")),
        ("Ines de la Tour : oui", Some("Ines de la Tour")),
        ("Speaker 1: yes", Some("Speaker 1")),
        ("J.-P. O’Hara: yes", Some("J.-P. O’Hara")),
        ("we said this: yes", None),
        ("It is 12:30 now", None),
        ("3:1 is the score: yes", None),
        ("https://example.org", None),
        ("Ines:", None),
        (": yes", None),
        ("Five Words Are Too Many: yes", None),
    ];
    for (text, name) in table {
        let got = read(text, Some(Format::Text));
        assert_eq!(got.cues[0].speaker.as_deref(), name, "{text}");
    }
}

#[test]
fn formats_are_told_apart() {
    let table = [
        ("WEBVTT\n", Format::Vtt),
        ("WEBVTTX\n", Format::Text),
        ("1\n00:00:01,000 --> 00:00:02,000\nx", Format::Srt),
        ("00:01.000 --> 00:02.000\nx", Format::Vtt),
        ("an arrow --> here", Format::Text),
    ];
    for (text, format) in table {
        assert_eq!(detect(text.as_bytes()), format, "{text}");
    }
}

#[test]
fn c13_limits_hold() {
    assert_eq!(parse(&vec![b'a'; MAX_BYTES + 1], None), Err(TranscriptError::TooLarge));
    assert_eq!(parse(b"\xff\xfea\0", None), Err(TranscriptError::NotText));
    assert_eq!(parse(b"WEBVTT\n\n", None), Err(TranscriptError::Empty));
    assert_eq!(parse(b"", None), Err(TranscriptError::Empty));
    let many = "WEBVTT\n".to_owned() + &"\n0:00.0 --> 0:01.0\na\n".repeat(MAX_CUES + 1);
    assert_eq!(parse(many.as_bytes(), None), Err(TranscriptError::TooManyCues));
    let stray = "WEBVTT\n\n0:00.0 --> 0:01.0\na\n".to_owned() + &"\nx\n".repeat(5000);
    assert_eq!(read(&stray, None).problems.len(), MAX_PROBLEMS);
    let latin = parse(b"WEBVTT\n\n00:00.000 --> 00:01.000\ncaf\xe9\n", None).expect("readable");
    assert_eq!(codes(&latin), [("not_utf8", 1)]);
}

#[test]
fn c13_unclosed_tags_are_read_in_linear_time() {
    let text = format!("WEBVTT\n\n00:00.000 --> 00:01.000\n{}", "<a{\\&".repeat(100_000));
    assert_eq!(read(&text, None).cues[0].text.len(), 500_000);
}

#[test]
fn c11_cue_markup_never_comes_out() {
    let table = [
        "<script>alert(1)</script>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<scr<b>ipt>alert(1)</script>",
        "<v <img src=x onerror=alert(1)>>hello",
        "&#60;img src=x onerror=alert(1)&#62;",
        "<v &lt;svg/onload=alert(1)&gt;>hello",
        "a &lt;!-- b --&gt; c",
        "x --&gt; 00:00:01.000",
    ];
    for raw in table {
        for format in [Format::Vtt, Format::Srt] {
            let text = format!("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{raw}\n");
            let got = read(&text, Some(format));
            let vtt = to_vtt(&got, "en\n<b>");
            let body = vtt.split_once(" --> ").map_or("", |(_, b)| b);
            assert!(!body.contains("-->"), "{vtt}");
            assert!(body.matches('<').count() == body.matches("<v ").count(), "{vtt}");
            let srt = to_srt(&got);
            assert!(!srt.contains("<s") && !srt.contains("</") && !srt.contains("<i") && !srt.contains("<!"), "{srt}");
            assert_eq!(srt.matches("-->").count(), got.cues.len());
        }
    }
}

#[test]
fn writers_give_the_expected_files() {
    let transcript = Transcript {
        cues: vec![
            cue(0, 2500, Some("Ines"), "Q&A: 1 < 2\n<b>"),
            cue(3_723_004, 3_724_000, Some("Ines"), "More."),
            cue(3_725_000, 3_726_000, Some("Mara & Co"), "Yes."),
        ],
        timed: true,
        problems: vec![],
    };
    assert_eq!(
        to_vtt(&transcript, "en-GB"),
        "WEBVTT\n\nNOTE Language: en-GB\n\n00:00:00.000 --> 00:00:02.500\n<v Ines>Q&amp;A: 1 &lt; 2\n&lt;b&gt;\n\n\
         01:02:03.004 --> 01:02:04.000\n<v Ines>More.\n\n01:02:05.000 --> 01:02:06.000\n<v Mara &amp; Co>Yes.\n"
    );
    assert_eq!(
        to_srt(&transcript),
        "1\n00:00:00,000 --> 00:00:02,500\nInes: Q&A: 1 < 2\n&lt;b>\n\n2\n01:02:03,004 --> 01:02:04,000\nMore.\n\n\
         3\n01:02:05,000 --> 01:02:06,000\nMara & Co: Yes.\n\n"
    );
    assert_eq!(to_text(&transcript), "Ines: Q&A: 1 < 2 <b> More.\n\nMara & Co: Yes.\n");
    assert_eq!(word_count(&transcript), 6);
}

#[test]
fn words_are_counted_in_any_script() {
    for (text, words) in [("one two — three", 3), ("潮の音 fm", 4), ("l’eau vive", 2), ("!?", 0)] {
        let t = Transcript { cues: vec![cue(0, 1, None, text)], timed: true, problems: vec![] };
        assert_eq!(word_count(&t), words, "{text}");
    }
}

fn any_cue() -> impl Strategy<Value = Cue> {
    let text = "[ a-zA-Z<>&;:#/!{}\\\\\n\t0-9.,é\u{a0}\u{2028}-]{0,30}|.{0,30}|(-->|<v A>|</v>|NOTE|&amp;|\n| ){0,8}";
    (0u64..9_999_999, 0u64..90_000, proptest::option::of("[ A-Za-z<>&.\n-]{0,12}|.{0,20}"), text)
        .prop_map(|(start, length, speaker, text)| cue(start, start + length, speaker.as_deref(), &text))
}

proptest! {
    #[test]
    fn webvtt_round_trips(cues in proptest::collection::vec(any_cue(), 1..12)) {
        let raw = Transcript { cues, timed: true, problems: vec![] };
        let written = to_vtt(&raw, "fr");
        match parse(written.as_bytes(), Some(Format::Vtt)) {
            Ok(once) => {
                prop_assert!(once.problems.is_empty(), "{:?}", once.problems);
                let again = parse(to_vtt(&once, "fr").as_bytes(), None).expect("own output");
                prop_assert_eq!(&again, &once);
                prop_assert_eq!(to_vtt(&once, "fr"), written);
            }
            Err(error) => prop_assert_eq!(error, TranscriptError::Empty),
        }
    }

    #[test]
    fn subrip_keeps_times_and_words(cues in proptest::collection::vec(any_cue(), 1..12)) {
        let mut raw = Transcript { cues, timed: true, problems: vec![] };
        for cue in &mut raw.cues {
            cue.speaker = None;
            cue.text = cue.text.replace(':', "");
        }
        let clean = parse(to_vtt(&raw, "").as_bytes(), Some(Format::Vtt));
        if let Ok(clean) = clean {
            let back = parse(to_srt(&clean).as_bytes(), Some(Format::Srt)).expect("own output");
            prop_assert_eq!(back.cues, clean.cues);
        }
    }

    #[test]
    fn any_text_is_safe(text in "(WEBVTT\n\n)?(0:00.0 --> 0:01.0\n)?.{0,80}(\n.{0,20}){0,4}") {
        for format in [None, Some(Format::Vtt), Some(Format::Srt), Some(Format::Text)] {
            if let Ok(t) = parse(text.as_bytes(), format) {
                let _ = (to_vtt(&t, &text), to_srt(&t), to_text(&t), word_count(&t));
            }
        }
    }

    #[test]
    fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, None);
    }
}
