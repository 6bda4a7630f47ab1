//! The list of the studio: every show of the person's organisations with its episodes in every state.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx};
use kernel::{Kind, Lang, Refusal};
use publish::service as uc;
use publish::web::Links;
use serde::{Deserialize, Serialize};

use super::{EpisodeRow, RailEntry, rail, row, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, failure_page, html};
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct ShowRow {
    title: String,
    url: String,
    feed_url: String,
    time_zone: String,
    episodes: Vec<EpisodeRow>,
}

#[derive(Serialize)]
struct ListVars {
    rail: Vec<RailEntry>,
    shows: Vec<ShowRow>,
    pager: Pager,
    said: Option<String>,
}

/// `?before=` of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    before: Option<i64>,
}

/// `/{lang}/studio`.
pub async fn list(State(app): Web, client: Client, Path(lang): Path<String>, Query(page): Query<Before>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let rendered = async {
        let (vars, head) =
            (list_vars(&app, &client, lang, page.before).await?, private_head(app.say(lang, "pages-studio-heading")));
        site::render(&app, lang, &client.path, "", "pages/studio.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn list_vars(app: &Arc<App>, client: &Client, lang: Lang, before: Option<i64>) -> Result<ListVars, Failure> {
    let actor = client.actor();
    let now = app.now();
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let mut orgs: Vec<kernel::OrgId> = me.roles.iter().map(|(org, _)| *org).collect();
    orgs.dedup();
    let mut shows = Vec::new();
    let mut next = None;
    let (mut due, mut all) = (0, 0);
    for org in orgs {
        let tasks = publish::jobs::downloads(&app.db, Some(org)).await?;
        (due, all) = (due + tasks.due, all + tasks.due + tasks.done + tasks.dead);
        for show in read_tx!(app.db, |tx| uc::list_shows(tx, &actor, org).await)? {
            let (show, episodes, more) = read_tx!(app.db, |tx| uc::desk(tx, &actor, show.id, before).await)?;
            next = next.max(more);
            let title = show.text(lang.code()).1.title.clone();
            let rows = episodes.iter().map(|e| row(app, lang, &show, e, lang.code(), now)).collect();
            shows.push(ShowRow {
                title,
                url: Links::show(lang, &show.slug),
                feed_url: app.links.feed(&show.slug),
                time_zone: show.time_zone.clone(),
                episodes: rows,
            });
        }
    }
    let path = format!("/{}/studio", lang.code());
    let pager = Pager {
        newer_url: before.map(|_| path.clone()),
        older_url: next.map(|id| format!("{path}?before={id}")),
        text: String::new(),
    };
    let said = (due > 0).then(|| {
        let args = [("done", (all - due).into()), ("total", all.into())];
        app.render.texts().text(lang, "pages-downloads", &args)
    });
    Ok(ListVars { rail: rail(app, lang, "studio"), shows, pager, said })
}
