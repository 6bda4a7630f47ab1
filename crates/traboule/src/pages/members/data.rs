//! What is kept about a person: a copy of it all, and its erasure. What stays is said before.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use blobs::BlobName;
use community::service::{self as community_uc, Erasure, members};
use db::{Failure, Tx, read_tx, write_tx};
use kernel::{Actor, Ctx, Kind, Lang, OrgId, PersonId, Refusal};
use serde::Serialize;
use serde_json::{Value, json};
use ui::FormView;

use super::{OwnLink, own_nav, own_page, own_path, sign_in_first};
use crate::app::App;
use crate::http::{Client, Web, failure_page, read_form, redirect, session_cookie};
use crate::pages::public::{lang_of, nowhere};
use crate::tarball::{self, Content, Entry, MOST_BYTES};

#[derive(Serialize)]
struct Vars {
    own: Vec<OwnLink>,
    form: Option<FormView>,
    goes: Vec<String>,
    stays: Vec<String>,
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, status: StatusCode, form: Option<FormView>) -> Response {
    let say = |key: &str| app.say(lang, &format!("data-erase-{key}"));
    let goes = ["goes-account", "goes-profile", "goes-posts", "goes-comments", "goes-bonds"].map(say).to_vec();
    let stays = ["stays-handle", "stays-log", "stays-team", "stays-backup"].map(say).to_vec();
    let vars = Vars { own: own_nav(app, client, lang, "data"), form, goes, stays };
    own_page(app, client, lang, ("pages/my_data.html", "data-heading"), status, Ok(vars)).await
}

/// GET `/{lang}/account/data`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return sign_in_first(lang, &own_path(lang, "data"));
    }
    page(&app, &client, lang, StatusCode::OK, None).await
}

/// A copy of what is kept of a person: what is told, and the files that belong to it by digest, with their media types.
#[derive(Clone, Debug)]
pub struct PersonCopy {
    /// The text of `export.json`.
    pub told: Value,
    /// Files of the store.
    pub files: BTreeMap<String, String>,
}

/// Everything this server keeps under a person's account.
///
/// # Errors
/// Refused for anybody but the person and the operator.
pub async fn everything(tx: &mut Tx, ctx: &Ctx, who: PersonId) -> Result<PersonCopy, Failure> {
    let account = accounts::service::export_person(tx, ctx, who).await?;
    let member = community_uc::export_member(tx, ctx, who).await?;
    let comments = community_uc::export_person(tx, ctx, who).await?;
    let publishing = publish::service::export_person(tx, ctx, who).await?;
    let told = json!({
        "made_at": ctx.now.rfc3339(),
        "account": account,
        "member": member.told,
        "comments": comments["comments"],
        "publishing": publishing,
    });
    Ok(PersonCopy { told, files: member.files })
}

/// The entries of the archive: `export.json` first, then every file that is in the store. One that is not there any more is
/// said in `missing`.
///
/// # Errors
/// The store's failure.
pub async fn archive(app: &App, copy: PersonCopy) -> Result<Vec<Entry>, Failure> {
    let broken = |e: blobs::BlobError| Failure::Broken(e.to_string());
    let (mut entries, mut listed, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for (sha256, media_type) in &copy.files {
        let path = community_uc::file_path(sha256, media_type);
        let name = BlobName::parse(sha256);
        let size = match &name {
            Some(name) => app.blobs.size(name).await.map_err(broken)?,
            None => None,
        };
        match name.zip(size.filter(|size| *size <= MOST_BYTES)) {
            Some((name, size)) => {
                listed.push(json!({"path": path, "sha256": sha256, "media_type": media_type, "bytes": size}));
                entries.push(Entry { name: path, content: Content::Stored(name, size) });
            }
            None => missing.push(path),
        }
    }
    let mut told = copy.told;
    told["files"] = json!(listed);
    told["missing"] = json!(missing);
    let text = serde_json::to_vec_pretty(&told).map_err(|e| Failure::Broken(e.to_string()))?;
    entries.insert(0, Entry { name: "export.json".to_owned(), content: Content::Held(text.into()) });
    Ok(entries)
}

/// Takes a person out of every slice. Gives the digests of files nobody may need any more, already let go.
///
/// # Errors
/// Refused for anybody but the person and the operator, and for the last owner of an organisation.
pub async fn erase_everywhere(tx: &mut Tx, ctx: &Ctx, who: PersonId) -> Result<Vec<String>, Failure> {
    let files = members::erase_member(tx, ctx, who).await?;
    community_uc::erase_person(tx, ctx, who, Erasure::Everything).await?;
    publish::service::erase_person(tx, ctx, who).await?;
    publish::service::let_go(tx, OrgId(0), &files, ctx.now).await?;
    accounts::service::erase_person(tx, ctx, who).await?;
    Ok(files)
}

fn person(client: &Client) -> Result<PersonId, Refusal> {
    client.me.as_ref().map(|me| me.person.id).ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))
}

/// GET `/{lang}/account/data/export.tar`.
pub async fn export(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return sign_in_first(lang, &own_path(lang, "data"));
    }
    let ctx = client.ctx(&app);
    let outcome = async {
        let who = person(&client)?;
        app.limits.check(&format!("export {}", who.0), 20, 3600, ctx.now)?;
        let copy = read_tx!(app.db, |tx| everything(tx, &ctx, who).await)?;
        archive(&app, copy).await
    };
    match outcome.await {
        Ok(entries) => {
            let length = HeaderValue::from(tarball::length(&entries));
            let mut response = Response::new(Body::from_stream(tarball::pieces(app.blobs.clone(), entries, ctx.now)));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-tar"));
            headers.insert(header::CONTENT_LENGTH, length);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            let name = HeaderValue::from_static("attachment; filename=\"traboule-data.tar\"");
            headers.insert(header::CONTENT_DISPOSITION, name);
            response
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// POST `/{lang}/account/data/erase`, with the word typed.
pub async fn erase(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let ctx = client.ctx(&app);
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return failure_page(&app, &client, lang, &refusal.into()).await,
    };
    let outcome = async {
        let who = person(&client)?;
        let word = app.say(lang, "data-erase-word");
        if kernel::fold(&kernel::line(posted.get("confirm"))) != kernel::fold(&word) {
            return Err(Failure::from(Refusal::invalid("check-fields").field("confirm", "confirm-word")));
        }
        write_tx!(app.db, |tx| erase_everywhere(tx, &ctx, who).await)?;
        // What they had sent half goes now; what cannot be removed goes within the hour.
        drop(crate::tus::sweep(&app).await);
        // Comments are written in batches of their own: one that was on its way may have come between. What comes later
        // still sees that nobody is there any more (`comments/form.rs`).
        let system = app.ctx(Actor::System("erase"));
        write_tx!(app.db, |tx| community_uc::erase_person(tx, &system, who, Erasure::Everything).await)
    };
    match outcome.await {
        Ok(_) => {
            let mut response = redirect(&format!("/{}/privacy?said=erased", lang.code()));
            if let Some(cookie) = session_cookie(&app, None) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            page(&app, &client, lang, ui::status(refusal.kind), Some(form)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}
