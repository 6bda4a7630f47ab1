//! Forms: what was typed, read forgivingly; and what a template needs to show it again with its problems.

use std::collections::{BTreeMap, HashMap};

use kernel::{Lang, Refusal};
use serde::Serialize;

use crate::problem::sentence;
use crate::texts::Texts;

/// A posted form: names with their values in order. NUL and other controls are cleaned by the rules.
#[derive(Clone, Debug, Default)]
pub struct Posted(HashMap<String, Vec<String>>);

impl Posted {
    /// From decoded pairs.
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        let mut map: HashMap<String, Vec<String>> = HashMap::new();
        for (name, value) in pairs {
            map.entry(name).or_default().push(value);
        }
        Self(map)
    }

    /// The first value of a field, empty when absent.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).and_then(|v| v.first()).map_or("", String::as_str)
    }

    /// The first value of every field but the stamp, for showing the form again.
    #[must_use]
    pub fn values(&self) -> BTreeMap<String, String> {
        let shown = self.0.iter().filter(|(name, _)| name.as_str() != "csrf");
        shown.map(|(name, v)| (name.clone(), v.first().cloned().unwrap_or_default())).collect()
    }

    /// Every value of a field.
    #[must_use]
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// What the form macros show.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FormView {
    /// What was typed, by field. Passwords and codes are left out by the page.
    pub values: BTreeMap<String, String>,
    /// The sentence of each field's problem.
    pub errors: BTreeMap<String, String>,
    /// The sentence of the whole refusal.
    pub summary: Option<String>,
}

impl FormView {
    /// An untouched form with these values.
    #[must_use]
    pub fn with(values: &[(&str, &str)]) -> Self {
        let values = values.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self { values, ..Self::default() }
    }

    /// The form as typed, with the refusal's sentences. Fields named in `secret` are not shown again.
    #[must_use]
    pub fn refused(posted: &Posted, secret: &[&str], refusal: &Refusal, texts: &Texts, lang: Lang) -> Self {
        let shown = posted.0.iter().filter(|(name, _)| !secret.contains(&name.as_str()));
        let values = shown.map(|(name, v)| (name.clone(), v.join(","))).collect();
        let errors = refusal.fields.iter();
        let errors = errors.map(|f| (f.name.to_owned(), sentence(texts, lang, "field", f.code, &f.args))).collect();
        let summary = Some(sentence(texts, lang, "refusal", refusal.code, &refusal.args));
        Self { values, errors, summary }
    }
}
