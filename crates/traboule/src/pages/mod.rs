//! Pages that mix slices: home, shows and episodes in the site's shell, sign-in, account, studio. They parse, call
//! one use case, render. No rule lives here.

pub mod account;
pub mod api_page;
pub mod approve;
pub mod clips;
pub mod comments;
pub mod dev;
pub mod feed;
pub mod feeds;
pub mod files;
pub mod listens;
pub mod log;
pub mod members;
pub mod people;
pub mod posts;
pub mod privacy;
pub mod public;
pub mod search;
pub mod sharing;
pub mod sign_in;
pub mod site;
pub mod site_page;
pub mod sitemap;
pub mod studio;
pub mod theme;
pub mod uploads;

/// A path for the log: secrets that stand in addresses are left out.
#[must_use]
pub fn loggable(path: &str) -> String {
    members::loggable(&studio::audience::report::loggable(&comments::loggable(&approve::loggable(path))))
}

/// The templates of these pages, by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("pages/home.html", include_str!("../../templates/pages/home.html")),
    ("pages/empty_site.html", include_str!("../../templates/pages/empty_site.html")),
    ("pages/sign_in.html", include_str!("../../templates/pages/sign_in.html")),
    ("pages/code.html", include_str!("../../templates/pages/code.html")),
    ("pages/reset.html", include_str!("../../templates/pages/reset.html")),
    ("pages/reset_new.html", include_str!("../../templates/pages/reset_new.html")),
    ("pages/account.html", include_str!("../../templates/pages/account.html")),
    ("pages/studio.html", include_str!("../../templates/pages/studio.html")),
    ("pages/studio_parts.html", include_str!("../../templates/pages/studio_parts.html")),
    ("pages/studio_episode.html", include_str!("../../templates/pages/studio_episode.html")),
    ("pages/instant.html", include_str!("../../templates/pages/instant.html")),
    ("pages/proofs.html", include_str!("../../templates/pages/proofs.html")),
    ("pages/approval.html", include_str!("../../templates/pages/approval.html")),
    ("pages/approve.html", include_str!("../../templates/pages/approve.html")),
    ("pages/comments.html", include_str!("../../templates/pages/comments.html")),
    ("pages/comment_settings.html", include_str!("../../templates/pages/comment_settings.html")),
    ("pages/webhooks.html", include_str!("../../templates/pages/webhooks.html")),
    ("pages/studio_sound.html", include_str!("../../templates/pages/studio_sound.html")),
    ("pages/studio_transcript.html", include_str!("../../templates/pages/studio_transcript.html")),
    ("pages/checks.html", include_str!("../../templates/pages/checks.html")),
    ("pages/checks_list.html", include_str!("../../templates/pages/checks_list.html")),
    ("pages/desk_parts.html", include_str!("../../templates/pages/desk_parts.html")),
    ("pages/studio_collide.html", include_str!("../../templates/pages/studio_collide.html")),
    ("pages/studio_rundown.html", include_str!("../../templates/pages/studio_rundown.html")),
    ("pages/studio_ideas.html", include_str!("../../templates/pages/studio_ideas.html")),
    ("pages/studio_history.html", include_str!("../../templates/pages/studio_history.html")),
    ("pages/studio_corrections.html", include_str!("../../templates/pages/studio_corrections.html")),
    ("pages/import.html", include_str!("../../templates/pages/import.html")),
    ("pages/import_one.html", include_str!("../../templates/pages/import_one.html")),
    ("pages/audience_parts.html", include_str!("../../templates/pages/audience_parts.html")),
    ("pages/audience.html", include_str!("../../templates/pages/audience.html")),
    ("pages/audience_episode.html", include_str!("../../templates/pages/audience_episode.html")),
    ("pages/audience_month.html", include_str!("../../templates/pages/audience_month.html")),
    ("pages/report.html", include_str!("../../templates/pages/report.html")),
    ("pages/listens.html", include_str!("../../templates/pages/listens.html")),
    ("pages/people.html", include_str!("../../templates/pages/people.html")),
    ("pages/studio_shows.html", include_str!("../../templates/pages/studio_shows.html")),
    ("pages/studio_show.html", include_str!("../../templates/pages/studio_show.html")),
    ("pages/studio_show_new.html", include_str!("../../templates/pages/studio_show_new.html")),
    ("pages/studio_episode_new.html", include_str!("../../templates/pages/studio_episode_new.html")),
    ("pages/studio_pick_show.html", include_str!("../../templates/pages/studio_pick_show.html")),
    ("pages/studio_calendar.html", include_str!("../../templates/pages/studio_calendar.html")),
    ("pages/studio_media.html", include_str!("../../templates/pages/studio_media.html")),
    ("pages/studio_pages.html", include_str!("../../templates/pages/studio_pages.html")),
    ("pages/studio_page.html", include_str!("../../templates/pages/studio_page.html")),
    ("pages/comments_all.html", include_str!("../../templates/pages/comments_all.html")),
    ("pages/comment_preview.html", include_str!("../../templates/pages/comment_preview.html")),
    ("pages/comment_own.html", include_str!("../../templates/pages/comment_own.html")),
    ("pages/privacy.html", include_str!("../../templates/pages/privacy.html")),
    ("pages/erase.html", include_str!("../../templates/pages/erase.html")),
    ("pages/site_page.html", include_str!("../../templates/pages/site_page.html")),
    ("pages/post.html", include_str!("../../templates/pages/post.html")),
    ("pages/post_first.html", include_str!("../../templates/pages/post_first.html")),
    ("pages/post_write.html", include_str!("../../templates/pages/post_write.html")),
    ("pages/post_history.html", include_str!("../../templates/pages/post_history.html")),
    ("pages/post_sure.html", include_str!("../../templates/pages/post_sure.html")),
    ("pages/post_mine.html", include_str!("../../templates/pages/post_mine.html")),
    ("pages/post_elsewhere.html", include_str!("../../templates/pages/post_elsewhere.html")),
    ("pages/feed_parts.html", include_str!("../../templates/pages/feed_parts.html")),
    ("pages/feed.html", include_str!("../../templates/pages/feed.html")),
    ("pages/explore.html", include_str!("../../templates/pages/explore.html")),
    ("pages/order.html", include_str!("../../templates/pages/order.html")),
    ("pages/search.html", include_str!("../../templates/pages/search.html")),
    ("pages/log.html", include_str!("../../templates/pages/log.html")),
    ("pages/log_leaf.html", include_str!("../../templates/pages/log_leaf.html")),
    ("pages/api.html", include_str!("../../templates/pages/api.html")),
    ("pages/quote_hole.html", include_str!("../../templates/pages/quote_hole.html")),
    ("pages/follow_hole.html", include_str!("../../templates/pages/follow_hole.html")),
    ("pages/join.html", include_str!("../../templates/pages/join.html")),
    ("pages/member_parts.html", include_str!("../../templates/pages/member_parts.html")),
    ("pages/member.html", include_str!("../../templates/pages/member.html")),
    ("pages/member_list.html", include_str!("../../templates/pages/member_list.html")),
    ("pages/profile.html", include_str!("../../templates/pages/profile.html")),
    ("pages/notifications.html", include_str!("../../templates/pages/notifications.html")),
    ("pages/digest_stop.html", include_str!("../../templates/pages/digest_stop.html")),
    ("pages/my_data.html", include_str!("../../templates/pages/my_data.html")),
    ("pages/clips.html", include_str!("../../templates/pages/clips.html")),
    ("pages/clip_parts.html", include_str!("../../templates/pages/clip_parts.html")),
    ("pages/clip_new.html", include_str!("../../templates/pages/clip_new.html")),
    ("pages/clip_mine.html", include_str!("../../templates/pages/clip_mine.html")),
    ("pages/clip_edit.html", include_str!("../../templates/pages/clip_edit.html")),
    ("pages/mails.html", include_str!("../../templates/pages/mails.html")),
];
