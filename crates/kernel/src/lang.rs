//! Languages of the interface. The language of what people publish is another thing: a text column,
//! any BCP 47 tag, never this enum.

use serde::{Deserialize, Serialize};

/// A language the interface speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// French, also the language of last resort.
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order menus show them.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The BCP 47 code used in addresses, `lang` attributes and the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language a tag such as `fr`, `fr-FR` or `EN_us` names, if we speak it.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.code()))
    }

    /// Chooses from an `Accept-Language` header (RFC 9110 §12.5.4): highest weight first, then order.
    #[must_use]
    pub fn from_accept(header: &str) -> Option<Self> {
        let mut best: Option<(u32, Self)> = None;
        for part in header.split(',').take(32) {
            let mut pieces = part.trim().split(';');
            let Some(lang) = Self::parse(pieces.next().unwrap_or_default().trim()) else { continue };
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=").map(thousandths)).unwrap_or(1000);
            if weight > 0 && best.is_none_or(|(w, _)| weight > w) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// A quality value `0`…`1` with up to three decimals, as thousandths; nonsense counts as zero.
fn thousandths(text: &str) -> u32 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (whole.parse::<u32>(), padded.parse::<u32>()) {
        (Ok(w), Ok(f)) => (w.saturating_mul(1000) + f).min(1000),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language_follows_weight_then_order() {
        for (header, expected) in [
            ("fr-FR,fr;q=0.9,en;q=0.8", Some(Lang::Fr)),
            ("en;q=0.8, fr;q=0.9", Some(Lang::Fr)),
            ("de, en-GB;q=0.5", Some(Lang::En)),
            ("en;q=0, fr;q=0.1", Some(Lang::Fr)),
            ("de", None),
            ("", None),
            ("en;q=x", None),
        ] {
            assert_eq!(Lang::from_accept(header), expected, "{header}");
        }
    }
}
