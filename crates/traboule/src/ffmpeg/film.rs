//! What ffmpeg is asked about moving pictures: the port `Filmer` of clips. The words are made of numbers and fixed names only;
//! the input is one file of its own folder, read by the reader its bytes ask for.

use std::path::Path;
use std::time::Duration;

use community::film::{DoneFn, FilmError, Filmer, Still};
use community::media::Container;
use community::rules::clip::{MOST_BYTES, MOST_MS, SLACK_MS};
use futures_util::future::BoxFuture;
use publish::ports::EncodeError;

use super::argv::words;
use super::{Bounds, Ffmpeg, folder_of};

/// The longest a child may work on one clip.
const MOST_TIME: Duration = Duration::from_secs(10 * 60);

impl From<EncodeError> for Wrapped {
    fn from(error: EncodeError) -> Self {
        Self(match error {
            EncodeError::Missing => FilmError::Missing,
            EncodeError::Unreadable => FilmError::Unreadable,
            EncodeError::TooLong => FilmError::TooLong,
            EncodeError::TimedOut => FilmError::TimedOut,
            EncodeError::Accident(why) => FilmError::Accident(why),
        })
    }
}

struct Wrapped(FilmError);

/// Everything before the filters.
fn head() -> Vec<String> {
    words(&["-nostdin", "-hide_banner", "-nostats", "-y", "-threads", "2", "-progress", "pipe:1"])
}

/// One input, by one reader.
fn input(reader: &str, name: &str) -> Vec<String> {
    let mut out = words(&["-protocol_whitelist", "file,pipe", "-f", reader, "-i"]);
    out.push(format!("file:{name}"));
    out
}

/// Nothing of the input's tags, and none of ours.
fn bare() -> Vec<String> {
    words(&[
        "-sn",
        "-dn",
        "-map_metadata",
        "-1",
        "-map_chapters",
        "-1",
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-flags:a",
        "+bitexact",
    ])
}

/// H.264 and AAC in an MP4 that plays while it comes.
fn mp4(output: &str) -> Vec<String> {
    let mut out = words(&["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p"]);
    out.extend(words(&["-crf", "24", "-maxrate", "2500k", "-bufsize", "5000k", "-g", "60", "-threads:v", "2"]));
    out.extend(words(&["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "44100"]));
    out.extend(words(&["-movflags", "+faststart", "-f", "mp4"]));
    out.push(format!("file:{output}"));
    out
}

/// The shorter side at most `side` pixels, both even.
fn within(side: u32) -> String {
    format!(
        "scale=w='if(gt(iw,ih),-2,trunc(min({side},iw)/2)*2)':h='if(gt(iw,ih),trunc(min({side},ih)/2)*2,-2)',setsar=1"
    )
}

fn rendition(kind: Container, name: &str, output: &str) -> Vec<String> {
    let maps = words(&["-map", "0:v:0", "-map", "0:a:0?", "-fpsmax", "30", "-vf"]);
    [head(), input(kind.demuxer(), name), maps, vec![within(720)], bare(), mp4(output)].concat()
}

/// The most telling of six frames of the first three seconds.
fn poster(kind: Container, name: &str, output: &str) -> Vec<String> {
    let filter = format!("fps=2,{},thumbnail=6", within(720));
    let mut out = [head(), words(&["-t", "3"]), input(kind.demuxer(), name), words(&["-map", "0:v:0", "-an"])].concat();
    out.extend([words(&["-vf", &filter]), bare()].concat());
    out.extend(words(&["-frames:v", "1", "-c:v", "mjpeg", "-q:v", "4", "-f", "image2", "-update", "1"]));
    out.push(format!("file:{output}"));
    out
}

fn seconds(ms: i64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// An upright film: the picture, larger and out of focus behind itself, and the sound as a line that moves.
fn film(of: Still<'_>, (sound, picture): (&str, Option<&str>), output: &str) -> Vec<String> {
    let reader = if of.sound_type == "audio/mpeg" { "mp3" } else { "mov" };
    let length = seconds(of.duration_ms);
    let mut out = [head(), words(&["-ss", &seconds(of.start_ms), "-t", &length]), input(reader, sound)].concat();
    let still = match of.picture.zip(picture) {
        Some(((_, kind), name)) => {
            out.extend(input(if kind == "image/png" { "png_pipe" } else { "jpeg_pipe" }, name));
            "[1:v]format=rgb24,split[p][q];\
             [p]scale=720:1280:force_original_aspect_ratio=increase,crop=720:1280,gblur=sigma=28,eq=brightness=-0.22[b];\
             [q]scale=560:560:force_original_aspect_ratio=decrease[c];\
             [b][c]overlay=(W-w)/2:(760-h)/2+60,setsar=1,loop=loop=-1:size=1:start=0,setpts=N/25/TB[still]"
                .to_owned()
        }
        None => "color=c=0x26211c:s=720x1280:r=25[still]".to_owned(),
    };
    let filter = format!(
        "{still};[0:a:0]aresample=44100,asplit[s][w];\
         [w]showwaves=s=560x200:mode=cline:rate=25:colors=0xf4ebdd:scale=sqrt[wave];\
         [still][wave]overlay=80:860:shortest=1,fps=25[v];\
         [s]afade=t=in:d=0.02,afade=t=out:st={}:d=0.02[a]",
        seconds((of.duration_ms - 20).max(0))
    );
    out.extend(words(&["-filter_complex", &filter, "-map", "[v]", "-map", "[a]", "-t", &length]));
    [out, bare(), mp4(output)].concat()
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|n| n.to_str()).unwrap_or_default()
}

impl Ffmpeg {
    async fn video(&self, folder: &Path, argv: &[String], done: DoneFn<'_>) -> Result<(), FilmError> {
        let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
        let bounds = Bounds {
            time: self.bounds.time.min(MOST_TIME),
            cpu: self.bounds.cpu.min(2 * MOST_TIME.as_secs()),
            file: self.bounds.file.min(most),
            memory: self.bounds.memory,
        };
        let longest = u64::try_from(MOST_MS + SLACK_MS).unwrap_or(u64::MAX);
        let ran = self.pass_within(folder, argv, bounds, longest, done).await;
        ran.map(drop).map_err(|error| Wrapped::from(error).0)
    }
}

impl Filmer for Ffmpeg {
    fn version(&self) -> BoxFuture<'_, Option<String>> {
        Box::pin(async { self.looked().await.map(|(facts, _)| facts.version.clone()) })
    }

    fn rendition<'a>(
        &'a self,
        input: &'a Path,
        kind: Container,
        output: &'a Path,
        done: DoneFn<'a>,
    ) -> BoxFuture<'a, Result<(), FilmError>> {
        Box::pin(async move {
            let folder = folder_of(input, output).map_err(|e| Wrapped::from(e).0)?;
            self.video(folder, &rendition(kind, name(input), name(output)), done).await
        })
    }

    fn poster<'a>(
        &'a self,
        input: &'a Path,
        kind: Container,
        output: &'a Path,
    ) -> BoxFuture<'a, Result<(), FilmError>> {
        Box::pin(async move {
            let folder = folder_of(input, output).map_err(|e| Wrapped::from(e).0)?;
            self.video(folder, &poster(kind, name(input), name(output)), &|_| {}).await
        })
    }

    fn film<'a>(&'a self, of: Still<'a>, output: &'a Path, done: DoneFn<'a>) -> BoxFuture<'a, Result<(), FilmError>> {
        Box::pin(async move {
            let folder = folder_of(of.sound, output).map_err(|e| Wrapped::from(e).0)?;
            let picture = of.picture.map(|(path, _)| name(path));
            self.video(folder, &film(of, (name(of.sound), picture), name(output)), done).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c17_each_input_is_one_file_read_by_one_reader_and_nothing_is_kept_of_its_tags() {
        let (sound, picture) = (Path::new("/x/sound"), Path::new("/x/cover"));
        let of = Still {
            sound,
            sound_type: "audio/mpeg",
            picture: Some((picture, "image/png")),
            start_ms: 61_005,
            duration_ms: 20_000,
        };
        for (argv, inputs) in [
            (rendition(Container::Mov, "in", "out.mp4"), 1),
            (poster(Container::Webm, "in", "out.jpg"), 1),
            (film(of, ("sound", Some("cover")), "out.mp4"), 2),
            (film(Still { picture: None, ..of }, ("sound", None), "out.mp4"), 1),
        ] {
            let line = argv.join(" ");
            assert_eq!(argv.iter().filter(|a| *a == "-i").count(), inputs, "{line}");
            assert_eq!(line.matches("-protocol_whitelist file,pipe -f ").count(), inputs, "{line}");
            assert!(line.contains("-sn -dn -map_metadata -1 -map_chapters -1"), "{line}");
            assert!(!line.contains("concat") && !line.contains("hls") && !line.contains("/x/"), "{line}");
        }
        let line = film(of, ("sound", Some("cover")), "out.mp4").join(" ");
        assert!(line.contains("-ss 61.005 -t 20.000") && line.contains("st=19.980:d=0.02"), "{line}");
    }
}
