//! The OpenAPI document against the router and the running API: every route is in it, every example works, every
//! answer has the form it promises. New operations need a line in `before` only when a draft is not what they need.

use std::collections::BTreeSet;

use accounts::service as accounts_uc;
use axum::body::Body;
use community::model::{ACT_PREFIX, COMMENT_PREFIX};
use db::write_tx;
use it::{Answer, Person, SOUND, Site, desk, on_both, on_one, request};
use kernel::{At, Lang, Role, TokenScope, show_id};
use publish::model::checks::{APPROVAL_PREFIX, MESSAGE_PREFIX, WEBHOOK_PREFIX};
use publish::model::{
    EPISODE_PREFIX, EXCERPT_PREFIX, Episode, IMAGE_PREFIX, ITEM_PREFIX, PAGE_PREFIX, PageText, REHEARSAL_PREFIX,
    SHOW_PREFIX, Show,
};
use publish::rules::pages::PageDraft;
use publish::service::{self as uc, PictureFile, When};
use serde_json::{Value, json};
use testkit::On;
use traboule::api::GROUPS;
use traboule::api::describe::{Body as Sent, CODES, Kind, Op, Place, Shape, status_of};
use traboule::http::ROUTES;

// A small validator of JSON Schema 2020-12: what the document uses, and a failure for anything else.

struct Validator<'d> {
    document: &'d Value,
    /// Whether a property the schema does not name is a fault.
    strict: bool,
}

impl Validator<'_> {
    fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let fail = |why: &str| Err(format!("{at}: {why}: {value}"));
        for (word, rule) in schema.as_object().expect("a schema is an object") {
            let good = match word.as_str() {
                "$ref" => {
                    let path = rule.as_str().expect("a reference").trim_start_matches('#');
                    self.check(self.document.pointer(path).expect("a known reference"), value, at)?;
                    true
                }
                "anyOf" => rule.as_array().expect("a list").iter().any(|one| self.check(one, value, at).is_ok()),
                "type" => kinds(rule).iter().any(|kind| is_kind(kind, value)),
                "enum" => rule.as_array().expect("a list").contains(value),
                "format" => value.as_str().is_none_or(|text| is_format(rule.as_str().unwrap_or(""), text)),
                "pattern" => value.as_str().is_none_or(|text| is_id(rule.as_str().unwrap_or(""), text)),
                "maxLength" => value.as_str().is_none_or(|t| t.chars().count() as u64 <= rule.as_u64().unwrap_or(0)),
                "minItems" => value.as_array().is_none_or(|l| l.len() as u64 >= rule.as_u64().unwrap_or(0)),
                "maxItems" => value.as_array().is_none_or(|l| l.len() as u64 <= rule.as_u64().unwrap_or(0)),
                "items" => {
                    for (n, one) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, one, &format!("{at}/{n}"))?;
                    }
                    true
                }
                "required" => {
                    let names = rule.as_array().expect("a list").iter().filter_map(Value::as_str);
                    let missing: Vec<&str> = names.filter(|n| value.is_object() && value.get(n).is_none()).collect();
                    if !missing.is_empty() {
                        return fail(&format!("{missing:?} missing"));
                    }
                    true
                }
                "properties" => self.properties(schema, value, at)?,
                "additionalProperties" | "description" => true,
                other => return fail(&format!("the keyword {other} is not known here")),
            };
            if !good {
                return fail(word);
            }
        }
        if schema.get("properties").is_none() && schema["additionalProperties"].is_object() {
            for (name, one) in value.as_object().into_iter().flatten() {
                self.check(&schema["additionalProperties"], one, &format!("{at}/{name}"))?;
            }
        }
        Ok(())
    }

    fn properties(&self, schema: &Value, value: &Value, at: &str) -> Result<bool, String> {
        for (name, one) in value.as_object().into_iter().flatten() {
            match schema["properties"].get(name) {
                Some(rule) => self.check(rule, one, &format!("{at}/{name}"))?,
                None if self.strict || schema["additionalProperties"] == false => {
                    return Err(format!("{at}: {name} is not described"));
                }
                None => {}
            }
        }
        Ok(true)
    }
}

fn kinds(rule: &Value) -> Vec<&str> {
    match rule {
        Value::String(one) => vec![one],
        list => list.as_array().expect("a list of types").iter().filter_map(Value::as_str).collect(),
    }
}

fn is_kind(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not known here"),
    }
}

fn is_format(format: &str, text: &str) -> bool {
    match format {
        "date-time" => At::parse_rfc3339(text).is_some(),
        "uri" => url::Url::parse(text).is_ok(),
        other => panic!("the format {other} is not known here"),
    }
}

fn is_id(pattern: &str, text: &str) -> bool {
    let prefix = pattern.strip_prefix('^').and_then(|p| p.split_once('_')).expect("a pattern of ids").0;
    kernel::parse_id(prefix, text).is_some()
}

#[test]
fn the_validator_tells_right_from_wrong() {
    let document =
        json!({"x": {"type": "object", "required": ["a"], "properties": {"a": {"type": ["integer", "null"]}}}});
    let check = |strict: bool, value: Value| {
        Validator { document: &document, strict }.check(&json!({"$ref": "#/x"}), &value, "").is_ok()
    };
    assert!(check(true, json!({"a": 1})) && check(true, json!({"a": null})));
    assert!(!check(true, json!({})) && !check(true, json!({"a": "1"})) && !check(true, json!([])));
    assert!(!check(true, json!({"a": 1, "b": 2})) && check(false, json!({"a": 1, "b": 2})));
}

// The document and the router

fn ops() -> Vec<&'static Op> {
    GROUPS.iter().flat_map(|g| g.ops).collect()
}

async fn document(site: &Site) -> Value {
    site.get("/api/v1/openapi.json").await.json()
}

#[test]
fn every_route_of_the_api_is_described_and_nothing_else_is() {
    on_one(On::Lite, &async |site: Site| {
        let document = document(&site).await;
        let routes: BTreeSet<(String, String)> = ROUTES
            .iter()
            .filter(|r| r.path.starts_with("/api/"))
            .map(|r| (r.method.to_owned(), r.path.to_owned()))
            .collect();
        let mut described = BTreeSet::new();
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                described.insert((method.to_uppercase(), path.clone()));
                let names: BTreeSet<&str> = operation["parameters"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|p| p["in"] == "path")
                    .filter_map(|p| p["name"].as_str())
                    .collect();
                let braces: BTreeSet<&str> =
                    path.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}')).collect();
                assert_eq!(names, braces, "{method} {path}");
            }
        }
        assert_eq!(described, routes);
        let ids: BTreeSet<&str> = ops().iter().map(|op| op.id).collect();
        assert_eq!(ids.len(), ops().len(), "names are unique");
    });
}

#[test]
fn operations_have_their_sentences_and_known_codes() {
    on_one(On::Lite, &async |site: Site| {
        let texts = site.app.render.texts();
        for lang in Lang::ALL {
            for group in GROUPS {
                assert!(texts.has(lang, &format!("api-group-{}", group.key)), "{lang:?} {}", group.key);
            }
            for op in ops() {
                assert!(texts.has(lang, &format!("api-op-{}", op.id)), "{lang:?} {}", op.id);
                assert!(texts.has(lang, &format!("api-who-{}", op.who())), "{lang:?} {}", op.who());
            }
            for (code, _) in CODES {
                assert!(texts.has(lang, &format!("refusal-{code}")), "{lang:?} {code}");
            }
        }
        for op in ops() {
            for code in op.codes() {
                assert!(status_of(code).is_some(), "{}: {code} is not in CODES", op.id);
            }
        }
    });
}

/// Names of shapes are unique: two shapes of one name would overwrite each other in the document.
#[test]
fn a_name_of_a_shape_means_one_shape() {
    fn walk(shape: &'static Shape, known: &mut Vec<&'static Shape>) {
        let text = |s: &Shape| format!("{:?}", s.fields);
        match known.iter().find(|k| k.name == shape.name) {
            Some(other) => assert_eq!(text(other), text(shape), "{}", shape.name),
            None => {
                known.push(shape);
                shape.fields.iter().for_each(|f| inner(&f.kind, known));
            }
        }
    }
    fn inner(kind: &Kind, known: &mut Vec<&'static Shape>) {
        match kind {
            Kind::Object(shape) => walk(shape, known),
            Kind::List(of) | Kind::ByLanguage(of) => inner(of, known),
            _ => {}
        }
    }
    let (mut sent, mut answered) = (Vec::new(), Vec::new());
    for op in ops() {
        if let Sent::Json(shape) | Sent::Perhaps(shape) = op.body {
            walk(shape, &mut sent);
        }
        if let Some(shape) = op.answer {
            walk(shape, &mut answered);
        }
    }
    assert!(!sent.is_empty() && !answered.is_empty());
}

// The examples

struct House {
    owner: Person,
    show: Show,
    draft: Episode,
    item: i64,
    said: i64,
    post: i64,
    page: i64,
    picture: i64,
    rehearsal: String,
    excerpt: i64,
    hook: i64,
    message: i64,
    approval: i64,
    comment: i64,
    decision: i64,
    /// Another member.
    member: i64,
    token: String,
}

async fn house(site: &Site, slug: &str) -> House {
    let owner = site.person("pentes", "owner@pentes.example", Role::Owner).await;
    let show = desk::show(site, &owner, slug).await;
    let draft = desk::episode(site, &owner, &show, desk::draft("Le secret")).await;
    let ctx = site.app.ctx(owner.actor.clone());
    let made =
        write_tx!(site.app.db, |tx| accounts_uc::create_token(tx, &ctx, owner.org, "test", &TokenScope::ALL, 1).await);
    let idea = publish::rules::rundown::quick("Une idée 3:00");
    let place = publish::service::Place::Episode(draft.id);
    let item = write_tx!(site.app.db, |tx| publish::service::add_item(tx, &ctx, place, idea.clone()).await);
    let text = PageText { title: "Règlement".to_owned(), body_md: Some("Oui.".to_owned()), ..PageText::default() };
    let page = PageDraft { slug: format!("p-{slug}"), texts: [("fr".to_owned(), text)].into(), ..PageDraft::default() };
    let blob = |part: &str| kernel::sha256_hex(format!("{slug} {part}").as_bytes());
    let file = PictureFile {
        blob: blob("a"),
        mime: "image/png".to_owned(),
        size: (1400, 1400),
        small_blob: blob("b"),
        card_blob: blob("c"),
        bytes: 3,
    };
    let extra = write_tx!(site.app.db, |tx| {
        let page = uc::pages::create(tx, &ctx, owner.org, None, page.clone()).await?;
        Ok((page.id, uc::add_image(tx, &ctx, owner.org, &file).await?.id))
    });
    let (page, picture) = extra.expect("a page and a picture");
    // Each rehearsal costs work and is counted: only operations of imports get one.
    let rehearsal = match slug.ends_with("-import") || slug == "pentes" {
        true => crate::imports_wxr::rehearsed(site, &owner, &export(slug)).await,
        false => String::new(),
    };
    let item = item.expect("an item").id;
    let titles = [("fr".to_owned(), "Bref".to_owned())].into();
    let bounds = publish::rules::excerpt::ExcerptDraft { start: "0".to_owned(), end: "0:01".to_owned(), titles };
    let excerpt = write_tx!(site.app.db, |tx| publish::service::add_excerpt(tx, &ctx, draft.id, &bounds).await);
    let said = crate::access::said(site, &owner, &draft, &format!("Merci ({slug}).")).await;
    let (hook, message, approval) = write_tx!(site.app.db, |tx| {
        let wanted = ("https://hooks.example/", &["episode.published".to_owned()][..]);
        // An organisation has twenty at most; the houses share one.
        let hook = match publish::service::webhooks(tx, &ctx.actor, owner.org).await?.first() {
            Some(hook) => hook.id,
            None => publish::service::create_webhook(tx, &ctx, owner.org, wanted, false).await?.id,
        };
        publish::service::act_webhook(tx, &ctx, hook, publish::service::WebhookAct::Test).await?;
        let (sent, _) = publish::service::deliveries(tx, &ctx.actor, owner.org, Some(hook), None).await?;
        let link = publish::service::create_approval(tx, &ctx, draft.id, "Musée", 7).await?;
        Ok((hook, sent[0].id, link.approval.id))
    })
    .expect("a webhook, a message and a link");
    let (comment, decision) = commented(site, &owner, &draft, slug).await;
    crate::members::joins(site, &owner, "proprio").await;
    let own = crate::posts::join(site, &owner, "odile", "Odile F.").await;
    let post = crate::posts::planted(site, &own, &format!("Bonjour ({slug}).")).await;
    let other = site.person("pentes", "agent@pentes.example", Role::Agent).await;
    let member = crate::members::joins(site, &other, "solveig-m").await;
    House {
        post,
        member,
        comment,
        decision,
        token: made.expect("a token").secret,
        owner,
        show,
        draft,
        item,
        said,
        page,
        picture,
        rehearsal,
        excerpt: excerpt.expect("an excerpt").id,
        hook,
        message,
        approval,
    }
}

/// A comment that waits, and a decision about another one; each house has its own writers.
async fn commented(site: &Site, owner: &Person, episode: &Episode, slug: &str) -> (i64, i64) {
    use community::model::{Guest, NewComment, Writer};
    let ctx = site.app.ctx(owner.actor.clone());
    let new = |n: u8| NewComment {
        org: owner.org,
        subject: kernel::Subject::episode(episode.id),
        subject_since: site.app.now(),
        parent: None,
        writer: Writer::Guest(Guest { name: "Léa".to_owned(), email: format!("{slug}{n}@mail.example"), url: None }),
        body: format!("Bonjour {n}."),
        network: "192.0.2.1".to_owned(),
    };
    let made = write_tx!(site.app.db, |tx| {
        let one = community::service::say(tx, &ctx, &site.app.sealer, new(1)).await?.id;
        let other = community::service::say(tx, &ctx, &site.app.sealer, new(2)).await?.id;
        let verb = community::rules::moderate::Verb::Remove;
        Ok((one, community::service::act_on(tx, &ctx, owner.org, &[other], verb).await?.act))
    });
    made.expect("two comments")
}

/// Puts things into the state an operation needs; a draft with sound is there already.
async fn before(site: &Site, house: &House, op: &Op) {
    let at = || When::At(site.app.now().plus_seconds(3600));
    match op.id {
        "unpublish-episode" | "read-episode" | "list-episodes" | "add-correction" | "list-comments" | "say-comment" => {
            desk::schedule(site, &house.owner, house.draft.id, When::Now).await;
        }
        "draft-episode" => {
            desk::schedule(site, &house.owner, house.draft.id, at()).await;
        }
        "undo-import" => {
            let path = format!("/api/v1/imports/{}/run", house.rehearsal);
            let body = json!({"digest": export_digest(op.id)}).to_string();
            assert_eq!(site.api(&house.token, "POST", &path, body).await.status, 200);
        }
        // The transcript has as many versions as the draft: the example names that number.
        "read-cues" | "put-cues" => {
            let ctx = site.app.ctx(house.owner.actor.clone());
            let vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n";
            for _ in 0..house.draft.version {
                let id = house.draft.id;
                let done = write_tx!(site.app.db, |tx| {
                    publish::service::import_transcript(tx, &ctx, id, "fr", vtt, false).await
                });
                done.expect("a transcript");
            }
        }
        _ => {}
    }
}

/// What a house has rehearsed. What is taken back must first have made something: it comes from a site of its own.
fn export(slug: &str) -> String {
    let small = crate::imports_wxr::small();
    if slug == "undo-import" { small.replace("carnet.example", "autre.example") } else { small }
}

/// The digest of [`export`].
fn export_digest(slug: &str) -> String {
    kernel::sha256_hex(export(slug).as_bytes())
}

/// The path with the ids of the house.
fn path_of(house: &House, op: &Op) -> String {
    let mut path = op.path.to_owned();
    for param in op.params.iter().filter(|p| p.place == Place::Path) {
        let value = match param.kind {
            Kind::Id(SHOW_PREFIX) => show_id(SHOW_PREFIX, house.show.id),
            Kind::Id(EPISODE_PREFIX) => show_id(EPISODE_PREFIX, house.draft.id),
            Kind::Id(ITEM_PREFIX) => show_id(ITEM_PREFIX, house.item),
            Kind::Id(PAGE_PREFIX) => show_id(PAGE_PREFIX, house.page),
            Kind::Id(IMAGE_PREFIX) => show_id(IMAGE_PREFIX, house.picture),
            Kind::Id(REHEARSAL_PREFIX) => house.rehearsal.clone(),
            Kind::Int if param.name == "version" => "1".to_owned(),
            Kind::Id(EXCERPT_PREFIX) => show_id(EXCERPT_PREFIX, house.excerpt),
            Kind::Id(APPROVAL_PREFIX) => show_id(APPROVAL_PREFIX, house.approval),
            Kind::Id(WEBHOOK_PREFIX) => show_id(WEBHOOK_PREFIX, house.hook),
            Kind::Id(MESSAGE_PREFIX) => show_id(MESSAGE_PREFIX, house.message),
            // One's own is changed by its writer, the guest's by moderators.
            Kind::Id(COMMENT_PREFIX) if op.method == "POST" => show_id(COMMENT_PREFIX, house.comment),
            Kind::Id(COMMENT_PREFIX) => show_id(COMMENT_PREFIX, house.said),
            Kind::Id(community::model::POST_PREFIX) => show_id(community::model::POST_PREFIX, house.post),
            Kind::Id(ACT_PREFIX) => show_id(ACT_PREFIX, house.decision),
            Kind::Id(community::model::MEMBER_PREFIX) => show_id(community::model::MEMBER_PREFIX, house.member),
            Kind::Text if param.name == "voice" => show_id(SHOW_PREFIX, house.show.id),
            Kind::Text if param.name == "tag" => "pont".to_owned(),
            Kind::Text if param.name == "handle" => "proprio".to_owned(),
            Kind::Text if param.name == "lang" => "fr".to_owned(),
            // The day on which tests begin.
            Kind::Text if param.name == "day" => "2026-11-23".to_owned(),
            Kind::Text if param.name == "leaf" => "0".to_owned(),
            other => panic!("{}: no value for {} ({other:?})", op.id, param.name),
        };
        path = path.replace(&format!("{{{}}}", param.name), &value);
    }
    path
}

/// The body of the example; versions are those of the house.
fn body_of(house: &House, op: &Op) -> Vec<u8> {
    match op.body {
        Sent::Nothing => Vec::new(),
        Sent::Json(_) | Sent::Perhaps(_) => {
            let mut value: Value = serde_json::from_str(op.example).expect("an example is JSON");
            if value.get("version").is_some() {
                value["version"] = json!(if op.params.iter().any(|p| matches!(
                    p.kind,
                    Kind::Id(ITEM_PREFIX | PAGE_PREFIX | COMMENT_PREFIX | community::model::POST_PREFIX)
                )) {
                    1
                } else {
                    house.draft.version
                });
            }
            // A version of the owner's place, whose house is new.
            if op.id == "edit-me" {
                value["version"] = json!(1);
            }
            if op.id == "set-comment-settings" {
                value["version"] = json!(0);
            }
            if value.get("digest").is_some() {
                value["digest"] = json!(export_digest(op.id));
            }
            if value.get("episode_id").is_some() {
                value["episode_id"] = json!(show_id(EPISODE_PREFIX, house.draft.id));
            }
            value.to_string().into_bytes()
        }
        Sent::Bytes(types) => match op.example.rsplit('.').next().unwrap_or_default() {
            "mp3" => SOUND.to_vec(),
            "xml" => crate::imports_wxr::small().into_bytes(),
            "jpg" | "png" => PICTURE.to_vec(),
            "vtt" => b"WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n".to_vec(),
            other => panic!("{}: no bytes for {other} of {types:?}", op.id),
        },
    }
}

const PICTURE: &[u8] = include_bytes!("../../../traboule/demo/covers/pont.jpg");

fn answer_schema(document: &Value, op: &Op, status: u16) -> Option<Value> {
    let response = &document["paths"][op.path][op.method.to_lowercase()]["responses"][status.to_string()];
    assert!(!response.is_null(), "{}: {status} is not described", op.id);
    let content = response["content"].as_object()?;
    Some(content.values().next().expect("a media type")["schema"].clone())
}

fn validate(document: &Value, op: &Op, answer: &Answer) {
    let status = answer.status.as_u16();
    match answer_schema(document, op, status) {
        Some(schema) => {
            let outcome = Validator { document, strict: true }.check(&schema, &answer.json(), op.id);
            outcome.unwrap_or_else(|fault| panic!("{fault}"));
        }
        None => assert!(answer.body.is_empty(), "{}", op.id),
    }
}

#[test]
fn every_example_runs_and_is_answered_as_described() {
    on_both(async |site| {
        let document = document(&site).await;
        for op in ops() {
            // A voice may post sixty times an hour.
            site.clock.advance(90);
            let house = house(&site, op.id).await;
            before(&site, &house, op).await;
            if let Sent::Json(_) | Sent::Perhaps(_) = op.body {
                let sent = &document["paths"][op.path][op.method.to_lowercase()]["requestBody"]["content"];
                let schema = &sent["application/json"]["schema"];
                let example: Value = serde_json::from_str(op.example).expect("JSON");
                let outcome = Validator { document: &document, strict: true }.check(schema, &example, op.id);
                outcome.unwrap_or_else(|fault| panic!("{fault}"));
            }
            let answer = site.api(&house.token, op.method, &path_of(&house, op), body_of(&house, op)).await;
            assert_eq!(answer.status.as_u16(), op.status, "{}: {}", op.id, answer.text());
            validate(&document, op, &answer);
            if op.who() != "public" {
                assert_eq!(answer.header("ratelimit-limit"), "300", "{}", op.id);
            }
        }
    });
}

#[test]
fn the_names_a_body_takes_are_the_names_described() {
    on_one(On::Lite, &async |site: Site| {
        for op in ops() {
            let (Sent::Json(shape) | Sent::Perhaps(shape)) = op.body else { continue };
            // A voice may post sixty times an hour.
            site.clock.advance(90);
            let house = house(&site, op.id).await;
            let answer = site.api(&house.token, op.method, &path_of(&house, op), r#"{"zzz": 1}"#).await;
            assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (422, &json!("json-unreadable")), "{}", op.id);
            let text = answer.json()["title"].as_str().expect("a sentence").to_owned();
            let named: BTreeSet<&str> = text.split('`').skip(1).step_by(2).filter(|n| *n != "zzz").collect();
            let described: BTreeSet<&str> = shape.fields.iter().map(|f| f.name).collect();
            assert_eq!(named, described, "{}: {text}", op.id);
        }
    });
}

#[test]
fn refusals_have_a_code_that_is_described() {
    on_both(async |site| {
        let document = document(&site).await;
        let house = house(&site, "pentes").await;
        for op in ops() {
            let path = path_of(&house, op);
            let mut asked = Vec::new();
            if op.who() != "public" {
                let json = [("content-type", "application/json")];
                asked.push(site.send(request(op.method, &path, None, &json, Body::from(body_of(&house, op)))).await);
                assert_eq!(asked[0].status, 401, "{}", op.id);
            }
            if op.params.iter().any(|p| p.place == Place::Path && matches!(p.kind, Kind::Id(_))) {
                let gone = |piece: &str| match piece.split_once('_').filter(|(_, digits)| digits.len() == 13) {
                    Some((prefix, _)) => show_id(prefix, 1),
                    None => piece.to_owned(),
                };
                let nothing = path.split('/').map(gone).collect::<Vec<_>>().join("/");
                let answer = site.api(&house.token, op.method, &nothing, body_of(&house, op)).await;
                assert_eq!(answer.status, 404, "{} {}", op.id, answer.text());
                asked.push(answer);
            }
            for answer in asked {
                validate(&document, op, &answer);
                let code = answer.json()["code"].as_str().expect("a code").to_owned();
                assert!(op.codes().contains(&code.as_str()), "{}: {code}", op.id);
                assert_eq!(status_of(&code), Some(answer.status.as_u16()), "{code}");
            }
        }
    });
}

// Keys and limits

#[test]
fn a_key_makes_a_repetition_harmless() {
    on_both(async |site| {
        let house = house(&site, "pentes").await;
        let path = format!("/api/v1/shows/{}/episodes", show_id(SHOW_PREFIX, house.show.id));
        let bearer = format!("Bearer {}", house.token);
        let send = async |key: &str, title: &str| {
            let body = json!({"texts": {"fr": {"title": title}}}).to_string();
            let headers = [("authorization", bearer.as_str()), ("idempotency-key", key)];
            site.send(request("POST", &path, None, &headers, Body::from(body))).await
        };
        let first = send("a", "Un").await;
        let again = send("a", "Un").await;
        assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 201));
        assert_eq!(first.json(), again.json(), "nothing was made twice");
        let other = send("a", "Deux").await;
        assert_eq!((other.status.as_u16(), &other.json()["code"]), (422, &json!("idempotency-key-reused")));
        assert_ne!(send("b", "Un").await.json()["id"], first.json()["id"]);
        // A refusal keeps nothing: the corrected request may use the key.
        assert_eq!(send("c", "").await.status, 422);
        assert_eq!(send("c", "Trois").await.status, 201);
        assert_eq!(send(&"k".repeat(201), "Un").await.json()["code"], "idempotency-key-malformed");
        site.clock.advance(24 * 3600 - 1);
        assert_eq!(send("a", "Un").await.json(), first.json());
    });
}

#[test]
fn a_key_is_forgotten_after_a_day() {
    on_both(async |site| {
        let owner = site.person("pentes", "owner@pentes.example", Role::Owner).await;
        let ctx = site.app.ctx(owner.actor.clone());
        let made = write_tx!(site.app.db, |tx| {
            accounts_uc::create_token(tx, &ctx, owner.org, "test", &TokenScope::ALL, 9).await
        });
        let bearer = format!("Bearer {}", made.expect("a token").secret);
        let send = async |slug: &str| {
            let body =
                json!({"slug": slug, "language": "fr", "time_zone": "Europe/Paris", "texts": {"fr": {"title": slug}}});
            let headers = [("authorization", bearer.as_str()), ("idempotency-key", "a")];
            site.send(request("POST", "/api/v1/shows", None, &headers, Body::from(body.to_string()))).await
        };
        assert_eq!(send("un").await.status, 201);
        assert_eq!(send("deux").await.status, 422);
        site.clock.advance(24 * 3600);
        assert_eq!(send("deux").await.status, 201);
    });
}

#[test]
fn two_who_send_one_key_at_once_make_one_thing() {
    on_one(On::Pg, &async |site: Site| {
        let house = house(&site, "pentes").await;
        let path = format!("/api/v1/shows/{}/episodes", show_id(SHOW_PREFIX, house.show.id));
        let bearer = format!("Bearer {}", house.token);
        let send = async || {
            let body = json!({"texts": {"fr": {"title": "Un"}}}).to_string();
            let headers = [("authorization", bearer.as_str()), ("idempotency-key", "a")];
            site.send(request("POST", &path, None, &headers, Body::from(body))).await
        };
        let (one, two, three) = futures_util::future::join3(send(), send(), send()).await;
        assert_eq!((one.status.as_u16(), two.status.as_u16(), three.status.as_u16()), (201, 201, 201));
        assert!(one.json() == two.json() && two.json() == three.json());
    });
}

#[test]
fn a_token_has_so_many_requests_a_minute() {
    on_one(On::Lite, &async |site: Site| {
        let house = house(&site, "pentes").await;
        let ask = async || site.api(&house.token, "GET", "/api/v1/shows", Body::empty()).await;
        for n in 0..300 {
            let answer = ask().await;
            assert_eq!((answer.status.as_u16(), answer.header("ratelimit-remaining")), (200, (299 - n).to_string()));
        }
        let refused = ask().await;
        assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (429, Some("too-many")));
        assert!(refused.header("retry-after").parse::<u32>().expect("seconds") <= 61);
        assert_eq!(site.get("/api/v1/shows").await.status, 200, "others are not held up");
        site.clock.advance(61);
        assert_eq!(ask().await.status, 200);
    });
}

#[test]
fn the_readable_page_shows_every_operation_in_both_languages() {
    on_one(On::Lite, &async |site: Site| {
        for lang in Lang::ALL {
            let page = site.get(&format!("/{}/api", lang.code())).await;
            assert_eq!(page.status, 200);
            let text = page.text();
            for op in ops() {
                assert!(text.contains(&format!("id=\"{}\"", op.id)), "{}", op.id);
            }
            assert!(!text.contains("api-op-"), "no sentence is missing");
        }
    });
}
