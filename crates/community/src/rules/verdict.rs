//! What becomes of a comment: visible, waiting, spam, or refused. One pure function over what the store knows about the
//! thread, the person and the last hours.

use kernel::{At, Kind, Refusal};

use super::{spam, thread};
use crate::model::{Comment, Hold, NewComment, Settings, State, Thread, Writer};

/// The most comments of one person in an hour and in a day.
pub const MOST_PER_HOUR: i64 = 5;
/// The most comments of one person in a day.
pub const MOST_PER_DAY: i64 = 20;

/// What is known when a comment arrives.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The counters of the thread.
    pub thread: Thread,
    /// Whether the person had a comment approved here.
    pub approved: bool,
    /// The person's comments of the last hour.
    pub last_hour: i64,
    /// The person's comments of the last day.
    pub last_day: i64,
    /// Whether the same text was said here by the same person, or in the same thread by anybody, within a day.
    pub same_text: bool,
    /// How often the same text was said in the organisation within a day.
    pub copies: i64,
}

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The state it begins in.
    pub state: State,
    /// Why it does not appear at once: stable codes.
    pub reasons: Vec<&'static str>,
}

/// Decides about a new comment.
///
/// # Errors
/// `comment-closed`, `comment-parent`, `comment-same` or `comment-too-many`.
pub fn decide(
    new: &NewComment,
    parent: Option<&Comment>,
    known: &Known,
    settings: &Settings,
    now: At,
) -> Result<Verdict, Refusal> {
    let team = matches!(new.writer, Writer::Member { team: true, .. });
    if !team && !thread::is_open(known.thread, settings, new.subject_since, now) {
        return Err(Refusal::new(Kind::Conflict, "comment-closed"));
    }
    // A moderator may answer what waits: the answer is seen once its parent is.
    let answerable =
        |p: &Comment| p.subject == new.subject && (p.state == State::Visible || (team && p.state == State::Held));
    if new.parent.is_some() && !parent.is_some_and(answerable) {
        return Err(Refusal::new(Kind::Conflict, "comment-parent"));
    }
    if known.same_text {
        return Err(Refusal::new(Kind::Conflict, "comment-same"));
    }
    if !team && (known.last_hour >= MOST_PER_HOUR || known.last_day >= MOST_PER_DAY) {
        return Err(Refusal::new(Kind::TooMany, "comment-too-many"));
    }
    if team {
        return Ok(Verdict { state: State::Visible, reasons: Vec::new() });
    }
    Ok(judge(&new.writer, &new.body, known.approved, known.copies, settings))
}

/// What the rules say of a text by somebody outside the team, new or changed.
#[must_use]
pub fn judge(writer: &Writer, body: &str, approved: bool, copies: i64, settings: &Settings) -> Verdict {
    let (name, url) = match writer {
        Writer::Guest(guest) => (guest.name.as_str(), guest.url.as_deref()),
        Writer::Member { name, .. } => (name.as_str(), None),
    };
    let (sum, mut reasons) = spam::judge(spam::Words { name, url, body });
    if sum >= spam::SPAM || copies >= 3 {
        if copies >= 3 {
            reasons.push("copies");
        }
        return Verdict { state: State::Spam, reasons };
    }
    if sum < spam::HOLD {
        reasons.clear();
    }
    let links = i64::try_from(spam::links(body).len()).unwrap_or(i64::MAX);
    if links > settings.most_links && !reasons.contains(&"many-links") {
        reasons.push("many-links");
    }
    if copies > 0 {
        reasons.push("copies");
    }
    if spam::has_blocked(body, &settings.blocked_words) || spam::has_blocked(name, &settings.blocked_words) {
        reasons.push("blocked-word");
    }
    match settings.hold {
        Hold::Every => reasons.push("every"),
        Hold::First if !approved => reasons.push("first"),
        Hold::First | Hold::None => {}
    }
    Verdict { state: if reasons.is_empty() { State::Visible } else { State::Held }, reasons }
}

/// Every reason a comment may wait for, besides [`spam::SIGNS`].
pub const REASONS: &[&str] = &["first", "every", "copies", "blocked-word"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Guest, Writer};
    use kernel::{OrgId, PersonId, Subject};

    fn new(body: &str) -> NewComment {
        let guest = Guest { name: "Léa".to_owned(), email: "lea@mail.example".to_owned(), url: None };
        NewComment {
            org: OrgId(1),
            subject: Subject::episode(9),
            subject_since: At::from_micros(0),
            parent: None,
            writer: Writer::Guest(guest),
            body: body.to_owned(),
            network: "192.0.2.1".to_owned(),
        }
    }

    const TEXT: &str = "Merci pour cet épisode, la partie sur les boulangeries m’a beaucoup appris.";

    fn verdict(
        new: &NewComment,
        known: &Known,
        settings: &Settings,
    ) -> Result<(State, Vec<&'static str>), &'static str> {
        let now = At::from_micros(1_000_000);
        decide(new, None, known, settings, now).map(|v| (v.state, v.reasons)).map_err(|r| r.code)
    }

    #[test]
    fn c15_the_first_comment_waits_and_later_ones_do_not() {
        let settings = Settings::default();
        assert_eq!(verdict(&new(TEXT), &Known::default(), &settings), Ok((State::Held, vec!["first"])));
        let known = Known { approved: true, ..Known::default() };
        assert_eq!(verdict(&new(TEXT), &known, &settings), Ok((State::Visible, vec![])));
        let every = Settings { hold: Hold::Every, ..settings.clone() };
        assert_eq!(verdict(&new(TEXT), &known, &every), Ok((State::Held, vec!["every"])));
        let none = Settings { hold: Hold::None, ..settings };
        assert_eq!(verdict(&new(TEXT), &Known::default(), &none), Ok((State::Visible, vec![])));
    }

    #[test]
    fn c15_limits_duplicates_and_links() {
        let settings = Settings { hold: Hold::None, ..Settings::default() };
        let with = |known: Known| verdict(&new(TEXT), &known, &settings);
        assert_eq!(with(Known { last_hour: 5, ..Known::default() }), Err("comment-too-many"));
        assert_eq!(with(Known { last_day: 20, ..Known::default() }), Err("comment-too-many"));
        assert_eq!(with(Known { same_text: true, ..Known::default() }), Err("comment-same"));
        assert_eq!(with(Known { copies: 1, ..Known::default() }), Ok((State::Held, vec!["copies"])));
        assert_eq!(with(Known { copies: 3, ..Known::default() }).map(|v| v.0), Ok(State::Spam));
        let closed = Known { thread: Thread { closed: true, ..Thread::default() }, ..Known::default() };
        assert_eq!(with(closed.clone()), Err("comment-closed"));
        let links =
            format!("{TEXT} Voir https://a.example/x et aussi https://b.example/y ainsi que la suite de l’enquête.");
        let strict = Settings { most_links: 1, ..settings.clone() };
        let got = verdict(&new(&links), &Known::default(), &strict).expect("held");
        assert!(got.0 == State::Held && got.1.contains(&"many-links"), "{got:?}");
        let blocked = Settings { blocked_words: vec!["boulangeries".to_owned()], ..settings.clone() };
        assert_eq!(verdict(&new(TEXT), &Known::default(), &blocked), Ok((State::Held, vec!["blocked-word"])));
        let team = Writer::Member { person: PersonId(1), name: "Inès".to_owned(), team: true };
        let ours = NewComment { writer: team, ..new(TEXT) };
        assert_eq!(verdict(&ours, &closed, &settings), Ok((State::Visible, vec![])));
    }

    #[test]
    fn answers_need_something_that_is_seen() {
        let mut answer = new(TEXT);
        answer.parent = Some(4);
        assert_eq!(verdict(&answer, &Known::default(), &Settings::default()), Err("comment-parent"));
    }
}
