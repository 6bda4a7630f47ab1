//! What clients approved: the digest of what they saw, and whether it is still what would be published. Bookkeeping
//! (state, date, address, version) is not part of the digest; everything a listener would notice is.

use kernel::{At, Refusal, line, paragraph, sha256_hex};
use serde_json::json;

use crate::model::checks::{Approval, ApprovalNote, NoteKind};
use crate::model::{AudioPlace, FullEpisode};

/// The longest life of a link, in days.
pub const MOST_DAYS: i64 = 30;
/// The usual life of a link, in days.
pub const USUAL_DAYS: i64 = 7;
/// Most links of an episode that work at the same time.
pub const MOST_LINKS: usize = 20;
/// Most notes one link takes.
pub const MOST_NOTES: i64 = 200;

/// Where an episode stands with its clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nobody decided anything.
    #[default]
    None,
    /// What would be published is what somebody approved.
    Approved {
        /// The version that was seen.
        version: i64,
    },
    /// Something was approved and has changed since.
    Outdated {
        /// The version that was approved last.
        version: i64,
    },
    /// Somebody asked for changes to what would be published.
    Changes {
        /// The version that was seen.
        version: i64,
        /// Who asked.
        name: String,
    },
}

impl Standing {
    /// The word in JSON and locale keys.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Approved { .. } => "approved",
            Self::Outdated { .. } => "outdated",
            Self::Changes { .. } => "changes",
        }
    }
}

/// The digest of what a listener would get.
#[must_use]
pub fn content_digest(full: &FullEpisode) -> String {
    let episode = &full.episode;
    let texts: Vec<_> = episode
        .texts
        .iter()
        .map(|(lang, t)| {
            json!([lang, t.title, t.summary, t.notes_html, if episode.cover.is_some() { &t.cover_alt } else { "" }])
        })
        .collect();
    let sound = episode.audio.as_ref().map(|a| match &a.place {
        AudioPlace::Local(blob) => json!(["here", blob]),
        AudioPlace::Remote(url) => json!(["there", url]),
    });
    let transcripts: Vec<_> = full.transcripts.iter().map(|t| json!([t.lang, t.body])).collect();
    let content = json!([
        episode.number,
        episode.season,
        episode.kind.code(),
        episode.explicit,
        texts,
        episode.cover.as_ref().map(|i| &i.blob),
        sound,
        full.chapters,
        full.credits,
        transcripts,
    ]);
    sha256_hex(content.to_string().as_bytes())
}

/// Where an episode with this digest stands. Per link its latest decision counts; a wish for changes to what is
/// there now outweighs approvals. Notes come in the order they were written.
#[must_use]
pub fn standing(notes: &[ApprovalNote], digest: &str) -> Standing {
    let decided = |n: &&ApprovalNote| n.kind != NoteKind::Comment;
    let mut latest: Vec<&ApprovalNote> = Vec::new();
    for note in notes.iter().filter(decided) {
        latest.retain(|n| n.approval != note.approval);
        latest.push(note);
    }
    let now = |kind: NoteKind| latest.iter().rev().find(|n| n.kind == kind && n.digest == digest);
    if let Some(note) = now(NoteKind::Changes) {
        return Standing::Changes { version: note.version, name: note.name.clone() };
    }
    if let Some(note) = now(NoteKind::Approved) {
        return Standing::Approved { version: note.version };
    }
    match latest.iter().rev().find(|n| n.kind == NoteKind::Approved) {
        Some(note) => Standing::Outdated { version: note.version },
        None => Standing::None,
    }
}

/// Whether a link works.
#[must_use]
pub fn works(approval: &Approval, now: At) -> bool {
    approval.revoked_at.is_none() && now < approval.expires_at
}

/// Checks what an editor asks for: for whom, and for how many days.
///
/// # Errors
/// Every field with a problem.
pub fn link(label: &str, days: i64) -> Result<String, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    let label = line(label);
    match label.chars().count() {
        0 => refusal = refusal.field("label", "required"),
        1..=80 => {}
        _ => refusal = refusal.field_with("label", "too-long", ("most", 80.into())),
    }
    if !(1..=MOST_DAYS).contains(&days) {
        refusal = refusal.field_with("days", "approval-days", ("most", MOST_DAYS.into()));
    }
    refusal.unless_clean()?;
    Ok(label)
}

/// Checks what a client sends: a name, and words unless they approve.
///
/// # Errors
/// Every field with a problem.
pub fn answer(kind: NoteKind, name: &str, text: &str) -> Result<(String, String), Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    let (name, text) = (line(name), paragraph(text));
    match name.chars().count() {
        0 => refusal = refusal.field("name", "required"),
        1..=80 => {}
        _ => refusal = refusal.field_with("name", "too-long", ("most", 80.into())),
    }
    match text.chars().count() {
        0 if kind != NoteKind::Approved => refusal = refusal.field("text", "required"),
        0..=4000 => {}
        _ => refusal = refusal.field_with("text", "too-long", ("most", 4000.into())),
    }
    refusal.unless_clean()?;
    Ok((name, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(id: i64, approval: i64, kind: NoteKind, version: i64, digest: &str) -> ApprovalNote {
        ApprovalNote {
            id,
            approval,
            kind,
            name: format!("n{approval}"),
            text: String::new(),
            version,
            digest: digest.to_owned(),
            at: At::from_micros(id),
        }
    }

    #[test]
    fn the_latest_decision_of_each_link_counts() {
        use NoteKind::{Approved, Changes, Comment};
        let changes = |version| Standing::Changes { version, name: "n1".to_owned() };
        for (notes, digest, expected) in [
            (vec![], "a", Standing::None),
            (vec![note(1, 1, Comment, 4, "a")], "a", Standing::None),
            (vec![note(1, 1, Approved, 4, "a")], "a", Standing::Approved { version: 4 }),
            (vec![note(1, 1, Approved, 4, "a")], "b", Standing::Outdated { version: 4 }),
            (vec![note(1, 1, Changes, 4, "a")], "a", changes(4)),
            (vec![note(1, 1, Changes, 4, "a")], "b", Standing::None),
            (vec![note(1, 1, Changes, 4, "a"), note(2, 1, Approved, 5, "b")], "b", Standing::Approved { version: 5 }),
            (vec![note(1, 1, Approved, 4, "a"), note(2, 1, Changes, 4, "a")], "a", changes(4)),
            (vec![note(1, 1, Changes, 4, "a"), note(2, 2, Approved, 4, "a")], "a", changes(4)),
            (vec![note(1, 1, Approved, 4, "a"), note(2, 2, Approved, 5, "b")], "a", Standing::Approved { version: 4 }),
            (vec![note(1, 1, Approved, 4, "a"), note(2, 1, Comment, 5, "b")], "b", Standing::Outdated { version: 4 }),
        ] {
            assert_eq!(standing(&notes, digest), expected, "{notes:?} {digest}");
        }
    }

    #[test]
    fn answers_and_links_are_checked_by_field() {
        assert_eq!(answer(NoteKind::Approved, " Zoé\n ", "").expect("good"), ("Zoé".to_owned(), String::new()));
        for (kind, name, text, field) in [
            (NoteKind::Comment, "Zoé", "  ", "text"),
            (NoteKind::Changes, "Zoé", "", "text"),
            (NoteKind::Approved, "", "ok", "name"),
            (NoteKind::Comment, &"x".repeat(81), "ok", "name"),
            (NoteKind::Comment, "Zoé", &"x".repeat(4001), "text"),
        ] {
            assert_eq!(answer(kind, name, text).expect_err("refused").fields[0].name, field);
        }
        assert_eq!(link(" Le  musée ", 7).expect("good"), "Le musée");
        for (label, days, field) in [("", 7, "label"), ("x", 0, "days"), ("x", 31, "days")] {
            assert_eq!(link(label, days).expect_err("refused").fields[0].name, field);
        }
    }
}
