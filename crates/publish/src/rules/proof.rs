//! When the evening check runs, and what its lines and those of the proof add up to.

use jiff::tz::TimeZone;
use jiff::{ToSpan, civil::time};
use kernel::{Arg, At};

use crate::model::checks::{Finding, ProofLine};

/// How long after publication the proof is made, in seconds.
pub const PROOF_AFTER: i64 = 120;
/// A publication older than this is history: nobody wants a mail about it, in seconds.
pub const STALE_AFTER: i64 = 86_400;

/// 20:00 of the evening before an instant, in the show's zone.
#[must_use]
pub fn evening_before(at: At, zone: &TimeZone) -> At {
    let day = at.timestamp().to_zoned_datetime(zone.clone()).date();
    let evening = day.checked_sub(1.day()).map(|d| d.to_datetime(time(20, 0, 0, 0)));
    let instant = evening.ok().and_then(|e| zone.to_ambiguous_timestamp(e).compatible().ok());
    instant.map_or(at, |i| At::from_micros(i.as_microsecond()))
}

/// A finding as a line.
#[must_use]
pub fn line(finding: &Finding) -> ProofLine {
    let text = |arg: &Arg| match arg {
        Arg::Int(n) => n.to_string(),
        Arg::Text(text) => text.clone(),
    };
    ProofLine {
        code: finding.code.to_owned(),
        level: finding.level.code().to_owned(),
        field: finding.field.to_owned(),
        args: finding.args.iter().map(|(name, arg)| ((*name).to_owned(), text(arg))).collect(),
    }
}

/// A step of a proof as a line.
#[must_use]
pub fn step(code: &str, ok: bool, why: &str) -> ProofLine {
    let args = if why.is_empty() { Vec::new() } else { vec![("why".to_owned(), why.to_owned())] };
    ProofLine { code: code.to_owned(), level: if ok { "ok" } else { "error" }.to_owned(), field: String::new(), args }
}

/// What the lines add up to: `failed`, `warnings` or `ok`.
#[must_use]
pub fn verdict(lines: &[ProofLine]) -> &'static str {
    let any = |level: &str| lines.iter().any(|l| l.level == level);
    match (any("error"), any("warning")) {
        (true, _) => "failed",
        (false, true) => "warnings",
        _ => "ok",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::schedule::zone;

    #[test]
    fn c6_the_evening_before_is_eight_o_clock_on_the_wall() {
        for (zone_name, at, evening) in [
            ("Europe/Paris", "2026-11-24T06:00:00Z", "2026-11-23T19:00:00Z"),
            // The clocks change in the night between: the evening is still at 20:00.
            ("Europe/Paris", "2026-10-25T06:00:00Z", "2026-10-24T18:00:00Z"),
            ("Europe/Paris", "2026-03-29T05:00:00Z", "2026-03-28T19:00:00Z"),
            // Just after midnight in the zone, still the day before in UTC.
            ("Europe/Paris", "2026-11-23T23:30:00Z", "2026-11-23T19:00:00Z"),
            ("America/Guadeloupe", "2026-11-24T11:00:00Z", "2026-11-24T00:00:00Z"),
        ] {
            let at = At::parse_rfc3339(at).expect("an instant");
            assert_eq!(evening_before(at, &zone(zone_name).expect("known")).rfc3339(), evening, "{zone_name}");
        }
    }

    #[test]
    fn one_error_fails_the_whole() {
        let warning = ProofLine { level: "warning".to_owned(), ..step("x", true, "") };
        assert_eq!(verdict(&[]), "ok");
        assert_eq!(verdict(&[step("a", true, "")]), "ok");
        assert_eq!(verdict(&[step("a", true, ""), warning.clone()]), "warnings");
        assert_eq!(verdict(&[warning, step("a", false, "503")]), "failed");
    }
}
