//! Writing: the form without scripts, pictures with their descriptions, everything kept on a refusal, once for a key, in the
//! name of a show, and to linked accounts.

use community::ports::{Account, Network};
use it::{Site, desk, on_both, on_one, request};
use kernel::{Role, show_id};
use publish::model::{EPISODE_PREFIX, SHOW_PREFIX};
use testkit::On;

use super::{CANARY, addresses, hidden, holds, join, led_to, member, path, photo, posted, send};

const NEW: &str = "/fr/posts/new";

#[test]
fn a_post_with_pictures_is_written_without_scripts() {
    on_both(async |site: Site| {
        let (who, _) = member(&site, "odile", "Odile F.").await;
        let form = site.get_as(&who, NEW).await;
        assert_eq!((form.status.as_u16(), form.header("cache-control").as_str()), (200, "private, no-store"));
        let key = hidden(&form.text(), "key").remove(0);
        assert_eq!(key.len(), 32);
        let (one, two) = (photo(), photo());
        let typed = [("key", key.as_str()), ("voice", "me"), ("body", "Le pont @odile #Lyon"), ("lang", "fr")];
        let mut add = typed.to_vec();
        add.push(("act", "add"));
        let page = send(&site, &who, NEW, &add, &[&one, &two]).await;
        let page = page.text();
        let tokens = hidden(&page, "image");
        assert_eq!(tokens.len(), 2, "{page}");
        assert!(page.contains("Le pont @odile #Lyon</textarea>"), "the words are kept");
        let shots = addresses(&page, "/media/posts/new/");
        assert_eq!(shots.len(), 1, "the same picture twice is one file");
        let shot = site.get_as(&who, &shots[0]).await;
        assert_eq!((shot.status.as_u16(), shot.header("content-type").as_str()), (200, "image/jpeg"));
        assert!(!holds(&shot.body, CANARY.as_bytes()) && !holds(&shot.body, b"Exif"));
        let (other, _) = member(&site, "titouan", "Titouan").await;
        assert_eq!(site.get_as(&other, &shots[0]).await.status, 404, "nobody else's");
        assert_eq!(site.get(&shots[0]).await.status, 404);

        // Without descriptions nothing is posted, and nothing is lost.
        let mut post = typed.to_vec();
        post.extend(tokens.iter().map(|t| ("image", t.as_str())));
        post.extend([("alt0", "Un pont rouge"), ("act", "post")]);
        let refused = send(&site, &who, NEW, &post, &[]).await;
        assert_eq!(refused.status, 422);
        let text = refused.text();
        assert_eq!(hidden(&text, "image"), tokens);
        assert!(text.contains("Le pont @odile #Lyon</textarea>") && text.contains("value=\"Un pont rouge\""));
        assert!(text.contains("id=\"f-alt1-error\"") && !text.contains("id=\"f-alt0-error\""), "{text}");
        assert_eq!(hidden(&text, "key"), std::slice::from_ref(&key));

        // A look shows it as it would be.
        let mut look: Vec<(&str, &str)> = post.iter().filter(|f| f.0 != "act").copied().collect();
        look.extend([("alt1", "Le même"), ("act", "look"), ("elsewhere", "")]);
        let look: Vec<(&str, &str)> = look.into_iter().filter(|f| f.0 != "elsewhere").collect();
        let text = send(&site, &who, NEW, &look, &[]).await.text();
        assert!(text.contains("id=\"look\"") && text.contains("<a href=\"/fr/members/odile\">@odile</a>"), "{text}");
        assert!(text.contains("href=\"/fr/tags/lyon\""));

        post.push(("alt1", "Le même"));
        let id = led_to(&send(&site, &who, NEW, &post, &[]).await);
        assert_eq!(led_to(&send(&site, &who, NEW, &post, &[]).await), id, "a double click posts once");
        let page = site.get(&path(id)).await;
        assert_eq!(page.header("cache-control"), "public, no-cache");
        let text = page.text();
        assert!(text.contains("alt=\"Un pont rouge\"") && text.contains("alt=\"Le même\""));
        let files = addresses(&text, "/media/posts/");
        assert!(files.len() >= 2, "large and small: {files:?}");
        for file in files {
            let answer = site.get(&file).await;
            assert_eq!(answer.status, 200, "{file}");
            assert!(!holds(&answer.body, CANARY.as_bytes()) && !holds(&answer.body, b"Exif"), "{file}");
        }
        site.work().await;
        site.clock.advance(2 * 86_400);
        site.app.remove_waste().await.expect("swept");
        for file in addresses(&text, "/media/posts/") {
            assert_eq!(site.get(&file).await.status, 200, "what a post names stays: {file}");
        }
    });
}

#[test]
fn what_is_no_picture_keeps_the_words_and_the_others() {
    on_one(On::Lite, &async |site: Site| {
        let (who, _) = member(&site, "odile", "Odile F.").await;
        let typed = [("key", "k1"), ("voice", "me"), ("body", "Gardez-moi"), ("lang", "fr"), ("act", "add")];
        let good = photo();
        let page = send(&site, &who, NEW, &typed, &[&good, b"GIF89a"]).await;
        assert_eq!(page.status, 422);
        let text = page.text();
        assert!(text.contains("Gardez-moi</textarea>") && text.contains("id=\"f-picture-error\""), "{text}");
        assert_eq!(hidden(&text, "image").len(), 1, "the good one is kept");
        let tokens = hidden(&text, "image");
        let mut five = vec![("key", "k1"), ("voice", "me"), ("body", "Gardez-moi"), ("act", "add")];
        five.push(("image", tokens[0].as_str()));
        let text = send(&site, &who, NEW, &five, &[&good, &good, &good, &good]).await.text();
        assert_eq!(hidden(&text, "image").len(), 4, "four at most");
        let tokens = hidden(&text, "image");
        let mut drop = vec![("key", "k1"), ("body", "Gardez-moi")];
        drop.extend(tokens.iter().map(|t| ("image", t.as_str())));
        drop.extend([("alt0", "A"), ("alt1", "B"), ("alt2", "C"), ("alt3", "D"), ("drop", "1")]);
        let text = send(&site, &who, NEW, &drop, &[]).await.text();
        assert_eq!(hidden(&text, "image").len(), 3);
        assert!(text.contains("value=\"C\"") && !text.contains("value=\"B\""), "descriptions go with their pictures");
        // A token is only for the day, and only for who sent it.
        site.clock.advance(21 * 3600);
        let late = [
            ("key", "k2"),
            ("voice", "me"),
            ("body", "x"),
            ("image", tokens[0].as_str()),
            ("alt0", "A"),
            ("act", "post"),
        ];
        let page = send(&site, &who, NEW, &late, &[]).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("id=\"f-picture-error\""));
        // Nobody named it: the file goes.
        site.clock.advance(8 * 3600);
        assert!(site.app.remove_waste().await.expect("swept") > 0);
    });
}

#[test]
fn a_form_from_elsewhere_is_refused_and_long_words_are_kept() {
    on_one(On::Lite, &async |site: Site| {
        let (who, _) = member(&site, "odile", "Odile F.").await;
        let body = "--edge\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nx\r\n--edge--\r\n";
        let headers = [("content-type", "multipart/form-data; boundary=edge"), ("origin", it::ORIGIN)];
        let forged = site.send(request("POST", NEW, Some(&who.session), &headers, body.into())).await;
        assert_eq!(forged.status, 403, "no stamp before the rest");
        let long = "é".repeat(2_001);
        let page =
            send(&site, &who, NEW, &[("key", "k"), ("voice", "me"), ("body", &long), ("act", "post")], &[]).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains(&format!("{long}</textarea>")));
        let empty = send(&site, &who, NEW, &[("key", "k"), ("voice", "me"), ("body", " "), ("act", "post")], &[]).await;
        assert_eq!(empty.status, 422);
        let voice =
            send(&site, &who, NEW, &[("key", "k"), ("voice", "org_1"), ("body", "x"), ("act", "post")], &[]).await;
        assert_eq!(voice.status, 422);
        assert!(voice.text().contains("Vous ne pouvez pas publier sous ce nom"));
        // Somebody without a public name is led to one.
        let nobody = site.person("public", "nobody@public.example", Role::Agent).await;
        assert!(site.get_as(&nobody, NEW).await.text().contains("href=\"/fr/join\""));
    });
}

#[test]
fn editors_post_for_their_show_and_quote_an_episode() {
    on_both(async |site: Site| {
        let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::published(&site, &editor, &show, "Le pont").await;
        let of = show_id(EPISODE_PREFIX, episode.id);
        let form = site.get_as(&editor, &format!("{NEW}?of={of}")).await.text();
        assert!(form.contains("Le pont") && form.contains("Les Pentes"), "{form}");
        let voice = show_id(SHOW_PREFIX, show.id);
        let fields =
            [("key", "k1"), ("voice", voice.as_str()), ("of", of.as_str()), ("body", "À écouter"), ("act", "post")];
        let id = led_to(&send(&site, &editor, NEW, &fields, &[]).await);
        let page = site.get(&path(id)).await.text();
        assert!(page.contains("Les Pentes") && page.contains("href=\"/fr/shows/pentes/le-pont\""), "{page}");
        assert!(!page.contains("Camille Durand"), "who wrote for the show is not shown");
        assert!(page.contains("\"@type\":\"Organization\""), "{page}");
        // An agent of the house may not speak for the show.
        let agent = site.person("pentes", "agent@pentes.example", Role::Agent).await;
        join(&site, &agent, "agente", "Agente").await;
        assert_eq!(send(&site, &agent, NEW, &fields, &[]).await.status, 422);
        assert_eq!(site.get_as(&agent, &format!("{}/edit", path(id))).await.status, 403);
    });
}

#[test]
fn nothing_goes_elsewhere_unless_it_is_linked_and_ticked() {
    on_both(async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let form = site.get_as(&who, NEW).await.text();
        assert!(
            form.contains("Instagram et Facebook")
                && form.contains("non reliés")
                && !form.contains("name=\"elsewhere\"")
        );
        let page = site.get_as(&who, "/fr/posts/elsewhere").await.text();
        assert_eq!(page.matches("Non relié").count(), 2, "{page}");
        let account = Account { id: "17841".to_owned(), network: Network::Instagram, name: "odile.photo".to_owned() };
        site.outside.links(vec![account]);
        let form = site.get_as(&who, NEW).await.text();
        let value = format!("{}:17841", me.id);
        assert!(form.contains(&format!("value=\"{value}\"")) && form.contains("odile.photo"), "{form}");
        assert!(
            !form.contains("value=\"17841\" checked")
                && site.get_as(&who, "/fr/posts/elsewhere").await.text().contains("Relié")
        );
        let quiet = [("key", "k1"), ("voice", "me"), ("body", "Ici seulement"), ("act", "post")];
        led_to(&send(&site, &who, NEW, &quiet, &[]).await);
        let loud = [
            ("key", "k2"),
            ("voice", "me"),
            ("body", "Partout"),
            ("lang", "fr"),
            ("elsewhere", value.as_str()),
            ("act", "post"),
        ];
        let id = led_to(&send(&site, &who, NEW, &loud, &[]).await);
        led_to(&send(&site, &who, NEW, &loud, &[]).await);
        site.work().await;
        let placed = site.outside.placed();
        assert_eq!(placed.len(), 1, "{placed:?}");
        assert_eq!((placed[0].post, placed[0].text.as_str(), placed[0].account.as_str()), (id, "Partout", "17841"));
        assert_eq!(placed[0].url, format!("https://site.example{}", path(id)));
        let other = format!("{}:17841", me.id + 1);
        let wrong = [("key", "k3"), ("voice", "me"), ("body", "x"), ("elsewhere", other.as_str()), ("act", "post")];
        assert_eq!(send(&site, &who, NEW, &wrong, &[]).await.status, 422);
    });
}

#[test]
fn the_api_writes_once_for_a_key_with_pictures() {
    on_both(async |site: Site| {
        let who = site.person("pentes", "owner@pentes.example", Role::Owner).await;
        let me = join(&site, &who, "odile", "Odile F.").await;
        let ctx = site.app.ctx(who.actor.clone());
        let token = db::write_tx!(site.app.db, |tx| {
            accounts::service::create_token(tx, &ctx, who.org, "test", &kernel::TokenScope::ALL, 1).await
        })
        .expect("a token")
        .secret;
        let sent = site.api(&token, "POST", "/api/v1/post-pictures", photo()).await;
        assert_eq!(sent.status, 201, "{}", sent.text());
        let picture = sent.json()["picture"].as_str().expect("a name").to_owned();
        let body =
            serde_json::json!({"body": "Par l’API", "images": [{"picture": picture, "alt": "Un pont"}]}).to_string();
        let bearer = format!("Bearer {token}");
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/json"), ("idempotency-key", "a1")];
        let ask = async || site.send(request("POST", "/api/v1/posts", None, &headers, body.clone().into())).await;
        let (one, two) = (ask().await, ask().await);
        assert_eq!((one.status.as_u16(), one.body.clone()), (201, two.body), "{}", one.text());
        assert_eq!(one.json()["images"][0]["alt"], "Un pont");
        let other = serde_json::json!({"body": "x", "images": [{"picture": "forged", "alt": "a"}]}).to_string();
        assert_eq!(site.api(&token, "POST", "/api/v1/posts", other).await.status, 422);
        posted(&site, &who, &me, "Une autre").await;
        let list = site.get("/api/v1/posts?voice=odile").await.json();
        let bodies: Vec<&str> =
            list["posts"].as_array().expect("a list").iter().filter_map(|p| p["body"].as_str()).collect();
        assert_eq!(bodies, ["Une autre", "Par l’API"]);
        assert_eq!(site.get("/api/v1/posts?voice=personne").await.status, 404);
    });
}
