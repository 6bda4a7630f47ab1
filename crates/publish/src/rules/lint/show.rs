//! Rules about the show that carries the episode. They warn and never block: what a directory asks of a channel is no
//! reason to miss a morning.

use super::apple::is_category;
use super::episode::{DESCRIPTION, is_picture};
use super::{Found, LintInput, whole};
use crate::model::{Funding, Show, TxtRecord};

/// The media of the podcast namespace; each but the last two may carry an `L` for a list.
const MEDIUMS: &[&str] =
    &["podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "course", "publisher", "mixed"];

pub(super) fn check(input: &LintInput<'_>, found: &mut Found) {
    let show = input.show;
    let (_, text) = match show.texts.is_empty() {
        true => return,
        false => show.text(&show.language),
    };
    let description = text.description_html.as_str();
    found.when(description.trim().is_empty() && text.tagline.trim().is_empty(), "show-description");
    if description.len() > DESCRIPTION {
        found.add("show-description-long", vec![("bytes", whole(description.len())), ("most", whole(DESCRIPTION))]);
    }
    found.when(text.title.chars().count() > 150, "show-title-long");
    found.when(show.author.trim().is_empty(), "show-author");
    found.when(show.language.is_empty() || show.language == "und", "show-language");
    cover(show, found);
    categories(show, found);
    podcasting(show, found);
}

fn cover(show: &Show, found: &mut Found) {
    let Some(image) = &show.cover else {
        found.when(show.remote_cover_url.is_none(), "show-cover");
        return;
    };
    let square = image.width == image.height && (1400..=3000).contains(&image.width);
    if !square {
        found.add("show-cover-size", vec![("width", image.width.into()), ("height", image.height.into())]);
    }
    found.when(!is_picture(image), "show-cover-type");
}

fn categories(show: &Show, found: &mut Found) {
    found.when(show.categories.is_empty(), "show-category");
    let unknown = show.categories.iter().find(|(main, sub)| !is_category(main, sub.as_deref()));
    if let Some((main, sub)) = unknown {
        let name = sub.as_ref().map_or_else(|| main.clone(), |sub| format!("{main}, {sub}"));
        found.add("show-category-unknown", vec![("name", name.into())]);
    }
}

fn podcasting(show: &Show, found: &mut Found) {
    found.when(!is_uuid(&show.podcast_guid), "show-guid");
    if let Some(medium) = &show.medium {
        let known = MEDIUMS.iter().any(|m| medium == m || medium.strip_suffix('L') == Some(m));
        if !known {
            found.add("show-medium", vec![("medium", medium.as_str().into())]);
        }
    }
    let bad = |f: &Funding| !crate::rules::check::is_web_url(&f.url) || f.text.chars().count() > 128;
    found.when(show.funding.iter().any(bad), "show-funding");
    let bad = |t: &TxtRecord| t.value.trim().is_empty() || t.value.len() > 4000 || t.purpose.chars().count() > 128;
    found.when(show.settings.feed.txt.iter().any(bad), "show-txt");
    let frequency = show.settings.feed.update_frequency.as_ref();
    found.when(frequency.is_some_and(|f| !f.rrule.is_empty() && !crate::rules::show::is_rrule(&f.rrule)), "show-rrule");
    let moved = show.settings.feed.moved_to.as_ref();
    found.when(moved.is_some_and(|url| !url.starts_with("https://")), "show-moved");
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}
