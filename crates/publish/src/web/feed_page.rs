//! A show's rows as its feeds: addresses, dates in the show's zone, the languages of texts. The writers themselves are in
//! `crate::feed`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::{At, Lang};

use crate::feed::{
    EpisodeType, FeedAlternate, FeedEnclosure, FeedFrequency, FeedImage, FeedItem, FeedPerson, FeedShow, FeedSoundbite,
    FeedTrailer, FeedTranscript, Outline, ShowType, write_atom, write_json_feed, write_opml, write_rss,
};
use crate::model::UNDATED;
use crate::model::{Audio, AudioPlace, Credit, Episode, EpisodeKind, EpisodeText, Image, Show, ShowKind};
use crate::service::FeedRows;
use crate::web::Links;
use crate::web::views::zone_of;

/// The forms a show's feed has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedFormat {
    /// RSS 2.0 with the podcast namespaces; the one podcast apps read.
    Rss,
    /// Atom.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl FeedFormat {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    /// The end of its address.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Rss => "xml",
            Self::Atom => "atom",
            Self::Json => "json",
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml",
            Self::Atom => "application/atom+xml",
            Self::Json => "application/feed+json",
        }
    }

    /// The `Content-Type` it is served with.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }

    /// The show and the form a file name of `/feeds/` means.
    #[must_use]
    pub fn of(file: &str) -> Option<(&str, Self)> {
        let (show, extension) = file.rsplit_once('.')?;
        Self::ALL.into_iter().find(|f| f.extension() == extension).map(|f| (show, f))
    }
}

/// A feed ready to send.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// The document.
    pub text: String,
    /// When its content last changed.
    pub changed_at: At,
}

/// Writes a show's feed in one of its forms.
#[must_use]
pub fn feed_page(rows: &FeedRows, links: &Links, format: FeedFormat) -> FeedPage {
    let show = &rows.show;
    let links = &links.of(show);
    let zone = zone_of(show);
    // Content changes when something is written or decided, and when the time of an episode comes.
    let changes = rows.episodes.iter().flat_map(|e| [Some(e.updated_at), e.state.instant()]).flatten();
    let changed_at = changes.chain([show.updated_at]).chain(rows.decided_at).max().unwrap_or(show.updated_at);
    let page_lang = Lang::parse(&show.language).unwrap_or(Lang::En);
    let items: Vec<FeedItem> = rows.episodes.iter().map(|e| item(rows, e, links, page_lang)).collect();
    let mut head = feed_show(rows, links, page_lang);
    head.last_build = Some(changed_at.rfc2822_in(&zone));
    head.updated = changed_at.rfc3339_in(&zone);
    head.trailers = trailers(&items);
    let own = links.feed_in(&show.slug, format);
    let text = match format {
        FeedFormat::Rss => write_rss(&head, &items),
        FeedFormat::Atom => write_atom(&head, &items, &own),
        FeedFormat::Json => {
            let (_, content) = show.text(&show.language);
            let plain = crate::text::html_to_text(&content.description_html);
            let description = if plain.trim().is_empty() { content.tagline.clone() } else { plain };
            write_json_feed(&head, &items, &own, &description)
        }
    };
    FeedPage { text, changed_at }
}

fn feed_show(rows: &FeedRows, links: &Links, page_lang: Lang) -> FeedShow {
    let show = &rows.show;
    let settings = &show.settings.feed;
    let (_, content) = show.text(&show.language);
    let cover = show.cover.as_ref().map(|i| links.absolute(&Links::image(i, "original")));
    // Apple reads at most 4,000 bytes of a description.
    let description_html = match content.description_html.as_str() {
        "" => content.tagline.clone(),
        html => crate::text::feed_html(html, 4000),
    };
    let frequency = settings.update_frequency.as_ref().map(|f| FeedFrequency {
        text: f.text.clone(),
        rrule: Some(f.rrule.clone()).filter(|r| !r.is_empty()),
        dtstart: None,
    });
    FeedShow {
        title: content.title.clone(),
        description_html,
        link: links.absolute(&Links::show(page_lang, &show.slug)),
        self_url: links.feed(&show.slug),
        language: show.language.clone(),
        author: show.author.clone(),
        copyright: show.copyright.clone(),
        image_url: cover.or_else(|| show.remote_cover_url.clone()),
        images: pictures(show.cover.as_ref(), &content.title, links),
        categories: show.categories.clone(),
        explicit: show.explicit,
        show_type: if show.kind == ShowKind::Serial { ShowType::Serial } else { ShowType::Episodic },
        podcast_guid: show.podcast_guid.clone(),
        locked: show.locked,
        medium: show.medium.clone(),
        funding: show.funding.iter().map(|f| (f.url.clone(), f.text.clone())).collect(),
        persons: persons(rows.credits.get(&0)),
        complete: show.complete,
        blocked: settings.blocked,
        new_feed_url: settings.moved_to.clone(),
        update_frequency: frequency,
        owner_email: settings.owner_email.clone(),
        txt: settings.txt.iter().map(|t| (t.purpose.clone(), t.value.clone())).collect(),
        generator: concat!("Traboule ", env!("CARGO_PKG_VERSION")).to_owned(),
        ..FeedShow::default()
    }
}

/// The trailers among the items, for the channel: those with sound and a date.
fn trailers(items: &[FeedItem]) -> Vec<FeedTrailer> {
    let trailers = items.iter().filter(|i| i.episode_type == EpisodeType::Trailer && !i.pub_date.is_empty());
    trailers
        .filter_map(|i| {
            let file = i.enclosure.as_ref()?;
            Some(FeedTrailer {
                title: i.title.clone(),
                url: file.url.clone(),
                pub_date: i.pub_date.clone(),
                length: Some(file.length).filter(|n| *n > 0),
                mime: file.mime.clone(),
                season: i.season,
            })
        })
        .collect()
}

/// The cover as it came, and its rendition for link previews.
fn pictures(cover: Option<&Image>, alt: &str, links: &Links) -> Vec<FeedImage> {
    let Some(image) = cover else { return Vec::new() };
    let one = |rendition: &str, purpose: &str, width, height, mime: &str| FeedImage {
        url: links.absolute(&Links::image(image, rendition)),
        alt: alt.to_owned(),
        purpose: purpose.to_owned(),
        width,
        height,
        mime: mime.to_owned(),
    };
    vec![
        one("original", "artwork", image.width, image.height, &image.mime),
        one("card", "social", 1200, 630, "image/jpeg"),
    ]
}

/// Subresource Integrity of a blob: its name is the SHA-256 of its bytes.
fn integrity(blob: &str) -> Option<(String, String)> {
    let bytes: Option<Vec<u8>> =
        (0..blob.len()).step_by(2).map(|at| u8::from_str_radix(blob.get(at..at + 2)?, 16).ok()).collect();
    let bytes = bytes.filter(|b| b.len() == 32)?;
    Some(("sri".to_owned(), format!("sha256-{}", STANDARD.encode(bytes))))
}

/// Mean bits per second.
fn bitrate(bytes: i64, duration_ms: Option<i64>) -> Option<u64> {
    let duration = duration_ms.filter(|ms| *ms > 0)?;
    u64::try_from(bytes.checked_mul(8000)? / duration).ok()
}

/// The sound itself with its proof, when it is here, and its other files.
fn alternates(rows: &FeedRows, episode: &Episode, links: &Links) -> Vec<FeedAlternate> {
    let main = episode.audio.iter().filter_map(|audio: &Audio| {
        let AudioPlace::Local(blob) = &audio.place else { return None };
        Some(FeedAlternate {
            urls: vec![links.audio(episode.id, audio)],
            mime: audio.mime.clone(),
            length: u64::try_from(audio.size).ok(),
            bitrate: bitrate(audio.size, audio.duration_ms),
            default: true,
            integrity: integrity(blob),
            ..FeedAlternate::default()
        })
    });
    let others = rows.renditions.get(&episode.id).into_iter().flatten().map(|file| FeedAlternate {
        urls: vec![links.absolute(&Links::rendition(episode.id, file))],
        mime: file.mime.clone(),
        length: u64::try_from(file.size).ok(),
        bitrate: u64::try_from(file.bitrate).ok().map(|kbit| kbit * 1000),
        title: Some(file.title.clone()).filter(|t| !t.is_empty()),
        integrity: integrity(&file.blob),
        ..FeedAlternate::default()
    });
    main.chain(others).collect()
}

fn soundbites(rows: &FeedRows, episode: &Episode) -> Vec<FeedSoundbite> {
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    let found = rows.excerpts.get(&episode.id).into_iter().flatten();
    found
        .map(|x| FeedSoundbite {
            start_ms: number(x.start_ms),
            duration_ms: number(x.duration_ms),
            title: x.title(&rows.show.language, &rows.show.language).to_owned(),
        })
        .collect()
}

/// Writes the list of shows that want to be listed. A show that has moved is listed where it is now.
#[must_use]
pub fn opml_page(title: &str, shows: &[Show], links: &Links) -> String {
    let listed: Vec<&Show> = shows.iter().filter(|s| !s.settings.feed.blocked).collect();
    let changed = listed.iter().map(|s| s.updated_at).max();
    let date = changed.map(|at| at.rfc2822_in(&jiff::tz::TimeZone::UTC)).unwrap_or_default();
    let outlines: Vec<Outline> = listed
        .into_iter()
        .map(|show| {
            let (_, content) = show.text(&show.language);
            let page_lang = Lang::parse(&show.language).unwrap_or(Lang::En);
            Outline {
                title: content.title.clone(),
                description: content.tagline.clone(),
                feed_url: show.settings.feed.moved_to.clone().unwrap_or_else(|| links.of(show).feed(&show.slug)),
                page_url: links.of(show).absolute(&Links::show(page_lang, &show.slug)),
                language: show.language.clone(),
            }
        })
        .collect();
    write_opml(title, &date, &outlines)
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

/// The summary and the notes of an episode, after the sentence a decision put beside it.
fn labelled(episode: &Episode, content: &EpisodeText) -> (String, String) {
    let Some(label) = &episode.reached.label else { return (content.summary.clone(), content.notes_html.clone()) };
    let summary = format!("{label} {}", content.summary).trim_end().to_owned();
    if content.notes_html.is_empty() {
        return (summary, String::new());
    }
    let safe = label.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    (summary, format!("<p>{safe}</p>{}", content.notes_html))
}

fn item(rows: &FeedRows, episode: &Episode, links: &Links, page_lang: Lang) -> FeedItem {
    let show = &rows.show;
    let (text_lang, content) = episode.text(&show.language, &show.language);
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
    let (summary, content_html) = labelled(episode, content);
    FeedItem {
        guid: episode.guid.clone(),
        guid_is_permalink: episode.guid_is_permalink,
        title: content.title.clone(),
        link: links.absolute(&Links::episode(page_lang, &show.slug, &episode.slug)),
        pub_date: date.map(|at| at.rfc2822_in(&zone_of(show))).unwrap_or_default(),
        published: date.map(|at| at.rfc3339_in(&zone_of(show))).unwrap_or_default(),
        updated: date.map_or(episode.updated_at, |at| at.max(episode.updated_at)).rfc3339_in(&zone_of(show)),
        summary,
        content_html,
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
        language: (text_lang != show.language).then(|| text_lang.to_owned()),
        tags: rows.tags.get(&episode.id).cloned().unwrap_or_default(),
        soundbites: soundbites(rows, episode),
        alternates: alternates(rows, episode, links),
        images: pictures(
            episode.cover.as_ref(),
            if content.cover_alt.is_empty() { &content.title } else { &content.cover_alt },
            links,
        ),
        transcripts,
        chapters_url: own_chapters.or_else(|| files.iter().find(|f| f.purpose == "chapters").map(|f| f.url.clone())),
        persons: persons(rows.credits.get(&episode.id)),
    }
}
