//! Creating organisations. Only the operator's command line does it, or the demo.

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Kind, OrgId, Refusal};

use crate::model::Org;
use crate::{rules, store};

/// Creates an organisation called `name`; its slug must be free.
///
/// # Errors
/// Refused for anybody but the system, for a bad name, or when the slug is taken.
pub async fn create_org(tx: &mut Tx, ctx: &Ctx, name: &str, slug: &str) -> Result<Org, Failure> {
    if !matches!(ctx.actor, Actor::System(_)) {
        return Err(Refusal::forbidden().into());
    }
    let name = rules::name(name).map_err(|code| Refusal::invalid("check-fields").field("name", code))?;
    let org = Org { id: OrgId(ctx.ids.next()), slug: slug.to_owned(), name };
    if !store::insert_org(tx, &org, ctx.now).await? {
        return Err(Refusal::new(Kind::Conflict, "slug-taken").with("slug", slug).into());
    }
    Ok(org)
}

/// Every organisation of the server, oldest first.
///
/// # Errors
/// The database's failure.
pub async fn list_orgs(tx: &mut Tx) -> Result<Vec<Org>, Failure> {
    Ok(store::orgs(tx).await?)
}
