//! What an account is made of. No rule and no SQL here.

use kernel::{At, Lang, OrgId, PersonId, Role, TokenScope};

/// An organisation: the tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Org {
    /// Its id.
    pub id: OrgId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
}

/// A person's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// The address as typed; private, shown to the person and to owners of their organisations only. Empty when they
    /// joined with a passkey and gave none.
    pub email: String,
    /// How they are called.
    pub display_name: String,
    /// The language of their pages and mails.
    pub lang: Lang,
    /// When they proved to read the address.
    pub verified_at: Option<At>,
}

/// Somebody's place in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub person: Person,
    /// Their roles there.
    pub roles: Vec<Role>,
}

/// How a session began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// With a password.
    Password,
    /// With a passkey.
    Passkey,
    /// With a code sent by mail.
    Code,
}

impl Method {
    /// The word in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Code => "code",
        }
    }
}

/// A running session, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: i64,
    /// `password`, `passkey` or `code`.
    pub method: String,
    /// The browser as it called itself, shortened.
    pub user_agent: String,
    /// When it began.
    pub created_at: At,
    /// When it was last used, to the hour.
    pub seen_at: At,
}

/// A passkey, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyInfo {
    /// Its id.
    pub id: i64,
    /// The name given to it.
    pub label: String,
    /// When it was added.
    pub created_at: At,
    /// When it was last used.
    pub used_at: Option<At>,
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// Its id.
    pub id: i64,
    /// The name given to it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<TokenScope>,
    /// When it was made.
    pub created_at: At,
    /// When it stops working.
    pub expires_at: At,
    /// When it was last used.
    pub used_at: Option<At>,
}

/// Who is signed in on a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub person: Person,
    /// Their roles everywhere.
    pub roles: Vec<(OrgId, Role)>,
    /// The session's id.
    pub session: i64,
}

/// A new session's secret: given to the browser once, kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(pub String);

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// Somebody's approval of a digest, with what is needed to check it without this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The signature's id.
    pub id: i64,
    /// Who.
    pub person: PersonId,
    /// What was signed: 64 hexadecimal digits.
    pub digest: String,
    /// When.
    pub signed_at: At,
    /// The passkey's proof; `None` is labelled "session approval".
    pub proof: Option<PasskeyProof>,
}

/// A passkey's assertion whose challenge is the digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyProof {
    /// The raw public key (see [`crate::passkey::PublicKey`]).
    pub public_key: Vec<u8>,
    /// COSE algorithm: -7 ES256, -8 EdDSA.
    pub algorithm: i64,
    /// The signed client data, JSON bytes.
    pub client_data: Vec<u8>,
    /// The authenticator data.
    pub authenticator_data: Vec<u8>,
    /// The signature over both.
    pub signature: Vec<u8>,
}

/// A mailed code as stored.
#[derive(Clone, Debug)]
pub struct CodeState {
    /// Tries left.
    pub tries_left: i64,
    /// Until when it works.
    pub expires_at: At,
    /// When it was used.
    pub used_at: Option<At>,
    /// Whether what was typed has the right digest.
    pub matches: bool,
}
