//! The home feed of a member: what they follow, in the order they chose, each with the answer to "why is this here".

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{FeedPage, Member, Spot, VoiceKind};
use community::rules::order::{ORDERS, Order};
use community::service::feed::{self as uc, FeedAsk, Means};
use community::service::{follows, members};
use db::{Failure, Tx, read_tx, write_tx};
use kernel::{At, Lang, Refusal};
use serde::{Deserialize, Serialize};

use super::view::{Because, ItemView, Made, Obeyed, Proposed, items, obeyed, proposed, spot_text};
use super::{Published, explore_address, feed_address};
use crate::app::App;
use crate::http::{Client, Web, cite, error_page, failure_page, html, read_form, redirect};
use crate::pages::posts::Looking;
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::site::{self, private_head};

/// How many shows, and how many people, are proposed.
const PROPOSED: usize = 6;

/// What is asked.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    after: Option<String>,
    seen: Option<String>,
    order: Option<String>,
    said: Option<String>,
}

/// A spot as it stands in addresses; one that does not read is none.
pub(crate) fn spot(text: Option<&str>) -> Option<Spot> {
    let (at, id) = text?.split_once('.')?;
    Some((At::from_micros(at.parse().ok()?), id.parse().ok()?))
}

#[derive(Serialize)]
struct OrderPick {
    name: &'static str,
    label: String,
    current: bool,
}

#[derive(Serialize)]
struct FeedVars {
    member: bool,
    join_url: String,
    compose_url: Option<String>,
    said: Option<String>,
    order_action: String,
    orders: Vec<OrderPick>,
    fresh: Option<usize>,
    fresh_more: bool,
    look_url: Option<String>,
    list: Vec<ItemView>,
    follows: bool,
    pager: Pager,
    explore_url: String,
    shows: Vec<Proposed>,
    people: Vec<Proposed>,
    log: Obeyed,
}

/// What was read for a page, in one transaction.
#[derive(Default)]
struct Read {
    page: FeedPage,
    list: Vec<ItemView>,
    follows: i64,
    shows: Vec<Proposed>,
    people: Vec<Proposed>,
}

/// `/{lang}/feed?after=&seen=&order=`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let Query(asked) = asked.unwrap_or_default();
    let Some(me) = &client.me else {
        return redirect(&format!("/{}/sign-in?next={}", lang.code(), feed_address(lang)));
    };
    let person = me.person.id;
    let member = match read_tx!(app.db, |tx| members::member_of(tx, person).await) {
        Ok(member) => member,
        Err(failure) => return failure_page(&app, &client, lang, &failure).await,
    };
    match build(&app, &client, lang, &asked, member).await {
        Ok((text, size)) => {
            let mut response = html(&app, &client, lang, StatusCode::OK, text);
            cite(response.headers_mut(), Some(size));
            response
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn build(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    asked: &Asked,
    member: Option<Member>,
) -> Result<(String, u64), Failure> {
    let kept = member.as_ref().map_or(ORDERS[0], |m| Order::kept(&m.feed_order));
    // The order in the address holds for this page only; the one that was chosen holds for every other.
    let named = asked.order.as_deref().and_then(Order::parse);
    let order = named.unwrap_or(kept);
    let (after, seen) = (spot(asked.after.as_deref()), spot(asked.seen.as_deref()));
    let ask = FeedAsk { now: app.now(), after, order };
    let measures = app.log.measures();
    let actor = client.actor();
    let looking = Looking { actor: &actor, lang, now: ask.now };
    let links = client.links(app);
    let read = match &member {
        Some(member) => {
            let made = Made { because: Because::Followed { member: member.id }, order, measures: &measures, seen };
            read_tx!(app.db, |tx| {
                let means = Means { episodes: &Published, measures: &measures };
                let page = uc::home(tx, means, member.id, &ask).await?;
                let list = items(tx, app, looking, &links, &page, made).await?;
                let follows = follows::count_following(tx, member.id).await?;
                let (shows, people) = proposals(tx, app, lang, Some(member.id)).await?;
                Ok(Read { page, list, follows, shows, people })
            })?
        }
        None => Read::default(),
    };
    let path = feed_address(lang);
    let newest = read.page.entries.iter().map(community::model::Entry::spot).max().filter(|_| after.is_none());
    let with_order = |url: String| match named {
        Some(order) => format!("{url}{}order={}", if url.contains('?') { '&' } else { '?' }, order.name),
        None => url,
    };
    let fresh = seen.filter(|_| after.is_none()).map(|s| read.page.entries.iter().filter(|e| e.spot() > s).count());
    // When all of a page is new, what follows may be too.
    let fresh_more = fresh.is_some_and(|n| n > 0 && n == read.page.entries.len()) && read.page.next.is_some();
    let order_label = app.say(lang, &format!("feed-order-{}", kept.name));
    let kept_said = || app.render.texts().text(lang, "feed-order-kept", &[("order", order_label.into())]);
    let vars = FeedVars {
        member: member.is_some(),
        join_url: format!("/{}/join", lang.code()),
        compose_url: member.is_some().then(|| format!("/{}/posts/new", lang.code())),
        said: (asked.said.as_deref() == Some("order")).then(kept_said),
        order_action: format!("{path}/order"),
        orders: ORDERS.iter().map(|o| pick(app, lang, o, order)).collect(),
        fresh,
        fresh_more,
        look_url: newest.map(|spot| with_order(format!("{path}?seen={}", spot_text(spot)))),
        list: read.list,
        follows: read.follows > 0,
        pager: Pager {
            newer_url: after.is_some().then(|| with_order(path.clone())),
            older_url: read.page.next.map(|next| with_order(format!("{path}?after={}", spot_text(next)))),
            text: String::new(),
        },
        explore_url: explore_address(lang),
        shows: read.shows,
        people: read.people,
        log: obeyed(lang, &measures),
    };
    let head = private_head(app.say(lang, "feed-title"));
    let text = site::render_for(app, client, lang, "feed", "pages/feed.html", head, vars).await?;
    Ok((text, measures.log_size()))
}

fn pick(app: &App, lang: Lang, order: &Order, current: Order) -> OrderPick {
    let label = app.say(lang, &format!("feed-order-{}", order.name));
    OrderPick { name: order.name, label, current: *order == current }
}

/// Shows and people whom a viewer does not follow yet, the most followed first.
pub(super) async fn proposals(
    tx: &mut Tx,
    app: &App,
    lang: Lang,
    viewer: Option<i64>,
) -> Result<(Vec<Proposed>, Vec<Proposed>), Failure> {
    let houses = [VoiceKind::Show, VoiceKind::Organisation];
    let shows = uc::to_follow(tx, viewer, &houses, PROPOSED).await?;
    let people = uc::to_follow(tx, viewer, &[VoiceKind::Member], PROPOSED).await?;
    Ok((proposed(tx, app, lang, viewer, &shows).await?, proposed(tx, app, lang, viewer, &people).await?))
}

/// POST `/{lang}/feed/order`: keeps the order for every page that names none.
pub async fn choose(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    if client.me.is_none() {
        return redirect(&format!("/{}/sign-in?next={}", lang.code(), feed_address(lang)));
    }
    let Some(order) = Order::parse(posted.get("order")) else {
        return error_page(&app, &client, lang, &Refusal::invalid("order-unknown")).await;
    };
    let ctx = client.ctx(&app);
    let kept = write_tx!(app.db, |tx| members::set_choices(tx, &ctx, Some(&order.cite()), None).await);
    match kept {
        Ok(_) => redirect(&format!("{}?said=order", feed_address(lang))),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spot_reads_as_it_was_written() {
        let key = (At::from_micros(-5), 7);
        assert_eq!(spot(Some(&spot_text(key))), Some(key));
        for text in ["", "1", "a.b", "99999999999999999999.1"] {
            assert_eq!(spot(Some(text)), None, "{text}");
        }
    }
}
