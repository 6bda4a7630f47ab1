//! Boxes of MP4 and QuickTime. The index is read into memory within a limit; what is not on the list of known boxes is
//! written over when a copy is cleaned.

use std::io::{Read, Seek, SeekFrom};

use super::{CleanError, Container, Edit, ProbeError, VideoFacts, be16, be32, be64};

/// The largest index read.
const MOST_INDEX: u64 = 32 * 1024 * 1024;
/// Boxes looked at on one level.
const MOST_BOXES: usize = 4096;

/// A box by its place in the file.
#[derive(Clone, Copy, Debug)]
struct Place {
    kind: [u8; 4],
    start: u64,
    /// Where its content starts.
    inner: u64,
    end: u64,
}

/// The boxes of the file's top level, and whether they fill it to its end.
fn top<R: Read + Seek>(file: &mut R, size: u64) -> Result<(Vec<Place>, bool), ProbeError> {
    let (mut out, mut at) = (Vec::new(), 0_u64);
    while at < size && out.len() < MOST_BOXES {
        if size - at < 8 {
            return Ok((out, false));
        }
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0_u8; 16];
        let wanted = if size - at < 16 { 8 } else { 16 };
        file.read_exact(head.get_mut(..wanted).unwrap_or_default())?;
        let short = be32(&head, 0).unwrap_or(0);
        let (before, length) = match short {
            0 => (8, size - at),
            1 => (16, be64(&head, 8).unwrap_or(0)),
            short => (8, u64::from(short)),
        };
        let Some(end) = at.checked_add(length).filter(|_| length >= before) else {
            return Err(ProbeError::Malformed("box"));
        };
        if end > size {
            return Err(ProbeError::Malformed("cut-off"));
        }
        let kind = [head[4], head[5], head[6], head[7]];
        out.push(Place { kind, start: at, inner: at + before, end });
        at = end;
    }
    let whole = at == size;
    Ok((out, whole))
}

/// The boxes inside `bytes`, which lie in the file at `base`; `None` when they do not fill it.
fn inside(bytes: &[u8], base: u64) -> Option<Vec<Place>> {
    let (mut out, mut at) = (Vec::new(), 0_usize);
    while at < bytes.len() && out.len() < MOST_BOXES {
        // QuickTime may end a list with four zero bytes.
        if bytes.len() - at < 8 {
            return bytes.get(at..)?.iter().all(|b| *b == 0).then_some(out);
        }
        let short = be32(bytes, at)?;
        let (before, length) = match short {
            0 => (8, bytes.len() - at),
            1 => (16, usize::try_from(be64(bytes, at + 8)?).ok()?),
            short => (8, usize::try_from(short).ok()?),
        };
        let end = at.checked_add(length).filter(|end| length >= before && *end <= bytes.len())?;
        let kind: [u8; 4] = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        out.push(Place { kind, start: base + at as u64, inner: base + (at + before) as u64, end: base + end as u64 });
        at = end;
    }
    (at == bytes.len()).then_some(out)
}

/// The index and where its content lies in the file.
struct Index {
    bytes: Vec<u8>,
    base: u64,
}

impl Index {
    fn read<R: Read + Seek>(file: &mut R, place: Place) -> Result<Self, ProbeError> {
        let length = place.end - place.inner;
        if length > MOST_INDEX {
            return Err(ProbeError::Malformed("index"));
        }
        file.seek(SeekFrom::Start(place.inner))?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        file.read_exact(&mut bytes)?;
        Ok(Self { bytes, base: place.inner })
    }

    fn content(&self, place: Place) -> &[u8] {
        let at = |n: u64| usize::try_from(n.saturating_sub(self.base)).unwrap_or(usize::MAX);
        self.bytes.get(at(place.inner)..at(place.end)).unwrap_or_default()
    }

    fn children(&self, place: Option<Place>) -> Option<Vec<Place>> {
        match place {
            Some(place) => inside(self.content(place), place.inner),
            None => inside(&self.bytes, self.base),
        }
    }

    fn child(&self, place: Place, kind: &[u8; 4]) -> Option<Place> {
        self.children(Some(place))?.into_iter().find(|c| c.kind == *kind)
    }

    /// The handler of a track: `vide`, `soun` or something else.
    fn handler(&self, trak: Place) -> Option<[u8; 4]> {
        let hdlr = self.child(self.child(trak, b"mdia")?, b"hdlr")?;
        self.content(hdlr).get(8..12)?.try_into().ok()
    }
}

/// Units and units a second of `mvhd` or `mdhd`.
fn time(header: &[u8]) -> Option<(u64, u32)> {
    match header.first()? {
        1 => Some((be64(header, 24)?, be32(header, 20)?)),
        _ => Some((u64::from(be32(header, 16)?), be32(header, 12)?)),
    }
}

fn milliseconds(header: &[u8]) -> i64 {
    let Some((units, scale)) = time(header).filter(|(_, scale)| *scale > 0) else { return 0 };
    // All ones means that it is not known.
    if units == u64::MAX || units == u64::from(u32::MAX) {
        return 0;
    }
    i64::try_from(u128::from(units) * 1000 / u128::from(scale)).unwrap_or(i64::MAX)
}

/// Width and height of `tkhd` in pixels, turned as its matrix says.
fn size_of(header: &[u8]) -> Option<(i64, i64)> {
    let after = if header.first()? == &1 { 88 } else { 76 };
    let turned = be32(header, after - 36) == Some(0) && be32(header, after - 32) != Some(0);
    let (width, height) = (i64::from(be16(header, after)?), i64::from(be16(header, after + 4)?));
    Some(if turned { (height, width) } else { (width, height) })
}

pub(super) fn probe<R: Read + Seek>(file: &mut R, size: u64, container: Container) -> Result<VideoFacts, ProbeError> {
    let (places, _) = top(file, size)?;
    let moov = places.iter().find(|p| p.kind == *b"moov").ok_or(ProbeError::Malformed("no-index"))?;
    let index = Index::read(file, *moov)?;
    let boxes = index.children(None).ok_or(ProbeError::Malformed("index"))?;
    let header = boxes.iter().find(|b| b.kind == *b"mvhd").ok_or(ProbeError::Malformed("index"))?;
    let mut facts = VideoFacts {
        container,
        duration_ms: milliseconds(index.content(*header)),
        width: 0,
        height: 0,
        has_sound: false,
    };
    let mut longest = 0;
    for trak in boxes.iter().filter(|b| b.kind == *b"trak") {
        match index.handler(*trak).as_ref() {
            Some(b"vide") => {
                let header = index.child(*trak, b"tkhd").ok_or(ProbeError::Malformed("track"))?;
                let (width, height) = size_of(index.content(header)).ok_or(ProbeError::Malformed("track"))?;
                if facts.width == 0 {
                    (facts.width, facts.height) = (width, height);
                }
            }
            Some(b"soun") => facts.has_sound = true,
            _ => continue,
        }
        let header = index.child(*trak, b"mdia").and_then(|mdia| index.child(mdia, b"mdhd"));
        longest = longest.max(header.map_or(0, |h| milliseconds(index.content(h))));
    }
    // A header may understate what its tracks hold.
    facts.duration_ms = facts.duration_ms.max(longest);
    if facts.width <= 0 || facts.height <= 0 { Err(ProbeError::NoPicture) } else { Ok(facts) }
}

const HIDDEN: CleanError = CleanError::Hidden("index");

/// A whole box made to say nothing.
fn blank(place: Place) -> Edit {
    if place.inner - place.start == 16 {
        // The long length stays.
        return Edit { at: place.start + 4, first: b"free".to_vec(), zeros: 0 };
    }
    Edit { at: place.start + 4, first: b"free".to_vec(), zeros: place.end - place.inner }
}

fn blanks(place: Place, out: &mut Vec<Edit>) {
    out.push(blank(place));
    if place.inner - place.start == 16 {
        out.push(Edit { at: place.inner, first: Vec::new(), zeros: place.end - place.inner });
    }
}

/// The two dates of `mvhd`, `tkhd` or `mdhd`.
fn dates(index: &Index, place: Place) -> Edit {
    let long = index.content(place).first() == Some(&1);
    Edit { at: place.inner + 4, first: Vec::new(), zeros: if long { 16 } else { 8 } }
}

/// What has to be written over.
pub(super) fn edits<R: Read + Seek>(file: &mut R, size: u64) -> Result<Vec<Edit>, CleanError> {
    let broken = |error| match error {
        ProbeError::Io(error) => CleanError::Io(error),
        _ => HIDDEN,
    };
    let (places, whole) = top(file, size).map_err(broken)?;
    if !whole {
        return Err(HIDDEN);
    }
    let mut out = Vec::new();
    for place in &places {
        match &place.kind {
            b"ftyp" | b"mdat" => {}
            b"moov" => moov(&Index::read(file, *place).map_err(broken)?, &mut out)?,
            b"moof" | b"mfra" | b"sidx" => return Err(CleanError::Hidden("fragments")),
            _ => blanks(*place, &mut out),
        }
    }
    Ok(out)
}

fn moov(index: &Index, out: &mut Vec<Edit>) -> Result<(), CleanError> {
    for place in index.children(None).ok_or(HIDDEN)? {
        match &place.kind {
            b"mvhd" => out.push(dates(index, place)),
            b"trak" => trak(index, place, out)?,
            b"mvex" => return Err(CleanError::Hidden("fragments")),
            _ => blanks(place, out),
        }
    }
    Ok(())
}

/// Zeros from a place within a box to its end.
fn rest(place: Place, after: u64) -> Edit {
    let at = place.inner.saturating_add(after).min(place.end);
    Edit { at, first: Vec::new(), zeros: place.end - at }
}

/// Boxes that are kept whole; every other one inside is made to say nothing.
fn keep(index: &Index, of: Place, known: &[&[u8; 4]], out: &mut Vec<Edit>) -> Result<(), CleanError> {
    for place in index.children(Some(of)).ok_or(HIDDEN)? {
        if !known.contains(&&place.kind) {
            blanks(place, out);
        }
    }
    Ok(())
}

fn trak(index: &Index, trak: Place, out: &mut Vec<Edit>) -> Result<(), CleanError> {
    // A track of anything else may be a list of places or of the times of day: cameras write them so.
    let handler = index.handler(trak);
    let Some(handler @ (b"vide" | b"soun")) = handler.as_ref() else { return Err(CleanError::Hidden("track")) };
    for place in index.children(Some(trak)).ok_or(HIDDEN)? {
        match &place.kind {
            b"tkhd" => out.push(dates(index, place)),
            b"edts" => keep(index, place, &[b"elst"], out)?,
            b"mdia" => mdia(index, place, *handler == *b"vide", out)?,
            _ => blanks(place, out),
        }
    }
    Ok(())
}

fn mdia(index: &Index, mdia: Place, picture: bool, out: &mut Vec<Edit>) -> Result<(), CleanError> {
    for place in index.children(Some(mdia)).ok_or(HIDDEN)? {
        match &place.kind {
            b"mdhd" => out.push(dates(index, place)),
            // After the kind: who made it, and a name.
            b"hdlr" => out.push(rest(place, 12)),
            b"minf" => minf(index, place, picture, out)?,
            _ => blanks(place, out),
        }
    }
    Ok(())
}

fn minf(index: &Index, minf: Place, picture: bool, out: &mut Vec<Edit>) -> Result<(), CleanError> {
    for place in index.children(Some(minf)).ok_or(HIDDEN)? {
        match &place.kind {
            b"vmhd" | b"smhd" => {}
            b"hdlr" => out.push(rest(place, 12)),
            b"dinf" => dinf(index, place, out)?,
            b"stbl" => stbl(index, place, picture, out)?,
            _ => blanks(place, out),
        }
    }
    Ok(())
}

/// Where the samples are: in this file. What more stands there may be the path of a file on somebody's disk.
fn dinf(index: &Index, dinf: Place, out: &mut Vec<Edit>) -> Result<(), CleanError> {
    for place in index.children(Some(dinf)).ok_or(HIDDEN)? {
        if place.kind != *b"dref" {
            blanks(place, out);
            continue;
        }
        let list = Place { inner: place.inner.saturating_add(8).min(place.end), ..place };
        out.extend(index.children(Some(list)).ok_or(HIDDEN)?.into_iter().map(|entry| rest(entry, 4)));
    }
    Ok(())
}

/// The tables by which samples are found.
const TABLES: [&[u8; 4]; 11] =
    [b"stts", b"ctts", b"cslg", b"stss", b"stps", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"sdtp"];
/// What a decoder needs of a picture's or a sound's format.
const FORMAT: [&[u8; 4]; 26] = [
    b"avcC", b"hvcC", b"lhvC", b"vpcC", b"av1C", b"dvcC", b"dvvC", b"esds", b"dOps", b"dfLa", b"dac3", b"dec3",
    b"alac", b"colr", b"pasp", b"clap", b"fiel", b"gama", b"btrt", b"mdcv", b"clli", b"SmDm", b"CoLL", b"chan",
    b"frma", b"enda",
];

fn stbl(index: &Index, stbl: Place, picture: bool, out: &mut Vec<Edit>) -> Result<(), CleanError> {
    for place in index.children(Some(stbl)).ok_or(HIDDEN)? {
        if place.kind == *b"stsd" {
            let list = Place { inner: place.inner.saturating_add(8).min(place.end), ..place };
            for entry in index.children(Some(list)).ok_or(HIDDEN)? {
                format(index, entry, picture, out)?;
            }
        } else if !TABLES.contains(&&place.kind) {
            blanks(place, out);
        }
    }
    Ok(())
}

/// One format of a track: its numbers stay, names of makers and programs go.
fn format(index: &Index, entry: Place, picture: bool, out: &mut Vec<Edit>) -> Result<(), CleanError> {
    let version = be16(index.content(entry), 8).ok_or(HIDDEN)?;
    let vendor = Edit { at: entry.inner + 12, first: Vec::new(), zeros: 4 };
    let starts: &[u64] = match (picture, version) {
        (true, _) => &[78],
        (false, 0) => &[28],
        // QuickTime has more numbers here; ISO files with this version have not.
        (false, 1) => &[44, 28],
        (false, _) => &[64],
    };
    let parts = |start: &u64| {
        let inner = entry.inner + start;
        (inner <= entry.end).then_some(Place { inner, ..entry }).filter(|place| index.children(Some(*place)).is_some())
    };
    let parts = starts.iter().find_map(parts).ok_or(HIDDEN)?;
    out.push(vendor);
    if picture {
        // The name of the program that made it.
        out.push(Edit { at: entry.inner + 42, first: Vec::new(), zeros: 32 });
    }
    for place in index.children(Some(parts)).ok_or(HIDDEN)? {
        match &place.kind {
            b"wave" => wave(index, place, out)?,
            kind if FORMAT.contains(&kind) => {}
            _ => blanks(place, out),
        }
    }
    Ok(())
}

/// QuickTime's box around a sound's format; it ends with an empty one.
fn wave(index: &Index, wave: Place, out: &mut Vec<Edit>) -> Result<(), CleanError> {
    for place in index.children(Some(wave)).ok_or(HIDDEN)? {
        let end = place.kind == [0; 4] && place.inner == place.end;
        // Here `mp4a` is a mark of four bytes, not a format.
        let mark = place.kind == *b"mp4a" && place.end - place.inner <= 4;
        if !end && !mark && !FORMAT.contains(&&place.kind) {
            blanks(place, out);
        }
    }
    Ok(())
}
