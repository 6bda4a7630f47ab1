//! An agency's morning: one producer brings out the day's episodes of three shows through the pages. What the hands do is
//! counted, and the seconds the machine takes.

use std::time::{Duration, Instant};

use thirtyfour::prelude::*;
use traboule::demo;

use super::hands::{Count, sound};
use super::{Visit, journey};

/// A show's episode of the day.
struct Morning {
    show: &'static str,
    slug: &'static str,
    title: &'static str,
    summary: &'static str,
    notes: &'static str,
    items: [&'static str; 4],
    sound: u32,
}

const MORNINGS: [Morning; 3] = [
    Morning {
        show: "De plain-pied",
        slug: "de-plain-pied",
        title: "Les clés du lavoir",
        summary: "Trois voisines, une serrure neuve et un règlement de 1911.",
        notes: "Le lavoir rouvre, la clé reste introuvable.",
        items: [
            "La clé du lavoir 0:20 https://mairie.example/lavoir",
            "Le règlement de 1911 0:25 https://archives.example/1911",
            "Trois voisines répondent 0:30 https://quartier.example/lavoir",
            "Ce qui change lundi 0:15 https://mairie.example/lundi",
        ],
        sound: 142,
    },
    Morning {
        show: "Le carnet des alizés",
        slug: "le-carnet-des-alizes",
        title: "La passe avant l’aube",
        summary: "Avec celles et ceux qui sortent avant le vent.",
        notes: "Une matinée sur le quai, avant le vent.",
        items: [
            "Le quai à quatre heures 0:15 https://port.example/horaires",
            "Le prix de la glace 0:20 https://criee.example/glace",
            "La météo du jour 0:25 https://meteo.example/passe",
            "Le retour 0:20 https://port.example/retours",
        ],
        sound: 141,
    },
    Morning {
        show: "La réunion de palier",
        slug: "la-reunion-de-palier",
        title: "Le vote du digicode",
        summary: "Un code, neuf lots, une majorité introuvable.",
        notes: "Le vote du digicode, du premier devis au second tour.",
        items: [
            "Deux devis 0:20 https://syndic.example/devis",
            "Le premier tour 0:25 https://syndic.example/tour-1",
            "Les absents 0:15 https://syndic.example/pouvoirs",
            "Le second tour 0:20 https://syndic.example/tour-2",
        ],
        sound: 139,
    },
];

const TRANSCRIPT: &str = "Maëlle : Bonjour à toutes et à tous.\n\nAnselme : Quatre points ce matin, dans l’ordre.\n";
const ITEMS: &str = "document.querySelectorAll('#items > ol > li').length";

/// One episode from nothing to public.
async fn bring_out(visit: &Visit, day: &Morning) -> WebDriverResult<()> {
    visit.click(".rail a[href='/fr/studio']").await?;
    visit.until_at("/fr/studio").await;
    let id = visit.new_episode(day.show, day.title).await?;
    for (at, line) in day.items.iter().enumerate() {
        visit.until(&format!("{ITEMS} === {at} && document.activeElement.id === 'f-line'")).await;
        visit.type_here(line).await?;
        visit.key(Key::Enter).await?;
    }
    visit.until(&format!("{ITEMS} === 4")).await;
    visit.click("form[action$='/rundown/chapters'] button").await?;
    visit.until("document.querySelectorAll('#chapters input[name$=\"-start\"]').length === 5").await;
    visit.tab(&id, "/sound").await?;
    visit.send_sound(&sound(day.sound)).await?;
    visit.tab(&id, "/transcript").await?;
    visit.paste_transcript(TRANSCRIPT).await?;
    visit.tab(&id, "").await?;
    visit.fill("#f-summary", day.summary).await?;
    visit.fill("#f-notes_md", day.notes).await?;
    visit.click("form[action$='/texts'] button").await?;
    visit.until("location.search.includes('said=saved') && document.readyState === 'complete'").await;
    let errors = visit.words("[data-checks-out] .badge.bad").await?;
    assert_eq!(errors, "", "no error stands in the way: {}", visit.words("[data-checks-out]").await?);
    visit.click("form[action$='/publish'] button").await?;
    visit.until("document.querySelector('.desk > header .badge.ok')").await;
    Ok(())
}

fn line(name: &str, count: Count, time: Duration) -> String {
    let Count { clicks, keys, typed, loads } = count;
    format!("| {name} | {clicks} | {keys} | {typed} | {loads} | {:.1} |", time.as_secs_f64())
}

#[test]
fn an_agencys_morning_is_three_shows_in_one_sitting() {
    journey(async |visit| {
        visit.sign_in(demo::EDITOR).await?;
        visit.assert_clean().await?;
        let hands = &visit.house.hands;
        let (start, begun) = (hands.count(), Instant::now());
        let mut table = vec![
            "| | clicks | control keys | characters | page loads | seconds |".to_owned(),
            "|---|---|---|---|---|---|".to_owned(),
        ];
        for day in &MORNINGS {
            let (before, at) = (hands.count(), Instant::now());
            bring_out(visit, day).await?;
            visit.assert_clean().await?;
            table.push(line(day.show, hands.count().since(before), at.elapsed()));
        }
        table.push(line("all three", hands.count().since(start), begun.elapsed()));
        eprintln!("{}", table.join("\n"));
        for day in &MORNINGS {
            let (status, page) = visit.fetched(&format!("/fr/shows/{}", day.slug)).await?;
            assert!(status == 200 && page.contains(day.title), "{} is public", day.title);
            let (_, feed) = visit.fetched(&format!("/feeds/{}.xml", day.slug)).await?;
            assert!(feed.contains(day.title), "{} is in the feed", day.title);
        }
        visit.go("/fr/studio").await?;
        let list = visit.words("main").await?;
        assert!(MORNINGS.iter().all(|day| list.contains(day.title)), "{list}");
        visit.assert_clean().await
    });
}
