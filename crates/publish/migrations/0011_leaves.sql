-- What the public log holds of an episode: the hash of each leaf and of what the episode said then. The newest one is what
-- the page shows; the leaf itself is the log's.
CREATE TABLE publish_leaf (
  id BIGINT NOT NULL PRIMARY KEY,
  episode_id BIGINT NOT NULL,
  org_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('episode.published', 'episode.changed', 'episode.unpublished')),
  leaf_hash TEXT NOT NULL,
  said_sha256 TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX publish_leaf_episode ON publish_leaf (episode_id, id);
CREATE INDEX publish_leaf_org ON publish_leaf (org_id);

-- The index of words finds beginnings at once.
-- pair: full_text_beginnings publish_search
-- pair: full_text_beginnings publish_search_title
