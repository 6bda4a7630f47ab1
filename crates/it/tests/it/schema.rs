//! The two engines hold the same schema, and every column of every table belongs to the crate its name says.

use db::{read_tx, schema_shape};
use testkit::{On, bench};

fn shape(on: On) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let bench = bench(on, &traboule::migrations()).await;
        schema_shape(&bench.db).await.expect("a schema")
    })
}

/// PostgreSQL's names for the types both engines were asked for.
fn same_words(line: &str) -> String {
    line.replace(" BOOL ", " BOOLEAN ").replace(" INT8 ", " BIGINT ")
}

#[test]
fn both_engines_hold_the_same_schema() {
    let lite: Vec<String> = shape(On::Lite).iter().map(|l| same_words(l)).collect();
    let pg: Vec<String> = shape(On::Pg).iter().map(|l| same_words(l)).collect();
    assert!(lite.len() > 100, "the whole schema is there: {} columns", lite.len());
    assert_eq!(lite, pg);
}

#[test]
fn every_table_of_an_organisation_can_be_found_by_it() {
    // A row of a tenant's table carries org_id, or hangs on a row that does by a foreign key.
    let hang_on = [
        "accounts_challenge",
        "accounts_code",
        "accounts_joining",
        "accounts_org",
        "accounts_passkey",
        "accounts_person",
        "accounts_session",
        "audience_salt",
        "community_caption",
        "community_card",
        "community_follow",
        "community_handle",
        "community_mention",
        "community_block",
        "community_mute",
        "community_notification",
        "community_post_before",
        "community_post_link",
        "community_tag",
        "db_migration",
        "db_node",
        "db_topic",
        "jobs_subscription",
        "publish_audio",
        "publish_autosave",
        "publish_chapter",
        "publish_chapter_text",
        "publish_correction_text",
        "publish_credit",
        "publish_episode_term",
        "publish_episode_text",
        "publish_former_address",
        "publish_excerpt_text",
        "publish_guid",
        "publish_imported_page",
        "publish_kept_comment_private",
        "publish_page_text",
        "publish_page_version",
        "publish_remote_file",
        "publish_rundown",
        "publish_rundown_link",
        "publish_rendition",
        "publish_show_text",
        "publish_source",
        "publish_transcript",
        "tlog_checkpoint",
        "tlog_cosignature",
        "tlog_leaf",
        "tlog_log",
        "tlog_pending",
        "tlog_sighted",
        "tlog_tile",
        "tlog_witness",
    ];
    let shape = shape(On::Lite);
    let mut tables: Vec<&str> = shape.iter().filter_map(|l| l.split('.').next()).collect();
    tables.dedup();
    for table in tables {
        let owned = shape.iter().any(|l| l.starts_with(&format!("{table}.org_id ")));
        assert!(owned != hang_on.contains(&table), "{table}: org_id or a place in the list, not both, not neither");
    }
}

#[test]
fn readers_cannot_write() {
    for on in [On::Lite, On::Pg] {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let bench = bench(on, &traboule::migrations()).await;
            let sql = "INSERT INTO db_topic (topic, version, changed_at) VALUES ('x', 1, 1)";
            let outcome = read_tx!(bench.db, |tx| Ok(tx.run(sql, Vec::new()).await?));
            assert!(outcome.is_err(), "{on:?}");
        });
    }
}
