//! Use cases of accounts, one file each. They take `&mut Tx` and never begin or commit.

mod codes;
mod joining;
mod letters;
mod orgs;
mod passkeys;
mod password;
mod people;
mod personal;
mod sessions;
mod sign;
mod tokens;

pub use codes::{CodeAsked, ask_code, finish_code, finish_reset, verify_email};
pub use joining::{
    Joined, ask_address, ask_join, begin_join_passkey, finish_address, finish_join, finish_join_passkey,
};
pub use letters::{addressees, digest_letter, names_in, person, person_by_email, write_letter};
pub use orgs::{create_org, list_orgs};
pub use passkeys::{
    Answer, PasskeyChallenge, PasskeyOptions, begin_register, begin_sign_in, finish_register, finish_sign_in,
    list_passkeys, remove_passkey,
};
pub use password::{
    DUMMY_HASH, change_password, find_for_password, hash_password, sign_in_with_password, verify_password,
};
pub use people::{Invite, colleagues, invite, list_members, own_name, set_profile, set_roles};
pub use personal::{erase_person, export_person, sweep};
pub use sessions::{actor_of, list_sessions, revoke_session, sign_in, sign_out_others, signed_in};
pub use sign::{begin_sign, check_proof, sign};
pub use tokens::{NewTokenMade, authenticate_token, create_token, list_tokens, revoke_token};

use kernel::{Actor, Kind, PersonId, Refusal};

/// The person who asks, or "sign in first".
fn asker(actor: &Actor) -> Result<PersonId, Refusal> {
    match actor {
        Actor::Person { person, .. } => Ok(*person),
        _ => Err(Refusal::new(Kind::SignIn, "sign-in-first")),
    }
}
