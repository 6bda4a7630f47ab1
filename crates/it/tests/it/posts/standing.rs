//! What a decision forbids and what it leaves: each deed under each standing, through pages and API. What was typed stays in
//! the form that is refused. Where things are shown is tested elsewhere.

use axum::body::Body;
use db::write_tx;
use it::{Answer, Person, Site, desk, on_both};
use kernel::{Role, Subject, TokenScope, show_id};
use reach::Standing;

use super::{member, path, posted, send};
use crate::comments::stamp;
use crate::leaks::posts::clip;

/// What becomes of a deed: done, or refused with a status and a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Done,
    No(u16, &'static str),
}

use Fate::{Done, No};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Reshare,
    Quote,
    QuoteByApi,
    Comment,
    Edit,
    EditByApi,
    Words,
    Captions,
    QuoteEpisode,
    CommentEpisode,
    CommentEpisodeByApi,
    EditEpisode,
    Delete,
}

use Deed::*;

/// A decision, and what it makes of a deed.
type Column = (Option<Standing>, fn(Deed) -> Fate);

/// The table. Whoever wrote a post may delete it under every decision.
const TABLE: [Column; 5] = [
    (None, |_| Done),
    (Some(Standing::Limited), |_| Done),
    (Some(Standing::Labelled), |_| Done),
    (Some(Standing::Frozen), |deed| match deed {
        Edit | EditByApi | Words | Captions => No(409, "frozen-post"),
        EditEpisode => No(409, "frozen-episode"),
        Delete => Done,
        _ => No(409, "frozen"),
    }),
    (Some(Standing::Removed), |deed| match deed {
        Reshare | Quote | QuoteByApi | QuoteEpisode => No(409, "quoted-gone"),
        Comment | CommentEpisode | CommentEpisodeByApi => No(410, "removed-by-decision"),
        _ => Done,
    }),
];

const ALL: [Deed; 13] = [
    Reshare,
    Quote,
    QuoteByApi,
    Comment,
    Edit,
    EditByApi,
    Words,
    Captions,
    QuoteEpisode,
    CommentEpisode,
    CommentEpisodeByApi,
    EditEpisode,
    Delete,
];

/// Who does what to what.
struct Scene {
    site: Site,
    author: Person,
    other: Person,
    editor: Person,
    tokens: [String; 2],
    post: i64,
    clip: i64,
    episode: publish::model::Episode,
}

async fn token(site: &Site, who: &Person) -> String {
    let ctx = site.app.ctx(who.actor.clone());
    let made = write_tx!(site.app.db, |tx| {
        accounts::service::create_token(tx, &ctx, who.org, "test", &TokenScope::ALL, 9).await
    });
    made.expect("a token").secret
}

impl Scene {
    async fn of(site: Site) -> Self {
        let (author, me) = member(&site, "ada", "Ada").await;
        let (other, _) = member(&site, "ben", "Ben").await;
        let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::published(&site, &editor, &show, "Le pont").await;
        let tokens = [token(&site, &author).await, token(&site, &other).await];
        let post = posted(&site, &author, &me, "Bonjour").await;
        let (clip, _) = clip(&site, me.id, ("Le fleuve", "Le fleuve"), false).await;
        Self { site, author, other, editor, tokens, post, clip, episode }
    }

    /// New things to do it to, so that nothing was done to them before.
    async fn again(&mut self) {
        let ctx = self.site.app.ctx(self.author.actor.clone());
        let me = write_tx!(self.site.app.db, |tx| community::service::members::me(tx, &ctx.actor).await).expect("me");
        self.site.clock.advance(3_700);
        self.post = posted(&self.site, &self.author, &me, "Bonjour").await;
        self.clip = clip(&self.site, me.id, ("Le fleuve", "Le fleuve"), false).await.0;
    }

    async fn decide(&self, standing: Option<Standing>, undo: bool) {
        let Some(standing) = standing else { return };
        let now = self.site.app.now();
        let label = (standing == Standing::Labelled).then_some("disputed");
        for (subject, org) in [
            (Subject::post(self.post), self.author.org),
            (Subject::post(self.clip), self.author.org),
            (Subject::episode(self.episode.id), self.editor.org),
        ] {
            write_tx!(self.site.app.db, |tx| {
                if undo {
                    return Ok(reach::lift(tx, org, subject, standing).await?);
                }
                Ok(reach::set(tx, org, subject, standing, label, (now, None)).await?)
            })
            .expect("decided");
        }
    }

    /// Does a deed with words of its own.
    async fn does(&self, deed: Deed, words: &str) -> Answer {
        let (site, post, clip) = (&self.site, show_id("po", self.post), show_id("po", self.clip));
        let episode = show_id("ep", self.episode.id);
        // Neither network nor person is too fast.
        site.clock.advance(3_700);
        let new = |of: &str| [("voice", "me"), ("lang", "fr"), ("body", words), ("act", "post"), ("of", of)].map(own);
        let said = async |path: &str| {
            let stamp = stamp(site).await;
            site.post_as(&self.other, path, &[("body", words), ("stamp", &stamp)]).await
        };
        match deed {
            Reshare => site.post_as(&self.other, &format!("{}/reshare", path(self.post)), &[]).await,
            Quote => send(site, &self.other, "/fr/posts/new", &lent(&new(&post)), &[]).await,
            QuoteEpisode => send(site, &self.other, "/fr/posts/new", &lent(&new(&episode)), &[]).await,
            QuoteByApi => {
                let body = serde_json::json!({"body": words, "of": post}).to_string();
                site.api(&self.tokens[1], "POST", "/api/v1/posts", Body::from(body)).await
            }
            Comment => said(&format!("{}/comments", path(self.post))).await,
            CommentEpisode => said(&format!("/fr/shows/pentes/{}/comments", self.episode.slug)).await,
            CommentEpisodeByApi => {
                let body = serde_json::json!({"body": words}).to_string();
                site.api(&self.tokens[1], "POST", &format!("/api/v1/episodes/{episode}/comments"), body).await
            }
            Edit => {
                let fields = [("version", "1"), ("body", words), ("act", "post")];
                send(site, &self.author, &format!("{}/edit", path(self.post)), &fields, &[]).await
            }
            EditByApi => {
                let version = self.version().await;
                let body = serde_json::json!({"version": version, "body": words}).to_string();
                site.api(&self.tokens[0], "PUT", &format!("/api/v1/posts/{post}"), body).await
            }
            Words => {
                let version = self.version_of(self.clip).await.to_string();
                let fields = [("version", version.as_str()), ("title", "Titre"), ("body", words), ("lang", "fr")];
                site.post_as(&self.author, &format!("/fr/clips/{clip}/words"), &fields).await
            }
            Captions => {
                let fields = [("lang", "fr"), ("start", "0"), ("end", "0:00.5"), ("text", words)];
                site.post_as(&self.author, &format!("/fr/clips/{clip}/captions"), &fields).await
            }
            EditEpisode => {
                let id = self.episode.id;
                let full = db::read_tx!(site.app.db, |tx| {
                    publish::service::desk_episode(tx, &self.editor.actor, id).await
                });
                let version = full.expect("read").1.episode.version.to_string();
                let fields = [("text_lang", "fr"), ("version", version.as_str()), ("title", words), ("summary", "R")];
                site.post_as(&self.editor, &format!("/fr/studio/episodes/{episode}/texts"), &fields).await
            }
            Delete => site.post_as(&self.author, &format!("{}/delete", path(self.post)), &[]).await,
        }
    }

    async fn version(&self) -> i64 {
        self.version_of(self.post).await
    }

    async fn version_of(&self, id: i64) -> i64 {
        let sql = "SELECT version FROM community_post WHERE id = $1";
        let found = db::read_tx!(self.site.app.db, |tx| Ok(tx.scalar::<i64>(sql, db::args![id]).await?));
        found.expect("read").expect("a post")
    }
}

fn own((name, value): (&'static str, &str)) -> (&'static str, String) {
    (name, value.to_owned())
}

fn lent<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(n, v)| (*n, v.as_str())).collect()
}

/// Whether a form that is refused has the words still: everything but a button, and what is not there to be written to.
fn keeps(deed: Deed, status: u16) -> bool {
    status == 409 && !matches!(deed, Reshare | QuoteByApi | EditByApi | CommentEpisodeByApi | Delete)
}

#[test]
fn each_decision_forbids_what_it_says_and_no_form_loses_what_was_typed() {
    on_both(async |site| {
        let mut scene = Scene::of(site).await;
        let mut faults = Vec::new();
        let mut n = 0;
        for (standing, fate) in TABLE {
            scene.again().await;
            scene.decide(standing, false).await;
            for deed in ALL {
                n += 1;
                let words = format!("Des mots à garder, numéro {n}");
                let answer = scene.does(deed, &words).await;
                let (status, text) = (answer.status.as_u16(), answer.text());
                let named = format!("{deed:?} under {standing:?}: {status}");
                match fate(deed) {
                    Done if matches!(status, 200 | 201 | 303) => {}
                    No(wanted, code) if status == wanted => {
                        let json = answer.header("content-type").contains("json");
                        let said = if json {
                            answer.json()["code"] == code
                        } else {
                            text.contains(&scene.site.app.say(kernel::Lang::Fr, &format!("refusal-{code}")))
                        };
                        if !said {
                            faults.push(format!("{named} without {code}: {text}"));
                        }
                        if keeps(deed, status) && !text.contains(&words) {
                            faults.push(format!("{named} loses what was typed: {text}"));
                        }
                    }
                    wanted => faults.push(format!("{named}, not {wanted:?}: {text}")),
                }
            }
            scene.decide(standing, true).await;
        }
        assert!(faults.is_empty(), "{faults:#?}");
    });
}
