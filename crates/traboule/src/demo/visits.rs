//! Who came and listened in the demo: invented visits of every evening, noted and counted by the same functions as real
//! ones, under the demo's clock. No figure is written by hand.

use audience::model::{Count, Seen};
use db::{Failure, read_tx};
use kernel::{Actor, At, Item};
use publish::model::AudioPlace;
use publish::service as uc;

use crate::app::App;
use crate::counting;
use crate::pages::public::item;

/// Programmes: most are apps, some browsers, one a robot that is counted out.
const AGENTS: &[&str] = &[
    "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)",
    "AntennaPod/3.4.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "PocketCasts/1.0 (Pocket Casts Feed Parser; +http://pocketcasts.com/)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "AntennaPod/3.4.0",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
];
/// Where views come from.
const REFERERS: &[&str] = &[
    "",
    "https://www.google.fr/",
    "",
    "https://mastodon.social/",
    "https://duckduckgo.com/",
    "https://www.facebook.com/",
];
/// Visits of an episode on its first evening; each evening after has two thirds of them.
const FIRST: u64 = 42;
/// Seconds over which a day's visits are spread.
const SPREAD: u64 = 11 * 3_600;

/// An episode that may be visited.
struct Place {
    item: Item,
    sound: (u64, u64, u64),
    evenings: u32,
}

/// The episodes so far.
#[derive(Default)]
pub(super) struct Visits {
    places: Vec<Place>,
    evening: u64,
}

impl Visits {
    /// An episode that may be visited from its morning on.
    pub(super) async fn episode(&mut self, app: &App, id: i64) -> Result<(), Failure> {
        let (show, full) = read_tx!(app.db, |tx| uc::desk_episode(tx, &Actor::System("demo"), id).await)?;
        let Some(audio) = full.episode.audio.as_ref().filter(|a| matches!(a.place, AudioPlace::Local(_))) else {
            return Ok(());
        };
        let number = |n: i64| u64::try_from(n).map_err(Failure::broken);
        let sound = (number(audio.size)?, number(audio.header_bytes)?, number(audio.duration_ms.unwrap_or(0))?);
        self.places.push(Place { item: item(&show, &full.episode), sound, evenings: 0 });
        Ok(())
    }

    /// The visits of the hours before `now`.
    pub(super) async fn evening(&mut self, app: &App, now: At) {
        self.evening += 1;
        for place in &mut self.places {
            let visits = FIRST * 2_u64.pow(place.evenings.min(6)) / 3_u64.pow(place.evenings.min(6));
            place.evenings += 1;
            for n in 0..visits {
                note(app, place, now, self.evening, n);
            }
        }
        counting::flush(app).await;
    }
}

fn pick<'a>(list: &[&'a str], n: u64) -> &'a str {
    usize::try_from(n).ok().and_then(|n| list.get(n % list.len())).copied().unwrap_or_default()
}

/// One visitor: two of three listen, two of three look at the page.
fn note(app: &App, place: &Place, now: At, evening: u64, n: u64) {
    // More come in the morning than later: the square of a fraction of the day.
    let turn = (n * 37 + evening * 11) % 100;
    let back = SPREAD - SPREAD * turn * turn / 10_000;
    let at = now.plus_seconds(-i64::try_from(back).unwrap_or(0));
    // Addresses kept for documentation, a network each.
    let [high, low] = u16::try_from(n + evening * 64).unwrap_or(u16::MAX).to_be_bytes();
    let ip = std::net::Ipv6Addr::new(0x2001, 0xdb8, u16::from_be_bytes([high, low]), 0, 0, 0, 0, 1).into();
    for (count, comes) in [(Count::Listen, !n.is_multiple_of(3)), (Count::View, n % 3 != 1)] {
        if !comes {
            continue;
        }
        app.audience.note(Seen {
            item: place.item,
            count,
            at,
            ip,
            agent: pick(AGENTS, n + evening).to_owned(),
            referer: pick(REFERERS, n * 5 + evening).to_owned(),
            method: "GET".to_owned(),
            status: 200,
            prefetch: false,
            team: false,
            taken: if count == Count::Listen { (0, place.sound.0) } else { (0, 0) },
            sound: if count == Count::Listen { place.sound } else { (0, 0, 0) },
        });
    }
}
