-- Links by which a client sees the figures of one month without an account. The secret is kept as its digest.
CREATE TABLE audience_report (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  within_id BIGINT NOT NULL,
  month TEXT NOT NULL,
  label TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  created_by BIGINT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX audience_report_of ON audience_report (within_id, month);
