-- Uploads bring the video of a clip too: of a member, or of a house (a show, an organisation). The post is another slice's: its
-- number says nothing here.
CREATE TABLE publish_upload_next (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  episode_id BIGINT REFERENCES publish_episode (id),
  post_id BIGINT,
  purpose TEXT NOT NULL CHECK (purpose IN ('sound', 'clip', 'house')),
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
INSERT INTO publish_upload_next (id, org_id, person_id, episode_id, post_id, purpose, size, received, file_title, declared, state, trouble,
    lease, leased_until, created_at, expires_at)
  SELECT id, org_id, person_id, episode_id, NULL, purpose, size, received, file_title, declared, state, trouble,
    lease, leased_until, created_at, expires_at FROM publish_upload;
DROP TABLE publish_upload;
ALTER TABLE publish_upload_next RENAME TO publish_upload;
CREATE INDEX publish_upload_org ON publish_upload (org_id, state);
CREATE INDEX publish_upload_person ON publish_upload (person_id, state);
CREATE INDEX publish_upload_expiry ON publish_upload (expires_at);
