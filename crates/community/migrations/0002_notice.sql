-- When an organisation's moderators last got a mail about what waits, and the newest comment it knew of.

CREATE TABLE community_notice (
  org_id BIGINT NOT NULL PRIMARY KEY,
  sent_at BIGINT NOT NULL,
  up_to BIGINT NOT NULL
);
