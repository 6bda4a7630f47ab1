//! What ffmpeg is told and what it says: arguments, loudness, progress. Pure. The input is one file, opened by the one reader
//! its bytes ask for; no other file or address can be named by what is in it.

use publish::media::SourceFormat;
use publish::ports::Encode;
use serde::Deserialize;

/// The most sound taken from one file, in milliseconds: 12 hours.
pub const MOST_MS: u64 = 12 * 3600 * 1000;

/// What the first pass of `loudnorm` measured, as text: numbers, or `-inf` for silence.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Measured {
    /// Integrated loudness, LUFS.
    pub(super) input_i: String,
    /// True peak, dBTP.
    pub(super) input_tp: String,
    /// Loudness range, LU.
    pub(super) input_lra: String,
    /// Threshold, LUFS.
    pub(super) input_thresh: String,
    /// Loudness of the output, LUFS.
    pub(super) output_i: String,
    /// What the second pass adds.
    pub(super) target_offset: String,
}

fn number(text: &str) -> bool {
    !text.is_empty() && text.len() < 12 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-' || b == b'.')
}

impl Measured {
    /// Whether every value is a plain number: silence has none, and nothing else may reach an argument.
    #[must_use]
    pub(super) fn usable(&self) -> bool {
        [&self.input_i, &self.input_tp, &self.input_lra, &self.input_thresh, &self.target_offset]
            .into_iter()
            .all(|text| number(text))
    }
}

/// The last JSON object of `loudnorm` in what ffmpeg said.
#[must_use]
pub(super) fn measured(said: &str) -> Option<Measured> {
    let (start, end) = (said.rfind('{')?, said.rfind('}')?);
    serde_json::from_str(said.get(start..=end)?).ok()
}

/// Whether the first stream of sound has one channel.
#[must_use]
pub(super) fn is_mono(said: &str) -> bool {
    said.lines().find(|l| l.contains("Stream #0:") && l.contains("Audio:")).is_some_and(|l| l.contains(" mono"))
}

/// The length ffmpeg believes in, in milliseconds.
#[must_use]
pub(super) fn length(said: &str) -> Option<u64> {
    let rest = said.split("Duration: ").nth(1)?;
    publish::media::timecode::parse(rest.split([',', ' ']).next()?).ok()
}

/// How far ffmpeg is, in milliseconds, from a line of `-progress`.
#[must_use]
pub(super) fn position(line: &str) -> Option<u64> {
    line.strip_prefix("out_time_us=")?.trim().parse::<u64>().ok().map(|us| us / 1000)
}

pub(super) fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|w| (*w).to_owned()).collect()
}

/// Everything before the filters: quiet, no questions, one file, one reader, the first sound of it and nothing else.
fn head(format: SourceFormat) -> Vec<String> {
    let mut out = words(&["-nostdin", "-hide_banner", "-nostats", "-y", "-threads", "2", "-progress", "pipe:1"]);
    out.extend(words(&["-protocol_whitelist", "file,pipe", "-f", format.demuxer(), "-i", "file:in"]));
    out.extend(words(&["-map", "0:a:0", "-vn", "-sn", "-dn"]));
    out
}

/// Everything after them: no tags, no chapters, an MP3.
fn mp3(bits: &str, channels: &str, rate: &str, output: &str) -> Vec<String> {
    let mut out =
        words(&["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]);
    out.extend(words(&["-c:a", "libmp3lame", "-b:a", bits, "-ac", channels, "-ar", rate, "-f", "mp3"]));
    out.push(format!("file:{output}"));
    out
}

const fn target(mono: bool) -> &'static str {
    if mono { "-19" } else { "-16" }
}

/// The first pass: measures loudness, writes nothing.
#[must_use]
pub(super) fn measure(format: SourceFormat, mono: bool) -> Vec<String> {
    let filter = format!("loudnorm=I={}:TP=-1:LRA=11:print_format=json", target(mono));
    [head(format), words(&["-af", &filter, "-f", "null", "-"])].concat()
}

/// The second pass: as loud as others. Silence stays silence.
#[must_use]
pub(super) fn louden(format: SourceFormat, mono: bool, first: Option<&Measured>, output: &str) -> Vec<String> {
    let channels = if mono { "1" } else { "2" };
    let filter = first.filter(|m| m.usable()).map(|m| {
        format!(
            "loudnorm=I={}:TP=-1:LRA=11:measured_I={}:measured_TP={}:measured_LRA={}:measured_thresh={}:offset={}:linear=true:print_format=json",
            target(mono),
            m.input_i,
            m.input_tp,
            m.input_lra,
            m.input_thresh,
            m.target_offset
        )
    });
    let filter = filter.map(|f| words(&["-af", &f])).unwrap_or_default();
    [head(format), filter, mp3("128k", channels, "44100", output)].concat()
}

/// Everything but making louder.
#[must_use]
pub(super) fn encode(format: SourceFormat, what: Encode, output: &str) -> Vec<String> {
    let end = match what {
        Encode::Lossless => {
            let mut out =
                words(&["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]);
            out.extend(words(&["-c:a", "flac", "-f", "flac", &format!("file:{output}")]));
            out
        }
        Encode::Cut { start_ms, duration_ms } => {
            let seconds = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
            let filter = format!(
                "atrim=start={}:duration={},asetpts=PTS-STARTPTS,afade=t=in:d=0.01,afade=t=out:st={}:d=0.01",
                seconds(start_ms),
                seconds(duration_ms),
                seconds((duration_ms - 10).max(0))
            );
            [words(&["-af", &filter]), mp3("128k", "2", "44100", output)].concat()
        }
        Encode::Light | Encode::Loud => mp3("48k", "1", "24000", output),
    };
    [head(format), end].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "Input #0, wav, from 'file:in':\n  Duration: 00:01:02.34, bitrate: 1411 kb/s\n  Stream #0:0: Audio: pcm_s16le, 44100 Hz, mono, s16\n\
        [Parsed_loudnorm_0 @ 0x1] \n{\n\t\"input_i\" : \"-30.12\",\n\t\"input_tp\" : \"-12.00\",\n\t\"input_lra\" : \"3.10\",\n\t\"input_thresh\" : \"-40.50\",\n\
        \t\"output_i\" : \"-16.02\",\n\t\"output_tp\" : \"-1.00\",\n\t\"normalization_type\" : \"dynamic\",\n\t\"target_offset\" : \"0.02\"\n}\n";

    #[test]
    fn what_ffmpeg_says_is_read() {
        let first = measured(SAID).expect("measured");
        assert_eq!((first.input_i.as_str(), first.usable()), ("-30.12", true));
        assert!(is_mono(SAID));
        assert_eq!(length(SAID), Some(62_340));
        assert_eq!(length("Duration: N/A, bitrate"), None);
        assert_eq!(position("out_time_us=1234567"), Some(1234));
        assert_eq!(position("out_time_us=N/A"), None);
        assert_eq!(position("frame=1"), None);
        let silence = measured(&SAID.replace("-30.12", "-inf")).expect("measured");
        assert!(!silence.usable());
        assert!(!louden(SourceFormat::Wav, false, Some(&silence), "o").contains(&"-af".to_owned()));
    }

    #[test]
    fn c17_the_input_is_one_file_read_by_one_reader_and_nothing_is_kept_of_its_tags() {
        let cut = Encode::Cut { start_ms: 1005, duration_ms: 2000 };
        for (argv, writes) in [
            (measure(SourceFormat::Wav, false), false),
            (louden(SourceFormat::Wav, true, measured(SAID).as_ref(), "out.mp3"), true),
            (encode(SourceFormat::Ogg, cut, "out.mp3"), true),
            (encode(SourceFormat::Flac, Encode::Lossless, "o.flac"), true),
            (encode(SourceFormat::Mp3, Encode::Light, "o.mp3"), true),
        ] {
            let line = argv.join(" ");
            assert!(line.contains("-nostdin") && line.contains("-protocol_whitelist file,pipe -f "), "{line}");
            assert_eq!(argv.iter().filter(|a| *a == "-i").count(), 1, "{line}");
            assert!(line.contains("-i file:in -map 0:a:0 -vn -sn -dn"), "{line}");
            assert_eq!(line.contains("-map_metadata -1 -map_chapters -1"), writes, "{line}");
            assert!(!line.contains("concat") && !line.contains("hls"), "{line}");
        }
        let line = encode(SourceFormat::Ogg, cut, "out.mp3").join(" ");
        assert!(line.contains("atrim=start=1.005:duration=2.000") && line.contains("st=1.990:d=0.01"), "{line}");
    }
}
