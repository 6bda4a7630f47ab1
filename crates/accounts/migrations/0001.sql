CREATE TABLE accounts_org (
  id BIGINT NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

-- A person has one account on the server and roles in any number of organisations.
CREATE TABLE accounts_person (
  id BIGINT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  lang TEXT NOT NULL,
  password_hash TEXT,
  verified_at BIGINT,
  created_at BIGINT NOT NULL,
  erased_at BIGINT
);

CREATE TABLE accounts_role (
  org_id BIGINT NOT NULL REFERENCES accounts_org (id),
  person_id BIGINT NOT NULL REFERENCES accounts_person (id),
  role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'moderator', 'finance', 'agent')),
  PRIMARY KEY (org_id, person_id, role)
);
CREATE INDEX accounts_role_person ON accounts_role (person_id);

-- Only the digest of a session's token is kept.
CREATE TABLE accounts_session (
  id BIGINT NOT NULL PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  person_id BIGINT NOT NULL REFERENCES accounts_person (id),
  method TEXT NOT NULL CHECK (method IN ('password', 'passkey', 'code')),
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX accounts_session_person ON accounts_session (person_id);

-- Six-digit codes and reset links sent by mail. The browser that asked holds the other half.
CREATE TABLE accounts_code (
  id BIGINT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('sign_in', 'verify', 'reset')),
  person_id BIGINT NOT NULL REFERENCES accounts_person (id),
  browser_hash TEXT NOT NULL UNIQUE,
  code_hash TEXT NOT NULL,
  tries_left BIGINT NOT NULL CHECK (tries_left >= 0),
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX accounts_code_person ON accounts_code (person_id, purpose);

CREATE TABLE accounts_passkey (
  id BIGINT NOT NULL PRIMARY KEY,
  person_id BIGINT NOT NULL REFERENCES accounts_person (id),
  credential_id BYTEA NOT NULL UNIQUE,
  public_key BYTEA NOT NULL,
  algorithm BIGINT NOT NULL,
  sign_count BIGINT NOT NULL,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX accounts_passkey_person ON accounts_passkey (person_id);

-- What a passkey is asked to sign; used once.
CREATE TABLE accounts_challenge (
  challenge_hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('register', 'sign_in', 'sign')),
  person_id BIGINT,
  expires_at BIGINT NOT NULL
);

CREATE TABLE accounts_token (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL REFERENCES accounts_org (id),
  person_id BIGINT NOT NULL REFERENCES accounts_person (id),
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT,
  revoked_at BIGINT
);
CREATE INDEX accounts_token_org ON accounts_token (org_id, person_id);

-- Approvals people gave, checkable offline when a passkey made them.
CREATE TABLE accounts_signature (
  id BIGINT NOT NULL PRIMARY KEY,
  org_id BIGINT NOT NULL REFERENCES accounts_org (id),
  person_id BIGINT NOT NULL REFERENCES accounts_person (id),
  digest TEXT NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('passkey', 'session')),
  public_key BYTEA,
  algorithm BIGINT,
  client_data BYTEA,
  authenticator_data BYTEA,
  signature BYTEA,
  signed_at BIGINT NOT NULL
);
-- pair: forbid_update accounts_signature(digest, method, public_key, client_data, authenticator_data, signature, signed_at)
CREATE INDEX accounts_signature_digest ON accounts_signature (org_id, digest);
