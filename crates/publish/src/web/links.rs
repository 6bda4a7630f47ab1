//! Every public address of this slice, made in one place. Addresses of feeds and media carry no language.

use kernel::{Lang, show_id};

use crate::model::{Audio, AudioPlace, EPISODE_PREFIX, EXCERPT_PREFIX, Excerpt, IMAGE_PREFIX, Image, Rendition, Show};

/// Makes addresses under one public origin: the site's, or that of a show with a host name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    origin: String,
    main: String,
}

impl Links {
    /// `origin` such as `https://example.org`, without a slash at the end.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        let origin = origin.trim_end_matches('/').to_owned();
        Self { main: origin.clone(), origin }
    }

    /// Addresses under the origin a show is canonical at: its own host, with the scheme and port of the site; the
    /// site's origin for a show without one.
    #[must_use]
    pub fn of(&self, show: &Show) -> Self {
        self.at(show.host.as_deref())
    }

    /// Addresses under a show's host name, or under the site's origin.
    #[must_use]
    pub fn at(&self, host: Option<&str>) -> Self {
        let main = self.main.clone();
        let Some(host) = host else { return Self { origin: main.clone(), main } };
        let (scheme, authority) = main.split_once("://").unwrap_or(("https", ""));
        let port = authority.rsplit_once(':').filter(|(_, p)| p.bytes().all(|b| b.is_ascii_digit()));
        let port = port.map_or_else(String::new, |(_, p)| format!(":{p}"));
        Self { origin: format!("{scheme}://{host}{port}"), main }
    }

    /// The site's own origin, whatever host these addresses are under.
    #[must_use]
    pub fn main_origin(&self) -> &str {
        &self.main
    }

    /// The site's own host name, without a port.
    #[must_use]
    pub fn main_host(&self) -> &str {
        let authority = self.main.split_once("://").map_or(self.main.as_str(), |(_, rest)| rest);
        let port = authority.rsplit_once(':').filter(|(_, p)| p.bytes().all(|b| b.is_ascii_digit()));
        port.map_or(authority, |(name, _)| name)
    }

    /// A path of a show as a link from a page under these addresses: the path alone when the show is at home here,
    /// the whole address when it is at home elsewhere.
    #[must_use]
    pub fn from_here(&self, show: &Show, path: String) -> String {
        let home = self.of(show);
        if home.origin == self.origin { path } else { home.absolute(&path) }
    }

    /// The origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A path as an absolute address.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The address all feeds begin with.
    #[must_use]
    pub fn feed_base(&self) -> String {
        self.absolute("/feeds/")
    }

    /// A show's feed.
    #[must_use]
    pub fn feed(&self, show: &str) -> String {
        format!("{}{show}.xml", self.feed_base())
    }

    /// A show's feed in one of its forms.
    #[must_use]
    pub fn feed_in(&self, show: &str, format: super::FeedFormat) -> String {
        format!("{}{show}.{}", self.feed_base(), format.extension())
    }

    /// The home page's path.
    #[must_use]
    pub fn home(lang: Lang) -> String {
        format!("/{}/", lang.code())
    }

    /// A show's path.
    #[must_use]
    pub fn show(lang: Lang, show: &str) -> String {
        format!("/{}/shows/{show}", lang.code())
    }

    /// An episode's path.
    #[must_use]
    pub fn episode(lang: Lang, show: &str, episode: &str) -> String {
        format!("/{}/shows/{show}/{episode}", lang.code())
    }

    /// The path of a search.
    #[must_use]
    pub fn search(lang: Lang, asked: &[(&str, &str)]) -> String {
        let path = format!("/{}/search", lang.code());
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let asked: Vec<_> = asked.iter().filter(|(_, value)| !value.is_empty()).collect();
        if asked.is_empty() {
            return path;
        }
        format!("{path}?{}", query.extend_pairs(asked).finish())
    }

    /// A site page's path.
    #[must_use]
    pub fn page(lang: Lang, slug: &str) -> String {
        format!("/{}/pages/{slug}", lang.code())
    }

    /// The path of an episode's player for frames.
    #[must_use]
    pub fn embed(lang: Lang, episode: i64) -> String {
        format!("/{}/embed/{}", lang.code(), show_id(EPISODE_PREFIX, episode))
    }

    /// The path of a picture's rendition: `small`, `card` or `original`.
    #[must_use]
    pub fn image(image: &Image, rendition: &str) -> String {
        let extension = if rendition == "original" && image.mime == "image/png" { "png" } else { "jpg" };
        format!("/media/images/{}/{rendition}.{extension}", show_id(IMAGE_PREFIX, image.id))
    }

    /// The address of an episode's sound: ours, or the remote one it is kept at. Ours changes with the bytes.
    #[must_use]
    pub fn audio(&self, episode: i64, audio: &Audio) -> String {
        match &audio.place {
            AudioPlace::Remote(url) => url.clone(),
            AudioPlace::Local(_) => self.absolute(&Self::audio_here(episode, audio)),
        }
    }

    /// The same for a page of this site: a path for sound kept here, which a page names many times.
    #[must_use]
    pub fn audio_here(episode: i64, audio: &Audio) -> String {
        match &audio.place {
            AudioPlace::Remote(url) => url.clone(),
            AudioPlace::Local(blob) => {
                let extension = if audio.mime == "audio/mpeg" { "mp3" } else { "m4a" };
                let short = blob.get(..12).unwrap_or(blob);
                format!("/media/episodes/{}/{short}.{extension}", show_id(EPISODE_PREFIX, episode))
            }
        }
    }

    /// The path of another file of an episode's sound; it changes with the bytes.
    #[must_use]
    pub fn rendition(episode: i64, rendition: &Rendition) -> String {
        let short = rendition.blob.get(..12).unwrap_or(&rendition.blob);
        format!("/media/episodes/{}/{short}.{}", show_id(EPISODE_PREFIX, episode), rendition.extension)
    }

    /// The path of an excerpt's own file; none before it was cut.
    #[must_use]
    pub fn excerpt(excerpt: &Excerpt) -> Option<String> {
        let (blob, _) = excerpt.file.as_ref()?;
        let short = blob.get(..12).unwrap_or(blob);
        Some(format!("/media/excerpts/{}/{short}.mp3", show_id(EXCERPT_PREFIX, excerpt.id)))
    }

    /// The path of a transcript: `vtt`, `srt` or `txt`.
    #[must_use]
    pub fn transcript(episode: i64, lang: &str, format: &str) -> String {
        format!("/media/episodes/{}/transcript.{lang}.{format}", show_id(EPISODE_PREFIX, episode))
    }

    /// The path of an episode's chapters.
    #[must_use]
    pub fn chapters(episode: i64) -> String {
        format!("/media/episodes/{}/chapters.json", show_id(EPISODE_PREFIX, episode))
    }

    /// The path of the page that quotes a passage of an episode.
    #[must_use]
    pub fn quote(lang: Lang, show: &str, episode: &str, start_s: u64, to_s: u64) -> String {
        format!("{}/quote?t={start_s}&to={to_s}", Self::episode(lang, show, episode))
    }

    /// The path of the oEmbed answer about an address, in `json` or `xml`.
    #[must_use]
    pub fn oembed(&self, about: &str, format: &str) -> String {
        let encoded: String = url::form_urlencoded::byte_serialize(about.as_bytes()).collect();
        self.absolute(&format!("/oembed?format={format}&url={encoded}"))
    }
}
