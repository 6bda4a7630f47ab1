//! Chapter files read and written.

use super::super::timecode::MAX_MS;
use super::*;
use proptest::prelude::*;

fn read(text: &str) -> (Vec<ChapterMark>, Vec<(&'static str, usize)>) {
    let (marks, problems) = read_json(text.as_bytes()).expect("readable");
    (marks, problems.into_iter().map(|p| (p.code, p.index)).collect())
}

#[test]
fn decimals_are_read_exactly() {
    let table = [
        ("0", Some((0, true))),
        ("-0", Some((0, true))),
        ("-0.0", Some((0, true))),
        ("126", Some((126_000, true))),
        ("126.5", Some((126_500, true))),
        ("126.125", Some((126_125, true))),
        ("126.1250", Some((126_125, true))),
        ("126.1254", Some((126_125, false))),
        ("126.1255", Some((126_126, false))),
        ("0.0004", Some((0, false))),
        ("1e3", Some((1_000_000, true))),
        ("1.5e-1", Some((150, true))),
        ("1E+2", Some((100_000, true))),
        ("5e-4", Some((1, false))),
        ("5e-5", Some((0, false))),
        ("1e-300", Some((0, false))),
        ("0e999999999", Some((0, true))),
        ("1e999999999", None),
        ("1e99999999999", None),
        ("-1", None),
        ("-0.001", None),
        ("NaN", None),
        ("", None),
        (".5", None),
        ("1.2.3", None),
        ("99999999999999999999999", None),
    ];
    for (text, want) in table {
        assert_eq!(decimal_to_ms(text), want, "{text}");
    }
}

#[test]
fn a_plain_file_is_read() {
    let (marks, problems) = read(
        r#"{"version":"1.2.0","chapters":[
            {"startTime":0,"title":" Opening "},
            {"startTime":12.5,"endTime":20,"title":"Tide","img":"https://cdn.example/a.png",
             "url":"http://example.org/","toc":false,"location":{"name":"x"}}]}"#,
    );
    assert!(problems.is_empty());
    assert_eq!(marks[0].title, "Opening");
    assert!(marks[0].in_toc);
    assert_eq!(
        marks[1],
        ChapterMark {
            start_ms: 12_500,
            end_ms: Some(20_000),
            title: "Tide".into(),
            image_url: Some("https://cdn.example/a.png".into()),
            url: Some("http://example.org/".into()),
            in_toc: false,
        }
    );
}

#[test]
fn disorder_is_sorted_and_reported() {
    let (marks, problems) = read(
        r#"{"version":"1.2.0","chapters":[{"startTime":9},{"startTime":3},{"startTime":9},
            {"startTime":-1},{"startTime":"12"},{"title":"x"},7,{"startTime":20,"endTime":20}]}"#,
    );
    let starts: Vec<u64> = marks.iter().map(|m| m.start_ms).collect();
    assert_eq!(starts, [3000, 9000, 9000, 12_000, 20_000]);
    for want in [
        ("chapter_out_of_order", 1),
        ("chapter_duplicate_start", 2),
        ("chapter_start_invalid", 3),
        ("chapter_time_is_text", 4),
        ("chapter_start_missing", 5),
        ("chapter_not_an_object", 6),
        ("chapter_end_invalid", 7),
    ] {
        assert!(problems.contains(&want), "{want:?} in {problems:?}");
    }
}

#[test]
fn c13_wrong_or_large_files_are_refused() {
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let many = format!("{{\"chapters\":[{}0]}}", "0,".repeat(MAX_CHAPTERS));
    let table = [
        ("", ChapterError::NotJson),
        ("{", ChapterError::NotJson),
        (deep.as_str(), ChapterError::NotJson),
        ("[]", ChapterError::NotChapters),
        (r#"{"version":"1.2.0"}"#, ChapterError::NotChapters),
        (r#"{"chapters":{}}"#, ChapterError::NotChapters),
        (many.as_str(), ChapterError::TooMany),
    ];
    for (text, error) in table {
        assert_eq!(read_json(text.as_bytes()), Err(error));
    }
    assert_eq!(read_json(&vec![b' '; MAX_BYTES + 1]), Err(ChapterError::TooLarge));
    assert_eq!(read_json(b"{\"chapters\":[{\"startTime\":1e400}]}").map(|r| r.0.len()).ok().unwrap_or(0), 0);
}

#[test]
fn c11_chapter_titles_and_addresses_carry_no_script() {
    let (marks, problems) = read(
        r#"{"version":"1.2.0","chapters":[{"startTime":0,"title":"<script>x</script>",
            "url":"javascript:alert(1)","img":"data:image/svg+xml,<svg/>"}]}"#,
    );
    assert_eq!((marks[0].url.as_ref(), marks[0].image_url.as_ref()), (None, None));
    assert_eq!(problems, [("chapter_address_dropped", 0), ("chapter_address_dropped", 0)]);
    let written = write_json(&marks, Some("</script><script>"));
    assert!(!written.contains('<'));
    assert_eq!(read(&written).0, marks);
}

#[test]
fn times_are_written_as_the_shortest_decimal() {
    for (ms, text) in [(0, "0"), (126_000, "126"), (126_500, "126.5"), (1, "0.001"), (1010, "1.01")] {
        assert_eq!(ms_to_decimal(ms), text);
    }
    assert_eq!(write_json(&[], None), r#"{"version":"1.2.0","chapters":[]}"#);
}

fn mark() -> impl Strategy<Value = ChapterMark> {
    (
        0u64..100_000_000,
        proptest::option::of(1u64..1000),
        "[A-Za-z<>&\"\\\\é]{0,12}",
        proptest::option::of("https://[a-z]{1,8}\\.example/[a-z?=&]{0,8}"),
        any::<bool>(),
    )
        .prop_map(|(start_ms, length, title, url, in_toc)| ChapterMark {
            start_ms,
            end_ms: length.map(|l| start_ms + l),
            title,
            image_url: url.clone(),
            url,
            in_toc,
        })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(mut marks in proptest::collection::vec(mark(), 0..20)) {
        marks.sort_by_key(|m| m.start_ms);
        let (back, _) = read_json(write_json(&marks, Some("T")).as_bytes()).expect("own output");
        prop_assert_eq!(back, marks);
    }

    #[test]
    fn any_bytes_are_safe(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_json(&bytes);
    }

    #[test]
    fn any_decimal_is_safe(text in "-?[0-9.eE+-]{0,24}") {
        if let Some((ms, _)) = decimal_to_ms(&text) {
            prop_assert!(ms <= MAX_MS + 1);
        }
    }
}
