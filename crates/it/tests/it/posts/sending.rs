//! What is read of a body before it is known that its sender may send it: nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use bytes::Bytes;
use it::{Answer, Person, Site, on_both, request};
use kernel::{Role, TokenScope};

use super::{join, photo};

/// A body that counts the pieces that are asked of it.
fn counted(asked: &Arc<AtomicUsize>, pieces: Vec<Bytes>) -> Body {
    let asked = asked.clone();
    Body::from_stream(futures_util::stream::iter(pieces.into_iter().map(move |piece| {
        asked.fetch_add(1, Ordering::SeqCst);
        Ok::<_, std::io::Error>(piece)
    })))
}

fn some() -> Vec<Bytes> {
    vec![Bytes::from_static(&[0; 1024]); 64]
}

async fn token(site: &Site, who: &Person, scopes: &[TokenScope]) -> String {
    let ctx = site.app.ctx(who.actor.clone());
    let made = db::write_tx!(site.app.db, |tx| {
        accounts::service::create_token(tx, &ctx, who.org, "test", scopes, 1).await
    });
    format!("Bearer {}", made.expect("a token").secret)
}

#[test]
fn nobody_makes_the_server_read_what_they_may_not_send() {
    on_both(async |site: Site| {
        let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let who = site.person("pentes", "agent@pentes.example", Role::Agent).await;
        let show = it::desk::show(&site, &editor, "pentes").await;
        let episode = it::desk::episode(&site, &editor, &show, it::desk::draft("Un")).await;
        let id = kernel::show_id(publish::model::EPISODE_PREFIX, episode.id);
        let reads = token(&site, &editor, &[TokenScope::Read]).await;
        let agent = token(&site, &who, &TokenScope::ALL).await;
        let (cover, cues) =
            (format!("/api/v1/episodes/{id}/cover"), format!("/api/v1/episodes/{id}/transcripts/fr/cues"));
        for (method, path, tokens) in [
            ("POST", "/api/v1/post-pictures", vec![None, Some(&reads)]),
            ("POST", "/api/v1/images", vec![None, Some(&reads), Some(&agent)]),
            ("PUT", cover.as_str(), vec![None, Some(&reads), Some(&agent)]),
            ("PUT", cues.as_str(), vec![None, Some(&reads), Some(&agent)]),
            ("POST", "/api/v1/imports", vec![None, Some(&reads), Some(&agent)]),
        ] {
            for token in tokens {
                let asked = Arc::new(AtomicUsize::new(0));
                let headers: Vec<(&str, &str)> = token.iter().map(|t| ("authorization", t.as_str())).collect();
                let answer = site.send(request(method, path, None, &headers, counted(&asked, some()))).await;
                let expected = if token.is_some() { 403 } else { 401 };
                assert_eq!(answer.status.as_u16(), expected, "{path} {}", answer.text());
                assert_eq!(asked.load(Ordering::SeqCst), 0, "{path}: nothing is read");
            }
        }
        // And what they may send is bounded by the largest picture, not by a form of four.
        let all = token(&site, &editor, &TokenScope::ALL).await;
        let asked = Arc::new(AtomicUsize::new(0));
        let large = vec![Bytes::from(vec![0; 1024 * 1024]); 40];
        let headers = [("authorization", all.as_str())];
        let answer = site.send(request("POST", "/api/v1/post-pictures", None, &headers, counted(&asked, large))).await;
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert!(asked.load(Ordering::SeqCst) <= 17, "reading stops at the limit");
    });
}

#[test]
fn how_often_pictures_come_is_asked_before_they_are_read() {
    on_both(async |site: Site| {
        let who = site.person("pentes", "owner@pentes.example", Role::Owner).await;
        join(&site, &who, "odile", "Odile F.").await;
        let all = token(&site, &who, &TokenScope::ALL).await;
        while site.app.limits.check(&format!("post pictures {}", who.id.0), 80, 3600, site.app.now()).is_ok() {}
        let asked = Arc::new(AtomicUsize::new(0));
        let headers = [("authorization", all.as_str())];
        let answer = site.send(request("POST", "/api/v1/post-pictures", None, &headers, counted(&asked, some()))).await;
        assert_eq!((answer.status.as_u16(), asked.load(Ordering::SeqCst)), (429, 0));
        // A form keeps its words; what is no picture at all is not looked at either: the hour is over first.
        let send = async |picture: &[u8]| -> Answer {
            let fields = [("voice", "me"), ("body", "Gardé"), ("lang", "fr"), ("key", "k1"), ("act", "add")];
            super::send(&site, &who, "/fr/posts/new", &fields, &[picture]).await
        };
        for picture in [&photo()[..], &[0; 16 * 1024 * 1024 - 1]] {
            let answer = send(picture).await;
            assert_eq!(answer.status, 429);
            assert!(
                answer.text().contains("Gardé") && answer.text().contains("beaucoup d’images"),
                "{}",
                answer.text()
            );
        }
        site.clock.advance(3600);
        assert_eq!(send(&photo()).await.status, 200);
    });
}
