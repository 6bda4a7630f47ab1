//! Where a visit comes from, by the host of the `Referer` header: a class, never the address.

/// Classes and the hosts that belong to them: a host or anything under it.
pub const SOURCES: &[(&str, &[&str])] = &[
    (
        "search",
        &[
            "google",
            "bing.com",
            "duckduckgo.com",
            "qwant.com",
            "ecosia.org",
            "yahoo",
            "yandex",
            "baidu.com",
            "startpage.com",
            "search.brave.com",
            "kagi.com",
            "perplexity.ai",
            "chatgpt.com",
            "lilo.org",
            "mojeek.com",
        ],
    ),
    (
        "social",
        &[
            "facebook.com",
            "fb.com",
            "instagram.com",
            "threads.net",
            "threads.com",
            "twitter.com",
            "x.com",
            "t.co",
            "linkedin.com",
            "lnkd.in",
            "bsky.app",
            "reddit.com",
            "pinterest",
            "tiktok.com",
            "youtube.com",
            "youtu.be",
            "tumblr.com",
            "mastodon.social",
            "piaille.fr",
            "mamot.fr",
            "framapiaf.org",
            "mstdn.social",
            "vk.com",
            "snapchat.com",
            "news.ycombinator.com",
            "lobste.rs",
            "twitch.tv",
        ],
    ),
    (
        "messaging",
        &[
            "web.whatsapp.com",
            "wa.me",
            "whatsapp.com",
            "t.me",
            "web.telegram.org",
            "messenger.com",
            "discord.com",
            "discordapp.com",
            "slack.com",
            "teams.microsoft.com",
            "signal.org",
            "mail.google.com",
            "outlook.live.com",
            "outlook.office.com",
            "mail.yahoo.com",
            "mail.proton.me",
            "webmail",
            "laposte.net",
        ],
    ),
    (
        "podcast",
        &[
            "podcasts.apple.com",
            "open.spotify.com",
            "deezer.com",
            "overcast.fm",
            "pca.st",
            "pocketcasts.com",
            "castbox.fm",
            "castro.fm",
            "podcastaddict.com",
            "podbean.com",
            "podchaser.com",
            "podcastindex.org",
            "listennotes.com",
            "player.fm",
            "podverse.fm",
            "fountain.fm",
            "truefans.fm",
            "music.amazon",
            "audible",
            "iheart.com",
            "tunein.com",
            "stitcher.com",
            "goodpods.com",
            "podfollow.com",
            "pod.link",
            "radio-france.fr",
            "ausha.co",
            "acast.com",
            "podtail.com",
            "rephonic.com",
            "music.youtube.com",
            "antennapod.org",
            "podnews.net",
            "ivoox.com",
            "spreaker.com",
        ],
    ),
];

/// The class names, in the order pages show them.
pub const CLASSES: [&str; 7] = ["own", "search", "social", "messaging", "podcast", "other", "none"];

fn belongs(host: &str, of: &str) -> bool {
    if of.contains('.') {
        return host == of || host.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'));
    }
    // A name without an ending stands for all of them: google.fr, google.co.uk; but not for a name inside another.
    host.split('.').any(|label| label == of)
}

/// The class of a `Referer`; `own` are the hosts of this site.
#[must_use]
pub fn source(referer: &str, own: &[&str]) -> &'static str {
    if let Some(app) = referer.strip_prefix("android-app://") {
        return if app.starts_with("com.google.android.googlequicksearchbox") { "search" } else { "other" };
    }
    let Some((_, rest)) = referer.split_once("://") else { return if referer.is_empty() { "none" } else { "other" } };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default().to_lowercase();
    if host.is_empty() {
        return "none";
    }
    if own.contains(&host.as_str()) {
        return "own";
    }
    // The more particular classes first: mail.google.com is no search, music.youtube.com is a podcast app.
    for class in ["messaging", "podcast", "social", "search"] {
        let hosts = SOURCES.iter().find(|(name, _)| *name == class).map_or(&[][..], |(_, hosts)| hosts);
        if hosts.iter().any(|of| belongs(&host, of)) {
            return class;
        }
    }
    "other"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_by_host() {
        for (referer, class) in [
            ("", "none"),
            ("https://site.example/fr/", "own"),
            ("https://www.google.fr/", "search"),
            ("https://google.co.uk/search?q=x", "search"),
            ("https://mail.google.com/mail", "messaging"),
            ("https://music.youtube.com/x", "podcast"),
            ("https://m.youtube.com/x", "social"),
            ("android-app://com.google.android.gm", "other"),
            ("android-app://com.google.android.googlequicksearchbox/", "search"),
            ("https://notgoogle.example/", "other"),
            ("https://evil-facebook.com.example/", "other"),
            ("https://l.facebook.com:443/l.php", "social"),
            ("https://podcasts.apple.com/fr/podcast/x", "podcast"),
            ("nonsense", "other"),
            ("https:///", "none"),
        ] {
            assert_eq!(source(referer, &["site.example"]), class, "{referer}");
        }
        assert!(SOURCES.iter().all(|(name, _)| CLASSES.contains(name)));
    }
}
