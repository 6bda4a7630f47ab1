//! Writing a post, and quoting. The form comes back with everything that was typed, pictures that went up included; a form
//! that is sent twice posts once.

use std::sync::Arc;

use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{Full, Image, POST_PREFIX, PassedOn, Post, PostKind, PostState, VoiceKind};
use community::pictures::MEDIA_TYPE;
use community::rules::post::{ALTS, Draft, LONGEST, LONGEST_ALT, MOST_IMAGES};
use community::rules::text::named;
use community::service::{members, posts, shown};
use db::{DbError, Failure, Tx, read_tx, write_tx};
use kernel::{Actor, At, Ctx, Kind, Lang, OrgId, PersonId, Refusal, Role, Subject, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, SHOW_PREFIX};
use publish::service as publish_uc;
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::gather::{Looking, of_view, preview};
use super::pictures::PICTURES_AN_HOUR;
use super::view::{OfView, PostView, post_path};
use super::{elsewhere, pictures};
use crate::app::App;
use crate::http::{Client, Web, failure_page, html, redirect};
use crate::pages::members::Houses;
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};
use crate::pages::studio::frame::Choice;
use crate::pages::studio::to_sign_in;
use crate::turns;

/// A picture in the form.
#[derive(Clone, Debug, Serialize)]
pub(super) struct DraftImage {
    pub(super) token: String,
    pub(super) url: String,
    pub(super) alt: String,
}

/// What the form shows.
#[derive(Serialize)]
pub(super) struct WriteView {
    pub(super) heading: String,
    pub(super) action: String,
    pub(super) button: String,
    pub(super) back_url: String,
    pub(super) key: String,
    pub(super) version: Option<i64>,
    pub(super) of_id: Option<String>,
    pub(super) of: Option<OfView>,
    pub(super) voices: Vec<Choice>,
    pub(super) voice: String,
    pub(super) text: String,
    pub(super) text_lang: String,
    pub(super) langs: Vec<Choice>,
    pub(super) images: Vec<DraftImage>,
    pub(super) room: usize,
    pub(super) fixed: bool,
    pub(super) most: usize,
    pub(super) most_alt: usize,
    pub(super) elsewhere: Vec<elsewhere::AccountChoice>,
    pub(super) look: Option<PostView>,
    pub(super) unknown: Option<String>,
    pub(super) theirs: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Vars {
    pub(super) write: WriteView,
    pub(super) form: Option<FormView>,
    pub(super) said: Option<String>,
}

/// What a form brought.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) voice: String,
    pub(super) body: String,
    pub(super) lang: String,
    pub(super) key: String,
    pub(super) of: String,
    pub(super) version: i64,
    pub(super) tokens: Vec<String>,
    pub(super) alts: Vec<String>,
    pub(super) elsewhere: Vec<String>,
    pub(super) act: String,
    pub(super) drop: Option<usize>,
    pub(super) refusal: Option<Refusal>,
}

/// Where a composer begins.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Begin {
    of: Option<String>,
    voice: Option<String>,
    text: Option<String>,
}

/// The thing a text names: a post or an episode.
pub(crate) fn of_subject(text: &str) -> Option<Subject> {
    let post = parse_id(POST_PREFIX, text).map(Subject::post);
    post.or_else(|| parse_id(EPISODE_PREFIX, text).map(Subject::episode))
}

/// What is passed on, with whose it is. An episode is its show's.
///
/// # Errors
/// `quoted-gone` for what the actor does not see.
pub(crate) async fn passed_on(tx: &mut Tx, actor: &Actor, subject: Subject, now: At) -> Result<PassedOn, Failure> {
    let gone = || Failure::from(Refusal::new(Kind::Conflict, "quoted-gone"));
    let refused = |failure| if matches!(failure, Failure::Refused(_)) { gone() } else { failure };
    match subject.kind {
        kernel::SubjectKind::Post => {
            let post = posts::seen_post(tx, actor, subject.id, now).await.map_err(refused)?;
            if post.state != PostState::Public {
                return Err(gone());
            }
            Ok(PassedOn { subject, author: post.author })
        }
        kernel::SubjectKind::Episode => {
            let (show, _) = publish_uc::public_bare(tx, subject.id, now).await.map_err(refused)?;
            Ok(PassedOn { subject, author: show.id })
        }
    }
}

/// Who an actor may post as: themselves, then shows and organisations they edit.
pub(super) async fn voices(tx: &mut Tx, actor: &Actor, lang: Lang) -> Result<Vec<Choice>, Failure> {
    let mut out = Vec::new();
    let Some(person) = actor.person() else { return Ok(out) };
    if let Some(member) = members::member_of(tx, person).await? {
        out.push(Choice::new("me", format!("{} (@{})", member.name, member.handle)));
    }
    let houses = Houses::load(tx).await?;
    let edits = |org: OrgId| actor.may(org, &[Role::Editor]);
    for show in houses.shows().iter().filter(|s| edits(s.org)) {
        out.push(Choice::new(show_id(SHOW_PREFIX, show.id), crate::pages::studio::frame::title_of(show, lang)));
    }
    out.extend(
        houses.orgs().iter().filter(|o| edits(o.id)).map(|o| Choice::new(format!("org_{}", o.id.0), o.name.clone())),
    );
    Ok(out)
}

/// The voice a choice of [`voices`] stands for; a show or an organisation becomes one when it first posts.
///
/// # Errors
/// `voice-not-yours` for any other.
pub(crate) async fn voice_of(tx: &mut Tx, ctx: &Ctx, choice: &str) -> Result<i64, Failure> {
    let refused = || Failure::from(Refusal::invalid("check-fields").field("voice", "voice-not-yours"));
    if choice == "me" {
        return Ok(members::me(tx, &ctx.actor).await?.id);
    }
    let houses = Houses::load(tx).await?;
    let edits = |org: OrgId| ctx.actor.may(org, &[Role::Editor]);
    let show = parse_id(SHOW_PREFIX, choice).and_then(|id| houses.shows().iter().find(|s| s.id == id));
    if let Some(show) = show.filter(|s| edits(s.org)) {
        return Ok(members::ensure_voice(tx, VoiceKind::Show, show.id, show.org, &show.slug, ctx.now).await?.id);
    }
    let org = choice.strip_prefix("org_").and_then(|id| id.parse().ok()).map(OrgId);
    let org = org.and_then(|id| houses.orgs().iter().find(|o| o.id == id)).filter(|o| edits(o.id));
    let org = org.ok_or_else(refused)?;
    Ok(members::ensure_voice(tx, VoiceKind::Organisation, org.id.0, org.id, &org.slug, ctx.now).await?.id)
}

/// The languages a text may be marked as: those of the interface, and the one it is in already.
pub(super) fn langs(app: &App, lang: Lang, own: &str) -> Vec<Choice> {
    let mut out: Vec<Choice> = Lang::ALL
        .into_iter()
        .map(|l| Choice::new(l.code(), app.say(lang, &format!("post-langs-{}", l.code()))))
        .collect();
    if !own.is_empty() && !out.iter().any(|c| c.value == own) {
        out.push(Choice::new(own, crate::pages::studio::language_name(app, lang, own)));
    }
    out
}

fn person_of(client: &Client) -> PersonId {
    client.me.as_ref().map_or(PersonId(0), |me| me.person.id)
}

/// GET `/{lang}/posts/new`.
pub async fn new(State(app): Web, client: Client, Path(lang): Path<String>, Query(begin): Query<Begin>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let typed = Typed {
        voice: begin.voice.unwrap_or_default(),
        body: begin.text.unwrap_or_default().chars().take(LONGEST).collect(),
        lang: lang.code().to_owned(),
        key: kernel::hex(&app.rng.bytes::<16>()),
        of: begin.of.unwrap_or_default(),
        ..Typed::default()
    };
    page(&app, &client, lang, &typed, None, StatusCode::OK, false).await
}

/// POST `/{lang}/posts/new`, multipart: `act` is `post`, `look` or `add`; `drop` takes a picture out.
pub async fn create(State(app): Web, client: Client, Path(lang): Path<String>, form: Multipart) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let mut typed = match read(&app, &client, form).await {
        Ok(typed) => typed,
        Err(failure) => return failure_page(&app, &client, lang, &failure).await,
    };
    if let Some(refusal) = typed.refusal.take() {
        return refused(&app, &client, lang, &typed, &refusal).await;
    }
    if typed.drop.is_some() || typed.act == "add" {
        return page(&app, &client, lang, &typed, None, StatusCode::OK, false).await;
    }
    if typed.act == "look" {
        return page(&app, &client, lang, &typed, None, StatusCode::OK, true).await;
    }
    match publish(&app, &client, &typed).await {
        Ok(id) => redirect(&format!("{}?said=posted", post_path(lang, id))),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict | Kind::TooMany) => {
            refused(&app, &client, lang, &typed, &refusal).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// Reads a form; pictures are made anew as they come. A picture that is refused keeps the rest.
pub(super) async fn read(app: &Arc<App>, client: &Client, mut form: Multipart) -> Result<Typed, Failure> {
    let unreadable = || Refusal::new(Kind::Invalid, "form-unreadable");
    let (mut typed, mut stamped) = (Typed::default(), false);
    typed.alts = vec![String::new(); MOST_IMAGES];
    loop {
        let field = match form.next_field().await {
            Ok(Some(field)) => field,
            Ok(None) => break,
            // The rest is too large, or broken: what came before is kept.
            Err(_) if stamped => {
                typed.refusal = Some(Refusal::invalid("check-fields").field("picture", "picture-too-large"));
                break;
            }
            Err(_) => return Err(unreadable().into()),
        };
        let name = field.name().unwrap_or_default().to_owned();
        if !stamped && name != "csrf" {
            return Err(Refusal::new(Kind::Forbidden, "csrf").into());
        }
        if name == "picture" {
            if typed.refusal.is_none() {
                take_picture(app, client, &mut typed, field).await?;
            }
            continue;
        }
        let value = small(field).await?;
        match name.as_str() {
            "csrf" => {
                client.check_stamp(app, &value)?;
                stamped = true;
            }
            "voice" => typed.voice = value,
            "body" => typed.body = value,
            "lang" => typed.lang = value,
            "key" => typed.key = value.chars().filter(char::is_ascii_alphanumeric).take(64).collect(),
            "of" => typed.of = value,
            "version" => typed.version = value.parse().unwrap_or(0),
            "image" if typed.tokens.len() < MOST_IMAGES => typed.tokens.push(value),
            "elsewhere" if typed.elsewhere.len() < 20 => typed.elsewhere.push(value),
            "act" => typed.act = value,
            "drop" => typed.drop = value.parse().ok(),
            other => {
                if let Some(at) = ALTS.iter().position(|alt| *alt == other) {
                    typed.alts[at] = value;
                }
            }
        }
    }
    if !stamped {
        return Err(Refusal::new(Kind::Forbidden, "csrf").into());
    }
    if let Some(at) = typed.drop.filter(|at| *at < typed.tokens.len()) {
        typed.tokens.remove(at);
        typed.alts.remove(at);
        typed.alts.push(String::new());
    }
    Ok(typed)
}

/// A field of text, within a bound.
async fn small(mut field: axum::extract::multipart::Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| Refusal::new(Kind::Invalid, "form-unreadable"))? {
        if bytes.len() + piece.len() > 64 * 1024 {
            return Err(Refusal::new(Kind::Invalid, "form-unreadable").into());
        }
        bytes.extend_from_slice(&piece);
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.replace([ui::HOLE_START, ui::HOLE_END], ""))
}

async fn take_picture(
    app: &Arc<App>,
    client: &Client,
    typed: &mut Typed,
    field: axum::extract::multipart::Field<'_>,
) -> Result<(), Failure> {
    let person = person_of(client);
    let outcome = async {
        // A browser sends an empty field where no file was chosen.
        if field.file_name().is_none_or(str::is_empty) {
            return Ok(None);
        }
        if typed.tokens.len() >= MOST_IMAGES {
            return Err(Refusal::invalid("check-fields").field("picture", "too-many-images").into());
        }
        // How often is asked before a byte is read, and only so many of one person are held at once.
        let limit = app.limits.check(&format!("post pictures {}", person.0), PICTURES_AN_HOUR, 3600, app.now());
        limit.map_err(|_| Refusal::new(Kind::TooMany, "too-many-pictures"))?;
        let _turn = app.picture_turns.take(person.0, turns::PICTURES).await?;
        let bytes = pictures::read(field, "picture").await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let sent = pictures::take(app, client, bytes, "picture").await?;
        Ok(Some(app.sealer.sent_picture(person, &sent, app.now())))
    };
    let outcome: Result<Option<String>, Failure> = outcome.await;
    match outcome {
        Ok(token) => typed.tokens.extend(token),
        Err(Failure::Refused(refusal)) => typed.refusal = Some(refusal),
        Err(failure) => return Err(failure),
    }
    Ok(())
}

/// The pictures of a form as a post keeps them; one that ran out is named.
pub(super) fn draft_images(app: &App, client: &Client, typed: &Typed) -> Result<Vec<Image>, Refusal> {
    let sent = pictures::sent(app, person_of(client), &typed.tokens);
    let lost = || Refusal::invalid("check-fields").field("picture", "picture-lost");
    let image = |(sent, alt): (Option<community::seal::SentPicture>, &String)| {
        let sent = sent.ok_or_else(lost)?;
        Ok(Image {
            sha256: sent.sha256,
            small_sha256: sent.small_sha256,
            media_type: MEDIA_TYPE.to_owned(),
            width: sent.width,
            height: sent.height,
            alt: alt.clone(),
        })
    };
    sent.into_iter().zip(&typed.alts).map(image).collect()
}

/// Posts what was typed. Two who come with the same key at once are one post: who loses the race finds what was made.
async fn publish(app: &Arc<App>, client: &Client, typed: &Typed) -> Result<i64, Failure> {
    let ctx = client.ctx(app);
    let images = draft_images(app, client, typed)?;
    let accounts = elsewhere::chosen(app, client, typed).await?;
    let draft = |of: Option<PassedOn>| Draft {
        body: typed.body.clone(),
        lang: typed.lang.clone(),
        images: images.clone(),
        of,
        request: Some(typed.key.clone()).filter(|k| !k.is_empty()),
    };
    let mut tries = 0;
    let made = loop {
        let outcome = write_tx!(app.db, |tx| {
            let voice = voice_of(tx, &ctx, &typed.voice).await?;
            let of = match of_subject(&typed.of) {
                Some(subject) => Some(passed_on(tx, &ctx.actor, subject, ctx.now).await?),
                None => None,
            };
            let made = posts::post(tx, &ctx, voice, PostKind::Post, &draft(of)).await?;
            if made.new {
                elsewhere::ask(tx, &ctx, voice, made.id, &accounts).await?;
            }
            Ok(made)
        });
        if !again(&mut tries, &outcome) {
            break outcome?;
        }
    };
    app.worker.wake();
    Ok(made.id)
}

/// Whether a write is to be run again because the schema refused it: somebody with the same key was faster. Once.
fn again<T>(tries: &mut u32, outcome: &Result<T, Failure>) -> bool {
    *tries += 1;
    *tries == 1 && matches!(outcome, Err(Failure::Db(DbError::Constraint(_))))
}

async fn refused(app: &Arc<App>, client: &Client, lang: Lang, typed: &Typed, refusal: &Refusal) -> Response {
    let form = FormView::refused(&Posted::default(), &[], refusal, app.render.texts(), lang);
    let status = ui::status(refusal.kind);
    page(app, client, lang, typed, Some(form), status, false).await
}

/// What is typed in fields that the form's macros show.
pub(super) fn with_values(form: Option<FormView>, typed: &Typed) -> FormView {
    let mut form = form.unwrap_or_default();
    for (name, alt) in ALTS.iter().zip(&typed.alts) {
        form.values.insert((*name).to_owned(), alt.clone());
    }
    for (name, value) in [("body", &typed.body), ("lang", &typed.lang), ("voice", &typed.voice)] {
        form.values.insert(name.to_owned(), value.clone());
    }
    form
}

/// The form, with or without a look at what would be posted.
async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    typed: &Typed,
    form: Option<FormView>,
    status: StatusCode,
    look: bool,
) -> Response {
    let rendered = async {
        let vars = vars(app, client, lang, typed, form, look).await?;
        let head = private_head(vars.write.heading.clone());
        if vars.write.voices.is_empty() {
            return site::render_for(app, client, lang, "", "pages/post_first.html", head, vars).await;
        }
        site::render_for(app, client, lang, "", "pages/post_write.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// A post as it would be, for a look.
fn imagined(typed: &Typed, images: Vec<Image>, voice: i64, of: Option<PassedOn>, now: At) -> Full {
    let post = Post {
        id: 0,
        org: OrgId(0),
        author: voice,
        person: None,
        kind: PostKind::Post,
        state: PostState::Preparing,
        at: now,
        lang: typed.lang.clone(),
        body: kernel::paragraph(&typed.body),
        of,
        edited_at: None,
        version: 1,
    };
    Full { post, images, cards: Vec::new(), clip: None, captions: Vec::new(), passed_on: 0 }
}

/// What a look at a form shows: what is quoted, the post as it would be, names nobody has.
struct Seen {
    of: Option<OfView>,
    look: Option<PostView>,
    unknown: Vec<String>,
}

async fn seen(
    tx: &mut Tx,
    app: &App,
    looking: Looking<'_>,
    typed: &Typed,
    images: Vec<Image>,
    look: bool,
) -> Result<Seen, Failure> {
    let of = match of_subject(&typed.of) {
        Some(subject) => passed_on(tx, looking.actor, subject, looking.now).await.ok(),
        None => None,
    };
    let person = looking.actor.person();
    let me = match person {
        Some(person) => members::member_of(tx, person).await?.map(|m| m.id),
        None => None,
    };
    let chosen =
        parse_id(SHOW_PREFIX, &typed.voice).or_else(|| typed.voice.strip_prefix("org_").and_then(|id| id.parse().ok()));
    let full = imagined(typed, images, chosen.or(me).unwrap_or(0), of, looking.now);
    let wanted = named(&full.post.body).mentions;
    let known = shown::known_handles(tx, &wanted).await?;
    Ok(Seen {
        of: of_view(tx, app, looking, &full.post).await?,
        look: if look { Some(preview(tx, app, looking, &full).await?) } else { None },
        unknown: wanted.into_iter().filter(|h| !known.contains(h)).map(|h| format!("@{h}")).collect(),
    })
}

/// A look at a post that has no address yet: its pictures are those that went up, its name the one that was chosen.
fn look_view(view: PostView, images: &[DraftImage], voices: &[Choice], voice: &str) -> PostView {
    let mut view = view;
    for (shown, draft) in view.images.iter_mut().zip(images) {
        (shown.url, shown.small_url) = (draft.url.clone(), draft.url.clone());
    }
    if view.author.url.is_none()
        && let Some(choice) = voices.iter().find(|c| c.value == voice)
    {
        view.author.name = choice.label.clone();
    }
    view
}

async fn vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    typed: &Typed,
    form: Option<FormView>,
    look: bool,
) -> Result<Vars, Failure> {
    let actor = client.actor();
    let looking = Looking { actor: &actor, lang, now: app.now() };
    let images = draft_images(app, client, typed).unwrap_or_default();
    let (voices, seen) = read_tx!(app.db, |tx| {
        let voices = voices(tx, &actor, lang).await?;
        Ok((voices, seen(tx, app, looking, typed, images.clone(), look).await?))
    })?;
    let texts = app.render.texts();
    let count = i64::try_from(seen.unknown.len()).unwrap_or(0);
    let args = [("count", count.into()), ("names", seen.unknown.join(", ").into())];
    let unknown = (look && count > 0).then(|| texts.text(lang, "post-unknown", &args));
    let sent = pictures::sent(app, person_of(client), &typed.tokens);
    let kept = typed.tokens.iter().zip(&typed.alts).zip(sent).filter(|(_, sent)| sent.is_some());
    let draft = |((token, alt), _): ((&String, &String), _)| DraftImage {
        token: token.clone(),
        url: format!("/media/posts/new/{token}"),
        alt: alt.clone(),
    };
    let images: Vec<DraftImage> = kept.map(draft).collect();
    let voice = voices.iter().find(|c| c.value == typed.voice).or(voices.first());
    let voice = voice.map(|c| c.value.clone()).unwrap_or_default();
    let quoting = seen.of.is_some();
    let back_url = of_subject(&typed.of).filter(|s| s.kind == kernel::SubjectKind::Post).map(|s| post_path(lang, s.id));
    let look = seen.look.map(|view| look_view(view, &images, &voices, &voice));
    let write = WriteView {
        heading: app.say(lang, if quoting { "post-new-quote" } else { "post-new" }),
        action: format!("/{}/posts/new", lang.code()),
        button: app.say(lang, "post-publish"),
        back_url: back_url.unwrap_or_else(|| format!("/{}/", lang.code())),
        key: typed.key.clone(),
        version: None,
        of_id: quoting.then(|| typed.of.clone()),
        of: seen.of,
        elsewhere: elsewhere::choices(app, client, typed).await?,
        voices,
        voice,
        text: typed.body.clone(),
        text_lang: typed.lang.clone(),
        langs: langs(app, lang, &typed.lang),
        room: MOST_IMAGES.saturating_sub(images.len()),
        images,
        fixed: false,
        most: LONGEST,
        most_alt: LONGEST_ALT,
        look,
        unknown,
        theirs: None,
    };
    Ok(Vars { write, form: Some(with_values(form, typed)), said: None })
}
