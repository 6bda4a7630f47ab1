//! Bringing a WordPress site in by its export: twice is once (c2), identities stay (c3), private data stays private, a
//! refused or interrupted import leaves no row, and nothing of it runs in a browser (c11, c13). Every fixture is invented.

use axum::body::Body;
use base64::Engine as _;
use db::{Failure, args, read_tx, write_tx};
use it::{ORIGIN, Person, SOUND, Site, on_both, request};
use kernel::{Actor, Role};
use publish::model::{AudioPlace, Episode, Show, State};
use publish::service::{self as uc, ImportOptions, WxrReport};
use publish::wxr::{WxrLimits, read};
use testkit::{Bench, both};

use crate::imports::{editor, options};

/// The tables such an import may write.
pub(crate) const TABLES: &[&str] = &[
    "publish_show",
    "publish_show_text",
    "publish_guid",
    "publish_episode",
    "publish_episode_text",
    "publish_audio",
    "publish_credit",
    "publish_term",
    "publish_episode_term",
    "publish_attachment",
    "publish_kept_comment",
    "publish_kept_comment_private",
    "publish_page",
    "publish_page_text",
    "publish_page_version",
    "publish_imported_page",
    "publish_rehearsal",
    "jobs_task",
    "jobs_event",
];

pub(crate) async fn rows_in(db: &db::Db) -> Vec<(&'static str, i64)> {
    let mut counts = Vec::new();
    for table in TABLES {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let count = read_tx!(db, |tx| Ok(tx.scalar::<i64>(&sql, args![]).await?)).expect("a count");
        counts.push((*table, count.unwrap_or_default()));
    }
    counts
}

fn of(rows: &[(&'static str, i64)], table: &str) -> i64 {
    rows.iter().find(|(name, _)| *name == table).expect("listed").1
}

/// An export with the given channel tags and items.
pub(crate) fn wxr(channel: &str, items: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<rss version=\"2.0\"
 xmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"
 xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel>
<title>Le Carnet des Pentes</title><link>https://carnet.example</link><description>Un carnet inventé</description>
<language>fr-FR</language><wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://carnet.example</wp:base_site_url>
<wp:base_blog_url>https://carnet.example</wp:base_blog_url>{channel}{items}</channel></rss>"
    )
}

/// An item with the usual fields and more of one's own.
pub(crate) fn post(id: u32, status: &str, title: &str, more: &str) -> String {
    format!(
        "<item><title><![CDATA[{title}]]></title><link>https://carnet.example/{id}</link><dc:creator><![CDATA[odile]]></dc:creator>
<guid isPermaLink=\"false\">https://carnet.example/?p={id}</guid>
<content:encoded><![CDATA[Un premier paragraphe, {id}.\n\nUn second.]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_id>{id}</wp:post_id><wp:post_date>2026-10-{id:02} 08:00:00</wp:post_date>
<wp:post_date_gmt>2026-10-{id:02} 06:00:00</wp:post_date_gmt><wp:post_name>billet-{id}</wp:post_name>
<wp:status>{status}</wp:status><wp:post_parent>0</wp:post_parent><wp:post_type>post</wp:post_type>{more}</item>"
    )
}

fn meta(key: &str, value: &str) -> String {
    format!(
        "<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )
}

pub(crate) fn comment(id: u32, parent: u32, approved: &str, text: &str) -> String {
    format!(
        "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[Basile {id}]]></wp:comment_author>
<wp:comment_author_email>canari-{id}@boite.example</wp:comment_author_email>
<wp:comment_author_url>https://basile.example/{id}</wp:comment_author_url><wp:comment_author_IP>198.51.100.{id}</wp:comment_author_IP>
<wp:comment_date_gmt>2026-10-20 10:00:00</wp:comment_date_gmt><wp:comment_content><![CDATA[{text}]]></wp:comment_content>
<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type></wp:comment_type>
<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>"
    )
}

const TERMS: &str = "<wp:author><wp:author_login>odile</wp:author_login><wp:author_email>odile@carnet.example</wp:author_email>
<wp:author_display_name><![CDATA[Odile Ferrand]]></wp:author_display_name></wp:author>
<wp:category><wp:category_nicename>ville</wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name><![CDATA[Ville]]></wp:cat_name></wp:category>
<wp:category><wp:category_nicename>ponts</wp:category_nicename><wp:category_parent>ville</wp:category_parent><wp:cat_name><![CDATA[Ponts]]></wp:cat_name></wp:category>
<wp:tag><wp:tag_slug>pierre</wp:tag_slug><wp:tag_name><![CDATA[Pierre]]></wp:tag_name></wp:tag>";

/// A site with everything an export has, one or two of each.
pub(crate) fn small() -> String {
    let power = "https://sons.example/pont.mp3\n1234\naudio/mpeg\na:1:{s:8:\"duration\";s:8:\"00:12:34\";}";
    let thread = format!(
        "{}{}{}{}",
        comment(11, 0, "1", "Très beau.\n\nMerci !"),
        comment(12, 11, "1", "Je réponds."),
        comment(13, 0, "0", "En attente"),
        comment(14, 99, "spam", "Achetez")
    );
    let first = format!(
        "<category domain=\"category\" nicename=\"ponts\"><![CDATA[Ponts]]></category><category domain=\"post_tag\" nicename=\"pierre\"><![CDATA[Pierre]]></category>{}{}{thread}",
        meta("enclosure", power),
        meta("_thumbnail_id", "30")
    );
    let ssp = format!(
        "{}{}{}",
        meta("audio_file", "https://sons.example/ssp.mp3"),
        meta("duration", "00:03:00"),
        meta("ssp_original_guid", "ancien-guid-7")
    );
    let page = post(20, "publish", "À propos", "").replace(">post<", ">page<");
    let file = post(
        30,
        "inherit",
        "Le pont, photo",
        &format!(
            "<wp:attachment_url>https://carnet.example/pont.jpg</wp:attachment_url>{}",
            meta("_wp_attachment_image_alt", "Un pont de pierre")
        ),
    )
    .replace(">post<", ">attachment<")
    .replace("<wp:post_parent>0<", "<wp:post_parent>1<");
    let items = [
        post(1, "publish", "Le pont", &first),
        post(2, "future", "La suite", "").replace("2026-10-02", "2027-10-02"),
        post(3, "draft", "Une idée", "").replace("2026-10-03 06:00:00", "0000-00-00 00:00:00"),
        post(4, "private", "Entre nous", ""),
        post(5, "trash", "À jeter", &comment(15, 0, "1", "jeté")),
        post(6, "publish", "Avec mot de passe", "<wp:post_password>sésame</wp:post_password>"),
        post(7, "publish", "Un épisode", &ssp).replace(">post<", ">podcast<"),
        page,
        file,
    ];
    wxr(TERMS, &items.concat())
}

pub(crate) async fn take(
    site: &Site,
    who: &Person,
    xml: &str,
    options: &ImportOptions,
) -> Result<(Option<Show>, WxrReport), Failure> {
    let wxr = read(xml.as_bytes(), &WxrLimits::default()).expect("an export");
    let ctx = site.app.ctx(who.actor.clone());
    write_tx!(site.app.db, |tx| uc::import_wxr(tx, &ctx, &wxr, options).await)
}

async fn taken(site: &Site, who: &Person, xml: &str) -> WxrReport {
    take(site, who, xml, &options(who)).await.expect("imported").1
}

async fn episodes(site: &Site, who: &Person) -> Vec<Episode> {
    let show = read_tx!(site.app.db, |tx| uc::find_show(tx, "venu").await).expect("the show");
    read_tx!(site.app.db, |tx| uc::desk(tx, &who.actor, show.id, None).await).expect("episodes").1
}

fn titled<'e>(all: &'e [Episode], title: &str) -> &'e Episode {
    all.iter().find(|e| e.texts.values().any(|t| t.title == title)).expect(title)
}

/// Sends a file to the import page; gives the rehearsal's shown id.
pub(crate) async fn rehearsed(site: &Site, who: &Person, xml: &str) -> String {
    let answer = send_file(site, who, xml.as_bytes(), "").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").rsplit('/').next().expect("an id").to_owned()
}

pub(crate) async fn send_file(site: &Site, who: &Person, bytes: &[u8], show: &str) -> it::Answer {
    let part = |name: &str, more: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n").into_bytes()
    };
    let mut body = part("csrf", "");
    body.extend(site.app.csrf.stamp(&who.session).bytes());
    body.extend(b"\r\n");
    body.extend(part("show", ""));
    body.extend(show.bytes());
    body.extend(b"\r\n");
    body.extend(part("source", "; filename=\"carnet.xml\""));
    body.extend_from_slice(bytes);
    body.extend(b"\r\n--edge--\r\n");
    let headers = [("origin", ORIGIN), ("content-type", "multipart/form-data; boundary=edge")];
    site.send(request("POST", "/fr/studio/import/file", Some(&who.session), &headers, Body::from(body))).await
}

#[test]
fn c2_an_export_twice_is_the_same_rows() {
    on_both(async |site| {
        let who = editor(&site).await;
        let report = taken(&site, &who, &small()).await;
        let counts = |r: &WxrReport| (r.import.would_create, r.import.would_update, r.import.unchanged);
        assert_eq!(counts(&report), (6, 0, 0));
        let before = rows_in(&site.app.db).await;
        let all = episodes(&site, &who).await;
        site.clock.advance(3600);
        let again = taken(&site, &who, &small()).await;
        assert_eq!(counts(&again), (0, 0, 6));
        assert_eq!(rows_in(&site.app.db).await, before);
        assert_eq!(episodes(&site, &who).await, all, "not a column moved");
        assert_eq!(report.wordpress, again.wordpress);
    });
}

#[test]
fn c2_a_changed_export_updates_what_changed_and_keeps_what_was_made_here() {
    on_both(async |site| {
        let who = editor(&site).await;
        taken(&site, &who, &small()).await;
        let all = episodes(&site, &who).await;
        let (pont, idea) = (titled(&all, "Le pont").clone(), titled(&all, "Une idée").clone());
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, pont.id).await).expect("unpublished");
        let changed = small()
            .replace("<![CDATA[Le pont]]>", "<![CDATA[Le vieux pont]]>")
            .replace("<![CDATA[Ponts]]></wp:cat_name>", "<![CDATA[Ponts et quais]]></wp:cat_name>")
            .replace("Je réponds.", "Je réponds mieux.")
            .replace("<wp:status>draft<", "<wp:status>publish<");
        let report = taken(&site, &who, &changed).await;
        assert_eq!((report.import.would_create, report.import.would_update, report.import.unchanged), (0, 2, 4));
        assert!(report.import.problems.iter().any(|p| p.code == "state_differs"), "{:?}", report.import.problems);
        let now = episodes(&site, &who).await;
        let renamed = titled(&now, "Le vieux pont");
        assert_eq!((&renamed.guid, &renamed.slug, renamed.id), (&pont.guid, &pont.slug, pont.id));
        assert!(matches!(renamed.state, State::Unpublished(Some(_))), "taken off here stays off");
        assert_eq!(titled(&now, "Une idée").state, State::Draft, "a draft here stays one");
        assert_eq!(titled(&now, "Une idée").id, idea.id);
        let terms = read_tx!(site.app.db, |tx| uc::terms(tx, &[pont.id]).await).expect("terms");
        assert_eq!(terms[&pont.id][0].2, "Ponts et quais");
    });
}

#[test]
fn states_dates_sound_and_texts_come_over_as_they_were() {
    on_both(async |site| {
        let who = editor(&site).await;
        let report = taken(&site, &who, &small()).await;
        let all = episodes(&site, &who).await;
        assert_eq!(all.len(), 6);
        let pont = titled(&all, "Le pont");
        assert_eq!(pont.state.instant().expect("an instant").rfc3339(), "2026-10-01T06:00:00Z");
        assert_eq!((pont.guid.as_str(), pont.slug.as_str()), ("https://carnet.example/?p=1", "billet-1"));
        assert_eq!(pont.remote_cover_url.as_deref(), Some("https://carnet.example/pont.jpg"));
        assert_eq!(pont.author.as_deref(), Some("Odile Ferrand"));
        let audio = pont.audio.as_ref().expect("sound");
        assert_eq!(audio.place, AudioPlace::Remote("https://sons.example/pont.mp3".to_owned()));
        assert_eq!((audio.size, audio.duration_ms), (1234, Some(754_000)));
        assert_eq!(pont.texts["fr-fr"].notes_html, "<p>Un premier paragraphe, 1.</p><p>Un second.</p>");
        let ssp = titled(&all, "Un épisode");
        assert_eq!(ssp.guid, "ancien-guid-7");
        assert_eq!(ssp.audio.as_ref().expect("sound").duration_ms, Some(180_000));
        for title in ["Une idée", "Entre nous", "Avec mot de passe"] {
            assert_eq!(titled(&all, title).state, State::Draft, "{title}");
        }
        assert_eq!(titled(&all, "La suite").state.instant().expect("planned").rfc3339(), "2027-10-02T06:00:00Z");
        assert_eq!(site.get("/fr/shows/venu/billet-2").await.status, 404, "not before its instant");
        assert_eq!(site.get("/fr/shows/venu/billet-1").await.status, 200);
        assert_eq!(site.get("/fr/shows/venu/billet-4").await.status, 404);
        let codes: Vec<&str> = report.import.problems.iter().map(|p| p.code.as_str()).collect();
        for code in ["private", "guarded", "left_out_trash", "comment_parent_missing"] {
            assert!(codes.contains(&code), "{code} in {codes:?}");
        }
        let counts = &report.wordpress;
        assert_eq!(counts.comments, [("approved", 2), ("held", 1), ("spam", 1)].into());
        assert_eq!((counts.attachments, counts.authors, counts.posts["publish"]), (1, 1, 3));
        assert_eq!(counts.left_out, [("comments", 1), ("trash", 1)].into());
        // The page is a page of the site.
        let rows = rows_in(&site.app.db).await;
        assert_eq!((of(&rows, "publish_page"), of(&rows, "publish_attachment"), of(&rows, "publish_term")), (1, 1, 3));
    });
}

#[test]
fn what_waits_is_published_at_its_instant_and_told_once() {
    on_both(async |site| {
        let who = editor(&site).await;
        taken(&site, &who, &small()).await;
        site.clock.advance(365 * 86_400);
        site.work().await;
        assert_eq!(site.get("/fr/shows/venu/billet-2").await.status, 200);
        let sql = "SELECT COUNT(*) FROM jobs_event WHERE kind = 'publish.episode_published'";
        let told = read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("counted");
        assert_eq!(told, Some(1));
    });
}

#[test]
fn comments_keep_threads_and_states_and_are_shown_nowhere() {
    on_both(async |site| {
        let who = editor(&site).await;
        taken(&site, &who, &small()).await;
        let sql = "SELECT source_key, parent_key, state, body_html FROM publish_kept_comment ORDER BY source_key";
        let rows = read_tx!(site.app.db, |tx| Ok(tx.all(sql, args![]).await?)).expect("read");
        let key = |text: String| text.split_once(':').expect("site and number").1.to_owned();
        let all: Vec<(String, Option<String>, String, String)> = rows
            .iter()
            .map(|r| {
                let parent: Option<String> = r.get(1).expect("parent");
                (key(r.get(0).expect("key")), parent.map(key), r.get(2).expect("state"), r.get(3).expect("text"))
            })
            .collect();
        let short: Vec<(&str, Option<&str>, &str)> =
            all.iter().map(|(k, p, s, _)| (k.as_str(), p.as_deref(), s.as_str())).collect();
        assert_eq!(
            short,
            [("11", None, "approved"), ("12", Some("11"), "approved"), ("13", None, "held"), ("14", None, "spam")]
        );
        assert_eq!(all[0].3, "<p>Très beau.</p><p>Merci !</p>");
        assert!(!site.get("/fr/shows/venu/billet-1").await.text().contains("Très beau"));
    });
}

/// Every way an address could leak.
fn disguises(email: &str) -> Vec<String> {
    let b64 = base64::engine::general_purpose::STANDARD.encode(email);
    let hash = |algorithm| kernel::hex(ring::digest::digest(algorithm, email.as_bytes()).as_ref());
    vec![
        email.to_owned(),
        email.replace('@', "%40"),
        email.replace('@', "&#64;"),
        b64.trim_end_matches('=').to_owned(),
        hash(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY),
        hash(&ring::digest::SHA256),
        "198.51.100.".to_owned(),
        "boite.example".to_owned(),
        "odile@carnet.example".to_owned(),
    ]
}

#[test]
fn c4_private_data_of_commenters_is_on_no_page_feed_or_answer() {
    on_both(async |site| {
        let who = editor(&site).await;
        let owner = site.person("pentes", "maelle@pentes.example", Role::Owner).await;
        let id = rehearsed(&site, &who, &small()).await;
        let page = site.get_as(&who, &format!("/fr/studio/import/{id}")).await;
        let digest = kernel::sha256_hex(small().as_bytes());
        let done = site.post_as(&who, &format!("/fr/studio/import/{id}/run"), &[("digest", &digest)]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let slug = "le-carnet-des-pentes";
        let ctx = site.app.ctx(who.actor.clone());
        let scopes = kernel::TokenScope::ALL;
        let token = write_tx!(site.app.db, |tx| accounts::service::create_token(tx, &ctx, who.org, "t", &scopes, 1)
            .await)
        .expect("a token");
        let mut answers = vec![page];
        for path in ["/fr/", "/sitemap.xml", &format!("/fr/shows/{slug}"), &format!("/fr/shows/{slug}/billet-1")] {
            answers.push(site.get(path).await);
        }
        answers.push(site.get(&format!("/feeds/{slug}.xml")).await);
        for person in [&who, &owner] {
            for path in ["/fr/studio", "/fr/studio/import", &format!("/en/studio/import/{id}"), "/fr/studio/people"] {
                answers.push(site.get_as(person, path).await);
            }
        }
        for path in ["/api/v1/shows".to_owned(), format!("/api/v1/imports/{id}")] {
            answers.push(site.api(&token.secret, "GET", &path, "").await);
        }
        for email in ["canari-11@boite.example", "canari-14@boite.example"] {
            for answer in &answers {
                for disguise in disguises(email) {
                    assert!(!answer.text().contains(&disguise), "{disguise} in {}", answer.text());
                }
            }
        }
        // Nothing is kept in plain; only the operator's door and the moderators' queue know the address.
        assert_eq!(of(&rows_in(&site.app.db).await, "publish_kept_comment_private"), 0);
        let (system, sealer) = (site.system(), site.app.sealer.clone());
        let said = read_tx!(site.app.db, |tx| {
            community::service::export_by_email(tx, &system, &sealer, " Canari-11@boite.example ").await
        });
        assert_eq!(said.expect("kept")["comments"].as_array().map(Vec::len), Some(1));
        let owners = site.app.ctx(owner.actor.clone());
        let ask = community::service::QueueAsk::default();
        let queue = read_tx!(site.app.db, |tx| community::service::queue(tx, &owners, &sealer, who.org, &ask).await);
        let items = queue.expect("a queue").items;
        assert!(items.iter().any(|i| i.email.as_deref() == Some("canari-11@boite.example")), "{items:?}");
        let ctx = site.app.ctx(who.actor.clone());
        let refused = read_tx!(site.app.db, |tx| community::service::queue(tx, &ctx, &sealer, who.org, &ask).await);
        assert!(refused.is_err(), "not for editors");
        for actor in [who.actor.clone(), owner.actor.clone(), Actor::Visitor] {
            let ctx = site.app.ctx(actor);
            let refused = read_tx!(site.app.db, |tx| uc::kept_of(tx, &ctx, "canari-11@boite.example").await);
            assert!(matches!(refused, Err(Failure::Refused(_))));
        }
    });
}

#[test]
fn what_is_kept_of_a_commenter_is_erased_for_good_and_runs_out() {
    on_both(async |site| {
        let who = editor(&site).await;
        taken(&site, &who, &small()).await;
        let system = site.system();
        let erased = write_tx!(site.app.db, |tx| uc::erase_kept(tx, &system, "CANARI-12@boite.example").await);
        assert_eq!(erased.expect("erased"), 1);
        // Neither the same export nor a changed one brings it back.
        for xml in [small(), small().replace("Je réponds.", "Je réponds encore.")] {
            taken(&site, &who, &xml).await;
            let sql = "SELECT author_name, body_html FROM publish_kept_comment WHERE erased = TRUE";
            let row = read_tx!(site.app.db, |tx| Ok(tx.opt(sql, args![]).await?)).expect("read").expect("there");
            assert_eq!((row.get::<String>(0).expect("x"), row.get::<String>(1).expect("x")), Default::default());
            let kept = read_tx!(site.app.db, |tx| uc::kept_of(tx, &system, "canari-12@boite.example").await);
            assert!(kept.expect("kept").is_empty());
        }
        site.clock.advance(uc::PRIVATE_SECONDS - 1);
        let sweep = async || {
            traboule::imports::sweep(&site.app.db, &site.app.scratch).await.expect("swept");
            of(&rows_in(&site.app.db).await, "publish_kept_comment_private")
        };
        assert_eq!(sweep().await, 3);
        site.clock.advance(2);
        assert_eq!(sweep().await, 0);
        taken(&site, &who, &small()).await;
        assert_eq!(of(&rows_in(&site.app.db).await, "publish_kept_comment_private"), 0, "it does not come back");
    });
}

#[test]
fn c3_posts_that_share_a_guid_or_have_none_stay_apart() {
    on_both(async |site| {
        let who = editor(&site).await;
        let same = |xml: String| xml.replace("?p=2<", "?p=1<");
        let bare = post(3, "publish", "Sans", "")
            .replace("<guid isPermaLink=\"false\">https://carnet.example/?p=3</guid>", "");
        let items = format!("{}{}{bare}", post(1, "publish", "Un", ""), same(post(2, "publish", "Deux", "")));
        let report = taken(&site, &who, &wxr("", &items)).await;
        assert_eq!(report.import.would_create, 3);
        assert!(report.import.problems.iter().any(|p| p.code == "repeated_identity"));
        let all = episodes(&site, &who).await;
        assert_eq!(titled(&all, "Un").guid, "https://carnet.example/?p=1");
        assert!(titled(&all, "Deux").guid.starts_with("https://carnet.example/?p=1#"));
        assert_eq!(titled(&all, "Sans").guid, "https://carnet.example/?p=3");
        let turned = format!("{}{bare}{}", same(post(2, "publish", "Deux", "")), post(1, "publish", "Un", ""));
        assert_eq!(taken(&site, &who, &wxr("", &turned)).await.import.unchanged, 3, "order means nothing");
    });
}

#[test]
fn c2_c13_a_refused_export_leaves_no_row() {
    on_both(async |site| {
        let who = editor(&site).await;
        let before = rows_in(&site.app.db).await;
        let whole = small();
        let cut = whole.find("Une idée").expect("there");
        let deep = wxr("", &format!("<item><title>{}</title></item>", "<b>".repeat(50_000)));
        let bomb = whole.replace("<rss ", "<!DOCTYPE r [<!ENTITY a \"ha\">]><rss ");
        let many = wxr("", &"<item/>".repeat(100_001));
        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("import-malformed", whole.as_bytes()[..cut].to_vec()),
            ("import-malformed", whole.replacen("</item>", "", 1).into_bytes()),
            ("import-malformed", whole.replacen("</wp:comment>", "", 1).into_bytes()),
            ("import-malformed", whole.replacen("]]></content:encoded>", "</content:encoded>", 1).into_bytes()),
            ("import-malformed", whole.replace("<channel>", "<canal>").into_bytes()),
            ("import-entities", bomb.into_bytes()),
            ("import-too-deep", deep.into_bytes()),
            ("import-too-many", many.into_bytes()),
        ];
        for (code, bytes) in cases {
            let answer = send_file(&site, &who, &bytes, "").await;
            assert_eq!(answer.status, 422, "{code}: {}", answer.text());
            let sentence = site.app.say(kernel::Lang::Fr, &format!("refusal-{code}"));
            let other = site.app.say(kernel::Lang::Fr, "refusal-import-not-wxr");
            let text = answer.text();
            assert!(text.contains(&sentence) || text.contains(&other), "{code}: {text}");
        }
        assert_eq!(rows_in(&site.app.db).await, before);
    });
}

#[test]
fn c2_an_export_stopped_after_any_statement_leaves_zero_rows() {
    both(&traboule::migrations(), async |bench: Bench| {
        let ctx = kernel::Ctx {
            now: bench.clock.now(),
            actor: Actor::System("test"),
            ids: bench.ids.clone(),
            rng: kernel::Rng::System,
        };
        let org = write_tx!(bench.db, |tx| accounts::service::create_org(tx, &ctx, "Agence", "agence").await);
        let org = org.expect("made").id;
        let wxr = read(small().as_bytes(), &WxrLimits::default()).expect("an export");
        let options =
            ImportOptions { org, slug: None, source_url: None, dry_run: false, download: true, owner_vouches: false };
        let before = rows_in(&bench.db).await;
        let mut stops = 0;
        for stop in 0..500 {
            bench.faults.stop_after(stop);
            let outcome = write_tx!(bench.db, |tx| uc::import_wxr(tx, &ctx, &wxr, &options).await);
            bench.faults.disarm();
            if outcome.is_ok() {
                break;
            }
            assert_eq!(rows_in(&bench.db).await, before, "stopped after {stop}");
            stops += 1;
        }
        assert!(stops > 15, "really stopped in between: {stops}");
        let after = rows_in(&bench.db).await;
        assert!(of(&after, "publish_kept_comment") == 4 && of(&after, "jobs_task") == 6, "{after:?}");
        write_tx!(bench.db, |tx| uc::import_wxr(tx, &ctx, &wxr, &options).await).expect("again");
        assert_eq!(rows_in(&bench.db).await, after, "twice is once");
    });
}

#[test]
fn a_page_that_was_edited_here_stays_and_one_that_was_not_follows() {
    on_both(async |site| {
        let who = editor(&site).await;
        taken(&site, &who, &small()).await;
        let changed = small().replace("paragraphe, 20", "paragraphe nouveau, 20");
        taken(&site, &who, &changed).await;
        let pages = read_tx!(site.app.db, |tx| uc::pages::list(tx, &who.actor, who.org).await).expect("pages");
        let body = |p: &publish::model::SitePage| p.texts.values().next().expect("a text").body_html.clone();
        assert!(body(&pages[0]).contains("paragraphe nouveau"), "{pages:?}");
        let ctx = site.app.ctx(who.actor.clone());
        let draft = publish::rules::pages::PageDraft {
            public: true,
            texts: pages[0].texts.clone(),
            ..publish::rules::pages::PageDraft::default()
        };
        let page = &pages[0];
        write_tx!(site.app.db, |tx| uc::pages::edit(tx, &ctx, page.id, page.version, page.show, draft.clone()).await)
            .expect("edited here");
        let report = taken(&site, &who, &small().replace("paragraphe, 20", "encore autre, 20")).await;
        assert!(report.import.problems.iter().any(|p| p.code == "page_edited_here"));
        let now = read_tx!(site.app.db, |tx| uc::pages::list(tx, &who.actor, who.org).await).expect("pages");
        assert!(body(&now[0]).contains("paragraphe nouveau"));
    });
}

#[test]
fn downloads_bring_sound_and_pictures_home() {
    on_both(async |site| {
        let who = editor(&site).await;
        let picture = include_bytes!("../../../traboule/demo/covers/pont.jpg");
        let router = axum::Router::new()
            .route("/pont.mp3", axum::routing::get(|| async { ([("content-type", "audio/mpeg")], SOUND) }))
            .route(
                "/pont.jpg",
                axum::routing::get(move || async move { ([("content-type", "image/jpeg")], &picture[..]) }),
            );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let xml = small()
            .replace("https://sons.example/pont.mp3", &format!("{origin}/pont.mp3"))
            .replace("https://carnet.example/pont.jpg", &format!("{origin}/pont.jpg"))
            .replace(&meta("audio_file", "https://sons.example/ssp.mp3"), "");
        take(&site, &who, &xml, &ImportOptions { download: true, ..options(&who) }).await.expect("imported");
        site.work().await;
        let all = episodes(&site, &who).await;
        let pont = titled(&all, "Le pont");
        assert!(matches!(pont.audio.as_ref().map(|a| &a.place), Some(AudioPlace::Local(_))), "{:?}", pont.audio);
        assert!(pont.cover.is_some());
        // Asked again, it is home already.
        take(&site, &who, &xml, &ImportOptions { download: true, ..options(&who) }).await.expect("imported");
        site.work().await;
        assert_eq!(titled(&episodes(&site, &who).await, "Le pont").cover, pont.cover);
    });
}
