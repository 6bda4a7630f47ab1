//! The list of the studio: what falls on today, then the episodes of every show of the person's organisations in every
//! state, filtered and searched, one page after the other.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx};
use kernel::{Lang, Refusal, Subject, parse_id, show_id};
use publish::model::{Episode, SHOW_PREFIX, Show};
use publish::rules::visibility::Standing;
use publish::service::{self as uc, ListAsk};
use serde::{Deserialize, Serialize};

use super::comments::{SaidView, said_view};
use super::frame::{self, Choice, editor_orgs, orgs, title_of};
use super::{EpisodeRow, RailEntry, rail, row, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::public::{Pager, lang_of, nowhere};

/// An episode with its show.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    episode: EpisodeRow,
    show_title: String,
    show_url: String,
    said: SaidView,
}

#[derive(Serialize)]
struct ListVars {
    rail: Vec<RailEntry>,
    has_shows: bool,
    can_edit: bool,
    filtered: bool,
    show_choices: Vec<Choice>,
    state_choices: Vec<Choice>,
    show: String,
    state: String,
    text: String,
    today: Vec<Line>,
    episodes: Vec<Line>,
    pager: Pager,
    said: Option<String>,
}

/// The filters of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    show: String,
    state: String,
    text: String,
    after: String,
    said: Option<String>,
}

const STATES: [Standing; 4] = [Standing::Draft, Standing::Scheduled, Standing::Published, Standing::Unpublished];

impl ListQuery {
    /// What a use case is asked; an unreadable show is one that does not exist.
    pub(crate) fn ask(&self) -> Result<ListAsk, Refusal> {
        let show = match self.show.as_str() {
            "" => None,
            text => Some(parse_id(SHOW_PREFIX, text).ok_or_else(Refusal::not_found)?),
        };
        let state = STATES.into_iter().find(|s| s.code() == self.state);
        let cursor = self.after.split_once('.').and_then(|(key, id)| Some((key.parse().ok()?, id.parse().ok()?)));
        Ok(ListAsk { show, state, text: self.text.clone(), after: cursor })
    }

    fn url(&self, lang: Lang, after: Option<(i64, i64)>) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("show", &self.show), ("state", &self.state), ("text", &self.text)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some((key, id)) = after {
            query.append_pair("after", &format!("{key}.{id}"));
        }
        let query = query.finish();
        let path = format!("/{}/studio", lang.code());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }
}

/// `/{lang}/studio`.
pub async fn list(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<ListQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let title = app.say(lang, "pages-studio-heading");
    let vars = list_vars(&app, &client, lang, &query).await;
    frame::page(&app, &client, lang, StatusCode::OK, "pages/studio.html", title, vars).await
}

async fn list_vars(app: &Arc<App>, client: &Client, lang: Lang, query: &ListQuery) -> Result<ListVars, Failure> {
    let (actor, now, orgs, ask) = (client.actor(), app.now(), orgs(client), query.ask()?);
    let (listed, counts) = read_tx!(app.db, |tx| {
        let listed = uc::desk_list(tx, &actor, &orgs, &ask, now).await?;
        let all = listed.today.iter().chain(&listed.episodes);
        let subjects: Vec<Subject> = all.map(|e| Subject::episode(e.id)).collect();
        Ok((listed, community::service::counts_of(tx, &subjects).await?))
    })?;
    let line = |episode: &Episode| {
        let show: &Show = listed.shows.iter().find(|s| s.id == episode.show)?;
        let thread = counts.get(&Subject::episode(episode.id)).copied().unwrap_or_default();
        let row = row(app, lang, show, episode, lang.code(), now);
        Some(Line {
            said: said_view(app, client, lang, episode, row.url.as_deref(), thread),
            episode: row,
            show_title: title_of(show, lang),
            show_url: format!("/{}/studio/shows/{}", lang.code(), show_id(SHOW_PREFIX, show.id)),
        })
    };
    let every = |key: &str| Choice::new("", app.say(lang, key));
    let shows = listed.shows.iter().map(|s| Choice::new(show_id(SHOW_PREFIX, s.id), title_of(s, lang)));
    let states = STATES.map(|s| Choice::new(s.code(), app.say(lang, &format!("pages-state-{}", s.code()))));
    let (mut due, mut all) = (0, 0);
    for org in orgs {
        let tasks = publish::jobs::downloads(&app.db, Some(org)).await?;
        (due, all) = (due + tasks.due, all + tasks.due + tasks.done + tasks.dead);
    }
    let downloads = (due > 0).then(|| {
        let args = [("done", (all - due).into()), ("total", all.into())];
        app.render.texts().text(lang, "pages-downloads", &args)
    });
    Ok(ListVars {
        rail: rail(app, lang, "studio"),
        has_shows: !listed.shows.is_empty(),
        can_edit: editor_orgs(client).is_ok(),
        filtered: ask.show.is_some() || ask.state.is_some() || !ask.text.trim().is_empty(),
        show_choices: std::iter::once(every("sites-every-show")).chain(shows).collect(),
        state_choices: std::iter::once(every("sites-every-state")).chain(states).collect(),
        show: query.show.clone(),
        state: query.state.clone(),
        text: query.text.clone(),
        today: listed.today.iter().filter_map(line).collect(),
        episodes: listed.episodes.iter().filter_map(line).collect(),
        pager: Pager {
            newer_url: ask.after.map(|_| query.url(lang, None)),
            older_url: listed.next.map(|cursor| query.url(lang, Some(cursor))),
            text: String::new(),
        },
        said: frame::said(app, lang, query.said.as_deref()).or(downloads),
    })
}
