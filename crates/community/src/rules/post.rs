//! What may be posted: lengths, pictures with words, one thing passed on at a time. Pure; every refusal names its field.

use kernel::{Lang, Refusal};

use crate::model::{Image, PassedOn};

/// The most characters of a post.
pub const LONGEST: usize = 2_000;
/// The most pictures.
pub const MOST_IMAGES: usize = 4;
/// The most characters of what is said of a picture.
pub const LONGEST_ALT: usize = 1_500;
/// The fields of what is said of pictures, in their order.
pub const ALTS: [&str; MOST_IMAGES] = ["alt0", "alt1", "alt2", "alt3"];
/// The most links that get a card.
pub const MOST_CARDS: usize = 2;
/// The most posts of one voice in an hour.
pub const MOST_AN_HOUR: i64 = 60;

/// How often a post can be edited: everything it said stays to be read.
pub const MOST_VERSIONS: i64 = 100;

/// What somebody wants to post.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The words.
    pub body: String,
    /// The language, a tag.
    pub lang: String,
    /// Pictures in order, already made anew.
    pub images: Vec<Image>,
    /// What is passed on.
    pub of: Option<PassedOn>,
    /// The same text for the same wish: asked twice, it is posted once.
    pub request: Option<String>,
}

/// Whether two letters or more with hyphens can be a language tag (BCP 47, its well-formed shape only).
#[must_use]
pub fn is_lang(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()))
        && tag.len() <= 35
}

/// A draft with its words in order, or why it cannot be posted. Empty words are good with a picture, with a video or when
/// something is passed on.
///
/// # Errors
/// `check-fields` with the fields that are wrong.
pub fn check(draft: &Draft, has_video: bool) -> Result<Draft, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    let body = kernel::paragraph(&draft.body);
    let length = body.chars().count();
    if length > LONGEST {
        refusal = refusal.field_with("body", "too-long", ("most", (LONGEST as i64).into()));
    }
    if body.is_empty() && draft.images.is_empty() && draft.of.is_none() && !has_video {
        refusal = refusal.field("body", "required");
    }
    // Without words it would be a reshare, which has no pictures of its own.
    if body.is_empty() && draft.of.is_some() && !draft.images.is_empty() {
        refusal = refusal.field("body", "quote-words");
    }
    if draft.images.len() > MOST_IMAGES {
        refusal = refusal.field("images", "too-many-images");
    }
    let mut images = draft.images.clone();
    for image in &mut images {
        image.alt = kernel::line(&image.alt);
    }
    for (image, field) in images.iter().zip(ALTS) {
        if image.alt.is_empty() {
            refusal = refusal.field(field, "alt-required");
        } else if image.alt.chars().count() > LONGEST_ALT {
            refusal = refusal.field_with(field, "too-long", ("most", (LONGEST_ALT as i64).into()));
        }
    }
    let lang = if draft.lang.is_empty() { Lang::Fr.code().to_owned() } else { draft.lang.clone() };
    if !is_lang(&lang) {
        refusal = refusal.field("lang", "language");
    }
    refusal.unless_clean()?;
    Ok(Draft { body, lang, images, of: draft.of, request: draft.request.clone() })
}

#[cfg(test)]
mod tests {
    use kernel::Subject;

    use super::*;

    fn image(alt: &str) -> Image {
        Image {
            sha256: "a".into(),
            small_sha256: "b".into(),
            media_type: "image/jpeg".into(),
            width: 10,
            height: 10,
            alt: alt.into(),
        }
    }

    #[test]
    fn what_may_be_posted() {
        let of = Some(PassedOn { subject: Subject::post(1), author: 2 });
        let words = |body: &str| Draft { body: body.into(), lang: "fr".into(), ..Draft::default() };
        let cases: Vec<(Draft, bool, Result<(), &str>)> = vec![
            (words("Bonjour"), false, Ok(())),
            (words("  \n "), false, Err("body=required")),
            (words(""), true, Ok(())),
            (words(&"é".repeat(LONGEST)), false, Ok(())),
            (words(&"é".repeat(LONGEST + 1)), false, Err("body=too-long")),
            (Draft { of, ..words("") }, false, Ok(())),
            (Draft { images: vec![image("Un pont")], ..words("") }, false, Ok(())),
            (Draft { images: vec![image(" ")], ..words("x") }, false, Err("alt0=alt-required")),
            (Draft { images: vec![image("Un"), image("")], ..words("x") }, false, Err("alt1=alt-required")),
            (Draft { images: vec![image("Un")], of, ..words("") }, false, Err("body=quote-words")),
            (Draft { images: vec![image("Un")], of, ..words("x") }, false, Ok(())),
            (Draft { images: vec![image("a"); 5], ..words("x") }, false, Err("images=too-many-images")),
            (Draft { lang: "français".into(), ..words("x") }, false, Err("lang=language")),
            (Draft { lang: "pt-BR".into(), ..words("x") }, false, Ok(())),
        ];
        for (draft, video, expected) in cases {
            let found = check(&draft, video).map(drop).map_err(|r| r.to_string());
            assert_eq!(found, expected.map_err(|e| format!("check-fields {e}")), "{draft:?}");
        }
    }
}
