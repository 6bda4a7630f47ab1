//! Numbers, dates, lengths and sizes as people of each language write them (DESIGN §6): U+202F in thousands,
//! U+00A0 between a number and its unit. Pure; the zone is handed in.

use jiff::tz::TimeZone;
use kernel::{At, Lang};
use serde::Serialize;

/// An instant twice: for machines and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// RFC 3339 or an ISO 8601 duration.
    pub iso: String,
    /// In words.
    pub text: String,
}

const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const MONTHS_FR_SHORT: [&str; 12] =
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS_FR: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

struct Civil {
    year: i16,
    month: usize,
    day: i8,
    weekday: usize,
    hour: i8,
    minute: i8,
}

fn civil(at: At, zone: &TimeZone) -> Civil {
    let z = at.timestamp().to_zoned_datetime(zone.clone());
    let index = |n: i8| usize::try_from(n).unwrap_or(1).saturating_sub(1);
    Civil {
        year: z.year(),
        month: index(z.month()).min(11),
        day: z.day(),
        weekday: index(z.weekday().to_monday_one_offset()).min(6),
        hour: z.hour(),
        minute: z.minute(),
    }
}

/// "lundi 23 novembre 2026", "Monday 23 November 2026".
#[must_use]
pub fn date_long(at: At, zone: &TimeZone, lang: Lang) -> String {
    let c = civil(at, zone);
    match lang {
        Lang::Fr => {
            let day = if c.day == 1 { "1er".to_owned() } else { c.day.to_string() };
            format!("{} {day} {} {}", DAYS_FR[c.weekday], MONTHS_FR[c.month], c.year)
        }
        Lang::En => format!("{} {} {} {}", DAYS_EN[c.weekday], c.day, MONTHS_EN[c.month], c.year),
    }
}

/// A month and its year in words: "novembre 2026", "November 2026".
#[must_use]
pub fn month_text(day: jiff::civil::Date, lang: Lang) -> String {
    let place = usize::try_from(day.month() - 1).unwrap_or(0);
    let names = match lang {
        Lang::Fr => &MONTHS_FR,
        Lang::En => &MONTHS_EN,
    };
    format!("{} {}", names.get(place).copied().unwrap_or_default(), day.year())
}

/// "ven. 20 nov.", "Fri 20 Nov"; with the year when it is not `this_year`.
#[must_use]
pub fn date_short(at: At, zone: &TimeZone, lang: Lang, this_year: i16) -> String {
    let c = civil(at, zone);
    let mut text = match lang {
        Lang::Fr => format!("{}. {} {}", &DAYS_FR[c.weekday][..3], c.day, MONTHS_FR_SHORT[c.month]),
        Lang::En => format!("{} {} {}", &DAYS_EN[c.weekday][..3], c.day, &MONTHS_EN[c.month][..3]),
    };
    if c.year != this_year {
        text.push_str(&format!(" {}", c.year));
    }
    text
}

/// "7 h", "14 h 02"; "7 am", "2:02 pm".
#[must_use]
pub fn clock_text(at: At, zone: &TimeZone, lang: Lang) -> String {
    let c = civil(at, zone);
    match (lang, c.minute) {
        (Lang::Fr, 0) => format!("{}\u{a0}h", c.hour),
        (Lang::Fr, minute) => format!("{}\u{a0}h\u{a0}{minute:02}", c.hour),
        (Lang::En, minute) => {
            let half = if c.hour < 12 { "am" } else { "pm" };
            let hour = if c.hour % 12 == 0 { 12 } else { c.hour % 12 };
            if minute == 0 { format!("{hour}\u{a0}{half}") } else { format!("{hour}:{minute:02}\u{a0}{half}") }
        }
    }
}

/// A whole number with its thousands apart: U+202F in French, a comma in English; U+2212 for minus.
#[must_use]
pub fn number(n: i64, lang: Lang) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    if n < 0 {
        out.push('\u{2212}');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(match lang {
                Lang::Fr => '\u{202f}',
                Lang::En => ',',
            });
        }
        out.push(digit);
    }
    out
}

/// "12 min", "1 h 05", "48 s"; the same words in both languages.
#[must_use]
pub fn duration_text(ms: i64, lang: Lang) -> String {
    let seconds = (ms.max(0) + 500) / 1000;
    if seconds < 60 {
        return format!("{seconds}\u{a0}s");
    }
    let minutes = (seconds + 30) / 60;
    match (minutes / 60, minutes % 60, lang) {
        (0, m, _) => format!("{m}\u{a0}min"),
        (h, 0, _) => format!("{h}\u{a0}h"),
        (h, m, Lang::Fr) => format!("{h}\u{a0}h\u{a0}{m:02}"),
        (h, m, Lang::En) => format!("{h}\u{a0}h {m}\u{a0}min"),
    }
}

/// An ISO 8601 duration, `PT12M22S`.
#[must_use]
pub fn duration_iso(ms: i64) -> String {
    let seconds = (ms.max(0) + 500) / 1000;
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut out = "PT".to_owned();
    for (value, unit) in [(h, 'H'), (m, 'M')] {
        if value > 0 {
            out.push_str(&format!("{value}{unit}"));
        }
    }
    if s > 0 || seconds == 0 {
        out.push_str(&format!("{s}S"));
    }
    out
}

/// "3:48", "1:02:03".
#[must_use]
pub fn timecode(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") }
}

/// "11,3 Mo", "11.3 MB", "812 ko": decimal units, one decimal above a million.
#[must_use]
pub fn bytes_text(bytes: i64, lang: Lang) -> String {
    let (kilo, mega, point) = match lang {
        Lang::Fr => ("ko", "Mo", ','),
        Lang::En => ("kB", "MB", '.'),
    };
    if bytes < 1_000_000 {
        return format!("{}\u{a0}{kilo}", (bytes.max(0) + 999) / 1000);
    }
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}{point}{}\u{a0}{mega}", number(tenths / 10, lang), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c19_dates_are_in_the_zone_of_the_show() {
        let paris = TimeZone::get("Europe/Paris").expect("bundled");
        let guadeloupe = TimeZone::get("America/Guadeloupe").expect("bundled");
        let at = At::parse_rfc3339("2026-11-23T01:02:00Z").expect("valid");
        assert_eq!(date_long(at, &paris, Lang::Fr), "lundi 23 novembre 2026");
        assert_eq!(date_long(at, &guadeloupe, Lang::En), "Sunday 22 November 2026");
        assert_eq!(date_short(at, &paris, Lang::Fr, 2026), "lun. 23 nov.");
        assert_eq!(date_short(at, &paris, Lang::En, 2027), "Mon 23 Nov 2026");
        assert_eq!(clock_text(at, &paris, Lang::Fr), "2\u{a0}h\u{a0}02");
        assert_eq!(clock_text(at, &guadeloupe, Lang::En), "9:02\u{a0}pm");
    }

    #[test]
    fn lengths_sizes_and_numbers() {
        assert_eq!(duration_text(742_000, Lang::Fr), "12\u{a0}min");
        assert_eq!(duration_text(3_900_000, Lang::Fr), "1\u{a0}h\u{a0}05");
        assert_eq!(duration_text(48_000, Lang::En), "48\u{a0}s");
        assert_eq!(duration_iso(742_000), "PT12M22S");
        assert_eq!(duration_iso(0), "PT0S");
        assert_eq!(timecode(3_723_000), "1:02:03");
        assert_eq!(bytes_text(11_300_000, Lang::Fr), "11,3\u{a0}Mo");
        assert_eq!(bytes_text(318_536, Lang::En), "319\u{a0}kB");
        assert_eq!(number(-1_234_567, Lang::Fr), "\u{2212}1\u{202f}234\u{202f}567");
    }
}
