-- What was listened to and looked at. Events live until the salt of their day dies; figures by hour and day stay.

-- 32 random bytes a day. The row of day D is deleted at the end of D+1, and with it what could link a visitor.
CREATE TABLE audience_salt (
  day BIGINT NOT NULL PRIMARY KEY,
  salt BYTEA NOT NULL
);

-- One visitor's window of 24 hours on one subject, under a digest.
CREATE TABLE audience_visit (
  kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  visitor TEXT NOT NULL,
  org_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  taken TEXT NOT NULL,
  counted BOOLEAN NOT NULL,
  PRIMARY KEY (kind, subject_kind, subject_id, visitor)
);
CREATE INDEX audience_visit_day ON audience_visit (day);

-- How many new visitors a network brought to a subject within a day, under a digest.
CREATE TABLE audience_network (
  kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  network TEXT NOT NULL,
  org_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  visitors BIGINT NOT NULL,
  PRIMARY KEY (kind, subject_kind, subject_id, network)
);
CREATE INDEX audience_network_day ON audience_network (day);

-- Requests for sound, so that a day can be counted again by anybody.
CREATE TABLE audience_event (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  within_id BIGINT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  at BIGINT NOT NULL,
  visitor TEXT NOT NULL,
  method TEXT NOT NULL,
  status BIGINT NOT NULL,
  first_byte BIGINT NOT NULL,
  end_byte BIGINT NOT NULL,
  size BIGINT NOT NULL,
  header BIGINT NOT NULL,
  duration_ms BIGINT NOT NULL,
  agent TEXT NOT NULL,
  reason TEXT NOT NULL,
  counted BOOLEAN NOT NULL,
  rules TEXT NOT NULL
);
CREATE INDEX audience_event_day ON audience_event (day, org_id, id);

-- The figures that stay.
CREATE TABLE audience_hour (
  kind TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  hour BIGINT NOT NULL,
  rules TEXT NOT NULL,
  org_id BIGINT NOT NULL,
  within_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (kind, subject_kind, subject_id, hour, rules)
);
CREATE INDEX audience_hour_org ON audience_hour (org_id, hour);

CREATE TABLE audience_part (
  kind TEXT NOT NULL,
  part TEXT NOT NULL,
  name TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  day BIGINT NOT NULL,
  rules TEXT NOT NULL,
  org_id BIGINT NOT NULL,
  within_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY (kind, part, name, subject_kind, subject_id, day, rules)
);
CREATE INDEX audience_part_org ON audience_part (org_id, day);
