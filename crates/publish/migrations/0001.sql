-- Pictures, by content. Renditions are made when the picture arrives.
CREATE TABLE publish_image (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  blob TEXT NOT NULL,
  mime TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  small_blob TEXT NOT NULL,
  card_blob TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE publish_show (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  slug TEXT NOT NULL UNIQUE,
  language TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  author TEXT NOT NULL,
  link TEXT,
  copyright TEXT,
  categories TEXT NOT NULL,
  explicit BOOLEAN NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('episodic', 'serial')),
  podcast_guid TEXT NOT NULL,
  locked BOOLEAN NOT NULL,
  medium TEXT,
  complete BOOLEAN NOT NULL,
  funding TEXT NOT NULL,
  source_url TEXT,
  source_digest TEXT,
  remote_cover_url TEXT,
  cover_id BIGINT REFERENCES publish_image (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
-- pair: forbid_update publish_show(podcast_guid)
CREATE INDEX publish_show_org ON publish_show (org_id, id);

CREATE TABLE publish_show_text (
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  lang TEXT NOT NULL,
  title TEXT NOT NULL,
  tagline TEXT NOT NULL,
  description_html TEXT NOT NULL,
  PRIMARY KEY (show_id, lang)
);

-- Every GUID a show ever had. A row never changes and never goes, so a GUID can neither drift nor be used again.
CREATE TABLE publish_guid (
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  guid TEXT NOT NULL,
  given_at BIGINT NOT NULL,
  PRIMARY KEY (show_id, guid)
);
-- pair: forbid_update publish_guid(show_id, guid, given_at)
-- pair: forbid_delete publish_guid

CREATE TABLE publish_episode (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  guid TEXT NOT NULL,
  guid_is_permalink BOOLEAN NOT NULL,
  guid_given BOOLEAN NOT NULL,
  slug TEXT NOT NULL,
  number BIGINT,
  season BIGINT,
  kind TEXT NOT NULL CHECK (kind IN ('full', 'trailer', 'bonus')),
  state TEXT NOT NULL CHECK (state IN ('draft', 'scheduled', 'unpublished')),
  publish_at BIGINT,
  wall_clock TEXT,
  explicit BOOLEAN,
  link TEXT,
  author TEXT,
  source_digest TEXT,
  remote_cover_url TEXT,
  cover_id BIGINT REFERENCES publish_image (id),
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (show_id, guid),
  UNIQUE (show_id, slug),
  FOREIGN KEY (show_id, guid) REFERENCES publish_guid (show_id, guid),
  CHECK (state <> 'scheduled' OR publish_at IS NOT NULL)
);
-- pair: forbid_update publish_episode(guid, show_id, org_id)
CREATE INDEX publish_episode_public ON publish_episode (show_id, publish_at, id) WHERE state = 'scheduled';
CREATE INDEX publish_episode_org ON publish_episode (org_id, id);

CREATE TABLE publish_episode_text (
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  lang TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  notes_md TEXT,
  notes_html TEXT NOT NULL,
  cover_alt TEXT NOT NULL,
  PRIMARY KEY (episode_id, lang)
);

CREATE TABLE publish_chapter (
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  position BIGINT NOT NULL,
  start_ms BIGINT NOT NULL CHECK (start_ms >= 0),
  in_toc BOOLEAN NOT NULL,
  image_id BIGINT REFERENCES publish_image (id),
  PRIMARY KEY (episode_id, position)
);

CREATE TABLE publish_chapter_text (
  episode_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  lang TEXT NOT NULL,
  title TEXT NOT NULL,
  PRIMARY KEY (episode_id, position, lang),
  FOREIGN KEY (episode_id, position) REFERENCES publish_chapter (episode_id, position)
);

-- The links behind a chapter's claims, with the day somebody looked at them.
CREATE TABLE publish_source (
  episode_id BIGINT NOT NULL,
  position BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('link', 'video')),
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  seen_on TEXT,
  PRIMARY KEY (episode_id, position, rank),
  FOREIGN KEY (episode_id, position) REFERENCES publish_chapter (episode_id, position)
);

-- People named on a show (episode_id 0) or an episode: public credits, not accounts.
CREATE TABLE publish_credit (
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  episode_id BIGINT NOT NULL,
  rank BIGINT NOT NULL,
  credit_name TEXT NOT NULL,
  role TEXT NOT NULL,
  team TEXT NOT NULL,
  href TEXT,
  bio_fr TEXT NOT NULL,
  bio_en TEXT NOT NULL,
  PRIMARY KEY (show_id, episode_id, rank)
);

CREATE TABLE publish_audio (
  episode_id BIGINT NOT NULL PRIMARY KEY REFERENCES publish_episode (id),
  remote_url TEXT,
  blob TEXT,
  mime TEXT NOT NULL,
  size BIGINT NOT NULL CHECK (size >= 0),
  duration_ms BIGINT,
  header_bytes BIGINT NOT NULL,
  waveform BYTEA,
  tags TEXT NOT NULL,
  CHECK ((remote_url IS NULL) <> (blob IS NULL))
);
CREATE INDEX publish_audio_blob ON publish_audio (blob);

CREATE TABLE publish_transcript (
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  lang TEXT NOT NULL,
  body TEXT NOT NULL,
  reviewed BOOLEAN NOT NULL,
  PRIMARY KEY (episode_id, lang)
);

-- Transcripts and chapters an imported feed names but that live elsewhere.
CREATE TABLE publish_remote_file (
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  rank BIGINT NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose IN ('transcript', 'chapters')),
  url TEXT NOT NULL,
  mime TEXT NOT NULL,
  lang TEXT,
  rel TEXT,
  PRIMARY KEY (episode_id, rank)
);
