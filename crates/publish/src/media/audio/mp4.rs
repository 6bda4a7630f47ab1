//! Measures AAC or ALAC sound in an MP4 file.
//! AAC-LC is decoded; other profiles give the length their tables state.
//! Fragmented files are refused: podcast apps do not play them reliably.
//! Samples are read one at a time and may not add up to more than the file.

use std::io::{Read, Seek, SeekFrom};

use symphonia::core::codecs::audio::well_known::CODEC_ID_AAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};
use symphonia::default::codecs::AacDecoder;

use super::tables::{Tables, audio_config, be32, child, children, descend, edit, read_tags, time_header};
use super::waveform::{FLICKS_PER_SECOND, Peaks, WAVEFORM_POINTS};
use super::{MIME_M4A, Measured, ProbeError, read_up_to};

/// Largest index read into memory; covers live in it too.
const MAX_MOOV: u64 = 32 * 1024 * 1024;
/// Top-level boxes looked at.
const MAX_BOXES: usize = 4096;
/// An AAC frame has at most 768 bytes per channel; this is ample.
const MAX_SAMPLE: u32 = 64 * 1024;
/// Sample frames in one AAC-LC frame.
const AAC_FRAMES: u64 = 1024;

/// What the top level of the file holds.
struct Layout {
    moov: Vec<u8>,
    /// Offset of the payload of the first `mdat`.
    mdat: Option<u64>,
    mdat_bytes: u64,
}

/// Walks the top-level boxes and reads the index.
fn layout<R: Read + Seek>(reader: &mut R, size: u64) -> Result<Layout, ProbeError> {
    let mut found = Layout { moov: Vec::new(), mdat: None, mdat_bytes: 0 };
    let mut at = 0u64;
    for _ in 0..MAX_BOXES {
        reader.seek(SeekFrom::Start(at))?;
        let mut head = [0u8; 16];
        let got = read_up_to(reader, &mut head)?;
        let (Some(short), true) = (be32(&head, 0), got >= 8) else {
            break;
        };
        let (head_len, length) = match short {
            0 => (8, size - at),
            1 if got == 16 => (16, super::tables::be64(&head, 8).unwrap_or(0)),
            short => (8, u64::from(short)),
        };
        if length < head_len {
            return Err(ProbeError::Malformed("mp4_box_size"));
        }
        let end = at.checked_add(length).ok_or(ProbeError::Malformed("mp4_box_size"))?;
        match &head[4..8] {
            b"moov" if found.moov.is_empty() => {
                if end > size {
                    return Err(ProbeError::Malformed("mp4_truncated_index"));
                }
                if length > MAX_MOOV {
                    return Err(ProbeError::Unsupported("mp4_index_too_large"));
                }
                reader.seek(SeekFrom::Start(at + head_len))?;
                // Bounded by MAX_MOOV and by the file itself.
                found.moov = vec![0; (length - head_len) as usize];
                reader.read_exact(&mut found.moov)?;
            }
            b"mdat" => {
                found.mdat = found.mdat.or(Some(at + head_len));
                found.mdat_bytes += end.min(size) - (at + head_len).min(size);
            }
            b"moof" => return Err(ProbeError::Unsupported("mp4_fragmented")),
            _ => {}
        }
        if end >= size {
            break;
        }
        at = end;
    }
    if found.moov.is_empty() {
        return Err(ProbeError::Malformed("mp4_no_index"));
    }
    Ok(found)
}

/// The duration the movie header states, in milliseconds.
pub(super) fn stated_duration_ms<R: Read + Seek>(reader: &mut R, size: u64) -> Result<Option<u64>, ProbeError> {
    let mut head = [0u8; 8];
    if read_up_to(reader, &mut head)? < 8 || &head[4..8] != b"ftyp" {
        return Err(ProbeError::NotAudio("video_not_mp4"));
    }
    let found = layout(reader, size)?;
    let header = child(&found.moov, b"mvhd").and_then(time_header);
    Ok(header.filter(|(_, units)| *units > 0).map(|(scale, units)| {
        let ms = u128::from(units) * 1000 + u128::from(scale) / 2;
        u64::try_from(ms / u128::from(scale)).unwrap_or(u64::MAX)
    }))
}

/// The first sound track, and a refusal if there are moving pictures.
fn sound_track(moov: &[u8]) -> Result<&[u8], ProbeError> {
    if child(moov, b"mvex").is_some() {
        return Err(ProbeError::Unsupported("mp4_fragmented"));
    }
    let mut sound = None;
    for (_, trak) in children(moov).filter(|(kind, _)| kind == b"trak") {
        let handler = descend(trak, &[b"mdia", b"hdlr"]).and_then(|h| h.get(8..12));
        match handler {
            Some(b"soun") => sound = sound.or(Some(trak)),
            // Chapter pictures are a track of stills; that is still sound.
            Some(b"vide") if !is_stills(trak) => return Err(ProbeError::Video),
            _ => {}
        }
    }
    sound.ok_or(ProbeError::NotAudio("mp4_no_sound"))
}

fn sample_entry(trak: &[u8]) -> Option<super::tables::Child<'_>> {
    let stsd = descend(trak, &[b"mdia", b"minf", b"stbl", b"stsd"])?;
    children(stsd.get(8..)?).next()
}

fn is_stills(trak: &[u8]) -> bool {
    sample_entry(trak).is_some_and(|(kind, _)| matches!(&kind, b"jpeg" | b"png " | b"mjpg" | b"mjpa"))
}

/// The config boxes of a sound sample entry: after the fixed fields, whose
/// length depends on the QuickTime version.
fn entry_boxes(entry: &[u8]) -> Option<&[u8]> {
    let version = be32(entry, 8)? >> 16;
    entry.get(
        match version {
            0 => 28,
            1 => 44,
            _ => 64,
        }..,
    )
}

/// Makes the decoder and the rate it works at. Spectral band replication is
/// ignored: the plain AAC inside has the same length at half the rate.
fn decoder(entry: &[u8]) -> Option<(AacDecoder, u32)> {
    let boxes = entry_boxes(entry)?;
    let esds = child(boxes, b"esds").or_else(|| child(child(boxes, b"wave")?, b"esds"))?;
    let config = audio_config(esds)?;
    let (&first, &second) = (config.first()?, config.get(1)?);
    let kind = first >> 3;
    let index = usize::from(((first & 7) << 1) | (second >> 7));
    let channels = (second >> 3) & 15;
    if !matches!(kind, 2 | 5 | 29) || !(1..=2).contains(&channels) {
        return None;
    }
    const RATES: [u32; 13] =
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
    let rate = *RATES.get(index)?;
    // Only frames of 1024 samples are read: the bit after the channels says 960.
    if kind == 2 && second & 4 != 0 {
        return None;
    }
    let plain = [0x10 | (index as u8 >> 1), ((index as u8 & 1) << 7) | (channels << 3)];
    let mut params = AudioCodecParameters::new();
    params.for_codec(CODEC_ID_AAC).with_sample_rate(rate).with_extra_data(Box::new(plain));
    let decoder = AacDecoder::try_new(&params, &AudioDecoderOptions::default()).ok()?;
    Some((decoder, rate))
}

/// Converts `units` of a time scale to flicks, rounded down, saturating.
fn flicks(units: u64, scale: u32) -> u64 {
    let value = u128::from(units) * u128::from(FLICKS_PER_SECOND) / u128::from(scale.max(1));
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// What came out of decoding the samples.
struct Decoded {
    sound: u64,
    bytes: u64,
    first: Option<u64>,
    whole: bool,
}

fn decode<R: Read + Seek>(
    reader: &mut R,
    size: u64,
    tables: &Tables<'_>,
    (decoder, rate): &mut (AacDecoder, u32),
    peaks: &mut Peaks,
) -> Result<Decoded, ProbeError> {
    let mut out = Decoded { sound: 0, bytes: 0, first: None, whole: true };
    let mut scratch: Vec<i16> = Vec::new();
    let mut reader = std::io::BufReader::with_capacity(64 * 1024, reader);
    let mut pos = reader.stream_position()?;
    for (offset, length) in tables.samples() {
        if length == 0 || length > MAX_SAMPLE {
            return Err(ProbeError::Malformed("mp4_sample_size"));
        }
        if offset.saturating_add(u64::from(length)) > size {
            out.whole = false;
            break;
        }
        out.bytes += u64::from(length);
        // Samples that overlap would let a small file cost a lot of work.
        if out.bytes > size {
            return Err(ProbeError::Malformed("mp4_samples_overlap"));
        }
        if offset != pos {
            // Both are within the file, so the difference fits.
            reader.seek_relative(offset.cast_signed().wrapping_sub(pos.cast_signed()))?;
        }
        let mut data = vec![0u8; length as usize];
        reader.read_exact(&mut data)?;
        pos = offset + u64::from(length);
        out.first = Some(out.first.map_or(offset, |first| first.min(offset)));
        let packet = Packet::new(0, Timestamp::ZERO, Duration::from(AAC_FRAMES), data);
        match decoder.decode(&packet) {
            Ok(buffer) if buffer.frames() > 0 => {
                let channels = buffer.spec().channels().count();
                buffer.copy_to_vec_interleaved(&mut scratch);
                peaks.push(&scratch, channels, *rate);
                out.sound += 1;
            }
            _ => peaks.push_silence(AAC_FRAMES, *rate),
        }
    }
    Ok(out)
}

/// Measures an MP4 sound file of `size` bytes.
pub(super) fn measure<R: Read + Seek>(reader: &mut R, size: u64) -> Result<Measured, ProbeError> {
    let found = layout(reader, size)?;
    let trak = sound_track(&found.moov)?;
    let bad = || ProbeError::Malformed("mp4_tables");
    let (kind, entry) = sample_entry(trak).ok_or_else(bad)?;
    if !matches!(&kind, b"mp4a" | b"alac") {
        return Err(ProbeError::Unsupported("mp4_codec"));
    }
    let tables = Tables::read(trak)?;
    let media = descend(trak, &[b"mdia", b"mdhd"]).and_then(time_header).ok_or_else(bad)?;
    let movie = child(&found.moov, b"mvhd").and_then(time_header).ok_or_else(bad)?;
    let (skip, keep) = match edit(trak) {
        Some((start, 0)) => (flicks(start, media.0), u64::MAX),
        Some((start, length)) => (flicks(start, media.0), flicks(length, movie.0)),
        None => (0, u64::MAX),
    };
    let mut measured = Measured {
        mime: MIME_M4A,
        header_bytes: found.mdat.unwrap_or(0),
        audio_bytes: found.mdat_bytes,
        flicks: 0,
        decoded: false,
        tags: read_tags(&found.moov),
        waveform: vec![0; WAVEFORM_POINTS],
    };
    let mut decoder = if &kind == b"mp4a" { decoder(entry) } else { None };
    if let Some(decoder) = &mut decoder {
        reader.seek(SeekFrom::Start(0))?;
        let mut peaks = Peaks::new(skip);
        let out = decode(reader, size, &tables, decoder, &mut peaks)?;
        if out.sound == 0 {
            return Err(ProbeError::NotAudio("audio_no_frames"));
        }
        measured.decoded = true;
        measured.flicks = peaks.elapsed().min(keep);
        measured.waveform = peaks.finish(measured.flicks);
        measured.header_bytes = out.first.unwrap_or(measured.header_bytes);
        measured.audio_bytes = out.bytes;
        return Ok(measured);
    }
    if found.mdat.is_none() || tables.count == 0 {
        return Err(ProbeError::NotAudio("audio_no_frames"));
    }
    measured.flicks = flicks(tables.stated_duration(), media.0).saturating_sub(skip).min(keep);
    Ok(measured)
}
