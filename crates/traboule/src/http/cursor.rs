//! Where a list goes on, as its address holds it: the instant and the id of the last row shown, `<µs>.<id>`. What cannot be
//! read is the caller's to judge: the beginning, or nothing.

use kernel::At;

/// A place in a list as text.
pub(crate) fn text((at, id): (At, i64)) -> String {
    format!("{}.{id}", at.micros())
}

/// Reads [`text`].
pub(crate) fn read(text: &str) -> Option<(At, i64)> {
    let (at, id) = text.split_once('.')?;
    Some((At::from_micros(at.parse().ok()?), id.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_they_are_written() {
        let place = (At::from_micros(12), 3);
        assert_eq!((text(place).as_str(), read("12.3")), ("12.3", Some(place)));
        for odd in ["", "12", "x.3", "1.2.3", "1.", ".1"] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }
}
