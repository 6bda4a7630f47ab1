//! How a clip looks in the column: its video with captions, its words, whose it is. Who may see it was decided before.

use std::collections::HashMap;

use community::model::{Clip, Full, POST_PREFIX, Post, Rendition};
use db::{Failure, read_tx};
use kernel::{Actor, Item, Lang, Subject, show_id};
use publish::media::timecode;
use publish::text::json_for_script;
use publish::web::{Head, Links, Meta, typeset};
use serde::Serialize;
use serde_json::json;
use ui::Stamp;

use super::clip_path;
use crate::app::App;
use crate::pages::posts::{self, Looking, PostView, VoiceView, short};
use crate::pages::studio::language_name;

/// Captions of one language.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TrackView {
    url: String,
    lang: String,
    label: String,
    default: bool,
}

/// The episode a clip was cut from.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FromView {
    url: String,
    text: String,
}

/// A clip.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ClipView {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) url: String,
    mime: &'static str,
    width: i64,
    height: i64,
    pub(crate) poster_url: Option<String>,
    tracks: Vec<TrackView>,
    text_lang: Option<String>,
    page_url: String,
    post_url: String,
    author: VoiceView,
    when: Stamp,
    html: String,
    from: Option<FromView>,
    note: Option<String>,
    label: Option<String>,
    comments: i64,
    own_url: Option<String>,
}

/// The address of what is served of a clip.
pub(crate) fn video_url(clip: &Clip) -> Option<(String, &'static str)> {
    let made = clip.made.as_ref()?;
    let kind = community::media::Container::parse(&clip.media_type).unwrap_or(community::media::Container::Mp4);
    let kind = if clip.rendition == Rendition::Ready { community::media::Container::Mp4 } else { kind };
    let id = show_id(POST_PREFIX, clip.post);
    Some((format!("/media/clips/{id}/{}.{}", short(&made.sha256), kind.extension()), kind.mime()))
}

/// The sentence of a clip that is shown as it was sent: nothing could make a smaller video, or not of this one.
pub(super) fn as_it_came(clip: &Clip) -> Option<&'static str> {
    let shown = clip.rendition == Rendition::None && clip.made.is_some();
    let why = clip.problem.as_deref() == Some(community::rules::clip::NO_FFMPEG);
    shown.then_some(if why { "clips-as-it-came" } else { "clips-as-it-came-failed" })
}

/// The address of a clip's still picture.
pub(crate) fn poster_url(clip: &Clip) -> Option<String> {
    let id = show_id(POST_PREFIX, clip.post);
    clip.poster.as_deref().map(|p| format!("/media/clips/{id}/{}.jpg", short(p)))
}

fn tracks(app: &App, lang: Lang, full: &Full) -> Vec<TrackView> {
    let id = show_id(POST_PREFIX, full.post.id);
    let first = full.captions.iter().find(|l| *l == lang.code()).or_else(|| full.captions.first());
    let track = |code: &String| TrackView {
        url: format!("/media/clips/{id}/captions.{code}.vtt?v={}", full.post.version),
        label: language_name(app, lang, code),
        default: Some(code) == first,
        lang: code.clone(),
    };
    full.captions.iter().map(track).collect()
}

/// The episodes clips were cut from, as far as everybody may hear them.
async fn sources(app: &App, lang: Lang, fulls: &[Full]) -> Result<HashMap<i64, FromView>, Failure> {
    let (mut out, now) = (HashMap::new(), app.now());
    let from = |full: &Full| full.clip.as_ref().and_then(|c| c.from);
    let ids: Vec<i64> = fulls.iter().filter_map(from).map(|(episode, ..)| episode).collect();
    let open = read_tx!(app.db, |tx| publish::service::open_episodes(tx, &ids, now).await)?;
    for full in fulls {
        let Some((episode, start, _)) = from(full) else { continue };
        let Some((show, episode)) = open.get(&episode) else { continue };
        let (text_lang, text) = episode.text(lang.code(), &show.language);
        let url = format!("{}#t={}", Links::episode(lang, &show.slug, &episode.slug), start / 1000);
        let values = [
            ("show", show.text(lang.code()).1.title.clone().into()),
            ("title", typeset(text_lang, &text.title).into_owned().into()),
            ("time", ui::timecode(start).into()),
        ];
        let text = app.render.texts().text(lang, "clips-from", &values);
        out.insert(full.post.id, FromView { url, text });
    }
    Ok(out)
}

/// The views of some clips, in their order; those without anything to show are left out.
pub(super) async fn views(app: &App, lang: Lang, viewer: &Actor, fulls: &[Full]) -> Result<Vec<ClipView>, Failure> {
    let looking = Looking { actor: viewer, lang, now: app.now() };
    let list: Vec<Post> = fulls.iter().map(|f| f.post.clone()).collect();
    let shown = read_tx!(app.db, |tx| posts::views(tx, app, looking, list.clone()).await)?;
    let mut from = sources(app, lang, fulls).await?;
    let with = |(full, shown): (&Full, PostView)| {
        let (clip, post) = (full.clip.as_ref()?, &full.post);
        let (url, mime) = video_url(clip)?;
        let made = clip.made.as_ref();
        Some(ClipView {
            id: shown.id,
            title: typeset(&post.lang, &clip.title).into_owned(),
            url,
            mime,
            width: made.map_or(clip.width, |m| m.width),
            height: made.map_or(clip.height, |m| m.height),
            poster_url: poster_url(clip),
            tracks: tracks(app, lang, full),
            text_lang: shown.text_lang,
            page_url: clip_path(lang, post.id),
            post_url: shown.url,
            author: shown.author,
            when: shown.when,
            html: shown.html,
            from: from.remove(&post.id),
            note: as_it_came(clip).map(|key| app.say(lang, key)),
            label: shown.label,
            comments: shown.comments,
            own_url: shown.own.map(|_| format!("{}/edit", clip_path(lang, post.id))),
        })
    };
    Ok(fulls.iter().zip(shown).filter_map(with).collect())
}

/// What a clip's page tells search engines and link previews.
pub(super) fn head(app: &App, lang: Lang, full: &Full, view: &ClipView) -> Head {
    let path = clip_path(lang, full.post.id);
    let canonical = app.links.absolute(&path);
    let words = kernel::line(&full.post.body);
    let description: String = words.chars().take(200).collect();
    let description = if description.is_empty() { view.author.name.clone() } else { description };
    let property = |name: &str, content: String| Meta { property: Some(name.to_owned()), name: None, content };
    let video = app.links.absolute(&view.url);
    let mut metas = vec![
        property("og:type", "video.other".to_owned()),
        property("og:title", view.title.clone()),
        property("og:description", description.clone()),
        property("og:url", canonical.clone()),
        property("og:video", video.clone()),
        property("og:video:type", view.mime.to_owned()),
        property("og:video:width", view.width.to_string()),
        property("og:video:height", view.height.to_string()),
    ];
    let picture = view.poster_url.as_deref().map(|p| app.links.absolute(p));
    metas.extend(picture.clone().map(|url| property("og:image", url)));
    let length = full.clip.as_ref().map_or(0, |c| c.duration_ms);
    let mut ld = json!({
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": view.title,
        "description": description,
        "uploadDate": full.post.at.rfc3339(),
        "duration": timecode::iso8601(u64::try_from(length).unwrap_or(0)),
        "contentUrl": video,
        "url": canonical,
        "inLanguage": full.post.lang,
        "width": view.width,
        "height": view.height,
        "author": {"@type": if view.author.kind == "member" { "Person" } else { "Organization" }, "name": view.author.name},
    });
    if let (Some(url), Some(ld)) = (picture, ld.as_object_mut()) {
        ld.insert("thumbnailUrl".to_owned(), json!([url]));
    }
    Head {
        title: format!("{} · {}", view.title, view.author.name),
        description: Some(description),
        canonical: Some(canonical),
        robots: "index, follow, max-video-preview:-1".to_owned(),
        metas,
        json_ld: Some(json_for_script(&ld.to_string())),
        ..Head::default()
    }
}

/// What a view of a clip is counted for.
pub(super) fn item(full: &Full) -> Item {
    Item { org: full.post.org, within: full.post.author, subject: Subject::post(full.post.id) }
}
