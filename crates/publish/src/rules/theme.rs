//! A show's theme from one colour: the wall of its pages and the colour that means "you can act", in light and dark, each
//! with enough contrast (WCAG 2.2 §1.4.3 and §1.4.11) on every ground it may stand on; or the nearest colour that would do.
//! Luminance is computed as WCAG says, so the floats here are never money and never stored.

use kernel::{Arg, Refusal};

/// A colour of 24 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Reads `#rrggbb`, in either case, with or without the sign.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().trim_start_matches('#');
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Self([part(0)?, part(2)?, part(4)?]))
    }

    /// `#rrggbb`.
    #[must_use]
    pub fn hex(self) -> String {
        format!("#{}", kernel::hex(&self.0))
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let v = f64::from(channel) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0;
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    /// `parts` of 100 of `self` in `other`.
    fn in_other(self, other: Self, parts: u16) -> Self {
        let mix = |a: u8, b: u8| {
            let sum = u16::from(a) * parts + u16::from(b) * (100 - parts) + 50;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        let ([a, b, c], [d, e, f]) = (self.0, other.0);
        Self([mix(a, d), mix(b, e), mix(c, f)])
    }
}

/// The contrast of two colours, 1 to 21 (WCAG 2.2).
#[must_use]
pub fn contrast(a: Colour, b: Colour) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

const fn rgb(n: u32) -> Colour {
    let [_, r, g, b] = n.to_be_bytes();
    Colour([r, g, b])
}

const WHITE: Colour = rgb(0x00ff_ffff);
const BLACK: Colour = rgb(0);
/// What text stands on in the light: paper, surface, sunken, and the washes of the states (`tokens.css`).
const LIGHT: [Colour; 7] =
    [rgb(0x00fb_faf8), WHITE, rgb(0x00f1_efec), rgb(0x00e3_f0ec), rgb(0x00fb_f0d6), rgb(0x00fb_e9ea), rgb(0x00e6_eff7)];
/// The same in the dark.
const DARK: [Colour; 7] = [
    rgb(0x0013_1517),
    rgb(0x001b_1e21),
    rgb(0x0024_282c),
    rgb(0x0015_332c),
    rgb(0x0037_2b10),
    rgb(0x003c_1c20),
    rgb(0x0017_2b3c),
];
/// Text and small text on a wall, in the light and in the dark.
const ON_LIGHT_WALL: [Colour; 2] = [rgb(0x001a_1c1f), rgb(0x003e_3d40)];
const ON_DARK_WALL: [Colour; 2] = [rgb(0x00f0_ede9), rgb(0x00d3_cec9)];
/// Text on the acting colour in the dark.
const ON_DARK_ACTION: Colour = rgb(0x0013_1517);
/// The floor of text.
const TEXT: f64 = 4.5;

/// A pair of a token in the light and in the dark.
pub type Pair = (Colour, Colour);

/// What a theme sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// The wall.
    pub wall: Pair,
    /// Text in the show's colour, on grounds and on its wall.
    pub deep: Pair,
    /// Links and the solid button.
    pub action: Pair,
    /// Text on the solid button.
    pub on_action: Pair,
}

fn stands_on(colour: Colour, grounds: &[Colour]) -> bool {
    grounds.iter().all(|ground| contrast(colour, *ground) >= TEXT)
}

/// The first mixture, from `most` parts of `colour` downwards, that `fits`.
fn soften(colour: Colour, other: Colour, most: u16, fits: impl Fn(Colour) -> bool) -> Colour {
    (0..=most).rev().map(|parts| colour.in_other(other, parts)).find(|c| fits(*c)).unwrap_or(other)
}

/// The nearest colour that can be read on every light ground: the same, darkened.
fn readable(colour: Colour) -> Colour {
    soften(colour, BLACK, 100, |c| stands_on(c, &LIGHT))
}

/// The theme of a colour.
///
/// # Errors
/// The nearest colour that can be read as text on every light ground, when this one cannot.
pub fn theme(colour: Colour) -> Result<Theme, Colour> {
    let near = readable(colour);
    if near != colour {
        return Err(near);
    }
    let bright = soften(colour, WHITE, 100, |c| stands_on(c, &DARK) && contrast(c, ON_DARK_ACTION) >= TEXT);
    let wall = soften(colour, WHITE, 26, |w| stands_on(w, &ON_LIGHT_WALL) && contrast(w, colour) >= TEXT);
    let night = soften(colour, DARK[0], 34, |w| stands_on(w, &ON_DARK_WALL) && contrast(w, bright) >= TEXT);
    Ok(Theme {
        wall: (wall, night),
        deep: (colour, bright),
        action: (colour, bright),
        on_action: (WHITE, ON_DARK_ACTION),
    })
}

/// Checks a typed colour; empty means the site's.
///
/// # Errors
/// `colour-malformed`; `colour-faint` with the nearest colour that works.
pub fn check(typed: &str) -> Result<Option<String>, Refusal> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let bad = |code| Refusal::invalid("check-fields").field("colour", code);
    let colour = Colour::parse(typed).ok_or_else(|| bad("colour-malformed"))?;
    match theme(colour) {
        Ok(_) => Ok(Some(colour.hex())),
        Err(near) => {
            let nearest = ("nearest", Arg::Text(near.hex()));
            Err(Refusal::invalid("check-fields").field_with("colour", "colour-faint", nearest))
        }
    }
}

/// The theme as a style sheet: tokens and nothing else.
#[must_use]
pub fn css(theme: &Theme) -> String {
    let pair = |(light, dark): Pair| format!("light-dark({}, {})", light.hex(), dark.hex());
    format!(
        "@layer tokens {{:root {{--ochre: {}; --ochre-deep: {}; --action: {}; --on-action: {}}}}}\n",
        pair(theme.wall),
        pair(theme.deep),
        pair(theme.action),
        pair(theme.on_action)
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        let close = |a: f64, b: f64| (a - b).abs() < 0.01;
        assert!(close(contrast(WHITE, BLACK), 21.0));
        // Two pairs of the table in the design notes.
        assert!(close(contrast(rgb(0x000a_5a4a), rgb(0x00f1_efec)), 7.11));
        assert!(close(contrast(WHITE, rgb(0x001d_4a86)), 8.84));
    }

    #[test]
    fn a_faint_colour_is_refused_with_the_nearest_that_works() {
        let refusal = check("#ffd400").expect_err("refused");
        assert_eq!((refusal.fields[0].name, refusal.fields[0].code), ("colour", "colour-faint"));
        let Some((_, Arg::Text(near))) = refusal.fields[0].args.first() else { panic!("no colour in {refusal:?}") };
        assert_eq!(check(near), Ok(Some(near.clone())));
        assert_eq!(check(" 96304A "), Ok(Some("#96304a".to_owned())));
        assert_eq!(check(""), Ok(None));
        assert_eq!(check("rouge").expect_err("refused").fields[0].code, "colour-malformed");
    }

    proptest! {
        #[test]
        fn every_colour_gives_a_theme_that_can_be_read_or_one_that_does(r: u8, g: u8, b: u8) {
            let colour = Colour([r, g, b]);
            let made = theme(colour).or_else(theme).expect("the nearest colour works");
            let lowest = |colour: Colour, grounds: &[Colour]| grounds.iter().map(|g| contrast(colour, *g)).fold(21.0, f64::min);
            prop_assert!(lowest(made.action.0, &LIGHT) >= TEXT && lowest(made.action.1, &DARK) >= TEXT);
            prop_assert!(lowest(made.deep.0, &LIGHT) >= TEXT && lowest(made.deep.1, &DARK) >= TEXT);
            prop_assert!(contrast(made.deep.0, made.wall.0) >= TEXT && contrast(made.deep.1, made.wall.1) >= TEXT);
            prop_assert!(lowest(made.wall.0, &ON_LIGHT_WALL) >= TEXT && lowest(made.wall.1, &ON_DARK_WALL) >= TEXT);
            prop_assert!(contrast(made.on_action.0, made.action.0) >= TEXT && contrast(made.on_action.1, made.action.1) >= TEXT);
        }
    }
}
