//! Short videos as bytes: what they are, how long and how large, and how a file is freed of everything its camera wrote
//! beside picture and sound. Own readers, no program of the machine; pure over what can be read and sought.

mod iso;
mod webm;

use std::io::{Read, Seek, SeekFrom, Write};

/// The kinds of files that are taken as clips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// MP4 and its kin of ISO/IEC 14496-12.
    Mp4,
    /// QuickTime, what iPhones write.
    Mov,
    /// WebM: Matroska for browsers.
    Webm,
}

impl Container {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Mp4, Self::Mov, Self::Webm];

    /// The media type.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Webm => "video/webm",
        }
    }

    /// Reads [`Container::mime`].
    #[must_use]
    pub fn parse(mime: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.mime() == mime)
    }

    /// The reader of ffmpeg for it, the only one a file of this kind is given to.
    #[must_use]
    pub const fn demuxer(self) -> &'static str {
        match self {
            Self::Mp4 | Self::Mov => "mov",
            Self::Webm => "matroska",
        }
    }

    /// The end of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Webm => "webm",
        }
    }

    /// Whether a file's name and declared type may be those of this kind. Phones call MP4 and QuickTime by each other's names.
    #[must_use]
    pub fn agrees(self, name: &str, declared: &str) -> bool {
        let (types, ends): (&[&str], &[&str]) = match self {
            Self::Mp4 | Self::Mov => (&["video/mp4", "video/quicktime", "video/x-m4v"], &["mp4", "m4v", "mov", "qt"]),
            Self::Webm => (&["video/webm"], &["webm"]),
        };
        let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let type_fits = matches!(declared.as_str(), "" | "application/octet-stream") || types.contains(&&*declared);
        let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
        type_fits && end.is_none_or(|end| ends.contains(&&*end))
    }
}

/// The kind of a file from its first 64 bytes; `None` when it is no video we take.
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Container> {
    if head.get(4..8) == Some(b"ftyp") {
        let brand = head.get(8..12)?;
        return match brand {
            b"qt  " => Some(Container::Mov),
            // Sound and still pictures in the same boxes.
            b"M4A " | b"M4B " | b"M4P " | b"heic" | b"heix" | b"mif1" | b"msf1" | b"avif" | b"avis" | b"crx " => None,
            _ => Some(Container::Mp4),
        };
    }
    let is_webm = head.starts_with(b"\x1a\x45\xdf\xa3") && head.windows(4).any(|w| w == b"webm");
    is_webm.then_some(Container::Webm)
}

/// What is known of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VideoFacts {
    /// Its kind.
    pub container: Container,
    /// How long, in milliseconds; 0 when the file does not say.
    pub duration_ms: i64,
    /// In pixels, as it is shown: turned if the camera was.
    pub width: i64,
    /// In pixels.
    pub height: i64,
    /// Whether there is a track of sound.
    pub has_sound: bool,
}

/// Why a file is no video we take.
#[derive(Debug)]
pub enum ProbeError {
    /// Another kind of file, or a broken one.
    Malformed(&'static str),
    /// Sound without moving pictures.
    NoPicture,
    /// It could not be read from the disk.
    Io(std::io::Error),
}

impl From<std::io::Error> for ProbeError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::UnexpectedEof { Self::Malformed("cut-off") } else { Self::Io(error) }
    }
}

/// Looks at a file of `size` bytes.
///
/// # Errors
/// When it is no video we take.
pub fn probe<R: Read + Seek>(file: &mut R, size: u64) -> Result<VideoFacts, ProbeError> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    file.by_ref().take(64).read_to_end(&mut head)?;
    match sniff(&head) {
        Some(Container::Webm) => webm::probe(file, size),
        Some(container) => iso::probe(file, size, container),
        None => Err(ProbeError::Malformed("kind")),
    }
}

/// Why a file cannot be freed of what its camera wrote.
#[derive(Debug)]
pub enum CleanError {
    /// It carries a track that is neither picture nor sound, or parts we do not know: there may be places in them.
    Hidden(&'static str),
    /// It could not be read or written.
    Io(std::io::Error),
}

impl From<std::io::Error> for CleanError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::UnexpectedEof { Self::Hidden("cut-off") } else { Self::Io(error) }
    }
}

/// A stretch of a file that is written over.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    at: u64,
    /// What is written there, before the zeros.
    first: Vec<u8>,
    /// How many zeros follow.
    zeros: u64,
}

/// Writes zeros over everything that is neither picture, sound nor what is needed to play them: places, names of devices,
/// dates. The file keeps its length, so that its index stays true. Works on a copy, never on the original.
///
/// # Errors
/// [`CleanError::Hidden`] when it cannot be told what is in the file; the file may then be half written over.
pub fn clean<F: Read + Write + Seek>(file: &mut F, size: u64, container: Container) -> Result<(), CleanError> {
    let edits = match container {
        Container::Webm => webm::edits(file, size)?,
        Container::Mp4 | Container::Mov => iso::edits(file, size)?,
    };
    let nothing = vec![0; 64 * 1024];
    for edit in edits {
        file.seek(SeekFrom::Start(edit.at))?;
        file.write_all(&edit.first)?;
        let mut left = edit.zeros;
        while left > 0 {
            let piece = usize::try_from(left).unwrap_or(usize::MAX).min(nothing.len());
            file.write_all(nothing.get(..piece).unwrap_or_default())?;
            left -= piece as u64;
        }
    }
    file.flush()?;
    Ok(())
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_be_bytes)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_be_bytes)
}

#[cfg(test)]
mod tests;
