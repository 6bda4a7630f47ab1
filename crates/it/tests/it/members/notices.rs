//! What happened to a member: the page, the mark in the header, the mail and the link that stops it.

use it::{Person, Site, on_both};
use kernel::Role;

use super::{deed, joins, mails};

async fn two(site: &Site) -> (Person, i64, Person, i64) {
    let ada = site.person("membres", "ada@membres.example", Role::Agent).await;
    let ben = site.person("membres", "ben@membres.example", Role::Agent).await;
    let (a, b) = (joins(site, &ada, "ada").await, joins(site, &ben, "ben").await);
    (ada, a, ben, b)
}

#[test]
fn what_happened_is_marked_counted_and_read() {
    on_both(async |site| {
        let (ada, a, ben, b) = two(&site).await;
        let cleo = site.person("membres", "cleo@membres.example", Role::Agent).await;
        joins(&site, &cleo, "cleo").await;
        assert!(site.get_as(&ada, "/fr/account/notifications").await.text().contains("Rien pour l’instant"));
        site.clock.advance(60);
        for who in [&ben, &cleo] {
            for _ in 0..2 {
                site.post_as(who, &deed(a, "follow"), &[]).await;
                site.post_as(who, &deed(a, "unfollow"), &[]).await;
            }
            site.post_as(who, &deed(a, "follow"), &[]).await;
        }
        let page = site.get_as(&ada, "/en/account/notifications").await.text();
        assert!(page.contains("Nom de cleo and 1 other follow you"), "{page}");
        assert!(page.contains("2 new notifications"), "the mark in the header");
        // Whom one mutes is not heard, also of before.
        site.post_as(&ada, &deed(b, "mute"), &[]).await;
        let page = site.get_as(&ada, "/en/account/notifications").await.text();
        assert!(page.contains("Nom de cleo follows you") && page.contains("1 new notification<"), "{page}");
        site.post_as(&ada, &deed(b, "unmute"), &[]).await;
        // What came after the page was made is not marked with it.
        let shown = page.split("name=\"up_to\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let shown = shown.expect("the newest that is shown").to_owned();
        site.clock.advance(1);
        let dora = site.person("membres", "dora@membres.example", Role::Agent).await;
        joins(&site, &dora, "dora").await;
        site.post_as(&dora, &deed(a, "follow"), &[]).await;
        site.post_as(&ada, "/en/account/notifications/read", &[("up_to", &shown)]).await;
        let page = site.get_as(&ada, "/en/account/notifications").await.text();
        assert!(page.contains("1 new notification<"), "{page}");
        site.clock.advance(1);
        let read = site.post_as(&ada, "/en/account/notifications/read", &[]).await;
        assert_eq!(read.header("location"), "/en/account/notifications?said=read");
        let page = site.get_as(&ada, "/en/account/notifications?said=read").await.text();
        assert!(page.contains("All are marked as read.") && !page.contains("new notification"), "{page}");
        site.post_as(&ben, &deed(a, "block"), &[]).await;
        let page = site.get_as(&ada, "/en/account/notifications").await.text();
        assert!(!page.contains("Nom de ben"), "nothing from somebody who blocked");
    });
}

#[test]
fn a_mail_comes_as_often_as_chosen_and_one_click_stops_it() {
    on_both(async |site| {
        let (ada, a, ben, _) = two(&site).await;
        let choose = async |digest: &str| {
            let done = site.post_as(&ada, "/fr/account/notifications/settings", &[("digest", digest)]).await;
            assert_eq!(done.header("location"), "/fr/account/notifications?said=saved#digest");
        };
        let hours = async |n: i64| {
            for _ in 0..n {
                site.clock.advance(3_600);
                site.work().await;
            }
        };
        let digests = || mails(&site).into_iter().filter(|m| m.contains("List-Unsubscribe")).collect::<Vec<_>>();
        site.post_as(&ben, &deed(a, "follow"), &[]).await;
        hours(26).await;
        assert_eq!(digests().len(), 0, "nobody gets mail they did not choose");
        choose("daily").await;
        hours(26).await;
        assert_eq!(digests().len(), 0, "what happened before it was chosen is not told");
        site.post_as(&ben, &deed(a, "unfollow"), &[]).await;
        let cleo = site.person("membres", "cleo@membres.example", Role::Agent).await;
        joins(&site, &cleo, "cleo").await;
        site.post_as(&cleo, &deed(a, "follow"), &[]).await;
        hours(2).await;
        assert_eq!(digests().len(), 1);
        let mail = digests().pop().expect("a mail");
        assert!(mail.starts_with("To: ada@membres.example\nSubject: 1 nouvelle notification\n"), "{mail}");
        assert!(
            mail.contains("Nom de cleo vous suit") && mail.contains("https://site.example/fr/members/cleo"),
            "{mail}"
        );
        let stop = mail.split_once("List-Unsubscribe: <https://site.example").expect("the link").1;
        let stop = stop.split('>').next().expect("its end").to_owned();
        assert!(mail.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
        hours(30).await;
        assert_eq!(digests().len(), 1, "nothing happened, nothing is sent");
        // Looking at the link stops nothing; a program's post does, without a session, a stamp or an origin.
        assert_eq!(site.get(&stop).await.status, 200);
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let body = "List-Unsubscribe=One-Click";
        let done = site.send(it::request("POST", &stop, None, &headers, body.into())).await;
        assert_eq!((done.status.as_u16(), done.header("set-cookie").as_str()), (200, ""));
        site.post_as(&cleo, &deed(a, "unfollow"), &[]).await;
        let dora = site.person("membres", "dora@membres.example", Role::Agent).await;
        joins(&site, &dora, "dora").await;
        site.post_as(&dora, &deed(a, "follow"), &[]).await;
        hours(50).await;
        assert_eq!(digests().len(), 1);
        assert_eq!(site.get(&format!("{}x", stop)).await.status, 404, "a forged link");
    });
}
