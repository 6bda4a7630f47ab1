//! Walks the frames of an MP3 stream and decodes them one by one.
//! Junk before, between and after frames is skipped; it is never guessed over.
//! The rules are those of ISO/IEC 11172-3 and 13818-3, layer III only.
//! Xing, Info and VBRI frames are read for encoder delay, never for the length.

use std::io::{Read, Seek, SeekFrom};

use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};
use symphonia::default::codecs::MpaDecoder;

use super::id3;
use super::waveform::{FLICKS_PER_SECOND, Peaks};
use super::{MIME_MP3, Measured, ProbeError};

/// Junk allowed between the tags and the first frame.
const MAX_LEADING_JUNK: u64 = 64 * 1024;
/// Junk allowed in a row between two frames before the walk stops.
const MAX_GAP: u64 = 4 * 1024 * 1024;
/// Size of one read from the source.
const CHUNK: usize = 64 * 1024;
/// Delay of the decoder itself, added to the delay of the encoder.
const DECODER_DELAY: u64 = 529;

/// The fields of a frame header that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    mpeg1: bool,
    crc: bool,
    mono: bool,
    /// Samples per second.
    pub(super) rate: u32,
    /// Sample frames in the frame: 1152 or 576.
    pub(super) frames: u64,
    /// Length of the frame in bytes, header included.
    pub(super) len: usize,
}

impl Header {
    /// Reads four bytes; `None` unless they are a layer III header with a
    /// known bit rate.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        const MPEG1: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const MPEG2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        let &[b0, b1, b2, b3, ..] = bytes else {
            return None;
        };
        if b0 != 0xff || b1 & 0xe0 != 0xe0 || (b1 >> 1) & 3 != 1 {
            return None;
        }
        let (mpeg1, divisor) = match (b1 >> 3) & 3 {
            3 => (true, 1),
            2 => (false, 2),
            0 => (false, 4),
            _ => return None,
        };
        let index = usize::from(b2 >> 4);
        let kbps = *if mpeg1 { MPEG1.get(index) } else { MPEG2.get(index) }?;
        let base = *[44_100u32, 48_000, 32_000].get(usize::from((b2 >> 2) & 3))?;
        // Emphasis value 2 is reserved: a good sign of a false sync.
        if kbps == 0 || b3 & 3 == 2 {
            return None;
        }
        let rate = base / divisor;
        let slots = if mpeg1 { 144_000 } else { 72_000 };
        let padding = u32::from((b2 >> 1) & 1);
        Some(Self {
            mpeg1,
            crc: b1 & 1 == 0,
            mono: b3 >> 6 == 3,
            rate,
            frames: if mpeg1 { 1152 } else { 576 },
            len: (slots * kbps / rate + padding) as usize,
        })
    }

    /// True if both can belong to one run of frames.
    fn alike(&self, other: &Self) -> bool {
        self.mpeg1 == other.mpeg1 && self.rate == other.rate && self.mono == other.mono
    }

    fn side_info(&self) -> usize {
        match (self.mpeg1, self.mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        }
    }

    fn channels(&self) -> usize {
        if self.mono { 1 } else { 2 }
    }
}

/// A window over the audio part of the source, read in chunks.
struct Window<'r, R> {
    reader: &'r mut R,
    buf: Vec<u8>,
    at: usize,
    left: u64,
    pos: u64,
}

impl<'r, R: Read + Seek> Window<'r, R> {
    fn new(reader: &'r mut R, start: u64, end: u64) -> Result<Self, ProbeError> {
        reader.seek(SeekFrom::Start(start))?;
        Ok(Self { reader, buf: Vec::new(), at: 0, left: end.saturating_sub(start), pos: start })
    }

    /// At least `n` bytes from the cursor, fewer only at the end.
    fn peek(&mut self, n: usize) -> Result<&[u8], ProbeError> {
        while self.buf.len() - self.at < n && self.left > 0 {
            self.buf.drain(..self.at);
            self.at = 0;
            let old = self.buf.len();
            let want = CHUNK.min(usize::try_from(self.left).unwrap_or(CHUNK));
            self.buf.resize(old + want, 0);
            let got = super::read_up_to(self.reader, &mut self.buf[old..])?;
            self.buf.truncate(old + got);
            self.left = if got < want { 0 } else { self.left - got as u64 };
        }
        Ok(&self.buf[self.at..])
    }

    fn advance(&mut self, n: usize) {
        let n = n.min(self.buf.len() - self.at);
        self.at += n;
        self.pos += n as u64;
    }

    /// Header at the cursor that is followed by `more` headers like it, or by
    /// the exact end of the audio.
    fn confirmed(&mut self, more: usize) -> Result<Option<Header>, ProbeError> {
        let Some(first) = Header::parse(self.peek(4)?) else {
            return Ok(None);
        };
        let mut offset = first.len;
        for step in 0..more {
            let bytes = self.peek(offset + 4)?;
            if bytes.len() <= offset {
                // End reached: enough if the frame is whole or others agreed.
                let whole = bytes.len() == offset || step > 0;
                return Ok(whole.then_some(first));
            }
            let Some(next) = bytes.get(offset..).and_then(Header::parse) else {
                return Ok(None);
            };
            if !next.alike(&first) {
                return Ok(None);
            }
            offset += next.len;
        }
        Ok(Some(first))
    }

    /// Moves to the next confirmed header within `limit` bytes.
    fn resync(&mut self, more: usize, limit: u64) -> Result<Option<Header>, ProbeError> {
        let mut skipped = 0u64;
        loop {
            if let Some(header) = self.confirmed(more)? {
                return Ok(Some(header));
            }
            let bytes = self.peek(CHUNK / 2)?;
            if bytes.len() < 4 {
                return Ok(None);
            }
            let jump = bytes[1..].iter().position(|b| *b == 0xff).map_or(bytes.len(), |p| p + 1);
            skipped += jump as u64;
            if skipped > limit {
                return Ok(None);
            }
            self.advance(jump);
        }
    }
}

/// What a Xing, Info or VBRI frame tells.
#[derive(Default)]
struct InfoFrame {
    delay: u64,
    padding: u64,
}

/// Reads the information frame some encoders put first; `None` if `frame` is sound.
fn info_frame(frame: &[u8], header: &Header) -> Option<InfoFrame> {
    if frame.get(36..40) == Some(b"VBRI") {
        return Some(InfoFrame::default());
    }
    let at = 4 + header.side_info();
    // A CRC would move the tag by two bytes; encoders disagree, so try both.
    let starts = [at, at + if header.crc { 2 } else { 0 }];
    let tag = starts
        .iter()
        .filter_map(|start| frame.get(*start..))
        .find(|rest| rest.starts_with(b"Xing") || rest.starts_with(b"Info"))?;
    let flags = tag.get(7).copied().unwrap_or(0);
    let mut offset = 8;
    for (bit, len) in [(1u8, 4usize), (2, 4), (4, 100), (8, 4)] {
        if flags & bit != 0 {
            offset += len;
        }
    }
    let Some(lame) = tag.get(offset..offset + 24) else {
        return Some(InfoFrame::default());
    };
    let known = [b"LAME", b"Lavf", b"Lavc"].iter().any(|name| lame.starts_with(*name));
    if !known {
        return Some(InfoFrame::default());
    }
    let delay = (u64::from(lame[21]) << 4) | u64::from(lame[22] >> 4);
    let padding = (u64::from(lame[22] & 15) << 8) | u64::from(lame[23]);
    Some(InfoFrame { delay: delay + DECODER_DELAY, padding: padding.saturating_sub(DECODER_DELAY) })
}

fn new_decoder() -> Result<MpaDecoder, ProbeError> {
    let mut params = AudioCodecParameters::new();
    params.for_codec(CODEC_ID_MP3);
    MpaDecoder::try_new(&params, &AudioDecoderOptions::default().gapless(false))
        .map_err(|_| ProbeError::Unsupported("audio_decoder"))
}

/// The state of a walk over the frames.
struct Walk {
    decoder: MpaDecoder,
    spec: Header,
    scratch: Vec<i16>,
    sound: u64,
    bytes: u64,
}

impl Walk {
    /// Decodes one frame into the peaks. A frame that does not decode plays as
    /// silence, as it does in players.
    fn frame(&mut self, header: &Header, data: &[u8], peaks: &mut Peaks) -> Result<(), ProbeError> {
        if !header.alike(&self.spec) {
            self.decoder = new_decoder()?;
            self.spec = *header;
        }
        self.bytes += data.len() as u64;
        let packet = Packet::new(0, Timestamp::ZERO, Duration::from(header.frames), data.to_vec());
        match self.decoder.decode(&packet) {
            Ok(buffer) if buffer.frames() as u64 == header.frames => {
                buffer.copy_to_vec_interleaved(&mut self.scratch);
                peaks.push(&self.scratch, header.channels(), header.rate);
                self.sound += 1;
            }
            _ => peaks.push_silence(header.frames, header.rate),
        }
        Ok(())
    }
}

/// Measures an MP3 file of `size` bytes.
pub(super) fn measure<R: Read + Seek>(reader: &mut R, size: u64) -> Result<Measured, ProbeError> {
    let mut tags = super::Tags::default();
    let start = id3::read_leading(reader, size, &mut tags)?;
    let end = id3::read_trailing(reader, start, size, &mut tags)?;
    let mut window = Window::new(reader, start, end)?;
    let Some(first) = window.resync(2, MAX_LEADING_JUNK)? else {
        return Err(ProbeError::NotAudio("audio_no_frames"));
    };
    let header_bytes = window.pos;
    let info = info_frame(window.peek(first.len)?, &first);
    let mut walk = Walk { decoder: new_decoder()?, spec: first, scratch: Vec::new(), sound: 0, bytes: 0 };
    if info.is_some() {
        window.advance(first.len);
    }
    let info = info.unwrap_or_default();
    let step = FLICKS_PER_SECOND / u64::from(first.rate.max(1));
    let mut peaks = Peaks::new(info.delay * step);
    let mut whole = true;
    loop {
        let next = Header::parse(window.peek(4)?).filter(|h| h.alike(&walk.spec));
        let header = match next {
            Some(header) => header,
            None => match window.resync(2, MAX_GAP)? {
                Some(header) => header,
                None => break,
            },
        };
        let bytes = window.peek(header.len)?;
        let Some(data) = bytes.get(..header.len) else {
            whole = false;
            break;
        };
        walk.frame(&header, data, &mut peaks)?;
        window.advance(header.len);
    }
    if walk.sound == 0 {
        return Err(ProbeError::NotAudio("audio_no_frames"));
    }
    // Padding sits at the very end, so a cut file has lost it.
    let padding = if whole { info.padding * step } else { 0 };
    let flicks = peaks.elapsed().saturating_sub(padding);
    Ok(Measured {
        mime: MIME_MP3,
        header_bytes,
        audio_bytes: walk.bytes,
        flicks,
        decoded: true,
        tags,
        waveform: peaks.finish(flicks),
    })
}
