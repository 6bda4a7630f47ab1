//! The order of the credits, which is a field of its own when two people change one episode. Pure. What counts is how those
//! stand who are in all versions; who came or went meanwhile has a place, and is no reason to ask.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The field's name.
pub(super) const FIELD: &str = "credits";

/// Those of `order` who are in every other list, in their order.
fn common<'a>(order: &'a [String], others: &[&[String]]) -> Vec<&'a String> {
    order.iter().filter(|key| others.iter().all(|other| other.contains(key))).collect()
}

/// Whether those in both lists stand differently.
pub(super) fn differs(one: &[String], other: &[String]) -> bool {
    common(one, &[other]) != common(other, &[one])
}

/// Whose order a merge follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// Nobody changed it, or both did alike.
    Both,
    /// Theirs alone changed.
    Theirs,
    /// Mine alone changed.
    Mine,
    /// Both changed it, each differently: somebody has to choose.
    Nobody,
}

/// Who changed the order. Without a base every difference has to be chosen.
pub(super) fn lead(base: Option<&[String]>, theirs: &[String], mine: &[String]) -> Lead {
    if !differs(theirs, mine) {
        return Lead::Both;
    }
    let Some(base) = base else { return Lead::Nobody };
    let (b, t, m) = (common(base, &[theirs, mine]), common(theirs, &[base, mine]), common(mine, &[base, theirs]));
    match (t == b, m == b) {
        (false, true) => Lead::Theirs,
        (true, false) => Lead::Mine,
        // Both moved somebody, or both added the same people and put them elsewhere.
        _ => Lead::Nobody,
    }
}

/// The order of merged credits: that of the side that changed it, mine while nobody has chosen; those only the other side
/// has come last, by name.
pub(super) fn merged(
    lead: Lead,
    base: &[String],
    theirs: &[String],
    mine: &[String],
    fields: &BTreeMap<String, Value>,
) -> Vec<String> {
    let first = match lead {
        Lead::Theirs => theirs,
        Lead::Mine | Lead::Nobody => mine,
        Lead::Both if mine == theirs || theirs == base => mine,
        Lead::Both if mine == base => theirs,
        // Both added or removed somebody and moved nobody, or moved them alike.
        Lead::Both => return follow(&common(mine, &[theirs]).into_iter().cloned().collect::<Vec<_>>(), fields),
    };
    follow(first, fields)
}

/// The credits that are there, in the order of a list; those it does not name come last, by name.
pub(super) fn follow(first: &[String], fields: &BTreeMap<String, Value>) -> Vec<String> {
    let mut out: Vec<String> = first.iter().filter(|key| fields.contains_key(*key)).cloned().collect();
    let rest: Vec<String> = fields.keys().filter(|k| k.starts_with("credits/") && !out.contains(*k)).cloned().collect();
    out.extend(rest);
    out
}

/// The names in their order, as people are shown them.
pub(super) fn names(order: &[String], fields: &BTreeMap<String, Value>) -> Value {
    json!(order.iter().filter_map(|key| fields.get(key)?["name"].as_str()).collect::<Vec<_>>())
}
