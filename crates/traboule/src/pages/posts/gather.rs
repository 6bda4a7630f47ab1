//! Brings together what posts are shown with: the names of voices, what is passed on, counts, what the viewer may do. A
//! query a kind for a whole list. Whether a post may be seen was decided by whoever listed it; what it passes on is decided
//! here, by the same rules.

use std::collections::{HashMap, HashSet};

use community::model::{Full, Post, PostState};
use community::service::{counts, follows, posts, shown};
use db::{Failure, Tx};
use kernel::{Actor, At, Lang, Role, Subject, SubjectKind};
use publish::model::{Episode, Show};
use publish::service as publish_uc;
use publish::web::Links;

use super::rich;
use super::view::{Around, EpisodeRef, OfView, PostView, VoiceView, post_ref, post_view, when};
use crate::app::App;
use crate::pages::members::voice_views;

/// Who looks at posts.
#[derive(Clone, Copy)]
pub(crate) struct Looking<'a> {
    /// Who.
    pub(crate) actor: &'a Actor,
    /// In which language.
    pub(crate) lang: Lang,
    /// When.
    pub(crate) now: At,
}

/// What is behind the posts of a list.
struct Behind {
    voices: HashMap<i64, VoiceView>,
    handles: HashSet<String>,
    inner: HashMap<i64, Full>,
    muted: HashSet<i64>,
    states: HashMap<i64, PostState>,
    episodes: HashMap<i64, (Show, Episode)>,
    comments: HashMap<Subject, community::model::Thread>,
    reshared: HashSet<Subject>,
    own: HashSet<i64>,
    labels: HashMap<Subject, String>,
}

fn of_kind(posts: &[Post], kind: SubjectKind) -> Vec<i64> {
    let mut ids: Vec<i64> =
        posts.iter().filter_map(|p| p.of).filter(|of| of.subject.kind == kind).map(|of| of.subject.id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The posts that are passed on, as the viewer may see them; and those that only a mute of theirs keeps away.
async fn inner(tx: &mut Tx, looking: Looking<'_>, ids: &[i64]) -> Result<(HashMap<i64, Full>, HashSet<i64>), Failure> {
    let found = posts::public_posts(tx, ids, looking.now).await?;
    let subjects: Vec<Subject> = found.keys().map(|id| Subject::post(*id)).collect();
    let standings = reach::shown(tx, &subjects).await?;
    let authors: Vec<i64> = found.values().map(|p| p.author).collect();
    let bonds = follows::bonds(tx, looking.actor, &authors).await?;
    let bond = |post: &Post| bonds.get(&post.author).copied().unwrap_or_default();
    let open = |post: &Post| {
        let apart = bond(post).blocks || bond(post).blocked_by;
        !apart && standings.pass(reach::Surface::Direct, Subject::post(post.id), looking.now) != reach::Passage::Held
    };
    let (muted, mut seen): (Vec<Post>, Vec<Post>) = found.into_values().filter(open).partition(|p| bond(p).mutes);
    let muted = muted.into_iter().map(|p| p.id).collect();
    seen.sort_by_key(|p| p.id);
    let full = counts::full_for(tx, looking.actor, seen, looking.now).await?;
    Ok((full.into_iter().map(|full| (full.post.id, full)).collect(), muted))
}

async fn behind(tx: &mut Tx, app: &App, looking: Looking<'_>, list: &[Post]) -> Result<Behind, Failure> {
    let ids = of_kind(list, SubjectKind::Post);
    let (inner, muted) = inner(tx, looking, &ids).await?;
    let states = shown::states(tx, &ids).await?;
    let episodes = publish_uc::open_episodes(tx, &of_kind(list, SubjectKind::Episode), looking.now).await?;
    let all = || list.iter().chain(inner.values().map(|f| &f.post));
    let authors: Vec<i64> = all().map(|p| p.author).collect::<HashSet<_>>().into_iter().collect();
    let voices = voice_views(tx, (app.render.texts(), &app.links), looking.lang, &authors).await?;
    let named: Vec<String> = all().flat_map(|p| community::rules::text::named(&p.body).mentions).collect();
    let handles = shown::known_handles(tx, &named).await?;
    let subjects: Vec<Subject> = all().map(|p| Subject::post(p.id)).collect();
    let hidden = shown::apart(tx, looking.actor).await?;
    let comments = counts::comments(tx, &subjects, &hidden).await?;
    let passed: Vec<Subject> =
        subjects.into_iter().chain(list.iter().filter_map(|p| p.of).map(|of| of.subject)).collect();
    let standings = reach::shown(tx, &passed).await?;
    let label = |s: &Subject| {
        Some((*s, ui::label_sentence(app.render.texts(), looking.lang, standings.label(*s, looking.now)?)))
    };
    let labels = passed.iter().filter_map(label).collect();
    let reshared = shown::reshared_by(tx, looking.actor, &passed).await?;
    let own = shown::own_voices(tx, looking.actor, &authors).await?;
    Ok(Behind { voices, handles, inner, muted, states, episodes, comments, reshared, own, labels })
}

impl Behind {
    fn voice(&self, app: &App, lang: Lang, id: i64) -> VoiceView {
        self.voices.get(&id).cloned().unwrap_or_else(|| VoiceView::gone(app.say(lang, "members-gone")))
    }

    fn html(&self, post: &Post, lang: Lang) -> String {
        rich::html(&post.body, lang, &self.handles)
    }

    fn of(&self, app: &App, looking: Looking<'_>, post: &Post) -> Option<OfView> {
        let (of, lang) = (post.of?.subject, looking.lang);
        let gone = |why| OfView { gone: Some(why), ..OfView::default() };
        Some(match of.kind {
            SubjectKind::Episode => match self.episodes.get(&of.id) {
                Some((show, episode)) => {
                    OfView { episode: Some(episode_ref(app, lang, show, episode)), ..OfView::default() }
                }
                None => gone("hidden"),
            },
            SubjectKind::Post => match (self.inner.get(&of.id), self.states.get(&of.id)) {
                (Some(full), _) => {
                    let author = self.voice(app, lang, full.post.author);
                    let inside = post_ref(app, lang, full, author, self.html(&full.post, lang));
                    OfView { post: Some(inside), ..OfView::default() }
                }
                (None, Some(PostState::Deleted)) => gone("deleted"),
                (None, Some(PostState::Removed)) => gone("removed"),
                (None, _) if self.muted.contains(&of.id) => {
                    OfView { show_url: Some(super::view::post_path(lang, of.id)), ..gone("muted") }
                }
                (None, _) => gone("hidden"),
            },
        })
    }

    fn view(&self, app: &App, looking: Looking<'_>, full: &Full) -> PostView {
        let (post, lang) = (&full.post, looking.lang);
        // Whether one undoes it on a reshare or on what it passes on, it is the same deed.
        let passes = post.of.filter(|_| post.is_reshare()).map_or(Subject::post(post.id), |of| of.subject);
        let label = [Some(Subject::post(post.id)), post.of.map(|of| of.subject)].into_iter().flatten();
        let around = Around {
            label: label.filter_map(|s| self.labels.get(&s)).next().cloned(),
            author: self.voice(app, lang, post.author),
            html: self.html(post, lang),
            of: self.of(app, looking, post),
            comments: self.comments.get(&Subject::post(post.id)).map_or(0, |t| t.visible),
            reshared: self.reshared.contains(&passes),
            own: self.own.contains(&post.author),
            moderates: post.state == PostState::Public
                && !self.own.contains(&post.author)
                && looking.actor.may(post.org, &[Role::Moderator]),
        };
        post_view(app, lang, full, around)
    }
}

/// An episode that is passed on.
fn episode_ref(app: &App, lang: Lang, show: &Show, episode: &Episode) -> EpisodeRef {
    let (own, text) = episode.text(lang.code(), &show.language);
    let (show_lang, show_text) = show.text(lang.code());
    let image = episode.cover.as_ref().or(show.cover.as_ref());
    EpisodeRef {
        url: app.links.from_here(show, Links::episode(lang, &show.slug, &episode.slug)),
        title: publish::web::typeset(own, &text.title).into_owned(),
        show: publish::web::typeset(show_lang, &show_text.title).into_owned(),
        picture_url: image.map(|image| Links::image(image, "small")),
        when: when(app, show.id, crate::pages::comments::since(episode), lang),
    }
}

/// Posts with all their parts, as a viewer sees them, in the order given. A bare reshare shows what it passes on, under the
/// name of whoever passed it on; what is no longer there is said.
///
/// # Errors
/// The database's failure.
pub(crate) async fn views(
    tx: &mut Tx,
    app: &App,
    looking: Looking<'_>,
    list: Vec<Post>,
) -> Result<Vec<PostView>, Failure> {
    let behind = behind(tx, app, looking, &list).await?;
    // What a reshare shows may itself quote something: that is looked up too.
    let inside: Vec<Post> = behind.inner.values().map(|f| f.post.clone()).collect();
    let deeper = self::behind(tx, app, looking, &inside).await?;
    let full = counts::full_for(tx, looking.actor, list, looking.now).await?;
    let view = |full: &Full| {
        let post = &full.post;
        let shown = post.of.filter(|of| post.is_reshare() && of.subject.kind == SubjectKind::Post);
        match shown.and_then(|of| behind.inner.get(&of.subject.id)) {
            Some(inner) => {
                let by = behind.voice(app, looking.lang, post.author);
                PostView { reshared_by: Some(by), ..deeper.view(app, looking, inner) }
            }
            None => behind.view(app, looking, full),
        }
    };
    Ok(full.iter().map(view).collect())
}

/// What a post that is being written would quote, as the viewer sees it.
///
/// # Errors
/// The database's failure.
pub(crate) async fn of_view(
    tx: &mut Tx,
    app: &App,
    looking: Looking<'_>,
    post: &Post,
) -> Result<Option<OfView>, Failure> {
    let list = std::slice::from_ref(post);
    let behind = behind(tx, app, looking, list).await?;
    Ok(behind.of(app, looking, post))
}

/// A post that is not written yet, as it would look.
///
/// # Errors
/// The database's failure.
pub(crate) async fn preview(tx: &mut Tx, app: &App, looking: Looking<'_>, full: &Full) -> Result<PostView, Failure> {
    let behind = behind(tx, app, looking, std::slice::from_ref(&full.post)).await?;
    Ok(behind.view(app, looking, full))
}
