//! One server with which a media team owns its platform: the composition of all slices, the router, the pages that
//! mix them, the command line. Nothing depends on this crate but tests.

mod adopt;
pub mod api;
pub mod app;
pub mod cards;
pub mod cli;
pub mod comment_mail;
pub mod config;
pub mod counting;
pub mod demo;
pub mod desk_mail;
pub mod digest_mail;
pub mod far;
pub mod fetch;
pub mod ffmpeg;
pub mod http;
pub mod imports;
pub mod letters;
pub mod log;
pub mod mail;
pub mod measure;
pub mod orders;
pub mod pages;
pub mod probe;
pub mod sim;
pub mod tarball;
mod team;
pub mod tus;
pub mod waste;

use db::Migration;
use kernel::Lang;

/// Every table of every crate, in the order they depend on each other.
#[must_use]
pub fn migrations() -> Vec<Migration> {
    [
        jobs::MIGRATIONS,
        accounts::MIGRATIONS,
        audience::MIGRATIONS,
        tlog::MIGRATIONS,
        reach::MIGRATIONS,
        publish::MIGRATIONS,
        community::MIGRATIONS,
    ]
    .concat()
}

/// Every sentence.
#[must_use]
pub fn locales() -> Vec<(Lang, &'static str)> {
    let own = [
        (Lang::Fr, include_str!("../locales/fr/pages.ftl")),
        (Lang::En, include_str!("../locales/en/pages.ftl")),
        (Lang::Fr, include_str!("../locales/fr/sites.ftl")),
        (Lang::En, include_str!("../locales/en/sites.ftl")),
        (Lang::Fr, include_str!("../locales/fr/editor.ftl")),
        (Lang::En, include_str!("../locales/en/editor.ftl")),
        (Lang::Fr, include_str!("../locales/fr/mails.ftl")),
        (Lang::En, include_str!("../locales/en/mails.ftl")),
        (Lang::Fr, include_str!("../locales/fr/checks.ftl")),
        (Lang::En, include_str!("../locales/en/checks.ftl")),
        (Lang::Fr, include_str!("../locales/fr/feeds.ftl")),
        (Lang::En, include_str!("../locales/en/feeds.ftl")),
        (Lang::Fr, include_str!("../locales/fr/sound.ftl")),
        (Lang::En, include_str!("../locales/en/sound.ftl")),
        (Lang::Fr, include_str!("../locales/fr/imports.ftl")),
        (Lang::En, include_str!("../locales/en/imports.ftl")),
        (Lang::Fr, include_str!("../locales/fr/comments.ftl")),
        (Lang::En, include_str!("../locales/en/comments.ftl")),
        (Lang::Fr, include_str!("../locales/fr/moderation.ftl")),
        (Lang::En, include_str!("../locales/en/moderation.ftl")),
        (Lang::Fr, include_str!("../locales/fr/audience.ftl")),
        (Lang::En, include_str!("../locales/en/audience.ftl")),
        (Lang::Fr, include_str!("../locales/fr/search.ftl")),
        (Lang::En, include_str!("../locales/en/search.ftl")),
        (Lang::Fr, include_str!("../locales/fr/sharing.ftl")),
        (Lang::En, include_str!("../locales/en/sharing.ftl")),
        (Lang::Fr, include_str!("../locales/fr/log.ftl")),
        (Lang::En, include_str!("../locales/en/log.ftl")),
        (Lang::Fr, include_str!("../locales/fr/members.ftl")),
        (Lang::En, include_str!("../locales/en/members.ftl")),
        (Lang::Fr, include_str!("../locales/fr/posts.ftl")),
        (Lang::En, include_str!("../locales/en/posts.ftl")),
        (Lang::Fr, include_str!("../locales/fr/clips.ftl")),
        (Lang::En, include_str!("../locales/en/clips.ftl")),
        (Lang::Fr, include_str!("../locales/fr/feed.ftl")),
        (Lang::En, include_str!("../locales/en/feed.ftl")),
        (Lang::Fr, include_str!("../locales/fr/reach.ftl")),
        (Lang::En, include_str!("../locales/en/reach.ftl")),
    ];
    [ui::LOCALES, publish::LOCALES, community::LOCALES, &own].concat()
}

/// Every template, by name.
#[must_use]
pub fn templates() -> Vec<(&'static str, &'static str)> {
    [ui::TEMPLATES, publish::TEMPLATES, community::TEMPLATES, pages::TEMPLATES].concat()
}
