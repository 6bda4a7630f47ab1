//! Journeys through the demo in a real Chromium: listening, the keyboard, signing in, a passkey, and the same page
//! without scripts. Needs chromium and chromedriver; nothing here reaches another host.

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
use traboule::http::{MakeFront, SESSION_COOKIE};

const TODAY: &str = "/fr/shows/de-plain-pied/qui-est-paye-qui-protege-qui-repond";

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

async fn open_browser(driver: &Driver, profile: &Folder) -> WebDriver {
    let mut caps = DesiredCapabilities::chrome();
    let binary = program("TRABOULE_TEST_CHROMIUM", "/usr/bin/chromium");
    caps.set_binary(&binary.to_string_lossy()).expect("a path");
    let own = format!("--user-data-dir={}", profile.path().join("profile").display());
    for argument in [
        "--headless",
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
    WebDriver::new(&driver.url, caps).await.expect("a browser")
}

/// A browser before a running demo.
struct Visit {
    driver: WebDriver,
    origin: String,
}

type Done = WebDriverResult<()>;

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
        self.driver.query(By::Css(css)).first().await?.click().await
    }

    async fn fill(&self, css: &str, text: &str) -> Done {
        self.driver.query(By::Css(css)).first().await?.send_keys(text).await
    }

    async fn key(&self, key: Key) -> Done {
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
        former_hosts: Vec::new(),
        source_url: SOURCE_URL.to_owned(),
        mail: MailConfig::Folder,
        s3: None,
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

/// Serves a copy of the demo on a free port and takes a fresh browser there.
fn journey(body: impl AsyncFn(&Visit) -> Done) {
    let finished = finished_demo();
    runtime().block_on(async {
        let folder = Folder::new();
        let copied = Command::new("cp").arg("-a").arg(finished.path().join("data")).arg(folder.path()).status();
        assert!(copied.is_ok_and(|s| s.success()), "the demo is copied");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let listen = listener.local_addr().expect("an address");
        let origin = format!("http://localhost:{}", listen.port());
        let config = config(folder.path().join("data"), listen);
        let opening = Opening {
            clock: Clock::system(),
            rng: kernel::Rng::System,
            fetcher: Arc::new(WebFetcher::new().expect("a client")),
            prober: Arc::new(traboule::probe::WebProber::new().expect("a client")),
            poster: Arc::new(WebFetcher::allowing_loopback().expect("a client")),
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
        let visit = Visit { driver: open_browser(&driver, &folder).await, origin };
        let outcome = AssertUnwindSafe(body(&visit)).catch_unwind().await;
        let (url, console) = (visit.driver.current_url().await, visit.driver.get_log("browser").await);
        let shown = visit.eval::<String>("document.querySelector('main')?.innerText ?? ''").await;
        let last = format!("at {url:?}: {console:?} {shown:?}");
        drop(visit.driver.clone().quit().await);
        drop(driver);
        stop.send_replace(true);
        serving.abort();
        for task in background {
            drop(task.await);
        }
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

#[test]
fn a_visitor_listens_jumps_and_changes_language() {
    journey(async |visit| {
        visit.go("/fr/").await?;
        visit.click(&format!("main a[href='{TODAY}']")).await?;
        visit.until_at(TODAY).await;
        visit.until("document.querySelector('[data-audio]').hidden").await;
        let weight: u32 = visit.eval("performance.getEntriesByType('navigation')[0].decodedBodySize").await?;
        assert!(weight < 30_000, "the page weighs {weight} bytes");
        visit.click("[data-act=play]").await?;
        let audio = "document.querySelector('[data-audio]')";
        visit.until(&format!("!{audio}.paused && {audio}.currentTime > 0.2")).await;
        visit.click("[data-chapter-start='41'] a[data-t]").await?;
        visit.until(&format!("{audio}.currentTime >= 41 && {audio}.currentTime < 50")).await;
        visit
            .until("document.querySelector('[data-chapter-start=\"41\"]').getAttribute('aria-current') === 'true'")
            .await;
        assert!(visit.eval::<String>("location.hash").await?.starts_with("#t=41"));
        visit.click("header a[hreflang=en]").await?;
        visit.until("document.documentElement.lang === 'en'").await;
        let english: String = visit.eval("document.querySelector('.player [data-act=play]').ariaLabel").await?;
        assert_eq!(english, "Listen");
        visit.until("document.querySelector('h1').textContent === 'Who is paid, who protects, who answers?'").await;
        assert!(visit.cookies().await?.is_empty(), "a visitor gets no cookie");
        let stored: u32 = visit.eval("localStorage.length + sessionStorage.length").await?;
        assert_eq!(stored, 0, "nothing is stored in the browser");
        visit.assert_clean().await
    });
}

#[test]
fn c18_pages_fit_small_and_large_windows() {
    journey(async |visit| {
        for width in [360, 1280] {
            visit.width(width).await?;
            for path in ["/fr/", "/en/", "/fr/shows/de-plain-pied", TODAY, "/fr/sign-in", "/fr/sign-in/reset", "/fr/no"]
            {
                visit.go(path).await?;
                visit.assert_no_sideways_scroll().await?;
                assert_targets(visit).await?;
            }
        }
        // The page that is not there is the only thing the console may speak of.
        let console = visit.driver.get_log("browser").await?;
        assert!(console.iter().all(|entry| entry.message.contains("/fr/no")), "{console:?}");
        visit.assert_clean().await
    });
}

/// Every control is at least 24 by 24 CSS pixels, or has that much room to itself; links inside a sentence are exempt
/// (WCAG 2.5.8).
async fn assert_targets(visit: &Visit) -> Done {
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
    let small: Vec<String> = visit.eval(script).await?;
    assert!(small.is_empty(), "targets under 24 px at {}: {small:#?}", visit.driver.current_url().await?);
    Ok(())
}

/// What has the focus: a name, whether the focus is drawn, whether it is in sight.
async fn focus(visit: &Visit) -> WebDriverResult<(String, bool, bool)> {
    let script = "(() => {
        const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
        const name = e.className === 'skip' ? 'skip' : e.dataset.act ?? ('seek' in e.dataset ? 'seek' : e.tagName);
        const drawn = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
        const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
        const at = document.elementFromPoint(
          Math.max(0, Math.min(innerWidth - 1, box.left + box.width / 2)),
          Math.max(0, Math.min(innerHeight - 1, box.top + Math.min(box.height / 2, 20))));
        return [name, drawn, inside && Boolean(at) && (e.contains(at) || at.contains(e))];
    })()";
    visit.eval(script).await
}

#[test]
fn c18_the_keyboard_reaches_and_moves_the_player() {
    journey(async |visit| {
        visit.go(TODAY).await?;
        visit.until("document.querySelector('[data-audio]').hidden").await;
        let mut order: Vec<String> = Vec::new();
        for step in 0..40 {
            visit.key(Key::Tab).await?;
            let (name, drawn, seen) = focus(visit).await?;
            assert!(drawn, "step {step}: the focus on {name} is not drawn");
            assert!(seen, "step {step}: the focus on {name} is out of sight");
            order.push(name.clone());
            if name == "seek" {
                visit.key(Key::Right).await?;
                visit.key(Key::Right).await?;
                visit.until("document.querySelector('[data-seek]').value === '10'").await;
                visit.key(Key::Left).await?;
                visit.until("document.querySelector('[data-seek]').value === '5'").await;
                let said: String =
                    visit.eval("document.querySelector('[data-seek]').getAttribute('aria-valuetext')").await?;
                assert!(said.contains('5'), "{said}");
            }
            if name == "play" {
                break;
            }
        }
        assert_eq!(order.first().map(String::as_str), Some("skip"), "{order:?}");
        assert!(order.contains(&"seek".to_owned()) && order.contains(&"play".to_owned()), "{order:?}");
        visit.key(Key::Space).await?;
        let audio = "document.querySelector('[data-audio]')";
        visit.until(&format!("!{audio}.paused && {audio}.currentTime >= 5")).await;
        visit.key(Key::Enter).await?;
        visit.until(&format!("{audio}.paused")).await;
        visit.go("/fr/").await?;
        visit.key(Key::Tab).await?;
        visit.key(Key::Enter).await?;
        visit.until("document.activeElement.id === 'content'").await;
        visit.assert_clean().await
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

#[test]
fn somebody_signs_in_by_mailed_code_and_out() {
    journey(async |visit| {
        visit.go("/fr/studio").await?;
        visit.fill("#c-email", demo::EDITOR).await?;
        visit.click("form[action='/fr/sign-in/code'] button.main").await?;
        visit.driver.query(By::Css("input[name=code]")).first().await?;
        let code = mailed_code(visit).await?;
        // As people type it from a mail, with a space.
        visit.fill("input[name=code]", &format!("{} {}", &code[..3], &code[3..])).await?;
        visit.click("form button.main").await?;
        visit.until_at("/fr/studio").await;
        let cookies = visit.cookies().await?;
        assert_eq!(cookies.len(), 1, "{cookies:?}");
        assert_eq!((&cookies[0]["name"], &cookies[0]["httpOnly"]), (&json!(SESSION_COOKIE), &json!(true)));
        visit.go("/fr/account").await?;
        visit.click("form[action='/fr/account/sign-out'] button").await?;
        visit.until_at("/fr/").await;
        assert!(visit.cookies().await?.is_empty(), "the cookie is gone");
        visit.go("/fr/studio").await?;
        visit.until("location.pathname === '/fr/sign-in'").await;
        visit.assert_clean().await
    });
}

#[test]
fn a_passkey_is_added_and_opens_the_door() {
    journey(async |visit| {
        let cdp = visit.driver.cdp();
        cdp.send_raw("WebAuthn.enable", json!({})).await?;
        let options = json!({"protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true});
        cdp.send_raw("WebAuthn.addVirtualAuthenticator", json!({"options": options})).await?;
        visit.go("/fr/sign-in").await?;
        visit.fill("#p-email", demo::OWNER).await?;
        visit.fill("#p-password", demo::PASSWORD).await?;
        visit.click("form[action='/fr/sign-in/password'] button").await?;
        visit.until_at("/fr/account").await;
        visit.fill("input[name=label]", "Téléphone").await?;
        visit.click("[data-passkey=create]").await?;
        visit
            .until(
                "document.querySelector('form[action$=\"/remove\"]')?.closest('li').textContent.includes('Téléphone')",
            )
            .await;
        visit.click("form[action='/fr/account/sign-out'] button").await?;
        visit.until_at("/fr/").await;
        visit.go("/fr/sign-in").await?;
        visit.click("[data-passkey=get]").await?;
        visit.until_at("/fr/account").await;
        visit.until(&format!("document.querySelector('main').textContent.includes('{}')", demo::OWNER)).await;
        visit.assert_clean().await
    });
}

#[test]
fn a_page_works_without_scripts() {
    journey(async |visit| {
        visit.driver.cdp().send_raw("Emulation.setScriptExecutionDisabled", json!({"value": true})).await?;
        visit.go(TODAY).await?;
        let player = visit.driver.find(By::Css("[data-audio]")).await?;
        assert!(player.is_displayed().await? && player.attr("controls").await?.is_some(), "the plain player is there");
        assert!(!visit.driver.find(By::Css("[data-act=play]")).await?.is_displayed().await?, "no dead buttons");
        let text = visit.driver.find(By::Css("main")).await?.text().await?;
        let chapters = visit.driver.find_all(By::Css("[data-chapter-start]")).await?;
        assert_eq!(chapters.len(), 5);
        for chapter in &chapters {
            let title = chapter.find(By::Css("strong")).await?.text().await?;
            assert!(!title.is_empty() && text.contains(&title), "{title:?}");
        }
        assert!(visit.driver.find(By::Css(".script li p")).await?.is_displayed().await?, "the transcript is readable");
        let link = visit.driver.find(By::Css("[data-chapter-start='41'] a")).await?.attr("href").await?;
        assert!(
            link.is_some_and(|l| l.contains("/media/episodes/") && l.ends_with("#t=41")),
            "times open the sound itself"
        );
        visit.click("header a[hreflang=en]").await?;
        let english = TODAY.replace("/fr/", "/en/");
        eventually("the English page", async || visit.driver.current_url().await.is_ok_and(|u| u.path() == english))
            .await;
        let html = visit.driver.find(By::Css("html")).await?;
        assert_eq!(html.attr("lang").await?.as_deref(), Some("en"));
        visit.assert_clean().await
    });
}
