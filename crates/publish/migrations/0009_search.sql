-- What is in the search index, per episode: a digest of it, and the episode's last change when it was written. The words
-- themselves are in two indexes: everything, and titles with numbers and people. Rows hang on no key, so that whatever
-- deletes an episode is never stopped by its index; what is left over is swept.
CREATE TABLE publish_search (
  episode_id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  show_id BIGINT NOT NULL,
  digest TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX publish_search_show ON publish_search (show_id);
CREATE INDEX publish_episode_newest ON publish_episode (publish_at, id) WHERE state = 'scheduled';
-- pair: full_text publish_search
-- pair: full_text publish_search_title
