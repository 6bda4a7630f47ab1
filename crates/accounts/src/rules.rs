//! Decisions about accounts: addresses, passwords, codes, roles, lifetimes. Pure functions.

use kernel::{At, Refusal, Role, fold, line};

use crate::model::CodeState;

/// How long a session lasts without being used, in seconds: 30 days.
pub const SESSION_SECONDS: i64 = 30 * 86_400;
/// How long a mailed code or link works, in seconds.
pub const CODE_SECONDS: i64 = 600;
/// How often a code may be mistyped.
pub const CODE_TRIES: i64 = 5;
/// How long a passkey challenge works, in seconds.
pub const CHALLENGE_SECONDS: i64 = 300;
/// The longest life of an API token, in days.
pub const TOKEN_DAYS: i64 = 366;

/// Passwords that open most stolen lists, in the languages we speak; compared folded.
const COMMON: [&str; 18] = [
    "1234567890",
    "0123456789",
    "password12",
    "password123",
    "motdepasse1",
    "motdepasse",
    "qwertyuiop",
    "azertyuiop",
    "azerty1234",
    "qwerty1234",
    "iloveyou12",
    "jetaime123",
    "administrator",
    "letmein123",
    "welcome123",
    "bienvenue1",
    "passw0rd12",
    "aaaaaaaaaa",
];

pub use kernel::email;

/// Checks a new password: 10 to 200 characters, not common, not the address (NIST SP 800-63B §5.1.1.2: length
/// and a list, no composition rules).
///
/// # Errors
/// The code of the field's problem.
pub fn password(text: &str, email: &str) -> Result<(), &'static str> {
    let count = text.chars().count();
    if count < 10 {
        return Err("password-too-short");
    }
    if count > 200 {
        return Err("too-long");
    }
    let folded = fold(text);
    let local = email.split('@').next().unwrap_or_default();
    if COMMON.contains(&folded.as_str()) || folded == fold(email) || folded == fold(local) {
        return Err("password-common");
    }
    Ok(())
}

/// A name for people: 1 to 80 characters on one line.
///
/// # Errors
/// The code of the field's problem.
pub fn name(text: &str) -> Result<String, &'static str> {
    let text = line(text);
    match text.chars().count() {
        0 => Err("required"),
        1..=80 => Ok(text),
        _ => Err("too-long"),
    }
}

/// Reads a code as people type it: spaces and dashes forgiven, six digits.
#[must_use]
pub fn typed_code(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}' | '\u{202f}')).collect();
    (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// What to do with a typed code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeVerdict {
    /// Right: use it up.
    Accept,
    /// Wrong: one try less; the number says how many are left.
    Wrong(i64),
    /// Used, expired or out of tries: a new one is needed.
    Over,
}

/// Judges a typed code.
#[must_use]
pub fn judge_code(state: &CodeState, now: At) -> CodeVerdict {
    if state.used_at.is_some() || now >= state.expires_at || state.tries_left == 0 {
        return CodeVerdict::Over;
    }
    if state.matches { CodeVerdict::Accept } else { CodeVerdict::Wrong(state.tries_left - 1) }
}

/// Checks a change of roles: an organisation keeps at least one owner.
///
/// # Errors
/// `last-owner` when the change would leave none.
pub fn role_change(before: &[Role], after: &[Role], owners: i64) -> Result<(), Refusal> {
    let was = before.contains(&Role::Owner);
    let stays = after.contains(&Role::Owner);
    if was && !stays && owners <= 1 {
        return Err(Refusal::new(kernel::Kind::Conflict, "last-owner"));
    }
    Ok(())
}

/// Checks the removal of a passkey: without an address nothing else opens the account.
///
/// # Errors
/// `last-passkey`.
pub fn remove_passkey(has_address: bool, passkeys: usize) -> Result<(), Refusal> {
    if has_address || passkeys > 1 { Ok(()) } else { Err(Refusal::new(kernel::Kind::Conflict, "last-passkey")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords() {
        assert_eq!(password("trois pommes vertes", "a@b.fr"), Ok(()));
        for (bad, code) in [
            ("court", "password-too-short"),
            ("Azertyuiop", "password-common"),
            ("Camille.Durand@x.fr", "password-common"),
        ] {
            assert_eq!(password(bad, "camille.durand@x.fr"), Err(code), "{bad}");
        }
    }

    #[test]
    fn codes() {
        let now = At::from_micros(1_000_000);
        let state = CodeState { tries_left: 2, expires_at: now.plus_seconds(1), used_at: None, matches: true };
        assert_eq!(judge_code(&state, now), CodeVerdict::Accept);
        assert_eq!(judge_code(&CodeState { matches: false, ..state.clone() }, now), CodeVerdict::Wrong(1));
        assert_eq!(judge_code(&state, now.plus_seconds(1)), CodeVerdict::Over);
        assert_eq!(judge_code(&CodeState { tries_left: 0, ..state.clone() }, now), CodeVerdict::Over);
        assert_eq!(judge_code(&CodeState { used_at: Some(now), ..state }, now), CodeVerdict::Over);
        assert_eq!(typed_code(" 12 34-56"), Some("123456".to_owned()));
        assert_eq!(typed_code("12345a"), None);
    }

    #[test]
    fn an_account_without_an_address_keeps_a_passkey() {
        assert!(remove_passkey(true, 1).is_ok() && remove_passkey(false, 2).is_ok());
        assert_eq!(remove_passkey(false, 1).map_err(|r| r.code), Err("last-passkey"));
    }

    #[test]
    fn an_organisation_keeps_an_owner() {
        assert!(role_change(&[Role::Owner], &[Role::Editor], 1).is_err());
        assert!(role_change(&[Role::Owner], &[], 2).is_ok());
        assert!(role_change(&[Role::Editor], &[], 1).is_ok());
    }
}
