-- The desk: rundown, history, unsaved work, corrections.

-- An idea with its links; in an episode's rundown, or (without an episode) in its show's pool of ideas.
CREATE TABLE publish_rundown_item (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  episode_id BIGINT REFERENCES publish_episode (id),
  position BIGINT NOT NULL,
  title TEXT NOT NULL,
  notes TEXT NOT NULL,
  planned_ms BIGINT NOT NULL CHECK (planned_ms >= 0),
  assignee BIGINT,
  state TEXT NOT NULL CHECK (state IN ('idea', 'ready')),
  dropped_at BIGINT,
  version BIGINT NOT NULL,
  created_by BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX publish_rundown_item_episode ON publish_rundown_item (episode_id, position);
CREATE INDEX publish_rundown_item_show ON publish_rundown_item (show_id, position);

CREATE TABLE publish_rundown_link (
  item_id BIGINT NOT NULL REFERENCES publish_rundown_item (id),
  rank BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('link', 'video')),
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (item_id, rank)
);

-- How long an episode shall be.
CREATE TABLE publish_rundown (
  episode_id BIGINT NOT NULL PRIMARY KEY REFERENCES publish_episode (id),
  target_ms BIGINT NOT NULL CHECK (target_ms >= 0)
);

-- The rundown's item a chapter was made from.
ALTER TABLE publish_chapter ADD COLUMN item_id BIGINT;

-- What an episode said at each version. Without a body the texts are those of the version before.
CREATE TABLE publish_revision (
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  version BIGINT NOT NULL,
  org_id BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  made_by BIGINT,
  what TEXT NOT NULL,
  body TEXT,
  PRIMARY KEY (episode_id, version)
);
-- pair: forbid_update publish_revision(made_at, made_by, what)

-- Forms somebody has typed into and not saved.
CREATE TABLE publish_autosave (
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  person_id BIGINT NOT NULL,
  section TEXT NOT NULL,
  version BIGINT NOT NULL,
  kept_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (episode_id, person_id, section)
);
CREATE INDEX publish_autosave_kept ON publish_autosave (kept_at);

-- What was wrong in a published episode. Rows never change and never go: a correction is amended by a further one.
CREATE TABLE publish_correction (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  made_at BIGINT NOT NULL,
  made_by BIGINT,
  chapter_ms BIGINT,
  amends BIGINT REFERENCES publish_correction (id)
);
-- pair: forbid_update publish_correction(id, org_id, episode_id, made_at, made_by, chapter_ms, amends)
-- pair: forbid_delete publish_correction
CREATE INDEX publish_correction_episode ON publish_correction (episode_id, id);

CREATE TABLE publish_correction_text (
  correction_id BIGINT NOT NULL REFERENCES publish_correction (id),
  lang TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (correction_id, lang)
);
-- pair: forbid_update publish_correction_text(correction_id, lang, body)
-- pair: forbid_delete publish_correction_text
