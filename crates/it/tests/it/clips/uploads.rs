//! Uploads of clips that are cut, doubled, too large or not what they say (c17), and what is served of them (c4).

use super::*;

#[test]
fn c17_a_video_cut_anywhere_and_resumed_is_the_same_file_and_its_digest_stands() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for round in 0..4 {
            let cuts = proptest::collection::btree_set(1..PHONE.len(), 1..4);
            let cuts =
                cuts.prop_map(|s| s.into_iter().collect::<Vec<_>>()).new_tree(&mut runner).expect("cuts").current();
            let clip = begun(&site, &who, member.id, &format!("Tour {round}")).await;
            let path =
                start(&site, &who, &clip, PHONE.len(), ("IMG_1.MOV", "video/quicktime")).await.header("location");
            let mut at = 0;
            for cut in cuts {
                let lost = piece(&site, &who, &path, at, broken(&PHONE[at..cut])).await;
                assert!(lost.status.is_server_error());
                assert_eq!(told(&site, &who, &path).await, (200, cut), "what came before the cut is kept");
                assert_eq!(piece(&site, &who, &path, 0, vec![1]).await.status, 409, "only at the end");
                at = cut;
            }
            let edit = site.get_as(&who, &format!("/fr/clips/{clip}/edit")).await.text();
            assert!(edit.contains("sont arrivés") && edit.contains("data-post"), "the page says how far it came");
            assert_eq!(piece(&site, &who, &path, at, PHONE[at..].to_vec()).await.status, 204);
            let found = own(&site, &who, &clip).await;
            let video = found.clip.expect("a video");
            assert_eq!(video.sha256, kernel::sha256_hex(PHONE));
            assert_eq!((video.width, video.height, found.post.state), (96, 160, PostState::Preparing));
            site.work().await;
        }
        assert_eq!(std::fs::read_dir(&site.app.scratch).expect("a folder").count(), 0, "no file is left behind");
        let id = own(&site, &who, &sent(&site, &who, member.id, "Encore", PHONE).await).await.post.id;
        let changed = write_tx!(site.app.db, |tx| {
            Ok(tx.run("UPDATE community_clip SET sha256 = $1 WHERE post_id = $2", args!["other", id]).await?)
        });
        assert!(changed.is_err(), "no statement changes the digest of an original");
    });
}

#[test]
fn c17_the_original_is_never_served_and_no_place_is_in_what_is() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = sent(&site, &who, member.id, "Le pont", PHONE).await;
        // Until it was looked at nobody else knows of it (c4).
        let (page, files) = (format!("/fr/clips/{clip}"), format!("/media/clips/{clip}"));
        let hidden = format!("{files}/{}.mp4", &kernel::sha256_hex(PHONE)[..12]);
        for path in [&page, &hidden, &format!("{files}/captions.fr.vtt"), &format!("/fr/posts/{clip}")] {
            assert_eq!(site.get(path).await.status, 404, "{path}");
        }
        assert!(!site.get("/fr/clips").await.text().contains("Le pont"));
        let mine = site.get_as(&who, "/fr/clips/mine").await.text();
        assert!(
            mine.contains("Le pont") && mine.contains("En cours d’examen") && mine.contains("data-running"),
            "{mine}"
        );
        site.work().await;
        let found = own(&site, &who, &clip).await;
        let video = found.clip.expect("a video");
        assert_eq!((found.post.state, video.rendition, video.problem), (PostState::Public, Rendition::Ready, None));
        let kept = site.app.blobs.bytes(&blobs::BlobName::parse(&video.sha256).expect("a name")).await.expect("kept");
        assert_eq!(&kept[..], PHONE, "the original is kept as it was");
        assert!(CANARIES.iter().all(|c| says(&kept, c)));
        let text = site.get(&page).await.text();
        let addresses = media(&text);
        assert_eq!(addresses.len(), 2, "{addresses:?}");
        for path in &addresses {
            let got = site.get(path).await;
            assert_eq!(got.status, 200);
            assert!(CANARIES.iter().all(|c| !says(&got.body, c)), "{path}");
            assert!(got.header("cache-control").contains("max-age=3600"));
        }
        let (mp4, jpg): (Vec<&String>, Vec<&String>) = addresses.iter().partition(|a| a.ends_with(".mp4"));
        let film = site.get(mp4[0]).await;
        let facts =
            community::media::probe(&mut std::io::Cursor::new(&film.body[..]), film.body.len() as u64).expect("read");
        assert_eq!((facts.width, facts.height, facts.has_sound), (96, 160, true));
        let places: Vec<Option<usize>> =
            [&b"moov"[..], b"mdat"].map(|w| film.body.windows(4).position(|x| x == w)).to_vec();
        assert!(places[0] < places[1], "its index comes first, so that it plays while it comes");
        assert!(site.get(jpg[0]).await.body.starts_with(b"\xff\xd8\xff"));
        assert_eq!(site.get(&hidden).await.status, 404, "not even now");
        let part = site.get_with(mp4[0], &[("range", "bytes=100-199")]).await;
        assert_eq!((part.status.as_u16(), &part.body[..]), (206, &film.body[100..200]));
        for said in ["og:video", "VideoObject", "thumbnailUrl", "playsinline"] {
            assert!(text.contains(said), "{said}");
        }
        // The public log has the digest, and nobody's name.
        let leaves: Vec<Vec<u8>> = read_tx!(site.app.db, |tx| {
            let sql =
                "SELECT body FROM tlog_pending WHERE kind = $1 UNION ALL SELECT body FROM tlog_leaf WHERE kind = $1";
            let rows = tx.all(sql, args!["clip.published"]).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?)
        })
        .expect("read");
        assert_eq!(leaves.len(), 1);
        assert!(says(&leaves[0], &video.sha256) && says(&leaves[0], &clip) && !says(&leaves[0], "odile"));
    });
}

#[test]
fn c17_mistakes_have_their_status_and_rooms_their_walls() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let (other, _) = super::member(&site, "basile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let kind = ("a.mp4", "video/mp4");
        assert_eq!(start(&site, &other, &clip, 100, kind).await.status, 403, "somebody else's clip");
        let large = usize::try_from(rules::MOST_BYTES).expect("fits") + 1;
        assert_eq!(start(&site, &who, &clip, large, kind).await.status, 413);
        assert_eq!(start(&site, &who, &clip, 0, kind).await.status, 400);
        assert_eq!(start(&site, &who, "po_0000000000001", 100, kind).await.status, 404);
        let path = start(&site, &who, &clip, 9000, kind).await.header("location");
        assert_eq!(tus(&site, &other, "HEAD", &path, &[], Body::empty()).await.status, 404);
        assert_eq!(piece(&site, &other, &path, 0, vec![0; 10]).await.status, 404);
        assert_eq!(piece(&site, &who, &path, 0, vec![0; 10]).await.status, 204);
        assert_eq!(piece(&site, &who, &path, 5, vec![0; 10]).await.status, 409);
        // What one person may leave unfinished is bounded, whatever the organisation's room.
        let most = usize::try_from(rules::MOST_BYTES).expect("fits");
        let second = start(&site, &who, &clip, most, kind).await;
        assert_eq!(second.status, 201);
        assert_eq!(start(&site, &who, &clip, most, kind).await.status, 429);
        assert_eq!(tus(&site, &who, "DELETE", &second.header("location"), &[], Body::empty()).await.status, 204);
        assert_eq!(told(&site, &who, &second.header("location")).await.0, 410, "given up");
        site.clock.advance(24 * 3600);
        assert_eq!(told(&site, &super::member(&site, "odile2").await.0, &path).await.0, 404);
        let again = site.person("voisins", "odile@voisins.example", Role::Agent).await;
        assert_eq!(told(&site, &again, &path).await.0, 410, "expired");
        assert_eq!(piece(&site, &again, &path, 10, vec![0; 10]).await.status, 410);
        traboule::tus::sweep(&site.app).await.expect("swept");
        assert_eq!(std::fs::read_dir(&site.app.scratch).expect("a folder").count(), 0);
    });
}

#[test]
fn c17_a_full_organisation_takes_no_more_and_says_so() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = Site::with(On::Lite, |config| config.upload_room = 20_000).await;
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let full = start(&site, &who, &clip, 20_001, ("a.mp4", "video/mp4")).await;
        assert_eq!(full.status, 507, "{}", full.text());
        assert_eq!(start(&site, &who, &clip, PHONE.len(), ("a.mp4", "video/mp4")).await.status, 201);
    });
}

#[test]
fn c17_two_clients_of_one_clip_and_one_upload_take_turns() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let kind = ("a.mp4", "video/mp4");
        let one = start(&site, &who, &clip, PHONE.len(), kind).await.header("location");
        let two = start(&site, &who, &clip, PHONE.len(), kind).await.header("location");
        let (first, second) =
            tokio::join!(piece(&site, &who, &one, 0, PHONE.to_vec()), piece(&site, &who, &two, 0, PHONE.to_vec()));
        let mut got = [first.status.as_u16(), second.status.as_u16()];
        got.sort_unstable();
        assert_eq!(got, [204, 409], "one video becomes the clip's");
        site.work().await;
        assert_eq!(own(&site, &who, &clip).await.post.state, PostState::Public);
        let (same, other) = (start(&site, &who, &clip, 10, kind).await, told(&site, &who, &one).await.0);
        assert_eq!(same.status, 409, "it has its video");
        assert!([200, 410].contains(&other));
    });
}

#[test]
fn c17_a_video_that_was_whole_when_its_process_died_is_finished_by_asking() {
    on_both(async |mut site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let path = start(&site, &who, &clip, PHONE.len(), ("a.mp4", "video/mp4")).await.header("location");
        let id = parse_id(publish::model::UPLOAD_PREFIX, path.rsplit('/').next().expect("an id")).expect("an id");
        let ctx = site.app.ctx(who.actor.clone());
        let leased = write_tx!(site.app.db, |tx| publish_uc::lease_upload(tx, &ctx, id).await).expect("leased");
        std::fs::create_dir_all(&site.app.scratch).expect("a folder");
        std::fs::write(traboule::tus::scratch_file(&site.app, &leased), PHONE).expect("written");
        let size = i64::try_from(PHONE.len()).expect("small");
        write_tx!(site.app.db, |tx| publish_uc::note_received(tx, &leased, size, ctx.now).await).expect("noted");
        site.restart().await;
        assert_eq!(told(&site, &who, &path).await, (200, PHONE.len()));
        site.work().await;
        let found = own(&site, &who, &clip).await;
        assert_eq!(found.clip.expect("a video").sha256, kernel::sha256_hex(PHONE));
        assert_eq!(found.post.state, PostState::Public);
    });
}

#[test]
fn c17_a_file_that_is_not_what_it_says_is_refused_and_another_may_come() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let sound = it::SOUND;
        for (file, kind, code) in [
            (WEBM, ("a.mp4", "video/mp4"), "clip-mismatch"),
            (PHONE, ("a.mp4", "text/html"), "clip-mismatch"),
            (sound, ("a.mp4", "video/mp4"), "clip-unreadable"),
            (&b"<html><script>alert(1)</script>"[..], ("a.webm", "video/webm"), "clip-unreadable"),
            (&PHONE[..PHONE.len() / 2], ("a.mp4", "video/mp4"), "clip-unreadable"),
        ] {
            let path = start(&site, &who, &clip, file.len(), kind).await.header("location");
            let refused = piece(&site, &who, &path, 0, file.to_vec()).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["code"]), (422, &code.into()));
            assert_eq!(told(&site, &who, &path).await.0, 410);
            let draft = own(&site, &who, &clip).await.draft.expect("still awaited");
            assert_eq!(draft.trouble.as_deref(), Some(code));
        }
        let page = site.get_as(&who, &format!("/fr/clips/{clip}/edit")).await.text();
        assert!(page.contains("Le fichier n’était pas une vidéo acceptée"), "{page}");
        let path = start(&site, &who, &clip, WEBM.len(), ("a.webm", "video/webm")).await.header("location");
        assert_eq!(piece(&site, &who, &path, 0, WEBM.to_vec()).await.status, 204);
        site.work().await;
        assert_eq!(own(&site, &who, &clip).await.post.state, PostState::Public);
    });
}

#[test]
fn c17_hostile_videos_fail_cleanly_open_nothing_else_and_are_bounded() {
    use community::film::{FilmError, Filmer};
    use community::media::Container;
    use traboule::ffmpeg::{Bounds, Ffmpeg};

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let folder = testkit::Folder::new();
        let (input, output) = (folder.path().join("in"), folder.path().join("out.mp4"));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("set");
        let port = listener.local_addr().expect("bound").port();
        let ffmpeg = Ffmpeg::new(None);
        for (bytes, kind) in [
            (format!("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:{port}/a.ts\n").into_bytes(), Container::Mp4),
            (b"ffconcat version 1.0\nfile '/etc/passwd'\n".to_vec(), Container::Webm),
            (b"\x1a\x45\xdf\xa3\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(), Container::Webm),
            (vec![0; 4096], Container::Mov),
        ] {
            std::fs::write(&input, &bytes).expect("written");
            let outcome = ffmpeg.rendition(&input, kind, &output, &|_| {}).await;
            assert_eq!(outcome, Err(FilmError::Unreadable), "{}", String::from_utf8_lossy(&bytes));
        }
        assert!(listener.accept().is_err(), "nobody came by the network");
        // A film that runs for four minutes in little space is cut off where clips end.
        let mut run = std::process::Command::new("ffmpeg");
        run.args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "color=c=gray:s=64x64:r=2:d=240"]);
        run.args(["-c:v", "libx264", "-preset", "ultrafast", "-f", "mp4"]).arg(&input);
        assert!(run.status().expect("ffmpeg runs").success());
        assert_eq!(ffmpeg.rendition(&input, Container::Mp4, &output, &|_| {}).await, Err(FilmError::TooLong));
        let hasty = Ffmpeg::new(None).within(Bounds { time: std::time::Duration::from_millis(1), ..Bounds::default() });
        let outcome = hasty.rendition(&input, Container::Mp4, &output, &|_| {}).await;
        assert!(matches!(outcome, Err(FilmError::TimedOut | FilmError::Missing)), "{outcome:?}");
        let tight = Ffmpeg::new(None).within(Bounds { file: 2_000, ..Bounds::default() });
        std::fs::write(&input, PHONE).expect("written");
        assert_eq!(tight.rendition(&input, Container::Mp4, &output, &|_| {}).await, Err(FilmError::TooLong));
    });
}
