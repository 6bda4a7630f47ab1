//! What every page shares: languages, templates, forms, errors, security headers, rate limits, static files
//! and the page cache. It knows no table and no domain; slices hand it values and get bytes.

mod assets;
mod cache;
mod csrf;
mod form;
mod format;
mod headers;
mod limits;
mod problem;
mod render;
mod segments;
mod texts;

pub use assets::{Asset, Assets};
pub use cache::{CacheLimits, CachedPage, PageCache, Served};
pub use csrf::{Csrf, same_site};
pub use form::{FormView, Posted};
pub use format::{
    Stamp, bytes_text, clock_text, date_long, date_short, duration_iso, duration_text, month_text, number, timecode,
};
pub use headers::{PagePolicy, client_ip, ip_key, secure};
pub use limits::{Left, Limits};
pub use problem::{label_sentence, problem_json, sentence, status};
pub use render::{RenderError, Renderer};
pub use segments::{HOLE_END, HOLE_START, Segment, fill, hole, split};
pub use texts::Texts;

/// The templates of this crate, by name.
pub const TEMPLATES: &[(&str, &str)] = &[
    ("shell.html", include_str!("../templates/shell.html")),
    ("components.html", include_str!("../templates/components.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("head.html", include_str!("../templates/head.html")),
    ("icons.html", include_str!("../templates/icons.html")),
    ("waiting_mark.html", include_str!("../templates/waiting_mark.html")),
    ("account_link.html", include_str!("../templates/account_link.html")),
    ("studio_shell.html", include_str!("../templates/studio_shell.html")),
];

/// The sentences of this crate.
pub const LOCALES: &[(kernel::Lang, &str)] = &[
    (kernel::Lang::Fr, include_str!("../locales/fr/ui.ftl")),
    (kernel::Lang::En, include_str!("../locales/en/ui.ftl")),
];
