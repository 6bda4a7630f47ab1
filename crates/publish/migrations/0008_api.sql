-- Answers to creating requests that carried a key, kept for a day so that a repetition makes nothing twice.
CREATE TABLE publish_once (
  org_id BIGINT NOT NULL,
  token_mark TEXT NOT NULL,
  request_key TEXT NOT NULL,
  digest TEXT NOT NULL,
  answer TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  PRIMARY KEY (token_mark, request_key)
);
CREATE INDEX publish_once_age ON publish_once (asked_at);
