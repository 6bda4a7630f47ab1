//! What the form of a comment accepts, field by field, and the two walls a person never notices: a field people do not
//! see, and the time a form takes to fill. Standards: addresses are those browsers accept (WHATWG), sites are http(s).

use kernel::{At, Field, Refusal, line, paragraph};

use crate::model::{Guest, Typed};

/// The longest comment, in characters.
pub const MOST_CHARACTERS: usize = 5_000;
/// The longest name.
pub const MOST_NAME: usize = 80;
/// The least time between seeing a form and sending it, in seconds.
pub const LEAST_SECONDS: i64 = 3;

/// Characters that turn the direction of text around or hide in it.
fn is_trick(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
        || ('\u{f8f0}'..='\u{f8ff}').contains(&c)
}

/// Text as it is kept: line ends unified, controls and tricks dropped, at most one empty line in a row.
#[must_use]
pub fn clean_body(text: &str) -> String {
    let text: String = paragraph(text).chars().filter(|c| !is_trick(*c)).collect();
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for row in text.lines() {
        let row = row.trim_end();
        empty = if row.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(row);
            out.push('\n');
        }
    }
    out.trim_end().to_owned()
}

/// A name as it is kept.
#[must_use]
pub fn clean_name(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_trick(*c)).collect();
    line(&text)
}

/// A site as typed, completed: `example.org` becomes `https://example.org`. `None` when it is no http(s) address.
#[must_use]
pub fn site(text: &str) -> Option<String> {
    let text = line(text);
    let whole = match text.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https") => text,
        Some(_) => return None,
        None => format!("https://{text}"),
    };
    let rest = whole.split_once("://").map(|(_, rest)| rest)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let good = whole.len() <= 300
        && host.contains('.')
        && !host.contains('@')
        && host.chars().all(|c| c.is_alphanumeric() || ".-:".contains(c))
        && !whole.chars().any(|c| c.is_whitespace() || c.is_control() || "\"'<>\\`".contains(c));
    good.then_some(whole)
}

fn check_body(body: &str, refusal: Refusal) -> Refusal {
    let count = body.chars().count();
    if body.is_empty() {
        refusal.field("body", "required")
    } else if count > MOST_CHARACTERS {
        let most = i64::try_from(MOST_CHARACTERS).unwrap_or(i64::MAX);
        refusal.field_with("body", "too-long", ("most", most.into()))
    } else {
        refusal
    }
}

/// A guest's form: the guest and the cleaned text.
///
/// # Errors
/// `comment-fields` with a problem per field, in the order of the form.
pub fn check_guest(typed: &Typed) -> Result<(Guest, String), Refusal> {
    let (name, email, body) = (clean_name(&typed.name), line(&typed.email), clean_body(&typed.body));
    let mut refusal = check_body(&body, Refusal::invalid("comment-fields"));
    if name.is_empty() {
        refusal = refusal.field("name", "required");
    } else if name.chars().count() > MOST_NAME {
        refusal = refusal.field_with("name", "too-long", ("most", 80_i64.into()));
    } else if name.contains('@') || name.contains("://") {
        // Whoever types an address into the wrong field would publish it.
        refusal = refusal.field("name", "comment-name-is-address");
    }
    if let Err(code) = kernel::email(&email) {
        refusal = refusal.field("email", code);
    }
    let wanted = line(&typed.url);
    let url = if wanted.is_empty() { None } else { site(&wanted) };
    if !wanted.is_empty() && url.is_none() {
        refusal = refusal.field("url", "comment-site-shape");
    }
    refusal.unless_clean()?;
    Ok((Guest { name, email, url }, body))
}

/// A member's form: the cleaned text.
///
/// # Errors
/// `comment-fields`.
pub fn check_member(typed: &Typed) -> Result<String, Refusal> {
    let body = clean_body(&typed.body);
    check_body(&body, Refusal::invalid("comment-fields")).unless_clean()?;
    Ok(body)
}

/// What the walls say about a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wall {
    /// It may pass.
    Open,
    /// There is no stamp: the form came from a ready page without a script. It is shown again, with one.
    Preview,
}

/// The two walls: `hidden` is what stands in the field nobody sees, `stamped` when the stamp was handed out.
///
/// # Errors
/// `comment-refused`, `comment-too-fast` or `comment-stale`.
pub fn walls(hidden: &str, stamp: Option<Option<At>>, now: At) -> Result<Wall, Refusal> {
    if !hidden.trim().is_empty() {
        return Err(Refusal::invalid("comment-refused"));
    }
    match stamp {
        None => Ok(Wall::Preview),
        Some(None) => Err(Refusal::invalid("comment-stale")),
        Some(Some(at)) if now < at.plus_seconds(LEAST_SECONDS) => Err(Refusal::invalid("comment-too-fast")),
        Some(Some(at)) if now >= at.plus_seconds(crate::seal::STAMP_SECONDS) => Err(Refusal::invalid("comment-stale")),
        Some(Some(_)) => Ok(Wall::Open),
    }
}

/// The codes of a refusal's fields, for tests and scripts.
#[must_use]
pub fn codes(refusal: &Refusal) -> Vec<(&'static str, &'static str)> {
    refusal.fields.iter().map(|f: &Field| (f.name, f.code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(name: &str, email: &str, url: &str, body: &str) -> Typed {
        Typed { name: name.to_owned(), email: email.to_owned(), url: url.to_owned(), body: body.to_owned() }
    }

    #[test]
    fn c15_each_field_says_what_is_wrong() {
        let refused = |t: &Typed| codes(&check_guest(t).expect_err("refused"));
        assert_eq!(
            refused(&typed("", "", "", " \n ")),
            [("body", "required"), ("name", "required"), ("email", "required")]
        );
        assert_eq!(refused(&typed("a@b.example", "a@b.example", "", "x")), [("name", "comment-name-is-address")]);
        for (bad, code) in [("a", "email-without-at"), ("a@b", "email-without-end"), ("<a@b.fr>", "email-malformed")] {
            assert_eq!(refused(&typed("A", bad, "", "x")), [("email", code)], "{bad}");
        }
        for bad in
            ["javascript:alert(1)", "ftp://a.example", "http://", "a b", "https://a.example/\"x", "https://u@a.example"]
        {
            assert_eq!(refused(&typed("A", "a@b.fr", bad, "x")), [("url", "comment-site-shape")], "{bad}");
        }
        assert_eq!(refused(&typed("A", "a@b.fr", "", &"x".repeat(5_001))), [("body", "too-long")]);
        assert_eq!(refused(&typed(&"é".repeat(81), "a@b.fr", "", "x")), [("name", "too-long")]);
    }

    #[test]
    fn what_is_right_is_cleaned() {
        let text = "Un\r\n\n\n\n\u{202e}deux\u{0}  \ntrois\u{f8f0}csrf\u{f8f1}\n\n";
        let (guest, body) =
            check_guest(&typed(" Léa \u{200f} B ", "lea+x@mail.exämple", "example.org/a", text)).expect("right");
        assert_eq!((guest.name.as_str(), guest.url.as_deref()), ("Léa B", Some("https://example.org/a")));
        assert_eq!(body, "Un\n\ndeux\ntroiscsrf");
        assert_eq!(clean_body(&body), body);
    }

    #[test]
    fn c15_the_walls() {
        let now = At::from_micros(1_790_000_000_000_000);
        let code = |hidden: &str, stamp| walls(hidden, stamp, now).map_err(|r| r.code);
        assert_eq!(code("", None), Ok(Wall::Preview));
        assert_eq!(code("x", None), Err("comment-refused"));
        assert_eq!(code("", Some(None)), Err("comment-stale"));
        assert_eq!(code("", Some(Some(now.plus_seconds(-2)))), Err("comment-too-fast"));
        assert_eq!(code("", Some(Some(now.plus_seconds(-3)))), Ok(Wall::Open));
        assert_eq!(code("", Some(Some(now.plus_seconds(-86_400)))), Err("comment-stale"));
        assert_eq!(code("", Some(Some(now.plus_seconds(9)))), Err("comment-too-fast"));
    }
}
