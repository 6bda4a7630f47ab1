-- Addresses somebody says they read, until the code sent there is typed: to open an account, or to add one to an account
-- that has none. The browser that asked holds the other half.
CREATE TABLE accounts_joining (
  browser_hash TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  display_name TEXT NOT NULL,
  lang TEXT NOT NULL,
  person_id BIGINT REFERENCES accounts_person (id),
  tries_left BIGINT NOT NULL CHECK (tries_left >= 0),
  expires_at BIGINT NOT NULL,
  used_at BIGINT
);
CREATE INDEX accounts_joining_person ON accounts_joining (person_id);
