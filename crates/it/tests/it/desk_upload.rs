//! Uploads in pieces by tus 1.0.0 (c17): cut anywhere and resumed, every mistake with its status, two clients, dead processes, full
//! disks, and files that are not what they say.

use accounts::service as accounts_uc;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use db::{read_tx, write_tx};
use it::{Answer, ORIGIN, Person, SOUND, Site, desk, on_both, on_one, request};
use kernel::{Role, TokenScope, parse_id, show_id};
use proptest::prelude::Strategy as _;
use proptest::strategy::ValueTree as _;
use publish::model::{AudioPlace, EPISODE_PREFIX, Episode, UPLOAD_PREFIX};
use publish::service as uc;
use testkit::On;

const PIECE: &str = "application/offset+octet-stream";

pub(crate) struct House {
    pub(crate) editor: Person,
    pub(crate) stranger: Person,
    pub(crate) draft: Episode,
}

pub(crate) async fn house(site: &Site) -> House {
    let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
    let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
    let show = desk::show(site, &editor, "pentes").await;
    let draft = desk::episode(site, &editor, &show, desk::draft("Le secret")).await;
    House { editor, stranger, draft }
}

pub(crate) fn shown(episode: &Episode) -> String {
    show_id(EPISODE_PREFIX, episode.id)
}

/// A tus request of somebody signed in.
pub(crate) async fn tus(
    site: &Site,
    who: &Person,
    method: &str,
    path: &str,
    more: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let stamp = site.app.csrf.stamp(&who.session);
    let mut headers = vec![("tus-resumable", "1.0.0"), ("origin", ORIGIN), ("x-csrf", stamp.as_str())];
    headers.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    headers.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    site.send(request(method, path, Some(&who.session), &headers, body.into())).await
}

pub(crate) fn metadata(episode: &Episode, name: &str, mime: &str) -> String {
    format!(
        "filename {},filetype {},episode {}",
        STANDARD.encode(name),
        STANDARD.encode(mime),
        STANDARD.encode(shown(episode))
    )
}

pub(crate) async fn begin_as(site: &Site, house: &House, size: usize, name: &str, mime: &str) -> String {
    let (size, meta) = (size.to_string(), metadata(&house.draft, name, mime));
    let more = [("upload-length", size.as_str()), ("upload-metadata", meta.as_str())];
    let answer = tus(site, &house.editor, "POST", "/uploads", &more, Body::empty()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(!answer.header("upload-expires").is_empty());
    answer.header("location")
}

pub(crate) async fn begin(site: &Site, house: &House, size: usize) -> String {
    begin_as(site, house, size, "matin.mp3", "audio/mpeg").await
}

pub(crate) async fn piece(site: &Site, house: &House, path: &str, offset: usize, bytes: &[u8]) -> Answer {
    let offset = offset.to_string();
    let more = [("content-type", PIECE), ("upload-offset", offset.as_str())];
    tus(site, &house.editor, "PATCH", path, &more, bytes.to_vec()).await
}

async fn head(site: &Site, house: &House, path: &str) -> Answer {
    tus(site, &house.editor, "HEAD", path, &[], Body::empty()).await
}

/// A body that breaks after some bytes, as a lost connection does.
fn broken(bytes: &[u8]) -> Body {
    let first: Result<Bytes, std::io::Error> = Ok(Bytes::copy_from_slice(bytes));
    let lost = Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    Body::from_stream(futures_util::stream::iter([first, lost]))
}

pub(crate) async fn sound_of(site: &Site, who: &Person, episode: i64) -> (String, Vec<u8>) {
    let (_, full) = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, episode).await).expect("read");
    let audio = full.episode.audio.expect("sound");
    let AudioPlace::Local(blob) = audio.place else { panic!("kept elsewhere") };
    let bytes = site.app.blobs.bytes(&blobs::BlobName::parse(&blob).expect("a name")).await.expect("bytes");
    (blob, bytes.to_vec())
}

/// The test sound, longer: so that it differs from the one the episode has.
pub(crate) fn longer() -> Vec<u8> {
    [SOUND, SOUND].concat()
}

#[test]
fn c17_an_upload_cut_anywhere_and_resumed_is_the_same_file() {
    on_both(async |site| {
        let house = house(&site).await;
        let file = longer();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for _ in 0..8 {
            let cuts =
                proptest::collection::btree_set(0..file.len(), 0..5).prop_map(|s| s.into_iter().collect::<Vec<_>>());
            let cuts = cuts.new_tree(&mut runner).expect("cuts").current();
            let path = begin(&site, &house, file.len()).await;
            for cut in cuts {
                let told = head(&site, &house, &path).await;
                let at: usize = told.header("upload-offset").parse().expect("a number");
                if cut <= at {
                    continue;
                }
                let offset = at.to_string();
                let more = [("content-type", PIECE), ("upload-offset", offset.as_str())];
                let lost = tus(&site, &house.editor, "PATCH", &path, &more, broken(&file[at..cut])).await;
                assert!(lost.status.is_server_error(), "{}", lost.status);
                let told = head(&site, &house, &path).await;
                assert_eq!(told.header("upload-offset"), cut.to_string(), "what came before the cut is kept");
                assert_eq!(told.header("upload-length"), file.len().to_string());
            }
            let at: usize = head(&site, &house, &path).await.header("upload-offset").parse().expect("a number");
            let last = piece(&site, &house, &path, at, &file[at..]).await;
            assert_eq!(
                (last.status.as_u16(), last.header("upload-offset")),
                (204, file.len().to_string()),
                "{}",
                last.text()
            );
            let (blob, bytes) = sound_of(&site, &house.editor, house.draft.id).await;
            assert_eq!(blob, kernel::sha256_hex(&file));
            assert_eq!(bytes, file);
            // A client that lost the last answer learns that all is there.
            let told = head(&site, &house, &path).await;
            assert_eq!((told.status.as_u16(), told.header("upload-offset")), (200, file.len().to_string()));
            let again = piece(&site, &house, &path, file.len(), b"").await;
            assert_eq!(again.status, 204);
        }
        let left = std::fs::read_dir(&site.app.scratch).expect("a folder").count();
        assert_eq!(left, 0, "no file is left behind");
    });
}

#[test]
fn c17_a_dead_process_tells_no_more_than_the_disk_holds() {
    on_both(async |mut site| {
        let house = house(&site).await;
        let file = longer();
        let path = begin(&site, &house, file.len()).await;
        assert_eq!(piece(&site, &house, &path, 0, &file[..4000]).await.status, 204);
        let id = parse_id(UPLOAD_PREFIX, path.rsplit('/').next().expect("an id")).expect("an id");
        let ctx = site.app.ctx(house.editor.actor.clone());
        // The process died while it wrote: a lease nobody gives back, and more bytes on disk than were told.
        let leased = write_tx!(site.app.db, |tx| uc::lease_upload(tx, &ctx, id).await).expect("leased");
        let scratch = traboule::tus::scratch_file(&site.app, &leased);
        let mut bytes = file[..4000].to_vec();
        bytes.extend_from_slice(b"rubbish that was never told");
        std::fs::write(&scratch, &bytes).expect("written");
        site.restart().await;
        assert_eq!(head(&site, &house, &path).await.header("upload-offset"), "4000");
        if site.on == On::Pg {
            assert_eq!(
                piece(&site, &house, &path, 4000, &file[4000..5000]).await.status,
                423,
                "another node may still write"
            );
            site.clock.advance(31);
        }
        // Fewer bytes than were told: the disk lied about fsync, or another node's folder is asked.
        std::fs::write(&scratch, &file[..1500]).expect("written");
        assert_eq!(head(&site, &house, &path).await.header("upload-offset"), "1500");
        assert_eq!(piece(&site, &house, &path, 4000, &file[4000..]).await.status, 409);
        assert_eq!(piece(&site, &house, &path, 1500, &file[1500..]).await.status, 204);
        assert_eq!(sound_of(&site, &house.editor, house.draft.id).await.0, kernel::sha256_hex(&file));
    });
}

#[test]
fn c17_an_upload_that_was_whole_when_its_process_died_is_finished_by_asking() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        let file = longer();
        let path = begin(&site, &house, file.len()).await;
        let id = parse_id(UPLOAD_PREFIX, path.rsplit('/').next().expect("an id")).expect("an id");
        let ctx = site.app.ctx(house.editor.actor.clone());
        let leased = write_tx!(site.app.db, |tx| uc::lease_upload(tx, &ctx, id).await).expect("leased");
        std::fs::write(traboule::tus::scratch_file(&site.app, &leased), &file).expect("written");
        let size = i64::try_from(file.len()).expect("small");
        write_tx!(site.app.db, |tx| uc::note_received(tx, &leased, size, ctx.now).await).expect("noted");
        assert_ne!(sound_of(&site, &house.editor, house.draft.id).await.0, kernel::sha256_hex(&file));
        assert_eq!(head(&site, &house, &path).await.header("upload-offset"), file.len().to_string());
        assert_eq!(sound_of(&site, &house.editor, house.draft.id).await.0, kernel::sha256_hex(&file));
    });
}

#[test]
fn c17_the_protocol_answers_every_mistake_with_its_status() {
    on_both(async |site| {
        let house = house(&site).await;
        let about = site.send(request("OPTIONS", "/uploads", None, &[], Body::empty())).await;
        assert_eq!(about.status, 204);
        assert_eq!(about.header("tus-version"), "1.0.0");
        assert_eq!(about.header("tus-extension"), "creation,creation-with-upload,expiration,checksum,termination");
        assert_eq!(about.header("tus-max-size"), (2_u64 << 30).to_string());
        let meta = metadata(&house.draft, "a.mp3", "audio/mpeg");
        let begin_with = async |more: &[(&str, &str)]| {
            let mut all = vec![("upload-metadata", meta.as_str()), ("upload-length", "9000")];
            all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
            all.extend_from_slice(more);
            tus(&site, &house.editor, "POST", "/uploads", &all, Body::empty()).await.status.as_u16()
        };
        let nobody = format!("episode {}", STANDARD.encode("ep_0000000000001"));
        for (more, status) in [
            (vec![("tus-resumable", "")], 412),
            (vec![("tus-resumable", "0.2.2")], 412),
            (vec![("upload-length", "")], 400),
            (vec![("upload-length", "-1")], 400),
            (vec![("upload-length", "0")], 400),
            (vec![("upload-length", "2147483649")], 413),
            (vec![("upload-metadata", "episode ???")], 400),
            (vec![("upload-metadata", nobody.as_str())], 404),
            (vec![("x-csrf", "wrong")], 403),
            (vec![("origin", "https://evil.example")], 403),
        ] {
            assert_eq!(begin_with(&more).await, status, "{more:?}");
        }
        let path = begin(&site, &house, 9000).await;
        let patch = async |more: &[(&str, &str)], bytes: usize| {
            let mut all = vec![("content-type", PIECE), ("upload-offset", "0")];
            all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
            all.extend_from_slice(more);
            tus(&site, &house.editor, "PATCH", &path, &all, vec![0; bytes]).await.status.as_u16()
        };
        let zeros = ring::digest::digest(&ring::digest::SHA256, &[0; 10]);
        let right = format!("sha256 {}", STANDARD.encode(zeros.as_ref()));
        let wrong = format!("sha1 {}", STANDARD.encode([7; 20]));
        for (more, bytes, status) in [
            (vec![("content-type", "application/octet-stream")], 10, 415),
            (vec![("upload-offset", "5")], 10, 409),
            (vec![("upload-offset", "x")], 10, 400),
            (vec![("content-length", "9001")], 9001, 413),
            (vec![], 9001, 413),
            (vec![("upload-checksum", wrong.as_str())], 10, 460),
            (vec![("upload-checksum", "md5 AAAA")], 10, 400),
            (vec![("x-csrf", "wrong")], 10, 403),
            (vec![("tus-resumable", "")], 10, 412),
        ] {
            assert_eq!(patch(&more, bytes).await, status, "{more:?} {bytes}");
            let at: usize = head(&site, &house, &path).await.header("upload-offset").parse().expect("a number");
            assert_eq!(at, 0, "{more:?}: nothing of it is kept");
        }
        assert_eq!(patch(&[("upload-checksum", right.as_str())], 10).await, 204);
        assert_eq!(head(&site, &house, &path).await.header("upload-offset"), "10");
        // A stranger sees nothing, nobody is asked to sign in, a token of the team may.
        let foreign = tus(&site, &house.stranger, "HEAD", &path, &[], Body::empty()).await;
        assert_eq!(foreign.status, 404);
        let visitor = site.send(request("HEAD", &path, None, &[("tus-resumable", "1.0.0")], Body::empty())).await;
        assert_eq!(visitor.status, 401);
        let agent = site.person("pentes", "agent@pentes.example", Role::Agent).await;
        assert_eq!(tus(&site, &agent, "HEAD", &path, &[], Body::empty()).await.status, 403);
        let ctx = site.app.ctx(house.editor.actor.clone());
        let token = write_tx!(site.app.db, |tx| {
            accounts_uc::create_token(tx, &ctx, house.editor.org, "t", &TokenScope::ALL, 1).await
        });
        let bearer = format!("Bearer {}", token.expect("a token").secret);
        let by_token = [("tus-resumable", "1.0.0"), ("authorization", bearer.as_str())];
        assert_eq!(site.send(request("HEAD", &path, None, &by_token, Body::empty())).await.status, 200);
        // Given up, then gone; expired, then gone.
        assert_eq!(tus(&site, &house.editor, "DELETE", &path, &[], Body::empty()).await.status, 204);
        assert_eq!(head(&site, &house, &path).await.status, 410);
        assert_eq!(piece(&site, &house, &path, 10, b"x").await.status, 410);
        let path = begin(&site, &house, 9000).await;
        assert_eq!(piece(&site, &house, &path, 0, &[0; 10]).await.status, 204);
        site.clock.advance(24 * 3600);
        let who = site.person("pentes", "autre@pentes.example", Role::Editor).await;
        let house = House { editor: who, ..house };
        assert_eq!(head(&site, &house, &path).await.status, 410);
        traboule::tus::sweep(&site.app).await.expect("swept");
        assert_eq!(std::fs::read_dir(&site.app.scratch).expect("a folder").count(), 0);
    });
}

#[test]
fn c17_creation_with_upload_takes_the_first_piece() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        let (file, meta) = (longer(), metadata(&house.draft, "a.mp3", ""));
        let size = file.len().to_string();
        let more = [("upload-length", size.as_str()), ("upload-metadata", meta.as_str()), ("content-type", PIECE)];
        let made = tus(&site, &house.editor, "POST", "/uploads", &more, file[..2000].to_vec()).await;
        assert_eq!((made.status.as_u16(), made.header("upload-offset")), (201, "2000".to_owned()));
        let last = piece(&site, &house, &made.header("location"), 2000, &file[2000..]).await;
        assert_eq!(last.status, 204);
        assert_eq!(sound_of(&site, &house.editor, house.draft.id).await.0, kernel::sha256_hex(&file));
    });
}

#[test]
fn c17_two_clients_of_one_upload_take_turns() {
    on_both(async |site| {
        let house = house(&site).await;
        let file = longer();
        let path = begin(&site, &house, file.len()).await;
        // The first connection has sent 1,000 bytes and is still open.
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel::<Result<Bytes, std::io::Error>>();
        let body =
            Body::from_stream(futures_util::stream::unfold(
                receiver,
                |mut r| async move { r.recv().await.map(|v| (v, r)) },
            ));
        let more = [("content-type", PIECE), ("upload-offset", "0")];
        sender.send(Ok(Bytes::copy_from_slice(&file[..1000]))).expect("sent");
        let first = tus(&site, &house.editor, "PATCH", &path, &more, body);
        let second = async {
            // Until the first one holds the lease the second would get it: ask what the row says.
            let id = parse_id(UPLOAD_PREFIX, path.rsplit('/').next().expect("an id")).expect("an id");
            loop {
                let (actor, now) = (house.editor.actor.clone(), site.app.now());
                let row = read_tx!(site.app.db, |tx| uc::find_upload(tx, &actor, id, now).await).expect("found");
                if row.lease != 0 {
                    break;
                }
                tokio::task::yield_now().await;
            }
            let refused = piece(&site, &house, &path, 0, &file).await;
            assert_eq!(refused.status, 423);
            let removed = tus(&site, &house.editor, "DELETE", &path, &[], Body::empty()).await;
            assert_eq!(removed.status, 423);
            sender.send(Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))).expect("sent");
            drop(sender);
        };
        let (lost, ()) = tokio::join!(first, second);
        assert!(lost.status.is_server_error());
        assert_eq!(head(&site, &house, &path).await.header("upload-offset"), "1000");
        assert_eq!(
            piece(&site, &house, &path, 1000, &file[1000..]).await.status,
            204,
            "the first is gone: the second goes on"
        );
    });
}

#[test]
fn c17_a_full_disk_and_a_full_quota_are_507_and_lose_nothing() {
    let full = async |on: On| {
        let site = Site::with(on, |config| config.upload_room = 20_000).await;
        let house = house(&site).await;
        let first = begin(&site, &house, 15_000).await;
        let meta = metadata(&house.draft, "a.mp3", "");
        let more = [("upload-length", "5001"), ("upload-metadata", meta.as_str())];
        assert_eq!(tus(&site, &house.editor, "POST", "/uploads", &more, Body::empty()).await.status, 507);
        assert_eq!(piece(&site, &house, &first, 0, &[0; 100]).await.status, 204);
        // The device itself says that it is full.
        let id = parse_id(UPLOAD_PREFIX, first.rsplit('/').next().expect("an id")).expect("an id");
        let actor = house.editor.actor.clone();
        let row = read_tx!(site.app.db, |tx| uc::find_upload(tx, &actor, id, site.app.now()).await).expect("found");
        let place = traboule::tus::scratch_file(&site.app, &row);
        let kept = std::fs::read(&place).expect("read");
        std::fs::remove_file(&place).expect("removed");
        std::os::unix::fs::symlink("/dev/full", &place).expect("linked");
        let refused = piece(&site, &house, &first, 0, &[0; 200]).await;
        assert_eq!(refused.status, 507, "{}", refused.text());
        std::fs::remove_file(&place).expect("removed");
        std::fs::write(&place, kept).expect("written");
        let at: usize = head(&site, &house, &first).await.header("upload-offset").parse().expect("a number");
        assert_eq!(piece(&site, &house, &first, at, &[0; 100]).await.status, 204, "it goes on when there is room");
        assert_eq!(tus(&site, &house.editor, "DELETE", &first, &[], Body::empty()).await.status, 204);
        assert_eq!(tus(&site, &house.editor, "POST", "/uploads", &more, Body::empty()).await.status, 201);
    };
    for on in [On::Lite, On::Pg] {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(full(on));
    }
}

#[test]
fn c17_a_declared_type_or_name_that_disagrees_with_the_bytes_is_refused() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        let before = sound_of(&site, &house.editor, house.draft.id).await.0;
        let wav = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        for (name, mime, bytes, code) in [
            ("a.wav", "audio/wav", longer(), "audio-mismatch"),
            ("a.mp3", "video/mp4", longer(), "audio-mismatch"),
            ("a.mp3", "audio/mpeg", wav, "audio-mismatch"),
            ("a.mp3", "", b"#EXTM3U\nfile:///etc/passwd\n".to_vec(), "audio-unreadable"),
            ("a.mp3", "", b"<svg onload=alert(1)>".to_vec(), "audio-unreadable"),
        ] {
            let path = begin_as(&site, &house, bytes.len(), name, mime).await;
            let refused = piece(&site, &house, &path, 0, &bytes).await;
            assert_eq!(refused.status, 422, "{name} {mime}");
            assert_eq!(refused.json()["errors"][0]["code"], code, "{name} {mime}");
            assert_eq!(head(&site, &house, &path).await.status, 410);
        }
        assert_eq!(sound_of(&site, &house.editor, house.draft.id).await.0, before, "the sound is untouched");
    });
}

#[test]
fn one_of_two_nodes_gets_the_lease() {
    on_one(On::Pg, &async |site: Site| {
        let house = house(&site).await;
        let path = begin(&site, &house, 9000).await;
        let id = parse_id(UPLOAD_PREFIX, path.rsplit('/').next().expect("an id")).expect("an id");
        let ctx = [site.app.ctx(house.editor.actor.clone()), site.app.ctx(house.editor.actor.clone())];
        let lease = async |n: usize| write_tx!(site.app.db, |tx| uc::lease_upload(tx, &ctx[n], id).await).is_ok();
        let (one, two) = tokio::join!(lease(0), lease(1));
        assert!(one != two, "exactly one: {one} {two}");
    });
}

/// The server as a process of its own; gives it with its address once it listens.
fn serve(data: &std::path::Path) -> (std::process::Child, String) {
    use std::io::BufRead as _;
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let address = format!("127.0.0.1:{port}");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_traboule_cli"))
        .args(["serve", "--public-url", ORIGIN, "--listen", &address, "--data"])
        .arg(data)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the server starts");
    let first = std::io::BufReader::new(child.stdout.take().expect("piped")).lines().next();
    assert!(first.expect("a line").expect("text").contains("listens"));
    (child, address)
}

/// A raw request; the body may be shorter than it says. Gives the open connection.
fn raw(
    address: &str,
    token: &str,
    method: &str,
    path: &str,
    more: &[(&str, &str)],
    body: &[u8],
) -> std::net::TcpStream {
    use std::io::Write as _;
    let mut stream = std::net::TcpStream::connect(address).expect("connected");
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: site.example\r\nauthorization: Bearer {token}\r\n");
    head.push_str("tus-resumable: 1.0.0\r\nconnection: close\r\n");
    for (name, value) in more {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).expect("sent");
    stream.write_all(body).expect("sent");
    stream
}

/// Status and a header of an answer.
fn heard(mut stream: std::net::TcpStream, name: &str) -> (String, String) {
    use std::io::Read as _;
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("an answer");
    let status = text.split(' ').nth(1).unwrap_or_default().to_owned();
    let line = text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": "));
    (status, line.unwrap_or_default().to_owned())
}

#[test]
fn c17_kill_9_in_the_middle_of_a_piece_and_resume_is_the_same_file() {
    on_one(On::Lite, &async |mut site: Site| {
        let house = house(&site).await;
        let mut ctx = site.app.ctx(house.editor.actor.clone());
        ctx.now = kernel::Clock::system().now();
        let made = write_tx!(site.app.db, |tx| {
            accounts_uc::create_token(tx, &ctx, house.editor.org, "t", &TokenScope::ALL, 1).await
        });
        let token = made.expect("a token").secret;
        let (data, store) = (site.config.data.clone(), site.app.blobs.clone());
        site.stop().await;
        let file = SOUND.repeat(40);
        let size = file.len().to_string();
        let meta = metadata(&house.draft, "long.mp3", "audio/mpeg");
        let (mut child, mut address) = serve(&data);
        let more = [("upload-length", size.as_str()), ("upload-metadata", meta.as_str()), ("content-length", "0")];
        let (status, path) = heard(raw(&address, &token, "POST", "/uploads", &more, b""), "location");
        assert_eq!(status, "201");
        let scratch = |data: &std::path::Path| {
            let folder = std::fs::read_dir(data.join("scratch")).into_iter().flatten().flatten();
            folder.filter_map(|f| f.metadata().ok()).map(|m| m.len()).max().unwrap_or(0)
        };
        let mut at = 0;
        for (whole, part) in [(30_000, 50_001), (10_000, 77_777), (5, 100_003)] {
            let (offset, length) = (at.to_string(), whole.to_string());
            let more =
                [("content-type", PIECE), ("upload-offset", offset.as_str()), ("content-length", length.as_str())];
            let sent = raw(&address, &token, "PATCH", &path, &more, &file[at..at + whole]);
            assert_eq!(heard(sent, "upload-offset"), ("204".to_owned(), (at + whole).to_string()));
            at += whole;
            // A piece that announces all the rest; when some of it has reached the disk the process is killed.
            let (offset, length) = (at.to_string(), (file.len() - at).to_string());
            let more =
                [("content-type", PIECE), ("upload-offset", offset.as_str()), ("content-length", length.as_str())];
            let open = raw(&address, &token, "PATCH", &path, &more, &file[at..at + part]);
            while scratch(&data) <= at as u64 {
                std::thread::yield_now();
            }
            child.kill().expect("killed");
            child.wait().expect("ended");
            drop(open);
            (child, address) = serve(&data);
            let (status, told) = heard(raw(&address, &token, "HEAD", &path, &[], b""), "upload-offset");
            let told: usize = told.parse().expect("a number");
            assert_eq!(status, "200");
            assert!(at <= told && told as u64 <= scratch(&data), "acknowledged {at}, told {told}");
            at = told;
        }
        let (offset, length) = (at.to_string(), (file.len() - at).to_string());
        let more = [("content-type", PIECE), ("upload-offset", offset.as_str()), ("content-length", length.as_str())];
        let last = raw(&address, &token, "PATCH", &path, &more, &file[at..]);
        assert_eq!(heard(last, "upload-offset"), ("204".to_owned(), size.clone()));
        child.kill().expect("killed");
        child.wait().expect("ended");
        let name = blobs::BlobName::of(&file);
        assert_eq!(store.size(&name).await.expect("asked"), Some(file.len() as u64), "the very same bytes");
    });
}
