-- People, what they say and whom they follow. A voice is whoever can be followed and can post: a member, a show or an
-- organisation. Its id is the id of the member, show or organisation itself.
CREATE TABLE community_voice (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('member', 'show', 'organisation')),
  org_id BIGINT NOT NULL,
  handle TEXT NOT NULL,
  newest_at BIGINT NOT NULL,
  followers BIGINT NOT NULL CHECK (followers >= 0),
  closed BOOLEAN NOT NULL
);
CREATE INDEX community_voice_org ON community_voice (org_id);
CREATE INDEX community_voice_followers ON community_voice (kind, followers DESC, id);

-- Every handle ever given. A former one still leads to its voice and is given to nobody else.
CREATE TABLE community_handle (
  handle_folded TEXT NOT NULL PRIMARY KEY,
  voice_id BIGINT NOT NULL REFERENCES community_voice (id),
  since BIGINT NOT NULL
);
CREATE INDEX community_handle_voice ON community_handle (voice_id);

-- A person's place in public. The organisation is the house: whose moderators answer for what members say.
CREATE TABLE community_member (
  id BIGINT NOT NULL PRIMARY KEY REFERENCES community_voice (id),
  org_id BIGINT NOT NULL,
  person_id BIGINT UNIQUE,
  name TEXT NOT NULL,
  about TEXT NOT NULL,
  link TEXT,
  picture TEXT,
  joined_at BIGINT NOT NULL,
  feed_order TEXT NOT NULL,
  digest TEXT NOT NULL CHECK (digest IN ('off', 'daily', 'weekly')),
  digest_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  erased_at BIGINT
);

CREATE TABLE community_follow (
  member_id BIGINT NOT NULL REFERENCES community_member (id),
  voice_id BIGINT NOT NULL REFERENCES community_voice (id),
  kind TEXT NOT NULL CHECK (kind IN ('member', 'show', 'organisation')),
  since BIGINT NOT NULL,
  PRIMARY KEY (member_id, voice_id)
);
CREATE INDEX community_follow_voice ON community_follow (voice_id, since, member_id);
-- Shows and organisations alone: they bring more than their posts.
CREATE INDEX community_follow_house ON community_follow (member_id, kind, voice_id) WHERE kind <> 'member';

-- What a member does not want to see. Nobody is told.
CREATE TABLE community_mute (
  member_id BIGINT NOT NULL REFERENCES community_member (id),
  voice_id BIGINT NOT NULL REFERENCES community_voice (id),
  since BIGINT NOT NULL,
  PRIMARY KEY (member_id, voice_id)
);

-- Two who do not see each other any more, whoever asked for it.
CREATE TABLE community_block (
  member_id BIGINT NOT NULL REFERENCES community_member (id),
  blocked_id BIGINT NOT NULL REFERENCES community_member (id),
  since BIGINT NOT NULL,
  PRIMARY KEY (member_id, blocked_id)
);
CREATE INDEX community_block_blocked ON community_block (blocked_id, member_id);

-- A post or a clip. `of_*` is what it passes on: with words it is a quote, without a reshare; `of_author` is whose that was.
CREATE TABLE community_post (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  author_id BIGINT NOT NULL REFERENCES community_voice (id),
  person_id BIGINT,
  kind TEXT NOT NULL CHECK (kind IN ('post', 'clip')),
  state TEXT NOT NULL CHECK (state IN ('preparing', 'public', 'removed', 'deleted')),
  at BIGINT NOT NULL,
  lang TEXT NOT NULL,
  body TEXT NOT NULL,
  of_kind TEXT,
  of_id BIGINT,
  of_author BIGINT,
  edited_at BIGINT,
  version BIGINT NOT NULL,
  request TEXT,
  UNIQUE (author_id, request)
);
CREATE INDEX community_post_author ON community_post (author_id, at, id);
CREATE INDEX community_post_clips ON community_post (at, id) WHERE kind = 'clip' AND state = 'public';
CREATE INDEX community_post_person ON community_post (person_id, id);
-- Feeds read the heads of each followed voice from here alone.
CREATE INDEX community_post_public ON community_post (author_id, at, id) WHERE state = 'public';
-- Those who follow very many look through the newest of everybody first.
CREATE INDEX community_post_newest ON community_post (at, id, author_id) WHERE state = 'public';
CREATE INDEX community_post_of ON community_post (of_id, at);
-- What one voice passed on: by itself, and among those a viewer does not see.
CREATE INDEX community_post_passed ON community_post (author_id, of_id) WHERE of_id IS NOT NULL;
CREATE INDEX community_post_org ON community_post (org_id, at, id);

-- How many of a thread are by people a viewer does not see.
CREATE INDEX community_comment_said ON community_comment (person_id, subject_id) WHERE state = 'visible';

-- Up to four pictures, made anew from their pixels: nothing of the camera is kept.
CREATE TABLE community_image (
  post_id BIGINT NOT NULL REFERENCES community_post (id),
  place BIGINT NOT NULL,
  org_id BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  small_sha256 TEXT NOT NULL,
  media_type TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  alt TEXT NOT NULL,
  PRIMARY KEY (post_id, place)
);
CREATE INDEX community_image_file ON community_image (sha256);

CREATE TABLE community_tag (
  post_id BIGINT NOT NULL REFERENCES community_post (id),
  tag TEXT NOT NULL,
  shown TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (post_id, tag)
);
CREATE INDEX community_tag_newest ON community_tag (tag, at, post_id);
CREATE INDEX community_tag_recent ON community_tag (at, post_id);

CREATE TABLE community_mention (
  post_id BIGINT NOT NULL REFERENCES community_post (id),
  voice_id BIGINT NOT NULL REFERENCES community_voice (id),
  PRIMARY KEY (post_id, voice_id)
);
CREATE INDEX community_mention_voice ON community_mention (voice_id, post_id);

-- What a post said before it was edited; with a language, its captions in it were changed and these are those of before.
-- Gone when the post is deleted.
CREATE TABLE community_post_before (
  post_id BIGINT NOT NULL REFERENCES community_post (id),
  version BIGINT NOT NULL,
  body TEXT NOT NULL,
  alts TEXT NOT NULL,
  captions_lang TEXT,
  captions TEXT,
  until BIGINT NOT NULL,
  PRIMARY KEY (post_id, version)
);

-- What the page behind a link says of itself. Fetched once behind the guard, kept for every post with the link.
CREATE TABLE community_card (
  url_digest TEXT NOT NULL PRIMARY KEY,
  url TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'ready', 'none')),
  title TEXT NOT NULL,
  about TEXT NOT NULL,
  site TEXT NOT NULL,
  picture TEXT,
  fetched_at BIGINT NOT NULL
);
CREATE TABLE community_post_link (
  post_id BIGINT NOT NULL REFERENCES community_post (id),
  place BIGINT NOT NULL,
  url_digest TEXT NOT NULL REFERENCES community_card (url_digest),
  PRIMARY KEY (post_id, place)
);
CREATE INDEX community_post_link_card ON community_post_link (url_digest);

-- The video of a clip. The digest of the original never changes, whatever is made of it.
CREATE TABLE community_clip (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES community_post (id),
  org_id BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  title TEXT NOT NULL,
  has_sound BOOLEAN NOT NULL,
  rendition TEXT NOT NULL CHECK (rendition IN ('waiting', 'ready', 'none')),
  rendition_sha256 TEXT,
  rendition_bytes BIGINT,
  rendition_width BIGINT,
  rendition_height BIGINT,
  poster_sha256 TEXT,
  problem TEXT,
  from_episode BIGINT,
  from_ms BIGINT,
  to_ms BIGINT
);
CREATE INDEX community_clip_org ON community_clip (org_id);
-- pair: forbid_update community_clip(sha256)

-- A clip whose video is still to come: what was typed is kept until the file is whole or the cut is made.
CREATE TABLE community_clip_draft (
  post_id BIGINT NOT NULL PRIMARY KEY REFERENCES community_post (id),
  org_id BIGINT NOT NULL,
  title TEXT NOT NULL,
  from_episode BIGINT,
  from_ms BIGINT,
  to_ms BIGINT,
  trouble TEXT,
  made_at BIGINT NOT NULL
);
CREATE INDEX community_clip_draft_org ON community_clip_draft (org_id);

CREATE TABLE community_caption (
  post_id BIGINT NOT NULL REFERENCES community_post (id),
  lang TEXT NOT NULL,
  cues TEXT NOT NULL,
  PRIMARY KEY (post_id, lang)
);

-- What happened to a member: who followed, mentioned, answered, passed on. `about_*` is where it happened.
CREATE TABLE community_notification (
  id BIGINT NOT NULL PRIMARY KEY,
  member_id BIGINT NOT NULL REFERENCES community_member (id),
  kind TEXT NOT NULL CHECK (kind IN ('follow', 'mention', 'comment', 'reply', 'reshare', 'quote', 'removed', 'team-post', 'team-comment', 'clip-public', 'clip-failed')),
  actor_id BIGINT,
  actor_name TEXT NOT NULL,
  about_kind TEXT,
  about_id BIGINT,
  comment_id BIGINT,
  at BIGINT NOT NULL,
  same TEXT NOT NULL,
  UNIQUE (member_id, same)
);
CREATE INDEX community_notification_comment ON community_notification (comment_id);
CREATE INDEX community_notification_member ON community_notification (member_id, id);
CREATE INDEX community_notification_since ON community_notification (member_id, at);
CREATE INDEX community_notification_about ON community_notification (about_id, about_kind);
CREATE INDEX community_notification_actor ON community_notification (actor_id);

-- What is in the search index, per post and per member: a digest of the words, which are beside it in two indexes. Rows hang on
-- no key, so that whatever deletes is never stopped by its index; what is left over is swept.
CREATE TABLE community_search (
  kind TEXT NOT NULL CHECK (kind IN ('post', 'member')),
  subject_id BIGINT NOT NULL,
  org_id BIGINT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (kind, subject_id)
);
CREATE INDEX community_search_org ON community_search (org_id);
-- pair: full_text community_search_post
-- pair: full_text community_search_member

-- What moderators search: a comment's text and name with every letter folded, the same on both engines. NULL where a
-- comment is older than these columns and was not folded yet.
ALTER TABLE community_comment ADD COLUMN folded_body TEXT;
ALTER TABLE community_comment ADD COLUMN folded_name TEXT;
CREATE INDEX community_comment_unfolded ON community_comment (id) WHERE folded_body IS NULL;

-- Whether a row names a file is asked file by file.
CREATE INDEX community_image_small ON community_image (small_sha256);
CREATE INDEX community_card_picture ON community_card (picture) WHERE picture IS NOT NULL;
CREATE INDEX community_member_picture ON community_member (picture) WHERE picture IS NOT NULL;
CREATE INDEX community_clip_file ON community_clip (sha256);
CREATE INDEX community_clip_rendition ON community_clip (rendition_sha256) WHERE rendition_sha256 IS NOT NULL;
CREATE INDEX community_clip_poster ON community_clip (poster_sha256) WHERE poster_sha256 IS NOT NULL;
