//! A show's rows as its feed: addresses, dates in the show's zone, the languages of texts. The writer itself is
//! `crate::feed`.

use kernel::{At, Lang};

use crate::feed::{EpisodeType, FeedEnclosure, FeedItem, FeedPerson, FeedShow, FeedTranscript, ShowType, write_rss};
use crate::model::UNDATED;
use crate::model::{Credit, Episode, EpisodeKind, ShowKind};
use crate::service::FeedRows;
use crate::web::Links;
use crate::web::views::zone_of;

/// A feed ready to send.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// The document.
    pub xml: String,
    /// When its content last changed.
    pub changed_at: At,
}

/// Writes a show's feed.
#[must_use]
pub fn feed_page(rows: &FeedRows, links: &Links) -> FeedPage {
    let show = &rows.show;
    let links = &links.of(show);
    let zone = zone_of(show);
    // Content changes when something is written, and when the time of an episode comes.
    let changes = rows.episodes.iter().flat_map(|e| [Some(e.updated_at), e.state.instant()]).flatten();
    let changed_at = changes.chain([show.updated_at]).max().unwrap_or(show.updated_at);
    let (_, content) = show.text(&show.language);
    let page_lang = Lang::parse(&show.language).unwrap_or(Lang::En);
    let cover = show.cover.as_ref().map(|i| links.absolute(&Links::image(i, "original")));
    // Apple reads at most 4,000 bytes of a description.
    let description_html = match content.description_html.as_str() {
        "" => content.tagline.clone(),
        html => crate::text::feed_html(html, 4000),
    };
    let feed_show = FeedShow {
        title: content.title.clone(),
        description_html,
        link: links.absolute(&Links::show(page_lang, &show.slug)),
        self_url: links.feed(&show.slug),
        language: show.language.clone(),
        author: show.author.clone(),
        copyright: show.copyright.clone(),
        image_url: cover.or_else(|| show.remote_cover_url.clone()),
        categories: show.categories.clone(),
        explicit: show.explicit,
        show_type: if show.kind == ShowKind::Serial { ShowType::Serial } else { ShowType::Episodic },
        podcast_guid: show.podcast_guid.clone(),
        locked: show.locked,
        medium: show.medium.clone(),
        funding: show.funding.iter().map(|f| (f.url.clone(), f.text.clone())).collect(),
        persons: persons(rows.credits.get(&0)),
        complete: show.complete,
        last_build: Some(changed_at.rfc2822_in(&zone)),
        generator: concat!("Traboule ", env!("CARGO_PKG_VERSION")).to_owned(),
        ..FeedShow::default()
    };
    let items: Vec<FeedItem> = rows.episodes.iter().map(|e| item(rows, e, links, page_lang)).collect();
    FeedPage { xml: write_rss(&feed_show, &items), changed_at }
}

fn persons(credits: Option<&Vec<Credit>>) -> Vec<FeedPerson> {
    let credits = credits.map_or(&[][..], Vec::as_slice);
    credits
        .iter()
        .map(|c| FeedPerson {
            name: c.name.clone(),
            role: c.role.clone(),
            group: c.team.clone(),
            image_url: None,
            href: c.href.clone(),
        })
        .collect()
}

fn item(rows: &FeedRows, episode: &Episode, links: &Links, page_lang: Lang) -> FeedItem {
    let show = &rows.show;
    let (_, content) = episode.text(&show.language, &show.language);
    let date = episode.state.instant().filter(|at| *at != UNDATED);
    let small = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
    let audio = episode.audio.as_ref();
    let files = rows.remote_files.get(&episode.id).map_or(&[][..], Vec::as_slice);
    let mut transcripts: Vec<FeedTranscript> = Vec::new();
    for lang in rows.transcripts.get(&episode.id).into_iter().flatten() {
        for (format, mime) in [("vtt", "text/vtt"), ("srt", "application/x-subrip")] {
            let url = links.absolute(&Links::transcript(episode.id, lang, format));
            transcripts.push(FeedTranscript { url, mime: mime.to_owned(), language: Some(lang.clone()), rel: None });
        }
    }
    transcripts.extend(files.iter().filter(|f| f.purpose == "transcript").map(|f| FeedTranscript {
        url: f.url.clone(),
        mime: f.mime.clone(),
        language: f.lang.clone(),
        rel: f.rel.clone(),
    }));
    let own_chapters = rows.chapters.contains_key(&episode.id).then(|| links.absolute(&Links::chapters(episode.id)));
    let cover = episode.cover.as_ref().map(|i| links.absolute(&Links::image(i, "original")));
    FeedItem {
        guid: episode.guid.clone(),
        guid_is_permalink: episode.guid_is_permalink,
        title: content.title.clone(),
        link: links.absolute(&Links::episode(page_lang, &show.slug, &episode.slug)),
        pub_date: date.map(|at| at.rfc2822_in(&zone_of(show))).unwrap_or_default(),
        summary: content.summary.clone(),
        content_html: content.notes_html.clone(),
        enclosure: audio.map(|a| FeedEnclosure {
            url: links.audio(episode.id, a),
            length: u64::try_from(a.size).unwrap_or(0),
            mime: a.mime.clone(),
        }),
        duration_s: small(audio.and_then(|a| a.duration_ms).map(|ms| (ms + 500) / 1000)),
        image_url: cover.or_else(|| episode.remote_cover_url.clone()),
        explicit: episode.explicit,
        season: small(episode.season),
        episode: small(episode.number),
        episode_type: match episode.kind {
            EpisodeKind::Full => EpisodeType::Full,
            EpisodeKind::Trailer => EpisodeType::Trailer,
            EpisodeKind::Bonus => EpisodeType::Bonus,
        },
        author: episode.author.clone(),
        transcripts,
        chapters_url: own_chapters.or_else(|| files.iter().find(|f| f.purpose == "chapters").map(|f| f.url.clone())),
        persons: persons(rows.credits.get(&episode.id)),
    }
}
