//! Links for clients: made and ended by editors, good for one month of figures. A token that is wrong, over or ended is the
//! same "not found".

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Kind, OrgId, Refusal, Role, constant_time_eq, hex, line, sha256_hex};

use crate::model::Report;
use crate::store;

/// The most links of one month that work at once.
const MOST: usize = 20;
/// The longest a link may work, in days.
pub const MOST_DAYS: i64 = 366;

fn must_edit(actor: &Actor, org: OrgId) -> Result<(), Refusal> {
    if actor.may(org, &[Role::Editor]) {
        return Ok(());
    }
    Err(if actor.may_read(org) { Refusal::forbidden() } else { Refusal::not_found() })
}

/// Whether a link works at an instant.
fn works(report: &Report, now: kernel::At) -> bool {
    report.revoked_at.is_none() && now < report.expires_at
}

/// Makes a link; gives it with its secret, which is kept nowhere. The caller has shown that `within` is the organisation's.
///
/// # Errors
/// Refused for non-editors; `report-fields`, `report-too-many`.
pub async fn create_report(
    tx: &mut Tx,
    ctx: &Ctx,
    (org, within): (OrgId, i64),
    month: &str,
    (label, days): (&str, i64),
) -> Result<(Report, String), Failure> {
    must_edit(&ctx.actor, org)?;
    let label = line(label);
    let mut refusal = Refusal::invalid("report-fields");
    if label.is_empty() {
        refusal = refusal.field("label", "required");
    } else if label.chars().count() > 80 {
        refusal = refusal.field_with("label", "too-long", ("most", 80_i64.into()));
    }
    if !(1..=MOST_DAYS).contains(&days) {
        refusal = refusal.field_with("days", "report-days", ("most", MOST_DAYS.into()));
    }
    refusal.unless_clean()?;
    let working = store::reports(tx, org, within, month).await?.iter().filter(|r| works(r, ctx.now)).count();
    if working >= MOST {
        return Err(Refusal::new(Kind::Conflict, "report-too-many").into());
    }
    let token = hex(&ctx.rng.bytes::<24>());
    let report = Report {
        id: ctx.ids.next(),
        org,
        within,
        month: month.to_owned(),
        label,
        created_at: ctx.now,
        expires_at: ctx.now.plus_seconds(days * 86_400),
        revoked_at: None,
    };
    let by = ctx.actor.person().map(|p| p.0);
    store::insert_report(tx, &report, &sha256_hex(token.as_bytes()), by).await?;
    Ok((report, token))
}

/// Ends a link at once.
///
/// # Errors
/// Not found outside the organisation, refused for non-editors.
pub async fn revoke_report(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Report, Failure> {
    let Some(found) = store::report_by_id(tx, id).await? else { return Err(Refusal::not_found().into()) };
    must_edit(&ctx.actor, found.org)?;
    store::revoke_report(tx, id, ctx.now).await?;
    Ok(found)
}

/// The links of a month, newest first, for the team.
///
/// # Errors
/// Not found for people outside the organisation.
pub async fn reports(
    tx: &mut Tx,
    actor: &Actor,
    (org, within): (OrgId, i64),
    month: &str,
) -> Result<Vec<Report>, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    Ok(store::reports(tx, org, within, month).await?)
}

/// What a token opens.
///
/// # Errors
/// Not found for anything that is not a link that works.
pub async fn report_of(tx: &mut Tx, ctx: &Ctx, token: &str) -> Result<Report, Failure> {
    let hash = sha256_hex(token.as_bytes());
    let found = store::report_by_token(tx, &hash).await?;
    let found = found.filter(|(_, kept)| constant_time_eq(kept.as_bytes(), hash.as_bytes())).map(|(r, _)| r);
    found.filter(|r| works(r, ctx.now)).ok_or_else(|| Refusal::not_found().into())
}
