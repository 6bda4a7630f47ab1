//! How people with accounts are called where everybody reads: a name and whether they belong to a team, nothing else.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{OrgId, PersonId};

use crate::store;

/// Somebody as everybody may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicName {
    /// How they are called.
    pub name: String,
    /// Whether they belong to the organisation that was asked about.
    pub team: bool,
}

/// The names of those who wrote something in public on the ground of `org`. Who has no account any more is left out.
///
/// # Errors
/// The database's failure.
pub async fn public_names(
    tx: &mut Tx,
    org: OrgId,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, PublicName>, Failure> {
    let mut found = HashMap::new();
    for id in ids {
        if found.contains_key(id) {
            continue;
        }
        let Some(person) = store::person_by_id(tx, *id).await? else { continue };
        let team = store::roles_of(tx, *id).await?.iter().any(|(o, _)| *o == org);
        found.insert(*id, PublicName { name: person.display_name, team });
    }
    Ok(found)
}
