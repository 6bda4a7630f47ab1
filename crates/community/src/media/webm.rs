//! Elements of WebM (EBML, RFC 8794; Matroska, RFC 9559). Clusters are stepped over by their lengths; one of unknown length
//! is walked element by element.

use std::io::{Read, Seek, SeekFrom};

use super::{CleanError, Container, Edit, ProbeError, VideoFacts};

const HEADER: u32 = 0x1A45_DFA3;
const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const CLUSTER: u32 = 0x1F43_B675;
const CUES: u32 = 0x1C53_BB6B;
const SEEK_HEAD: u32 = 0x114D_9B74;
const VOID: u32 = 0xEC;
const CHECKSUM: u32 = 0xBF;
/// What stands in a cluster.
const IN_CLUSTER: [u32; 9] = [0xE7, 0xA3, 0xA0, 0xAB, 0xA7, 0x5854, 0xAF, VOID, CHECKSUM];
/// The largest element read into memory.
const MOST_READ: u64 = 1024 * 1024;
/// Elements looked at in one file.
const MOST_ELEMENTS: usize = 400_000;

/// An element by its place; `end` is `None` when its length is not known.
#[derive(Clone, Copy, Debug)]
struct Element {
    id: u32,
    start: u64,
    inner: u64,
    end: Option<u64>,
}

/// A number of variable length, with its marker kept or not; and how many bytes it takes.
fn variable(bytes: &[u8], keep: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = usize::try_from(first.leading_zeros()).ok()? + 1;
    if length > 8 {
        return None;
    }
    let all = bytes.get(..length)?.iter().fold(0_u64, |sum, b| (sum << 8) | u64::from(*b));
    let marker = 1_u64 << (7 * length);
    Some((if keep { all } else { all & !marker }, length))
}

fn element(bytes: &[u8], start: u64, limit: u64) -> Option<Element> {
    let (id, id_length) = variable(bytes, true)?;
    let (length, more) = variable(bytes.get(id_length..)?, false)?;
    let inner = start + (id_length + more) as u64;
    let unknown = length == (1_u64 << (7 * more)) - 1;
    let end = if unknown { None } else { Some(inner.checked_add(length).filter(|end| *end <= limit)?) };
    Some(Element { id: u32::try_from(id).ok()?, start, inner, end })
}

fn read_at<R: Read + Seek>(file: &mut R, at: u64, most: u64) -> Result<Vec<u8>, std::io::Error> {
    file.seek(SeekFrom::Start(at))?;
    let mut out = Vec::new();
    file.by_ref().take(most).read_to_end(&mut out)?;
    Ok(out)
}

/// The header and the elements below the segment, those of clusters left out.
fn parts<R: Read + Seek>(file: &mut R, size: u64) -> Result<Vec<Element>, ProbeError> {
    const BROKEN: ProbeError = ProbeError::Malformed("element");
    let mut next = |at: u64| -> Result<Element, ProbeError> {
        let head = read_at(file, at, 12)?;
        element(&head, at, size).ok_or(BROKEN)
    };
    let header = next(0)?;
    let segment = next(header.end.filter(|_| header.id == HEADER).ok_or(BROKEN)?)?;
    if segment.id != SEGMENT || segment.end.is_some_and(|end| end != size) {
        return Err(ProbeError::Malformed("segment"));
    }
    let (mut out, mut at, mut seen) = (vec![header], segment.inner, 0);
    while at < size {
        seen += 1;
        if seen > MOST_ELEMENTS {
            return Err(BROKEN);
        }
        let found = next(at)?;
        at = match found.end {
            Some(end) => end,
            None if found.id == CLUSTER => found.inner,
            None => return Err(BROKEN),
        };
        if !IN_CLUSTER.contains(&found.id) || found.id == VOID {
            out.push(found);
        }
    }
    Ok(out)
}

/// The children of an element that lies in memory.
fn inside(bytes: &[u8], base: u64) -> Option<Vec<Element>> {
    let (mut out, mut at) = (Vec::new(), 0_usize);
    while at < bytes.len() {
        let found = element(bytes.get(at..)?, base + at as u64, base + bytes.len() as u64)?;
        at = usize::try_from(found.end?.checked_sub(base)?).ok()?;
        out.push(found);
    }
    Some(out)
}

/// An element read whole.
struct Held {
    bytes: Vec<u8>,
    base: u64,
}

impl Held {
    fn read<R: Read + Seek>(file: &mut R, of: Element) -> Result<Self, ProbeError> {
        let length = of.end.map_or(0, |end| end - of.inner);
        if length > MOST_READ {
            return Err(ProbeError::Malformed("element"));
        }
        Ok(Self { bytes: read_at(file, of.inner, length)?, base: of.inner })
    }

    fn content(&self, of: Element) -> &[u8] {
        let at = |n: u64| usize::try_from(n.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.bytes.get(at(of.inner)..at(of.end.unwrap_or(of.inner))).unwrap_or_default()
    }

    fn children(&self, of: Option<Element>) -> Option<Vec<Element>> {
        match of {
            Some(of) => inside(self.content(of), of.inner),
            None => inside(&self.bytes, self.base),
        }
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |sum, b| (sum << 8) | u64::from(*b))
}

/// A length in units as a floating-point number, in whole units.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // bounded just before
fn units(bytes: &[u8]) -> u64 {
    let value = match bytes.len() {
        4 => bytes.try_into().ok().map(|b| f64::from(f32::from_be_bytes(b))),
        8 => bytes.try_into().ok().map(f64::from_be_bytes),
        _ => None,
    };
    value.filter(|v| v.is_finite() && *v >= 0.0 && *v < 1e15).map_or(0, |v| v as u64)
}

fn length(held: &Held) -> i64 {
    let Some(children) = held.children(None) else { return 0 };
    let of = |id: u32| children.iter().find(|c| c.id == id).map(|c| held.content(*c));
    let scale = of(0x2A_D7B1).map_or(1_000_000, number);
    let all = u128::from(of(0x4489).map_or(0, units)) * u128::from(scale) / 1_000_000;
    i64::try_from(all).unwrap_or(i64::MAX)
}

/// The kind of a track: 1 picture, 2 sound; and its width and height.
fn track(held: &Held, entry: Element) -> Option<(u64, i64, i64)> {
    let children = held.children(Some(entry))?;
    let of = |id: u32| children.iter().find(|c| c.id == id);
    let kind = number(held.content(*of(0x83)?));
    let video = of(0xE0).and_then(|v| held.children(Some(*v))).unwrap_or_default();
    let side = |id: u32| {
        let found = video.iter().find(|c| c.id == id);
        found.and_then(|c| i64::try_from(number(held.content(*c))).ok()).unwrap_or(0)
    };
    Some((kind, side(0xB0), side(0xBA)))
}

pub(super) fn probe<R: Read + Seek>(file: &mut R, size: u64) -> Result<VideoFacts, ProbeError> {
    let parts = parts(file, size)?;
    let mut facts = VideoFacts { container: Container::Webm, duration_ms: 0, width: 0, height: 0, has_sound: false };
    for part in parts {
        match part.id {
            INFO => facts.duration_ms = length(&Held::read(file, part)?),
            TRACKS => {
                let held = Held::read(file, part)?;
                for entry in held.children(None).ok_or(ProbeError::Malformed("tracks"))? {
                    match track(&held, entry) {
                        Some((1, width, height)) if facts.width == 0 => {
                            (facts.width, facts.height) = (width, height);
                        }
                        Some((2, ..)) => facts.has_sound = true,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    if facts.width <= 0 || facts.height <= 0 { Err(ProbeError::NoPicture) } else { Ok(facts) }
}

/// An element made to say nothing, of the same length.
fn blank(of: Element) -> Option<Edit> {
    let whole = of.end?.checked_sub(of.start)?;
    let first = if whole >= 9 {
        let rest = (whole - 9) | (1 << 56);
        [vec![0xEC], rest.to_be_bytes().to_vec()].concat()
    } else {
        let rest = u8::try_from(whole.checked_sub(2)?).ok()?;
        vec![0xEC, 0x80 | rest]
    };
    let zeros = whole - first.len() as u64;
    Some(Edit { at: of.start, first, zeros })
}

/// Elements that hold others.
const MASTERS: [u32; 8] = [0xAE, 0xE0, 0xE1, 0x55B0, 0x55D0, 0xBB, 0xB7, 0x4DBB];
/// Elements that are kept: numbers, codes and what a decoder needs. Names, and what is not on the list, say nothing.
const LEAVES: [u32; 68] = [
    // The header.
    0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4282, 0x4287, 0x4285, // The scale and the length.
    0x2A_D7B1, 0x4489, // A track.
    0xD7, 0x73C5, 0x83, 0xB9, 0x88, 0x55AA, 0x9C, 0x6DE7, 0x6DF8, 0x23_E383, 0x23_4E7A, 0x23_314F, 0x55EE, 0x86,
    0x63A2, 0x56AA, 0x56BB, 0xAA, // Its picture.
    0xB0, 0xBA, 0x9A, 0x9D, 0x53B8, 0x53C0, 0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x54B0, 0x54BA,
    0x54B2, // Its colours.
    0x55B1, 0x55B2, 0x55B3, 0x55B4, 0x55B5, 0x55B6, 0x55B7, 0x55B8, 0x55B9, 0x55BA, 0x55BB, 0x55BC, 0x55BD, 0x55D1,
    // Its sound.
    0xB5, 0x78B5, 0x9F, 0x6264, // Places to go to.
    0xB3, 0xF7, 0xF1, 0xF0, 0xB2, 0x5378, 0xEA, 0x53AB, 0x53AC, 0x55D2,
];

/// Makes everything within an element say nothing that is not on the lists; `None` when it cannot be read.
fn scrub(held: &Held, of: Option<Element>, out: &mut Vec<Edit>) -> Option<()> {
    for child in held.children(of)? {
        match child.id {
            // The names of two programs have to be there: they are empty.
            0x4D80 | 0x5741 => {
                out.push(Edit { at: child.inner, first: Vec::new(), zeros: child.end?.checked_sub(child.inner)? });
            }
            id if MASTERS.contains(&id) => scrub(held, Some(child), out)?,
            id if LEAVES.contains(&id) => {}
            _ => out.push(blank(child)?),
        }
    }
    Some(())
}

/// A track whose bytes are packed cannot be played without what says how: that is not on the list.
const PACKED: u32 = 0x6D80;

/// What has to be written over.
pub(super) fn edits<R: Read + Seek>(file: &mut R, size: u64) -> Result<Vec<Edit>, CleanError> {
    const HIDDEN: CleanError = CleanError::Hidden("element");
    let broken = |error| match error {
        ProbeError::Io(error) => CleanError::Io(error),
        _ => HIDDEN,
    };
    let mut out = Vec::new();
    for part in parts(file, size).map_err(broken)? {
        if part.id == CLUSTER || part.id == CHECKSUM {
            continue;
        }
        if !matches!(part.id, HEADER | INFO | TRACKS | CUES | SEEK_HEAD) {
            out.push(blank(part).ok_or(HIDDEN)?);
            continue;
        }
        let held = Held::read(file, part).map_err(broken)?;
        if part.id == TRACKS {
            for entry in held.children(None).ok_or(HIDDEN)? {
                let parts = held.children(Some(entry)).unwrap_or_default();
                let known = matches!(track(&held, entry), Some((1 | 2, ..))) && !parts.iter().any(|p| p.id == PACKED);
                if entry.id != VOID && entry.id != CHECKSUM && !known {
                    return Err(CleanError::Hidden("track"));
                }
            }
        }
        scrub(&held, None, &mut out).ok_or(HIDDEN)?;
    }
    Ok(out)
}
