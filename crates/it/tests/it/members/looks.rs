//! Members' pages and their mail as they were reviewed, in both languages.

use it::{Site, desk, on_one};
use kernel::{Lang, Role};
use testkit::On;

use super::{deed, joined, joins, mails};
use crate::pages::redact;

#[test]
fn pages_of_members_look_as_reviewed() {
    on_one(On::Lite, &async |site: Site| {
        let owner = site.person("pentes", "odile@pentes.example", Role::Owner).await;
        desk::show(&site, &owner, "pentes").await;
        let odile = joins(&site, &owner, "odile").await;
        let ada = site.person("membres", "ada@membres.example", Role::Agent).await;
        joins(&site, &ada, "ada").await;
        let new = joined(&site, "solveig@lecteurs.example", "Solveig M.").await;
        site.clock.advance(60);
        site.post_as(&ada, &deed(odile, "follow"), &[]).await;
        site.post_as(&owner, "/fr/account/notifications/settings", &[("digest", "daily")]).await;
        for lang in Lang::ALL {
            let code = lang.code();
            let at = |path: &str| format!("/{code}{path}");
            let pages = [
                ("join", site.get(&at("/join")).await),
                ("place", site.get_as(&new, &at("/account/profile?next=/fr/")).await),
                ("profile", site.get_as(&owner, &at("/account/profile")).await),
                ("member", site.get(&at("/members/odile")).await),
                ("member_as", site.get_as(&ada, &at("/members/odile")).await),
                ("followers", site.get(&at("/members/odile/followers")).await),
                ("following", site.get_as(&ada, &at("/account/following")).await),
                ("notifications", site.get_as(&owner, &at("/account/notifications")).await),
                ("data", site.get_as(&owner, &at("/account/data")).await),
            ];
            for (name, answer) in pages {
                assert_eq!(answer.status, 200, "{name}");
                assert!(!answer.text().contains('⟨'), "{name} in {code} has every sentence");
                insta::assert_snapshot!(format!("{name}_{code}"), redact(&answer.text()));
            }
        }
    });
}

#[test]
fn the_mail_reads_as_reviewed() {
    on_one(On::Lite, &async |site: Site| {
        for (n, lang) in Lang::ALL.into_iter().enumerate() {
            let who = site.person("membres", &format!("ada{n}@membres.example"), Role::Agent).await;
            let member = joins(&site, &who, &format!("ada{n}x")).await;
            let name = [("name", "Ada"), ("lang", lang.code())];
            assert_eq!(site.post_as(&who, "/fr/account/name", &name).await.status, 303);
            site.post_as(&who, "/fr/account/notifications/settings", &[("digest", "daily")]).await;
            site.clock.advance(60);
            for other in ["ben", "cleo", "dora"] {
                let other = site.person("membres", &format!("{other}{n}@membres.example"), Role::Agent).await;
                joins(&site, &other, &format!("voix{}", other.id.0)).await;
                site.post_as(&other, &deed(member, "follow"), &[]).await;
            }
            site.clock.advance(2 * 86_400);
            site.work().await;
            let mail = mails(&site).into_iter().rfind(|m| m.contains("List-Unsubscribe")).expect("a mail");
            // The key of the link and the numbers of people differ in each run.
            let token = mail.split_once("/digest/").expect("a link").1.split('>').next().expect("its end").to_owned();
            let mail = mail.replace(&token, "TOKEN");
            let plain: String =
                mail.split("voix").map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect();
            insta::assert_snapshot!(format!("digest_{}", lang.code()), plain);
        }
    });
}
