//! The one shape of "no". A refusal carries a stable code and arguments, never a sentence: `ui` finds
//! the sentence in the visitor's language and turns the kind into a status.

use serde::Serialize;

/// What sort of no it is; decides the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What was sent cannot be used as it is (422).
    Invalid,
    /// The asker must sign in first (401).
    SignIn,
    /// The asker may not (403).
    Forbidden,
    /// There is no such thing, or the asker may not know that there is (404).
    NotFound,
    /// It was there and was taken away for good or until somebody decides otherwise (410).
    Gone,
    /// It collides with what is already there (409).
    Conflict,
    /// Too much or too often (429).
    TooMany,
    /// Something outside did not answer as it should (502).
    Upstream,
    /// The server cannot do it now; asking again with the same key is safe (503).
    Unavailable,
}

/// A value a sentence needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Arg {
    /// A whole number, formatted by the language.
    Int(i64),
    /// A text, shown as it is.
    Text(String),
}

impl From<i64> for Arg {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Arg {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Arg {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// What is wrong with one field of a form or of a JSON body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The field's name as sent.
    pub name: &'static str,
    /// The stable code of the problem.
    pub code: &'static str,
    /// What the sentence needs.
    pub args: Vec<(&'static str, Arg)>,
}

/// A decision not to do something. Nothing has been done when one is returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The stable code: a message id of the language files, and `code` in problem+json.
    pub code: &'static str,
    /// Which sort of no.
    pub kind: Kind,
    /// What the sentence needs.
    pub args: Vec<(&'static str, Arg)>,
    /// Per-field problems, in the order of the form.
    pub fields: Vec<Field>,
}

impl Refusal {
    /// A refusal of `kind` without arguments.
    #[must_use]
    pub const fn new(kind: Kind, code: &'static str) -> Self {
        Self { code, kind, args: Vec::new(), fields: Vec::new() }
    }

    /// Bad input whose details are in the fields.
    #[must_use]
    pub const fn invalid(code: &'static str) -> Self {
        Self::new(Kind::Invalid, code)
    }

    /// No such thing.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(Kind::NotFound, "not-found")
    }

    /// The actor may not.
    #[must_use]
    pub const fn forbidden() -> Self {
        Self::new(Kind::Forbidden, "forbidden")
    }

    /// Adds an argument for the sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// Adds a field's problem.
    #[must_use]
    pub fn field(mut self, name: &'static str, code: &'static str) -> Self {
        self.fields.push(Field { name, code, args: Vec::new() });
        self
    }

    /// Adds a field's problem whose sentence needs a value.
    #[must_use]
    pub fn field_with(mut self, name: &'static str, code: &'static str, arg: (&'static str, Arg)) -> Self {
        self.fields.push(Field { name, code, args: vec![arg] });
        self
    }

    /// `Err(self)` if any field has a problem, else `Ok(())`: the end of a form's checks.
    ///
    /// # Errors
    /// The refusal itself, when it names a field.
    pub fn unless_clean(self) -> Result<(), Self> {
        if self.fields.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)?;
        for field in &self.fields {
            write!(f, " {}={}", field.name, field.code)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
