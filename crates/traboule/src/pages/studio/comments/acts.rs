//! What a moderator does on the queue: decide about one or many, undo, answer, close a thread, erase a writer. Each is a
//! form that works without a script; the script sends the very same.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use community::model::{ACT_PREFIX, COMMENT_PREFIX, NewComment, Typed, Writer};
use community::rules::form::check_member;
use community::rules::moderate::Verb;
use community::service::{self as uc, Acted, Erasure};
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, OrgId, Refusal, Subject, parse_id, show_id};
use publish::model::EPISODE_PREFIX;
use publish::service as publish_uc;
use ui::{FormView, Posted};

use super::{QueueQuery, Shown, own_org};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};

/// What an act leaves to say.
struct Done {
    said: &'static str,
    act: Option<i64>,
    count: usize,
    left: usize,
}

impl Done {
    fn of(said: &'static str, acted: &Acted, undoable: bool) -> Self {
        let act = undoable.then_some(acted.act).filter(|_| !acted.changed.is_empty());
        Self { said, act, count: acted.changed.len(), left: acted.left.len() }
    }

    const fn one(said: &'static str) -> Self {
        Self { said, act: None, count: 1, left: 0 }
    }
}

/// POST `/{lang}/studio/comments/{verb}`: act, undo, answer, thread, erase.
pub async fn act(State(app): Web, client: Client, Path((lang, verb)): Path<(String, String)>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let query: QueueQuery = back(posted.get("back"));
    match done(&app, &client, &posted, &query, &verb).await {
        Ok(done) => {
            let mut to = format!(
                "/{}/studio/comments?{}&said={}",
                lang.code(),
                super::kept(&query, query.standing()),
                done.said
            );
            to.push_str(&format!("&n={}&left={}", done.count, done.left));
            if let Some(act) = done.act {
                to.push_str(&format!("&act={}", show_id(ACT_PREFIX, act)));
            }
            redirect(&to)
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            refused(&app, &client, lang, &posted, &query, &refusal).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn refused(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    posted: &Posted,
    query: &QueueQuery,
    refusal: &Refusal,
) -> Response {
    let form = Some(FormView::refused(posted, &["csrf", "back", "id"], refusal, app.render.texts(), lang));
    let shown = Shown { form, answering: posted.get("id").to_owned() };
    super::page(app, client, lang, ui::status(refusal.kind), query, shown).await
}

/// What was looked at when the form was sent; nothing else of the text is used.
fn back(text: &str) -> QueueQuery {
    let mut query = QueueQuery::default();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()).take(10) {
        match name.as_ref() {
            "state" => query.state = Some(value.into_owned()),
            "q" => query.q = Some(value.into_owned()),
            "show" => query.show = Some(value.into_owned()),
            "org" => query.org = value.parse().ok(),
            _ => {}
        }
    }
    query
}

fn comment_id(text: &str) -> Result<i64, Refusal> {
    parse_id(COMMENT_PREFIX, text).ok_or_else(Refusal::not_found)
}

async fn done(
    app: &Arc<App>,
    client: &Client,
    posted: &Posted,
    query: &QueueQuery,
    verb: &str,
) -> Result<Done, Failure> {
    let org = own_org(client, query.org)?;
    let ctx = client.ctx(app);
    match verb {
        "act" => {
            let verb = Verb::parse(posted.get("verb")).ok_or_else(|| Refusal::invalid("comment-choose"))?;
            let ids: Vec<i64> = posted.all("id").iter().map(|id| comment_id(id)).collect::<Result<_, _>>()?;
            let acted = write_tx!(app.db, |tx| uc::act_on(tx, &ctx, org, &ids, verb).await)?;
            Ok(Done::of(verb.code(), &acted, true))
        }
        "undo" => {
            let act = parse_id(ACT_PREFIX, posted.get("act")).ok_or_else(Refusal::not_found)?;
            let acted = write_tx!(app.db, |tx| uc::undo(tx, &ctx, act).await)?;
            Ok(Done::of("undone", &acted, false))
        }
        "answer" => answer(app, client, posted, org).await,
        "thread" => {
            let id = parse_id(EPISODE_PREFIX, posted.get("subject")).ok_or_else(Refusal::not_found)?;
            let open = posted.get("open") == "yes";
            let actor = client.actor();
            write_tx!(app.db, |tx| {
                if publish_uc::named(tx, &actor, org, &[id]).await?.is_empty() {
                    return Err(Refusal::not_found().into());
                }
                uc::set_open(tx, &ctx, org, Subject::episode(id), open).await
            })?;
            Ok(Done::one(if open { "opened" } else { "closed" }))
        }
        "erase" => {
            let id = comment_id(posted.get("id"))?;
            let how = if posted.get("how") == "text" { Erasure::Everything } else { Erasure::Identity };
            write_tx!(app.db, |tx| uc::erase_one(tx, &ctx, org, id, how).await)?;
            Ok(Done::one("erased"))
        }
        _ => Err(Refusal::not_found().into()),
    }
}

/// Answers as the team; what waited is approved with it.
async fn answer(app: &Arc<App>, client: &Client, posted: &Posted, org: OrgId) -> Result<Done, Failure> {
    let Some(me) = &client.me else { return Err(Refusal::forbidden().into()) };
    let (person, name) = (me.person.id, me.person.display_name.clone());
    let id = comment_id(posted.get("id"))?;
    let body = check_member(&Typed { body: posted.get("body").to_owned(), ..Typed::default() })?;
    let (ctx, actor) = (client.ctx(app), client.actor());
    let parent = read_tx!(app.db, |tx| uc::for_moderator(tx, &actor, org, id).await)?;
    let acted = write_tx!(app.db, |tx| {
        let acted = uc::act_on(tx, &ctx, org, &[id], Verb::Approve).await?;
        let new = NewComment {
            org,
            subject: parent.subject,
            subject_since: parent.said_at,
            parent: Some(id),
            writer: Writer::Member { person, name: name.clone(), team: true },
            body: body.clone(),
            network: String::new(),
        };
        uc::say(tx, &ctx, &app.sealer, new).await?;
        Ok(acted)
    })?;
    Ok(Done { act: None, ..Done::of("answered", &acted, false) })
}
