-- A show of its own: host name, colour, mark, settings that are never queried, a line at the foot of its pages.
ALTER TABLE publish_show ADD COLUMN host TEXT;
ALTER TABLE publish_show ADD COLUMN colour TEXT;
ALTER TABLE publish_show ADD COLUMN mark_id BIGINT REFERENCES publish_image (id);
ALTER TABLE publish_show ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
CREATE UNIQUE INDEX publish_show_host ON publish_show (host);
ALTER TABLE publish_show_text ADD COLUMN footer TEXT NOT NULL DEFAULT '';
