//! The copy a person gets of what they put here as a member: profile, bonds, posts with all they ever said, clips, what
//! happened, and which files belong to it. Comments are in `erase`. What erasing takes away is in the copy.

use std::collections::BTreeMap;

use db::{Failure, Tx};
use kernel::{At, Ctx, PersonId, show_id};
use serde_json::{Value, json};

use super::may_handle;
use crate::model::{Clip, Image, Member, POST_PREFIX, Post};
use crate::pictures::MEDIA_TYPE;
use crate::store;

/// The most rows of a list.
const MOST: i64 = 1_000_000;

/// What is kept of a member.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberCopy {
    /// What is told; `null` for somebody without a place in public and without posts.
    pub told: Value,
    /// The files that belong to it: digest and media type, each once.
    pub files: BTreeMap<String, String>,
}

impl MemberCopy {
    /// Adds a file; gives where it stands in the copy.
    fn add(&mut self, sha256: &str, media_type: &str) -> String {
        self.files.insert(sha256.to_owned(), media_type.to_owned());
        file_path(sha256, media_type)
    }
}

/// Where a file stands in a copy.
#[must_use]
pub fn file_path(sha256: &str, media_type: &str) -> String {
    let end = match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "video/mp4" => "mp4",
        "video/quicktime" => "mov",
        "video/webm" => "webm",
        _ => "bin",
    };
    format!("files/{sha256}.{end}")
}

/// Everything the slice keeps about a member, comments excepted (`service::export_person` gives those).
///
/// # Errors
/// Refused for anybody but the person and the operator.
pub async fn export_member(tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<MemberCopy, Failure> {
    may_handle(ctx, person)?;
    let mut copy = MemberCopy::default();
    let houses = written_for_houses(tx, &mut copy, person).await?;
    let Some(member) = store::member_of(tx, person).await? else {
        if houses.is_empty() {
            return Ok(copy);
        }
        copy.told = json!({"written_for": houses});
        return Ok(copy);
    };
    let posts = store::every_post_of(tx, member.id).await?;
    let posts = told_posts(tx, &mut copy, &posts).await?;
    let picture = member.picture.as_ref().map(|sha256| copy.add(sha256, MEDIA_TYPE));
    let told = store::notifications(tx, member.id, None, MOST).await?;
    let told: Vec<Value> =
        told.iter().map(|n| json!({"what": n.kind.code(), "by": n.actor_name, "at": n.at.rfc3339()})).collect();
    copy.told = json!({
        "handle": member.handle, "name": member.name, "about": member.about, "link": member.link, "picture": picture,
        "joined_at": member.joined_at.rfc3339(), "feed_order": member.feed_order, "digest": member.digest.code(),
        "bonds": bonds(tx, &member).await?, "posts": posts, "written_for": houses, "notifications": told,
    });
    Ok(copy)
}

async fn bonds(tx: &mut Tx, member: &Member) -> Result<Value, Failure> {
    let mut sides = serde_json::Map::new();
    for (name, side) in [
        ("following", store::Side::Following),
        ("followers", store::Side::Followers),
        ("muted", store::Side::Muted),
        ("blocked", store::Side::Blocked),
    ] {
        let rows = store::side(tx, side, member.id, None, MOST).await?;
        let voices = store::voices(tx, &rows.iter().map(|r| r.1).collect::<Vec<_>>()).await?;
        let list = rows.iter().filter_map(|(since, id)| {
            let voice = voices.get(id)?;
            Some(json!({"handle": voice.handle, "kind": voice.kind.code(), "since": since.rfc3339()}))
        });
        sides.insert(name.to_owned(), list.collect());
    }
    Ok(Value::Object(sides))
}

async fn told_posts(tx: &mut Tx, copy: &mut MemberCopy, posts: &[Post]) -> Result<Vec<Value>, Failure> {
    let ids: Vec<i64> = posts.iter().map(|p| p.id).collect();
    let images = store::images(tx, &ids).await?;
    let clips = store::clips(tx, &ids).await?;
    let mut out = Vec::new();
    for post in posts {
        let before = store::before(tx, post.id).await?;
        let before = before.iter().map(|b| {
            let captions = b.captions.as_ref().map(|(lang, cues)| {
                let cues = serde_json::from_str::<Value>(cues).unwrap_or_default();
                json!({"lang": lang, "cues": cues})
            });
            json!({"body": b.body, "alts": b.alts, "captions": captions, "until": b.until.rfc3339()})
        });
        let before: Vec<Value> = before.collect();
        let draft = store::clip_draft(tx, post.id).await?;
        let captions = told_captions(tx, post.id).await?;
        let of = post.of.map(|of| json!({"kind": of.subject.kind.code(), "id": of.subject.id.to_string()}));
        let pictures = images.get(&post.id).into_iter().flatten().map(|i| told_image(copy, i)).collect::<Vec<_>>();
        out.push(json!({
            "id": show_id(POST_PREFIX, post.id), "kind": post.kind.code(), "state": post.state.code(),
            "at": post.at.rfc3339(), "edited_at": post.edited_at.map(At::rfc3339), "lang": post.lang,
            "body": post.body, "images": pictures, "passes_on": of, "before": before,
            "links": store::link_urls(tx, post.id).await?,
            "clip": clips.get(&post.id).map(|clip| told_clip(copy, clip)),
            "clip_begun": draft.map(|d| json!({"title": d.title, "at": d.made_at.rfc3339()})),
            "captions": captions,
        }));
    }
    Ok(out)
}

fn told_image(copy: &mut MemberCopy, image: &Image) -> Value {
    json!({
        "alt": image.alt, "file": copy.add(&image.sha256, &image.media_type),
        "small": copy.add(&image.small_sha256, &image.media_type),
    })
}

fn told_clip(copy: &mut MemberCopy, clip: &Clip) -> Value {
    // A smaller video is MP4; without one the original's own form was kept.
    let made_type =
        if clip.rendition == crate::model::Rendition::Ready { "video/mp4" } else { clip.media_type.as_str() };
    json!({
        "title": clip.title, "sha256": clip.sha256, "duration_ms": clip.duration_ms,
        "original": copy.add(&clip.sha256, &clip.media_type),
        "shown": clip.made.as_ref().map(|made| copy.add(&made.sha256, made_type)),
        "still": clip.poster.as_ref().map(|poster| copy.add(poster, MEDIA_TYPE)),
    })
}

async fn told_captions(tx: &mut Tx, post: i64) -> Result<Value, Failure> {
    let all = store::captions(tx, post).await?;
    let one = |(lang, cues): (String, String)| (lang, serde_json::from_str(&cues).unwrap_or(Value::String(cues)));
    Ok(Value::Object(all.into_iter().map(one).collect()))
}

/// What a person wrote for shows and organisations. It is theirs who publish it; the originals of clips are given, because
/// the person sent them.
async fn written_for_houses(tx: &mut Tx, copy: &mut MemberCopy, person: PersonId) -> Result<Vec<Value>, Failure> {
    let member = store::member_of(tx, person).await?.map_or(0, |m| m.id);
    let posts: Vec<Post> =
        store::written_by(tx, person).await?.into_iter().filter(|post| post.author != member).collect();
    let voices = store::voices(tx, &posts.iter().map(|p| p.author).collect::<Vec<_>>()).await?;
    let clips = store::clips(tx, &posts.iter().map(|p| p.id).collect::<Vec<_>>()).await?;
    let one = |post: &Post| {
        let clip = clips.get(&post.id).filter(|_| post.state != crate::model::PostState::Deleted);
        json!({
            "id": show_id(POST_PREFIX, post.id), "for": voices.get(&post.author).map(|v| v.handle.clone()),
            "kind": post.kind.code(), "at": post.at.rfc3339(), "body": post.body,
            "original": clip.map(|clip| copy.add(&clip.sha256, &clip.media_type)),
        })
    };
    Ok(posts.iter().map(one).collect())
}
