//! Pages of text beside the episodes: about, rules, others. Types only.

use std::collections::BTreeMap;

use kernel::{At, OrgId, PersonId};
use serde::{Deserialize, Serialize};

/// The prefix of shown page ids.
pub const PAGE_PREFIX: &str = "pg";

/// What a page is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageKind {
    /// Who makes this, and why.
    About,
    /// What is allowed here; its clauses are cited by their anchors.
    Rules,
    /// Anything else.
    #[default]
    Page,
}

impl PageKind {
    /// Every kind, in the order pages show them.
    pub const ALL: [Self; 3] = [Self::About, Self::Rules, Self::Page];

    /// The word in the database, in addresses and forms.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Rules => "rules",
            Self::Page => "page",
        }
    }

    /// Reads [`PageKind::code`]; anything else is a plain page.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        Self::ALL.into_iter().find(|k| k.code() == code).unwrap_or_default()
    }
}

/// A page's text in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageText {
    /// Its title.
    pub title: String,
    /// The text as written, in Markdown; `None` when it was imported as HTML.
    pub body_md: Option<String>,
    /// The text as shown when it was imported: sanitised HTML.
    pub body_html: String,
}

/// A page of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SitePage {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub org: OrgId,
    /// Of which show; of the whole site when absent.
    pub show: Option<i64>,
    /// Its name in addresses; unique on the server.
    pub slug: String,
    /// What it is for.
    pub kind: PageKind,
    /// Whether everybody may read it; otherwise it is a draft.
    pub public: bool,
    /// Whether it ever was public: its address is then out in the world and stays.
    pub was_public: bool,
    /// Grows with each change.
    pub version: i64,
    /// When it was first written.
    pub created_at: At,
    /// When it last changed.
    pub updated_at: At,
    /// Texts by language; never empty.
    pub texts: BTreeMap<String, PageText>,
}

impl SitePage {
    /// The text in `lang`, else in any.
    #[must_use]
    pub fn text(&self, lang: &str) -> (&str, &PageText) {
        super::pick(&self.texts, lang, lang)
    }
}

/// What a page was at one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageVersion {
    /// Which.
    pub version: i64,
    /// Whether it was public then.
    pub public: bool,
    /// Its texts then.
    pub texts: BTreeMap<String, PageText>,
    /// Who saved it, as an account.
    pub person: Option<PersonId>,
    /// When.
    pub saved_at: At,
}
