//! Reads `itunes:duration` in the spellings that feeds use and gives whole seconds.
//! It refuses what has two readings rather than choose one.

/// Why a duration gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadDuration {
    /// It says zero, which means that nobody measured.
    Zero,
    /// It is not a duration, or longer than thirty days.
    Unreadable,
}

/// Longest duration believed, in seconds: thirty days.
const MAX_SECONDS: u64 = 30 * 24 * 3600;

/// Reads seconds (`3600`, `3600.5`), `M:SS`, `H:MM:SS`, `1h 2m`, `12 min`, and ISO 8601 (`PT1H2M`).
/// Fractions are cut. Blank text is the caller's business.
pub fn parse_duration(raw: &str) -> Result<u32, BadDuration> {
    let text = raw.trim().to_lowercase();
    let seconds = if text.len() > 64 {
        None
    } else if text.contains(':') {
        clock(&text)
    } else if let Some(body) = text.strip_prefix('p') {
        units(&body.replace('t', ""))
    } else if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        number(&text)
    } else {
        units(&text)
    };
    match seconds {
        Some(0) => Err(BadDuration::Zero),
        Some(seconds) if seconds <= MAX_SECONDS => u32::try_from(seconds).map_err(|_| BadDuration::Unreadable),
        _ => Err(BadDuration::Unreadable),
    }
}

// Whole part of `12` or `12.75`.
fn number(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let clean = !whole.is_empty() && whole.len() <= 10 && fraction.bytes().all(|b| b.is_ascii_digit());
    clean.then(|| whole.parse().ok())?
}

fn clock(text: &str) -> Option<u64> {
    let parts: Vec<&str> = text.split(':').map(str::trim).collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [minutes, seconds] => ("0", *minutes, *seconds),
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        _ => return None,
    };
    // `:45` and `1::5` leave a field out; nothing there means zero.
    let field = |text: &str| {
        if text.is_empty() { Some(0) } else { number(text) }
    };
    if parts.iter().all(|part| part.is_empty()) {
        return None;
    }
    let (hours, minutes, seconds) = (field(hours)?, field(minutes)?, field(seconds)?);
    // Sixty is a rounding fault with a plain meaning; more has none.
    let fits = seconds <= 60 && (parts.len() == 2 || minutes <= 60);
    fits.then_some(hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)?)
}

// Numbers followed by units, in falling order: `1h 2m`, `12 min`, `1h02`, `45'30"`.
fn units(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut last = u64::MAX;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (digits, tail) = rest.split_at_checked(end)?;
        let tail = tail.trim_start();
        let end = tail.find(|c: char| c.is_ascii_digit() || c.is_whitespace() || c == ',').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(end)?;
        let size = match unit.trim_end_matches('.') {
            "h" | "hr" | "hrs" | "hour" | "hours" | "heure" | "heures" | "std" | "stunde" | "stunden" => 3600,
            "m" | "mn" | "min" | "mins" | "minute" | "minutes" | "minuten" | "'" | "’" => 60,
            "s" | "sec" | "secs" | "second" | "seconds" | "seconde" | "secondes" | "sekunden" | "\"" | "”" | "''" => {
                1
            }
            // “1h02” counts minutes after hours.
            "" if last == 3600 && digits.len() == 2 && tail.is_empty() => 60,
            _ => return None,
        };
        if size >= last {
            return None;
        }
        last = size;
        let value = number(digits)?;
        // Half an hour written “1.5h” is still plain.
        let tenths = digits
            .split_once('.')
            .map_or(0, |(_, f)| f.bytes().next().map_or(0, |b| u64::from(b.saturating_sub(b'0'))));
        total = total.checked_add(value.checked_mul(size)?)?.checked_add(tenths * size / 10)?;
        rest = tail.trim_start_matches([' ', ',', '\t', '\n']);
    }
    (last != u64::MAX).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_as_written() {
        let table = [
            ("3600", Ok(3600)),
            (" 61 ", Ok(61)),
            ("3600.9", Ok(3600)),
            ("3:00", Ok(180)),
            ("90:00", Ok(5400)),
            ("01:02:03", Ok(3723)),
            ("1:02:03.500", Ok(3723)),
            ("0:45", Ok(45)),
            (":45", Ok(45)),
            ("1h 2m", Ok(3720)),
            ("1h02", Ok(3720)),
            ("1 hour, 2 minutes", Ok(3720)),
            ("12 min", Ok(720)),
            ("12min.", Ok(720)),
            ("45'30\"", Ok(2730)),
            ("1.5h", Ok(5400)),
            ("PT1H2M3S", Ok(3723)),
            ("PT45M", Ok(2700)),
            ("PT90.5S", Ok(90)),
            ("0", Err(BadDuration::Zero)),
            ("00:00:00", Err(BadDuration::Zero)),
            ("1:75", Err(BadDuration::Unreadable)),
            ("1:60:00", Ok(7200)),
            ("00:04:60", Ok(300)),
            ("1:61:00", Err(BadDuration::Unreadable)),
            ("1:2:3:4", Err(BadDuration::Unreadable)),
            ("-5", Err(BadDuration::Unreadable)),
            ("about an hour", Err(BadDuration::Unreadable)),
            ("2m 1h", Err(BadDuration::Unreadable)),
            ("99999999999", Err(BadDuration::Unreadable)),
            ("3600000", Err(BadDuration::Unreadable)),
            ("", Err(BadDuration::Unreadable)),
            (":", Err(BadDuration::Unreadable)),
            ("PT", Err(BadDuration::Unreadable)),
            ("12:3é", Err(BadDuration::Unreadable)),
        ];
        for (raw, want) in table {
            assert_eq!(parse_duration(raw), want, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn clock_times_round_trip(seconds in 1_u32..2_000_000) {
            let text = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
            prop_assert_eq!(parse_duration(&text), Ok(seconds));
            prop_assert_eq!(parse_duration(&seconds.to_string()), Ok(seconds));
        }

        #[test]
        fn any_text_is_safe(text in "\\PC{0,30}|[0-9:hms. ]{0,20}") {
            let _ = parse_duration(&text);
        }
    }
}
