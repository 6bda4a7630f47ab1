//! Who may ask what: a list of every route with the answer for each kind of person, forged requests, API tokens,
//! rate limits, cookies, and one organisation's walls against another.

mod audience;
mod clips;
mod comments;
mod feed;
mod log;
mod members;
mod moderation;
mod posts;
mod search;
mod sharing;
mod table;

use std::collections::BTreeSet;

use accounts::service as accounts_uc;
use axum::body::Body;
use db::write_tx;
use it::{Answer, ORIGIN, Person, SOUND, Site, desk, encode, on_both, on_one, request};
use kernel::{Role, TokenScope, show_id};
use publish::model::checks::{APPROVAL_PREFIX, MESSAGE_PREFIX, WEBHOOK_PREFIX};
use publish::model::{
    EPISODE_PREFIX, EXCERPT_PREFIX, Episode, IMAGE_PREFIX, PAGE_PREFIX, PageText, SHOW_PREFIX, UPLOAD_PREFIX,
};
use publish::rules::excerpt::ExcerptDraft;
use publish::rules::pages::PageDraft;
use publish::service::{self as uc, PictureFile};
use serde_json::json;
use testkit::On;
use traboule::http::{ROUTES, SESSION_COOKIE};

/// A route with what is asked of it and the status for: a visitor, a stranger (owner of another organisation), an
/// agent, an editor and an owner of the organisation.
type Row = (&'static str, &'static str, &'static str, Sent, [u16; 5]);

/// What a request carries besides the session.
#[derive(Clone, Copy, Debug)]
enum Sent {
    /// Nothing.
    Nothing,
    /// A form of the site.
    Form(&'static [(&'static str, &'static str)]),
    /// A form with a file that is none.
    File,
    /// JSON from the site's own script.
    Script,
    /// A body to the API, with a token in place of the session.
    Api(&'static str),
    /// An upload in pieces; the episode stands in the query.
    Tus,
}

use Sent::{Api, File, Form, Nothing, Script, Tus};

/// Every row of the table.
fn golden() -> impl Iterator<Item = &'static Row> {
    let first = [table::PUBLIC, table::STUDIO, table::API];
    let more = [
        comments::ROWS,
        moderation::ROWS,
        audience::ROWS,
        search::ROWS,
        sharing::ROWS,
        log::ROWS,
        members::ROWS,
        posts::ROWS,
        clips::ROWS,
        feed::ROWS,
    ];
    first.into_iter().chain(more).flatten()
}

/// A passkey answer that reads but is nobody's.
const PASSKEY: &str =
    r#"{"challenge": "AA", "credential_id": "AA", "client_data": "AA", "authenticator_data": "AA", "signature": "AA"}"#;

struct House {
    rehearsal: String,
    upload: i64,
    excerpt: i64,
    draft: Episode,
    public: Episode,
    show: i64,
    page: i64,
    picture: i64,
    hook: i64,
    message: i64,
    approval: i64,
    item: i64,
    /// Two posts of the owner, who joined, and a picture of theirs on its way.
    post: i64,
    clip: i64,
    film: i64,
    spare: i64,
    sent: String,
    /// A comment of the owner.
    said: i64,
    comment: i64,
    decision: i64,
    stranger: Person,
    agent: Person,
    editor: Person,
    owner: Person,
}

async fn house(site: &Site) -> House {
    let owner = site.person("pentes", "owner@pentes.example", Role::Owner).await;
    let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
    let agent = site.person("pentes", "agent@pentes.example", Role::Agent).await;
    let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
    let show = desk::show(site, &editor, "pentes").await;
    let public = desk::published(site, &editor, &show, "Le pont").await;
    let draft = desk::episode(site, &editor, &show, desk::draft("Le secret")).await;
    let (page, picture) = extras(site, &editor, &draft).await;
    let ctx = site.app.ctx(editor.actor.clone());
    let idea = publish::rules::rundown::quick("Une idée");
    let place = publish::service::Place::Pool(show.id);
    let item = write_tx!(site.app.db, |tx| publish::service::add_item(tx, &ctx, place, idea.clone()).await)
        .expect("an idea")
        .id;
    let rehearsal = crate::imports_wxr::rehearsed(site, &editor, &crate::imports_wxr::small()).await;
    let upload = uc::UploadDraft { episode: draft.id, size: 100, ..uc::UploadDraft::default() };
    let titles = [("fr".to_owned(), "Bref".to_owned())].into();
    let excerpt = ExcerptDraft { start: "0".to_owned(), end: "0:01".to_owned(), titles };
    let vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nSecret\n";
    let (upload, excerpt) = write_tx!(site.app.db, |tx| {
        uc::attach_transcript(tx, &ctx, draft.id, "fr", vtt, false).await?;
        let excerpt = uc::add_excerpt(tx, &ctx, draft.id, &excerpt).await?.id;
        Ok((uc::begin_upload(tx, &ctx, &upload, 1000).await?.id, excerpt))
    })
    .expect("an upload and an excerpt");
    let hook = webhook(site, &editor).await;
    let (comment, decision) = commented(site, &owner, &public).await;
    let (message, approval) = write_tx!(site.app.db, |tx| {
        uc::act_webhook(tx, &ctx, hook, uc::WebhookAct::Test).await?;
        let (messages, _) = uc::deliveries(tx, &ctx.actor, editor.org, Some(hook), None).await?;
        Ok((messages[0].id, uc::create_approval(tx, &ctx, draft.id, "Musée", 7).await?.approval.id))
    })
    .expect("a message and a link");
    let said = said(site, &owner, &public, "Merci de nous lire.").await;
    crate::members::joins(site, &owner, "proprio").await;
    let (post, spare, sent) = posted(site, &owner).await;
    let clip = begun(site, &owner).await;
    let film = begun(site, &owner).await;
    filmed(site, &owner, film).await;
    House {
        rehearsal,
        upload,
        excerpt,
        draft,
        public,
        show: show.id,
        page,
        picture,
        hook,
        message,
        approval,
        item,
        said,
        post,
        clip,
        film,
        spare,
        sent,
        comment,
        decision,
        stranger,
        agent,
        editor,
        owner,
    }
}

/// Two posts of somebody who joined for them, and a picture that went up.
async fn posted(site: &Site, who: &Person) -> (i64, i64, String) {
    let member = crate::posts::join(site, who, "proprietaire", "La propriétaire").await;
    let post = crate::posts::posted(site, who, &member, "Bonjour à tous.").await;
    let spare = crate::posts::posted(site, who, &member, "Une de trop.").await;
    let blob = site.app.blobs.put(bytes::Bytes::from_static(b"a picture")).await.expect("stored").as_str().to_owned();
    let picture = community::seal::SentPicture { sha256: blob.clone(), small_sha256: blob, width: 1, height: 1 };
    (post, spare, site.app.sealer.sent_picture(who.id, &picture, site.app.now()))
}

/// A clip somebody has begun, still without a video.
async fn begun(site: &Site, who: &Person) -> i64 {
    let member = crate::posts::join(site, who, "proprietaire", "La propriétaire").await;
    let words =
        community::rules::clip::Words { title: "Le pont".to_owned(), body: String::new(), lang: "fr".to_owned() };
    let order = community::service::ClipOrder { voice: member.id, words, cues: Vec::new() };
    let ctx = site.app.ctx(who.actor.clone());
    write_tx!(site.app.db, |tx| community::service::begin_clip(tx, &ctx, &order, site.app.clip_rooms).await)
        .expect("begun")
        .id
}

/// Gives a clip a video that nobody has looked at yet.
async fn filmed(site: &Site, who: &Person, clip: i64) {
    use community::media::{Container, VideoFacts};
    let bytes = bytes::Bytes::from_static(crate::clips::PHONE);
    let facts = VideoFacts { container: Container::Mp4, duration_ms: 1_000, width: 72, height: 128, has_sound: true };
    let size = i64::try_from(bytes.len()).expect("small");
    let sha256 = site.app.blobs.put(bytes).await.expect("stored").as_str().to_owned();
    let original = community::model::Original { sha256, bytes: size, facts };
    let ctx = site.app.ctx(who.actor.clone());
    let rooms = site.app.clip_rooms;
    write_tx!(site.app.db, |tx| community::service::give_video(tx, &ctx, clip, &original, rooms).await).expect("given");
}

/// A comment in the name of somebody of the team.
pub(crate) async fn said(site: &Site, who: &Person, about: &Episode, body: &str) -> i64 {
    let ctx = site.app.ctx(who.actor.clone());
    let writer = community::model::Writer::Member { person: who.id, name: "Camille".to_owned(), team: true };
    let new = community::model::NewComment {
        org: who.org,
        subject: kernel::Subject::episode(about.id),
        subject_since: site.app.now(),
        parent: None,
        writer,
        body: body.to_owned(),
        network: String::new(),
    };
    write_tx!(site.app.db, |tx| community::service::say(tx, &ctx, &site.app.sealer, new.clone()).await)
        .expect("said")
        .id
}

/// A draft page, and the cover of the draft.
async fn extras(site: &Site, editor: &Person, draft: &Episode) -> (i64, i64) {
    let ctx = site.app.ctx(editor.actor.clone());
    let text =
        PageText { title: "Règlement".to_owned(), body_md: Some("Bientôt.".to_owned()), ..PageText::default() };
    let page = PageDraft { texts: [("fr".to_owned(), text)].into(), ..PageDraft::default() };
    let blob = |part: u8| kernel::sha256_hex(&[7, part]);
    let file = PictureFile {
        blob: blob(0),
        mime: "image/png".to_owned(),
        size: (1400, 1400),
        small_blob: blob(1),
        card_blob: blob(2),
        bytes: 3,
    };
    let made = write_tx!(site.app.db, |tx| {
        let page = uc::pages::create(tx, &ctx, editor.org, None, page.clone()).await?;
        Ok((page.id, uc::set_episode_cover(tx, &ctx, draft.id, &file).await?.id))
    });
    made.expect("a page and a picture")
}

/// A comment that waits, and a decision about another one.
async fn commented(site: &Site, owner: &Person, episode: &Episode) -> (i64, i64) {
    let ctx = site.app.ctx(owner.actor.clone());
    let new = |who: &str| community::model::NewComment {
        org: owner.org,
        subject: kernel::Subject::episode(episode.id),
        subject_since: site.app.now(),
        parent: None,
        writer: community::model::Writer::Guest(community::model::Guest {
            name: who.to_owned(),
            email: format!("{who}@mail.example"),
            url: None,
        }),
        body: format!("Bonjour de {who}."),
        network: "192.0.2.1".to_owned(),
    };
    let (one, other) = (new("lea"), new("noe"));
    let made = write_tx!(site.app.db, |tx| {
        let one = community::service::say(tx, &ctx, &site.app.sealer, one.clone()).await?.id;
        let other = community::service::say(tx, &ctx, &site.app.sealer, other.clone()).await?.id;
        let verb = community::rules::moderate::Verb::Spam;
        Ok((one, community::service::act_on(tx, &ctx, owner.org, &[other], verb).await?.act))
    });
    made.expect("two comments")
}

async fn webhook(site: &Site, who: &Person) -> i64 {
    let ctx = site.app.ctx(who.actor.clone());
    let wanted = ("https://hooks.example/", &["episode.published".to_owned()][..]);
    write_tx!(site.app.db, |tx| uc::create_webhook(tx, &ctx, who.org, wanted, false).await).expect("a webhook").id
}

async fn token(site: &Site, who: &Person, scopes: &[TokenScope], days: i64) -> accounts_uc::NewTokenMade {
    let ctx = site.app.ctx(who.actor.clone());
    write_tx!(site.app.db, |tx| accounts_uc::create_token(tx, &ctx, who.org, "test", scopes, days).await)
        .expect("a token")
}

fn sound_path(site: &Site, episode: &Episode) -> String {
    let url = site.app.links.audio(episode.id, episode.audio.as_ref().expect("sound"));
    url.strip_prefix(ORIGIN).expect("ours").to_owned()
}

fn multipart(stamp: &str, name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = |name: &str, more: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n").into_bytes()
    };
    let mut body = head("csrf", "");
    body.extend_from_slice(stamp.as_bytes());
    body.extend_from_slice(b"\r\n");
    body.extend(head(name, "; filename=\"a.mp3\""));
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    body
}

/// What is sent with a row, its places filled: the path, the fields of a form, the body of a program.
struct Filled {
    path: String,
    fields: Vec<(&'static str, String)>,
    json: String,
}

async fn ask(site: &Site, row: &Row, filled: &Filled, who: Option<&Person>) -> Answer {
    let (path, json) = (filled.path.as_str(), filled.json.as_str());
    let fields: Vec<(&str, &str)> = filled.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (method, _, _, sent, _) = *row;
    let session = who.map(|w| w.session.as_str());
    let stamp = session.map(|s| site.app.csrf.stamp(s)).unwrap_or_default();
    let one = [("origin", ORIGIN)];
    match sent {
        Nothing => site.send(request(method, path, session, &[], Body::empty())).await,
        Form(_) => match who {
            Some(who) => site.post_as(who, path, &fields).await,
            None => site.post(path, &fields).await,
        },
        File => {
            let headers = [one[0], ("content-type", "multipart/form-data; boundary=edge")];
            site.send(request(method, path, session, &headers, multipart(&stamp, "audio", b"no sound").into())).await
        }
        Script => {
            let headers = [one[0], ("content-type", "application/json"), ("x-csrf", stamp.as_str())];
            site.send(request(method, path, session, &headers, PASSKEY.into())).await
        }
        Tus => {
            use base64::Engine as _;
            let (path, episode) = path.split_once('?').unwrap_or((path, ""));
            let meta = format!("episode {}", base64::engine::general_purpose::STANDARD.encode(episode));
            let headers = [
                one[0],
                ("x-csrf", stamp.as_str()),
                ("tus-resumable", "1.0.0"),
                ("upload-length", "100"),
                ("upload-metadata", meta.as_str()),
                ("content-type", if method == "PATCH" { "application/offset+octet-stream" } else { "" }),
                ("upload-offset", "0"),
            ];
            site.send(request(method, path, session, &headers, "x".into())).await
        }
        Api(_) => match who {
            Some(who) => {
                let token = token(site, who, &TokenScope::ALL, 1).await;
                site.api(&token.secret, method, path, json.to_owned()).await
            }
            None => {
                site.send(request(method, path, None, &[("content-type", "application/json")], json.to_owned().into()))
                    .await
            }
        },
    }
}

#[test]
fn every_route_answers_each_kind_of_person_as_listed() {
    on_both(async |site| {
        let house = house(&site).await;
        let id = |episode: &Episode| show_id(EPISODE_PREFIX, episode.id);
        let fill = |path: &str| {
            path.replace("{public}", &id(&house.public))
                .replace("{draft}", &id(&house.draft))
                .replace("{page}", &show_id(PAGE_PREFIX, house.page))
                .replace("{picture}", &show_id(IMAGE_PREFIX, house.picture))
                .replace("{rehearsal}", &house.rehearsal)
                .replace("{upload}", &show_id(UPLOAD_PREFIX, house.upload))
                .replace("{excerpt}", &show_id(EXCERPT_PREFIX, house.excerpt))
                .replace("{show}", &show_id(SHOW_PREFIX, house.show))
                .replace("{clip}", &show_id(community::model::POST_PREFIX, house.clip))
                .replace("{film}", &show_id(community::model::POST_PREFIX, house.film))
                .replace("{post}", &show_id(community::model::POST_PREFIX, house.post))
                .replace("{spare}", &show_id(community::model::POST_PREFIX, house.spare))
                .replace("{sent}", &house.sent)
                .replace("{said}", &show_id(community::model::COMMENT_PREFIX, house.said))
                .replace("{item}", &show_id(publish::model::ITEM_PREFIX, house.item))
                .replace("{sound}", &sound_path(&site, &house.public))
                .replace("{hook}", &show_id(WEBHOOK_PREFIX, house.hook))
                .replace("{message}", &show_id(MESSAGE_PREFIX, house.message))
                .replace("{approval}", &show_id(APPROVAL_PREFIX, house.approval))
                .replace("{comment}", &show_id(community::model::COMMENT_PREFIX, house.comment))
                .replace("{decision}", &show_id(community::model::ACT_PREFIX, house.decision))
                .replace("{asset}", &site.app.assets.url("app.css"))
        };
        let people = [None, Some(&house.stranger), Some(&house.agent), Some(&house.editor), Some(&house.owner)];
        let mut wrong = Vec::new();
        for row in golden() {
            let path = fill(row.2);
            let json = if let Api(body) = row.3 { fill(body) } else { String::new() };
            let fields = if let Form(fields) = row.3 { fields } else { &[] };
            let fields: Vec<(&str, String)> = fields.iter().map(|(name, value)| (*name, fill(value))).collect();
            let mut got = [0; 5];
            for (status, who) in got.iter_mut().zip(people) {
                // What is deleted is deleted once: each gets one of their own.
                let path = match path.contains("{fresh}") {
                    true => path.replace("{fresh}", &show_id(WEBHOOK_PREFIX, webhook(&site, &house.editor).await)),
                    false => path.clone(),
                };
                let filled = Filled { path, fields: fields.clone(), json: json.clone() };
                let answer = ask(&site, row, &filled, who).await;
                let path = filled.path;
                *status = answer.status.as_u16();
                if *status == 303 && who.is_none() && row.1 != "/" {
                    assert!(answer.header("location").starts_with("/fr/sign-in?next="), "{path}");
                }
            }
            if got != row.4 {
                wrong.push(format!("{} {path}: {got:?} instead of {:?}", row.0, row.4));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    });
}

#[test]
fn the_list_holds_every_route_and_no_other() {
    let routes: BTreeSet<(&str, &str)> = ROUTES.iter().map(|r| (r.method, r.path)).collect();
    let listed: BTreeSet<(&str, &str)> = golden().map(|row| (row.0, row.1)).collect();
    assert_eq!(routes.len(), ROUTES.len(), "a route is listed twice");
    assert_eq!(listed.len(), golden().count(), "a row is there twice");
    let only_once: Vec<_> = routes.symmetric_difference(&listed).collect();
    assert!(only_once.is_empty(), "in the router's list or in this one, not in both: {only_once:?}");
    for route in ROUTES.iter() {
        let row = golden().find(|row| (row.0, row.1) == (route.method, route.path)).expect("listed");
        let refused = |status: u16| matches!(status, 303 | 401 | 403 | 404);
        let kept_out = match route.who {
            "public" | "demo" => 0,
            "signed-in" => 1,
            "member" => 2,
            // The stranger owns another organisation: that one's people, shows and pictures are theirs.
            "owner" => 1,
            "editor" | "moderator" if !route.path.contains("{id}") && !route.path.contains("{month}") => 1,
            "editor" => 3,
            // The editor of the table is no moderator.
            "moderator" => 4,
            other => panic!("{other} is nobody we know"),
        };
        assert!(row.4[..kept_out].iter().all(|s| refused(*s)), "{row:?} lets somebody in");
        // A form that was taken answers 303; only a page sends people to the sign-in by it.
        let kept_from_owner = refused(row.4[4]) && !(route.method == "POST" && row.4[4] == 303);
        assert!(matches!(route.who, "public" | "demo") || !kept_from_owner, "{row:?} refuses the owner");
    }
}

#[test]
fn the_router_registers_what_the_list_names() {
    let source = [
        include_str!("../../../../traboule/src/http/router.rs"),
        include_str!("../../../../traboule/src/http/routes/comments.rs"),
        include_str!("../../../../traboule/src/http/routes/moderation.rs"),
        include_str!("../../../../traboule/src/http/routes/audience.rs"),
        include_str!("../../../../traboule/src/http/routes/search.rs"),
        include_str!("../../../../traboule/src/http/routes/sharing.rs"),
        include_str!("../../../../traboule/src/http/routes/log.rs"),
        include_str!("../../../../traboule/src/http/routes/members.rs"),
        include_str!("../../../../traboule/src/http/routes/posts.rs"),
        include_str!("../../../../traboule/src/http/routes/clips.rs"),
        include_str!("../../../../traboule/src/http/routes/feed.rs"),
    ];
    let mut registered = BTreeSet::new();
    for piece in source.iter().flat_map(|s| s.split(".route(\"").skip(1)) {
        let (path, handlers) = piece.split_once("\", ").expect("a path and its handlers");
        let handlers = handlers.lines().next().unwrap_or_default();
        for (word, method) in [
            ("get(", "GET"),
            ("post(", "POST"),
            ("put(", "PUT"),
            ("delete(", "DELETE"),
            ("patch(", "PATCH"),
            ("head(", "HEAD"),
            ("options(", "OPTIONS"),
        ] {
            let whole = |at: usize| !handlers[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if handlers.match_indices(word).any(|(at, _)| whole(at)) {
                registered.insert((method, path));
            }
        }
    }
    let listed: BTreeSet<(&str, &str)> = ROUTES.iter().map(|r| (r.method, r.path)).collect();
    assert_eq!(registered, listed);
}

#[test]
fn forged_requests_are_refused_and_do_nothing() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        let path = format!("/fr/studio/episodes/{}/publish", show_id(EPISODE_PREFIX, house.draft.id));
        let (own, other) = (site.app.csrf.stamp(&house.editor.session), site.app.csrf.stamp(&house.owner.session));
        let form = ("content-type", "application/x-www-form-urlencoded");
        for (stamp, headers) in [
            ("", vec![("origin", ORIGIN)]),
            (other.as_str(), vec![("origin", ORIGIN)]),
            (own.as_str(), vec![("origin", "https://evil.example")]),
            (own.as_str(), vec![("origin", "null")]),
            (own.as_str(), vec![("sec-fetch-site", "cross-site"), ("origin", ORIGIN)]),
            (own.as_str(), vec![("sec-fetch-site", "same-site"), ("origin", ORIGIN)]),
        ] {
            let mut all = vec![form];
            all.extend(headers);
            let body = encode(&[("csrf", stamp)]);
            let answer = site.send(request("POST", &path, Some(&house.editor.session), &all, body.into())).await;
            assert_eq!(answer.status, 403, "{all:?}");
            let file = format!("/fr/studio/episodes/{}/audio/upload", show_id(EPISODE_PREFIX, house.draft.id));
            all[0] = ("content-type", "multipart/form-data; boundary=edge");
            let body = multipart(stamp, "audio", SOUND);
            let answer = site.send(request("POST", &file, Some(&house.editor.session), &all, body.into())).await;
            assert_eq!(answer.status, 403, "{all:?}");
        }
        assert_eq!(site.get("/fr/shows/pentes/le-secret").await.status, 404, "nothing was published");
        // Signing somebody in from another site is refused too, without any session.
        let headers = [form, ("origin", "https://evil.example")];
        let answer = site.send(request("POST", "/fr/sign-in/code", None, &headers, "email=a%40b.example".into())).await;
        assert_eq!(answer.status, 403);
        // A session is no key to the API.
        let headers = [("origin", ORIGIN), ("content-type", "application/json"), ("x-csrf", own.as_str())];
        let api = format!("/api/v1/episodes/{}/schedule", show_id(EPISODE_PREFIX, house.draft.id));
        let answer = site.send(request("POST", &api, Some(&house.editor.session), &headers, Body::empty())).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (401, Some("token-needed")));
    });
}

#[test]
fn tokens_do_what_their_scopes_say_while_they_work() {
    on_both(async |site| {
        let house = house(&site).await;
        let draft = format!("/api/v1/episodes/{}", show_id(EPISODE_PREFIX, house.draft.id));
        let status =
            async |secret: &str, method: &str, path: &str| site.api(secret, method, path, "{}").await.status.as_u16();
        let schedule = format!("{draft}/schedule");
        let read = token(&site, &house.editor, &[TokenScope::Read], 1).await;
        assert_eq!(status(&read.secret, "GET", &draft).await, 200);
        assert_eq!(status(&read.secret, "POST", &schedule).await, 403, "a reading token does not publish");
        let agent = token(&site, &house.agent, &TokenScope::ALL, 1).await;
        assert_eq!(status(&agent.secret, "POST", &schedule).await, 403, "a token may no more than its maker");
        let stranger = token(&site, &house.stranger, &TokenScope::ALL, 1).await;
        assert_eq!(status(&stranger.secret, "GET", &draft).await, 404);
        assert_eq!(status(&stranger.secret, "POST", &schedule).await, 404);
        for wrong in ["", "trb_", "trb_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &read.secret[..20]] {
            assert_eq!(status(wrong, "POST", &schedule).await, 401, "{wrong:?}");
        }
        let ended = token(&site, &house.editor, &TokenScope::ALL, 1).await;
        let page = site.post_as(&house.owner, &format!("/fr/account/tokens/{}/revoke", ended.id), &[]).await;
        assert_eq!(page.status, 404, "nobody ends somebody else's token");
        let page = site.post_as(&house.editor, &format!("/fr/account/tokens/{}/revoke", ended.id), &[]).await;
        assert_eq!(page.status, 303);
        assert_eq!(status(&ended.secret, "POST", &schedule).await, 401, "a revoked token");
        let short = token(&site, &house.editor, &TokenScope::ALL, 1).await;
        site.clock.advance(86_400);
        assert_eq!(status(&short.secret, "POST", &schedule).await, 401, "an expired token");
        assert_eq!(site.get("/fr/shows/pentes/le-secret").await.status, 404, "nothing was published");
        let good = token(&site, &house.editor, &[TokenScope::Publish], 1).await;
        assert_eq!(status(&good.secret, "POST", &schedule).await, 200);
        assert_eq!(site.get("/fr/shows/pentes/le-secret").await.status, 200);
    });
}

#[test]
fn problems_of_the_api_are_problem_json() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        let token = token(&site, &house.editor, &TokenScope::ALL, 1).await;
        let draft =
            json!({"slug": "Ça!", "language": "français", "time_zone": "Mars/Olympus", "texts": {"fr": {"title": ""}}});
        let answer = site.api(&token.secret, "POST", "/api/v1/shows", draft.to_string()).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!((&problem["status"], &problem["code"]), (&json!(422), &json!("check-fields")));
        assert_eq!(problem["type"], "about:blank");
        let errors = problem["errors"].as_array().expect("fields");
        let mut codes: Vec<(&str, &str)> =
            errors.iter().filter_map(|e| Some((e["field"].as_str()?, e["code"].as_str()?))).collect();
        codes.sort_unstable();
        let expected = [
            ("language", "language-malformed"),
            ("slug", "slug-malformed"),
            ("time_zone", "zone-unknown"),
            ("title", "required"),
        ];
        assert_eq!(codes, expected);
        assert!(errors.iter().all(|e| e["detail"].as_str().is_some_and(|d| !d.contains('⟨'))), "{errors:?}");
        assert!(!problem["title"].as_str().unwrap_or_default().contains('⟨'));
        for (path, body, status, code) in [
            ("/api/v1/shows", "{", 422, "json-unreadable"),
            ("/api/v1/shows", r#"{"unknown": 1}"#, 422, "json-unreadable"),
            ("/api/v1/shows/pd_x/episodes", "{}", 404, "not-found"),
            ("/api/v1/episodes/ep_zzzz/schedule", "", 404, "not-found"),
        ] {
            let answer = site.api(&token.secret, "POST", path, body).await;
            assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (status, Some(code)), "{path} {body}");
            assert_eq!(answer.header("content-type"), "application/problem+json");
        }
        // The sentence follows the language asked for, the code stays.
        let bearer = format!("Bearer {}", token.secret);
        let title = async |lang: &str| {
            let headers = [("authorization", bearer.as_str()), ("accept-language", lang)];
            let problem = site.send(request("POST", "/api/v1/shows", None, &headers, "{".into())).await.json();
            problem["title"].as_str().unwrap_or_default().to_owned()
        };
        assert_ne!(title("fr").await, title("en").await);
    });
}

#[test]
fn an_episode_goes_out_by_the_api_alone() {
    on_both(async |site| {
        let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let token = token(&site, &editor, &TokenScope::ALL, 30).await.secret;
        let api = async |method: &str, path: &str, body: Vec<u8>| {
            let answer = site.api(&token, method, path, body).await;
            assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
            answer.json()
        };
        let draft = json!({"language": "fr", "time_zone": "Europe/Paris", "author": "Agence",
            "texts": {"fr": {"title": "Les Pentes"}}});
        let show = api("POST", "/api/v1/shows", draft.to_string().into_bytes()).await;
        assert_eq!(
            (&show["slug"], &show["feed_url"]),
            (&json!("les-pentes"), &json!(format!("{ORIGIN}/feeds/les-pentes.xml")))
        );
        let path = format!("/api/v1/shows/{}/episodes", show["id"].as_str().expect("an id"));
        let draft = json!({"texts": {"fr": {"title": "Le pont", "notes_md": "Un **pont**."}}, "number": 1});
        let made = api("POST", &path, draft.to_string().into_bytes()).await;
        let episode = format!("/api/v1/episodes/{}", made["id"].as_str().expect("an id"));
        let refused = site.api(&token, "POST", &format!("{episode}/schedule"), "").await;
        assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (409, Some("audio-missing")));
        let sound = api("PUT", &format!("{episode}/audio"), SOUND.to_vec()).await;
        assert_eq!((&sound["size"], &sound["mime"]), (&json!(SOUND.len()), &json!("audio/mpeg")));
        let vtt = b"WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour.\n".to_vec();
        assert_eq!(api("PUT", &format!("{episode}/transcripts/fr"), vtt).await["cues"], 1);
        let version = api("GET", &episode, Vec::new()).await["version"].clone();
        let edit = json!({"version": version, "episode": {"texts": {"fr": {"title": "Le vieux pont"}}, "number": 1}});
        let edited = api("PUT", &episode, edit.to_string().into_bytes()).await;
        assert_ne!(edited["version"], version);
        let again = site.api(&token, "PUT", &episode, edit.to_string()).await;
        assert_eq!((again.status.as_u16(), again.json()["code"].as_str()), (409, Some("edit-conflict")));
        let at = site.clock.now().plus_seconds(3600).rfc3339();
        let state = api("POST", &format!("{episode}/schedule"), json!({"at": at}).to_string().into_bytes()).await;
        assert_eq!((&state["state"], &state["publish_at"]), (&json!("scheduled"), &json!(at)));
        assert_eq!(site.get(&episode).await.status, 404, "not before its hour");
        site.clock.advance(3600);
        let public = site.get(&episode).await.json();
        assert_eq!((&public["state"], &public["texts"]["fr"]["title"]), (&json!("published"), &json!("Le vieux pont")));
        assert_eq!(public["guid"], made["guid"], "the GUID stays");
        let listed = site.get(&path).await.json();
        assert_eq!(listed["episodes"].as_array().map(Vec::len), Some(1));
        let sound_url = public["audio"]["url"].as_str().expect("an address").to_owned();
        assert_eq!(site.get(sound_url.strip_prefix(ORIGIN).expect("ours")).await.body, SOUND);
        assert_eq!(api("POST", &format!("{episode}/unpublish"), Vec::new()).await["state"], "unpublished");
        assert_eq!(site.get(&episode).await.status, 404);
    });
}

#[test]
fn too_many_tries_are_told_to_wait() {
    on_one(On::Lite, &async |site: Site| {
        for (path, fields) in [
            ("/fr/sign-in/code", [("email", "a@b.example"), ("x", "")]),
            ("/fr/sign-in/reset", [("email", "a@b.example"), ("x", "")]),
        ] {
            for _ in 0..10 {
                assert_eq!(site.post(path, &fields).await.status, 200, "{path}");
            }
            let answer = site.post(path, &fields).await;
            assert_eq!(answer.status, 429, "{path}");
            assert!(answer.text().contains("Trop d’essais en peu de temps."), "{path}");
            site.clock.advance(901);
            assert_eq!(site.post(path, &fields).await.status, 200, "{path}: the span is over");
        }
        let english = async || site.post("/en/sign-in/code/finish", &[("browser", "x"), ("code", "123456")]).await;
        let mut last = english().await;
        for _ in 0..30 {
            last = english().await;
        }
        assert_eq!(last.status, 429);
        assert!(last.text().contains("<html lang=\"en\">") && !last.text().contains('⟨'));
    });
}

#[test]
fn only_signing_in_sets_a_cookie() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site).await;
        let public = show_id(EPISODE_PREFIX, house.public.id);
        for path in [
            "/".to_owned(),
            "/fr/".to_owned(),
            "/en/shows/pentes".to_owned(),
            "/fr/shows/pentes/le-pont".to_owned(),
            format!("/fr/embed/{public}"),
            "/feeds/pentes.xml".to_owned(),
            sound_path(&site, &house.public),
            site.app.assets.url("app.css"),
            "/oembed".to_owned(),
            "/sitemap.xml".to_owned(),
            "/robots.txt".to_owned(),
            "/source.tar.gz".to_owned(),
            "/fr/sign-in".to_owned(),
            "/fr/sign-in/reset".to_owned(),
            "/fr/no-page".to_owned(),
            "/api/v1/shows".to_owned(),
        ] {
            for who in [None, Some(&house.editor)] {
                let answer = match who {
                    Some(who) => site.get_as(who, &path).await,
                    None => site.get(&path).await,
                };
                assert_eq!(answer.header("set-cookie"), "", "{path}");
            }
        }
        let asked = site.post("/fr/sign-in/code", &[("email", "editor@pentes.example")]).await;
        assert_eq!(asked.header("set-cookie"), "", "asking for a code stores nothing");
        let out = site.post_as(&house.editor, "/fr/account/sign-out", &[]).await;
        let cookie = out.header("set-cookie");
        assert!(cookie.starts_with(&format!("{SESSION_COOKIE}=;")) && cookie.contains("Max-Age=0"), "{cookie}");
        assert_eq!(
            site.get_as(&house.editor, "/fr/account").await.status,
            303,
            "the session is over on the server too"
        );
    });
}

#[test]
fn one_organisation_sees_nothing_of_another() {
    on_both(async |site| {
        let house = house(&site).await;
        let id = show_id(EPISODE_PREFIX, house.draft.id);
        let vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nSecret.\n";
        let ctx = site.app.ctx(house.editor.actor.clone());
        write_tx!(site.app.db, |tx| {
            publish::service::attach_transcript(tx, &ctx, house.draft.id, "fr", vtt, true).await
        })
        .expect("a transcript");
        let sound = sound_path(&site, &house.draft);
        let transcript = format!("/media/episodes/{id}/transcript.fr.vtt");
        for path in [&format!("/fr/studio/episodes/{id}"), &sound, &transcript] {
            assert_eq!(site.get_as(&house.editor, path).await.status, 200, "{path}");
            let stranger = site.get_as(&house.stranger, path).await;
            let nonsense = site.get_as(&house.stranger, &path.replace(&id, "ep_00000000000zz")).await;
            assert_eq!((stranger.status.as_u16(), nonsense.status.as_u16()), (404, 404), "{path}");
            let plain = |text: String| text.replace(&id, "ep_00000000000zz");
            assert_eq!(plain(stranger.text()), plain(nonsense.text()), "{path}: the same page as for nonsense");
        }
        for (who, sees) in [(&house.stranger, false), (&house.agent, true)] {
            let list = site.get_as(who, "/fr/studio").await.text();
            assert_eq!(list.contains("Le secret"), sees);
            let people = site.get_as(who, "/fr/studio/people").await.text();
            assert!(!people.contains("editor@pentes.example"));
        }
        let page = site.get_as(&house.stranger, "/fr/shows/pentes/le-secret").await;
        assert_eq!(page.status, 404);
    });
}
