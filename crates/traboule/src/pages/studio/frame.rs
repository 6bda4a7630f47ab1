//! What the organisation-wide pages of the studio share: the asker's organisations, the sentence after a redirect, the
//! answer as a page.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use db::Failure;
use kernel::{Lang, OrgId, Refusal, Role};
use publish::model::Show;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::http::{Client, failure_page, html};
use crate::pages::site::{self, private_head};

/// `?said=` and `?text=` after a form.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    /// What was done.
    pub said: Option<String>,
    /// The language of texts to show.
    pub text: Option<String>,
}

/// A choice of a select.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// The organisations the person is in, each once.
pub(crate) fn orgs(client: &Client) -> Vec<OrgId> {
    let mut orgs: Vec<OrgId> = client.me.iter().flat_map(|me| me.roles.iter().map(|(org, _)| *org)).collect();
    orgs.sort_unstable();
    orgs.dedup();
    orgs
}

/// The organisations the person publishes for; nobody else sees a form that makes something.
pub(crate) fn editor_orgs(client: &Client) -> Result<Vec<OrgId>, Refusal> {
    let actor = client.actor();
    let found: Vec<OrgId> = orgs(client).into_iter().filter(|org| actor.may(*org, &[Role::Editor])).collect();
    if found.is_empty() { Err(Refusal::forbidden()) } else { Ok(found) }
}

/// The sentence after a redirect, when the word is one of ours.
pub(crate) fn said(app: &App, lang: Lang, word: Option<&str>) -> Option<String> {
    let key = format!("sites-said-{}", word?);
    app.render.texts().has(lang, &key).then(|| app.say(lang, &key))
}

/// A show's title in the page's language.
pub(crate) fn title_of(show: &Show, lang: Lang) -> String {
    let (text_lang, text) = show.text(lang.code());
    publish::web::typeset(text_lang, &text.title).into_owned()
}

/// Answers with a page of the studio, or with its failure.
pub(crate) async fn page<T: Serialize>(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    status: StatusCode,
    template: &str,
    title: String,
    vars: Result<T, Failure>,
) -> Response {
    let rendered = async { site::render(app, lang, &client.path, "", template, private_head(title), vars?).await };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}
