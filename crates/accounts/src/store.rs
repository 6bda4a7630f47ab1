//! The SQL of accounts. It decides nothing.

use db::{DbError, Row, Tx, args};
use kernel::{At, Lang, OrgId, PersonId, Role, TokenScope, fold};

use crate::model::{CodeState, Member, Org, PasskeyInfo, Person, Session, TokenInfo};
use crate::passkey::PublicKey;

mod joining;

pub(crate) use joining::*;

const PERSON: &str = "p.id, p.email, p.display_name, p.lang, p.verified_at";

fn person(row: &Row) -> Result<Person, DbError> {
    let mut cols = row.cols();
    Ok(Person {
        id: PersonId(cols.take()?),
        email: cols.take()?,
        display_name: cols.take()?,
        lang: Lang::parse(&cols.take::<String>()?).unwrap_or(Lang::Fr),
        verified_at: cols.take()?,
    })
}

fn org(row: &Row) -> Result<Org, DbError> {
    Ok(Org { id: OrgId(row.get(0)?), slug: row.get(1)?, name: row.get(2)? })
}

pub(crate) async fn insert_org(tx: &mut Tx, org: &Org, now: At) -> Result<bool, DbError> {
    let sql = "INSERT INTO accounts_org (id, slug, name, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    Ok(tx.run(sql, args![org.id, &org.slug, &org.name, now]).await? == 1)
}

pub(crate) async fn orgs(tx: &mut Tx) -> Result<Vec<Org>, DbError> {
    tx.all("SELECT id, slug, name FROM accounts_org ORDER BY id", args![]).await?.iter().map(org).collect()
}

pub(crate) async fn insert_person(tx: &mut Tx, person: &Person, now: At) -> Result<bool, DbError> {
    let sql = "INSERT INTO accounts_person (id, email, email_folded, display_name, lang, verified_at, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let values = args![
        person.id,
        &person.email,
        fold(&person.email),
        &person.display_name,
        person.lang.code(),
        person.verified_at,
        now
    ];
    Ok(tx.run(sql, values).await? == 1)
}

pub(crate) async fn person_by_email(tx: &mut Tx, email: &str) -> Result<Option<Person>, DbError> {
    let sql = format!("SELECT {PERSON} FROM accounts_person p WHERE p.email_folded = $1 AND p.erased_at IS NULL");
    tx.opt(&sql, args![fold(email)]).await?.as_ref().map(person).transpose()
}

pub(crate) async fn person_by_id(tx: &mut Tx, id: PersonId) -> Result<Option<Person>, DbError> {
    let sql = format!("SELECT {PERSON} FROM accounts_person p WHERE p.id = $1 AND p.erased_at IS NULL");
    tx.opt(&sql, args![id]).await?.as_ref().map(person).transpose()
}

pub(crate) async fn password_hash(tx: &mut Tx, id: PersonId) -> Result<Option<String>, DbError> {
    let sql = "SELECT password_hash FROM accounts_person WHERE id = $1";
    Ok(tx.scalar::<Option<String>>(sql, args![id]).await?.flatten())
}

pub(crate) async fn set_password(tx: &mut Tx, id: PersonId, hash: &str) -> Result<(), DbError> {
    tx.run("UPDATE accounts_person SET password_hash = $1 WHERE id = $2", args![hash, id]).await.map(drop)
}

pub(crate) async fn set_verified(tx: &mut Tx, id: PersonId, now: At) -> Result<(), DbError> {
    let sql = "UPDATE accounts_person SET verified_at = $1 WHERE id = $2 AND verified_at IS NULL";
    tx.run(sql, args![now, id]).await.map(drop)
}

pub(crate) async fn set_profile(tx: &mut Tx, id: PersonId, name: &str, lang: Lang) -> Result<(), DbError> {
    let sql = "UPDATE accounts_person SET display_name = $1, lang = $2 WHERE id = $3";
    tx.run(sql, args![name, lang.code(), id]).await.map(drop)
}

pub(crate) async fn roles_of(tx: &mut Tx, id: PersonId) -> Result<Vec<(OrgId, Role)>, DbError> {
    let sql = "SELECT org_id, role FROM accounts_role WHERE person_id = $1 ORDER BY org_id, role";
    let mut roles = Vec::new();
    for row in tx.all(sql, args![id]).await? {
        if let Some(role) = Role::parse(&row.get::<String>(1)?) {
            roles.push((OrgId(row.get(0)?), role));
        }
    }
    Ok(roles)
}

pub(crate) async fn members(tx: &mut Tx, org: OrgId) -> Result<Vec<Member>, DbError> {
    let sql = format!(
        "SELECT {PERSON}, r.role FROM accounts_role r JOIN accounts_person p ON p.id = r.person_id
         WHERE r.org_id = $1 AND p.erased_at IS NULL ORDER BY p.id, r.role"
    );
    let mut members: Vec<Member> = Vec::new();
    for row in tx.all(&sql, args![org]).await? {
        let who = person(&row)?;
        let Some(role) = Role::parse(&row.get::<String>(5)?) else { continue };
        match members.last_mut() {
            Some(last) if last.person.id == who.id => last.roles.push(role),
            _ => members.push(Member { person: who, roles: vec![role] }),
        }
    }
    Ok(members)
}

pub(crate) async fn owners(tx: &mut Tx, org: OrgId) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM accounts_role WHERE org_id = $1 AND role = 'owner'";
    Ok(tx.scalar::<i64>(sql, args![org]).await?.unwrap_or(0))
}

pub(crate) async fn replace_roles(tx: &mut Tx, org: OrgId, who: PersonId, roles: &[Role]) -> Result<(), DbError> {
    tx.run("DELETE FROM accounts_role WHERE org_id = $1 AND person_id = $2", args![org, who]).await?;
    for role in roles {
        let sql = "INSERT INTO accounts_role (org_id, person_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        tx.run(sql, args![org, who, role.code()]).await?;
    }
    Ok(())
}

/// A session to write.
pub(crate) struct NewSession<'a> {
    pub(crate) id: i64,
    pub(crate) token_hash: &'a str,
    pub(crate) person: PersonId,
    pub(crate) method: &'a str,
    pub(crate) user_agent: &'a str,
    pub(crate) now: At,
    pub(crate) expires_at: At,
}

pub(crate) async fn insert_session(tx: &mut Tx, new: NewSession<'_>) -> Result<(), DbError> {
    tx.run(
        "INSERT INTO accounts_session (id, token_hash, person_id, method, user_agent, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
        args![new.id, new.token_hash, new.person, new.method, new.user_agent, new.now, new.expires_at],
    )
    .await
    .map(drop)
}

/// A session found by its token: id, person, when it was last marked as seen.
pub(crate) async fn session(tx: &mut Tx, token_hash: &str, now: At) -> Result<Option<(i64, PersonId, At)>, DbError> {
    let sql = "SELECT id, person_id, seen_at FROM accounts_session WHERE token_hash = $1 AND expires_at > $2";
    let row = tx.opt(sql, args![token_hash, now]).await?;
    row.map(|row| Ok((row.get(0)?, PersonId(row.get(1)?), row.get(2)?))).transpose()
}

pub(crate) async fn see_session(tx: &mut Tx, id: i64, now: At, expires_at: At) -> Result<(), DbError> {
    let sql = "UPDATE accounts_session SET seen_at = $1, expires_at = $2 WHERE id = $3";
    tx.run(sql, args![now, expires_at, id]).await.map(drop)
}

pub(crate) async fn sessions(tx: &mut Tx, who: PersonId, now: At) -> Result<Vec<Session>, DbError> {
    let sql = "SELECT id, method, user_agent, created_at, seen_at FROM accounts_session
               WHERE person_id = $1 AND expires_at > $2 ORDER BY seen_at DESC, id DESC";
    tx.all(sql, args![who, now])
        .await?
        .iter()
        .map(|row| {
            let mut c = row.cols();
            Ok(Session {
                id: c.take()?,
                method: c.take()?,
                user_agent: c.take()?,
                created_at: c.take()?,
                seen_at: c.take()?,
            })
        })
        .collect()
}

pub(crate) async fn delete_session(tx: &mut Tx, who: PersonId, id: i64) -> Result<bool, DbError> {
    Ok(tx.run("DELETE FROM accounts_session WHERE person_id = $1 AND id = $2", args![who, id]).await? == 1)
}

pub(crate) async fn delete_other_sessions(tx: &mut Tx, who: PersonId, keep: i64) -> Result<u64, DbError> {
    tx.run("DELETE FROM accounts_session WHERE person_id = $1 AND id <> $2", args![who, keep]).await
}

/// A code or link to write.
pub(crate) struct NewCode<'a> {
    pub(crate) id: i64,
    pub(crate) purpose: &'a str,
    pub(crate) person: PersonId,
    pub(crate) browser_hash: &'a str,
    pub(crate) code_hash: &'a str,
    pub(crate) tries: i64,
    pub(crate) expires_at: At,
}

pub(crate) async fn insert_code(tx: &mut Tx, new: NewCode<'_>) -> Result<(), DbError> {
    // One open code per person and purpose: asking again makes the former useless.
    let sql = "DELETE FROM accounts_code WHERE person_id = $1 AND purpose = $2";
    tx.run(sql, args![new.person, new.purpose]).await?;
    tx.run(
        "INSERT INTO accounts_code (id, purpose, person_id, browser_hash, code_hash, tries_left, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![new.id, new.purpose, new.person, new.browser_hash, new.code_hash, new.tries, new.expires_at],
    )
    .await
    .map(drop)
}

/// The code a browser asked for: its id, person and state, compared with what was typed.
pub(crate) async fn code(
    tx: &mut Tx,
    purpose: &str,
    browser_hash: &str,
    typed_hash: &str,
) -> Result<Option<(i64, PersonId, CodeState)>, DbError> {
    let sql = "SELECT id, person_id, code_hash, tries_left, expires_at, used_at FROM accounts_code
               WHERE purpose = $1 AND browser_hash = $2";
    let Some(row) = tx.opt(sql, args![purpose, browser_hash]).await? else { return Ok(None) };
    let mut c = row.cols();
    let (id, person) = (c.take()?, PersonId(c.take()?));
    let stored: String = c.take()?;
    let matches = kernel::constant_time_eq(stored.as_bytes(), typed_hash.as_bytes());
    Ok(Some((id, person, CodeState { tries_left: c.take()?, expires_at: c.take()?, used_at: c.take()?, matches })))
}

pub(crate) async fn spend_try(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    tx.run("UPDATE accounts_code SET tries_left = tries_left - 1 WHERE id = $1 AND tries_left > 0", args![id])
        .await
        .map(drop)
}

pub(crate) async fn use_code(tx: &mut Tx, id: i64, now: At) -> Result<bool, DbError> {
    Ok(tx.run("UPDATE accounts_code SET used_at = $1 WHERE id = $2 AND used_at IS NULL", args![now, id]).await? == 1)
}

pub(crate) async fn insert_challenge(
    tx: &mut Tx,
    hash: &str,
    purpose: &str,
    person: Option<PersonId>,
    expires_at: At,
) -> Result<(), DbError> {
    let sql = "INSERT INTO accounts_challenge (challenge_hash, purpose, person_id, expires_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (challenge_hash) DO UPDATE SET expires_at = excluded.expires_at";
    tx.run(sql, args![hash, purpose, person, expires_at]).await.map(drop)
}

/// Uses a challenge up; `Some(person)` when it was open for this purpose.
pub(crate) async fn take_challenge(
    tx: &mut Tx,
    hash: &str,
    purpose: &str,
    now: At,
) -> Result<Option<Option<PersonId>>, DbError> {
    let sql = "DELETE FROM accounts_challenge WHERE challenge_hash = $1 AND purpose = $2 AND expires_at > $3 RETURNING person_id";
    let rows = tx.run_returning(sql, args![hash, purpose, now]).await?;
    rows.first().map(|row| Ok(row.get::<Option<i64>>(0)?.map(PersonId))).transpose()
}

/// A passkey as checked: its id, person, key and counter.
pub(crate) struct StoredPasskey {
    pub(crate) id: i64,
    pub(crate) person: PersonId,
    pub(crate) key: PublicKey,
    pub(crate) sign_count: u32,
}

pub(crate) async fn passkey(tx: &mut Tx, credential_id: &[u8]) -> Result<Option<StoredPasskey>, DbError> {
    let sql = "SELECT id, person_id, public_key, algorithm, sign_count FROM accounts_passkey WHERE credential_id = $1";
    let Some(row) = tx.opt(sql, args![credential_id]).await? else { return Ok(None) };
    let mut c = row.cols();
    let (id, person) = (c.take()?, PersonId(c.take()?));
    let key = PublicKey { bytes: c.take()?, algorithm: c.take()? };
    let sign_count = u32::try_from(c.take::<i64>()?).unwrap_or(u32::MAX);
    Ok(Some(StoredPasskey { id, person, key, sign_count }))
}

pub(crate) async fn insert_passkey(
    tx: &mut Tx,
    id: i64,
    person: PersonId,
    registered: &crate::passkey::Registered,
    label: &str,
    now: At,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO accounts_passkey (id, person_id, credential_id, public_key, algorithm, sign_count, label, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let key = &registered.key;
    let values = args![
        id,
        person,
        registered.credential_id.as_slice(),
        key.bytes.as_slice(),
        key.algorithm,
        registered.sign_count,
        label,
        now
    ];
    Ok(tx.run(sql, values).await? == 1)
}

pub(crate) async fn use_passkey(tx: &mut Tx, id: i64, sign_count: u32, now: At) -> Result<(), DbError> {
    let sql = "UPDATE accounts_passkey SET sign_count = $1, used_at = $2 WHERE id = $3";
    tx.run(sql, args![sign_count, now, id]).await.map(drop)
}

pub(crate) async fn passkeys(tx: &mut Tx, who: PersonId) -> Result<Vec<(PasskeyInfo, Vec<u8>)>, DbError> {
    let sql =
        "SELECT id, label, created_at, used_at, credential_id FROM accounts_passkey WHERE person_id = $1 ORDER BY id";
    tx.all(sql, args![who])
        .await?
        .iter()
        .map(|row| {
            let mut c = row.cols();
            let info = PasskeyInfo { id: c.take()?, label: c.take()?, created_at: c.take()?, used_at: c.take()? };
            Ok((info, c.take()?))
        })
        .collect()
}

pub(crate) async fn delete_passkey(tx: &mut Tx, who: PersonId, id: i64) -> Result<bool, DbError> {
    Ok(tx.run("DELETE FROM accounts_passkey WHERE person_id = $1 AND id = $2", args![who, id]).await? == 1)
}

/// An API token to write.
pub(crate) struct NewToken<'a> {
    pub(crate) id: i64,
    pub(crate) org: OrgId,
    pub(crate) person: PersonId,
    pub(crate) name: &'a str,
    pub(crate) token_hash: &'a str,
    pub(crate) scopes: &'a str,
    pub(crate) now: At,
    pub(crate) expires_at: At,
}

pub(crate) async fn insert_token(tx: &mut Tx, new: NewToken<'_>) -> Result<(), DbError> {
    tx.run(
        "INSERT INTO accounts_token (id, org_id, person_id, name, token_hash, scopes, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![new.id, new.org, new.person, new.name, new.token_hash, new.scopes, new.now, new.expires_at],
    )
    .await
    .map(drop)
}

fn scopes(text: &str) -> Vec<TokenScope> {
    text.split(' ').filter_map(TokenScope::parse).collect()
}

/// A working token: id, organisation, person, scopes, when last used.
pub(crate) type FoundToken = (i64, OrgId, PersonId, Vec<TokenScope>, Option<At>);

pub(crate) async fn token(tx: &mut Tx, token_hash: &str, now: At) -> Result<Option<FoundToken>, DbError> {
    let sql = "SELECT id, org_id, person_id, scopes, used_at FROM accounts_token
               WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2";
    let Some(row) = tx.opt(sql, args![token_hash, now]).await? else { return Ok(None) };
    let mut c = row.cols();
    Ok(Some((c.take()?, OrgId(c.take()?), PersonId(c.take()?), scopes(&c.take::<String>()?), c.take()?)))
}

pub(crate) async fn see_token(tx: &mut Tx, id: i64, now: At) -> Result<(), DbError> {
    tx.run("UPDATE accounts_token SET used_at = $1 WHERE id = $2", args![now, id]).await.map(drop)
}

pub(crate) async fn tokens(tx: &mut Tx, org: OrgId, who: PersonId, now: At) -> Result<Vec<TokenInfo>, DbError> {
    let sql = "SELECT id, name, scopes, created_at, expires_at, used_at FROM accounts_token
               WHERE org_id = $1 AND person_id = $2 AND revoked_at IS NULL AND expires_at > $3 ORDER BY id DESC";
    tx.all(sql, args![org, who, now])
        .await?
        .iter()
        .map(|row| {
            let mut c = row.cols();
            Ok(TokenInfo {
                id: c.take()?,
                name: c.take()?,
                scopes: scopes(&c.take::<String>()?),
                created_at: c.take()?,
                expires_at: c.take()?,
                used_at: c.take()?,
            })
        })
        .collect()
}

/// Every token a person made that still works, whatever the organisation: name, scopes, made, ends.
pub(crate) async fn tokens_of(tx: &mut Tx, who: PersonId) -> Result<Vec<(String, String, At, At)>, DbError> {
    let sql = "SELECT name, scopes, created_at, expires_at FROM accounts_token
               WHERE person_id = $1 AND revoked_at IS NULL ORDER BY id";
    let rows = tx.all(sql, args![who]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).collect()
}

/// What a person approved: digest, how, when.
pub(crate) async fn signatures_of(tx: &mut Tx, who: PersonId) -> Result<Vec<(String, String, At)>, DbError> {
    let sql = "SELECT digest, method, signed_at FROM accounts_signature WHERE person_id = $1 ORDER BY id";
    tx.all(sql, args![who]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

pub(crate) async fn revoke_token(tx: &mut Tx, who: PersonId, id: i64, now: At) -> Result<bool, DbError> {
    let sql = "UPDATE accounts_token SET revoked_at = $1 WHERE id = $2 AND person_id = $3 AND revoked_at IS NULL";
    Ok(tx.run(sql, args![now, id, who]).await? == 1)
}

pub(crate) async fn insert_signature(
    tx: &mut Tx,
    org: OrgId,
    signature: &crate::model::Signature,
) -> Result<(), DbError> {
    let proof = signature.proof.as_ref();
    tx.run(
        "INSERT INTO accounts_signature (id, org_id, person_id, digest, method, public_key, algorithm, client_data,
           authenticator_data, signature, signed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            signature.id,
            org,
            signature.person,
            &signature.digest,
            if proof.is_some() { "passkey" } else { "session" },
            proof.map(|p| p.public_key.clone()),
            proof.map(|p| p.algorithm),
            proof.map(|p| p.client_data.clone()),
            proof.map(|p| p.authenticator_data.clone()),
            proof.map(|p| p.signature.clone()),
            signature.signed_at
        ],
    )
    .await
    .map(drop)
}

/// Removes what identifies a person; rows that must stay keep an empty shell.
pub(crate) async fn erase(tx: &mut Tx, who: PersonId, now: At) -> Result<(), DbError> {
    for table in [
        "accounts_session",
        "accounts_code",
        "accounts_joining",
        "accounts_challenge",
        "accounts_passkey",
        "accounts_role",
    ] {
        tx.run(&format!("DELETE FROM {table} WHERE person_id = $1"), args![who]).await?;
    }
    let sql = "UPDATE accounts_token SET revoked_at = $1, name = '' WHERE person_id = $2";
    tx.run(sql, args![now, who]).await?;
    let sql = "UPDATE accounts_person SET email = '', email_folded = $1, display_name = '', password_hash = NULL,
               verified_at = NULL, erased_at = $2 WHERE id = $3";
    tx.run(sql, args![format!("erased {}", who.0), now, who]).await.map(drop)
}

/// Deletes what has run out: sessions, codes and challenges.
pub(crate) async fn sweep(tx: &mut Tx, now: At) -> Result<u64, DbError> {
    let mut gone = 0;
    for table in ["accounts_session", "accounts_code", "accounts_joining", "accounts_challenge"] {
        gone += tx.run(&format!("DELETE FROM {table} WHERE expires_at <= $1"), args![now]).await?;
    }
    Ok(gone)
}
