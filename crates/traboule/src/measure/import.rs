//! `bench import`: a feed of ten thousand items, read, imported, and imported again; then a WordPress export of as many
//! posts with ten times as many comments. The baseline is reading alone.

use std::time::Instant;

use accounts::service as accounts_uc;
use bench::{Figure, Report};
use db::{Failure, write_tx};
use kernel::{Actor, At};
use publish::feed::{FeedEnclosure, FeedItem, FeedShow, write_rss};
use publish::reader::{Limits, read};
use publish::service::{self as uc, ImportOptions};
use publish::wxr::{self, WxrLimits};
use ui::CacheLimits;

use super::{Scratch, open};

const ITEMS: i64 = 10_000;
const PASSES: usize = 3;

/// A feed as a daily show of thirty years would have it.
fn feed() -> String {
    let show = FeedShow {
        title: "Trente ans de matins".to_owned(),
        description_html: "<p>Une émission inventée.</p>".to_owned(),
        link: "https://matins.example/".to_owned(),
        self_url: "https://matins.example/feed.xml".to_owned(),
        language: "fr".to_owned(),
        podcast_guid: "5f0cf6a5-2c8b-5b32-9c11-1a2b3c4d5e6f".to_owned(),
        ..FeedShow::default()
    };
    let start = At::parse_rfc3339("1996-01-01T06:00:00Z").unwrap_or(At::from_micros(0));
    let items: Vec<FeedItem> = (0..ITEMS)
        .rev()
        .map(|n| FeedItem {
            guid: format!("matins-{n}"),
            title: format!("Matin numéro {n}, une histoire de quartier"),
            link: format!("https://matins.example/{n}"),
            pub_date: start.plus_seconds(n * 86_400).rfc2822_in(&jiff::tz::TimeZone::UTC),
            summary: format!("Le résumé du matin numéro {n}, en une phrase de longueur ordinaire."),
            content_html: format!(
                "<p>Le matin <b>{n}</b> commence par une porte qui s’ouvre.</p><p>{}</p>",
                "Un paragraphe. ".repeat(40)
            ),
            enclosure: Some(FeedEnclosure {
                url: format!("https://matins.example/{n}.mp3"),
                length: 11_000_000,
                mime: "audio/mpeg".to_owned(),
            }),
            duration_s: Some(742),
            ..FeedItem::default()
        })
        .collect();
    write_rss(&show, &items)
}

/// Measures an import.
///
/// # Errors
/// When the database fails.
pub async fn import() -> Result<Report, Failure> {
    let xml = feed();
    let (mut reading, mut first, mut again) = (Vec::new(), Vec::new(), Vec::new());
    let per_second = |since: Instant| ITEMS as f64 / since.elapsed().as_secs_f64();
    for pass in 0..PASSES {
        let scratch = Scratch::new()?;
        let opened = open(&scratch.config("import"), CacheLimits::default()).await?;
        let app = &opened.app;
        let ctx = app.ctx(Actor::System("bench"));
        let org =
            write_tx!(app.db, |tx| accounts_uc::create_org(tx, &ctx, "Bench", &format!("bench-{pass}")).await)?.id;
        let options =
            ImportOptions { org, slug: None, source_url: None, dry_run: false, download: false, owner_vouches: true };
        let base = app.links.feed_base();
        let begun = Instant::now();
        let feed = read(xml.as_bytes(), None, &Limits::default()).map_err(Failure::broken)?;
        reading.push(per_second(begun));
        for list in [&mut first, &mut again] {
            let begun = Instant::now();
            let feed_again = read(xml.as_bytes(), None, &Limits::default()).map_err(Failure::broken)?;
            let (_, report) = write_tx!(app.db, |tx| uc::import_feed(tx, &ctx, &feed_again, &options, &base).await)?;
            list.push(per_second(begun));
            if report.items != feed.items.len() {
                return Err(Failure::Broken("the feed lost items".to_owned()));
            }
        }
        opened.close().await;
    }
    let mut figures = vec![
        Figure::of("first import of 10,000 items", "items/s", &first).against("reading the feed alone", &reading),
        Figure::of("same import again, nothing changes", "items/s", &again).against("reading the feed alone", &reading),
    ];
    figures.extend(wxr().await?);
    Ok(Report { name: "import".to_owned(), machine: bench::machine(), figures })
}

/// Comments to a post of the export.
const COMMENTS: i64 = 10;

/// An export as a site of many years would have it.
fn export() -> String {
    let start = At::parse_rfc3339("1996-01-01T06:00:00Z").unwrap_or(At::from_micros(0));
    let stamp = |n: i64| start.plus_seconds(n * 86_400).rfc3339().replace('T', " ").replace('Z', "");
    let comment = |post: i64, n: i64| {
        let id = post * COMMENTS + n + 1;
        format!(
            "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>Lecteur {n}</wp:comment_author>
             <wp:comment_author_email>lecteur-{id}@boite.example</wp:comment_author_email><wp:comment_author_IP>198.51.100.7</wp:comment_author_IP>
             <wp:comment_date_gmt>{}</wp:comment_date_gmt><wp:comment_content><![CDATA[Une remarque, la {n}.]]></wp:comment_content>
             <wp:comment_approved>1</wp:comment_approved><wp:comment_parent>{}</wp:comment_parent></wp:comment>",
            stamp(post),
            if n > 0 { id - 1 } else { 0 }
        )
    };
    let items: String = (0..ITEMS)
        .map(|n| {
            let comments: String = (0..COMMENTS).map(|c| comment(n, c)).collect();
            format!(
                "<item><title>Billet {n}</title><guid isPermaLink=\"false\">https://matins.example/?p={n}</guid>
                 <content:encoded><![CDATA[Le billet {n}.\n\n{}]]></content:encoded><wp:post_id>{}</wp:post_id>
                 <wp:post_date_gmt>{}</wp:post_date_gmt><wp:post_name>billet-{n}</wp:post_name><wp:status>publish</wp:status>
                 <wp:post_type>post</wp:post_type><category domain=\"category\" nicename=\"c{}\">C</category>{comments}</item>",
                "Un paragraphe. ".repeat(40),
                n + 1,
                stamp(n),
                n % 40
            )
        })
        .collect();
    format!(
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:wp=\"http://wordpress.org/export/1.2/\">
         <channel><title>Trente ans</title><link>https://matins.example</link><wp:wxr_version>1.2</wp:wxr_version>{items}</channel></rss>"
    )
}

async fn wxr() -> Result<Vec<Figure>, Failure> {
    let xml = export();
    let (mut reading, mut first, mut again) = (Vec::new(), Vec::new(), Vec::new());
    let per_second = |since: Instant| ITEMS as f64 / since.elapsed().as_secs_f64();
    let parse = || wxr::read(xml.as_bytes(), &WxrLimits::default()).map_err(Failure::broken);
    for pass in 0..PASSES {
        let scratch = Scratch::new()?;
        let opened = open(&scratch.config("wxr"), CacheLimits::default()).await?;
        let app = &opened.app;
        let ctx = app.ctx(Actor::System("bench"));
        let slug = format!("bench-{pass}");
        let org = write_tx!(app.db, |tx| accounts_uc::create_org(tx, &ctx, "Bench", &slug).await)?.id;
        let options =
            ImportOptions { org, slug: None, source_url: None, dry_run: false, download: false, owner_vouches: true };
        let begun = Instant::now();
        drop(parse()?);
        reading.push(per_second(begun));
        for list in [&mut first, &mut again] {
            let begun = Instant::now();
            let read = parse()?;
            write_tx!(app.db, |tx| uc::import_wxr(tx, &ctx, &read, &options).await)?;
            list.push(per_second(begun));
        }
        opened.close().await;
    }
    let name = "reading the export alone";
    Ok(vec![
        Figure::of("wxr: first import of 10,000 posts with 100,000 comments", "posts/s", &first)
            .against(name, &reading),
        Figure::of("wxr: same import again, nothing changes", "posts/s", &again).against(name, &reading),
    ])
}
