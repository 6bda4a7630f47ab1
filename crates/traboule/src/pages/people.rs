//! The people of an organisation: who is in, with which roles; inviting and changing by owners.

use std::sync::Arc;

use accounts::service::{self as uc, Invite};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, OrgId, PersonId, Refusal, Role};
use serde::Serialize;
use ui::{FormView, Posted};

use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::account::roles_text;
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};
use crate::pages::studio::{RailEntry, rail};

#[derive(Serialize)]
struct RoleRow {
    code: &'static str,
    label: String,
    hint: String,
}

#[derive(Serialize)]
struct MemberRow {
    id: String,
    name: String,
    email: String,
    initials: String,
    roles: Vec<&'static str>,
    roles_text: String,
    me: bool,
}

#[derive(Serialize)]
struct OrgView {
    name: String,
}

#[derive(Serialize)]
struct Vars {
    rail: Vec<RailEntry>,
    org: OrgView,
    members: Vec<MemberRow>,
    roles: Vec<RoleRow>,
    can_change: bool,
    form: Option<FormView>,
    said: Option<String>,
}

/// The organisation the signed-in person owns; these pages are for owners.
fn own_org(client: &Client) -> Result<OrgId, Refusal> {
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    me.roles.iter().find(|(_, role)| *role == Role::Owner).map(|(org, _)| *org).ok_or_else(Refusal::forbidden)
}

async fn vars(app: &Arc<App>, client: &Client, lang: Lang, form: Option<FormView>) -> Result<Vars, Failure> {
    let org = own_org(client)?;
    let ctx = client.ctx(app);
    let (members, orgs) =
        read_tx!(app.db, |tx| Ok((uc::list_members(tx, &ctx, org).await?, uc::list_orgs(tx).await?)))?;
    let role_row = |role: Role| RoleRow {
        code: role.code(),
        label: app.say(lang, &format!("pages-role-{}", role.code())),
        hint: app.say(lang, &format!("pages-role-{}-hint", role.code())),
    };
    let mine = client.me.as_ref().map(|m| m.person.id);
    Ok(Vars {
        rail: rail(app, lang, "studio/people"),
        org: OrgView { name: orgs.into_iter().find(|o| o.id == org).map(|o| o.name).unwrap_or_default() },
        members: members
            .into_iter()
            .map(|m| MemberRow {
                id: m.person.id.0.to_string(),
                initials: m.person.display_name.split(' ').filter_map(|w| w.chars().next()).take(2).collect(),
                me: Some(m.person.id) == mine,
                name: m.person.display_name,
                email: m.person.email,
                roles: m.roles.iter().map(|r| r.code()).collect(),
                roles_text: roles_text(app, lang, &m.roles),
            })
            .collect(),
        roles: Role::ALL.into_iter().map(role_row).collect(),
        can_change: true,
        form,
        said: None,
    })
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, status: StatusCode, form: Option<FormView>) -> Response {
    let rendered = async {
        let vars = vars(app, client, lang, form).await?;
        let head = private_head(app.say(lang, "pages-people-heading"));
        site::render(app, lang, &client.path, "", "pages/people.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// `/{lang}/studio/people`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return redirect(&format!("/{}/sign-in?next={}", lang.code(), client.path));
    }
    page(&app, &client, lang, StatusCode::OK, None).await
}

/// POST `/{lang}/studio/people/invite` and `/{lang}/studio/people/{id}/roles`.
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
    match done(&app, &client, lang, &action, &posted).await {
        Ok(()) => redirect(&format!("/{}/studio/people", lang.code())),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            page(&app, &client, lang, ui::status(refusal.kind), Some(form)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(app: &Arc<App>, client: &Client, lang: Lang, action: &str, posted: &Posted) -> Result<(), Failure> {
    let org = own_org(client)?;
    let ctx = client.ctx(app);
    let roles: Vec<Role> = posted.all("roles").iter().filter_map(|r| Role::parse(r)).collect();
    match action.split('/').collect::<Vec<_>>().as_slice() {
        ["invite"] => {
            let ask =
                Invite { org, email: posted.get("email").to_owned(), name: posted.get("name").to_owned(), lang, roles };
            write_tx!(app.db, |tx| uc::invite(tx, &ctx, &ask).await)?;
            app.worker.wake();
            Ok(())
        }
        [id, "roles"] => {
            let who = PersonId(id.parse().map_err(|_| Refusal::not_found())?);
            write_tx!(app.db, |tx| uc::set_roles(tx, &ctx, org, who, &roles).await)
        }
        _ => Err(Refusal::not_found().into()),
    }
}
