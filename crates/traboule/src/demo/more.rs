//! The demo's two smaller shows of other houses, and its pages of text: short, with sounds and covers of the daily show.

use std::collections::BTreeMap;

use db::{Failure, write_tx};
use jiff::civil::Date;
use kernel::{Ctx, OrgId};
use publish::model::{EpisodeText, PageKind, PageText, ShowText};
use publish::rules::check::{EpisodeDraft, ShowDraft};
use publish::rules::host::Reserved;
use publish::rules::pages::PageDraft;
use publish::rules::show::SiteDraft;
use publish::service::{self as uc, When};
use serde::Deserialize;

use super::{AUDIO, COVERS};
use crate::app::App;
use crate::pages::uploads;

const MORE: &str = include_str!("../../demo/more.json");

/// The material.
#[derive(Deserialize)]
pub(super) struct More {
    shows: Vec<Small>,
    pages: Vec<TextPage>,
}

#[derive(Deserialize)]
struct Small {
    slug: String,
    language: String,
    time_zone: String,
    colour: String,
    cover: String,
    author: String,
    copyright: String,
    category: (String, String),
    time: String,
    fr: SmallText,
    en: SmallText,
    episodes: Vec<SmallEpisode>,
}

#[derive(Deserialize)]
struct SmallText {
    title: String,
    tagline: String,
    description: String,
    footer: String,
}

#[derive(Deserialize)]
struct SmallEpisode {
    number: Option<i64>,
    days_ago: i64,
    state: String,
    audio: i64,
    title: String,
    summary: String,
}

#[derive(Deserialize)]
struct TextPage {
    kind: PageKind,
    slug: String,
    fr: Body,
    en: Body,
}

#[derive(Deserialize)]
struct Body {
    title: String,
    body: String,
}

/// Reads the material.
pub(super) fn read() -> Result<More, Failure> {
    serde_json::from_str(MORE).map_err(Failure::broken)
}

impl More {
    /// The names of the shows in addresses, in their order.
    pub(super) fn slugs(&self) -> Vec<String> {
        self.shows.iter().map(|s| s.slug.clone()).collect()
    }

    /// Makes the shows without episodes, and the pages; gives the shows' ids in their order.
    pub(super) async fn found(&self, app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<i64>, Failure> {
        let mut ids = Vec::new();
        for show in &self.shows {
            let (draft, base) = (show.draft(), app.links.feed_base());
            let site = SiteDraft { host: String::new(), colour: show.colour.clone() };
            let made = write_tx!(app.db, |tx| {
                let made = uc::create_show(tx, ctx, org, draft.clone(), &base).await?;
                uc::set_site(tx, ctx, made.id, site.clone(), &Reserved::default()).await
            })?;
            if let Some((_, bytes)) = COVERS.iter().find(|(name, _)| *name == show.cover) {
                let picture = uploads::store_picture(app, bytes::Bytes::from_static(bytes)).await?;
                write_tx!(app.db, |tx| uc::set_show_cover(tx, ctx, made.id, &picture).await)?;
            }
            ids.push(made.id);
        }
        for page in &self.pages {
            let draft = page.draft();
            write_tx!(app.db, |tx| uc::pages::create(tx, ctx, org, None, draft.clone()).await)?;
        }
        Ok(ids)
    }

    /// Makes the episodes whose morning is `days_ago` working days back; with `None` those that are not out yet.
    pub(super) async fn episodes(
        &self,
        app: &App,
        ctx: &Ctx,
        ids: &[i64],
        days_ago: Option<i64>,
        date_of: impl Fn(i64) -> Result<Date, Failure>,
    ) -> Result<(), Failure> {
        for (show, id) in self.shows.iter().zip(ids) {
            let out = |e: &&SmallEpisode| match days_ago {
                Some(days) => e.state == "published" && e.days_ago == days,
                None => e.state != "published",
            };
            for episode in show.episodes.iter().filter(out) {
                episode.make(app, ctx, show, *id, date_of(episode.days_ago)?).await?;
            }
        }
        Ok(())
    }
}

impl Small {
    fn draft(&self) -> ShowDraft {
        let text = |t: &SmallText| ShowText {
            title: t.title.clone(),
            tagline: t.tagline.clone(),
            description_html: t.description.clone(),
            footer: t.footer.clone(),
        };
        ShowDraft {
            slug: self.slug.clone(),
            language: self.language.clone(),
            time_zone: self.time_zone.clone(),
            author: self.author.clone(),
            copyright: self.copyright.clone(),
            categories: vec![(self.category.0.clone(), Some(self.category.1.clone()))],
            texts: BTreeMap::from([("fr".to_owned(), text(&self.fr)), ("en".to_owned(), text(&self.en))]),
            ..ShowDraft::default()
        }
    }
}

impl SmallEpisode {
    async fn make(&self, app: &App, ctx: &Ctx, show: &Small, id: i64, date: Date) -> Result<(), Failure> {
        let text = EpisodeText {
            title: self.title.clone(),
            summary: self.summary.clone(),
            notes_md: Some(self.summary.clone()),
            ..EpisodeText::default()
        };
        let draft = EpisodeDraft {
            number: self.number,
            texts: BTreeMap::from([(show.language.clone(), text)]),
            ..EpisodeDraft::default()
        };
        let day = (self.state == "draft").then(|| date.to_string());
        let made = write_tx!(app.db, |tx| uc::plan_episode(tx, ctx, id, draft.clone(), false, day.as_deref()).await)?;
        let name = format!("ep-{}", self.audio);
        let Some((_, sound)) = AUDIO.iter().find(|(n, _)| *n == name) else { return Ok(()) };
        let scratch = uploads::Scratch::new(app).map_err(Failure::broken)?;
        tokio::fs::write(&scratch.0, sound).await.map_err(Failure::broken)?;
        uploads::store_audio(app, ctx, made.id, scratch.0.clone(), format!("{name}.mp3")).await?;
        let when = When::WallClock(date.to_string(), show.time.clone());
        write_tx!(app.db, |tx| uc::schedule(tx, ctx, made.id, when.clone()).await)?;
        Ok(())
    }
}

impl TextPage {
    fn draft(&self) -> PageDraft {
        let text =
            |b: &Body| PageText { title: b.title.clone(), body_md: Some(b.body.clone()), body_html: String::new() };
        PageDraft {
            slug: self.slug.clone(),
            kind: self.kind,
            public: true,
            texts: BTreeMap::from([("fr".to_owned(), text(&self.fr)), ("en".to_owned(), text(&self.en))]),
        }
    }
}
