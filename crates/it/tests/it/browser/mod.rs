//! Journeys in a real Chromium: the driver, a server on a free port, and what several journeys ask of a page. Needs
//! chromium and chromedriver; nothing here reaches another host.

mod clips;
mod desk;
mod hands;
mod imports;
mod log;
mod members;
mod moderation;
mod morning;
mod people;
mod search;
mod share;
mod sizes;
mod talk;
mod touch;
mod visitor;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use kernel::Clock;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use testkit::Folder;
use thirtyfour::prelude::*;
use tokio::net::TcpListener;
use tokio::sync::watch;
use traboule::app::{Opened, Opening};
use traboule::config::{Config, MailConfig, SOURCE_URL};
use traboule::demo;
use traboule::fetch::WebFetcher;
use traboule::http::MakeFront;

/// chromedriver and the browsers it started; they end together, also when a test panics.
struct Driver {
    child: Child,
    url: String,
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The whole group: the browser is the driver's child and would outlive it.
        drop(Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status());
        drop(self.child.wait());
    }
}

fn program(variable: &str, usual: &str) -> PathBuf {
    let path = std::env::var_os(variable).map_or_else(|| PathBuf::from(usual), PathBuf::from);
    assert!(path.exists(), "the browser tests need {}: install it or set {variable}", path.display());
    path
}

fn start_driver() -> Driver {
    let mut command = Command::new(program("TRABOULE_TEST_CHROMEDRIVER", "/usr/bin/chromedriver"));
    command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().expect("chromedriver starts");
    let out = child.stdout.take().expect("piped");
    let mut driver = Driver { child, url: String::new() };
    let mut lines = BufReader::new(out).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let port = line.split_once("started successfully on port ")?.1;
        port.trim_end_matches('.').parse::<u16>().ok()
    });
    driver.url = format!("http://127.0.0.1:{}", port.expect("chromedriver says its port"));
    // Read on, so that it never waits for a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    driver
}

async fn open_browser(webdriver: &str, profile: &std::path::Path) -> WebDriver {
    let mut caps = DesiredCapabilities::chrome();
    let binary = program("TRABOULE_TEST_CHROMIUM", "/usr/bin/chromium");
    caps.set_binary(&binary.to_string_lossy()).expect("a path");
    let own = format!("--user-data-dir={}", profile.display());
    for argument in [
        "--headless",
        "--window-size=1280,900",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--autoplay-policy=no-user-gesture-required",
        own.as_str(),
    ] {
        caps.add_arg(argument).expect("an argument");
    }
    let logs = json!({"browser": "ALL", "performance": "ALL"});
    caps.set("goog:loggingPrefs", logs).expect("a capability");
    WebDriver::new(webdriver, caps).await.expect("a browser")
}

/// A browser before a running demo.
struct Visit {
    driver: WebDriver,
    origin: String,
    /// The demo itself, for what is not done through pages: its clock, its background work.
    house: Arc<House>,
}

/// A running demo and the browsers before it.
struct House {
    clock: Clock,
    origin: String,
    webdriver: String,
    folder: Folder,
    browsers: Mutex<Vec<WebDriver>>,
    hands: hands::Hands,
}

type Done = WebDriverResult<()>;

impl House {
    /// A fresh browser with a profile of its own: another person at another desk.
    async fn browser(self: &Arc<Self>) -> Visit {
        let number = self.browsers.lock().unwrap_or_else(PoisonError::into_inner).len();
        let driver = open_browser(&self.webdriver, &self.folder.path().join(format!("profile-{number}"))).await;
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner).push(driver.clone());
        Visit { driver, origin: self.origin.clone(), house: self.clone() }
    }
}

impl Visit {
    async fn go(&self, path: &str) -> Done {
        self.driver.goto(format!("{}{path}", self.origin)).await
    }

    async fn eval<T: DeserializeOwned>(&self, script: &str) -> WebDriverResult<T> {
        self.driver.execute(format!("return {script};"), vec![]).await?.convert()
    }

    /// Whether a condition in the page holds; a page that is just changing says no.
    async fn holds(&self, condition: &str) -> bool {
        self.eval::<bool>(&format!("Boolean({condition})")).await.unwrap_or(false)
    }

    async fn until(&self, condition: &str) {
        eventually(condition, async || self.holds(condition).await).await;
    }

    async fn until_at(&self, path: &str) {
        let url = format!("{}{path}", self.origin);
        eventually(&url, async || self.driver.current_url().await.is_ok_and(|u| u.as_str() == url)).await;
        self.until("document.readyState === 'complete'").await;
    }

    async fn click(&self, css: &str) -> Done {
        self.house.hands.clicked();
        let element = self.driver.query(By::Css(css)).first().await?;
        if element.click().await.is_ok() {
            return Ok(());
        }
        // It lies under the rail at the foot of a narrow window: people scroll first.
        self.driver.execute("arguments[0].scrollIntoView({ block: 'center' });", vec![element.to_json()?]).await?;
        element.click().await
    }

    /// A click into a field, then typing.
    async fn fill(&self, css: &str, text: &str) -> Done {
        self.house.hands.clicked();
        self.house.hands.typed(text);
        self.driver.query(By::Css(css)).first().await?.send_keys(text).await
    }

    async fn key(&self, key: Key) -> Done {
        self.house.hands.pressed();
        self.driver.action_chain().send_keys(key).perform().await
    }

    async fn width(&self, width: u32) -> Done {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500});
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await.map(drop)
    }

    async fn cookies(&self) -> WebDriverResult<Vec<Value>> {
        let all = self.driver.cdp().send_raw("Network.getAllCookies", json!({})).await?;
        Ok(all["cookies"].as_array().cloned().unwrap_or_default())
    }

    /// Nothing went wrong in the console and nothing was asked from elsewhere since the last call.
    async fn assert_clean(&self) -> Done {
        let mut console = self.driver.get_log("browser").await?;
        console.retain(|entry| entry.level == "SEVERE");
        assert!(console.is_empty(), "the console has no errors: {console:?}");
        for entry in self.driver.get_log("performance").await? {
            let event: Value = serde_json::from_str(&entry.message)?;
            if event["message"]["method"] != "Network.requestWillBeSent" {
                continue;
            }
            self.house.hands.loaded(&event["message"]["params"]);
            let url = event["message"]["params"]["request"]["url"].as_str().unwrap_or_default();
            let own = url.strip_prefix(&self.origin).is_some_and(|rest| rest.starts_with('/'));
            assert!(own || url.starts_with("data:") || url.starts_with("chrome:"), "a request to another host: {url}");
        }
        Ok(())
    }

    async fn assert_no_sideways_scroll(&self) -> Done {
        let script = "[document.scrollingElement.scrollWidth, document.documentElement.clientWidth]";
        let (content, window): (i64, i64) = self.eval(script).await?;
        let url = self.driver.current_url().await?;
        assert!(content <= window, "{url} is {content} px wide in a window of {window} px");
        Ok(())
    }
}

/// Asks again until it is so; a condition that never comes fails the test with its words.
async fn eventually(what: &str, check: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    loop {
        tick.tick().await;
        if check().await {
            return;
        }
        assert!(Instant::now() < deadline, "never came: {what}");
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn config(data: PathBuf, listen: SocketAddr) -> Config {
    Config {
        data,
        listen,
        database: None,
        public_url: Some(format!("http://localhost:{}", listen.port())),
        proxies: Vec::new(),
        datacentres: Vec::new(),
        former_hosts: Vec::new(),
        source_url: SOURCE_URL.to_owned(),
        mail: MailConfig::Folder,
        s3: None,
        ffmpeg: None,
        upload_room: 1 << 33,
        log: traboule::config::LogConfig::default(),
    }
}

/// A finished demo, built once for the journeys that run at the same time; each works on a copy.
fn finished_demo() -> Arc<Folder> {
    static DEMO: Mutex<Weak<Folder>> = Mutex::new(Weak::new());
    let mut known = DEMO.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(folder) = known.upgrade() {
        return folder;
    }
    let folder = Arc::new(Folder::new());
    let config = config(folder.path().join("data"), SocketAddr::from(([127, 0, 0, 1], 8080)));
    runtime().block_on(demo::populate(&config, 8080, Clock::system().now())).expect("a demo");
    *known = Arc::downgrade(&folder);
    folder
}

/// Serves a copy of the demo on a free port, by the machine's clock, and takes a fresh browser there.
fn journey(body: impl AsyncFn(&Visit) -> Done) {
    let finished = finished_demo();
    serve(&finished, Clock::system(), WebFetcher::new().expect("a client"), body);
}

/// The same by a clock that stands still at the demo's morning until the journey moves it.
fn journey_at_rest(body: impl AsyncFn(&Visit) -> Done) {
    let finished = finished_demo();
    serve(&finished, Clock::fixed(Clock::system().now()), WebFetcher::new().expect("a client"), body);
}

/// By the machine's clock, with downloads from this machine allowed.
fn journey_with_neighbours(body: impl AsyncFn(&Visit) -> Done) {
    let finished = finished_demo();
    serve(&finished, Clock::system(), WebFetcher::allowing_private().expect("a client"), body);
}

fn serve(finished: &Folder, clock: Clock, fetcher: WebFetcher, body: impl AsyncFn(&Visit) -> Done) {
    runtime().block_on(async {
        let folder = Folder::new();
        let copied = Command::new("cp").arg("-a").arg(finished.path().join("data")).arg(folder.path()).status();
        assert!(copied.is_ok_and(|s| s.success()), "the demo is copied");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let listen = listener.local_addr().expect("an address");
        let origin = format!("http://localhost:{}", listen.port());
        let config = config(folder.path().join("data"), listen);
        let opening = Opening {
            clock: clock.clone(),
            rng: kernel::Rng::System,
            fetcher: Arc::new(fetcher),
            prober: Arc::new(traboule::probe::WebProber::new().expect("a client")),
            poster: Arc::new(WebFetcher::allowing_loopback().expect("a client")),
            elsewhere: Arc::new(community::ports::NotConnected),
            demo: true,
            port: listen.port(),
            schema: None,
            cache: ui::CacheLimits::default(),
        };
        let opened = Opened::open(&config, opening).await.expect("the demo opens");
        let (stop, stopped) = watch::channel(false);
        let background = opened.start_background(&stopped);
        let serving = tokio::spawn(axum::serve(listener, MakeFront::new(opened.app.clone())).into_future());
        let driver = start_driver();
        let webdriver = driver.url.clone();
        let house =
            Arc::new(House { clock, origin, webdriver, folder, browsers: Mutex::default(), hands: Default::default() });
        let visit = house.browser().await;
        let outcome = AssertUnwindSafe(body(&visit)).catch_unwind().await;
        let mut last = String::new();
        let browsers = std::mem::take(&mut *house.browsers.lock().unwrap_or_else(PoisonError::into_inner));
        for driver in browsers {
            let seen = Visit { driver, origin: house.origin.clone(), house: house.clone() };
            let (url, console) = (seen.driver.current_url().await, seen.driver.get_log("browser").await);
            let shown = seen.eval::<String>("document.querySelector('main')?.innerText ?? ''").await;
            last.push_str(&format!("at {url:?}: {console:?} {shown:?}\n"));
            drop(seen.driver.clone().quit().await);
        }
        drop(driver);
        stop.send_replace(true);
        serving.abort();
        for task in background {
            drop(task.await);
        }
        drop((visit, house));
        opened.close().await;
        match outcome {
            Ok(done) => done.unwrap_or_else(|error| panic!("{error} {last}")),
            Err(panic) => {
                eprintln!("{last}");
                std::panic::resume_unwind(panic)
            }
        }
    });
}

/// The newest code in the demo's mail page, read in a tab of its own.
async fn mailed_code(visit: &Visit) -> WebDriverResult<String> {
    let here = visit.driver.window().await?;
    let tab = visit.driver.new_tab().await?;
    visit.driver.switch_to_window(tab).await?;
    let subject = "document.querySelector('article h2')?.textContent";
    eventually("a mail with a code", async || {
        visit.go("/dev/mail").await.is_ok() && visit.holds(&format!("/\\d{{6}}/.test({subject})")).await
    })
    .await;
    let code: String = visit.eval(&format!("/\\d{{6}}/.exec({subject})[0]")).await?;
    visit.driver.close_window().await?;
    visit.driver.switch_to_window(here).await?;
    Ok(code)
}

/// Every control is at least 24 by 24 CSS pixels, or has that much room to itself; links inside a sentence are exempt
/// (WCAG 2.5.8).
async fn assert_targets(visit: &Visit) -> Done {
    let small = small_targets(visit).await?;
    assert!(small.is_empty(), "targets under 24 px at {}: {small:#?}", visit.driver.current_url().await?);
    Ok(())
}

async fn small_targets(visit: &Visit) -> WebDriverResult<Vec<String>> {
    let script = "(() => {
        const all = [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary')].map((e) => {
            const labels = [...(e.labels ?? [])].map((l) => l.getBoundingClientRect());
            return { e, box: [e.getBoundingClientRect(), ...labels].sort((a, b) => b.height - a.height)[0] };
        }).filter(({ e, box }) => e.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.height > 1);
        const small = ({ box }) => box.width < 24 || box.height < 24;
        const sentence = ({ e }) => e.tagName === 'A' && getComputedStyle(e).display === 'inline';
        const middle = ({ box }) => [box.left + box.width / 2, box.top + box.height / 2];
        const near = (one, other) => {
            const [x, y] = middle(one), [u, v] = middle(other), b = other.box;
            const dx = Math.max(b.left - x, 0, x - b.right), dy = Math.max(b.top - y, 0, y - b.bottom);
            return Math.hypot(dx, dy) < 12 || (small(other) && Math.hypot(x - u, y - v) < 24);
        };
        return all.filter((one) => small(one) && !sentence(one) && all.some((o) => o !== one && near(one, o)))
            .map(({ e }) => e.outerHTML.slice(0, 160));
    })()";
    visit.eval(script).await
}
