-- Resumable uploads, conversions, renditions and excerpts of sound; versions of transcripts.

-- An upload by tus 1.0.0. Its bytes lie in the scratch folder until it is whole; `received` never says more than the disk holds.
CREATE TABLE publish_upload (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  purpose TEXT NOT NULL CHECK (purpose IN ('sound')),
  size BIGINT NOT NULL CHECK (size > 0),
  received BIGINT NOT NULL CHECK (received >= 0 AND received <= size),
  file_title TEXT NOT NULL,
  declared TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'refused', 'ended')),
  trouble TEXT,
  lease BIGINT NOT NULL,
  leased_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX publish_upload_org ON publish_upload (org_id, state);
CREATE INDEX publish_upload_expiry ON publish_upload (expires_at);

-- A sound file that ffmpeg turns into an episode's sound. `source` is the blob that came.
CREATE TABLE publish_conversion (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  kind TEXT NOT NULL CHECK (kind IN ('convert', 'normalise', 'renditions')),
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  size BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed', 'dropped')),
  trouble TEXT,
  loudness_before TEXT,
  loudness_after TEXT,
  created_at BIGINT NOT NULL,
  ended_at BIGINT
);
CREATE INDEX publish_conversion_episode ON publish_conversion (episode_id, id);

-- Other files of the same sound. `source` is the episode's sound they belong to: a rendition of replaced sound is offered to nobody.
CREATE TABLE publish_rendition (
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  rank BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('original', 'lossless', 'light')),
  source TEXT NOT NULL,
  blob TEXT NOT NULL,
  mime TEXT NOT NULL,
  extension TEXT NOT NULL,
  size BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  bitrate BIGINT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (episode_id, rank)
);

-- A stretch of an episode with a title. `source` is the sound its file was cut from; a file of replaced sound is offered to nobody.
CREATE TABLE publish_excerpt (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  start_ms BIGINT NOT NULL CHECK (start_ms >= 0),
  duration_ms BIGINT NOT NULL CHECK (duration_ms > 0),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'failed')),
  source TEXT,
  blob TEXT,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  removed_at BIGINT
);
CREATE INDEX publish_excerpt_episode ON publish_excerpt (episode_id, start_ms, id);

CREATE TABLE publish_excerpt_text (
  excerpt_id BIGINT NOT NULL REFERENCES publish_excerpt (id),
  lang TEXT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (excerpt_id, lang)
);

-- Two who correct the same transcript notice each other; the last step can be undone.
ALTER TABLE publish_transcript ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE publish_transcript ADD COLUMN earlier TEXT;
