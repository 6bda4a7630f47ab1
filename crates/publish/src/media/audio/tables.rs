//! The boxes and sample tables of an MP4 file, read from its `moov` box.
//! Rules are those of ISO/IEC 14496-12 and 14496-14; nothing recurses.
//! Every number is treated as hostile: slices are bounded, sums saturate.

use super::{ProbeError, Tags, clean_text};

/// One box: its four-character type and its payload.
pub(super) type Child<'a> = ([u8; 4], &'a [u8]);

/// The boxes directly inside `data`; stops quietly at the first broken one.
pub(super) fn children(mut data: &[u8]) -> impl Iterator<Item = Child<'_>> {
    std::iter::from_fn(move || {
        let size = u64::from(be32(data, 0)?);
        let kind: [u8; 4] = data.get(4..8)?.try_into().ok()?;
        let (head, size) = match size {
            0 => (8usize, data.len() as u64),
            1 => (16, be64(data, 8)?),
            size => (8, size),
        };
        let size = usize::try_from(size).ok()?;
        let body = data.get(head..size)?;
        data = data.get(size..)?;
        Some((kind, body))
    })
}

/// The first box of a type directly inside `data`.
pub(super) fn child<'a>(data: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    children(data).find(|(k, _)| k == kind).map(|(_, body)| body)
}

/// The box at the end of a path of types.
pub(super) fn descend<'a>(data: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(data, |at, kind| child(at, kind))
}

pub(super) fn be32(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

pub(super) fn be64(data: &[u8], at: usize) -> Option<u64> {
    let bytes = data.get(at..at.checked_add(8)?)?;
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}

/// Time scale and duration of an `mvhd` or `mdhd` box.
pub(super) fn time_header(data: &[u8]) -> Option<(u32, u64)> {
    let (scale, duration) = match data.first()? {
        0 => (be32(data, 12)?, be32(data, 16).filter(|d| *d != u32::MAX).map_or(0, u64::from)),
        1 => (be32(data, 20)?, be64(data, 24).filter(|d| *d != u64::MAX).unwrap_or(0)),
        _ => return None,
    };
    (scale > 0).then_some((scale, duration))
}

/// Media time and length of the single edit that gives encoder delay, in media
/// and movie time units.
pub(super) fn edit(trak: &[u8]) -> Option<(u64, u64)> {
    let list = descend(trak, &[b"edts", b"elst"])?;
    let wide = *list.first()? == 1;
    let count = be32(list, 4)?;
    let mut at = 8usize;
    for _ in 0..count.min(16) {
        let (length, media) = if wide {
            (be64(list, at)?, be64(list, at + 8)? as i64)
        } else {
            // A 32-bit media time is signed; −1 means an empty edit.
            (u64::from(be32(list, at)?), i64::from(be32(list, at + 4)? as i32))
        };
        if let Ok(media) = u64::try_from(media) {
            return (count <= 2).then_some((media, length));
        }
        at += if wide { 20 } else { 12 };
    }
    None
}

/// The sample tables of one track.
pub(super) struct Tables<'a> {
    stsc: &'a [u8],
    offsets: &'a [u8],
    wide: bool,
    sizes: &'a [u8],
    constant: u32,
    /// Samples the size table lists.
    pub(super) count: u32,
    stts: &'a [u8],
}

impl<'a> Tables<'a> {
    /// Takes the tables out of a `trak` box.
    pub(super) fn read(trak: &'a [u8]) -> Result<Self, ProbeError> {
        let bad = ProbeError::Malformed("mp4_tables");
        let Some(stbl) = descend(trak, &[b"mdia", b"minf", b"stbl"]) else {
            return Err(bad);
        };
        let (Some(stsc), Some(stsz)) = (child(stbl, b"stsc"), child(stbl, b"stsz")) else {
            return Err(bad);
        };
        let (offsets, wide) = match (child(stbl, b"stco"), child(stbl, b"co64")) {
            (Some(narrow), _) => (narrow, false),
            (None, Some(wide)) => (wide, true),
            _ => return Err(bad),
        };
        let (Some(constant), Some(count)) = (be32(stsz, 4), be32(stsz, 8)) else {
            return Err(bad);
        };
        let sizes = stsz.get(12..).unwrap_or_default();
        // A table that lists more than it holds is a bomb or a cut file.
        if constant == 0 && (sizes.len() / 4) < count as usize {
            return Err(bad);
        }
        let stts = child(stbl, b"stts").unwrap_or_default();
        Ok(Self { stsc, offsets, wide, sizes, constant, count, stts })
    }

    /// Sum of the sample durations in media time units, saturating.
    pub(super) fn stated_duration(&self) -> u64 {
        let entries = self.stts.get(8..).unwrap_or_default();
        entries.chunks_exact(8).fold(0u64, |sum, entry| {
            let count = u64::from(be32(entry, 0).unwrap_or(0));
            let delta = u64::from(be32(entry, 4).unwrap_or(0));
            sum.saturating_add(count.saturating_mul(delta))
        })
    }

    fn offset(&self, chunk: usize) -> Option<u64> {
        if self.wide {
            be64(self.offsets, chunk.checked_mul(8)?.checked_add(8)?)
        } else {
            be32(self.offsets, chunk.checked_mul(4)?.checked_add(8)?).map(u64::from)
        }
    }

    fn size(&self, sample: u32) -> Option<u32> {
        if self.constant > 0 {
            return Some(self.constant);
        }
        be32(self.sizes, (sample as usize).checked_mul(4)?)
    }

    /// Offset and size of every sample in order; ends at the end of any table.
    pub(super) fn samples(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        let mut entry = 0usize;
        let mut chunk = 0usize;
        let mut in_chunk = 0u32;
        let mut sample = 0u32;
        let mut at = self.offset(0);
        let field = |entry: usize, i: usize| be32(self.stsc, entry.checked_mul(12)?.checked_add(8 + i * 4)?);
        std::iter::from_fn(move || {
            if sample >= self.count {
                return None;
            }
            while in_chunk >= field(entry, 1)? {
                in_chunk = 0;
                chunk += 1;
                at = self.offset(chunk);
                at?;
                // Chunk numbers in the table start at one.
                if field(entry + 1, 0).is_some_and(|first| chunk + 1 >= first as usize) {
                    entry += 1;
                }
            }
            let size = self.size(sample)?;
            let here = at?;
            at = here.checked_add(u64::from(size));
            sample += 1;
            in_chunk += 1;
            Some((here, size))
        })
    }
}

/// The AudioSpecificConfig inside an `esds` box.
pub(super) fn audio_config(esds: &[u8]) -> Option<&[u8]> {
    let es = descriptor(esds.get(4..)?, 3)?;
    let flags = *es.get(2)?;
    let mut at = 3usize;
    if flags & 0x80 != 0 {
        at += 2;
    }
    if flags & 0x40 != 0 {
        at += 1 + usize::from(*es.get(at)?);
    }
    if flags & 0x20 != 0 {
        at += 2;
    }
    let decoder = descriptor(es.get(at..)?, 4)?;
    // Object type 0x40 is MPEG-4 audio, 0x66 to 0x68 MPEG-2 AAC.
    if !matches!(decoder.first()?, 0x40 | 0x66..=0x68) {
        return None;
    }
    descriptor(decoder.get(13..)?, 5)
}

/// The body of the MPEG-4 descriptor at the start of `data`, if it has this tag.
fn descriptor(data: &[u8], tag: u8) -> Option<&[u8]> {
    if *data.first()? != tag {
        return None;
    }
    let mut length = 0usize;
    for (i, byte) in data.get(1..)?.iter().take(4).enumerate() {
        length = (length << 7) | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            let start = i + 2;
            return data.get(start..start.checked_add(length)?);
        }
    }
    None
}

/// Reads the descriptive tags of a `moov` box.
pub(super) fn read_tags(moov: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let Some(meta) = descend(moov, &[b"udta", b"meta"]) else {
        return tags;
    };
    // QuickTime writes this box without the version field.
    let list = meta.get(4..).and_then(|m| child(m, b"ilst")).or_else(|| child(meta, b"ilst"));
    for (kind, item) in children(list.unwrap_or_default()) {
        let Some(data) = child(item, b"data").and_then(|d| d.get(8..)) else {
            continue;
        };
        let text = |max: usize| {
            let data = data.get(..data.len().min(max * 4)).unwrap_or_default();
            clean_text(&String::from_utf8_lossy(data), max)
        };
        match &kind {
            b"\xa9nam" => tags.title = text(500),
            b"\xa9ART" => tags.artist = text(500),
            b"\xa9alb" => tags.album = text(500),
            b"\xa9day" => tags.year = text(500),
            b"\xa9cmt" => tags.comment = text(4000),
            b"covr" => tags.has_cover = !data.is_empty(),
            _ => {}
        }
    }
    tags
}
