//! What kind of sound or video file somebody sent, from its first bytes. A name or a declared type can only disagree.
//! Only these kinds are ever handed to ffmpeg, each with its own reader: a playlist is none of them.

use serde::Serialize;

/// A kind of file that holds sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceFormat {
    /// MPEG layer 3: published as it is.
    Mp3,
    /// MP4 or QuickTime; published as it is when it holds AAC or ALAC and no pictures.
    Mp4,
    /// WAV, also RF64.
    Wav,
    /// FLAC.
    Flac,
    /// AIFF.
    Aiff,
    /// Ogg: Opus, Vorbis.
    Ogg,
    /// Matroska and WebM.
    Matroska,
    /// AAC without a container.
    Adts,
}

/// Code, ffmpeg's reader, extension here, media type, extensions and declared types that agree.
type Facts = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

impl SourceFormat {
    const ALL: [Self; 8] =
        [Self::Mp3, Self::Mp4, Self::Wav, Self::Flac, Self::Aiff, Self::Ogg, Self::Matroska, Self::Adts];

    const fn facts(self) -> Facts {
        match self {
            Self::Mp3 => (
                "mp3",
                "mp3",
                "mp3",
                "audio/mpeg",
                &["mp3", "mpga", "mpeg3"],
                &["mpeg", "mp3", "mpeg3", "x-mpeg", "x-mp3"],
            ),
            Self::Mp4 => (
                "mp4",
                "mov",
                "mp4",
                "video/mp4",
                &["m4a", "m4b", "mp4", "m4v", "mov", "3gp"],
                &["mp4", "x-m4a", "m4a", "x-m4b", "quicktime", "x-m4v", "aac", "3gpp"],
            ),
            Self::Wav => (
                "wav",
                "wav",
                "wav",
                "audio/wav",
                &["wav", "wave", "bwf", "rf64"],
                &["wav", "x-wav", "wave", "vnd.wave", "x-pn-wav"],
            ),
            Self::Flac => ("flac", "flac", "flac", "audio/flac", &["flac"], &["flac", "x-flac"]),
            Self::Aiff => ("aiff", "aiff", "aiff", "audio/aiff", &["aif", "aiff", "aifc"], &["aiff", "x-aiff"]),
            Self::Ogg => (
                "ogg",
                "ogg",
                "ogg",
                "audio/ogg",
                &["ogg", "oga", "opus", "ogv"],
                &["ogg", "opus", "x-opus+ogg", "x-vorbis+ogg", "vorbis"],
            ),
            Self::Matroska => (
                "matroska",
                "matroska",
                "mkv",
                "video/x-matroska",
                &["mkv", "mka", "webm"],
                &["webm", "x-matroska", "matroska"],
            ),
            Self::Adts => {
                ("adts", "aac", "aac", "audio/aac", &["aac", "adts"], &["aac", "aacp", "x-aac", "vnd.dlna.adts"])
            }
        }
    }

    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.facts().0
    }

    /// Reads [`SourceFormat::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.code() == code)
    }

    /// The only reader ffmpeg may use for it.
    #[must_use]
    pub const fn demuxer(self) -> &'static str {
        self.facts().1
    }

    /// The extension of such a file in addresses.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        self.facts().2
    }

    /// The media type of such a file.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        self.facts().3
    }

    /// Whether a copy without loss is worth keeping.
    #[must_use]
    pub const fn lossless(self) -> bool {
        matches!(self, Self::Wav | Self::Flac | Self::Aiff)
    }

    /// Whether the extension of `name` and the declared media type do not say something else. What says nothing, such
    /// as no extension or `application/octet-stream`, agrees.
    #[must_use]
    pub fn agrees(self, name: &str, declared: &str) -> bool {
        let (_, _, _, _, extensions, types) = self.facts();
        let base = name.rsplit(['/', '\\']).next().unwrap_or(name).trim();
        let extension = base.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
        let declared = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let named = match declared.as_str() {
            "" | "application/octet-stream" | "binary/octet-stream" => true,
            text => match text.split_once('/') {
                Some(("audio" | "video", kind)) => types.contains(&kind),
                Some(("application", "ogg")) => self == Self::Ogg,
                Some(("application", "x-matroska")) => self == Self::Matroska,
                _ => false,
            },
        };
        named && extension.is_none_or(|e| extensions.contains(&e.as_str()))
    }
}

/// The kind of a file from its first 16 bytes or more; `None` when it is none that holds sound we take.
#[must_use]
pub fn sniff_source(head: &[u8]) -> Option<SourceFormat> {
    let at = |from: usize, word: &[u8]| head.get(from..from + word.len()) == Some(word);
    if at(4, b"ftyp") {
        return Some(SourceFormat::Mp4);
    }
    if (at(0, b"RIFF") || at(0, b"RF64")) && at(8, b"WAVE") {
        return Some(SourceFormat::Wav);
    }
    if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
        return Some(SourceFormat::Aiff);
    }
    for (word, format) in [
        (&b"fLaC"[..], SourceFormat::Flac),
        (b"OggS", SourceFormat::Ogg),
        (b"\x1a\x45\xdf\xa3", SourceFormat::Matroska),
        (b"ID3", SourceFormat::Mp3),
    ] {
        if at(0, word) {
            return Some(format);
        }
    }
    match head {
        [0xff, second, ..] if second & 0xf6 == 0xf0 => Some(SourceFormat::Adts),
        [0xff, second, ..] if second & 0xe6 == 0xe2 => Some(SourceFormat::Mp3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c17_the_kind_comes_from_the_bytes() {
        for (head, wanted) in [
            (&b"RIFF\x24\0\0\0WAVEfmt "[..], Some(SourceFormat::Wav)),
            (b"RF64\xff\xff\xff\xffWAVEds64", Some(SourceFormat::Wav)),
            (b"RIFF\x24\0\0\0AVI LIST", None),
            (b"FORM\0\0\0\0AIFFCOMM", Some(SourceFormat::Aiff)),
            (b"fLaC\0\0\0\x22", Some(SourceFormat::Flac)),
            (b"OggS\0\x02", Some(SourceFormat::Ogg)),
            (b"\x1a\x45\xdf\xa3\x01", Some(SourceFormat::Matroska)),
            (b"\0\0\0\x20ftypisom", Some(SourceFormat::Mp4)),
            (b"ID3\x04\0\0", Some(SourceFormat::Mp3)),
            (b"\xff\xfb\x90\x44", Some(SourceFormat::Mp3)),
            (b"\xff\xf1\x50\x80", Some(SourceFormat::Adts)),
            (b"#EXTM3U\nfile:///etc/passwd", None),
            (b"ffconcat version 1.0\nfile /etc/passwd", None),
            (b"<?xml version=\"1.0\"?>", None),
            (b"http://127.0.0.1/a.wav", None),
            (b"", None),
        ] {
            assert_eq!(sniff_source(head), wanted, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn c17_a_name_or_a_type_may_not_disagree() {
        for (format, name, declared, wanted) in [
            (SourceFormat::Wav, "ton.WAV", "audio/x-wav", true),
            (SourceFormat::Wav, "ton", "", true),
            (SourceFormat::Wav, "ton.mp3", "audio/wav", false),
            (SourceFormat::Wav, "ton.wav", "audio/mpeg", false),
            (SourceFormat::Wav, "ton.wav", "text/html", false),
            (SourceFormat::Ogg, "ton.opus", "audio/ogg; codecs=opus", true),
            (SourceFormat::Ogg, "ton.ogg", "application/ogg", true),
            (SourceFormat::Mp4, "film.mov", "video/quicktime", true),
            (SourceFormat::Mp3, "ton.mp3", "application/octet-stream", true),
            (SourceFormat::Flac, "ton.flac.exe", "audio/flac", false),
        ] {
            assert_eq!(format.agrees(name, declared), wanted, "{format:?} {name} {declared}");
        }
        for format in SourceFormat::ALL {
            assert_eq!(SourceFormat::parse(format.code()), Some(format));
        }
    }
}
