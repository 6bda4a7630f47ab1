//! The SQL of addresses somebody says they read. It decides nothing.

use db::{DbError, Tx, args};
use kernel::{At, Lang, PersonId, fold};

use crate::model::{CodeState, Person};

/// An address to prove.
pub(crate) struct NewJoining<'a> {
    pub(crate) browser_hash: &'a str,
    pub(crate) code_hash: &'a str,
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    pub(crate) lang: Lang,
    pub(crate) person: Option<PersonId>,
    pub(crate) tries: i64,
    pub(crate) expires_at: At,
}

/// An address to prove, as found.
pub(crate) struct Joining {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) lang: Lang,
    pub(crate) person: Option<PersonId>,
    pub(crate) code: CodeState,
}

pub(crate) async fn insert_joining(tx: &mut Tx, new: NewJoining<'_>) -> Result<(), DbError> {
    let sql = "INSERT INTO accounts_joining (browser_hash, email, code_hash, display_name, lang, person_id, tries_left, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let values = args![
        new.browser_hash,
        new.email,
        new.code_hash,
        new.name,
        new.lang.code(),
        new.person,
        new.tries,
        new.expires_at
    ];
    tx.run(sql, values).await.map(drop)
}

pub(crate) async fn joining(tx: &mut Tx, browser_hash: &str, typed_hash: &str) -> Result<Option<Joining>, DbError> {
    let sql = "SELECT email, display_name, lang, person_id, code_hash, tries_left, expires_at, used_at
               FROM accounts_joining WHERE browser_hash = $1";
    let Some(row) = tx.opt(sql, args![browser_hash]).await? else { return Ok(None) };
    let mut c = row.cols();
    let (email, name) = (c.take()?, c.take()?);
    let lang = Lang::parse(&c.take::<String>()?).unwrap_or(Lang::Fr);
    let person = c.take::<Option<i64>>()?.map(PersonId);
    let stored: String = c.take()?;
    let matches = kernel::constant_time_eq(stored.as_bytes(), typed_hash.as_bytes());
    let code = CodeState { tries_left: c.take()?, expires_at: c.take()?, used_at: c.take()?, matches };
    Ok(Some(Joining { email, name, lang, person, code }))
}

pub(crate) async fn spend_joining_try(tx: &mut Tx, browser_hash: &str) -> Result<(), DbError> {
    let sql = "UPDATE accounts_joining SET tries_left = tries_left - 1 WHERE browser_hash = $1 AND tries_left > 0";
    tx.run(sql, args![browser_hash]).await.map(drop)
}

/// Uses the code up. The row stays without address and name until it is swept, so that a second try is told that it is over.
pub(crate) async fn use_joining(tx: &mut Tx, browser_hash: &str, now: At) -> Result<(), DbError> {
    let sql = "UPDATE accounts_joining SET used_at = $1, email = '', display_name = ''
               WHERE browser_hash = $2 AND used_at IS NULL";
    tx.run(sql, args![now, browser_hash]).await.map(drop)
}

/// Forgets what waits for the code of an address.
pub(crate) async fn forget_joining(tx: &mut Tx, email: &str) -> Result<(), DbError> {
    tx.run("DELETE FROM accounts_joining WHERE email = $1", args![email]).await.map(drop)
}

/// A person without an address; what stands in its place is nobody's.
pub(crate) async fn insert_without_address(tx: &mut Tx, person: &Person, now: At) -> Result<bool, DbError> {
    let sql = "INSERT INTO accounts_person (id, email, email_folded, display_name, lang, verified_at, created_at)
               VALUES ($1, '', $2, $3, $4, NULL, $5) ON CONFLICT DO NOTHING";
    let values = args![person.id, format!("without {}", person.id.0), &person.display_name, person.lang.code(), now];
    Ok(tx.run(sql, values).await? == 1)
}

/// Whether an id was ever given to a person, erased ones included.
pub(crate) async fn is_person(tx: &mut Tx, id: PersonId) -> Result<bool, DbError> {
    Ok(tx.scalar::<i64>("SELECT id FROM accounts_person WHERE id = $1", args![id]).await?.is_some())
}

/// Gives an address to somebody who has none.
pub(crate) async fn set_address(tx: &mut Tx, id: PersonId, email: &str, now: At) -> Result<(), DbError> {
    let sql = "UPDATE accounts_person SET email = $1, email_folded = $2, verified_at = $3 WHERE id = $4 AND email = ''";
    tx.run(sql, args![email, fold(email), now, id]).await.map(drop)
}
