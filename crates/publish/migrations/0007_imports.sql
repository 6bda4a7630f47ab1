-- What imports keep: terms, attachments, comments, and the rehearsals that come before.

-- Categories, tags and other terms of a show's episodes, as an export named them.
CREATE TABLE publish_term (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  taxonomy TEXT NOT NULL,
  slug TEXT NOT NULL,
  label TEXT NOT NULL,
  parent_slug TEXT,
  about TEXT NOT NULL,
  UNIQUE (show_id, taxonomy, slug)
);

CREATE TABLE publish_episode_term (
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  term_id BIGINT NOT NULL REFERENCES publish_term (id),
  PRIMARY KEY (episode_id, term_id)
);
CREATE INDEX publish_episode_term_of ON publish_episode_term (term_id);

-- Files of a media library that live elsewhere.
CREATE TABLE publish_attachment (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  source_key TEXT NOT NULL,
  source_digest TEXT NOT NULL,
  episode_id BIGINT REFERENCES publish_episode (id),
  url TEXT NOT NULL,
  title TEXT NOT NULL,
  mime TEXT NOT NULL,
  alt TEXT NOT NULL,
  UNIQUE (show_id, source_key)
);
CREATE INDEX publish_attachment_episode ON publish_attachment (episode_id);

-- Comments as an export had them, with their threads and states. Nothing shows them yet.
CREATE TABLE publish_kept_comment (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  source_key TEXT NOT NULL,
  parent_key TEXT,
  source_digest TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('comment', 'pingback', 'trackback')),
  state TEXT NOT NULL CHECK (state IN ('approved', 'held', 'spam', 'trash')),
  author_name TEXT NOT NULL,
  author_url TEXT,
  body_html TEXT NOT NULL,
  said_at BIGINT,
  erased BOOLEAN NOT NULL,
  UNIQUE (show_id, source_key)
);
CREATE INDEX publish_kept_comment_episode ON publish_kept_comment (episode_id, id);

-- What nobody but the operator may see of a commenter. It runs out, and no page, feed or API reads it.
CREATE TABLE publish_kept_comment_private (
  comment_id BIGINT NOT NULL PRIMARY KEY REFERENCES publish_kept_comment (id),
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX publish_kept_comment_private_email ON publish_kept_comment_private (email_folded);
CREATE INDEX publish_kept_comment_private_end ON publish_kept_comment_private (expires_at);

-- Which page of an export became which page here, and the version the import left it at.
CREATE TABLE publish_imported_page (
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  source_key TEXT NOT NULL,
  page_id BIGINT NOT NULL REFERENCES publish_page (id),
  source_digest TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (show_id, source_key)
);

-- An import looked at before it is done, and what was done after. The bytes lie in a private file until then.
CREATE TABLE publish_rehearsal (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  person_id BIGINT,
  kind TEXT NOT NULL CHECK (kind IN ('feed', 'wxr')),
  source TEXT NOT NULL,
  charset TEXT,
  wanted_show BIGINT REFERENCES publish_show (id),
  digest TEXT NOT NULL,
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ran_at BIGINT,
  show_id BIGINT REFERENCES publish_show (id),
  made_show BOOLEAN NOT NULL,
  report TEXT,
  undone_at BIGINT
);
CREATE INDEX publish_rehearsal_org ON publish_rehearsal (org_id, id);
