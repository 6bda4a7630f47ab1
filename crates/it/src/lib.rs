//! The harness of the integration tests: a whole server on either engine under a virtual clock, asked through its
//! real front and router without a socket. It decides nothing and asserts nothing.

pub mod crash;
pub mod outside;

use std::net::SocketAddr;
use std::sync::Arc;

use accounts::model::Method;
use accounts::service as accounts_uc;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use db::{Failure, write_tx};
use http_body_util::BodyExt;
use kernel::{Actor, Clock, Ctx, Lang, OrgId, PersonId, Rng, Role};
use testkit::{Folder, On, postgres_url, start, unique};
use tower::Service;
use traboule::app::{App, Opened, Opening};
use traboule::config::Config;
use traboule::fetch::WebFetcher;
use traboule::http::{Front, SESSION_COOKIE, router};

/// The public origin tests use.
pub const ORIGIN: &str = "https://site.example";

/// A server under test.
pub struct Site {
    /// Its parts.
    pub app: Arc<App>,
    /// Its virtual clock.
    pub clock: Clock,
    /// Its configuration, to open it again.
    pub config: Config,
    /// Which engine it runs on.
    pub on: On,
    /// What stands in for the outside.
    pub outside: Arc<outside::Outside>,
    schema: Option<String>,
    opened: Option<Opened>,
    folder: Folder,
}

/// An answer with its whole body.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as text, empty when absent.
    #[must_use]
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// Somebody signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Where.
    pub org: OrgId,
    /// The actor for use cases.
    pub actor: Actor,
    /// The session's secret.
    pub session: String,
}

impl Site {
    /// An empty site on an engine, at the tests' start instant, with private addresses allowed for downloads.
    pub async fn new(on: On) -> Self {
        Self::with(on, |_| {}).await
    }

    /// An empty site with a changed configuration.
    pub async fn with(on: On, change: impl FnOnce(&mut Config)) -> Self {
        let folder = Folder::new();
        let clock = Clock::fixed(start());
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        let mut config = Config::plain(folder.path().join("data"), listen, ORIGIN);
        config.database = (on == On::Pg).then(postgres_url);
        change(&mut config);
        let schema = (on == On::Pg).then(unique);
        let outside = Arc::new(outside::Outside::default());
        let opened = open(&config, &clock, schema.clone(), &outside).await;
        Self { app: opened.app.clone(), clock, config, on, outside, schema, opened: Some(opened), folder }
    }

    /// Stops the server cleanly and starts it again on the same data.
    pub async fn restart(&mut self) {
        let opened = self.opened.take().expect("an open server");
        self.app = Arc::clone(&opened.app);
        opened.close().await;
        let opened = open(&self.config, &self.clock, self.schema.clone(), &self.outside).await;
        self.app = opened.app.clone();
        self.opened = Some(opened);
    }

    /// Stops the server and gives its folder free.
    pub async fn stop(&mut self) {
        if let Some(opened) = self.opened.take() {
            opened.close().await;
        }
        // The folder's lock goes with the last part that holds it.
    }

    /// Starts a stopped server on what the configuration says now, in the schema its address names.
    pub async fn start(&mut self) {
        let opened = open(&self.config, &self.clock, None, &self.outside).await;
        self.app = opened.app.clone();
        self.opened = Some(opened);
        self.schema = None;
    }

    /// Tries to start a stopped server on the same data; the sentence of the refusal if it does not start.
    ///
    /// # Errors
    /// Why it did not start.
    pub async fn try_start(&mut self) -> Result<(), String> {
        let opened = try_open(&self.config, &self.clock, self.schema.clone(), &self.outside).await;
        let opened = opened.map_err(|failure| failure.to_string())?;
        self.app = opened.app.clone();
        self.opened = Some(opened);
        Ok(())
    }

    /// A folder for a test's own files.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Sends a request through the front.
    pub async fn send(&self, request: Request) -> Answer {
        let peer = SocketAddr::from(([203, 0, 113, 7], 5000));
        let mut front = Front::new(self.app.clone(), router(self.app.clone()), peer);
        let response = front.call(request).await.unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// GET as a visitor.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(request("GET", path, None, &[], Body::empty())).await
    }

    /// GET with headers.
    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(request("GET", path, None, headers, Body::empty())).await
    }

    /// GET as somebody signed in.
    pub async fn get_as(&self, who: &Person, path: &str) -> Answer {
        self.send(request("GET", path, Some(&who.session), &[], Body::empty())).await
    }

    /// Posts a form as a visitor from a page of this site.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", ORIGIN)];
        self.send(request("POST", path, None, &headers, Body::from(encode(fields)))).await
    }

    /// Posts a form as somebody signed in, stamped.
    pub async fn post_as(&self, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
        let stamp = self.app.csrf.stamp(&who.session);
        let mut all = vec![("csrf", stamp.as_str())];
        all.extend_from_slice(fields);
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", ORIGIN)];
        self.send(request("POST", path, Some(&who.session), &headers, Body::from(encode(&all)))).await
    }

    /// Asks the API with a token.
    pub async fn api(&self, token: &str, method: &str, path: &str, body: impl Into<Body>) -> Answer {
        let bearer = format!("Bearer {token}");
        self.send(request(
            method,
            path,
            None,
            &[("authorization", &bearer), ("content-type", "application/json")],
            body.into(),
        ))
        .await
    }

    /// The circumstances of a use case the system asks for.
    #[must_use]
    pub fn system(&self) -> Ctx {
        self.app.ctx(Actor::System("test"))
    }

    /// An organisation with one person in it, signed in.
    pub async fn person(&self, org: &str, email: &str, role: Role) -> Person {
        let ctx = self.system();
        let made = write_tx!(self.app.db, |tx| {
            let known = accounts_uc::list_orgs(tx).await?.into_iter().find(|o| o.slug == org);
            let org = match known {
                Some(org) => org.id,
                None => accounts_uc::create_org(tx, &ctx, org, org).await?.id,
            };
            let invite = accounts_uc::Invite {
                org,
                email: email.to_owned(),
                name: "Camille Durand".to_owned(),
                lang: Lang::Fr,
                roles: vec![role],
            };
            let person = accounts_uc::invite(tx, &ctx, &invite).await?;
            let token = accounts_uc::sign_in(tx, &ctx, person.id, Method::Code, "test").await?;
            Ok((org, person.id, token.0))
        });
        let (org, id, session) = made.expect("a person");
        Person { id, org, actor: Actor::Person { person: id, roles: vec![(org, role)] }, session }
    }

    /// Does every task that is due.
    pub async fn work(&self) {
        self.app.worker.drain().await.expect("the worker works");
    }
}

async fn open(config: &Config, clock: &Clock, schema: Option<String>, outside: &Arc<outside::Outside>) -> Opened {
    try_open(config, clock, schema, outside).await.expect("the server opens")
}

async fn try_open(
    config: &Config,
    clock: &Clock,
    schema: Option<String>,
    outside: &Arc<outside::Outside>,
) -> Result<Opened, Failure> {
    let opening = Opening {
        clock: clock.clone(),
        rng: Rng::System,
        fetcher: Arc::new(outside::OutsideFetcher {
            web: WebFetcher::allowing_private().expect("a client"),
            outside: outside.clone(),
        }),
        prober: outside.clone(),
        poster: outside.clone(),
        elsewhere: outside.clone(),
        demo: false,
        port: 8080,
        schema,
        cache: ui::CacheLimits::default(),
    };
    let opened = Opened::open(config, opening).await?;
    *outside.app.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::downgrade(&opened.app);
    Ok(opened)
}

/// A request as the front receives it.
#[must_use]
pub fn request(method: &str, path: &str, session: Option<&str>, headers: &[(&str, &str)], body: Body) -> Request {
    let mut builder = axum::http::Request::builder().method(method).uri(path).header("host", "site.example");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    if let Some(session) = session {
        builder = builder.header("cookie", format!("{SESSION_COOKIE}={session}"));
    }
    builder.body(body).expect("a request")
}

/// A form's body.
#[must_use]
pub fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    fields.iter().map(|(k, v)| format!("{}={}", escape(k), escape(v))).collect::<Vec<_>>().join("&")
}

/// Runs one test body on a site on each engine.
pub fn on_both(body: impl AsyncFn(Site)) {
    for on in [On::Lite, On::Pg] {
        on_one(on, &body);
    }
}

/// Runs a test body on a site on one engine.
pub fn on_one(on: On, body: &impl AsyncFn(Site)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = Site::new(on).await;
        body(site).await;
    });
}

/// The smallest sound file of the tests: one second of MP3.
pub const SOUND: &[u8] = include_bytes!("../../publish/tests/fixtures/cbr.mp3");

/// A show and helpers around it, for tests that need something published.
pub mod desk {
    use publish::model::{Episode, EpisodeText, Show, ShowText};
    use publish::rules::check::{EpisodeDraft, ShowDraft};
    use publish::service::{self as uc, When};

    use super::{Person, SOUND, Site};
    use db::write_tx;

    /// A show in Europe/Paris.
    pub async fn show(site: &Site, who: &Person, slug: &str) -> Show {
        let ctx = site.app.ctx(who.actor.clone());
        let draft = ShowDraft {
            slug: slug.to_owned(),
            language: "fr".to_owned(),
            time_zone: "Europe/Paris".to_owned(),
            author: "Agence des Pentes".to_owned(),
            texts: [
                (
                    "fr".to_owned(),
                    ShowText {
                        title: "Les Pentes".to_owned(),
                        tagline: "Chaque matin".to_owned(),
                        ..ShowText::default()
                    },
                ),
                (
                    "en".to_owned(),
                    ShowText {
                        title: "The Slopes".to_owned(),
                        tagline: "Every morning".to_owned(),
                        ..ShowText::default()
                    },
                ),
            ]
            .into(),
            ..ShowDraft::default()
        };
        let base = site.app.links.feed_base();
        write_tx!(site.app.db, |tx| uc::create_show(tx, &ctx, who.org, draft.clone(), &base).await).expect("a show")
    }

    /// A draft with French texts.
    #[must_use]
    pub fn draft(title: &str) -> EpisodeDraft {
        let text = EpisodeText {
            title: title.to_owned(),
            summary: format!("Résumé de {title}"),
            notes_md: Some(format!("Notes de **{title}**.")),
            ..EpisodeText::default()
        };
        EpisodeDraft { texts: [("fr".to_owned(), text)].into(), ..EpisodeDraft::default() }
    }

    /// An episode with sound, still a draft.
    pub async fn episode(site: &Site, who: &Person, show: &Show, draft: EpisodeDraft) -> Episode {
        let ctx = site.app.ctx(who.actor.clone());
        let made = write_tx!(site.app.db, |tx| uc::create_episode(tx, &ctx, show.id, draft.clone()).await)
            .expect("an episode");
        let path = site.folder().join(format!("sound-{}", made.id));
        std::fs::write(&path, SOUND).expect("written");
        traboule::pages::uploads::store_audio(&site.app, &ctx, made.id, path, "sound.mp3".to_owned())
            .await
            .expect("sound")
    }

    /// Schedules or publishes an episode.
    pub async fn schedule(site: &Site, who: &Person, episode: i64, when: When) -> Episode {
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::schedule(tx, &ctx, episode, when.clone()).await).expect("scheduled").0
    }

    /// An episode published now.
    pub async fn published(site: &Site, who: &Person, show: &Show, title: &str) -> Episode {
        let made = episode(site, who, show, draft(title)).await;
        schedule(site, who, made.id, When::Now).await
    }
}
