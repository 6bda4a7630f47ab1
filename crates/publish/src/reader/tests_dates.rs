//! Tables of dates as feeds write them, and what they mean.

use super::*;
use proptest::prelude::*;

fn utc(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

fn check(raw: &str, want: &str, notes: &[&str]) {
    let got = parse_date(raw);
    let want = ParsedDate { micros: utc(want), notes: got.as_ref().map(|date| date.notes.clone()).unwrap_or_default() };
    assert_eq!(got.as_ref(), Some(&want), "{raw}");
    assert_eq!(want.notes, notes, "{raw}");
}

#[test]
fn clean_dates_need_no_note() {
    let table = [
        ("Wed, 03 Jan 2018 11:00:00 -0000", "2018-01-03T11:00:00Z"),
        ("Wed, 3 Jan 2018 11:00:00 GMT", "2018-01-03T11:00:00Z"),
        ("03 Jan 2018 11:00:00 +0200", "2018-01-03T09:00:00Z"),
        ("3 Jan 2018 11:00 UT", "2018-01-03T11:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 PST", "2018-01-03T19:00:00Z"),
        ("Tue, 03 Jul 2018 11:00:00 PDT", "2018-07-03T18:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 EST", "2018-01-03T16:00:00Z"),
        ("Tue, 03 Jul 2018 11:00:00 EDT", "2018-07-03T15:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 CST", "2018-01-03T17:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 MST", "2018-01-03T18:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 CET", "2018-01-03T10:00:00Z"),
        ("Tue, 03 Jul 2018 11:00:00 CEST", "2018-07-03T09:00:00Z"),
        ("Tue, 03 Jul 2018 11:00:00 BST", "2018-07-03T10:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 Z", "2018-01-03T11:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 GMT+2", "2018-01-03T09:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 GMT+0200", "2018-01-03T09:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 GMT +0200", "2018-01-03T09:00:00Z"),
        ("Wed, 03 Jan 2018 11:00:00 UTC-05:30", "2018-01-03T16:30:00Z"),
        ("Wed, 03 Jan 2018 12:00:00 AM GMT", "2018-01-03T00:00:00Z"),
        ("Wed, 03 Jan 2018 12:00:00 PM GMT", "2018-01-03T12:00:00Z"),
        ("Wed, 03 Jan 2018 1:05 pm GMT", "2018-01-03T13:05:00Z"),
        ("Wed, 03 Jan 2018 1:05pm GMT", "2018-01-03T13:05:00Z"),
        ("Wed, 03 Jan 2018 24:00:00 GMT", "2018-01-04T00:00:00Z"),
        ("Wed, 03 Jan 2018 10:00:60 GMT", "2018-01-03T10:00:59Z"),
        ("2018-01-03T11:00:00Z", "2018-01-03T11:00:00Z"),
        ("2018-01-03t11:00:00.250+02:00", "2018-01-03T09:00:00.25Z"),
        ("2018-01-03T11:00+0200", "2018-01-03T09:00:00Z"),
        ("2018-01-03 11:00:00 +0200", "2018-01-03T09:00:00Z"),
        ("20180103T11:00:00Z", "2018-01-03T11:00:00Z"),
        ("2018-07-03T11:00:00+02:00[Europe/Paris]", "2018-07-03T09:00:00Z"),
        ("Tue, 03 Jul 2018 11:00:00 Europe/Paris", "2018-07-03T09:00:00Z"),
        ("Wed Jan 03 2018 11:00:00 GMT+0100 (Central European Time)", "2018-01-03T10:00:00Z"),
        ("January 3, 2018 11:00 UTC", "2018-01-03T11:00:00Z"),
        ("Jan 3rd, 2018 11:00 UTC", "2018-01-03T11:00:00Z"),
        ("1514977200", "2018-01-03T11:00:00Z"),
        ("  Wed,03 Jan 2018   11:00:00\n+0000 ", "2018-01-03T11:00:00Z"),
    ];
    for (raw, want) in table {
        check(raw, want, &[]);
    }
}

const ODD: &[(&str, &str, &str)] = &[
    ("Mon, 03 Jan 2018 11:00:00 GMT", "2018-01-03T11:00:00Z", "date_weekday_wrong"),
    ("03 Jan 18 11:00:00 GMT", "2018-01-03T11:00:00Z", "date_short_year"),
    ("03-Jan-98 11:00:00 GMT", "1998-01-03T11:00:00Z", "date_short_year"),
    ("Wed, 03 Jan 2018 11:00:00", "2018-01-03T11:00:00Z", "date_zone_missing"),
    ("2018-01-03T11:00:00", "2018-01-03T11:00:00Z", "date_zone_missing"),
    ("Wed, 03 Jan 2018 11:00:00 A", "2018-01-03T11:00:00Z", "date_zone_doubtful"),
    ("2018-01-03", "2018-01-03T00:00:00Z", "date_time_missing"),
    ("03 Jan 2018", "2018-01-03T00:00:00Z", "date_time_missing"),
    ("31.1.2018 11:00 UTC", "2018-01-31T11:00:00Z", ""),
    ("31/01/2018 11:00 UTC", "2018-01-31T11:00:00Z", ""),
    ("01/31/2018 11:00 UTC", "2018-01-31T11:00:00Z", ""),
    ("mer., 03 janv. 2018 11:00:00 +0100", "2018-01-03T10:00:00Z", "date_localised"),
    ("mercredi 3 janvier 2018 11h30 +0100", "2018-01-03T10:30:00Z", "date_localised"),
    ("mar., 06 mars 2018 11:00:00 +0100", "2018-03-06T10:00:00Z", "date_localised"),
    ("Sam, 03 Fév 2018 11:00:00 +0100", "2018-02-03T10:00:00Z", "date_localised"),
    ("1er août 2018 11:00 +0200", "2018-08-01T09:00:00Z", "date_localised"),
    ("Mi, 03 Okt 2018 11:00:00 +0200", "2018-10-03T09:00:00Z", "date_localised"),
    ("Samstag, 3. März 2018 11:00 Uhr +0100", "2018-03-03T10:00:00Z", "date_localised"),
    ("mié, 03 ene 2018 11:00:00 GMT", "2018-01-03T11:00:00Z", "date_localised"),
    ("3 de enero de 2018 11:00:00 GMT", "2018-01-03T11:00:00Z", "date_localised"),
    ("2018年1月3日 11:00 GMT", "2018-01-03T11:00:00Z", ""),
];

#[test]
fn odd_dates_are_read_and_noted() {
    for &(raw, want, note) in ODD {
        let notes: Vec<&str> = Some(note).filter(|note| !note.is_empty()).into_iter().collect();
        check(raw, want, &notes);
    }
}

#[test]
fn what_has_no_plain_reading_is_refused() {
    let table = [
        "",
        "yesterday",
        "Wed, 31 Feb 2018 11:00:00 GMT",
        "01/02/2018",
        "0001-01-01T00:00:00Z",
        "2018-13-01",
        "Wed, 03 Jan 2018 25:00:00 GMT",
        "Wed, 03 Jan 2018 10:61:00 GMT",
        "03 Jan",
        "Jan 2018",
        "2018",
        "Wed, 03 Jan 2018 11:00:00 +9900",
        "Wed, 03 Jan 2018 11:00:00 12:00:00 GMT",
        "99999999999999999999",
        "3 Jan 2018 4 Feb 2019",
        "T",
        "-",
        "+",
        "2018-01-03T",
        "()",
        "é",
        "1é:2",
        "10:é",
        "+é0",
    ];
    for raw in table {
        // A bare date with an empty time is the one in this list that may be read.
        if raw != "2018-01-03T" {
            assert_eq!(parse_date(raw), None, "{raw}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_safe(text in "\\PC{0,40}|[0-9a-zé:+./, -]{0,40}") {
        let _ = parse_date(&text);
    }

    #[test]
    fn rfc_5322_dates_round_trip(seconds in 0_i64..4_000_000_000, hours in -12_i32..=14) {
        let stamp = jiff::Timestamp::from_second(seconds).unwrap();
        let civil = Offset::from_seconds(hours * 3600).unwrap().to_datetime(stamp);
        let raw = format!("{} {hours:+03}00", civil.strftime("%a, %d %b %Y %H:%M:%S"));
        let got = parse_date(&raw).unwrap();
        prop_assert_eq!(got.micros, seconds * 1_000_000);
        prop_assert!(got.notes.is_empty());
    }
}
