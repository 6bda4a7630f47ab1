-- Site pages, former addresses of shows, files nobody names any more.

-- A page of text beside the episodes: of one show, or of the whole site when show_id is NULL.
CREATE TABLE publish_page (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  show_id BIGINT REFERENCES publish_show (id),
  slug TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('about', 'rules', 'page')),
  state TEXT NOT NULL CHECK (state IN ('draft', 'public')),
  was_public BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX publish_page_org ON publish_page (org_id, id);

CREATE TABLE publish_page_text (
  page_id BIGINT NOT NULL REFERENCES publish_page (id),
  lang TEXT NOT NULL,
  title TEXT NOT NULL,
  body_md TEXT,
  body_html TEXT NOT NULL,
  PRIMARY KEY (page_id, lang)
);

-- What a page was at each version: rows are added and never change.
CREATE TABLE publish_page_version (
  page_id BIGINT NOT NULL REFERENCES publish_page (id),
  version BIGINT NOT NULL,
  state TEXT NOT NULL,
  texts TEXT NOT NULL,
  person_id BIGINT,
  saved_at BIGINT NOT NULL,
  PRIMARY KEY (page_id, version)
);
-- pair: forbid_update publish_page_version(page_id, version, state, texts, saved_at)
-- pair: forbid_delete publish_page_version

-- Addresses a show had before: they answer with a permanent redirect, and no other show may take them.
CREATE TABLE publish_former_address (
  kind TEXT NOT NULL CHECK (kind IN ('host', 'slug')),
  name TEXT NOT NULL,
  show_id BIGINT NOT NULL REFERENCES publish_show (id),
  left_at BIGINT NOT NULL,
  PRIMARY KEY (kind, name)
);

-- Files of the store no row names any more: marked, looked at again after a day, then removed.
CREATE TABLE publish_waste (
  blob TEXT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  marked_at BIGINT NOT NULL,
  removing BOOLEAN NOT NULL
);

-- What a picture shows, for people who do not see it, and the bytes it takes with its renditions.
ALTER TABLE publish_image ADD COLUMN alt_fr TEXT NOT NULL DEFAULT '';
ALTER TABLE publish_image ADD COLUMN alt_en TEXT NOT NULL DEFAULT '';
ALTER TABLE publish_image ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
CREATE INDEX publish_image_org ON publish_image (org_id, id);
