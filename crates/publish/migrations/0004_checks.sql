-- Checks, approvals, webhooks.

-- How the address of a source answered when it was last asked.
CREATE TABLE publish_source_health (
  org_id BIGINT NOT NULL,
  url TEXT NOT NULL,
  checked_at BIGINT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'gone', 'failed', 'refused')),
  status BIGINT,
  streak BIGINT NOT NULL,
  failing_since BIGINT,
  PRIMARY KEY (org_id, url)
);

-- Who scheduled an episode: the mails about its publication go there when the show names nobody else.
ALTER TABLE publish_episode ADD COLUMN scheduled_by BIGINT;

-- What the look of the evening before and the proof after publication found, once per episode and instant.
CREATE TABLE publish_proof (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  kind TEXT NOT NULL CHECK (kind IN ('evening', 'proof')),
  instant BIGINT NOT NULL,
  at BIGINT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('ok', 'warnings', 'failed')),
  details TEXT NOT NULL,
  UNIQUE (episode_id, kind, instant)
);

-- A link with which a client sees and approves an episode; the token itself is kept nowhere.
CREATE TABLE publish_approval (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  token_hash TEXT NOT NULL UNIQUE,
  label TEXT NOT NULL,
  created_by BIGINT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE INDEX publish_approval_episode ON publish_approval (episode_id, id);

-- What clients said, with the version they saw. A row never changes and never goes.
CREATE TABLE publish_approval_note (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  approval_id BIGINT NOT NULL REFERENCES publish_approval (id),
  episode_id BIGINT NOT NULL REFERENCES publish_episode (id),
  kind TEXT NOT NULL CHECK (kind IN ('comment', 'approved', 'changes')),
  signed_name TEXT NOT NULL,
  body TEXT NOT NULL,
  episode_version BIGINT NOT NULL,
  digest TEXT NOT NULL,
  at BIGINT NOT NULL
);
-- pair: forbid_update publish_approval_note(id, org_id, approval_id, episode_id, kind, signed_name, body, episode_version, digest, at)
-- pair: forbid_delete publish_approval_note
CREATE INDEX publish_approval_note_episode ON publish_approval_note (episode_id, id);

-- Where an organisation wants to be told. The secret is derived from the server's key, the id and the generation.
CREATE TABLE publish_webhook (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  url TEXT NOT NULL,
  events TEXT NOT NULL,
  generation BIGINT NOT NULL,
  rotated_at BIGINT,
  paused_at BIGINT,
  pause_reason TEXT,
  created_by BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX publish_webhook_org ON publish_webhook (org_id, id);

-- One message to one webhook: once per event, however often it is tried.
CREATE TABLE publish_webhook_delivery (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  webhook_id BIGINT NOT NULL REFERENCES publish_webhook (id),
  event TEXT NOT NULL,
  event_key TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts BIGINT NOT NULL,
  status BIGINT,
  trouble TEXT,
  created_at BIGINT NOT NULL,
  tried_at BIGINT,
  UNIQUE (webhook_id, event_key)
);
CREATE INDEX publish_webhook_delivery_org ON publish_webhook_delivery (org_id, id);
