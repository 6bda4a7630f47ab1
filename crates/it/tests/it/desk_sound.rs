//! Sound at the desk: conversions by the real ffmpeg and its walls (c17), excerpts and other files under the visibility rule (c4, c8,
//! c9), transcripts two people correct.

use std::time::Duration;

use accounts::service as accounts_uc;
use axum::body::Body;
use db::{read_tx, write_tx};
use it::{Answer, Person, Site, desk, encode, on_both, on_one, request};
use kernel::{TokenScope, show_id};
use publish::media::SourceFormat;
use publish::model::{EXCERPT_PREFIX, Episode, RenditionKind};
use publish::ports::{Encode, EncodeError, Encoder};
use publish::service::{self as uc, When};
use testkit::On;
use traboule::ffmpeg::{Bounds, Ffmpeg};

use crate::desk_upload::{House, begin, begin_as, house, longer, metadata, piece, shown, sound_of, tus};

/// A file made by the real ffmpeg.
fn made(folder: &std::path::Path, name: &str, arguments: &[&str]) -> Vec<u8> {
    let path = folder.join(name);
    let mut run = std::process::Command::new("ffmpeg");
    run.args(["-nostdin", "-v", "error", "-y"]).args(arguments).arg(&path);
    let done = run.output().expect("ffmpeg runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read(path).expect("made")
}

/// A quiet voice-like sound of 12 seconds.
const QUIET: &[&str] = &["-f", "lavfi", "-i", "anoisesrc=d=12:c=pink:a=0.02:r=44100:seed=7", "-ac", "2"];

/// Integrated loudness in hundredths of LUFS, by ebur128.
fn loudness(file: &std::path::Path) -> i64 {
    let arguments = ["-nostdin", "-hide_banner", "-i"];
    let mut run = std::process::Command::new("ffmpeg");
    let done = run.args(arguments).arg(file).args(["-af", "ebur128", "-f", "null", "-"]).output().expect("ffmpeg runs");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let line = said.lines().rev().find(|l| l.trim_start().starts_with("I:")).expect("a loudness").to_owned();
    let number: f64 = line.split_whitespace().nth(1).expect("a number").parse().expect("a number");
    #[allow(clippy::cast_possible_truncation)] // a loudness between -100 and 0
    let hundredths = (number * 100.0).round() as i64;
    hundredths
}

#[test]
fn a_wav_becomes_an_mp3_as_loud_as_others_and_the_original_is_kept() {
    on_both(async |site| {
        let house = house(&site).await;
        let wav = made(site.folder(), "quiet.wav", &[QUIET, &["-metadata", "comment=rue Prive 3"]].concat());
        let path = begin_as(&site, &house, wav.len(), "quiet.wav", "audio/x-wav").await;
        assert_eq!(piece(&site, &house, &path, 0, &wav).await.status, 204);
        let page = site.get_as(&house.editor, &format!("/fr/studio/episodes/{}/sound", shown(&house.draft))).await;
        assert!(page.text().contains("data-running") && page.text().contains("Conversion en MP3"));
        site.work().await;
        let (blob, mp3) = sound_of(&site, &house.editor, house.draft.id).await;
        let file = site.folder().join("out.mp3");
        std::fs::write(&file, &mp3).expect("written");
        let loud = loudness(&file);
        assert!((-1700..=-1500).contains(&loud), "{loud} is not within a LU of -16");
        assert!(!mp3.windows(9).any(|w| w == b"rue Prive"), "no tag goes out");
        let facts =
            publish::media::probe(std::io::Cursor::new(&mp3), mp3.len() as u64, "a.mp3").expect("ours reads it");
        assert!(
            (11_900..12_200).contains(&facts.duration_ms) && (120..=136).contains(&facts.bitrate_kbps.expect("a rate"))
        );
        let actor = house.editor.actor.clone();
        let desk = read_tx!(site.app.db, |tx| uc::sound_desk(tx, &actor, house.draft.id).await).expect("read");
        let kinds: Vec<RenditionKind> = desk.renditions.iter().map(|r| r.kind).collect();
        assert_eq!(kinds, [RenditionKind::Original, RenditionKind::Lossless, RenditionKind::Light]);
        assert_eq!(desk.renditions[0].blob, kernel::sha256_hex(&wav));
        assert!(desk.renditions[2].bitrate <= 64, "{}", desk.renditions[2].bitrate);
        assert_eq!(desk.conversions[0].0.state, "done");
        // An MP3 that is there already is made louder on request; the first original stays the original.
        let quiet = made(site.folder(), "quiet.mp3", QUIET);
        let path = begin(&site, &house, quiet.len()).await;
        assert_eq!(piece(&site, &house, &path, 0, &quiet).await.status, 204);
        let normalise = format!("/fr/studio/episodes/{}/sound/normalise", shown(&house.draft));
        assert_eq!(site.post_as(&house.editor, &normalise, &[]).await.status, 303);
        assert_eq!(site.post_as(&house.editor, &normalise, &[]).await.status, 409, "one at a time");
        site.work().await;
        let (again, mp3) = sound_of(&site, &house.editor, house.draft.id).await;
        assert_ne!(again, blob);
        std::fs::write(&file, &mp3).expect("written");
        assert!((-1700..=-1500).contains(&loudness(&file)));
        let desk = read_tx!(site.app.db, |tx| uc::sound_desk(tx, &actor, house.draft.id).await).expect("read");
        assert_eq!(desk.renditions[0].blob, kernel::sha256_hex(&quiet));
    });
}

#[test]
fn a_conversion_that_was_overtaken_changes_nothing() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        let wav = made(site.folder(), "quiet.wav", QUIET);
        let path = begin_as(&site, &house, wav.len(), "quiet.wav", "").await;
        assert_eq!(piece(&site, &house, &path, 0, &wav).await.status, 204);
        let file = longer();
        let path = begin(&site, &house, file.len()).await;
        assert_eq!(piece(&site, &house, &path, 0, &file).await.status, 204);
        site.work().await;
        assert_eq!(sound_of(&site, &house.editor, house.draft.id).await.0, kernel::sha256_hex(&file));
    });
}

#[test]
fn without_ffmpeg_one_sentence_says_what_to_do_and_mp3_still_works() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = Site::with(On::Lite, |config| config.ffmpeg = Some("off".to_owned())).await;
        let house = house(&site).await;
        let meta = metadata(&house.draft, "a.wav", "audio/wav");
        let more = [("upload-length", "9000"), ("upload-metadata", meta.as_str())];
        let refused = tus(&site, &house.editor, "POST", "/uploads", &more, Body::empty()).await;
        assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["code"]), (422, &"ffmpeg-missing".into()));
        let file = longer();
        let path = begin(&site, &house, file.len()).await;
        assert_eq!(piece(&site, &house, &path, 0, &file).await.status, 204);
        let page = format!("/fr/studio/episodes/{}/sound", shown(&house.draft));
        let normalise = site.post_as(&house.editor, &format!("{page}/normalise"), &[]).await;
        assert_eq!(normalise.status, 409);
        // The excerpt is there all the same, as a start and a length, and the page says why it has no file.
        let fields = [("start", "0:00"), ("end", "0:01.5"), ("title", "Un pont")];
        assert_eq!(site.post_as(&house.editor, &format!("{page}/excerpt"), &fields).await.status, 303);
        site.work().await;
        let text = site.get_as(&house.editor, &page).await.text();
        assert!(text.contains("Un pont") && text.contains("ce serveur n’a pas ffmpeg"), "{text}");
    });
}

/// Runs the encoder on a file of these bytes, outside any site.
async fn encoded(ffmpeg: &Ffmpeg, bytes: &[u8], format: SourceFormat, what: Encode) -> Result<(), EncodeError> {
    let folder = testkit::Folder::new();
    std::fs::write(folder.path().join("in"), bytes).expect("written");
    let (input, output) = (folder.path().join("in"), folder.path().join("out.mp3"));
    ffmpeg.encode(&input, format, what, &output, &|_, _| {}).await.map(drop)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

#[test]
fn c17_hostile_files_fail_cleanly_and_open_nothing_else() {
    runtime().block_on(async {
        let ffmpeg = Ffmpeg::new(None);
        let folder = testkit::Folder::new();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("set");
        let port = listener.local_addr().expect("bound").port();
        let wav = made(folder.path(), "a.wav", QUIET);
        for (bytes, format) in [
            (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n".to_vec(), SourceFormat::Mp3),
            (b"ffconcat version 1.0\nfile '/etc/passwd'\n".to_vec(), SourceFormat::Wav),
            (format!("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n").into_bytes(), SourceFormat::Mp4),
            (format!("http://127.0.0.1:{port}/a.wav").into_bytes(), SourceFormat::Wav),
            (wav[..60].to_vec(), SourceFormat::Flac),
            (vec![0; 4096], SourceFormat::Ogg),
            (b"\x1a\x45\xdf\xa3\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(), SourceFormat::Matroska),
        ] {
            for what in [Encode::Loud, Encode::Light] {
                let outcome = encoded(&ffmpeg, &bytes, format, what).await;
                assert_eq!(outcome, Err(EncodeError::Unreadable), "{}", String::from_utf8_lossy(&bytes));
            }
        }
        assert!(listener.accept().is_err(), "nobody came by the network");
        // Half a file is half the sound, or a clean no; never a hang.
        let half = encoded(&ffmpeg, &wav[..wav.len() / 2], SourceFormat::Wav, Encode::Loud).await;
        assert!(matches!(half, Ok(()) | Err(EncodeError::Unreadable)), "{half:?}");
    });
}

#[test]
fn c17_length_time_and_size_are_bounded() {
    runtime().block_on(async {
        let folder = testkit::Folder::new();
        // Thirteen hours of silence in little space: more than is taken.
        let bomb = made(
            folder.path(),
            "bomb.flac",
            &["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:d=46800", "-compression_level", "0"],
        );
        assert!(bomb.len() < 40_000_000, "{}", bomb.len());
        let outcome = encoded(&Ffmpeg::new(None), &bomb, SourceFormat::Flac, Encode::Light).await;
        assert_eq!(outcome, Err(EncodeError::TooLong));
        let hasty = Ffmpeg::new(None).within(Bounds { time: Duration::from_millis(300), ..Bounds::default() });
        assert!(hasty.facts().await.is_some());
        let outcome = encoded(&hasty, &bomb, SourceFormat::Flac, Encode::Loud).await;
        assert_eq!(outcome, Err(EncodeError::TimedOut));
        let tight = Ffmpeg::new(None).within(Bounds { file: 20_000, ..Bounds::default() });
        let wav = made(folder.path(), "a.wav", QUIET);
        assert_eq!(encoded(&tight, &wav, SourceFormat::Wav, Encode::Light).await, Err(EncodeError::TooLong));
        let small = Ffmpeg::new(None).within(Bounds { cpu: 1, ..Bounds::default() });
        let outcome = encoded(&small, &bomb, SourceFormat::Flac, Encode::Loud).await;
        assert!(matches!(outcome, Err(EncodeError::TimedOut | EncodeError::Unreadable)), "{outcome:?}");
    });
}

/// A program that stands in for ffmpeg, to see what the walls leave it.
fn stand_in(folder: &std::path::Path, script: &str) -> Ffmpeg {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join("ffmpeg");
    let head = "#!/bin/sh\nif [ \"$1\" = -version ]; then echo 'ffmpeg version 9.9 stand-in'; exit 0; fi\n";
    std::fs::write(&path, format!("{head}{script}\n")).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("set");
    Ffmpeg::new(path.to_str())
}

#[test]
fn c17_the_walls_hold_whatever_runs_behind_them() {
    runtime().block_on(async {
        let folder = testkit::Folder::new();
        let told = folder.path().join("told");
        let script = format!(
            "{{ /usr/bin/env; echo cwd=$(pwd); ulimit -a; cat /proc/net/dev; }} > {} 2>&1; exit 1",
            told.display()
        );
        let ffmpeg = stand_in(folder.path(), &script);
        let facts = ffmpeg.facts().await.expect("it answers");
        assert_eq!(facts.version, "9.9");
        assert_eq!(encoded(&ffmpeg, b"x", SourceFormat::Wav, Encode::Light).await, Err(EncodeError::Unreadable));
        let said = std::fs::read_to_string(&told).expect("told");
        for secret in ["PATH=/root", "CARGO", "TRABOULE", "USER="] {
            assert!(!said.contains(secret), "{secret} reached the child: {said}");
        }
        assert!(
            said.contains("cwd=")
                && !said.contains(&format!("cwd={}", std::env::current_dir().expect("here").display()))
        );
        if facts.network_wall {
            let devices = said
                .lines()
                .filter(|l| l.contains(": ") && l.trim_start().starts_with(|c: char| c.is_ascii_lowercase()));
            let other = devices.filter(|l| l.contains("eth") || l.contains("ens") || l.contains("wlan")).count();
            assert_eq!(other, 0, "only a loopback of its own: {said}");
        }
        // What it starts ends with it: the grandchild would hold the pipe for a minute.
        let hasty = stand_in(folder.path(), "/bin/sleep 60 & echo $! > pid; wait");
        let hasty = hasty.within(Bounds { time: Duration::from_millis(400), ..Bounds::default() });
        let begun = std::time::Instant::now();
        assert_eq!(encoded(&hasty, b"x", SourceFormat::Wav, Encode::Light).await, Err(EncodeError::TimedOut));
        assert!(begun.elapsed() < Duration::from_secs(20));
    });
}

async fn sound_page(site: &Site, who: &Person, episode: &Episode) -> String {
    site.get_as(who, &format!("/fr/studio/episodes/{}/sound", shown(episode))).await.text()
}

#[test]
fn c4_c8_c9_excerpts_and_files_follow_their_episode() {
    on_both(async |site| {
        let house = house(&site).await;
        let wav = made(site.folder(), "quiet.wav", QUIET);
        let path = begin_as(&site, &house, wav.len(), "quiet.wav", "").await;
        assert_eq!(piece(&site, &house, &path, 0, &wav).await.status, 204);
        site.work().await;
        let base = format!("/fr/studio/episodes/{}", shown(&house.draft));
        let add = format!("{base}/sound/excerpt");
        for (start, end, title, field) in [
            ("0:05", "0:02", "x", "fin"),
            ("0:05", "9:00", "x", "fin"),
            ("a", "0:09", "x", "début"),
            ("0:01", "0:04", "", "titre"),
        ] {
            let refused = site.post_as(&house.editor, &add, &[("start", start), ("end", end), ("title", title)]).await;
            assert_eq!(refused.status, 422, "{field}");
            assert!(refused.text().contains(&format!("value=\"{end}\"")), "what was typed is kept");
        }
        let fields = [("start", "0:02"), ("end", "0:05.5"), ("title", "Le canari <b>"), ("title_en", "The canary")];
        assert_eq!(site.post_as(&house.editor, &add, &fields).await.status, 303);
        site.work().await;
        let actor = house.editor.actor.clone();
        let list = read_tx!(site.app.db, |tx| uc::desk_excerpts(tx, &actor, house.draft.id).await).expect("read");
        let one = list.first().expect("an excerpt").clone();
        let file = publish::web::Links::excerpt(&one).expect("it was cut");
        let desk = read_tx!(site.app.db, |tx| uc::sound_desk(tx, &actor, house.draft.id).await).expect("read");
        let files: Vec<String> =
            desk.renditions.iter().map(|r| publish::web::Links::rendition(house.draft.id, r)).collect();
        // A draft: nobody but the team.
        for path in files.iter().chain([&file]) {
            assert_eq!(site.get(path).await.status, 404, "{path}");
            assert_eq!(site.get_as(&house.stranger, path).await.status, 404, "{path}");
            let own = site.get_as(&house.editor, path).await;
            assert_eq!(
                (own.status.as_u16(), own.header("cache-control")),
                (200, "private, no-store".to_owned()),
                "{path}"
            );
        }
        assert!(!site.get("/feeds/pentes.xml").await.text().contains("canari"));
        let text = sound_page(&site, &house.editor, &house.draft).await;
        assert!(text.contains("Le canari &lt;b&gt;") && text.contains(&file));
        // Public: the listed ones for everybody, exactly as long as they say; the original still for the team only.
        desk::schedule(&site, &house.editor, house.draft.id, When::Now).await;
        assert_eq!(site.get(&files[0]).await.status, 404, "the original may carry private tags");
        for path in [&files[1], &files[2], &file] {
            let whole = site.get(path).await;
            assert_eq!(whole.status, 200, "{path}");
            assert_eq!(whole.header("content-length"), whole.body.len().to_string());
            let head = site.send(request("HEAD", path, None, &[], Body::empty())).await;
            assert_eq!(head.header("content-length"), whole.body.len().to_string(), "{path}");
            let part = site.get_with(path, &[("range", "bytes=10-19")]).await;
            assert_eq!((part.status.as_u16(), &part.body[..]), (206, &whole.body[10..20]), "{path}");
            let past = site.get_with(path, &[("range", "bytes=99999999-")]).await;
            assert_eq!(past.status, 416);
        }
        let cut = site.get(&file).await.body;
        let facts = publish::media::probe(std::io::Cursor::new(&cut[..]), cut.len() as u64, "a.mp3").expect("an MP3");
        assert!((3450..=3600).contains(&facts.duration_ms), "{}", facts.duration_ms);
        let rows = read_tx!(site.app.db, |tx| uc::feed_rows(tx, "pentes", site.app.now()).await).expect("rows");
        assert_eq!(rows.excerpts[&house.draft.id].len(), 1);
        let listed: Vec<bool> =
            rows.renditions[&house.draft.id].iter().map(publish::model::Rendition::lossless).collect();
        assert_eq!(listed, [true, false]);
        // Removed: gone at once, and back at once.
        let x = show_id(EXCERPT_PREFIX, one.id);
        let removed = site.post_as(&house.editor, &format!("{base}/excerpts/{x}/remove"), &[]).await;
        assert!(removed.header("location").contains(&format!("undo={x}")));
        assert_eq!(site.get(&file).await.status, 404);
        assert_eq!(site.get_as(&house.editor, &file).await.status, 404);
        assert_eq!(site.post_as(&house.editor, &format!("{base}/excerpts/{x}/restore"), &[]).await.status, 303);
        assert_eq!(site.get(&file).await.status, 200);
        let rename = format!("{base}/excerpts/{x}/rename");
        assert_eq!(site.post_as(&house.editor, &rename, &[("title", "Le merle")]).await.status, 303);
        assert_eq!(site.post_as(&house.stranger, &rename, &[("title", "Volé")]).await.status, 404);
        assert!(sound_page(&site, &house.editor, &house.draft).await.contains("Le merle"));
        // Withdrawn: gone again. Another sound: its files are nobody's.
        let withdraw = format!("{base}/unpublish");
        assert_eq!(site.post_as(&house.editor, &withdraw, &[]).await.status, 303);
        for path in files.iter().chain([&file]) {
            assert_eq!(site.get(path).await.status, 404, "{path}");
        }
        let sound = longer();
        let path = begin(&site, &house, sound.len()).await;
        assert_eq!(piece(&site, &house, &path, 0, &sound).await.status, 204);
        for path in files.iter().chain([&file]) {
            assert_eq!(site.get_as(&house.editor, path).await.status, 404, "{path}");
        }
        // For good a day later.
        site.clock.advance(10);
        let removed = write_tx!(site.app.db, |tx| {
            let ctx = site.app.ctx(house.editor.actor.clone());
            uc::remove_excerpt(tx, &ctx, one.id).await
        });
        assert!(removed.is_ok());
        site.clock.advance(24 * 3600 + 1);
        traboule::tus::sweep(&site.app).await.expect("swept");
        let ctx = site.app.ctx(house.editor.actor.clone());
        assert!(write_tx!(site.app.db, |tx| uc::restore_excerpt(tx, &ctx, one.id).await).is_err());
    });
}

const VTT: &str = "WEBVTT\n\n00:00.000 --> 00:00.400\n<v Odile>Bonjour\n\n00:00.400 --> 00:00.700\nLe pont\n\n00:00.700 --> 00:01.000\nAu revoir\n";

async fn with_transcript(site: &Site, house: &House, source: &str) {
    let ctx = site.app.ctx(house.editor.actor.clone());
    write_tx!(site.app.db, |tx| uc::import_transcript(tx, &ctx, house.draft.id, "fr", source, false).await)
        .expect("imported");
}

/// The fields of the cue form of a page, as a browser would send them.
fn fields_of(page: &str) -> Vec<(String, String)> {
    let form = page.split("data-cues").nth(1).and_then(|f| f.split("</form>").next()).expect("the form");
    let unescape = |t: &str| {
        t.replace("&quot;", "\"")
            .replace("&#x27;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#x2f;", "/")
            .replace("&amp;", "&")
    };
    let mut out = Vec::new();
    for piece in form.split("name=\"").skip(1) {
        let (name, rest) = piece.split_once('"').expect("a name");
        if !["text_lang", "version", "page", "was", "start", "end", "speaker", "text"].contains(&name) {
            continue;
        }
        let value = if name == "text" {
            rest.split_once(">\n").and_then(|(_, t)| t.split("</textarea>").next()).expect("a text")
        } else {
            rest.split_once("value=\"").and_then(|(_, v)| v.split('"').next()).expect("a value")
        };
        out.push((name.to_owned(), unescape(value)));
    }
    out
}

async fn send_fields(site: &Site, house: &House, verb: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let path = format!("/fr/studio/episodes/{}/cues/{verb}", shown(&house.draft));
    site.post_as(&house.editor, &path, &fields).await
}

fn change(fields: &mut [(String, String)], name: &str, nth: usize, value: &str) {
    fields.iter_mut().filter(|(n, _)| n == name).nth(nth).expect("a field").1 = value.to_owned();
}

async fn texts(site: &Site, house: &House) -> Vec<String> {
    let actor = house.editor.actor.clone();
    let found = read_tx!(site.app.db, |tx| uc::desk_transcript(tx, &actor, house.draft.id, "fr").await).expect("read");
    found.expect("a transcript").cues.into_iter().map(|c| c.text).collect()
}

async fn transcript_page(site: &Site, house: &House, query: &str) -> String {
    let path = format!("/fr/studio/episodes/{}/transcript{query}", shown(&house.draft));
    site.send(request("GET", &path, Some(&house.editor.session), &[], Body::empty())).await.text()
}

#[test]
fn two_who_correct_a_transcript_are_brought_together_or_told() {
    on_both(async |site| {
        let house = house(&site).await;
        with_transcript(&site, &house, VTT).await;
        let first = fields_of(&transcript_page(&site, &house, "").await);
        let (mut mine, mut theirs) = (first.clone(), first.clone());
        change(&mut theirs, "text", 0, "Bonjour à tous");
        assert_eq!(send_fields(&site, &house, "save", &theirs).await.status, 303);
        change(&mut mine, "text", 2, "À demain");
        change(&mut mine, "speaker", 0, "Odile Roux");
        assert_eq!(send_fields(&site, &house, "save", &mine).await.status, 303);
        assert_eq!(texts(&site, &house).await, ["Bonjour à tous", "Le pont", "À demain"]);
        // Both change the same word: nothing is saved, both texts are shown, the next save decides.
        let first = fields_of(&transcript_page(&site, &house, "").await);
        let (mut mine, mut theirs) = (first.clone(), first);
        change(&mut theirs, "text", 1, "Le viaduc");
        assert_eq!(send_fields(&site, &house, "save", &theirs).await.status, 303);
        change(&mut mine, "text", 1, "La passerelle <script>");
        let clash = send_fields(&site, &house, "save", &mine).await;
        assert_eq!(clash.status, 409);
        let page = clash.text();
        assert!(page.contains("Le viaduc") && page.contains("La passerelle &lt;script&gt;"));
        assert_eq!(texts(&site, &house).await[1], "Le viaduc");
        let decided = fields_of(&page);
        assert_eq!(send_fields(&site, &house, "save", &decided).await.status, 303);
        assert_eq!(texts(&site, &house).await[1], "La passerelle <script>");
        let public = format!("/media/episodes/{}/transcript.fr.vtt", shown(&house.draft));
        let vtt = site.get_as(&house.editor, &public).await.text();
        assert!(vtt.contains("La passerelle &lt;script&gt;") && vtt.contains("<v Odile Roux>"), "{vtt}");
        // Undo and its undo; find and replace; an old version is told.
        let old = fields_of(&transcript_page(&site, &house, "").await);
        assert_eq!(send_fields(&site, &house, "undo", &old).await.status, 303);
        assert_eq!(texts(&site, &house).await[1], "Le viaduc");
        assert_eq!(send_fields(&site, &house, "undo", &old).await.status, 409);
        let mut replace = fields_of(&transcript_page(&site, &house, "").await);
        replace.extend([("find".to_owned(), "VIADUC".to_owned()), ("with".to_owned(), "pont".to_owned())]);
        let done = send_fields(&site, &house, "replace", &replace).await;
        assert!(done.header("location").contains("said=replaced&count=1"), "{}", done.header("location"));
        assert_eq!(send_fields(&site, &house, "replace", &replace).await.status, 409);
        let reviewed = [("text_lang".to_owned(), "fr".to_owned()), ("reviewed".to_owned(), "yes".to_owned())];
        assert_eq!(send_fields(&site, &house, "reviewed", &reviewed).await.status, 303);
        assert!(transcript_page(&site, &house, "").await.contains("Une personne a relu"));
    });
}

#[test]
fn a_transcript_comes_by_the_form_as_a_file_or_pasted_and_what_was_pasted_is_kept() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        let stamp = site.app.csrf.stamp(&house.editor.session);
        let send = async |pasted: &str, file: &str| {
            let mut body = String::new();
            for (name, more, value) in [
                ("csrf", "", stamp.as_str()),
                ("lang", "", "fr"),
                ("transcript", "; filename=\"\"", file),
                ("pasted", "", pasted),
            ] {
                let head = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
                body.push_str(&format!("{head}{value}\r\n"));
            }
            body.push_str("--edge--\r\n");
            let headers = [("origin", it::ORIGIN), ("content-type", "multipart/form-data; boundary=edge")];
            let path = format!("/fr/studio/episodes/{}/transcript/upload", shown(&house.draft));
            site.send(request("POST", &path, Some(&house.editor.session), &headers, body.into())).await
        };
        let done = send("Bonjour à tous.", "").await;
        assert!(
            done.header("location").ends_with("?text=fr&said=transcript-spread"),
            "{} {}",
            done.status,
            done.text()
        );
        let done = send("", VTT).await;
        assert!(done.header("location").ends_with("?text=fr&said=transcript"), "{}", done.status);
        assert_eq!(texts(&site, &house).await, ["Bonjour", "Le pont", "Au revoir"]);
        let refused = send("<html>Gardé", "").await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("&lt;html&gt;Gardé"));
    });
}

#[test]
fn cues_are_split_joined_added_and_removed_without_script() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        with_transcript(&site, &house, VTT).await;
        let act = async |what: &str| {
            let mut fields = fields_of(&transcript_page(&site, &house, "").await);
            fields.push(("do".to_owned(), what.to_owned()));
            send_fields(&site, &house, "save", &fields).await
        };
        assert_eq!(act("split:1:2").await.status, 303);
        assert_eq!(texts(&site, &house).await, ["Bonjour", "Le", "pont", "Au revoir"]);
        assert_eq!(act("join:1").await.status, 303);
        assert_eq!(act("insert:2").await.status, 303);
        assert_eq!(texts(&site, &house).await, ["Bonjour", "Le pont", "Au revoir", "…"]);
        let mut fields = fields_of(&transcript_page(&site, &house, "").await);
        fields.push(("gone".to_owned(), "3".to_owned()));
        change(&mut fields, "text", 0, "  ");
        assert_eq!(send_fields(&site, &house, "save", &fields).await.status, 303);
        assert_eq!(texts(&site, &house).await, ["Le pont", "Au revoir"]);
        let mut fields = fields_of(&transcript_page(&site, &house, "").await);
        change(&mut fields, "start", 0, "demain");
        change(&mut fields, "text", 1, "Gardé");
        let refused = send_fields(&site, &house, "save", &fields).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("value=\"demain\"") && refused.text().contains("Gardé"));
        assert_eq!(texts(&site, &house).await, ["Le pont", "Au revoir"]);
        let none: Vec<(String, String)> = fields_of(&transcript_page(&site, &house, "").await)
            .into_iter()
            .map(|(n, v)| if n == "text" { (n, String::new()) } else { (n, v) })
            .collect();
        assert_eq!(send_fields(&site, &house, "save", &none).await.status, 422, "at least one cue stays");
    });
}

#[test]
fn plain_text_is_spread_and_three_thousand_cues_stay_pages() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        let ctx = site.app.ctx(house.editor.actor.clone());
        let text = "Odile : Bonjour à tous.\n\nIl fait beau sur les pentes ce matin.";
        let made = write_tx!(site.app.db, |tx| uc::import_transcript(tx, &ctx, house.draft.id, "fr", text, true).await);
        assert_eq!(made.expect("imported"), uc::Imported { cues: 2, spread: true });
        let actor = house.editor.actor.clone();
        let found =
            read_tx!(site.app.db, |tx| uc::desk_transcript(tx, &actor, house.draft.id, "fr").await).expect("read");
        let found = found.expect("a transcript");
        assert!(!found.reviewed, "nobody read times that were guessed");
        assert!(
            found.cues[0].start_ms == 0 && found.cues[1].start_ms == found.cues[0].end_ms && found.cues[1].end_ms > 900
        );
        let many: String = (0..3000_u64)
            .map(|n| format!("\n{:02}:{:02}.000 --> {:02}:{:02}.900\nPassage {n}\n", n / 60, n % 60, n / 60, n % 60))
            .collect();
        with_transcript(&site, &house, &format!("WEBVTT\n{many}")).await;
        let page = transcript_page(&site, &house, "?text=fr&page=30").await;
        assert!(page.len() < 200_000, "{} bytes", page.len());
        assert!(page.contains("Passage 1450") && !page.contains("Passage 1449") && page.contains("page=31"));
        let mut fields = fields_of(&page);
        change(&mut fields, "text", 0, "Passage mille");
        assert_eq!(send_fields(&site, &house, "save", &fields).await.status, 303);
        let texts = texts(&site, &house).await;
        assert_eq!((texts.len(), texts[1450].as_str(), texts[1449].as_str()), (3000, "Passage mille", "Passage 1449"));
    });
}

#[test]
fn the_api_shows_and_changes_sound_by_token() {
    on_both(async |site| {
        let house = house(&site).await;
        with_transcript(&site, &house, VTT).await;
        let ctx = site.app.ctx(house.editor.actor.clone());
        let token = write_tx!(site.app.db, |tx| {
            accounts_uc::create_token(tx, &ctx, house.editor.org, "t", &TokenScope::ALL, 1).await
        });
        let token = token.expect("a token").secret;
        let base = format!("/api/v1/episodes/{}", shown(&house.draft));
        let body = r#"{"start_ms": 100, "duration_ms": 1000, "titles": {"fr": "Bref"}}"#;
        let outside = body.replace("1000", "60000");
        let refused = site.api(&token, "POST", &format!("{base}/excerpts"), outside).await;
        assert_eq!(refused.status, 422, "the sound is shorter: {}", refused.text());
        let sound = longer();
        assert_eq!(site.api(&token, "PUT", &format!("{base}/audio"), sound).await.status, 200);
        let made = site.api(&token, "POST", &format!("{base}/excerpts"), body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        site.work().await;
        let seen = site.api(&token, "GET", &format!("{base}/sound"), "").await.json();
        assert_eq!((&seen["excerpts"][0]["id"], &seen["excerpts"][0]["state"]), (&id.as_str().into(), &"ready".into()));
        let renamed =
            site.api(&token, "PUT", &format!("/api/v1/excerpts/{id}"), r#"{"titles": {"en": "Short"}}"#).await;
        assert_eq!((renamed.status.as_u16(), &renamed.json()["titles"]["en"]), (200, &"Short".into()));
        assert_eq!(site.api(&token, "DELETE", &format!("/api/v1/excerpts/{id}"), "").await.status, 200);
        let cues = site.api(&token, "GET", &format!("{base}/transcripts/fr"), "").await.json();
        assert_eq!(cues["cues"].as_array().map(Vec::len), Some(3));
        let body = serde_json::json!({"version": cues["version"], "cues": [{"start_ms": 0, "end_ms": 900, "speaker": null, "text": "Seul"}]});
        let put = format!("{base}/transcripts/fr/cues");
        assert_eq!(site.api(&token, "PUT", &put, body.to_string()).await.status, 200);
        assert_eq!(site.api(&token, "PUT", &put, body.to_string()).await.status, 409, "an old version");
        assert_eq!(texts(&site, &house).await, ["Seul"]);
        let light = site.api(&token, "POST", &format!("{base}/sound/light"), "").await;
        assert_eq!(light.status, 202);
        site.work().await;
        let seen = site.api(&token, "GET", &format!("{base}/sound"), "").await.json();
        assert_eq!(
            (&seen["conversions"][0]["state"], &seen["renditions"][0]["kind"]),
            (&"done".into(), &"light".into()),
            "{seen}"
        );
        let forbidden = encode(&[("x", "y")]);
        assert_eq!(site.send(request("GET", &format!("{base}/sound"), None, &[], forbidden.into())).await.status, 401);
    });
}

#[test]
fn two_saves_of_one_version_are_one_save_and_one_no() {
    on_one(On::Pg, &async |site: Site| {
        let house = house(&site).await;
        with_transcript(&site, &house, VTT).await;
        let ctx = site.app.ctx(house.editor.actor.clone());
        let words = |with: &'static str| ("pont", with, true);
        let save = async |with: &'static str| {
            write_tx!(site.app.db, |tx| uc::replace_words(tx, &ctx, house.draft.id, "fr", 1, words(with)).await).is_ok()
        };
        let (one, two) = tokio::join!(save("viaduc"), save("quai"));
        assert!(one != two, "exactly one: {one} {two}");
        assert_eq!(texts(&site, &house).await[1], if one { "Le viaduc" } else { "Le quai" });
    });
}

#[test]
fn the_pages_look_as_reviewed() {
    runtime().block_on(async {
        let site = Site::with(On::Lite, |config| config.ffmpeg = Some("off".to_owned())).await;
        let house = house(&site).await;
        with_transcript(&site, &house, VTT).await;
        let base = format!("studio/episodes/{}", shown(&house.draft));
        let fields = [("start", "0:00"), ("end", "0:01"), ("title", "Un pont")];
        assert_eq!(site.post_as(&house.editor, &format!("/fr/{base}/sound/excerpt"), &fields).await.status, 303);
        for lang in ["fr", "en"] {
            for tab in ["sound", "transcript"] {
                let page = site.get_as(&house.editor, &format!("/{lang}/{base}/{tab}")).await;
                assert_eq!(page.status, 200);
                insta::assert_snapshot!(format!("studio_{tab}_{lang}"), crate::pages::redact(&page.text()));
            }
        }
    });
}
