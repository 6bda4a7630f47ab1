//! The composition: one value that holds every part of a running server, and the background tasks around it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use blobs::BlobStore;
use community::film::Filmer;
use community::jobs::ClipTools;
use community::ports::Elsewhere;
use community::rules::clip::Rooms;
use db::{DataLock, Db, Failure, NodeLease, Target, TopicPoll, write_tx};
use jobs::{Handler, Worker};
use kernel::{Actor, At, Clock, Ctx, IdMaker, Lang, Rng};
use publish::jobs::{DeskTools, JobTools, WebhookKeys};
use publish::ports::{Encoder, Fetcher, Poster, Prober};
use publish::web::Links;
use tokio::sync::watch;
use ui::{Assets, CacheLimits, Csrf, Limits, PageCache, Renderer, Texts};

use crate::comment_mail::{CommentTeller, CommentTools, WaitingMailer};
use crate::config::Config;
use crate::desk_mail::DeskMailer;
use crate::digest_mail::Digests;
use crate::ffmpeg::Ffmpeg;
use crate::mail::Mailer;

/// Static files, by name.
const ASSETS: &[(&str, &[u8])] = &[
    ("tokens.css", include_bytes!("../../ui/static/tokens.css")),
    ("app.css", include_bytes!("../../ui/static/app.css")),
    ("studio.css", include_bytes!("../../ui/static/studio.css")),
    ("people.css", include_bytes!("../../ui/static/people.css")),
    ("player.js", include_bytes!("../../ui/static/player.js")),
    ("post.js", include_bytes!("../../ui/static/post.js")),
    ("talk.js", include_bytes!("../../ui/static/talk.js")),
    ("share.js", include_bytes!("../../ui/static/share.js")),
    ("quote.js", include_bytes!("../../ui/static/quote.js")),
    ("frame.js", include_bytes!("../../ui/static/frame.js")),
    ("embed.js", include_bytes!("../../ui/static/embed.js")),
    ("embed.css", include_bytes!("../../ui/static/embed.css")),
    ("desk.js", include_bytes!("../../ui/static/desk.js")),
    ("passkey.js", include_bytes!("../../ui/static/passkey.js")),
    ("checks.js", include_bytes!("../../ui/static/checks.js")),
    ("moderation.js", include_bytes!("../../ui/static/moderation.js")),
    ("copy.js", include_bytes!("../../ui/static/copy.js")),
    ("upload.js", include_bytes!("../../ui/static/upload.js")),
    ("sound.js", include_bytes!("../../ui/static/sound.js")),
    ("transcript.js", include_bytes!("../../ui/static/transcript.js")),
    ("clips.js", include_bytes!("../../ui/static/clips.js")),
    ("favicon.svg", include_bytes!("../../ui/static/favicon.svg")),
    ("logo.svg", include_bytes!("../../ui/static/logo.svg")),
];

/// A running server's parts. Shared by every request.
pub struct App {
    /// The database.
    pub db: Db,
    /// Files.
    pub blobs: BlobStore,
    /// Templates.
    pub render: Renderer,
    /// Static files.
    pub assets: Arc<Assets>,
    /// Ready pages.
    pub cache: PageCache,
    /// Rate limits.
    pub limits: Limits,
    /// Which sessions and tokens were noted as used within the hour. Apart from the limits, of which they would take the room.
    pub noted: Limits,
    /// Stamps against forged requests.
    pub csrf: Csrf,
    /// What was seen and is not yet counted.
    pub audience: audience::Recorder,
    /// Networks of data centres, whose requests are counted out.
    pub datacentres: Vec<(IpAddr, u8)>,
    /// Seals and signs for comments.
    pub sealer: Arc<community::Sealer>,
    /// Takes comments, many in one transaction.
    pub commenting: db::Batcher<community::service::Saying>,
    /// The public log.
    pub log: crate::log::PublicLog,
    /// Signs the messages of webhooks.
    pub webhook_keys: WebhookKeys,
    /// Addresses.
    pub links: Links,
    /// Where shows are at home.
    pub places: crate::http::Places,
    /// Makes ids.
    pub ids: Arc<IdMaker>,
    /// Random bytes.
    pub rng: Rng,
    /// Proxies that may name the client.
    pub proxies: Vec<IpAddr>,
    /// Host names the site had before.
    pub former_hosts: Vec<String>,
    /// Where the source is offered.
    pub source_url: String,
    /// Other networks that voices are linked with.
    pub elsewhere: Arc<dyn Elsewhere>,
    /// Whether this is the demo: stand-ins and their pages are there.
    pub demo: bool,
    /// A folder for unfinished uploads and downloads.
    pub scratch: PathBuf,
    /// Bytes that unfinished uploads of one organisation may fill.
    pub upload_room: i64,
    /// Bytes that originals of clips may fill.
    pub clip_rooms: Rooms,
    /// Pictures of one person that are held at once.
    pub(crate) picture_turns: crate::turns::Turns,
    /// Converts and cuts sound.
    pub encoder: Arc<dyn Encoder>,
    /// Makes videos.
    pub filmer: Arc<dyn Filmer>,
    /// Downloads.
    pub fetcher: Arc<dyn Fetcher>,
    /// Sends messages, and asks witnesses of the public log.
    pub poster: Arc<dyn Poster>,
    /// Where mails go without SMTP.
    pub mail_folder: PathBuf,
    /// Does tasks.
    pub worker: Worker,
}

/// What a server is opened with besides its configuration.
pub struct Opening {
    /// The machine's clock, or a virtual one.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
    /// Downloads.
    pub fetcher: Arc<dyn Fetcher>,
    /// Asks this site as a listener does.
    pub prober: Arc<dyn Prober>,
    /// Sends messages of webhooks.
    pub poster: Arc<dyn Poster>,
    /// Other networks.
    pub elsewhere: Arc<dyn Elsewhere>,
    /// Whether it is the demo.
    pub demo: bool,
    /// The port it will listen on.
    pub port: u16,
    /// A schema of its own in PostgreSQL, for tests.
    pub schema: Option<String>,
    /// How many pages to keep ready.
    pub cache: CacheLimits,
}

/// An opened server and what must live as long as it.
pub struct Opened {
    /// The server.
    pub app: Arc<App>,
    lease: NodeLease,
    data: PathBuf,
    _lock: DataLock,
}

/// Creates a folder only its owner can enter; keys and the database lie in it.
fn private_folder(path: &std::path::Path) -> Result<(), Failure> {
    use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
    let failed = |e: std::io::Error| Failure::Broken(format!("{}: {e}", path.display()));
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(failed)
}

/// The server's secret of 32 bytes, made at the first start, readable by its owner only.
fn secret(path: &std::path::Path, rng: &Rng) -> Result<Vec<u8>, Failure> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let failed = |e: std::io::Error| Failure::Broken(format!("{}: {e}", path.display()));
    match std::fs::read(path) {
        Ok(bytes) if bytes.len() == 32 => Ok(bytes),
        Ok(_) => Err(Failure::Broken(format!("{}: not a key of 32 bytes", path.display()))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let bytes = rng.bytes::<32>();
            let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            file.and_then(|mut f| f.write_all(&bytes)).map_err(failed)?;
            Ok(bytes.to_vec())
        }
        Err(e) => Err(failed(e)),
    }
}

/// The sentences of every crate.
#[must_use]
pub fn texts() -> Arc<Texts> {
    Arc::new(Texts::new(&crate::locales()))
}

impl Opened {
    /// Opens the data folder and the database, brings the schema up to date, takes a node number.
    ///
    /// # Errors
    /// When the folder is in use, the database does not answer, or a file cannot be written.
    pub async fn open(config: &Config, opening: Opening) -> Result<Self, Failure> {
        private_folder(&config.data)?;
        let lock = DataLock::take(&config.data)?;
        let db = database(config, &opening).await?;
        let lease = NodeLease::take(&db, &Rng::System).await?;
        let ids = Arc::new(IdMaker::new(opening.clock.clone(), lease.node));
        let (blobs, secret) = (files(config)?, secret(&config.data.join("secret.key"), &Rng::System)?);
        let (texts, assets) = (texts(), Arc::new(Assets::new(ASSETS)));
        let origin = config.origin(opening.port);
        let public_log = public_log(config, &origin)?;
        let (scratch, mail_folder) = (config.data.join("scratch"), config.data.join("mail"));
        let mailer = Mailer::new(texts.clone(), config.mail.clone(), mail_folder.clone(), origin.clone());
        let ffmpeg = Arc::new(Ffmpeg::new(config.ffmpeg.as_deref()));
        let (encoder, filmer): (Arc<dyn Encoder>, Arc<dyn Filmer>) = (ffmpeg.clone(), ffmpeg);
        let (links, webhook_keys) = (Links::new(&origin), WebhookKeys::new(&secret));
        let base = JobTools {
            db: db.clone(),
            blobs: blobs.clone(),
            ids: ids.clone(),
            fetcher: opening.fetcher.clone(),
            encoder: encoder.clone(),
            scratch: scratch.clone(),
        };
        let desk = desk_tools(base, &links, &webhook_keys, &opening);
        let sealer = Arc::new(community::Sealer::new(&secret, opening.rng.clone()));
        let more = of_the_public(&desk, filmer.clone(), opening.elsewhere.clone());
        let worker = worker(desk, Arc::new(mailer), texts.clone(), sealer.clone(), more).await?;
        let saying = community::service::Saying(sealer.clone());
        let commenting = db::Batcher::start(db.clone(), saying, db::BatcherConfig::default());
        let app = App {
            db,
            blobs,
            render: Renderer::new(&crate::templates(), texts, &assets),
            assets,
            cache: PageCache::new(opening.cache),
            limits: Limits::default(),
            noted: Limits::default(),
            csrf: Csrf::new(&secret),
            audience: audience::Recorder::default(),
            datacentres: config.datacentres.clone(),
            sealer,
            commenting,
            log: public_log,
            webhook_keys,
            links,
            places: crate::http::Places::default(),
            ids,
            rng: opening.rng,
            proxies: config.proxies.clone(),
            former_hosts: config.former_hosts.clone(),
            source_url: config.source_url.clone(),
            elsewhere: opening.elsewhere,
            demo: opening.demo,
            scratch,
            upload_room: config.upload_room,
            clip_rooms: config.clip_rooms,
            picture_turns: crate::turns::Turns::default(),
            encoder,
            filmer,
            fetcher: opening.fetcher,
            poster: opening.poster,
            mail_folder,
            worker,
        };
        let opened = Self { app: Arc::new(app), lease, data: config.data.clone(), _lock: lock };
        opened.app.log.open(&opened.app.db, &crate::log::system(&opened.app), &origin).await?;
        crate::log::witnesses::make_known(&opened.app, &config.log).await?;
        opened.app.wake_up().await?;
        Ok(opened)
    }

    /// Starts the background tasks; they end when `stop` becomes true.
    pub fn start_background(&self, stop: &watch::Receiver<bool>) -> Vec<tokio::task::JoinHandle<()>> {
        let worker = tokio::spawn(self.app.worker.clone().work(stop.clone()));
        let encoder = self.app.encoder.clone();
        let looking = tokio::spawn(async move { drop(encoder.facts().await) });
        let polling = tokio::spawn(poll_topics(self.app.db.clone(), stop.clone()));
        let renewing = tokio::spawn(renew(self.app.db.clone(), self.lease.clone(), stop.clone()));
        let sweeping = tokio::spawn(sweep(self.app.clone(), stop.clone()));
        let counting = tokio::spawn(crate::counting::run(self.app.clone(), stop.clone()));
        let logging = tokio::spawn(crate::log::run(self.app.clone(), stop.clone()));
        let witnessing = tokio::spawn(crate::log::witnesses::start(self.app.clone(), self.data.clone(), stop.clone()));
        vec![worker, looking, polling, renewing, sweeping, counting, logging, witnessing]
    }

    /// Counts what was seen, gives the node number back and closes the database.
    pub async fn close(self) {
        crate::counting::flush(&self.app).await;
        if let Err(failure) = self.lease.release(&self.app.db).await {
            tracing::warn!(%failure, "the node number will run out by itself");
        }
        self.app.db.close().await;
    }
}

/// The keys of the public log, made at the first start.
fn public_log(config: &Config, origin: &str) -> Result<crate::log::PublicLog, Failure> {
    use crate::log::{PublicLog, guard, witnesses};
    let seed = secret(&config.data.join("log.key"), &Rng::System)?;
    let seed = seed.try_into().map_err(|_| Failure::Broken("log.key: not a key of 32 bytes".to_owned()))?;
    let own = witnesses::own(&config.data, origin, &Rng::System)?;
    Ok(PublicLog::new(seed, own, config.log.witness_for.clone(), guard::high_water(&config.data)))
}

/// Where files are.
fn files(config: &Config) -> Result<BlobStore, Failure> {
    match &config.s3 {
        Some(s3) => BlobStore::s3(s3).map_err(Failure::broken),
        None => BlobStore::folder(&config.data.join("media")).map_err(Failure::broken),
    }
}

/// What the tasks of the desk need.
fn desk_tools(base: JobTools, links: &Links, keys: &WebhookKeys, opening: &Opening) -> DeskTools {
    let (prober, poster) = (opening.prober.clone(), opening.poster.clone());
    DeskTools { base, links: links.clone(), prober, poster, keys: keys.clone() }
}

/// A name and who does the tasks of that name.
type Named = (&'static str, Arc<dyn Handler>);

/// The tasks that follow what the public posts: cards of links, other networks, videos.
fn of_the_public(desk: &DeskTools, filmer: Arc<dyn Filmer>, elsewhere: Arc<dyn Elsewhere>) -> Vec<Named> {
    let base = &desk.base;
    let cards = crate::cards::Cards {
        db: base.db.clone(),
        blobs: base.blobs.clone(),
        fetcher: base.fetcher.clone(),
        scratch: base.scratch.clone(),
        limits: Limits::default(),
        busy: std::sync::Mutex::default(),
    };
    let placing = crate::pages::posts::elsewhere::Placing { db: base.db.clone(), links: desk.links.clone(), elsewhere };
    let films = ClipTools {
        db: base.db.clone(),
        blobs: base.blobs.clone(),
        ids: base.ids.clone(),
        filmer,
        waste: Arc::new(crate::waste::Swept),
        scratch: base.scratch.clone(),
    };
    vec![
        (community::service::posts::CARD_HANDLER, Arc::new(cards)),
        (crate::pages::posts::elsewhere::HANDLER, Arc::new(placing)),
        (community::jobs::CLIP_HANDLER, Arc::new(community::jobs::MakeClip(films.clone()))),
        (community::jobs::CUT_HANDLER, Arc::new(community::jobs::CutClip(films))),
    ]
}

/// The database with its schema up to date.
async fn database(config: &Config, opening: &Opening) -> Result<Db, Failure> {
    let target = match &config.database {
        Some(url) => Target::Postgres { url: url.clone(), schema: opening.schema.clone() },
        None => Target::File(config.data.join("traboule.db")),
    };
    let db = Db::open(&target, opening.clock.clone()).await?;
    db.migrate(&crate::migrations()).await?;
    Ok(db)
}

/// A worker with every handler, after who hears of what and the weekly round are seen to.
async fn worker(
    desk: DeskTools,
    mailer: Arc<Mailer>,
    texts: Arc<Texts>,
    sealer: Arc<community::Sealer>,
    more: Vec<Named>,
) -> Result<Worker, Failure> {
    let db = desk.base.db.clone();
    let (ids, links) = (desk.base.ids.clone(), desk.links.clone());
    let letters = DeskMailer::new(db.clone(), texts.clone(), ids.clone(), links.clone());
    let digests = Digests {
        db: db.clone(),
        texts: texts.clone(),
        ids: ids.clone(),
        links: links.clone(),
        sealer: sealer.clone(),
    };
    let comments = CommentTools { db: db.clone(), texts, ids, links };
    subscribe(&db).await?;
    publish::jobs::ask_weekly(&db).await?;
    let now = db.clock().now();
    write_tx!(db, |tx| crate::digest_mail::ask_next(tx, now).await)?;
    let mut handlers = handlers(desk, mailer.clone(), letters);
    handlers.extend(more);
    handlers.insert(crate::letters::HANDLER, Arc::new(crate::letters::Letters::new(mailer, sealer)));
    handlers.insert(crate::digest_mail::HANDLER, Arc::new(digests));
    handlers.insert(community::WAITING_HANDLER, Arc::new(WaitingMailer(comments.clone())));
    handlers.insert(community::TOLD_HANDLER, Arc::new(CommentTeller(comments)));
    Ok(Worker::new(db, handlers))
}

/// Who hears of which events.
async fn subscribe(db: &Db) -> Result<(), Failure> {
    write_tx!(db, |tx| {
        for (kind, _) in publish::jobs::HOOKED {
            jobs::subscribe(tx, kind, publish::jobs::FAN_OUT_HANDLER).await?;
        }
        Ok(())
    })
}

fn handlers(tools: DeskTools, mailer: Arc<Mailer>, letters: DeskMailer) -> HashMap<&'static str, Arc<dyn Handler>> {
    use publish::jobs as p;
    let base = tools.base.clone();
    HashMap::from([
        (accounts::MAIL_HANDLER, mailer as Arc<dyn Handler>),
        (p::MAIL_HANDLER, Arc::new(letters)),
        (p::PUBLISHED_HANDLER, Arc::new(p::Published(base.clone()))),
        (p::CONVERT_HANDLER, Arc::new(p::ConvertAudio(base.clone()))),
        (p::EXCERPT_HANDLER, Arc::new(p::CutExcerpt(base.clone()))),
        (p::PICTURE_HANDLER, Arc::new(p::FetchPicture(base.clone()))),
        (p::FETCH_HANDLER, Arc::new(p::FetchAudio(base.clone()))),
        (p::SOURCES_HANDLER, Arc::new(p::CheckSources(base.clone()))),
        (p::WEEKLY_HANDLER, Arc::new(p::Weekly(base.clone()))),
        (p::EVENING_HANDLER, Arc::new(p::Evening(base))),
        (p::PROOF_HANDLER, Arc::new(p::ProofOfPublication(tools.clone()))),
        (p::FAN_OUT_HANDLER, Arc::new(p::FanOut(tools.clone()))),
        (p::DELIVER_HANDLER, Arc::new(p::Deliver(tools))),
    ])
}

/// Notices what other processes changed, at least once a second. SQLite has one process: nothing to notice.
async fn poll_topics(db: Db, mut stop: watch::Receiver<bool>) {
    if db.engine() == db::Engine::Lite {
        return;
    }
    let mut poll = TopicPoll::default();
    while !*stop.borrow() {
        if let Err(failure) = db.poll_topics(&mut poll).await {
            tracing::warn!(%failure, "changes of other processes could not be read");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(700)) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Deletes what has run out, at the start and every hour.
async fn sweep(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let now = app.now();
        if let Err(failure) = write_tx!(app.db, |tx| accounts::service::sweep(tx, now).await) {
            tracing::warn!(%failure, "what has run out could not be deleted");
        }
        if let Err(failure) = app.remove_waste().await {
            tracing::warn!(%failure, "files nobody names could not be removed");
        }
        if let Err(failure) = crate::tus::sweep(&app).await {
            tracing::warn!(%failure, "unfinished uploads could not be swept");
        }
        if let Err(failure) = write_tx!(app.db, |tx| publish::service::sweep_unsaved(tx, now).await) {
            tracing::warn!(%failure, "old unsaved work could not be deleted");
        }
        if let Err(failure) = write_tx!(app.db, |tx| publish::service::sweep_once(tx, now).await) {
            tracing::warn!(%failure, "answers to repeated requests could not be forgotten");
        }
        if let Err(failure) = write_tx!(app.db, |tx| community::service::sweep(tx, now).await) {
            tracing::warn!(%failure, "what commenters keep private could not be swept");
        }
        if let Err(failure) = app.ask_renditions().await {
            tracing::warn!(%failure, "smaller videos could not be asked for");
        }
        if let Err(failure) = app.heal_index().await {
            tracing::warn!(%failure, "the search index could not be compared");
        }
        if let Err(failure) = app.fold_comments().await {
            tracing::warn!(%failure, "older comments could not be folded for the queue's search");
        }
        if let Err(failure) = crate::imports::sweep(&app.db, &app.scratch).await {
            tracing::warn!(%failure, "imports that have run out could not be deleted");
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(3600)) => {}
            _ = stop.changed() => {}
        }
    }
}

async fn renew(db: Db, lease: NodeLease, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(30)) => {}
            _ = stop.changed() => return,
        }
        if let Err(failure) = lease.renew(&db).await {
            tracing::error!(%failure, "the node number could not be renewed");
        }
    }
}

impl App {
    /// What a server does first: schedules by the zone rules of today, and uploads that a dead process held are free.
    async fn wake_up(&self) -> Result<(), Failure> {
        let ctx = self.ctx(Actor::System("start"));
        let alone = self.db.engine() == db::Engine::Lite;
        write_tx!(self.db, |tx| {
            publish::service::resolve_schedules(tx, &ctx).await?;
            if alone { publish::service::free_leases(tx).await } else { Ok(()) }
        })
    }

    /// Folds comments that are older than the search of the queue; at the start, and nothing to do after it.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn fold_comments(&self) -> Result<(), Failure> {
        while write_tx!(self.db, |tx| community::service::fold_older(tx).await)? > 0 {}
        Ok(())
    }

    /// Mends the search index where it is not what is stored, a part at a time; at the start and every hour.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn heal_index(&self) -> Result<(), Failure> {
        // A first start with an older database writes everything; never for ever, whatever else is written meanwhile.
        for _ in 0..10_000 {
            let now = self.now();
            if write_tx!(self.db, |tx| publish::service::heal_index(tx, now).await)? == 0 {
                break;
            }
        }
        for _ in 0..10_000 {
            let now = self.now();
            if write_tx!(self.db, |tx| community::service::search::heal_index(tx, now).await)? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The time now, by the server's clock.
    #[must_use]
    pub fn now(&self) -> At {
        self.db.clock().now()
    }

    /// The circumstances of a use case asked for by `actor` now.
    #[must_use]
    pub fn ctx(&self, actor: Actor) -> Ctx {
        Ctx { now: self.now(), actor, ids: self.ids.clone(), rng: self.rng.clone() }
    }

    /// Removes files whose time has come and that no row names; gives how many.
    ///
    /// # Errors
    /// The database's or the store's failure; the next call goes on.
    pub async fn remove_waste(&self) -> Result<usize, Failure> {
        crate::waste::remove(&self.db, &self.blobs).await
    }

    /// Where ffmpeg is there, asks for the smaller video of a clip that is shown as it came because it was not; whoever makes it
    /// goes on with the next. At the start and every hour.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn ask_renditions(&self) -> Result<(), Failure> {
        if self.filmer.version().await.is_none() {
            return Ok(());
        }
        let now = self.now();
        if write_tx!(self.db, |tx| community::service::ask_rendition(tx, now).await)? {
            self.worker.wake();
        }
        Ok(())
    }

    /// A sentence without values.
    #[must_use]
    pub fn say(&self, lang: Lang, key: &str) -> String {
        self.render.texts().text(lang, key, &[])
    }
}
