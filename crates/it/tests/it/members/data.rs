//! A copy of everything, and erasing a person from every table.

use db::{read_tx, write_tx};
use it::{Site, desk, on_both};
use kernel::Role;

use super::{deed, joined, joins, session_of};

/// Words that stand nowhere else.
const CANARY: &str = "zqcanari";

#[test]
fn a_copy_holds_what_is_kept_and_erasing_leaves_no_word_of_it() {
    on_both(async |site| {
        let owner = site.person("pentes", "odile@pentes.example", Role::Owner).await;
        let show = desk::show(&site, &owner, "pentes").await;
        let episode = desk::published(&site, &owner, &show, "Le pont").await;
        let other = joins(&site, &owner, "odile").await;
        let email = format!("{CANARY}@lecteurs.example");
        let ada = joined(&site, &email, &format!("Ada {CANARY}")).await;
        let place = [("name", format!("Ada {CANARY}")), ("handle", "ada".to_owned())];
        let place: Vec<(&str, &str)> = place.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert_eq!(site.post_as(&ada, "/fr/account/profile", &place).await.status, 303);
        let about = format!("Je lis {CANARY}");
        let edit = [
            ("name", place[0].1),
            ("handle", "ada"),
            ("about", about.as_str()),
            ("link", "https://zqcanari.example/"),
            ("lang", "fr"),
            ("version", "1"),
        ];
        assert_eq!(site.post_as(&ada, "/fr/account/profile", &edit).await.status, 303);
        site.post_as(&ada, &deed(other, "follow"), &[]).await;
        let ctx = site.app.ctx(ada.actor.clone());
        let me = read_tx!(site.app.db, |tx| community::service::members::me(tx, &ctx.actor).await).expect("a member");
        let draft = community::rules::post::Draft {
            body: format!("Un mot {CANARY}"),
            lang: "fr".to_owned(),
            ..Default::default()
        };
        let kind = community::model::PostKind::Post;
        write_tx!(site.app.db, |tx| community::service::posts::post(tx, &ctx, me.id, kind, &draft).await)
            .expect("posted");
        crate::access::said(&site, &ada, &episode, &format!("Merci {CANARY}")).await;

        let file = site.get_as(&ada, "/fr/account/data/export.json").await;
        assert!(file.header("content-disposition").starts_with("attachment"));
        let all = file.json();
        assert_eq!(all["account"]["email"], email.as_str());
        assert_eq!(all["member"]["handle"], "ada");
        assert_eq!(all["member"]["bonds"]["following"][0]["handle"], "odile");
        assert_eq!(all["member"]["posts"][0]["body"], format!("Un mot {CANARY}"));
        assert_eq!(all["comments"][0]["body"], format!("Merci {CANARY}"));
        assert!(site.get_as(&owner, "/fr/account/notifications").await.text().contains(CANARY));

        let wrong = site.post_as(&ada, "/fr/account/data/erase", &[("confirm", "oui")]).await;
        assert!(wrong.status == 422 && wrong.text().contains("f-confirm-error"));
        let last = site.post_as(&owner, "/fr/account/data/erase", &[("confirm", "effacer")]).await;
        assert_eq!(last.status, 409, "the last owner hands over first");
        let done = site.post_as(&ada, "/fr/account/data/erase", &[("confirm", " EFFACER ")]).await;
        assert_eq!((done.status.as_u16(), done.header("location").as_str()), (303, "/fr/privacy?said=erased"));
        assert_eq!(session_of(&done), "", "the session is over");
        site.work().await;
        let contents = crate::moving::contents(&site.app.db).await;
        for (table, rows) in contents {
            // A mail on its way is emptied when it is sent; search holds nothing of members.
            for row in rows {
                assert!(!row.contains(CANARY), "{table}: {row}");
            }
        }
        assert_eq!(site.get("/fr/members/ada").await.status, 404);
        assert_eq!(site.get_as(&ada, "/fr/account").await.status, 303);
        // The handle is nobody's.
        let new = joined(&site, "autre@lecteurs.example", "Autre").await;
        let taken = [("name", "Autre"), ("handle", "ada")];
        assert_eq!(site.post_as(&new, "/fr/account/profile", &taken).await.status, 422);
        let agree = read_tx!(site.app.db, |tx| community::service::follows::followers_agree(tx, other).await);
        assert!(agree.expect("reads"), "the counter of whom she followed");
        // The address is free again, for another account.
        assert_ne!(joined(&site, &email, "Une autre").await.id, ada.id);
    });
}

#[test]
fn nobody_copies_or_erases_somebody_else() {
    on_both(async |site: Site| {
        let ada = site.person("membres", "ada@membres.example", Role::Agent).await;
        let ben = site.person("membres", "ben@membres.example", Role::Agent).await;
        joins(&site, &ada, "ada").await;
        let ctx = site.app.ctx(ben.actor.clone());
        use traboule::pages::members::data::{erase_everywhere, everything};
        let copied = read_tx!(site.app.db, |tx| everything(tx, &ctx, ada.id).await);
        assert_eq!(copied.expect_err("refused").as_refusal().code, "forbidden");
        let erased = write_tx!(site.app.db, |tx| erase_everywhere(tx, &ctx, ada.id).await);
        assert_eq!(erased.expect_err("refused").as_refusal().code, "forbidden");
    });
}
