//! Corrections of published episodes. They are only added: a wrong one is amended by a further one.

use std::collections::BTreeMap;

use db::{Failure, Tx};
use kernel::{Arg, Ctx, Kind, Refusal, paragraph};

use crate::model::Correction;
use crate::rules::check::is_language;
use crate::service::{changed, editable, history, save, told_update};
use crate::store;

/// Longest correction, in characters.
const LONGEST: usize = 2000;
/// Most corrections of an episode.
const MOST: usize = 100;

/// What is sent about a correction.
#[derive(Clone, Debug, Default)]
pub struct CorrectionDraft {
    /// What it says, by language.
    pub texts: BTreeMap<String, String>,
    /// The start of the chapter it is about.
    pub chapter_ms: Option<i64>,
    /// The earlier correction it amends.
    pub amends: Option<i64>,
}

fn check(draft: CorrectionDraft) -> Result<CorrectionDraft, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    let texts = draft.texts.iter().map(|(lang, text)| (lang.clone(), paragraph(text)));
    let texts: BTreeMap<String, String> = texts.filter(|(_, text)| !text.is_empty()).collect();
    if texts.is_empty() {
        refusal = refusal.field("text", "required");
    }
    if texts.keys().any(|l| !is_language(l)) {
        refusal = refusal.field("text", "language-malformed");
    }
    if texts.values().any(|t| t.chars().count() > LONGEST) {
        refusal = refusal.field_with("text", "too-long", ("most", Arg::Int(2000)));
    }
    refusal.unless_clean()?;
    Ok(CorrectionDraft { texts, ..draft })
}

/// Adds a correction to an episode that is or was public.
///
/// # Errors
/// Refused for non-editors, for an episode nobody has heard yet, for a text that is none, and for a chapter or a
/// correction that does not exist.
pub async fn correct(tx: &mut Tx, ctx: &Ctx, id: i64, draft: CorrectionDraft) -> Result<Correction, Failure> {
    let (episode, show) = editable(tx, ctx, id).await?;
    if !save::was_public(&episode, ctx.now) {
        return Err(Refusal::new(Kind::Conflict, "correction-not-public").into());
    }
    let draft = check(draft)?;
    let before = store::corrections(tx, id).await?;
    if before.len() >= MOST {
        let many = Refusal::invalid("check-fields").field_with("text", "too-many", ("most", Arg::Int(100)));
        return Err(many.into());
    }
    let chapters = store::chapters(tx, id).await?;
    if draft.chapter_ms.is_some_and(|ms| !chapters.iter().any(|c| c.start_ms == ms)) {
        return Err(Refusal::invalid("check-fields").field("chapter", "chapter-unknown").into());
    }
    if draft.amends.is_some_and(|id| !before.iter().any(|c| c.id == id)) {
        return Err(Refusal::invalid("check-fields").field("amends", "correction-unknown").into());
    }
    let CorrectionDraft { texts, chapter_ms, amends } = draft;
    let correction = Correction { id: ctx.ids.next(), at: ctx.now, chapter_ms, amends, texts };
    store::insert_correction(tx, (id, episode.org), ctx.actor.person(), &correction).await?;
    history::note(tx, ctx, &episode, "correction", None).await?;
    if !store::update_episode(tx, &episode, ctx.now).await? {
        return Err(Refusal::new(Kind::Conflict, "edit-conflict").into());
    }
    changed(tx, show.id).await?;
    told_update(tx, ctx, &episode).await?;
    Ok(correction)
}
