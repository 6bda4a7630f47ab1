//! The roles and groups a `podcast:person` may have (the podcast namespace's taxonomy), in lower case. Some readers
//! refuse a whole feed for a word that is not on these lists, so the writer lets no other through.

const ROLES: &[&str] = &[
    "announcer",
    "assistant camera",
    "assistant director",
    "assistant editor",
    "associate producer",
    "audio editor",
    "audio engineer",
    "author",
    "booking coordinator",
    "camera grip",
    "camera operator",
    "co-host",
    "co-writer",
    "composer",
    "consultant",
    "content manager",
    "cover art designer",
    "creative director",
    "development producer",
    "director",
    "editor",
    "editorial director",
    "executive producer",
    "fact checker",
    "foley artist",
    "graphic designer",
    "guest",
    "guest host",
    "guest writer",
    "host",
    "intern",
    "lighting designer",
    "logger",
    "managing editor",
    "marketing manager",
    "music contributor",
    "music production",
    "narrator",
    "post production engineer",
    "producer",
    "production assistant",
    "production coordinator",
    "remote recording engineer",
    "reporter",
    "researcher",
    "sales manager",
    "sales representative",
    "script coordinator",
    "script editor",
    "senior producer",
    "social media manager",
    "songwriter",
    "sound designer",
    "story editor",
    "studio coordinator",
    "technical director",
    "technical manager",
    "theme music",
    "transcriber",
    "translator",
    "voice actor",
    "writer",
];

// "Misc." is missing on purpose: readers do not agree on its dot.
const GROUPS: &[&str] = &[
    "administration",
    "audio post-production",
    "audio production",
    "cast",
    "community",
    "creative direction",
    "video post-production",
    "video production",
    "visuals",
    "writing",
];

fn is_on(list: &[&str], word: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a role may be written. An empty one may: it is left out and means host.
pub(crate) fn is_role(role: &str) -> bool {
    role.is_empty() || is_on(ROLES, role)
}

/// The group as it may be written, else nothing, which means cast.
pub(super) fn group(group: &str) -> &str {
    if is_on(GROUPS, group) { group } else { "" }
}
