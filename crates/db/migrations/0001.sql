-- Versions of what pages show; see Tx::touch.
CREATE TABLE db_topic (
  topic TEXT NOT NULL PRIMARY KEY,
  version BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX db_topic_changed ON db_topic (changed_at);

-- Which process makes ids with which node number, and until when.
CREATE TABLE db_node (
  node BIGINT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  held_until BIGINT NOT NULL
);
