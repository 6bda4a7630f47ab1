//! A copy of everything, and erasing a person from every table.

use std::collections::{BTreeMap, BTreeSet};

use db::{Failure, args, read_tx, write_tx};
use it::{Person, Site, desk, on_both};
use kernel::Role;
use serde_json::Value;
use traboule::pages::members::data;

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

        let file = site.get_as(&ada, "/fr/account/data/export.tar").await;
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"traboule-data.tar\"");
        assert_eq!(file.header("content-length"), file.body.len().to_string());
        let all = told(&untar(&file.body));
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

/// The entries of an archive.
pub(crate) fn untar(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut at = 0;
    while bytes.get(at).is_some_and(|b| *b != 0) {
        let text = |from: usize, to: usize| {
            let field = bytes[at + from..at + to].split(|b| *b == 0).next().unwrap_or_default();
            String::from_utf8(field.to_vec()).expect("plain")
        };
        let size = usize::from_str_radix(&text(124, 136), 8).expect("octal");
        out.insert(text(0, 100), bytes[at + 512..at + 512 + size].to_vec());
        at += 512 + size.next_multiple_of(512);
    }
    out
}

fn told(entries: &BTreeMap<String, Vec<u8>>) -> Value {
    serde_json::from_slice(&entries["export.json"]).expect("JSON")
}

/// Columns of `personal-data.toml` that erasing empties and a copy holds as words.
const WORDS: &[(&str, &str)] = &[
    ("accounts_person", "email"),
    ("accounts_person", "display_name"),
    ("accounts_session", "user_agent"),
    ("accounts_token", "name"),
    ("accounts_passkey", "label"),
    ("community_comment", "author_name"),
    ("community_comment", "author_url"),
    ("community_member", "name"),
    ("community_member", "about"),
    ("community_member", "link"),
    ("community_notification", "actor_name"),
    ("community_post", "body"),
    ("community_post_before", "body"),
    ("community_post_before", "alts"),
    ("community_image", "alt"),
    ("community_clip", "title"),
    ("community_clip_draft", "title"),
    ("community_caption", "cues"),
    ("community_card", "url"),
    ("community_post_before", "captions"),
    ("publish_upload", "file_title"),
];

/// Columns that erasing empties and a copy does not repeat, each with the reason.
const OTHERS: &[(&str, &str, &str)] = &[
    ("accounts_person", "email_folded", "the address again"),
    ("accounts_person", "password_hash", "a secret"),
    ("accounts_passkey", "public_key", "of no use without the device that holds the other key"),
    ("accounts_passkey", "credential_id", "of no use without the device that holds the other key"),
    ("accounts_challenge", "person_id", "gone after minutes"),
    ("accounts_joining", "email", "of somebody who has no account yet"),
    ("accounts_joining", "display_name", "of somebody who has no account yet"),
    ("publish_kept_comment", "author_name", "of commenters of an import, who have no account"),
    ("publish_kept_comment", "author_url", "of commenters of an import, who have no account"),
    ("publish_kept_comment", "body_html", "of commenters of an import, who have no account"),
    ("publish_kept_comment_private", "email", "of commenters of an import, who have no account"),
    ("publish_kept_comment_private", "email_folded", "of commenters of an import, who have no account"),
    ("publish_kept_comment_private", "ip", "of commenters of an import, who have no account"),
    ("publish_kept_comment_private", "user_agent", "of commenters of an import, who have no account"),
    ("publish_rehearsal", "person_id", "the account's number: the imports are given"),
    ("publish_upload", "person_id", "the account's number: the uploads are given"),
    ("community_comment", "person_id", "the account's number: the comments are given"),
    ("community_comment", "folded_name", "the name again"),
    ("community_private", "email_sealed", "of guests, by their address"),
    ("community_private", "email_digest", "of guests, by their address"),
    ("community_private", "network_digest", "of guests, by their address"),
    ("community_known", "who", "the account's number"),
    ("community_member", "person_id", "the account's number"),
    ("community_member", "picture", "the file itself is given"),
    ("community_follow", "member_id", "the account's number: the bonds are given"),
    ("community_mute", "member_id", "the account's number: the bonds are given"),
    ("community_block", "member_id", "the account's number: the bonds are given"),
    ("community_post", "person_id", "the account's number: the posts are given"),
];

/// The columns that erasing empties, as the list of personal columns says.
fn erased_columns() -> Vec<(String, String)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../personal-data.toml");
    let text = std::fs::read_to_string(path).expect("the list");
    let value = |block: &str, key: &str| {
        let line = block.lines().find(|l| l.starts_with(&format!("{key} = "))).unwrap_or_default().to_owned();
        line.split('"').nth(1).unwrap_or_default().to_owned()
    };
    let blocks = text.split("[[column]]").skip(1).filter(|block| !value(block, "erase").starts_with("keep"));
    blocks.map(|block| (value(block, "table"), value(block, "column"))).collect()
}

#[test]
fn every_column_that_erasing_empties_is_in_the_copy_or_says_why_not() {
    let columns = erased_columns();
    assert!(columns.len() > 30, "{columns:?}");
    for (table, column) in &columns {
        let given = WORDS.iter().filter(|(t, c)| t == table && c == column).count();
        let not = OTHERS.iter().filter(|(t, c, why)| t == table && c == column && !why.is_empty()).count();
        assert_eq!(given + not, 1, "{table}.{column}: say in members/data.rs where the copy holds it");
    }
    assert_eq!(columns.len(), WORDS.len() + OTHERS.len(), "a column that is no longer there is listed");
}

/// Rows that take more than a form to make: a changed post with a picture, a clip with captions, one begun, a passkey.
async fn rows(site: &Site, ada: &Person, me: i64, [post, clip, begun]: [i64; 3], files: &[String]) {
    let org = site.app.now().micros();
    let done: Result<(), Failure> = write_tx!(site.app.db, |tx| {
        let run = [
            ("UPDATE community_member SET picture = $1 WHERE id = $2", args![&files[0], me]),
            ("INSERT INTO community_image (post_id, place, org_id, sha256, small_sha256, media_type, width, height, alt)
              VALUES ($1, 0, $2, $3, $4, 'image/jpeg', 9, 9, 'x')", args![post, org, &files[1], &files[2]]),
            ("INSERT INTO community_post_before (post_id, version, body, alts, captions_lang, captions, until)
              VALUES ($1, 1, 'x', '[]', 'fr', '[]', 5)", args![post]),
            ("INSERT INTO publish_upload (id, org_id, person_id, post_id, purpose, size, received, file_title, declared, state, lease,
                leased_until, created_at, expires_at)
              VALUES (8, $1, $2, $3, 'clip', 9, 0, 'x', '', 'refused', 0, 0, 0, 0)", args![org, ada.id, begun]),
            ("INSERT INTO community_card (url_digest, url, state, title, about, site, fetched_at)
              VALUES ('d', 'x', 'asked', '', '', '', 0)", args![]),
            ("INSERT INTO community_post_link (post_id, place, url_digest) VALUES ($1, 0, 'd')", args![post]),
            ("UPDATE community_post SET kind = 'clip' WHERE id = $1 OR id = $2", args![clip, begun]),
            ("INSERT INTO community_clip (post_id, org_id, sha256, media_type, bytes, duration_ms, width, height, title, has_sound,
                rendition, rendition_sha256, rendition_bytes, rendition_width, rendition_height, poster_sha256)
              VALUES ($1, $2, $3, 'video/quicktime', 9, 9, 9, 9, 'x', $4, 'ready', $5, 9, 9, 9, $6)",
              args![clip, org, &files[3], true, &files[4], &files[5]]),
            ("INSERT INTO community_caption (post_id, lang, cues) VALUES ($1, 'fr', '[]')", args![clip]),
            ("INSERT INTO community_clip_draft (post_id, org_id, title, made_at) VALUES ($1, $2, 'x', 0)", args![begun, org]),
            ("INSERT INTO publish_rehearsal (id, org_id, person_id, kind, source, digest, size, created_at, expires_at, made_show)
              VALUES (7, $1, $2, 'feed', 'https://ancien.example/feed.xml', '', 9, 0, 0, $3)", args![org, ada.id, false]),
        ];
        for (sql, values) in run {
            tx.run(sql, values).await?;
        }
        Ok(())
    });
    done.expect("rows");
}

fn canary(table: &str, column: &str) -> String {
    let word = format!("zq-{table}-{column}");
    if matches!(column, "alts" | "cues" | "captions") { format!("[\"{word}\"]") } else { word }
}

#[test]
fn what_erasing_takes_away_was_in_the_copy_with_its_files() {
    on_both(async |site| {
        let owner = site.person("pentes", "odile@pentes.example", Role::Owner).await;
        let show = desk::show(&site, &owner, "pentes").await;
        let episode = desk::published(&site, &owner, &show, "Le pont").await;
        let odile = joins(&site, &owner, "odile").await;
        let ada = joined(&site, "ada@lecteurs.example", "Ada").await;
        let place = [("name", "Ada"), ("handle", "ada")];
        assert_eq!(site.post_as(&ada, "/fr/account/profile", &place).await.status, 303);
        crate::access::said(&site, &ada, &episode, "Merci").await;
        site.post_as(&ada, &deed(odile, "follow"), &[]).await;
        let ctx = site.app.ctx(ada.actor.clone());
        let me =
            read_tx!(site.app.db, |tx| community::service::members::me(tx, &ctx.actor).await).expect("a member").id;
        site.post_as(&owner, &deed(me, "follow"), &[]).await;
        let mut posts = [0; 3];
        for (n, post) in posts.iter_mut().enumerate() {
            let body = format!("Un mot {n}");
            let draft = community::rules::post::Draft { body, lang: "fr".to_owned(), ..Default::default() };
            let kind = community::model::PostKind::Post;
            let made = write_tx!(site.app.db, |tx| community::service::posts::post(tx, &ctx, me, kind, &draft).await);
            *post = made.expect("posted").id;
        }
        let mut files = Vec::new();
        for text in ["portrait", "picture", "small", "original", "made", "still"] {
            let name = site.app.blobs.put(text.as_bytes().to_vec().into()).await.expect("kept");
            files.push(name.as_str().to_owned());
        }
        rows(&site, &ada, me, posts, &files).await;
        let org = owner.org;
        let made = write_tx!(site.app.db, |tx| {
            let ctx = site.app.ctx(owner.actor.clone());
            accounts::service::create_token(tx, &ctx, org, "x", &[kernel::TokenScope::Read], 1).await.map(drop)?;
            tx.run("UPDATE accounts_token SET person_id = $1", args![ada.id]).await?;
            let sql = "INSERT INTO accounts_passkey (id, person_id, credential_id, public_key, algorithm, sign_count, label, created_at)
                       VALUES (1, $1, $2, $3, -7, 0, 'x', 0)";
            tx.run(sql, args![ada.id, vec![1_u8], vec![2_u8]]).await?;
            for (table, column) in WORDS {
                let sql = match *table {
                    "accounts_person" => format!("UPDATE {table} SET {column} = $1 WHERE id = {}", ada.id.0),
                    _ => format!("UPDATE {table} SET {column} = $1"),
                };
                tx.run(&sql, args![canary(table, column)]).await?;
            }
            Ok(())
        });
        let _: () = made.map_err(|e: Failure| e).expect("canaries");
        let archive = untar(&site.get_as(&ada, "/fr/account/data/export.tar").await.body);
        let all = told(&archive);
        let text = all.to_string();
        for (table, column) in WORDS {
            let word = format!("zq-{table}-{column}");
            assert!(text.contains(&word), "{word} is not in {all:#}");
        }
        assert_eq!(all["publishing"]["imports"][0]["source"], "https://ancien.example/feed.xml");
        assert_eq!(all["missing"], serde_json::json!([]));
        for (n, (content, end)) in [
            ("portrait", "jpg"),
            ("picture", "jpg"),
            ("small", "jpg"),
            ("original", "mov"),
            ("made", "mp4"),
            ("still", "jpg"),
        ]
        .into_iter()
        .enumerate()
        {
            let path = format!("files/{}.{end}", files[n]);
            assert_eq!(archive.get(&path).map(Vec::as_slice), Some(content.as_bytes()), "{path}");
        }
        let listed: BTreeSet<String> = archive.keys().filter(|k| *k != "export.json").cloned().collect();
        let named =
            all["files"].as_array().expect("a list").iter().map(|f| f["path"].as_str().expect("a path").to_owned());
        assert_eq!(listed, named.collect::<BTreeSet<_>>());
        let erased = write_tx!(site.app.db, |tx| data::erase_everywhere(tx, &ctx, ada.id).await).expect("erased");
        let given: BTreeSet<String> = files.iter().cloned().collect();
        assert_eq!(erased.into_iter().collect::<BTreeSet<_>>(), given, "the files that go were given");
    });
}

#[test]
fn nobody_copies_or_erases_somebody_else() {
    on_both(async |site: Site| {
        let ada = site.person("membres", "ada@membres.example", Role::Agent).await;
        let ben = site.person("membres", "ben@membres.example", Role::Agent).await;
        joins(&site, &ada, "ada").await;
        let ctx = site.app.ctx(ben.actor.clone());
        use data::{erase_everywhere, everything};
        let copied = read_tx!(site.app.db, |tx| everything(tx, &ctx, ada.id).await);
        assert_eq!(copied.expect_err("refused").as_refusal().code, "forbidden");
        let erased = write_tx!(site.app.db, |tx| erase_everywhere(tx, &ctx, ada.id).await);
        assert_eq!(erased.expect_err("refused").as_refusal().code, "forbidden");
    });
}
