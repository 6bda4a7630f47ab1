//! The sound of a post: PowerPress's `enclosure` meta, Seriously Simple Podcasting's `audio_file`, an enclosure element.
//! It only finds addresses; nothing is fetched.

use super::build::RawItem;
use super::php;
use crate::reader::urls::{self, Address, types_for};
use crate::reader::{Enclosure, parse_duration};

/// The sound, and its seconds when the plugin says them.
pub(super) fn sound(item: &RawItem, base: Option<&str>) -> (Option<Enclosure>, Option<u32>) {
    let meta = |name: &str| item.meta.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
    let seconds = |text: &str| parse_duration(text).ok();
    let mut duration = meta("duration").and_then(seconds);
    let size = meta("filesize_raw").and_then(|s| s.parse().ok()).filter(|n| *n > 0);
    if let Some(url) = meta("audio_file").filter(|url| !url.is_empty())
        && let Some(enclosure) = enclosure(url, size, "", base)
    {
        return (Some(enclosure), duration);
    }
    for (_, value) in item.meta.iter().filter(|(key, _)| key == "enclosure" || key.ends_with(":enclosure")) {
        // Address, bytes, type and, for PowerPress, a serialized array, one to a line.
        let mut lines = value.trim().splitn(4, '\n').map(str::trim);
        let (url, length, mime) = (lines.next(), lines.next(), lines.next());
        let length = length.and_then(|n| n.parse().ok()).filter(|n| *n > 0);
        if let Some(found) = enclosure(url.unwrap_or_default(), length, mime.unwrap_or_default(), base) {
            let told = lines.next().and_then(php::parse).and_then(|extra| extra.get("duration"));
            duration = told.as_deref().and_then(seconds).or(duration);
            return (Some(found), duration);
        }
    }
    let of = |(url, length, mime): &(String, String, String)| enclosure(url, length.parse().ok(), mime, base);
    (item.enclosures.iter().find_map(of), duration)
}

/// An enclosure of sound or video; nothing for other files and for what is no address.
fn enclosure(url: &str, length: Option<u64>, mime: &str, base: Option<&str>) -> Option<Enclosure> {
    let url = http(url, base)?;
    let declared = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let by_ending = urls::extension(&url).and_then(|ending| types_for(&ending).first().copied());
    let mime = if declared.contains('/') { declared } else { by_ending.unwrap_or("audio/mpeg").to_owned() };
    let heard = mime.starts_with("audio/") || mime.starts_with("video/");
    heard.then_some(Enclosure { url, length, mime })
}

/// An http(s) address, made absolute.
pub(super) fn http(raw: &str, base: Option<&str>) -> Option<String> {
    match urls::address(raw, base) {
        Address::Good(url) | Address::Repaired(url) | Address::Resolved(url) => Some(url),
        Address::Bad => None,
    }
}

/// The media type a file's ending claims.
pub(super) fn mime_of(url: &str) -> String {
    let ending = urls::extension(url).unwrap_or_default();
    let known = match ending.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "pdf" => "application/pdf",
        other => types_for(other).first().copied().unwrap_or("application/octet-stream"),
    };
    known.to_owned()
}
