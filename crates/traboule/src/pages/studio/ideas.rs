//! The pool of ideas over the shows of a person's organisations: noting one in a line, filtering, taking it into an episode.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, OrgId, PersonId, Refusal, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, Episode, ITEM_PREFIX, SHOW_PREFIX, Show};
use publish::rules::rundown as rules;
use publish::rules::visibility::{Standing, standing};
use publish::service::{self as uc, Place};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::rundown::{Acted, Choice, ItemRow, Typed, act_on, item_row, people_choices, tail};
use super::{RailEntry, rail, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct ShowIdeas {
    id: String,
    title: String,
    items: Vec<ItemRow>,
    episodes: Vec<Choice>,
}

#[derive(Serialize)]
struct Vars {
    rail: Vec<RailEntry>,
    shows: Vec<ShowIdeas>,
    show_choices: Vec<Choice>,
    people: Vec<Choice>,
    show: String,
    assignee: String,
    filtered: bool,
    form: Option<FormView>,
    form_show: String,
    add_focus: bool,
    said: Option<String>,
    undo: Option<String>,
}

/// Which ideas are shown, and what the last action has to say.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct IdeasQuery {
    show: Option<String>,
    assignee: Option<String>,
    said: Option<String>,
    undo: Option<String>,
}

/// `/{lang}/studio/ideas`.
pub async fn ideas(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<IdeasQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    page(&app, &client, lang, query, None, StatusCode::OK).await
}

async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    query: IdeasQuery,
    typed: Option<(String, Typed)>,
    status: StatusCode,
) -> Response {
    let rendered = async {
        let vars = vars(app, client, lang, query, typed).await?;
        let head = private_head(app.say(lang, "editor-ideas"));
        site::render(app, lang, &client.path, "", "pages/studio_ideas.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// Episodes an idea can go to: those that are not out yet.
fn open_episodes(lang: Lang, show: &Show, episodes: &[Episode], now: kernel::At) -> Vec<Choice> {
    let open = episodes.iter().filter(|e| matches!(standing(e.state, now), Standing::Draft | Standing::Scheduled));
    open.map(|e| {
        let number = e.number.map(|n| format!("{n} · ")).unwrap_or_default();
        Choice {
            value: show_id(EPISODE_PREFIX, e.id),
            label: format!("{number}{}", e.text(lang.code(), &show.language).1.title),
        }
    })
    .collect()
}

async fn vars(
    app: &App,
    client: &Client,
    lang: Lang,
    query: IdeasQuery,
    typed: Option<(String, Typed)>,
) -> Result<Vars, Failure> {
    let (actor, now) = (client.actor(), app.now());
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let mut orgs: Vec<OrgId> = me.roles.iter().map(|(org, _)| *org).collect();
    orgs.sort_unstable();
    orgs.dedup();
    let wanted_show = query.show.as_deref().and_then(|s| parse_id(SHOW_PREFIX, s));
    let wanted_person = query.assignee.as_deref().and_then(|p| p.parse().ok()).map(PersonId);
    let (mut shows, mut show_choices) = (Vec::new(), Vec::new());
    let mut people: HashMap<PersonId, String> = HashMap::new();
    let (form_show, typed) = typed.map_or((String::new(), None), |(show, typed)| (show, Some(typed)));
    for org in orgs {
        let own = super::names(app, client, org).await?;
        let (list, items) =
            read_tx!(app.db, |tx| Ok((uc::list_shows(tx, &actor, org).await?, uc::ideas(tx, &actor, org).await?)))?;
        for show in list {
            let (id, title) = (show_id(SHOW_PREFIX, show.id), show.text(lang.code()).1.title.clone());
            show_choices.push(Choice { value: id.clone(), label: title.clone() });
            if wanted_show.is_some_and(|w| w != show.id) {
                continue;
            }
            let mine = items.iter().filter(|i| i.show == show.id);
            let mine = mine.filter(|i| wanted_person.is_none_or(|p| i.assignee == Some(p)));
            let (_, episodes, _) = read_tx!(app.db, |tx| uc::desk(tx, &actor, show.id, None).await)?;
            shows.push(ShowIdeas {
                items: mine.map(|i| item_row(app, lang, i, &own, None, typed.as_ref())).collect(),
                episodes: open_episodes(lang, &show, &episodes, now),
                id,
                title,
            });
        }
        people.extend(own);
    }
    let said = query.said.as_deref().filter(|s| app.render.texts().has(lang, &format!("editor-said-{s}")));
    Ok(Vars {
        rail: rail(app, lang, "studio/ideas"),
        shows,
        show_choices,
        people: people_choices(app, lang, &people),
        filtered: wanted_show.is_some() || wanted_person.is_some(),
        show: wanted_show.map(|s| show_id(SHOW_PREFIX, s)).unwrap_or_default(),
        assignee: wanted_person.map(|p| p.0.to_string()).unwrap_or_default(),
        form: typed.filter(|t| t.item.is_none()).map(|t| t.form),
        form_show,
        add_focus: said == Some("item-added"),
        said: said.map(|s| app.say(lang, &format!("editor-said-{s}"))),
        undo: query.undo.filter(|u| parse_id(ITEM_PREFIX, u).is_some()),
    })
}

/// POST `/{lang}/studio/ideas/{*action}`: `{show}/add`, `items/{item}/{verb}`.
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
    match done(&app, &client, &action, &posted).await {
        Ok(acted) => redirect(&format!("/{}/studio/ideas{}", lang.code(), tail(&acted))),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let pieces: Vec<&str> = action.split('/').collect();
            let item = pieces.get(1).and_then(|i| parse_id(ITEM_PREFIX, i));
            let show = if item.is_none() { posted.get("show").to_owned() } else { String::new() };
            let typed = Some((show, Typed { item, posted, form }));
            page(&app, &client, lang, IdeasQuery::default(), typed, ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(app: &App, client: &Client, action: &str, posted: &Posted) -> Result<Acted, Failure> {
    let ctx = client.ctx(app);
    match action.split('/').collect::<Vec<_>>().as_slice() {
        ["add"] => {
            let show = parse_id(SHOW_PREFIX, posted.get("show")).ok_or_else(Refusal::not_found)?;
            let draft = rules::quick(posted.get("line"));
            let item = write_tx!(app.db, |tx| uc::add_item(tx, &ctx, Place::Pool(show), draft.clone()).await)?;
            Ok(Acted { said: "item-added", item: Some(item) })
        }
        ["items", item, verb] if *verb != "pool" => {
            let item = parse_id(ITEM_PREFIX, item).ok_or_else(Refusal::not_found)?;
            act_on(app, client, item, verb, posted).await
        }
        _ => Err(Refusal::not_found().into()),
    }
}
