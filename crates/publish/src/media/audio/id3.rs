//! Reads ID3v2.2, 2.3 and 2.4 at the front and ID3v1 or APE at the back.
//! Only a few text frames, the presence of a cover, and CHAP frames are kept.
//! A tag that claims more bytes than the file has is refused.
//! Pictures are never copied or decoded.

use std::io::{Read, Seek, SeekFrom};

use super::{ProbeError, Tags, clean_text, read_up_to};

/// Bytes of one tag that are looked at; covers beyond that only hide later frames.
const MAX_TAG_READ: u64 = 16 * 1024 * 1024;
/// Tags in a row that are skipped.
const MAX_TAGS: usize = 8;
const MAX_CHAPTERS: usize = 1000;
const MAX_TEXT: usize = 500;
const MAX_COMMENT: usize = 4000;

/// Reads all ID3v2 tags at the start and gives the offset after the last one.
pub(super) fn read_leading<R: Read + Seek>(reader: &mut R, size: u64, tags: &mut Tags) -> Result<u64, ProbeError> {
    let mut at = 0u64;
    for _ in 0..MAX_TAGS {
        reader.seek(SeekFrom::Start(at))?;
        let mut head = [0u8; 10];
        if read_up_to(reader, &mut head)? < head.len() || !head.starts_with(b"ID3") {
            return Ok(at);
        }
        let [_, _, _, version, _, flags, s0, s1, s2, s3] = head;
        if !(2..=4).contains(&version) {
            return Err(ProbeError::Malformed("id3_version"));
        }
        let length = syncsafe([s0, s1, s2, s3]).ok_or(ProbeError::Malformed("id3_size"))?;
        let footer = if version == 4 && flags & 0x10 != 0 { 10 } else { 0 };
        let next = at + 10 + length + footer;
        if next > size {
            return Err(ProbeError::Malformed("id3_overrun"));
        }
        // The length was checked against the file, so this buffer is earned.
        let mut body = vec![0u8; length.min(MAX_TAG_READ) as usize];
        let got = read_up_to(reader, &mut body)?;
        body.truncate(got);
        parse_tag(version, flags, body, tags);
        at = next;
    }
    Ok(at)
}

/// Looks for ID3v1 and APE tags at the end; gives the offset where audio ends.
pub(super) fn read_trailing<R: Read + Seek>(
    reader: &mut R,
    start: u64,
    size: u64,
    tags: &mut Tags,
) -> Result<u64, ProbeError> {
    let mut end = size;
    if end >= start + 128 {
        let mut tail = [0u8; 128];
        reader.seek(SeekFrom::Start(end - 128))?;
        if read_up_to(reader, &mut tail)? == tail.len() && tail.starts_with(b"TAG") {
            end -= 128;
            let field = |from: usize, to: usize| {
                let bytes = tail.get(from..to).unwrap_or_default();
                let bytes = bytes.split(|b| *b == 0).next().unwrap_or_default();
                clean_text(&latin1(bytes), MAX_TEXT)
            };
            fill(&mut tags.title, || field(3, 33));
            fill(&mut tags.artist, || field(33, 63));
            fill(&mut tags.album, || field(63, 93));
            fill(&mut tags.year, || field(93, 97));
            fill(&mut tags.comment, || field(97, 125));
        }
    }
    if end >= start + 32 {
        let mut foot = [0u8; 32];
        reader.seek(SeekFrom::Start(end - 32))?;
        if read_up_to(reader, &mut foot)? == foot.len() && foot.starts_with(b"APETAGEX") {
            let le = |at: usize| {
                foot.get(at..at + 4).and_then(|b| <[u8; 4]>::try_from(b).ok()).map_or(0, u32::from_le_bytes)
            };
            let header = if le(20) & 0x8000_0000 != 0 { 32 } else { 0 };
            let length = u64::from(le(12)) + header;
            if length >= 32 && length <= end - start {
                end -= length;
            }
        }
    }
    Ok(end)
}

fn fill(slot: &mut Option<String>, value: impl FnOnce() -> Option<String>) {
    if slot.is_none() {
        *slot = value();
    }
}

fn syncsafe(bytes: [u8; 4]) -> Option<u64> {
    bytes.iter().try_fold(0u64, |sum, b| (b & 0x80 == 0).then_some((sum << 7) | u64::from(*b)))
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |sum, b| (sum << 8) | u64::from(*b))
}

/// Undoes unsynchronisation: the zero after each 0xff is dropped.
fn resynchronise(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut after_ff = false;
    for byte in body {
        if !(after_ff && *byte == 0) {
            out.push(*byte);
        }
        after_ff = *byte == 0xff;
    }
    out
}

fn parse_tag(version: u8, flags: u8, mut body: Vec<u8>, tags: &mut Tags) {
    if flags & 0x80 != 0 && version < 4 {
        body = resynchronise(&body);
    }
    let mut skip = 0usize;
    if version > 2 && flags & 0x40 != 0 {
        let size: Option<[u8; 4]> = body.get(..4).and_then(|b| b.try_into().ok());
        skip = match (version, size) {
            // Version 3 does not count its own four bytes, version 4 does.
            (3, Some(size)) => big_endian(&size) as usize + 4,
            (_, Some(size)) => syncsafe(size).unwrap_or(0) as usize,
            _ => 0,
        };
    }
    let body = body.get(skip..).unwrap_or_default();
    let mut chapters = Vec::new();
    for_each_frame(version, body, |id, data| match id {
        b"CHAP" if chapters.len() < MAX_CHAPTERS => chapters.extend(chapter(version, data)),
        _ => take_frame(id, data, tags),
    });
    chapters.sort_by_key(|(start, _)| *start);
    if tags.id3_chapters.is_empty() {
        tags.id3_chapters = chapters;
    }
}

/// Calls `each` with the identifier and the plain data of every readable frame.
fn for_each_frame(version: u8, mut rest: &[u8], mut each: impl FnMut(&[u8], &[u8])) {
    let (id_len, head_len) = if version == 2 { (3, 6) } else { (4, 10) };
    while rest.len() > head_len {
        let (head, tail) = rest.split_at(head_len);
        let (id, numbers) = head.split_at(id_len);
        if !id.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            return;
        }
        let size = match (version, numbers) {
            (2, [a, b, c]) => big_endian(&[*a, *b, *c]),
            (4, [a, b, c, d, ..]) => {
                // Some writers forget that version 4 sizes are syncsafe.
                let raw = [*a, *b, *c, *d];
                syncsafe(raw).unwrap_or_else(|| big_endian(&raw))
            }
            (_, [a, b, c, d, ..]) => big_endian(&[*a, *b, *c, *d]),
            _ => return,
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(tail.len());
        let (data, next) = tail.split_at(size);
        rest = next;
        let format = if version == 2 { 0 } else { numbers.get(5).copied().unwrap_or(0) };
        match version {
            // Compressed or encrypted frames are left alone.
            3 if format & 0xc0 != 0 => continue,
            4 if format & 0x0c != 0 => continue,
            _ => {}
        }
        let grouped = (version == 3 && format & 0x20 != 0) || (version == 4 && format & 0x40 != 0);
        let indicator = if version == 4 && format & 1 != 0 { 4 } else { 0 };
        let data = data.get(usize::from(grouped) + indicator..).unwrap_or_default();
        if version == 4 && format & 2 != 0 {
            each(id, &resynchronise(data));
        } else {
            each(id, data);
        }
    }
}

fn take_frame(id: &[u8], data: &[u8], tags: &mut Tags) {
    match id {
        b"TIT2" | b"TT2" => fill(&mut tags.title, || text(data)),
        b"TPE1" | b"TP1" => fill(&mut tags.artist, || text(data)),
        b"TALB" | b"TAL" => fill(&mut tags.album, || text(data)),
        b"TDRC" | b"TYER" | b"TYE" | b"TDRL" => fill(&mut tags.year, || text(data)),
        b"COMM" | b"COM" => fill(&mut tags.comment, || comment(data)),
        b"APIC" | b"PIC" if data.len() > 16 => tags.has_cover = true,
        _ => {}
    }
}

fn text(data: &[u8]) -> Option<String> {
    let (encoding, rest) = data.split_first()?;
    clean_text(&decode(*encoding, first_value(*encoding, rest).0), MAX_TEXT)
}

/// A comment is an encoding, a language, a short description and the text.
fn comment(data: &[u8]) -> Option<String> {
    let (encoding, rest) = data.split_first()?;
    let rest = rest.get(3..)?;
    let (description, value) = first_value(*encoding, rest);
    // Volume normalisation data hides in comments under such names.
    if decode(*encoding, description).starts_with("iTun") {
        return None;
    }
    clean_text(&decode(*encoding, first_value(*encoding, value).0), MAX_COMMENT)
}

/// Start in milliseconds and title of a CHAP frame.
fn chapter(version: u8, data: &[u8]) -> Option<(u64, String)> {
    let name_end = data.iter().position(|b| *b == 0)?;
    let rest = data.get(name_end + 1..)?;
    let start = big_endian(rest.get(..4)?);
    let mut title = None;
    for_each_frame(version, rest.get(16..)?, |id, data| {
        if id == b"TIT2" && title.is_none() {
            title = text(data);
        }
    });
    Some((start, title.unwrap_or_default()))
}

/// Splits at the terminator of the encoding: one zero byte, or two for UTF-16.
fn first_value(encoding: u8, data: &[u8]) -> (&[u8], &[u8]) {
    if matches!(encoding, 1 | 2) {
        let end = data.chunks_exact(2).position(|pair| pair == [0, 0]).map(|n| n * 2);
        match end {
            Some(end) => (&data[..end], data.get(end + 2..).unwrap_or_default()),
            None => (data, &[]),
        }
    } else {
        match data.iter().position(|b| *b == 0) {
            Some(end) => (&data[..end], data.get(end + 1..).unwrap_or_default()),
            None => (data, &[]),
        }
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

fn decode(encoding: u8, bytes: &[u8]) -> String {
    // Enough for any limit above, so that a huge frame costs nothing.
    let bytes = bytes.get(..bytes.len().min(MAX_COMMENT * 4)).unwrap_or_default();
    let utf16 = |bytes: &[u8], little: bool| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|p| if little { u16::from_le_bytes([p[0], p[1]]) } else { u16::from_be_bytes([p[0], p[1]]) })
            .collect();
        String::from_utf16_lossy(&units)
    };
    match (encoding, bytes) {
        (1, [0xff, 0xfe, rest @ ..]) => utf16(rest, true),
        (1, [0xfe, 0xff, rest @ ..]) => utf16(rest, false),
        (1, rest) => utf16(rest, true),
        (2, rest) => utf16(rest, false),
        (3, rest) => String::from_utf8_lossy(rest).into_owned(),
        (_, rest) => latin1(rest),
    }
}
