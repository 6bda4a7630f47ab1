-- What the public says about anything. The subject belongs to another slice: two columns, looked behind on floor 4 only.

CREATE TABLE community_thread (
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  org_id BIGINT NOT NULL,
  visible BIGINT NOT NULL,
  waiting BIGINT NOT NULL,
  closed BOOLEAN NOT NULL,
  PRIMARY KEY (subject_kind, subject_id)
);
CREATE INDEX community_thread_org ON community_thread (org_id);

CREATE TABLE community_comment (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  parent_id BIGINT REFERENCES community_comment (id),
  root_id BIGINT NOT NULL,
  depth BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('visible', 'held', 'spam', 'removed', 'deleted')),
  author_kind TEXT NOT NULL CHECK (author_kind IN ('guest', 'member', 'team')),
  person_id BIGINT,
  author_name TEXT NOT NULL,
  author_url TEXT,
  body TEXT NOT NULL,
  body_digest TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  edited_at BIGINT,
  version BIGINT NOT NULL,
  reasons TEXT NOT NULL,
  erased BOOLEAN NOT NULL,
  source TEXT,
  link_epoch BIGINT NOT NULL,
  UNIQUE (org_id, source)
);
CREATE INDEX community_comment_subject ON community_comment (subject_kind, subject_id, said_at, id);
CREATE INDEX community_comment_root ON community_comment (root_id, said_at, id);
CREATE INDEX community_comment_queue ON community_comment (org_id, state, id);
CREATE INDEX community_comment_person ON community_comment (person_id, said_at);
CREATE INDEX community_comment_same ON community_comment (body_digest, said_at);

-- What nobody below a moderator may see of a guest: the address sealed, and digests under the server's secret.
CREATE TABLE community_private (
  comment_id BIGINT NOT NULL PRIMARY KEY REFERENCES community_comment (id),
  org_id BIGINT NOT NULL,
  email_sealed BYTEA NOT NULL,
  email_digest TEXT NOT NULL,
  network_digest TEXT,
  said_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX community_private_email ON community_private (email_digest, said_at);
CREATE INDEX community_private_network ON community_private (network_digest);
CREATE INDEX community_private_end ON community_private (expires_at);

-- Who had a comment approved: a digest of a guest's address, or a member's number. Their next ones need not wait.
CREATE TABLE community_known (
  org_id BIGINT NOT NULL,
  who TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (org_id, who)
);

-- What a moderator decided; one act may concern many comments and is undone as one.
CREATE TABLE community_decision (
  act_id BIGINT NOT NULL,
  comment_id BIGINT NOT NULL REFERENCES community_comment (id),
  org_id BIGINT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  version BIGINT NOT NULL,
  made_known TEXT,
  person_id BIGINT,
  at BIGINT NOT NULL,
  undone_at BIGINT,
  PRIMARY KEY (act_id, comment_id)
);
CREATE INDEX community_decision_comment ON community_decision (comment_id, at);

CREATE TABLE community_settings (
  org_id BIGINT NOT NULL PRIMARY KEY,
  hold TEXT NOT NULL CHECK (hold IN ('first', 'every', 'none')),
  closes_after_days BIGINT,
  most_links BIGINT NOT NULL,
  blocked_words TEXT NOT NULL,
  notify TEXT NOT NULL CHECK (notify IN ('off', 'hourly', 'daily')),
  version BIGINT NOT NULL
);
