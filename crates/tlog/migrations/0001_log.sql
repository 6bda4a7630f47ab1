-- The public log. Its rows belong to the server, not to an organisation: what is in a leaf is public and holds no person.
-- A log has a number: a restore that lost leaves opens the next one.
CREATE TABLE tlog_log (
  log BIGINT NOT NULL PRIMARY KEY,
  origin TEXT NOT NULL UNIQUE,
  vkey TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  size BIGINT NOT NULL CHECK (size >= 0)
);

-- What waits for its index. Written in the transaction of its effect.
CREATE TABLE tlog_pending (
  id BIGINT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  body BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  asked_at BIGINT NOT NULL
);

CREATE TABLE tlog_leaf (
  log BIGINT NOT NULL REFERENCES tlog_log (log),
  idx BIGINT NOT NULL,
  -- The kind up to its first point: what is looked for by equality, whatever the order of letters in the database.
  family TEXT NOT NULL,
  kind TEXT NOT NULL,
  body BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (log, idx)
);
-- pair: forbid_update tlog_leaf(log, idx, body, hash)
-- pair: forbid_delete tlog_leaf
CREATE INDEX tlog_leaf_hash ON tlog_leaf (hash);
CREATE INDEX tlog_leaf_family ON tlog_leaf (log, family, idx);

-- Hashes of complete subtrees, 256 a tile. The last tile of a level grows.
CREATE TABLE tlog_tile (
  log BIGINT NOT NULL REFERENCES tlog_log (log),
  level BIGINT NOT NULL,
  n BIGINT NOT NULL,
  hashes BYTEA NOT NULL,
  PRIMARY KEY (log, level, n)
);
-- pair: forbid_delete tlog_tile

-- Every signed head. A signature lies here before anybody sees it; two for one size cannot be.
CREATE TABLE tlog_checkpoint (
  log BIGINT NOT NULL REFERENCES tlog_log (log),
  size BIGINT NOT NULL,
  root BYTEA NOT NULL,
  note TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (log, size)
);
-- pair: forbid_update tlog_checkpoint(log, size, root, note, at)

-- What witnesses signed, and those that may sign.
CREATE TABLE tlog_witness (
  name TEXT NOT NULL PRIMARY KEY,
  vkey TEXT NOT NULL,
  url TEXT,
  here BOOLEAN NOT NULL,
  added_at BIGINT NOT NULL
);
CREATE TABLE tlog_cosignature (
  log BIGINT NOT NULL REFERENCES tlog_log (log),
  size BIGINT NOT NULL,
  witness TEXT NOT NULL REFERENCES tlog_witness (name),
  line TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (log, size, witness)
);

-- What this server cosigned of other logs, as their witness: the newest head of each.
CREATE TABLE tlog_sighted (
  origin TEXT NOT NULL PRIMARY KEY,
  size BIGINT NOT NULL,
  root BYTEA NOT NULL,
  note TEXT NOT NULL,
  at BIGINT NOT NULL
);
