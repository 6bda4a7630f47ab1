//! What the forms of the moderators' queue do: decide on one or many, undo, answer as the team, close a thread, erase a
//! writer. Each parses, calls use cases in one transaction, and goes back to the list it came from.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use community::model::{ACT_PREFIX, COMMENT_PREFIX, NewComment, Typed, Writer};
use community::rules::form;
use community::rules::moderate::Verb;
use community::service::{self as uc, Erasure};
use db::{Failure, write_tx};
use kernel::{At, Kind, Lang, Refusal, parse_id, show_id};
use ui::{FormView, Posted};

use super::comment_about::{Abouts, subject_of};
use super::comments::{CommentsQuery, own_org, page};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};

/// What an action leaves to say.
#[derive(Default)]
struct Done {
    said: &'static str,
    count: usize,
    undo: Option<i64>,
    left: Vec<i64>,
}

/// POST `/{lang}/studio/comments/{*action}`: `act`, `undo/{act}`, `{id}/reply`, `{id}/erase`, `threads/{episode}/{close|open}`.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, action)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let query = CommentsQuery::chosen(posted.get("back"));
    match done(&app, &client, &action, &posted).await {
        Ok(done) => {
            // What was decided is told to others at once.
            app.worker.wake();
            redirect(&back(&query, lang, &done))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let mut form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            if refusal.code == "comment-version" {
                form.summary = Some(app.say(lang, "moderation-moved"));
            }
            let about = action.split('/').next().unwrap_or_default().to_owned();
            page(&app, &client, lang, &query, Some((about, form)), ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

fn back(query: &CommentsQuery, lang: Lang, done: &Done) -> String {
    let count = done.count.to_string();
    let undo = done.undo.map(|act| show_id(ACT_PREFIX, act)).unwrap_or_default();
    let left: Vec<String> = done.left.iter().take(20).map(|id| show_id(COMMENT_PREFIX, *id)).collect();
    let left = left.join(",");
    let all = [("said", done.said), ("count", &count), ("undo", &undo), ("left", &left)];
    let more: Vec<(&str, &str)> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    query.url(lang, &more)
}

async fn done(app: &Arc<App>, client: &Client, action: &str, posted: &Posted) -> Result<Done, Failure> {
    let comment = |id: &str| parse_id(COMMENT_PREFIX, id).ok_or_else(Refusal::not_found);
    match action.split('/').collect::<Vec<_>>().as_slice() {
        ["act"] => decide(app, client, posted).await,
        ["undo", act] => undo(app, client, act).await,
        ["threads", episode, verb @ ("close" | "open")] => set_open(app, client, episode, *verb == "open").await,
        [id, "reply"] => reply(app, client, comment(id)?, posted.get("body")).await,
        [id, "erase"] => erase(app, client, comment(id)?, posted).await,
        _ => Err(Refusal::not_found().into()),
    }
}

async fn decide(app: &Arc<App>, client: &Client, posted: &Posted) -> Result<Done, Failure> {
    let (org, ctx) = (own_org(client)?, client.ctx(app));
    let verb = Verb::parse(posted.get("verb")).ok_or_else(|| Refusal::invalid("comment-choose"))?;
    let picked = if posted.has("all") { posted.all("page") } else { posted.all("ids") };
    let ids: Option<Vec<i64>> = picked.iter().map(|id| parse_id(COMMENT_PREFIX, id)).collect();
    let mut ids = ids.ok_or_else(Refusal::not_found)?;
    ids.sort_unstable();
    ids.dedup();
    let acted = write_tx!(app.db, |tx| uc::act_on(tx, &ctx, org, &ids, verb).await)?;
    let undo = (!acted.changed.is_empty()).then_some(acted.act);
    Ok(Done { said: verb.code(), count: acted.changed.len(), undo, left: Vec::new() })
}

async fn undo(app: &Arc<App>, client: &Client, act: &str) -> Result<Done, Failure> {
    own_org(client)?;
    let ctx = client.ctx(app);
    let act = parse_id(ACT_PREFIX, act).ok_or_else(Refusal::not_found)?;
    let acted = write_tx!(app.db, |tx| uc::undo(tx, &ctx, act).await)?;
    Ok(Done { said: "undone", count: acted.changed.len(), undo: None, left: acted.left })
}

/// Answers as the team; what waited or was seen before is visible with its answer.
async fn reply(app: &Arc<App>, client: &Client, id: i64, body: &str) -> Result<Done, Failure> {
    let (org, ctx) = (own_org(client)?, client.ctx(app));
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let body = form::check_member(&Typed { body: body.to_owned(), ..Typed::default() })?;
    let writer = Writer::Member { person: me.person.id, name: me.person.display_name.clone(), team: true };
    write_tx!(app.db, |tx| {
        let parent = uc::find(tx, &ctx.actor, id).await?;
        uc::act_on(tx, &ctx, org, &[id], Verb::Approve).await?;
        let since = Abouts::load(tx, app, &ctx.actor, org, &[parent.subject]).await?.since(parent.subject);
        let answer = NewComment {
            org,
            subject: parent.subject,
            subject_since: since.unwrap_or(At::from_micros(0)),
            parent: Some(id),
            writer: writer.clone(),
            body: body.clone(),
            network: client.ip_key.clone(),
        };
        uc::say(tx, &ctx, &app.sealer, answer).await
    })?;
    Ok(Done { said: "answered", count: 1, ..Done::default() })
}

async fn erase(app: &Arc<App>, client: &Client, id: i64, posted: &Posted) -> Result<Done, Failure> {
    let (org, ctx) = (own_org(client)?, client.ctx(app));
    if !posted.has("sure") {
        return Err(Refusal::invalid("comment-erase").field("sure", "required").into());
    }
    let how = match posted.get("how") {
        "everything" => Erasure::Everything,
        _ => Erasure::Identity,
    };
    write_tx!(app.db, |tx| uc::erase_one(tx, &ctx, org, id, how).await)?;
    Ok(Done { said: "erased", count: 1, ..Done::default() })
}

async fn set_open(app: &Arc<App>, client: &Client, about: &str, open: bool) -> Result<Done, Failure> {
    let (org, ctx) = (own_org(client)?, client.ctx(app));
    let subject = subject_of(about).ok_or_else(Refusal::not_found)?;
    write_tx!(app.db, |tx| {
        if !Abouts::load(tx, app, &ctx.actor, org, &[subject]).await?.has(subject) {
            return Err(Refusal::not_found().into());
        }
        uc::set_open(tx, &ctx, org, subject, open).await
    })?;
    Ok(Done { said: if open { "opened" } else { "closed" }, count: 1, ..Done::default() })
}
