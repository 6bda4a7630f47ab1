//! What becomes of a post after it was written: edited, deleted, passed on, taken away by moderators and given back; and the
//! author's own list.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::Response;
use community::model::{Full, Image, POST_PREFIX, Post, PostKind, PostState};
use community::rules::post::{Draft, LONGEST, LONGEST_ALT};
use community::service::{members, posts, shown};
use db::{Failure, Tx, read_tx, write_tx};
use kernel::{Ctx, Kind, Lang, Refusal, Role, Subject, SubjectKind, parse_id, show_id};
use publish::service as publish_uc;
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::gather::{Looking, views};
use super::rich;
use super::view::{PostView, images, post_path};
use super::write::{
    DraftImage, Typed, Vars as WriteVars, WriteView, langs, passed_on, read, voice_of, voices, with_values,
};
use crate::app::App;
use crate::http::{Client, Web, failure_page, html, read_form, redirect};
use crate::pages::members::{own_path, with_next};
use crate::pages::public::{After, Pager, lang_of, nowhere};
use crate::pages::site::{self, private_head};
use crate::pages::studio::frame::Choice;
use crate::pages::studio::to_sign_in;

fn post_id(text: &str) -> Result<i64, Refusal> {
    parse_id(POST_PREFIX, text).ok_or_else(Refusal::not_found)
}

/// One's own post, as it is edited.
async fn own(tx: &mut Tx, client: &Client, app: &App, id: i64) -> Result<(Post, Vec<Image>), Failure> {
    let actor = client.actor();
    let post = posts::seen_post(tx, &actor, id, app.now()).await?;
    if !posts::is_own(tx, &actor, &post).await? {
        return Err(if actor.may_read(post.org) { Refusal::forbidden() } else { Refusal::not_found() }.into());
    }
    let full = posts::full(tx, vec![post.clone()], app.now()).await?.remove(0);
    Ok((post, full.images))
}

/// GET `/{lang}/posts/{id}/edit`.
pub async fn edit(State(app): Web, client: Client, Path((lang, text)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    edit_page(&app, &client, lang, &text, None, None, StatusCode::OK).await
}

/// POST `/{lang}/posts/{id}/edit`, multipart as the composer.
pub async fn save(
    State(app): Web,
    client: Client,
    Path((lang, text)): Path<(String, String)>,
    form: Multipart,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let typed = match read(&app, &client, form).await {
        Ok(typed) => typed,
        Err(failure) => return failure_page(&app, &client, lang, &failure).await,
    };
    if typed.act == "look" {
        return edit_page(&app, &client, lang, &text, Some(&typed), None, StatusCode::OK).await;
    }
    let ctx = client.ctx(&app);
    let outcome = async {
        let id = post_id(&text)?;
        write_tx!(app.db, |tx| {
            let done = posts::edit(tx, &ctx, id, typed.version, &typed.body, &typed.alts).await?;
            publish::service::let_go(tx, done.post.org, &done.files, ctx.now).await?;
            Ok(done.post)
        })
    };
    match outcome.await {
        Ok(post) => {
            app.worker.wake();
            redirect(&format!("{}?said=edited", post_path(lang, post.id)))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&Posted::default(), &[], &refusal, app.render.texts(), lang);
            let status = ui::status(refusal.kind);
            edit_page(&app, &client, lang, &text, Some(&typed), Some(form), status).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn edit_page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    text: &str,
    typed: Option<&Typed>,
    form: Option<FormView>,
    status: StatusCode,
) -> Response {
    let rendered = async {
        let vars = edit_vars(app, client, lang, post_id(text)?, typed, form).await?;
        let head = private_head(vars.write.heading.clone());
        site::render_for(app, client, lang, "", "pages/post_write.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// A post with its pictures and nothing else.
fn bare(post: &Post, images: Vec<Image>) -> Full {
    Full { post: post.clone(), images, cards: Vec::new(), clip: None, captions: Vec::new(), passed_on: 0 }
}

/// What the form says before anything is typed.
fn as_it_is(post: &Post, pictures: &[Image]) -> Typed {
    let alts = pictures.iter().map(|i| i.alt.clone()).collect();
    Typed { body: post.body.clone(), lang: post.lang.clone(), alts, ..Typed::default() }
}

async fn edit_vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: i64,
    typed: Option<&Typed>,
    form: Option<FormView>,
) -> Result<WriteVars, Failure> {
    let actor = client.actor();
    let looking = Looking { actor: &actor, lang, now: app.now() };
    let (post, pictures, view, known) = read_tx!(app.db, |tx| {
        let (post, pictures) = own(tx, client, app, id).await?;
        let mut shown_post = post.clone();
        if let Some(typed) = typed {
            shown_post.body = kernel::paragraph(&typed.body);
        }
        let view = views(tx, app, looking, vec![shown_post]).await?.remove(0);
        let named = community::rules::text::named(&post.body).mentions;
        Ok((post, pictures, view, shown::known_handles(tx, &named).await?))
    })?;
    let moved = typed.filter(|t| t.version != post.version && form.is_some());
    let current = as_it_is(&post, &pictures);
    let typed_lang = post.lang.clone();
    let shown_typed = typed.unwrap_or(&current);
    let draft = |(image, alt): (super::view::ImageView, &String)| DraftImage {
        token: String::new(),
        url: image.small_url,
        alt: alt.clone(),
    };
    let full = bare(&post, pictures);
    let look = typed.filter(|t| t.act == "look").map(|_| view.clone());
    let write = WriteView {
        heading: app.say(lang, "post-new-edit"),
        action: format!("{}/edit", post_path(lang, id)),
        button: app.say(lang, "post-save"),
        back_url: post_path(lang, id),
        key: String::new(),
        // The next try is against what it says now, which is shown above.
        version: Some(if moved.is_some() { post.version } else { typed.map_or(post.version, |t| t.version) }),
        of_id: None,
        of: view.of.clone(),
        voices: Vec::new(),
        voice: String::new(),
        text: shown_typed.body.clone(),
        text_lang: typed_lang.clone(),
        langs: langs(app, lang, &typed_lang),
        images: images(&full).into_iter().zip(&shown_typed.alts).map(draft).collect(),
        room: 0,
        fixed: true,
        most: LONGEST,
        most_alt: LONGEST_ALT,
        elsewhere: Vec::new(),
        look,
        unknown: None,
        theirs: moved.map(|_| rich::html(&post.body, lang, &known)),
    };
    let values = Typed { lang: typed_lang, ..shown_typed.clone() };
    Ok(WriteVars { write, form: Some(with_values(form, &values)), said: None })
}

#[derive(Serialize)]
struct SureVars {
    heading: String,
    text: String,
    button: String,
    action: String,
    back_url: String,
    one: PostView,
    form: Option<FormView>,
}

/// Asks once more: `what` is `delete` or `remove`.
async fn sure(app: &Arc<App>, client: &Client, lang: Lang, text: &str, what: &'static str) -> Response {
    let rendered = async {
        let (id, actor) = (post_id(text)?, client.actor());
        let looking = Looking { actor: &actor, lang, now: app.now() };
        let (post, one) = read_tx!(app.db, |tx| {
            let post = posts::seen_post(tx, &actor, id, looking.now).await?;
            let may = match what {
                "delete" => posts::is_own(tx, &actor, &post).await?,
                _ => actor.may(post.org, &[Role::Moderator]),
            };
            if !may {
                return Err(if actor.may_read(post.org) { Refusal::forbidden() } else { Refusal::not_found() }.into());
            }
            let one = views(tx, app, looking, vec![post.clone()]).await?.remove(0);
            Ok((post, one))
        })?;
        let bare = what == "delete" && post.is_reshare();
        let say = |end: &str| app.say(lang, &format!("post-{what}-{end}"));
        let vars = SureVars {
            heading: say("heading"),
            text: say(if bare { "reshare-text" } else { "text" }),
            button: app.say(lang, if what == "delete" { "post-delete" } else { "post-remove-button" }),
            action: format!("{}/{what}", post_path(lang, id)),
            back_url: post_path(lang, id),
            one,
            form: None,
        };
        let head = private_head(vars.heading.clone());
        site::render_for(app, client, lang, "", "pages/post_sure.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// GET `/{lang}/posts/{id}/delete`.
pub async fn ask_delete(State(app): Web, client: Client, Path((lang, text)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    sure(&app, &client, lang, &text, "delete").await
}

/// GET `/{lang}/posts/{id}/remove`.
pub async fn ask_remove(State(app): Web, client: Client, Path((lang, text)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    sure(&app, &client, lang, &text, "remove").await
}

/// Takes a post away, and marks its files for removal in the same transaction.
///
/// # Errors
/// As [`posts::delete`].
pub(crate) async fn delete_post(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    let files = posts::delete(tx, ctx, id).await?;
    publish_uc::let_go(tx, kernel::OrgId(0), &files, ctx.now).await
}

/// POST `/{lang}/posts/{id}/delete`.
pub async fn delete(
    State(app): Web,
    client: Client,
    Path((lang, text)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let outcome = async {
        read_form(&app, &client, &body)?;
        signed_in(&client)?;
        let (id, ctx) = (post_id(&text)?, client.ctx(&app));
        write_tx!(app.db, |tx| delete_post(tx, &ctx, id).await)
    };
    match outcome.await {
        Ok(()) => redirect(&format!("/{}/posts/mine?said=deleted", lang.code())),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

fn signed_in(client: &Client) -> Result<(), Refusal> {
    if client.me.is_some() { Ok(()) } else { Err(Refusal::new(Kind::SignIn, "sign-in-first")) }
}

/// POST `/{lang}/posts/{id}/remove` and `/restore`, for moderators of its house.
async fn moderated(app: &Arc<App>, client: &Client, lang: Lang, text: &str, body: &Bytes, remove: bool) -> Response {
    let outcome = async {
        read_form(app, client, body)?;
        signed_in(client)?;
        let (id, ctx) = (post_id(text)?, client.ctx(app));
        write_tx!(app.db, |tx| {
            let post = posts::moderate(tx, &ctx, id, remove).await?;
            if remove {
                crate::team::post_removed(tx, &ctx, &post).await?;
            }
            Ok(post)
        })
    };
    match outcome.await {
        Ok(post) => {
            app.worker.wake();
            let said = if remove { "removed" } else { "restored" };
            redirect(&format!("{}?said={said}", post_path(lang, post.id)))
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// POST `/{lang}/posts/{id}/remove`.
pub async fn remove(
    State(app): Web,
    client: Client,
    Path((lang, text)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    moderated(&app, &client, lang, &text, &body, true).await
}

/// POST `/{lang}/posts/{id}/restore`.
pub async fn restore(
    State(app): Web,
    client: Client,
    Path((lang, text)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    moderated(&app, &client, lang, &text, &body, false).await
}

/// Back to the page a button stood on, at the post; else to the post.
fn back(app: &App, client: &Client, lang: Lang, id: i64, said: &str) -> String {
    let from = client.headers.get(header::REFERER).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let from = from.strip_prefix(client.links(app).origin()).unwrap_or_default();
    let (own, shown) = (post_path(lang, id), show_id(POST_PREFIX, id));
    let path = from.split(['?', '#']).next().unwrap_or_default();
    let listed = path.starts_with('/') && path != own && !path.ends_with("/sign-in");
    if listed {
        let page = from.split('#').next().unwrap_or_default();
        return format!("{page}#{shown}");
    }
    format!("{own}?said={said}")
}

/// Passes a subject on without words as the person themself; once, however often it is asked.
///
/// # Errors
/// Refused without a place in public, and for what the person does not see.
async fn reshare_as(tx: &mut Tx, ctx: &Ctx, subject: Subject, lang: &str) -> Result<i64, Failure> {
    let of = passed_on(tx, &ctx.actor, subject, ctx.now).await?;
    let voice = voice_of(tx, ctx, "me").await?;
    let draft = Draft { lang: lang.to_owned(), of: Some(of), ..Draft::default() };
    Ok(posts::post(tx, ctx, voice, PostKind::Post, &draft).await?.id)
}

/// POST `/{lang}/posts/{id}/reshare`.
pub async fn reshare(
    State(app): Web,
    client: Client,
    Path((lang, text)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let outcome = async {
        read_form(&app, &client, &body)?;
        signed_in(&client)?;
        let (id, ctx) = (post_id(&text)?, client.ctx(&app));
        write_tx!(app.db, |tx| reshare_as(tx, &ctx, Subject::post(id), lang.code()).await)?;
        Ok(id)
    };
    let outcome: Result<i64, Failure> = outcome.await;
    match outcome {
        Ok(id) => {
            app.worker.wake();
            redirect(&back(&app, &client, lang, id, "reshared"))
        }
        Err(failure) => failed(&app, &client, lang, &text, &failure).await,
    }
}

/// A button somebody pressed who is not signed in, or has no public name: they are led there.
async fn failed(app: &Arc<App>, client: &Client, lang: Lang, post: &str, failure: &Failure) -> Response {
    let from = post_id(post).map_or_else(|_| format!("/{}/", lang.code()), |id| post_path(lang, id));
    match failure {
        Failure::Refused(refusal) if refusal.kind == Kind::SignIn => to_sign_in(lang, &from),
        Failure::Refused(refusal) if refusal.code == "join-first" => {
            redirect(&with_next(&own_path(lang, "profile"), &from))
        }
        failure => failure_page(app, client, lang, failure).await,
    }
}

/// POST `/{lang}/posts/{id}/unshare`: `id` is what was passed on.
pub async fn unshare(
    State(app): Web,
    client: Client,
    Path((lang, text)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let outcome = async {
        read_form(&app, &client, &body)?;
        signed_in(&client)?;
        let (id, ctx) = (post_id(&text)?, client.ctx(&app));
        write_tx!(app.db, |tx| {
            // The button of one's own reshare of an episode names the reshare itself.
            let post = posts::seen_post(tx, &ctx.actor, id, ctx.now).await.ok();
            let episode =
                post.and_then(|p| p.of.filter(|of| p.is_reshare() && of.subject.kind == SubjectKind::Episode));
            let subject = episode.map_or(Subject::post(id), |of| of.subject);
            match shown::reshare_of(tx, &ctx.actor, subject).await? {
                Some(own) => delete_post(tx, &ctx, own).await,
                None => Ok(()),
            }
        })?;
        Ok(id)
    };
    let outcome: Result<i64, Failure> = outcome.await;
    match outcome {
        Ok(id) => redirect(&back(&app, &client, lang, id, "unshared")),
        Err(failure) => failed(&app, &client, lang, &text, &failure).await,
    }
}

/// Which voice's list, what the last action has to say, and where the list goes on.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct MineAsk {
    voice: Option<String>,
    said: Option<String>,
}

#[derive(Serialize)]
struct VoiceTab {
    url: String,
    label: String,
    current: bool,
}

#[derive(Serialize)]
struct MineRow {
    state: Option<String>,
    state_text: Option<String>,
    post: PostView,
}

#[derive(Serialize)]
struct MineVars {
    said: Option<String>,
    voices: Vec<VoiceTab>,
    list: Vec<MineRow>,
    pager: Pager,
}

/// GET `/{lang}/posts/mine`.
pub async fn mine(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(ask): Query<MineAsk>,
    Query(after): Query<After>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let rendered = async {
        let vars = mine_vars(&app, &client, lang, &ask, &after).await?;
        let head = private_head(app.say(lang, "post-mine"));
        site::render_for(&app, &client, lang, "", "pages/post_mine.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// The voice a choice stands for, if it is one already.
async fn voice_id(tx: &mut Tx, client: &Client, choice: &str) -> Result<Option<i64>, Failure> {
    if choice == "me" {
        return Ok(members::me(tx, &client.actor()).await.ok().map(|m| m.id));
    }
    let id = parse_id(publish::model::SHOW_PREFIX, choice);
    let id = id.or_else(|| choice.strip_prefix("org_").and_then(|id| id.parse().ok()));
    let Some(id) = id else { return Ok(None) };
    Ok(members::voices(tx, &[id]).await?.get(&id).map(|v| v.id))
}

async fn mine_vars(app: &App, client: &Client, lang: Lang, ask: &MineAsk, after: &After) -> Result<MineVars, Failure> {
    let actor = client.actor();
    let looking = Looking { actor: &actor, lang, now: app.now() };
    let path = format!("/{}/posts/mine", lang.code());
    let (choices, chosen, list, states, next) = read_tx!(app.db, |tx| {
        let choices = voices(tx, &actor, lang).await?;
        let wanted = ask.voice.as_deref();
        let chosen = choices.iter().find(|c| Some(c.value.as_str()) == wanted).or(choices.first()).cloned();
        let voice = match &chosen {
            Some(choice) => voice_id(tx, client, &choice.value).await?,
            None => None,
        };
        let (kept, next) = match voice {
            Some(voice) => shown::kept_of(tx, &actor, voice, after.cursor()).await?,
            None => (Vec::new(), None),
        };
        let states: Vec<PostState> = kept.iter().map(|p| p.state).collect();
        Ok((choices, chosen, views(tx, app, looking, kept).await?, states, next))
    })?;
    let chosen = chosen.map(|c| c.value).unwrap_or_default();
    let url = |value: &str| format!("{path}?voice={value}");
    let tab = |c: Choice| VoiceTab { url: url(&c.value), current: c.value == chosen, label: c.label };
    let row = |(post, state): (PostView, PostState)| {
        let key = (state != PostState::Public).then(|| format!("post-state-{}", state.code()));
        MineRow {
            state: key.as_deref().map(|k| app.say(lang, k)),
            state_text: key.map(|k| app.say(lang, &format!("{k}-text"))),
            post,
        }
    };
    let said = ask.said.as_deref().map(|s| format!("post-said-{s}")).filter(|k| app.render.texts().has(lang, k));
    Ok(MineVars {
        said: said.map(|k| app.say(lang, &k)),
        voices: choices.into_iter().map(tab).collect(),
        list: list.into_iter().zip(states).map(row).collect(),
        pager: Pager {
            newer_url: after.cursor().is_some().then(|| url(&chosen)),
            older_url: next.map(|(at, id)| format!("{}&after={}.{id}", url(&chosen), at.micros())),
            text: String::new(),
        },
    })
}
