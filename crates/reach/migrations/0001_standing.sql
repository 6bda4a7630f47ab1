-- What a decision made of a subject. Written by integrity in the decision's own transaction, read by everybody who shows.
CREATE TABLE reach_standing (
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  org_id BIGINT NOT NULL,
  standing TEXT NOT NULL CHECK (standing IN ('removed', 'limited', 'labelled', 'frozen')),
  label TEXT,
  since BIGINT NOT NULL,
  until BIGINT,
  PRIMARY KEY (subject_kind, subject_id, standing)
);
CREATE INDEX reach_standing_org ON reach_standing (org_id);
