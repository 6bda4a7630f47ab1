//! Rules about an episode's texts, number, identity, cover and people.

use kernel::fold;

use super::{Found, LintInput, whole};
use crate::model::{EpisodeKind, EpisodeText, Image, ShowKind};
use crate::rules::approval::Standing;
use crate::text;

/// Longest title our own forms take, in characters.
const TITLE: usize = 255;
/// Lists of apps cut titles about here, in characters.
const TITLE_SHOWN: usize = 100;
/// Apple reads so many bytes of a description.
pub(super) const DESCRIPTION: usize = 4000;

/// Words that say nothing about where a link goes, folded.
const EMPTY_LINKS: &[&str] = &[
    "ici",
    "cliquez ici",
    "cliquer ici",
    "lien",
    "le lien",
    "ce lien",
    "lire",
    "lire la suite",
    "en savoir plus",
    "plus",
    "here",
    "click here",
    "link",
    "this link",
    "read",
    "read more",
    "more",
    "learn more",
];

pub(super) fn check(input: &LintInput<'_>, found: &mut Found) {
    let (show, episode) = (input.show, &input.full.episode);
    for text in episode.texts.values() {
        titles(text, episode.number, found);
    }
    found.when(episode.texts.is_empty(), "title-missing");
    found.when(input.twins.title, "title-twice");
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    let spoken = episode.texts.keys().any(|l| primary(l) == primary(&show.language));
    found.when(!spoken && !episode.texts.is_empty() && show.language != "und", "language-missing");
    for text in episode.texts.values() {
        notes(text, found);
    }
    numbers(input, found);
    identity(input, found);
    cover(episode.cover.as_ref(), found);
    let silent = |t: &EpisodeText| t.cover_alt.trim().is_empty();
    found.when(episode.cover.is_some() && episode.texts.values().any(silent), "cover-alt");
    let unknown = input.full.credits.iter().find(|c| !crate::feed::taxonomy::is_role(&c.role));
    if let Some(credit) = unknown {
        found.add("role-unknown", vec![("role", credit.role.as_str().into()), ("who", credit.name.as_str().into())]);
    }
    approval(input, found);
}

fn titles(text: &EpisodeText, number: Option<i64>, found: &mut Found) {
    let title = text.title.as_str();
    let count = title.chars().count();
    found.when(title.trim().is_empty(), "title-missing");
    if count > TITLE {
        found.add("title-long", vec![("count", whole(count)), ("most", whole(TITLE))]);
    } else if count > TITLE_SHOWN {
        found.add("title-cut", vec![("count", whole(count)), ("most", whole(TITLE_SHOWN))]);
    }
    found.when(title.trim() != title || title.contains("  "), "title-spaces");
    found.when(number.is_some_and(|n| repeats_number(title, n)), "title-number");
}

/// Whether a title begins with the number that stands beside it: `#12`, `12 -`, `Épisode 12`, `Ep. 12`.
fn repeats_number(title: &str, number: i64) -> bool {
    let folded = fold(title);
    let rest = ["épisode ", "episode ", "ép. ", "ep. ", "ep ", "no. ", "n° ", "no ", "#"]
        .iter()
        .find_map(|word| folded.strip_prefix(word));
    let named = rest.is_some();
    let Some(after) = rest.unwrap_or(&folded).trim_start().strip_prefix(&number.to_string()) else { return false };
    let whole = !after.starts_with(|c: char| c.is_alphanumeric());
    let after = after.trim_start();
    let ends = after.is_empty() || after.starts_with([':', '-', '–', '—', '.', '|', '/', ',']);
    whole && (named || ends)
}

fn notes(text: &EpisodeText, found: &mut Found) {
    let html = text.notes_html.as_str();
    let empty = text.summary.trim().is_empty();
    if empty && html.trim().is_empty() {
        found.add("description-missing", Vec::new());
    } else if empty && html.len() > DESCRIPTION {
        found.add("description-long", vec![("bytes", whole(html.len())), ("most", whole(DESCRIPTION))]);
    }
    found.when(!empty && fold(&text.summary) == fold(&text.title), "summary-repeats");
    let links = links(html);
    let poor = links.iter().find(|said| {
        let said = fold(said);
        let said = said.trim_end_matches(['.', '!', '…', ' ']);
        said.is_empty() || EMPTY_LINKS.contains(&said)
    });
    if let Some(said) = poor {
        found.add("link-text", vec![("text", said.as_str().into())]);
    }
    found.when(html.contains("<img>") || html.contains("<img alt=\"\""), "notes-picture");
}

/// The texts of the links in sanitised HTML; nothing else is handed in, so a plain search is enough.
fn links(html: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find("<a ") {
        let Some(open) = rest[at..].find('>') else { break };
        let body = &rest[at + open + 1..];
        let Some(end) = body.find("</a>") else { break };
        out.push(kernel::line(&text::html_to_text(&body[..end])));
        rest = &body[end..];
    }
    out
}

fn numbers(input: &LintInput<'_>, found: &mut Found) {
    let episode = &input.full.episode;
    let full = episode.kind == EpisodeKind::Full;
    found.when(input.show.kind == ShowKind::Serial && full && episode.number.is_none(), "number-missing");
    found.when(episode.number == Some(0), "number-zero");
    found.when(input.twins.number, "number-twice");
    found.when(episode.season == Some(0), "season-zero");
}

fn identity(input: &LintInput<'_>, found: &mut Found) {
    let episode = &input.full.episode;
    let guid = episode.guid.as_str();
    found.when(guid.trim().is_empty(), "guid-empty");
    let linked = url::Url::parse(guid).is_ok_and(|u| matches!(u.scheme(), "http" | "https"));
    found.when(episode.guid_is_permalink && !linked, "guid-link");
    let odd = |c: char| c.is_whitespace() || c.is_control();
    found.when(!guid.trim().is_empty() && (guid.contains(odd) || guid.chars().count() > 255), "guid-odd");
}

fn cover(image: Option<&Image>, found: &mut Found) {
    let Some(image) = image else { return };
    let (width, height) = (image.width, image.height);
    let size = || vec![("width", width.into()), ("height", height.into())];
    if !(1400..=3000).contains(&width.min(height)) || width.max(height) > 3000 {
        found.add("cover-size", size());
    }
    if width != height {
        found.add("cover-shape", size());
    }
    found.when(!is_picture(image), "cover-type");
}

/// Whether a picture is of a type Apple reads.
pub(super) fn is_picture(image: &Image) -> bool {
    matches!(image.mime.as_str(), "image/jpeg" | "image/png")
}

fn approval(input: &LintInput<'_>, found: &mut Found) {
    let needed = input.show.settings.desk.approval_needed;
    let level = (!needed).then_some(crate::model::checks::Level::Warning);
    match &input.approval {
        Standing::Approved { .. } => {}
        Standing::None => found.when(needed, "approval-missing"),
        Standing::Outdated { version } => {
            let args = vec![("approved", (*version).into()), ("now", input.full.episode.version.into())];
            found.add_as("approval-outdated", level, args);
        }
        Standing::Changes { name, .. } => {
            found.add_as("approval-changes", level, vec![("who", name.as_str().into())]);
        }
    }
}
