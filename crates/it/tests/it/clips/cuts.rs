//! Excerpts of episodes that become clips.

use super::*;

#[test]
fn an_excerpt_of_an_episode_becomes_a_clip_that_leads_back() {
    on_both(async |site| {
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::episode(&site, &editor, &show, desk::draft("Le pont")).await;
        let ctx = site.app.ctx(editor.actor.clone());
        // Four seconds of sound, so that two of them are a clip.
        let path = site.folder().join("long.mp3");
        let mut run = std::process::Command::new("ffmpeg");
        run.args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "sine=f=330:d=4:r=44100", "-b:a", "64k"])
            .arg(&path);
        assert!(run.status().expect("ffmpeg runs").success());
        traboule::pages::uploads::store_audio(&site.app, &ctx, episode.id, path, "long.mp3".to_owned())
            .await
            .expect("sound");
        let titles = [("fr".to_owned(), "Un pont".to_owned())].into();
        let draft = publish::rules::excerpt::ExcerptDraft { start: "0:01".into(), end: "0:03.5".into(), titles };
        let vtt = "WEBVTT\n\n00:00.000 --> 00:01.500\nAvant\n\n00:01.500 --> 00:04.000\nPendant\n";
        let excerpt = write_tx!(site.app.db, |tx| {
            publish_uc::attach_transcript(tx, &ctx, episode.id, "fr", vtt, true).await?;
            publish_uc::add_excerpt(tx, &ctx, episode.id, &draft).await
        })
        .expect("an excerpt");
        let shown = show_id(publish::model::EPISODE_PREFIX, episode.id);
        let excerpt = show_id(publish::model::EXCERPT_PREFIX, excerpt.id);
        let path = format!("/fr/studio/episodes/{shown}/clip");
        let fields = [("excerpt", excerpt.as_str()), ("title", "Le pont, en bref"), ("body", "À suivre")];
        assert_eq!(site.post_as(&editor, &path, &fields).await.status, 409, "not before the episode is public");
        desk::schedule(&site, &editor, episode.id, publish_uc::When::Now).await;
        let page = site.get_as(&editor, &format!("/fr/studio/episodes/{shown}/sound")).await.text();
        assert!(page.contains("Faire un clip"));
        let made = site.post_as(&editor, &path, &fields).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let clip = made.header("location").split('/').nth(3).expect("an id").to_owned();
        site.work().await;
        let found = own(&site, &editor, &clip).await;
        let video = found.clip.expect("a film");
        assert_eq!((found.post.state, video.rendition), (PostState::Public, Rendition::Ready));
        assert_eq!((video.width, video.height, video.has_sound), (720, 1280, true));
        assert!((2_400..2_700).contains(&video.duration_ms), "{}", video.duration_ms);
        assert_eq!(video.from, Some((episode.id, 1_000, 3_500)));
        let page = site.get(&format!("/fr/clips/{clip}")).await.text();
        let back = format!("/fr/shows/pentes/{}#t=1", episode.slug);
        assert!(page.contains(&back) && page.contains("Tiré de"), "{page}");
        let vtt = site.get(&format!("/media/clips/{clip}/captions.fr.vtt")).await.text();
        assert!(
            vtt.contains("00:00:00.000 --> 00:00:00.500\nAvant")
                && vtt.contains("00:00:00.500 --> 00:00:02.500\nPendant"),
            "{vtt}"
        );
        let stranger = site.person("ailleurs", "x@ailleurs.example", Role::Owner).await;
        assert_eq!(site.post_as(&stranger, &path, &fields).await.status, 404);
        let agent = site.person("pentes", "agent@pentes.example", Role::Agent).await;
        assert_eq!(site.post_as(&agent, &path, &fields).await.status, 403);
        let long = [("excerpt", excerpt.as_str()), ("title", "")];
        assert_eq!(site.post_as(&editor, &path, &long).await.status, 422);
    });
}

#[test]
fn a_cut_without_ffmpeg_is_refused_with_the_reason() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = Site::with(On::Lite, |config| config.ffmpeg = Some("off".to_owned())).await;
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::published(&site, &editor, &show, "Le pont").await;
        let ctx = site.app.ctx(editor.actor.clone());
        let titles = [("fr".to_owned(), "Un pont".to_owned())].into();
        let draft = publish::rules::excerpt::ExcerptDraft { start: "0:00".into(), end: "0:01".into(), titles };
        let made =
            write_tx!(site.app.db, |tx| publish_uc::add_excerpt(tx, &ctx, episode.id, &draft).await).expect("made");
        let shown = show_id(publish::model::EPISODE_PREFIX, episode.id);
        let excerpt = show_id(publish::model::EXCERPT_PREFIX, made.id);
        let path = format!("/fr/studio/episodes/{shown}/clip");
        let refused = site.post_as(&editor, &path, &[("excerpt", &excerpt), ("title", "x")]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.text().contains("Ce serveur n’a pas ffmpeg"), "{}", refused.text());
    });
}
