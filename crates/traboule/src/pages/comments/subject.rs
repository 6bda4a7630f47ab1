//! What comments are about, looked up behind its address: a published episode with its show. Whatever is not public is
//! not found, and so are its comments.

use std::sync::Arc;

use db::{Failure, read_tx};
use kernel::{At, Lang, Subject};
use publish::model::{Episode, Show, UNDATED};
use publish::service as uc;
use publish::web::Links;

use super::text;
use crate::app::App;

/// A published episode.
pub(crate) struct About {
    pub(crate) show: Show,
    pub(crate) episode: Episode,
    /// The next instant at which its page changes by itself.
    pub(crate) valid_until: Option<At>,
}

/// The episode of an address.
///
/// # Errors
/// Not found for what is not public.
pub(crate) async fn about(app: &Arc<App>, show: &str, slug: &str) -> Result<About, Failure> {
    let now = app.now();
    let page = read_tx!(app.db, |tx| uc::episode_page(tx, show, slug, now).await)?;
    Ok(About { show: page.show, episode: page.full.episode, valid_until: page.valid_until })
}

/// The episode with an id.
///
/// # Errors
/// Not found for what is not public.
pub(crate) async fn about_id(app: &Arc<App>, id: i64) -> Result<About, Failure> {
    let now = app.now();
    let (show, full) = read_tx!(app.db, |tx| uc::public_episode(tx, id, now).await)?;
    Ok(About { show, episode: full.episode, valid_until: None })
}

/// When an episode appeared, for threads that close by time.
pub(crate) fn since(episode: &Episode) -> At {
    episode.state.instant().filter(|at| *at != UNDATED).unwrap_or(episode.updated_at)
}

impl About {
    /// As comments know it.
    pub(crate) fn subject(&self) -> Subject {
        Subject::episode(self.episode.id)
    }

    /// When it appeared.
    pub(crate) fn since(&self) -> At {
        since(&self.episode)
    }

    /// Its title in a language.
    pub(crate) fn title(&self, lang: Lang) -> String {
        let (content_lang, content) = self.episode.text(lang.code(), &self.show.language);
        text::titled(content_lang, &content.title)
    }

    /// The path of its page.
    pub(crate) fn page(&self, lang: Lang) -> String {
        Links::episode(lang, &self.show.slug, &self.episode.slug)
    }

    /// The path of all its comments.
    pub(crate) fn comments(&self, lang: Lang) -> String {
        format!("{}/comments", self.page(lang))
    }

    /// The path of the feed of its comments.
    pub(crate) fn feed(&self) -> String {
        feed_path(self.episode.id)
    }
}

/// The path of the feed of an episode's comments.
pub(crate) fn feed_path(episode: i64) -> String {
    format!("/feeds/comments/{}.xml", kernel::show_id(publish::model::EPISODE_PREFIX, episode))
}
