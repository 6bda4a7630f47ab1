//! What the rules catch and what they miss, measured on texts of our own and pinned: spam as written and in three disguises,
//! and honest comments. docs/comments.md has the table; whoever changes a rule changes both.

use community::model::{Guest, Settings, State, Typed, Writer};
use community::rules::form::check_guest;
use community::rules::verdict::judge;

const SPAM: &str = include_str!("fixtures/spam.tsv");
const HONEST: &str = include_str!("fixtures/honest.tsv");

struct Sample {
    name: String,
    url: String,
    body: String,
}

fn samples(text: &str) -> Vec<Sample> {
    let rows = text.lines().filter(|row| !row.starts_with('#'));
    rows.map(|row| {
        let [name, url, body] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("three fields: {row}") };
        Sample { name: name.to_owned(), url: url.to_owned(), body: body.replace("\\n", "\n") }
    })
    .collect()
}

/// Spam, caught as such; held for a moderator; shown at once.
type Caught = (usize, usize, usize);

/// What becomes of texts of people who are known already: nobody is held for being new.
fn measure(all: &[Sample], change: impl Fn(&str) -> String) -> (Caught, Vec<String>) {
    let (mut caught, mut notes) = ((0, 0, 0), Vec::new());
    for sample in all {
        let typed = Typed {
            name: sample.name.clone(),
            email: "somebody@mail.example".to_owned(),
            url: sample.url.clone(),
            body: change(&sample.body),
        };
        let (guest, body): (Guest, String) = check_guest(&typed).expect("a form like any other");
        let verdict = judge(&Writer::Guest(guest), &body, true, 0, &Settings::default());
        match verdict.state {
            State::Spam => caught.0 += 1,
            State::Held => caught.1 += 1,
            _ => caught.2 += 1,
        }
        notes.push(format!("{:?} {:?}: {} / {}", verdict.state, verdict.reasons, sample.name, body));
    }
    (caught, notes)
}

/// Changes the words of a text but its addresses.
fn words(text: &str, change: impl Fn(&str) -> String) -> String {
    let plain = |word: &&str| !word.contains("//") && !word.contains("www.") && !word.contains('@');
    let changed = text.split(' ').map(|word| if plain(&word) { change(word) } else { word.to_owned() });
    changed.collect::<Vec<_>>().join(" ")
}

/// Letters as figures: c4sin0.
fn figures(text: &str) -> String {
    let swap = |c| match c {
        'a' => '4',
        'e' => '3',
        'i' => '1',
        'o' => '0',
        c => c,
    };
    words(text, |word| if word.chars().count() > 4 { word.chars().map(swap).collect() } else { word.to_owned() })
}

/// Latin letters replaced by Cyrillic ones of the same shape.
fn lookalikes(text: &str) -> String {
    let swap = |c| match c {
        'a' => 'а',
        'e' => 'е',
        'o' => 'о',
        'p' => 'р',
        c => c,
    };
    words(text, |word| word.chars().map(swap).collect())
}

/// Hidden behind two honest sentences.
fn padded(text: &str) -> String {
    format!(
        "I listened to the episode on the way to work and learned a lot about the old bridge. The guest was very clear. {text}"
    )
}

/// A way to hide a word from a filter: its name and what it does.
type Disguise = (&'static str, fn(&str) -> String);

#[test]
fn c15_what_the_rules_catch_of_spam_is_what_the_docs_say() {
    let all = samples(SPAM);
    assert!(all.len() * 4 >= 200, "{}", all.len());
    let disguises: [Disguise; 4] = [
        ("as written", str::to_owned),
        ("letters as figures", figures),
        ("letters of another alphabet", lookalikes),
        ("behind honest sentences", padded),
    ];
    let measured = disguises.map(|(name, disguise)| (name, measure(&all, disguise)));
    let caught = measured.each_ref().map(|(name, (caught, _))| (*name, *caught));
    let missed = |notes: &[String]| notes.iter().filter(|n| n.starts_with("Visible")).cloned().collect::<Vec<_>>();
    let missed = measured.each_ref().map(|(_, (_, notes))| missed(notes));
    let expected = [
        ("as written", (39, 22, 11)),
        ("letters as figures", (15, 35, 22)),
        ("letters of another alphabet", (39, 33, 0)),
        ("behind honest sentences", (35, 21, 16)),
    ];
    assert_eq!(caught, expected, "missed: {missed:#?}");
}

#[test]
fn c15_honest_comments_of_known_people_wait_as_seldom_as_the_docs_say() {
    let all = samples(HONEST);
    assert!(all.len() >= 150, "{}", all.len());
    let (caught, notes) = measure(&all, str::to_owned);
    let stopped: Vec<&String> = notes.iter().filter(|n| !n.starts_with("Visible")).collect();
    assert_eq!(caught, (0, 7, 145), "stopped: {stopped:#?}");
}

#[test]
fn c15_every_text_waits_when_its_writer_is_new() {
    for sample in samples(SPAM).iter().chain(&samples(HONEST)) {
        let guest = Guest { name: sample.name.clone(), email: "new@mail.example".to_owned(), url: None };
        let verdict = judge(&Writer::Guest(guest), &sample.body, false, 0, &Settings::default());
        assert_ne!(verdict.state, State::Visible, "{}", sample.body);
    }
}
