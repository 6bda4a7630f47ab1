-- Facts told by use cases, in the transaction of the change itself.
CREATE TABLE jobs_event (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  version BIGINT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL
);
-- pair: forbid_update jobs_event(id, org_id, kind, version, body, at)

-- Who wants to hear which kind of event; written at start by the composition.
CREATE TABLE jobs_subscription (
  kind TEXT NOT NULL,
  handler TEXT NOT NULL,
  PRIMARY KEY (kind, handler)
);

-- Work to do: one row per consumer of an event, or asked for directly. (handler, key) is done once.
CREATE TABLE jobs_task (
  handler TEXT NOT NULL,
  key TEXT NOT NULL,
  org_id BIGINT NOT NULL,
  event_id BIGINT REFERENCES jobs_event (id),
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('due', 'done', 'dead')),
  attempts BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  leased_until BIGINT NOT NULL,
  progress_done BIGINT NOT NULL,
  progress_total BIGINT NOT NULL,
  trouble TEXT,
  PRIMARY KEY (handler, key)
);
CREATE INDEX jobs_task_due ON jobs_task (due_at) WHERE state = 'due';
CREATE INDEX jobs_task_org ON jobs_task (org_id, handler, state);
