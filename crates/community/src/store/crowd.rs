//! Whole crowds written at once: voices, members, follows, posts, with few statements. Only measuring needs it; nothing is
//! checked here.

use db::{DbError, Rows, Tx, args};
use kernel::{At, OrgId, PersonId};

/// A voice of a crowd.
#[derive(Clone, Debug)]
pub struct CrowdVoice {
    /// The id of the member, show or organisation.
    pub id: i64,
    /// `member`, `show` or `organisation`.
    pub kind: &'static str,
    /// Its handle, folded already.
    pub handle: String,
    /// When it last posted.
    pub newest_at: At,
    /// How many follow it.
    pub followers: i64,
    /// The account of a member, if it has one.
    pub person: Option<PersonId>,
}

/// A post of a crowd.
#[derive(Clone, Debug)]
pub struct CrowdPost {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub author: i64,
    /// When.
    pub at: At,
    /// What it says.
    pub body: String,
}

pub(crate) async fn crowd_voices(tx: &mut Tx, org: OrgId, at: At, voices: Vec<CrowdVoice>) -> Result<(), DbError> {
    let (mut rows, mut handles, mut members) = (Rows::default(), Rows::default(), Rows::default());
    for v in voices {
        rows.push(args![v.id, v.kind, org, &v.handle, v.newest_at, v.followers, false]);
        handles.push(args![&v.handle, v.id, at]);
        if v.kind == "member" {
            members.push(args![v.id, org, v.person, &v.handle, "", at, "newest", "off", at, at, 1_i64]);
        }
    }
    let head = "INSERT INTO community_voice (id, kind, org_id, handle, newest_at, followers, closed)";
    tx.insert_rows(head, rows, "").await?;
    tx.insert_rows("INSERT INTO community_handle (handle_folded, voice_id, since)", handles, "").await?;
    let head = "INSERT INTO community_member
        (id, org_id, person_id, name, about, joined_at, feed_order, digest, digest_at, seen_at, version)";
    tx.insert_rows(head, members, "").await.map(drop)
}

pub(crate) async fn crowd_follows(tx: &mut Tx, kind: &str, follows: &[(i64, i64)], since: At) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for (member, voice) in follows {
        rows.push(args![*member, *voice, kind, since]);
    }
    tx.insert_rows("INSERT INTO community_follow (member_id, voice_id, kind, since)", rows, "").await.map(drop)
}

pub(crate) async fn crowd_posts(tx: &mut Tx, org: OrgId, posts: Vec<CrowdPost>) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for p in posts {
        rows.push(args![p.id, org, p.author, "post", "public", p.at, "fr", p.body, 1_i64]);
    }
    let head = "INSERT INTO community_post (id, org_id, author_id, kind, state, at, lang, body, version)";
    tx.insert_rows(head, rows, "").await.map(drop)
}
