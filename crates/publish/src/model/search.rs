//! The texts of an episode that can be searched, and where each stands. No rule and no SQL here.

/// One text of an episode that is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where it stands.
    pub place: Place,
    /// Its language; empty when it has none.
    pub lang: String,
    /// The text, without markup. Of a transcript, the stored WebVTT.
    pub text: String,
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A chapter's title; the chapter begins there.
    Chapter(i64),
    /// A transcript.
    Transcript,
    /// The notes.
    Notes,
    /// The summary.
    Summary,
    /// The title of a source.
    Source,
    /// The title.
    Title,
    /// Somebody who is in it.
    Person,
    /// A category or a tag.
    Tag,
    /// Its number.
    Number,
}

impl Place {
    /// Its word in the API and in sentences.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Chapter(_) => "chapter",
            Self::Transcript => "transcript",
            Self::Notes => "notes",
            Self::Summary => "summary",
            Self::Source => "source",
            Self::Title => "title",
            Self::Person => "person",
            Self::Tag => "tag",
            Self::Number => "number",
        }
    }

    /// Whether its words count as the title's: those hits stand first.
    #[must_use]
    pub const fn is_title(self) -> bool {
        matches!(self, Self::Title | Self::Person | Self::Number)
    }
}
