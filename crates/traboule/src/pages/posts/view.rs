//! How a post looks wherever it stands: its own page, a profile, a feed, a tag. What is shown of it is in `PostView`; the
//! template is `community/post.html`. Who may see it was decided before; names of voices were looked up before.

use community::model::{Card, Clip, Full, POST_PREFIX, Post, Rendition, VoiceKind};
use kernel::{At, Lang, show_id};
use serde::Serialize;
use ui::Stamp;

use crate::app::App;
use crate::pages::comments;

/// Somebody who can be followed, as a page names them.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct VoiceView {
    /// What they are called.
    pub(crate) name: String,
    /// Their handle, without the `@`.
    pub(crate) handle: String,
    /// Their page; nothing when they are gone.
    pub(crate) url: Option<String>,
    /// `member`, `show` or `organisation`.
    pub(crate) kind: &'static str,
    /// A small square picture.
    pub(crate) picture_url: Option<String>,
    /// The letters that stand in for a picture.
    pub(crate) initials: String,
    /// The ground of the letters.
    pub(crate) tint: Option<&'static str>,
}

impl VoiceView {
    /// A voice under its name, with a page.
    pub(crate) fn new(lang: Lang, kind: VoiceKind, handle: &str, name: &str, picture_url: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            handle: handle.to_owned(),
            url: Some(voice_path(lang, handle)),
            kind: kind.code(),
            picture_url,
            initials: comments::initials(name),
            tint: Some(comments::tint(name)),
        }
    }

    /// Somebody who is no longer there.
    pub(crate) fn gone(name: String) -> Self {
        Self { name, kind: VoiceKind::Member.code(), ..Self::default() }
    }
}

/// The page of a voice.
pub(crate) fn voice_path(lang: Lang, handle: &str) -> String {
    format!("/{}/members/{handle}", lang.code())
}

/// The picture of a member.
pub(crate) fn portrait_path(handle: &str, sha256: &str) -> String {
    format!("/media/members/{handle}/{}.jpg", short(sha256))
}

/// The page of a post.
pub(crate) fn post_path(lang: Lang, id: i64) -> String {
    format!("/{}/posts/{}", lang.code(), show_id(POST_PREFIX, id))
}

/// The page of a tag.
pub(crate) fn tag_path(lang: Lang, tag: &str) -> String {
    let coded: String = url::form_urlencoded::byte_serialize(tag.as_bytes()).collect();
    format!("/{}/tags/{}", lang.code(), coded.replace('+', "%20"))
}

/// A picture.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ImageView {
    /// The large one.
    pub(crate) url: String,
    /// The small one.
    pub(crate) small_url: String,
    /// Of the small one, in pixels.
    pub(crate) small_width: i64,
    /// Of the small one, in pixels.
    pub(crate) small_height: i64,
    /// What is to be seen on it.
    pub(crate) alt: String,
}

/// What the page behind a link says of itself.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CardView {
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) site: String,
    pub(crate) picture_url: Option<String>,
}

/// A clip's door: its still picture, its length, the way to the viewer.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ClipDoor {
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) poster_url: Option<String>,
    pub(crate) duration_text: String,
}

/// An episode that is passed on.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EpisodeRef {
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) show: String,
    pub(crate) picture_url: Option<String>,
    pub(crate) when: Stamp,
}

/// A post inside another.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PostRef {
    pub(crate) url: String,
    pub(crate) author: VoiceView,
    pub(crate) when: Stamp,
    pub(crate) html: String,
    pub(crate) text_lang: Option<String>,
    pub(crate) images: Vec<ImageView>,
    pub(crate) clip: Option<ClipDoor>,
    /// Whether it passes on something itself, which is not shown here.
    pub(crate) more: bool,
}

/// What a post passes on: one of the three.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct OfView {
    /// `deleted`, `removed`, `muted` or `hidden`: the sentence is `post-quoted-<word>`.
    pub(crate) gone: Option<&'static str>,
    /// Where it is shown all the same: what comes from somebody the viewer muted.
    pub(crate) show_url: Option<String>,
    pub(crate) episode: Option<EpisodeRef>,
    pub(crate) post: Option<PostRef>,
}

/// What its author may do.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OwnView {
    pub(crate) edit_url: Option<String>,
    pub(crate) delete_url: String,
}

/// Why a post stands in a list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct WhyView {
    pub(crate) text: String,
    pub(crate) url: Option<String>,
}

/// A post.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PostView {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) author: VoiceView,
    pub(crate) when: Stamp,
    /// Where what it said before is told; nothing when it was never edited.
    pub(crate) history_url: Option<String>,
    /// Paragraphs with links, mentions and tags: safe.
    pub(crate) html: String,
    /// Its language, when the page has another.
    pub(crate) text_lang: Option<String>,
    pub(crate) images: Vec<ImageView>,
    pub(crate) card: Option<CardView>,
    pub(crate) clip: Option<ClipDoor>,
    pub(crate) of: Option<OfView>,
    /// What a decision put beside it or what it passes on, as a sentence.
    pub(crate) label: Option<String>,
    /// Who passed it on without words, when that is why it stands here.
    pub(crate) reshared_by: Option<VoiceView>,
    pub(crate) why: Option<WhyView>,
    pub(crate) comments: i64,
    pub(crate) comments_url: String,
    pub(crate) passed_on: i64,
    /// Where the button posts to: passing it on, or undoing that.
    pub(crate) reshare_url: String,
    /// Whether the viewer passed it on.
    pub(crate) reshared: bool,
    pub(crate) quote_url: String,
    pub(crate) own: Option<OwnView>,
    /// Where a moderator of its house takes it away.
    pub(crate) moderate_url: Option<String>,
}

/// What a post's view is made from, besides the post.
pub(crate) struct Around {
    /// Whose it is.
    pub(crate) author: VoiceView,
    /// Its text as safe HTML.
    pub(crate) html: String,
    /// What it passes on.
    pub(crate) of: Option<OfView>,
    /// What a decision put beside it, as a sentence.
    pub(crate) label: Option<String>,
    /// Visible comments.
    pub(crate) comments: i64,
    /// Whether the viewer passed it on.
    pub(crate) reshared: bool,
    /// Whether the viewer may edit and delete it.
    pub(crate) own: bool,
    /// Whether the viewer may take it away.
    pub(crate) moderates: bool,
}

/// An instant in words, as a voice dates what it says: in a show's zone, or the site's.
pub(crate) fn when(app: &App, voice: i64, at: At, lang: Lang) -> Stamp {
    comments::when(at, &app.places.zone_of(voice), lang)
}

/// The longest side of the small rendition, in pixels.
pub(crate) const SMALL: i64 = 640;

/// The size of the small rendition of a picture of this size.
pub(crate) fn small_size(width: i64, height: i64) -> (i64, i64) {
    let longest = width.max(height);
    if longest <= SMALL {
        return (width.max(1), height.max(1));
    }
    let scaled = |side: i64| ((side * SMALL + longest / 2) / longest).max(1);
    (scaled(width), scaled(height))
}

/// The start of a digest, as addresses of files hold it.
pub(crate) fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

/// Pictures of a post.
pub(crate) fn images(full: &Full) -> Vec<ImageView> {
    let id = show_id(POST_PREFIX, full.post.id);
    let view = |image: &community::model::Image| {
        let end = if image.media_type == "image/png" { "png" } else { "jpg" };
        let (small_width, small_height) = small_size(image.width, image.height);
        ImageView {
            url: format!("/media/posts/{id}/{}.{end}", short(&image.sha256)),
            small_url: format!("/media/posts/{id}/{}.{end}", short(&image.small_sha256)),
            small_width,
            small_height,
            alt: image.alt.clone(),
        }
    };
    full.images.iter().map(view).collect()
}

fn card(post: i64, card: &Card) -> CardView {
    let id = show_id(POST_PREFIX, post);
    CardView {
        url: card.url.clone(),
        title: card.title.clone(),
        about: card.about.clone(),
        site: card.site.clone(),
        picture_url: card.picture.as_deref().map(|p| format!("/media/posts/{id}/{}.jpg", short(p))),
    }
}

/// The door of a post's clip.
pub(crate) fn clip_door(lang: Lang, clip: &Clip) -> ClipDoor {
    let id = show_id(POST_PREFIX, clip.post);
    ClipDoor {
        url: format!("/{}/clips/{id}", lang.code()),
        title: clip.title.clone(),
        poster_url: clip.poster.as_deref().map(|p| format!("/media/clips/{id}/{}.jpg", short(p))),
        duration_text: ui::timecode(clip.duration_ms),
    }
}

fn text_lang(post: &Post, lang: Lang) -> Option<String> {
    (post.lang != lang.code()).then(|| post.lang.clone())
}

/// A post inside another.
pub(crate) fn post_ref(app: &App, lang: Lang, full: &Full, author: VoiceView, html: String) -> PostRef {
    PostRef {
        url: post_path(lang, full.post.id),
        author,
        when: when(app, full.post.author, full.post.at, lang),
        html,
        text_lang: text_lang(&full.post, lang),
        images: images(full),
        clip: full.clip.as_ref().filter(|c| c.rendition != Rendition::Waiting).map(|c| clip_door(lang, c)),
        more: full.post.of.is_some(),
    }
}

/// A post with what stands around it.
pub(crate) fn post_view(app: &App, lang: Lang, full: &Full, around: Around) -> PostView {
    let post = &full.post;
    let url = post_path(lang, post.id);
    let id = show_id(POST_PREFIX, post.id);
    let own = around.own.then(|| OwnView {
        edit_url: (!post.is_reshare()).then(|| format!("{url}/edit")),
        delete_url: format!("{url}/delete"),
    });
    PostView {
        author: around.author,
        when: when(app, post.author, post.at, lang),
        history_url: post.edited_at.map(|_| format!("{url}/history")),
        html: around.html,
        text_lang: text_lang(post, lang),
        images: images(full),
        card: full.cards.first().filter(|_| full.images.is_empty() && full.clip.is_none()).map(|c| card(post.id, c)),
        clip: full.clip.as_ref().map(|c| clip_door(lang, c)),
        of: around.of,
        label: around.label,
        reshared_by: None,
        why: None,
        comments: around.comments,
        comments_url: format!("{url}#comments"),
        passed_on: full.passed_on,
        reshare_url: format!("{url}/{}", if around.reshared { "unshare" } else { "reshare" }),
        reshared: around.reshared,
        quote_url: super::quote::quote_path(lang, &id),
        own,
        moderate_url: around.moderates.then(|| format!("{url}/remove")),
        id,
        url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_keep_their_shape() {
        for (size, small) in [
            ((1600, 1200), (640, 480)),
            ((1200, 1600), (480, 640)),
            ((300, 200), (300, 200)),
            ((1600, 1), (640, 1)),
            ((0, 0), (1, 1)),
        ] {
            assert_eq!(small_size(size.0, size.1), small);
        }
    }

    #[test]
    fn tags_are_coded_in_addresses() {
        assert_eq!(tag_path(Lang::Fr, "été"), "/fr/tags/%C3%A9t%C3%A9");
        assert_eq!(tag_path(Lang::En, "a b/c"), "/en/tags/a%20b%2Fc");
    }
}
