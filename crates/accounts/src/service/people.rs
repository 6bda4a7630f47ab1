//! People of an organisation: inviting them and giving roles, both by owners only; their own profile.

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Lang, OrgId, PersonId, Refusal, Role};

use crate::mail;
use crate::model::{Member, Person};
use crate::service::asker;
use crate::{rules, store};

/// Who to invite.
#[derive(Clone, Debug)]
pub struct Invite {
    /// The organisation.
    pub org: OrgId,
    /// Their address.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// The language of their first mail.
    pub lang: Lang,
    /// What they may do.
    pub roles: Vec<Role>,
}

/// Adds a person to an organisation, creating the account when the address is new, and mails them.
/// An existing account keeps its name and language.
///
/// # Errors
/// Refused for non-owners and for bad fields.
pub async fn invite(tx: &mut Tx, ctx: &Ctx, ask: &Invite) -> Result<Person, Failure> {
    if !ctx.actor.may(ask.org, &[]) {
        return Err(Refusal::forbidden().into());
    }
    let mut refusal = Refusal::invalid("check-fields");
    let email = rules::email(&ask.email).map_err(|code| refusal = refusal.clone().field("email", code));
    let name = rules::name(&ask.name).map_err(|code| refusal = refusal.clone().field("name", code));
    if ask.roles.is_empty() {
        refusal = refusal.field("roles", "required");
    }
    let (Ok(email), Ok(name)) = (email, name) else { return Err(refusal.into()) };
    refusal.unless_clean()?;
    let person = match store::person_by_email(tx, &email).await? {
        Some(person) => person,
        None => {
            let id = PersonId(ctx.ids.next());
            let person = Person { id, email, display_name: name, lang: ask.lang, verified_at: None };
            store::insert_person(tx, &person, ctx.now).await?;
            person
        }
    };
    let mut roles: Vec<Role> = roles_in(tx, ask.org, person.id).await?;
    roles.extend(ask.roles.iter().copied());
    store::replace_roles(tx, ask.org, person.id, &roles).await?;
    if !matches!(ctx.actor, Actor::System(_)) {
        mail::ask(tx, ctx, &person, "invited", &[]).await?;
    }
    Ok(person)
}

async fn roles_in(tx: &mut Tx, org: OrgId, who: PersonId) -> Result<Vec<Role>, Failure> {
    let all = store::roles_of(tx, who).await?;
    Ok(all.into_iter().filter(|(o, _)| *o == org).map(|(_, role)| role).collect())
}

/// Replaces somebody's roles in an organisation; none removes them from it.
///
/// # Errors
/// Refused for non-owners, for strangers, and when no owner would be left.
pub async fn set_roles(tx: &mut Tx, ctx: &Ctx, org: OrgId, who: PersonId, roles: &[Role]) -> Result<(), Failure> {
    if !ctx.actor.may(org, &[]) {
        return Err(Refusal::forbidden().into());
    }
    let before = roles_in(tx, org, who).await?;
    if before.is_empty() {
        return Err(Refusal::not_found().into());
    }
    rules::role_change(&before, roles, store::owners(tx, org).await?)?;
    store::replace_roles(tx, org, who, roles).await?;
    Ok(())
}

/// Everybody in an organisation.
///
/// # Errors
/// Refused for people outside it.
pub async fn list_members(tx: &mut Tx, ctx: &Ctx, org: OrgId) -> Result<Vec<Member>, Failure> {
    if !ctx.actor.may(org, &[]) {
        return Err(Refusal::forbidden().into());
    }
    Ok(store::members(tx, org).await?)
}

/// The names of everybody in an organisation, for its team: no addresses, no roles.
///
/// # Errors
/// Not found for people outside it.
pub async fn colleagues(tx: &mut Tx, actor: &Actor, org: OrgId) -> Result<Vec<(PersonId, String)>, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    Ok(store::members(tx, org).await?.into_iter().map(|m| (m.person.id, m.person.display_name)).collect())
}

/// How the person behind an actor is called; nothing for visitors and the server itself.
///
/// # Errors
/// The database's failure.
pub async fn own_name(tx: &mut Tx, actor: &Actor) -> Result<Option<String>, Failure> {
    let Some(who) = actor.person() else { return Ok(None) };
    Ok(store::person_by_id(tx, who).await?.map(|p| p.display_name))
}

/// Changes one's own name and language.
///
/// # Errors
/// Refused for visitors and for a bad name.
pub async fn set_profile(tx: &mut Tx, ctx: &Ctx, name: &str, lang: Lang) -> Result<(), Failure> {
    let who = asker(&ctx.actor)?;
    let name = rules::name(name).map_err(|code| Refusal::invalid("check-fields").field("name", code))?;
    store::set_profile(tx, who, &name, lang).await?;
    Ok(())
}
