//! Reads the dates that feeds really contain: RFC 5322, RFC 3339 / ISO 8601, and their common corruptions.
//! Gives an instant and what had to be assumed; never a guess between two readings of equal weight.

use super::words::{Meaning, meaning, zone};
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

/// An instant and the repairs it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedDate {
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub micros: i64,
    /// Stable codes of what was assumed: `date_zone_missing`, `date_zone_doubtful`, `date_time_missing`,
    /// `date_weekday_wrong`, `date_localised`, `date_short_year`.
    pub notes: Vec<&'static str>,
}

/// Longest text that is looked at, in bytes.
const MAX_LEN: usize = 120;

/// Reads one date. `None` means that the text has no plain reading as a date between 1900 and 2200.
/// A missing zone is read as UTC and noted.
pub fn parse_date(raw: &str) -> Option<ParsedDate> {
    let text = raw.trim();
    if text.is_empty() || text.len() > MAX_LEN {
        return None;
    }
    let text = tidy(text);
    let mut parts = Parts::default();
    let rest = parts.iso_date(&text).unwrap_or(text.as_str());
    let words: Vec<&str> = rest.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let later = words.get(at + 1..).unwrap_or_default();
        parts.word(word, at == 0, later)?;
    }
    parts.finish()
}

// Lower case, no comments in brackets, no commas, East Asian date signs as separators.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '年' | '月' => out.push('-'),
            ',' | '日' | '\u{a0}' | '\u{202f}' => out.push(' '),
            '−' | '–' => out.push('-'),
            _ => out.push(c),
        }
    }
    out
}

#[derive(Debug, Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    weekday: Option<i8>,
    // Hour, minute, second, nanosecond.
    time: Option<(i8, i8, i8, i32)>,
    pm: Option<bool>,
    offset: Option<i32>,
    place: Option<TimeZone>,
    epoch: Option<i64>,
    notes: Vec<&'static str>,
}

impl Parts {
    fn note(&mut self, code: &'static str) {
        if !self.notes.contains(&code) {
            self.notes.push(code);
        }
    }

    // A leading `2024-01-31`, `2024/1/31` or `20240131`, followed by `T`, a space or the end.
    fn iso_date<'a>(&mut self, text: &'a str) -> Option<&'a str> {
        let digits = leading_digits(text);
        let (year, month, day, rest) = match digits.len() {
            4 => {
                let rest = text.get(4..)?;
                let sign = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
                let rest = rest.get(1..)?;
                let month = leading_digits(rest);
                let rest = rest.get(month.len()..)?.strip_prefix(sign)?;
                let day = leading_digits(rest);
                (digits, month, day, rest.get(day.len()..)?)
            }
            8 => (digits.get(..4)?, digits.get(4..6)?, digits.get(6..)?, text.get(8..)?),
            _ => return None,
        };
        if !matches!(month.len(), 1 | 2) || !matches!(day.len(), 1 | 2) {
            return None;
        }
        let rest = match rest.chars().next() {
            None => rest,
            Some('t') => rest.get(1..)?,
            Some(c) if c.is_whitespace() => rest,
            Some(_) => return None,
        };
        self.year = year.parse().ok();
        self.month = month.parse().ok();
        self.day = day.parse().ok();
        Some(rest)
    }

    fn word(&mut self, word: &str, first: bool, later: &[&str]) -> Option<()> {
        let lead = word.chars().next()?;
        if lead.is_ascii_digit() {
            return self.number(word);
        }
        if matches!(lead, '+' | '-') {
            return self.signed(word);
        }
        if matches!(word, "am" | "a.m." | "pm" | "p.m.") {
            self.pm = Some(word.starts_with('p'));
            return Some(());
        }
        if matches!(word, "de" | "del" | "of" | "um" | "uhr" | "le" | "à" | "at" | "the" | "kl." | "om" | "den" | "-")
        {
            return Some(());
        }
        let named = meaning(word);
        if named.month.is_some() || named.weekday.is_some() {
            return self.named(named, first, later);
        }
        self.zone_word(word).or_else(|| {
            // A weekday in a language that is not known is recognised by its place.
            let month_follows = later.iter().any(|next| meaning(next).month.is_some());
            (first && month_follows && word.chars().all(|c| c.is_alphabetic() || c == '.')).then(|| {
                self.note("date_localised");
            })
        })
    }

    // “mar.” is both Tuesday and March; it is Tuesday if it leads and a month follows.
    fn named(&mut self, named: Meaning, first: bool, later: &[&str]) -> Option<()> {
        if !named.english {
            self.note("date_localised");
        }
        let month_follows = || later.iter().any(|next| meaning(next).month.is_some());
        match (named.month, named.weekday) {
            (Some(_), Some(day)) if first && month_follows() => self.weekday = Some(day),
            (Some(month), _) if self.month.is_none() => self.month = Some(month),
            (_, Some(day)) if self.weekday.is_none() => self.weekday = Some(day),
            _ => return None,
        }
        Some(())
    }

    fn number(&mut self, word: &str) -> Option<()> {
        if word.contains(':') || is_hour_h(word) {
            return self.clock(word);
        }
        let digits = leading_digits(word);
        let tail = word.get(digits.len()..)?;
        match tail.chars().next() {
            None => self.bare_number(digits),
            Some('-' | '.' | '/') if tail.len() > 1 => self.joined(word),
            Some(_) if matches!(tail, "." | "st" | "nd" | "rd" | "th" | "er" | "º" | "ª" | "e") => {
                self.day = Some(unset(self.day, digits)?);
                Some(())
            }
            Some(_) if matches!(tail, "am" | "pm") => {
                self.pm = Some(tail == "pm");
                self.time = Some((unset(self.time, "0").and_then(|_: i8| digits.parse().ok())?, 0, 0, 0));
                Some(())
            }
            Some(_) => None,
        }
    }

    fn bare_number(&mut self, digits: &str) -> Option<()> {
        match digits.len() {
            1 | 2 if self.day.is_none() => self.day = digits.parse().ok(),
            2 | 3 if self.year.is_none() => self.year = Some(self.short_year(digits)?),
            4 if self.year.is_none() => self.year = digits.parse().ok(),
            10 if self.year.is_none() && self.epoch.is_none() => self.epoch = digits.parse().ok(),
            _ => return None,
        }
        Some(())
    }

    // RFC 5322, 4.3: 00–49 are 2000s, 50–99 and three digits count from 1900.
    fn short_year(&mut self, digits: &str) -> Option<i16> {
        self.note("date_short_year");
        let year: i16 = digits.parse().ok()?;
        Some(if digits.len() == 2 && year < 50 { 2000 + year } else { 1900 + year })
    }

    // `02-Jan-2024`, `31.1.2024`, and `31/1/2024` where the day cannot be a month.
    fn joined(&mut self, word: &str) -> Option<()> {
        let parts: Vec<&str> = word.split(['-', '.', '/']).filter(|part| !part.is_empty()).collect();
        let [a, b, c] = parts.as_slice() else {
            return None;
        };
        let month = meaning(b).month;
        let (day, month) = match month {
            Some(month) => {
                if !meaning(b).english {
                    self.note("date_localised");
                }
                (a.parse().ok()?, month)
            }
            None => {
                let (x, y): (i8, i8) = (a.parse().ok()?, b.parse().ok()?);
                match () {
                    () if word.contains('.') || x > 12 || x == y => (x, y),
                    () if y > 12 => (y, x),
                    () => return None,
                }
            }
        };
        self.day = Some(day);
        self.month = Some(month);
        self.year = Some(match c.len() {
            4 => c.parse().ok()?,
            2 => self.short_year(c)?,
            _ => return None,
        });
        Some(())
    }

    // `10:00`, `10:00:00.5`, `10h30`, each possibly followed at once by am, pm or a zone.
    fn clock(&mut self, word: &str) -> Option<()> {
        if self.time.is_some() {
            return None;
        }
        let end = word.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | 'h'))).unwrap_or(word.len());
        let (clock, tail) = word.split_at_checked(end)?;
        let clock = clock.trim_end_matches('.');
        let mut fields = clock.split([':', 'h']);
        let hour: i8 = fields.next()?.parse().ok()?;
        let minute: i8 = fields.next().filter(|text| !text.is_empty()).map_or(Some(0), |text| text.parse().ok())?;
        let (second, nanos) = fields.next().map_or(Some((0, 0)), seconds)?;
        if fields.next().is_some() {
            return None;
        }
        self.time = Some((hour, minute, second, nanos));
        match tail {
            "" => Some(()),
            "am" | "pm" => {
                self.pm = Some(tail == "pm");
                Some(())
            }
            _ if tail.starts_with(['+', '-']) => self.signed(tail),
            _ => self.zone_word(tail),
        }
    }

    fn zone_word(&mut self, word: &str) -> Option<()> {
        if let Some((_, place)) = word.split_once('[') {
            return self.place(place.trim_end_matches(']'));
        }
        if let Some((seconds, doubtful)) = zone(word.trim_end_matches('.')) {
            if doubtful {
                self.note("date_zone_doubtful");
            }
            // `GMT +0200` says the offset in its second word.
            self.offset = self.offset.or(Some(seconds));
            return Some(());
        }
        for head in ["gmt", "utc", "ut", "z"] {
            if let Some(tail) = word.strip_prefix(head) {
                if tail.starts_with(['+', '-']) {
                    return self.signed(tail);
                }
                if let Some((_, place)) = tail.split_once('[') {
                    return self.place(place.trim_end_matches(']'));
                }
            }
        }
        word.contains('/').then(|| self.place(word))?
    }

    fn place(&mut self, name: &str) -> Option<()> {
        self.place = Some(TimeZone::get(name).ok()?);
        Some(())
    }

    // `+0200`, `+02:00`, `+2`, `-5:30`, `+020000`, and a bracketed place after it.
    fn signed(&mut self, word: &str) -> Option<()> {
        let word = word.split_once('[').map_or(word, |(head, _)| head);
        let minus = word.starts_with('-');
        let body = word.get(1..)?;
        if body.is_empty() || !body.chars().all(|c| c.is_ascii_digit() || c == ':') {
            return None;
        }
        let (hours, minutes) = match body.split_once(':') {
            Some((hours, minutes)) => (hours, minutes.get(..2)?),
            None if body.len() <= 2 => (body, "0"),
            None if body.len() == 3 => (body.get(..1)?, body.get(1..)?),
            None => (body.get(..2)?, body.get(2..4)?),
        };
        let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
        if hours > 15 || minutes > 59 {
            return None;
        }
        let seconds = hours * 3600 + minutes * 60;
        self.offset = Some(if minus { -seconds } else { seconds });
        Some(())
    }

    fn hour(&self, hour: i8) -> i8 {
        match self.pm {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            _ => hour,
        }
    }

    fn finish(mut self) -> Option<ParsedDate> {
        if let Some(seconds) = self.epoch {
            let alone = self.month.is_none() && self.time.is_none();
            return alone.then(|| ParsedDate { micros: seconds * 1_000_000, notes: self.notes });
        }
        let year = self.year.filter(|year| (1900..=2200).contains(year))?;
        let date = Date::new(year, self.month?, self.day?).ok()?;
        let (hour, minute, second, nanos) = self.time.unwrap_or_default();
        let hour = self.hour(hour);
        // 24:00 is the end of the day, and a leap second is the last second of its minute.
        let (hour, next_day) = if hour == 24 && minute == 0 && second == 0 { (0, true) } else { (hour, false) };
        let mut civil: DateTime = date.at(0, 0, 0, 0);
        civil = civil.with().hour(hour).minute(minute).second(second.min(59)).subsec_nanosecond(nanos).build().ok()?;
        if second > 60 {
            return None;
        }
        if next_day {
            civil = DateTime::from_parts(civil.date().tomorrow().ok()?, civil.time());
        }
        if self.time.is_none() {
            self.note("date_time_missing");
        }
        if self.weekday.is_some_and(|day| date.weekday().to_monday_one_offset() != day) {
            self.note("date_weekday_wrong");
        }
        let stamp = match (self.offset, self.place.take()) {
            (None, Some(place)) => place.to_ambiguous_timestamp(civil).compatible().ok()?,
            (offset, _) => {
                if offset.is_none() && self.time.is_some() {
                    self.note("date_zone_missing");
                }
                Offset::from_seconds(offset.unwrap_or(0)).ok()?.to_timestamp(civil).ok()?
            }
        };
        Some(ParsedDate { micros: stamp.as_microsecond(), notes: self.notes })
    }
}

fn leading_digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

// The parsed number if the slot is still free.
fn unset<T, U: std::str::FromStr>(slot: Option<T>, digits: &str) -> Option<U> {
    slot.is_none().then(|| digits.parse().ok())?
}

fn is_hour_h(word: &str) -> bool {
    word.split_once('h').is_some_and(|(hour, minute)| {
        matches!(hour.len(), 1 | 2)
            && minute.len() <= 2
            && [hour, minute].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
    })
}

// Whole seconds and nanoseconds of `07` or `07.25`.
fn seconds(text: &str) -> Option<(i8, i32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut nanos = 0_i32;
    for at in 0..9 {
        let digit = fraction.as_bytes().get(at).map_or(0, |b| i32::from(*b) - 48);
        nanos = nanos * 10 + digit.clamp(0, 9);
    }
    Some((whole.parse().ok()?, nanos))
}

#[cfg(test)]
#[path = "tests_dates.rs"]
mod tests;
