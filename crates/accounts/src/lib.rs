//! Organisations, people, roles, sign-in, sessions, tokens, signatures.
