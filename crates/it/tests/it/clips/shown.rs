//! Clips made by a plain form, without ffmpeg, or out of a torn file; the column; captions; words and deleting.

use super::*;
use crate::pages::redact;

#[test]
fn a_plain_form_brings_words_captions_and_video_at_once() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let voice = member.id.to_string();
        let words = [("voice", voice.as_str()), ("title", "Le pont"), ("body", "Avec @basile"), ("lang", "fr")];
        let srt = b"1\n00:00:00,100 --> 00:00:01,000\nBonjour <b>\xc3\xa0</b> tous & toutes\n";
        let files: [(&str, &str, &str, &[u8]); 2] =
            [("captions", "a.srt", "application/x-subrip", srt), ("video", "a.mp4", "video/mp4", PHONE)];
        let made = post_form(&site, &who, "/fr/clips/new", &words, &files).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let to = made.header("location");
        assert!(to.starts_with("/fr/clips/po_") && to.ends_with("/edit?said=sent"), "{to}");
        site.work().await;
        let clip = to.split('/').nth(3).expect("an id").to_owned();
        let page = site.get(&format!("/fr/clips/{clip}")).await.text();
        assert!(page.contains("kind=\"captions\"") && page.contains("default"), "{page}");
        let vtt = site.get(&format!("/media/clips/{clip}/captions.fr.vtt")).await;
        assert_eq!(vtt.header("content-type"), "text/vtt; charset=utf-8");
        assert!(vtt.text().contains("00:00:00.100 --> 00:00:01.000\nBonjour à tous &amp; toutes"), "{}", vtt.text());
        // Words with a problem come back with what was typed, and nothing is begun.
        let wrong = [("voice", voice.as_str()), ("title", ""), ("body", "Gardé"), ("lang", "fr")];
        let refused = post_form(&site, &who, "/fr/clips/new", &wrong, &files).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("Gardé") && refused.text().contains("aria-invalid"));
        // A file that is none leaves the words on the clip's own page.
        let bad: [(&str, &str, &str, &[u8]); 1] = [("video", "a.mp4", "video/mp4", b"no film at all")];
        let refused = post_form(&site, &who, "/fr/clips/new", &words, &bad).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("Ce n’est pas une vidéo acceptée"), "{}", refused.text());
        let nothing = post_form(&site, &who, "/fr/clips/new", &words, &[]).await;
        assert!(nothing.header("location").ends_with("said=begun"));
        // Without the stamp nothing is read, and a voice that is not one's own does not speak.
        let body = form("wrong", &words, &files);
        let headers = [("origin", ORIGIN), ("content-type", "multipart/form-data; boundary=edge")];
        let forged = site.send(request("POST", "/fr/clips/new", Some(&who.session), &headers, body.into())).await;
        assert_eq!(forged.status, 403);
        let (other, _) = super::member(&site, "basile").await;
        assert_eq!(post_form(&site, &other, "/fr/clips/new", &words, &[]).await.status, 403);
    });
}

#[test]
fn without_ffmpeg_the_original_is_served_clean_or_not_at_all() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = Site::with(On::Lite, |config| config.ffmpeg = Some("off".to_owned())).await;
        let (who, member) = member(&site, "odile").await;
        let new = site.get_as(&who, "/fr/clips/new").await.text();
        assert!(new.contains("Ce serveur ne fait pas de vidéos plus petites"));
        for (file, end) in [(PHONE, "mp4"), (WEBM, "webm")] {
            let clip = sent(&site, &who, member.id, "Le pont", file).await;
            site.work().await;
            let told = site.get_as(&who, "/fr/account/notifications").await.text();
            assert!(told.contains("Votre clip est public"), "whoever closed the page hears of it");
            let found = own(&site, &who, &clip).await;
            let video = found.clip.expect("a video");
            assert_eq!((found.post.state, video.rendition), (PostState::Public, Rendition::None));
            assert_eq!(video.problem.as_deref(), Some("no-ffmpeg"));
            let page = site.get(&format!("/fr/clips/{clip}")).await.text();
            assert!(page.contains("voici une copie de ce qui a été envoyé"), "the page says so");
            let paths: Vec<String> = media(&page).into_iter().filter(|p| p.contains(&clip)).collect();
            assert_eq!(paths.len(), 1);
            assert!(paths[0].ends_with(end));
            let got = site.get(&paths[0]).await;
            assert_eq!(got.body.len(), file.len());
            assert!(CANARIES.iter().all(|c| !says(&got.body, c)), "{end}");
            let hidden = format!("/media/clips/{clip}/{}.{end}", &kernel::sha256_hex(file)[..12]);
            assert_eq!(site.get(&hidden).await.status, 404, "not the original itself");
        }
        // A track of something else may be a list of places: it is kept back, with the reason.
        let mut hidden = PHONE.to_vec();
        let at = hidden.windows(4).rposition(|w| w == b"soun").expect("a track of sound");
        hidden[at..at + 4].copy_from_slice(b"meta");
        let clip = sent(&site, &who, member.id, "Caché", &hidden).await;
        site.work().await;
        let found = own(&site, &who, &clip).await;
        assert_eq!(
            (found.post.state, found.clip.expect("a video").problem.as_deref()),
            (PostState::Preparing, Some("hidden-data"))
        );
        let page = site.get_as(&who, &format!("/en/clips/{clip}/edit")).await.text();
        assert!(page.contains("perhaps places") && page.contains("Not published"), "{page}");
        assert_eq!(site.get(&format!("/fr/clips/{clip}")).await.status, 404);
    });
}

#[test]
fn a_failure_is_a_state_with_its_reason_and_no_loop() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        // The index is whole, what it points at is not: our reader takes it, ffmpeg does not.
        let mut torn = PHONE.to_vec();
        let data = torn.windows(4).position(|w| w == b"mdat").expect("data") + 4;
        let index = torn.windows(4).position(|w| w == b"moov").expect("an index") - 4;
        torn[data..index].fill(0xff);
        let clip = sent(&site, &who, member.id, "Déchiré", &torn).await;
        site.work().await;
        let found = own(&site, &who, &clip).await;
        let video = found.clip.expect("a video");
        assert_eq!((found.post.state, video.rendition), (PostState::Preparing, Rendition::None));
        let reason = video.problem.expect("a reason");
        assert!(["unreadable", "clip-too-short"].contains(&reason.as_str()), "{reason}");
        let dead = read_tx!(site.app.db, |tx| Ok(jobs::dead_letters(tx).await?)).expect("read");
        assert!(dead.is_empty(), "{dead:?}");
        let page = site.get_as(&who, &format!("/fr/clips/{clip}/edit")).await.text();
        assert!(page.contains("Non publié") && page.contains("Réessayer"), "{page}");
        assert_eq!(site.post_as(&who, &format!("/fr/clips/{clip}/again"), &[]).await.status, 303);
        assert_eq!(site.post_as(&who, &format!("/fr/clips/{clip}/again"), &[]).await.status, 409, "once at a time");
        site.work().await;
        assert_eq!(own(&site, &who, &clip).await.clip.expect("a video").rendition, Rendition::None);
        assert_eq!(site.get(&format!("/fr/clips/{clip}")).await.status, 404);
    });
}

#[test]
fn the_column_is_newest_first_page_by_page_and_without_those_apart() {
    on_both(async |site| {
        let (who, odile) = member(&site, "odile").await;
        let (other, basile) = super::member(&site, "basile").await;
        let mut made = Vec::new();
        for n in 0..10 {
            let (sender, voice) = if n % 2 == 0 { (&who, odile.id) } else { (&other, basile.id) };
            made.push(sent(&site, sender, voice, &format!("Film {n}"), WEBM).await);
            site.work().await;
            site.clock.advance(60);
        }
        let ids = |text: &str| -> Vec<String> {
            text.split("data-clip id=\"").skip(1).filter_map(|p| p.split('"').next()).map(str::to_owned).collect()
        };
        let first = site.get("/fr/clips").await.text();
        let wanted: Vec<String> = made.iter().rev().cloned().collect();
        assert_eq!(ids(&first), wanted[..8]);
        let older =
            first.split("data-older href=\"").nth(1).and_then(|p| p.split('"').next()).expect("older").to_owned();
        let second = site.get(&older).await.text();
        assert_eq!(ids(&second), wanted[8..], "each once, none left out");
        assert!(!second.contains("data-older"));
        for broken in ["/fr/clips?after=x", "/fr/clips?after=1.x"] {
            assert_eq!(site.get(broken).await.status, 404);
        }
        // One clip's page goes on with those that came before it.
        let page = site.get(&format!("/fr/clips/{}", made[4])).await.text();
        assert_eq!(ids(&page), [4, 3, 2, 1, 0].map(|n| made[n].clone()));
        // Blocked people see nothing of each other, in neither direction, and neither do files show themselves.
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::follows::block(tx, &ctx, basile.id).await).expect("blocked");
        for (viewer, theirs, title) in [(&who, &made[1], "Film 1"), (&other, &made[0], "Film 0")] {
            let page = site.get_as(viewer, "/fr/clips").await.text();
            assert!(ids(&page).len() == 5 && !page.contains(title), "{title}");
            assert_eq!(site.get_as(viewer, &format!("/fr/clips/{theirs}")).await.status, 404);
            let id = parse_id(POST_PREFIX, theirs).expect("an id");
            let sha = read_tx!(site.app.db, |tx| {
                Ok(tx
                    .scalar::<String>("SELECT rendition_sha256 FROM community_clip WHERE post_id = $1", args![id])
                    .await?)
            });
            let path = format!("/media/clips/{theirs}/{}.mp4", &sha.expect("read").expect("made")[..12]);
            assert_eq!(site.get_as(viewer, &path).await.status, 404);
            assert_eq!(site.get(&path).await.status, 200);
        }
        assert_eq!(ids(&site.get("/fr/clips").await.text()).len(), 8, "visitors see everybody");
    });
}

#[test]
fn captions_are_edited_as_text_with_times() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = sent(&site, &who, member.id, "Le pont", PHONE).await;
        site.work().await;
        let path = format!("/fr/clips/{clip}/captions");
        let rows = [
            ("lang", "fr"),
            ("start", "0:00.5"),
            ("end", "0:01"),
            ("text", "Deux <b>"),
            ("start", "0"),
            ("end", "0:00.4"),
            ("text", "Un"),
            ("start", ""),
            ("end", ""),
            ("text", " "),
        ];
        assert_eq!(site.post_as(&who, &path, &rows).await.status, 303);
        let vtt = format!("/media/clips/{clip}/captions.fr.vtt");
        let text = site.get(&vtt).await.text();
        let (one, two) = (text.find("Un").expect("one"), text.find("Deux &lt;b&gt;").expect("two"));
        assert!(one < two, "in their order: {text}");
        let page = site.get_as(&who, &format!("/fr/clips/{clip}/edit")).await.text();
        assert!(page.contains("value=\"0:00.500\"") && page.contains("Deux &lt;b&gt;"), "{page}");
        let wrong = [
            ("lang", "fr"),
            ("start", "0:02"),
            ("end", "0:01"),
            ("text", "Gardé"),
            ("start", "x"),
            ("end", "1"),
            ("text", "y"),
        ];
        let refused = site.post_as(&who, &path, &wrong).await;
        assert_eq!(refused.status, 422);
        let again = refused.text();
        assert!(again.contains("Gardé") && again.matches("aria-invalid").count() == 4, "{again}");
        let (other, _) = super::member(&site, "basile").await;
        assert_eq!(site.post_as(&other, &path, &rows).await.status, 403);
        assert!(site.get(&vtt).await.text().contains("Un"), "nothing changed");
        let english: [(&str, &str, &str, &[u8]); 1] =
            [("captions", "a.vtt", "text/vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nOne\n")];
        let upload = format!("/fr/clips/{clip}/upload/captions");
        assert_eq!(post_form(&site, &who, &upload, &[("lang", "en")], &english).await.status, 303);
        let page = site.get(&format!("/en/clips/{clip}")).await.text();
        let tracks: Vec<&str> = page.split("<track ").skip(1).collect();
        assert_eq!(tracks.len(), 2);
        assert!(tracks[0].contains("srclang=\"en\"") && tracks[0].contains(" default"), "{tracks:?}");
        let none = [("lang", "en"), ("start", ""), ("end", ""), ("text", "")];
        assert_eq!(site.post_as(&who, &path, &none).await.status, 303);
        assert_eq!(site.get(&format!("/media/clips/{clip}/captions.en.vtt")).await.status, 404);
        let bad: [(&str, &str, &str, &[u8]); 1] = [("captions", "a.vtt", "text/vtt", b"just words")];
        assert_eq!(post_form(&site, &who, &upload, &[("lang", "en")], &bad).await.status, 422);
    });
}

#[test]
fn words_change_and_a_deleted_clip_leaves_its_digest_and_nothing_else() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = sent(&site, &who, member.id, "Le pont", PHONE).await;
        site.work().await;
        let page = site.get(&format!("/fr/clips/{clip}")).await.text();
        let addresses = media(&page);
        let version = own(&site, &who, &clip).await.post.version.to_string();
        let words = [("version", version.as_str()), ("title", "La passerelle"), ("body", "Autrement"), ("lang", "en")];
        let path = format!("/fr/clips/{clip}/words");
        assert_eq!(site.post_as(&who, &path, &words).await.status, 303);
        assert_eq!(site.post_as(&who, &path, &words).await.status, 409, "somebody changed it meanwhile");
        let page = site.get(&format!("/fr/clips/{clip}")).await.text();
        assert!(page.contains("La passerelle") && page.contains("Autrement") && page.contains("lang=\"en\""), "{page}");
        let remove = format!("/fr/clips/{clip}/remove");
        assert_eq!(site.post_as(&who, &remove, &[]).await.status, 404, "only when it is meant");
        assert_eq!(site.post_as(&who, &remove, &[("sure", "yes")]).await.status, 303);
        for path in addresses.iter().chain([&format!("/fr/clips/{clip}")]) {
            assert_eq!(site.get(path).await.status, 404, "{path}");
        }
        let id = parse_id(POST_PREFIX, &clip).expect("an id");
        let left = read_tx!(site.app.db, |tx| {
            Ok(tx.scalar::<String>("SELECT sha256 FROM community_clip WHERE post_id = $1", args![id]).await?)
        });
        assert_eq!(left.expect("read").as_deref(), Some(kernel::sha256_hex(PHONE).as_str()));
        site.clock.advance(2 * 86_400);
        site.app.remove_waste().await.expect("swept");
        let name = blobs::BlobName::of(PHONE);
        assert_eq!(site.app.blobs.size(&name).await.expect("asked"), None, "its file goes after a day");
    });
}

#[test]
fn pages_of_clips_read_as_reviewed() {
    it::on_one(On::Lite, &async |site: Site| {
        let (who, member) = member(&site, "odile").await;
        let clip = sent(&site, &who, member.id, "Le pont", PHONE).await;
        site.work().await;
        let captions = [("lang", "fr"), ("start", "0"), ("end", "0:01"), ("text", "Bonjour à tous")];
        assert_eq!(site.post_as(&who, &format!("/fr/clips/{clip}/captions"), &captions).await.status, 303);
        site.clock.advance(60);
        begun(&site, &who, member.id, "La passerelle").await;
        for lang in ["fr", "en"] {
            let public = site.get(&format!("/{lang}/clips")).await.text();
            insta::assert_snapshot!(format!("clips_{lang}"), redact(&public));
            for (name, path) in
                [("new", "new".to_owned()), ("mine", "mine".to_owned()), ("edit", format!("{clip}/edit"))]
            {
                let page = site.get_as(&who, &format!("/{lang}/clips/{path}")).await.text();
                insta::assert_snapshot!(format!("clip_{name}_{lang}"), redact(&page));
            }
        }
    });
}
