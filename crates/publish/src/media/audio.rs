//! Measures an uploaded sound file: type, length, header size, tags, waveform.
//! The type comes from the bytes; the file name can only disagree, never decide.
//! Length is counted from decoded frames, not from what headers claim.
//! It streams: memory stays bounded whatever the size of the file.
//! It must not accept anything but MP3 and AAC/ALAC in MP4.

mod id3;
mod mp4;
mod mpeg;
mod tables;
mod waveform;

use std::fmt;
use std::io::{Read, Seek, SeekFrom};

use serde::{Deserialize, Serialize};

pub use waveform::{FLICKS_PER_MS, FLICKS_PER_SECOND, WAVEFORM_POINTS};

/// The type for MP3 enclosures.
pub const MIME_MP3: &str = "audio/mpeg";
/// The type for AAC or ALAC in MP4, as podcast apps expect it.
pub const MIME_M4A: &str = "audio/x-m4a";

/// Longest sound believed, 1000 hours; more is a broken table.
const MAX_FLICKS: u64 = 1000 * 3600 * FLICKS_PER_SECOND;

/// What was measured in a sound file. All numbers are integers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AudioFacts {
    /// [`MIME_MP3`] or [`MIME_M4A`].
    pub mime: &'static str,
    /// Exact length of the file in bytes: the `length` of the enclosure.
    pub size: u64,
    /// Playing time in milliseconds, encoder delay and padding taken off.
    pub duration_ms: u64,
    /// Bytes before the first audio frame: ID3v2 with its footer, or MP4 boxes.
    pub header_bytes: u64,
    /// Mean bit rate of the audio bytes in kbit/s, rounded.
    pub bitrate_kbps: Option<u32>,
    /// False if the length comes from the MP4 tables because the codec profile
    /// cannot be decoded here; the waveform is then all zero.
    pub decoded: bool,
    /// Descriptive tags found in the file.
    pub tags: Tags,
    /// [`WAVEFORM_POINTS`] peaks, loudest 255; all zero for silence.
    pub waveform: Vec<u8>,
}

/// Tags an editor may take over. Text is trimmed, bounded and free of controls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// Title of the episode.
    pub title: Option<String>,
    /// Artist: usually the show or the host.
    pub artist: Option<String>,
    /// Album: usually the show.
    pub album: Option<String>,
    /// Year or date as written, for example `2025` or `2025-03-01`.
    pub year: Option<String>,
    /// First comment.
    pub comment: Option<String>,
    /// True if a picture is embedded.
    pub has_cover: bool,
    /// ID3v2 chapters as (start in milliseconds, title), ascending.
    pub id3_chapters: Vec<(u64, String)>,
}

/// Why a file gives no facts.
#[derive(Debug)]
pub enum ProbeError {
    /// Reading failed.
    Io(std::io::Error),
    /// The file is not as long as the caller said.
    SizeMismatch {
        /// Length the caller gave.
        declared: u64,
        /// Length found.
        found: u64,
    },
    /// The bytes are not a sound file of an accepted type; holds a stable code.
    NotAudio(&'static str),
    /// The file name says another type than the bytes.
    Mismatch {
        /// Type or extension the name declares.
        declared: String,
        /// Type of the bytes.
        found: &'static str,
    },
    /// An MP4 with moving pictures; see [`video_duration_ms`].
    Video,
    /// A right file of a kind that is not read; holds a stable code.
    Unsupported(&'static str),
    /// A broken or hostile file; holds a stable code.
    Malformed(&'static str),
}

impl ProbeError {
    /// Stable code for messages and logs, for example `audio_mismatch`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "audio_io",
            Self::SizeMismatch { .. } => "audio_size",
            Self::Mismatch { .. } => "audio_mismatch",
            Self::Video => "audio_is_video",
            Self::NotAudio(code) | Self::Unsupported(code) | Self::Malformed(code) => code,
        }
    }
}

impl fmt::Display for ProbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(err) => write!(f, "the file could not be read: {err}"),
            Self::SizeMismatch { declared, found } => {
                write!(f, "expected {declared} bytes, found {found}")
            }
            Self::NotAudio(code) => write!(f, "not an MP3 or M4A file ({code})"),
            Self::Mismatch { declared, found } => {
                write!(f, "the name says {declared}, the content is {found}")
            }
            Self::Video => write!(f, "the file holds moving pictures"),
            Self::Unsupported(code) => write!(f, "this kind of file is not supported ({code})"),
            Self::Malformed(code) => write!(f, "the file is damaged ({code})"),
        }
    }
}

impl std::error::Error for ProbeError {}

impl From<std::io::Error> for ProbeError {
    fn from(err: std::io::Error) -> Self {
        Self::Io(err)
    }
}

/// The result of measuring the audio part, common to both containers.
struct Measured {
    mime: &'static str,
    header_bytes: u64,
    audio_bytes: u64,
    flicks: u64,
    decoded: bool,
    tags: Tags,
    waveform: Vec<u8>,
}

/// Measures a sound file of `size` bytes. `declared_name` is the name or only
/// the extension the uploader gave. A name without an extension is accepted; one
/// whose extension says another type is a [`ProbeError::Mismatch`].
///
/// A truncated file gives the facts of what is there.
pub fn probe<R: Read + Seek>(mut reader: R, size: u64, declared_name: &str) -> Result<AudioFacts, ProbeError> {
    check_size(&mut reader, size)?;
    let mut head = [0u8; 16];
    let got = read_up_to(&mut reader, &mut head)?;
    let head = &head[..got];
    let found = sniff(head)?;
    check_name(declared_name, found)?;
    let measured = match found {
        MIME_M4A => mp4::measure(&mut reader, size)?,
        _ => mpeg::measure(&mut reader, size)?,
    };
    if measured.flicks > MAX_FLICKS {
        return Err(ProbeError::Malformed("audio_length"));
    }
    let duration_ms = (measured.flicks + FLICKS_PER_MS / 2) / FLICKS_PER_MS;
    let bitrate_kbps = (measured.audio_bytes * 8 + duration_ms / 2)
        .checked_div(duration_ms)
        .and_then(|kbps| u32::try_from(kbps).ok())
        .filter(|kbps| *kbps > 0);
    Ok(AudioFacts {
        mime: measured.mime,
        size,
        duration_ms,
        header_bytes: measured.header_bytes,
        bitrate_kbps,
        decoded: measured.decoded,
        tags: measured.tags,
        waveform: measured.waveform,
    })
}

/// Playing time in milliseconds that the header of an MP4 states, for video
/// clips. Nothing is decoded. `None` if the file states none.
pub fn video_duration_ms<R: Read + Seek>(mut reader: R, size: u64) -> Result<Option<u64>, ProbeError> {
    check_size(&mut reader, size)?;
    mp4::stated_duration_ms(&mut reader, size)
}

/// Refuses a file whose real length is not `size`, then rewinds.
fn check_size<R: Seek>(reader: &mut R, size: u64) -> Result<(), ProbeError> {
    let found = reader.seek(SeekFrom::End(0))?;
    if found != size {
        return Err(ProbeError::SizeMismatch { declared: size, found });
    }
    if size == 0 {
        return Err(ProbeError::NotAudio("audio_empty"));
    }
    reader.seek(SeekFrom::Start(0))?;
    Ok(())
}

/// Fills as much of `buf` as the reader has; short only at the end of the file.
fn read_up_to<R: Read>(reader: &mut R, buf: &mut [u8]) -> std::io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buf.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(n) => done += n,
            Err(err) if err.kind() == std::io::ErrorKind::Interrupted => {}
            Err(err) => return Err(err),
        }
    }
    Ok(done)
}

/// Other formats, told by their first bytes, so that the message can be clear.
const FOREIGN: &[(&[u8], &str)] = &[
    (b"RIFF", "audio_is_riff"),
    (b"OggS", "audio_is_ogg"),
    (b"fLaC", "audio_is_flac"),
    (b"FORM", "audio_is_aiff"),
    (b"\x1a\x45\xdf\xa3", "audio_is_matroska"),
    (b"PK\x03\x04", "audio_is_zip"),
    (b"%PDF", "audio_is_pdf"),
    (b"\x89PNG", "audio_is_image"),
    (b"\xff\xd8\xff", "audio_is_image"),
    (b"GIF8", "audio_is_image"),
    (b"<", "audio_is_markup"),
    (b"\x30\x26\xb2\x75", "audio_is_asf"),
];

/// Decides the container from the first bytes.
fn sniff(head: &[u8]) -> Result<&'static str, ProbeError> {
    if head.get(4..8) == Some(b"ftyp") {
        return Ok(MIME_M4A);
    }
    for (magic, code) in FOREIGN {
        if head.starts_with(magic) {
            return Err(ProbeError::NotAudio(code));
        }
    }
    // Layer bits 00 after a sync word: AAC in ADTS, which podcasts do not take.
    if let [0xff, second, ..] = head
        && second & 0xf6 == 0xf0
    {
        return Err(ProbeError::NotAudio("audio_is_adts"));
    }
    Ok(MIME_MP3)
}

/// Compares the extension of the name with the type of the bytes.
fn check_name(name: &str, found: &'static str) -> Result<(), ProbeError> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
    let Some((_, extension)) = base.rsplit_once('.') else {
        return Ok(());
    };
    let extension = extension.to_ascii_lowercase();
    let declared = match extension.as_str() {
        "mp3" | "mpga" | "mpeg3" => MIME_MP3,
        "m4a" | "m4b" | "mp4" => MIME_M4A,
        _ => "",
    };
    if declared == found {
        return Ok(());
    }
    let declared = match declared {
        "" => extension.chars().take(16).collect(),
        known => known.to_owned(),
    };
    Err(ProbeError::Mismatch { declared, found })
}

/// Trims text from a tag: no controls, single spaces at the ends, a bound.
fn clean_text(text: &str, max_chars: usize) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .filter(|c| !matches!(c, '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .take(max_chars)
        .collect();
    let kept = kept.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests;
