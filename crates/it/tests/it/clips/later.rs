//! What follows later: the original comes back to its author and to nobody else, and a clip that is shown as it came gets its
//! smaller video once there is a program for it.

use super::*;

#[test]
fn c17_only_the_author_gets_the_original_back_and_in_every_state_until_it_is_deleted() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let (other, _) = super::member(&site, "basile").await;
        let stranger = site.person("ailleurs", "x@ailleurs.example", Role::Owner).await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let path = format!("/fr/clips/{clip}/original");
        assert_eq!(site.get_as(&who, &path).await.status, 404, "there is none yet");
        let clip = sent(&site, &who, member.id, "Le pont", PHONE).await;
        let path = format!("/fr/clips/{clip}/original");
        let whole = async |state: &str| {
            let answer = site.get_as(&who, &path).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type").as_str()), (200, "video/mp4"), "{state}");
            assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{clip}.mp4\""));
            assert_eq!(answer.header("cache-control"), "private, no-store");
            assert!(answer.body == PHONE, "byte for byte, {state}");
            for (viewer, status) in [(&other, 403), (&stranger, 404)] {
                assert_eq!(site.get_as(viewer, &path).await.status, status, "{state}");
            }
            assert_eq!(site.get(&path).await.status, 303, "{state}");
        };
        whole("not looked at").await;
        site.work().await;
        whole("public").await;
        // In parts, and only its head.
        let part = request("GET", &path, Some(&who.session), &[("range", "bytes=4-7")], Body::empty());
        let part = site.send(part).await;
        assert_eq!((part.status.as_u16(), &part.body[..]), (206, &PHONE[4..8]));
        assert_eq!(part.header("content-range"), format!("bytes 4-7/{}", PHONE.len()));
        let past = request("GET", &path, Some(&who.session), &[("range", "bytes=999999999-")], Body::empty());
        assert_eq!(site.send(past).await.status, 416);
        let head = site.send(request("HEAD", &path, Some(&who.session), &[], Body::empty())).await;
        assert_eq!((head.header("content-length"), head.body.len()), (PHONE.len().to_string(), 0));
        let page = site.get_as(&who, &format!("/en/clips/{clip}/edit")).await.text();
        assert!(page.contains(&format!("/en/clips/{clip}/original")) && page.contains("Take the original back"));
        // Moderators take it from the public, not from its author.
        let moderator = site.person("voisins", "m@voisins.example", Role::Moderator).await;
        let ctx = site.app.ctx(moderator.actor.clone());
        let id = parse_id(POST_PREFIX, &clip).expect("an id");
        write_tx!(site.app.db, |tx| uc::posts::moderate(tx, &ctx, id, true).await).expect("removed");
        whole("removed").await;
        assert_eq!(site.get_as(&moderator, &path).await.status, 403, "moderators neither");
        assert_eq!(site.post_as(&who, &format!("/fr/clips/{clip}/remove"), &[("sure", "yes")]).await.status, 303);
        assert_eq!(site.get_as(&who, &path).await.status, 404, "deleted is deleted");
    });
}

#[test]
fn c17_the_original_of_a_shows_clip_is_for_those_who_may_post_in_its_name() {
    on_both(async |site| {
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let second = site.person("pentes", "basile@pentes.example", Role::Editor).await;
        let agent = site.person("pentes", "agent@pentes.example", Role::Agent).await;
        let stranger = site.person("ailleurs", "x@ailleurs.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let (kind, now) = (community::model::VoiceKind::Show, site.app.now());
        write_tx!(site.app.db, |tx| members::ensure_voice(tx, kind, show.id, show.org, &show.slug, now).await)
            .expect("a voice");
        let clip = sent(&site, &editor, show.id, "Le pont", WEBM).await;
        let path = format!("/en/clips/{clip}/original");
        for (who, status) in [(&editor, 200), (&second, 200), (&agent, 403), (&stranger, 404)] {
            assert_eq!(site.get_as(who, &path).await.status, status);
        }
        let answer = site.get_as(&second, &path).await;
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{clip}.webm\""));
        assert!(answer.body == WEBM);
    });
}

#[test]
fn a_clip_that_is_shown_as_it_came_says_so_until_there_is_ffmpeg() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let mut site = Site::with(On::Lite, |config| config.ffmpeg = Some("off".to_owned())).await;
        let (who, member) = member(&site, "odile").await;
        let mut clips = Vec::new();
        for (title, file) in [("Le pont", PHONE), ("La passerelle", WEBM)] {
            clips.push(sent(&site, &who, member.id, title, file).await);
            site.work().await;
        }
        let said =
            [("fr", "voici une copie de ce qui a été envoyé"), ("en", "what is shown is a copy of what was sent")];
        let count = async |site: &Site| {
            let mut found = Vec::new();
            for (lang, words) in said {
                // The ready page of visitors, the page of one, and what its author sees.
                found.push(site.get(&format!("/{lang}/clips")).await.text().matches(words).count());
                found.push(site.get(&format!("/{lang}/clips/{}", clips[0])).await.text().matches(words).count());
                found.push(site.get_as(&who, &format!("/{lang}/clips/mine")).await.text().matches(words).count());
                let edit = site.get_as(&who, &format!("/{lang}/clips/{}/edit", clips[0])).await;
                found.push(edit.text().matches(words).count());
            }
            found
        };
        assert_eq!(count(&site).await, [2, 1, 2, 1, 2, 1, 2, 1]);
        let before = media(&site.get("/fr/clips").await.text());
        // Without the program there is nothing to ask for.
        site.app.ask_renditions().await.expect("asked");
        site.work().await;
        assert_eq!(count(&site).await, [2, 1, 2, 1, 2, 1, 2, 1]);
        site.config.ffmpeg = None;
        site.restart().await;
        let page = site.get("/fr/clips").await;
        assert!(
            page.text().contains("voici une copie de ce qui a été envoyé"),
            "shown as it came until the other one is there"
        );
        site.app.ask_renditions().await.expect("asked");
        site.app.ask_renditions().await.expect("asked");
        site.work().await;
        assert_eq!(count(&site).await, [0; 8], "both, by one question, on pages that were ready too");
        let after = media(&site.get("/fr/clips").await.text());
        assert!(after.iter().all(|path| !before.contains(path)), "{after:?}");
        assert_eq!(after.iter().filter(|path| path.ends_with(".mp4")).count(), 2);
        for path in &after {
            let got = site.get(path).await;
            assert!(got.status == 200 && CANARIES.iter().all(|c| !says(&got.body, c)), "{path}");
        }
        for path in &before {
            assert_eq!(site.get(path).await.status, 404, "{path}");
        }
        let posts = read_tx!(site.app.db, |tx| {
            Ok(tx.scalar::<i64>("SELECT COUNT(*) FROM tlog_pending WHERE kind = 'clip.published'", args![]).await?)
        });
        assert_eq!(posts.expect("read"), Some(2), "published once");
    });
}

#[test]
fn c17_a_video_whose_clip_was_deleted_before_it_was_whole_comes_nowhere() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let path = start(&site, &who, &clip, PHONE.len(), ("a.mp4", "video/mp4")).await.header("location");
        assert_eq!(site.post_as(&who, &format!("/fr/clips/{clip}/remove"), &[("sure", "yes")]).await.status, 303);
        let last = piece(&site, &who, &path, 0, PHONE.to_vec()).await;
        assert!(last.status.is_client_error(), "{}", last.text());
        site.work().await;
        let told = site.get_as(&who, "/fr/account/notifications").await.text();
        assert!(
            told.contains("Rien pour l’instant"),
            "whoever deleted it need not hear that it came to nothing: {told}"
        );
        let kept = site.app.blobs.size(&blobs::BlobName::of(PHONE)).await.expect("asked");
        assert_eq!(kept, None, "what nobody waits for never comes into the store");
    });
}
