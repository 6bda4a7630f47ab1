//! Times as people type them and as standards write them, to and from milliseconds.
//! Forms use `3:48`, `1:02:03` and `03:48.250`; ISO 8601 durations are only written.
//! Decimal seconds, as JSON writes them, are read exactly, never through a float.
//! Everything is integer arithmetic; nothing here rounds silently.

/// Longest time accepted from a form: 1000 hours, in milliseconds.
pub const MAX_MS: u64 = 1000 * 3600 * 1000;

/// Why a typed time was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimecodeError {
    /// Nothing was typed.
    Empty,
    /// Not digits, colons and one decimal mark in the right places.
    Malformed,
    /// Minutes or seconds of 60 and more after a larger unit.
    OutOfRange,
    /// More than [`MAX_MS`].
    TooLong,
}

impl TimecodeError {
    /// Stable code for messages, for example `timecode_malformed`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "timecode_empty",
            Self::Malformed => "timecode_malformed",
            Self::OutOfRange => "timecode_out_of_range",
            Self::TooLong => "timecode_too_long",
        }
    }
}

/// Reads `S`, `M:SS` or `H:MM:SS`, with an optional fraction of one to three
/// digits after a dot or comma. The first number may be of any size, so `75:00`
/// is an hour and a quarter. Gives milliseconds.
pub fn parse(text: &str) -> Result<u64, TimecodeError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TimecodeError::Empty);
    }
    let (clock, fraction) = match text.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let ms = fraction.map_or(Ok(0), parse_fraction)?;
    let mut seconds = 0u64;
    let parts: Vec<&str> = clock.split(':').collect();
    if parts.len() > 3 {
        return Err(TimecodeError::Malformed);
    }
    for (i, part) in parts.iter().enumerate() {
        let value = digits(part, 9)?;
        if i > 0 && (value > 59 || part.len() > 2) {
            return Err(TimecodeError::OutOfRange);
        }
        // At most 10^9 × 3600: far from overflow.
        seconds = seconds * 60 + value;
    }
    let total = seconds * 1000 + ms;
    if total > MAX_MS { Err(TimecodeError::TooLong) } else { Ok(total) }
}

fn parse_fraction(text: &str) -> Result<u64, TimecodeError> {
    let value = digits(text, 3)?;
    Ok(match text.len() {
        1 => value * 100,
        2 => value * 10,
        _ => value,
    })
}

fn digits(text: &str, max: usize) -> Result<u64, TimecodeError> {
    if text.is_empty() || text.len() > max || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(TimecodeError::Malformed);
    }
    text.parse().map_err(|_| TimecodeError::Malformed)
}

/// Hours, minutes, seconds and milliseconds of a time.
pub(super) fn split(ms: u64) -> (u64, u64, u64, u64) {
    (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

/// Writes the shortest exact form: `3:48`, `1:02:03`, `3:48.250`.
pub fn format(ms: u64) -> String {
    let (h, m, s, f) = split(ms);
    let mut out = if h > 0 { format!("{h}:{m:02}:{s:02}") } else { format!("{m}:{s:02}") };
    if f > 0 {
        out.push_str(&format!(".{f:03}"));
    }
    out
}

/// Writes an ISO 8601 duration of hours, minutes and seconds: `PT12M22S`,
/// `PT1H0.5S`, `PT0S`. Days are not used.
pub fn iso8601(ms: u64) -> String {
    let (h, m, s, f) = split(ms);
    let mut out = String::from("PT");
    if h > 0 {
        out.push_str(&format!("{h}H"));
    }
    if m > 0 {
        out.push_str(&format!("{m}M"));
    }
    if f > 0 {
        out.push_str(&format!("{s}.{}S", format!("{f:03}").trim_end_matches('0')));
    } else if s > 0 || ms == 0 {
        out.push_str(&format!("{s}S"));
    }
    out
}

/// Reads a decimal number of seconds as milliseconds without floats. The flag
/// is false if digits past the millisecond were rounded (half up). `None` for
/// negative numbers, other text, or more than 1000 hours.
pub fn decimal_to_ms(text: &str) -> Option<(u64, bool)> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() || mantissa.len() > 400 {
        return None;
    }
    if !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits: Vec<u64> = whole.bytes().chain(fraction.bytes()).map(|b| u64::from(b - b'0')).collect();
    // Minus zero is still zero.
    if negative && digits.iter().any(|d| *d != 0) {
        return None;
    }
    // Number of digits left of the point once the unit is the millisecond.
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent) + 3;
    let mut ms = 0u64;
    let mut place = 0i64;
    while place < point {
        let digit = usize::try_from(place).ok().and_then(|i| digits.get(i)).copied();
        if digit.is_none() && ms == 0 {
            break;
        }
        ms = ms.checked_mul(10)?.checked_add(digit.unwrap_or(0))?;
        if ms > MAX_MS {
            return None;
        }
        place += 1;
    }
    let rest = usize::try_from(point.max(0)).ok()?;
    let rest = digits.get(rest..).unwrap_or_default();
    let exact = rest.iter().all(|d| *d == 0);
    let up = point >= 0 && rest.first().is_some_and(|d| *d >= 5);
    Some((ms + u64::from(up), exact))
}

/// Seconds as the shortest exact decimal: `126`, `126.5`.
pub fn ms_to_decimal(ms: u64) -> String {
    let (whole, fraction) = (ms / 1000, ms % 1000);
    if fraction == 0 {
        return whole.to_string();
    }
    format!("{whole}.{}", format!("{fraction:03}").trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn typed_times_are_read() {
        let table = [
            ("3:48", 228_000),
            ("1:02:03", 3_723_000),
            ("03:48.250", 228_250),
            (" 0:00 ", 0),
            ("42", 42_000),
            ("42.5", 42_500),
            ("42,05", 42_050),
            ("75:00", 4_500_000),
            ("1000:00:00", MAX_MS),
        ];
        for (text, ms) in table {
            assert_eq!(parse(text), Ok(ms), "{text}");
        }
    }

    #[test]
    fn wrong_times_are_refused() {
        let table = [
            ("", TimecodeError::Empty),
            ("  ", TimecodeError::Empty),
            ("abc", TimecodeError::Malformed),
            ("-1:00", TimecodeError::Malformed),
            ("+1:00", TimecodeError::Malformed),
            ("1:2:3:4", TimecodeError::Malformed),
            ("1:", TimecodeError::Malformed),
            ("1:00.", TimecodeError::Malformed),
            ("1:00.1234", TimecodeError::Malformed),
            ("1:60", TimecodeError::OutOfRange),
            ("1:60:00", TimecodeError::OutOfRange),
            ("1:000", TimecodeError::OutOfRange),
            ("1000:00:00.001", TimecodeError::TooLong),
            ("99999999999999999999", TimecodeError::Malformed),
            ("١:٠٠", TimecodeError::Malformed),
        ];
        for (text, error) in table {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn durations_are_written_for_machines() {
        let table = [
            (0, "PT0S"),
            (742_000, "PT12M22S"),
            (3_600_000, "PT1H"),
            (3_600_500, "PT1H0.5S"),
            (60_000, "PT1M"),
            (90_061_001, "PT25H1M1.001S"),
        ];
        for (ms, text) in table {
            assert_eq!(iso8601(ms), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ms in 0u64..=MAX_MS) {
            prop_assert_eq!(parse(&format(ms)), Ok(ms));
        }

        #[test]
        fn any_text_is_safe(text in ".{0,40}") {
            let _ = parse(&text);
        }
    }
}
