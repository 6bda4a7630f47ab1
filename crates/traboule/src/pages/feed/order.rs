//! What decides the order of every list, for everybody (DSA, article 27): the lists, the orders with their inputs, what is
//! in force now, how to change it, and the very definitions whose digest stands on the page.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use community::rules::order::{self, NEWEST, ORDERS, Order};
use db::read_tx;
use jiff::tz::TimeZone;
use kernel::{At, Lang};
use publish::web::{Head, Links};
use serde::Serialize;

use super::{LOG_SIZE, address, explore_address, feed_address};
use crate::app::App;
use crate::http::{Built, Client, Web, failure_page, uncached};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site;

/// Where the definitions lie.
pub(crate) const FILE: &str = "/order/definitions.txt";

#[derive(Serialize)]
struct LogLine {
    size: u64,
    measures: usize,
    unread: usize,
    header: &'static str,
    url: String,
}

#[derive(Serialize)]
struct ListRow {
    name: String,
    what: String,
    order: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct OrderCard {
    name: &'static str,
    cite: String,
    label: String,
    text: String,
    why: String,
    inputs: String,
    since: String,
    leaf: Option<Leaf>,
}

/// Where a definition stands in the public log.
#[derive(Serialize)]
struct Leaf {
    url: String,
    text: String,
}

#[derive(Serialize)]
struct Change {
    date: String,
    text: String,
}

#[derive(Serialize)]
struct OrderVars {
    log: LogLine,
    lists: Vec<ListRow>,
    orders: Vec<OrderCard>,
    changes: Vec<Change>,
    feed_url: String,
    file_url: &'static str,
    digest: &'static str,
}

/// `/{lang}/order`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let measures = app.log.measures();
    let leaves = match read_tx!(app.db, |tx| crate::orders::defined(tx).await) {
        Ok(leaves) => leaves,
        Err(failure) => return failure_page(&app, &client, lang, &failure).await,
    };
    let vars = OrderVars {
        log: LogLine {
            size: measures.log_size(),
            measures: measures.count(),
            unread: measures.unread().len(),
            header: LOG_SIZE,
            url: format!("/{}/log", lang.code()),
        },
        lists: lists(&app, lang),
        orders: ORDERS.iter().map(|order| card(&app, lang, order, &leaves)).collect(),
        changes: changes(&app, lang),
        feed_url: feed_address(lang),
        file_url: FILE,
        digest: order::SHA256,
    };
    let head = Head {
        title: app.say(lang, "order-title"),
        description: Some(app.say(lang, "order-lede")),
        canonical: Some(app.links.absolute(&address(lang))),
        robots: "index, follow".to_owned(),
        ..Head::default()
    };
    match site::render_for(&app, &client, lang, "order", "pages/order.html", head, vars).await {
        Ok(text) => {
            let built = Built { log_size: Some(measures.log_size()), ..Built::page(text, None) };
            uncached(&app, &client, lang, built)
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

fn lists(app: &App, lang: Lang) -> Vec<ListRow> {
    let row = |key: &str, order: String, url: Option<String>| ListRow {
        name: app.say(lang, &format!("order-{key}")),
        what: app.say(lang, &format!("order-{key}-what")),
        order,
        url,
    };
    let all = ORDERS.iter().map(Order::cite).collect::<Vec<_>>().join(", ");
    vec![
        row("home", all, Some(feed_address(lang))),
        row("explore", NEWEST.cite(), Some(explore_address(lang))),
        row("tags", NEWEST.cite(), None),
        row("profiles", NEWEST.cite(), None),
        row("clips", NEWEST.cite(), Some(format!("/{}/clips", lang.code()))),
        row("episodes", NEWEST.cite(), Some(Links::home(lang))),
        row("search", app.say(lang, "order-search-order"), Some(Links::search(lang, &[]))),
        row("people", app.say(lang, "order-people-order"), None),
    ]
}

fn day(lang: Lang, date: &str) -> String {
    let at = At::parse_rfc3339(&format!("{date}T00:00:00Z"));
    at.map_or_else(|| date.to_owned(), |at| ui::date_long(at, &TimeZone::UTC, lang))
}

fn card(app: &App, lang: Lang, order: &Order, leaves: &[(u64, String, String)]) -> OrderCard {
    let name = order.name;
    let inputs: Vec<String> = order.inputs.iter().map(|i| app.say(lang, &format!("order-input-{i}"))).collect();
    let leaf = leaves.iter().find(|(_, cited, sha256)| *cited == order.cite() && *sha256 == order.digest());
    let leaf = leaf.map(|(index, _, _)| {
        let number = i64::try_from(*index).unwrap_or(i64::MAX);
        let text = app.render.texts().text(lang, "order-leaf", &[("index", number.into())]);
        Leaf { url: format!("/{}/log/{index}", lang.code()), text }
    });
    OrderCard {
        leaf,
        name,
        cite: order.cite(),
        label: app.say(lang, &format!("order-{name}")),
        text: app.say(lang, &format!("order-{name}-text")),
        why: app.say(lang, &format!("order-{name}-why")),
        inputs: format!("{}.", inputs.join(", ")),
        since: app.render.texts().text(lang, "order-since", &[("date", day(lang, order.since).into())]),
    }
}

fn changes(app: &App, lang: Lang) -> Vec<Change> {
    let count = order::EDITIONS.len();
    let one = |(n, (date, _)): (usize, &(&str, &str))| Change {
        date: day(lang, date),
        text: app.say(lang, &format!("order-change-{}", count - n)),
    };
    order::EDITIONS.iter().enumerate().map(one).collect()
}

/// `/order/definitions.txt`: the bytes the digest is of.
pub async fn definitions() -> Response {
    let mut response = Response::new(Body::from(order::text()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
