//! Sentences in the visitor's language, from Fluent files. A missing key is a programmer error that a test
//! finds; at run time it shows the key, never a panic.

use std::collections::HashMap;

use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use intl_memoizer::concurrent::IntlLangMemoizer;
use kernel::{Arg, Lang};

type Bundle = fluent_bundle::bundle::FluentBundle<FluentResource, IntlLangMemoizer>;

/// All sentences of all languages.
pub struct Texts {
    bundles: HashMap<Lang, Bundle>,
}

impl Texts {
    /// Reads Fluent files, each with its language. Files are compiled in: one that does not parse is a
    /// programmer error and asserts.
    #[must_use]
    pub fn new(files: &[(Lang, &str)]) -> Self {
        let mut bundles = HashMap::new();
        for lang in Lang::ALL {
            let tag: unic_langid::LanguageIdentifier = match lang {
                Lang::Fr => unic_langid::LanguageIdentifier::from_bytes(b"fr"),
                Lang::En => unic_langid::LanguageIdentifier::from_bytes(b"en"),
            }
            .unwrap_or_default();
            let mut bundle = Bundle::new_concurrent(vec![tag]);
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(match lang {
                Lang::Fr => |value, _| grouped(value, Lang::Fr),
                Lang::En => |value, _| grouped(value, Lang::En),
            }));
            for (_, source) in files.iter().filter(|(l, _)| *l == lang) {
                let parsed = FluentResource::try_new((*source).to_owned());
                assert!(parsed.is_ok(), "a language file does not parse: {:?}", parsed.err().map(|(_, e)| e));
                if let Ok(resource) = parsed {
                    let added = bundle.add_resource(resource);
                    assert!(added.is_ok(), "a message is defined twice: {added:?}");
                }
            }
            bundles.insert(lang, bundle);
        }
        Self { bundles }
    }

    /// The sentence of `key`.
    #[must_use]
    pub fn text(&self, lang: Lang, key: &str, args: &[(&str, Arg)]) -> String {
        let mut values = FluentArgs::new();
        for (name, arg) in args {
            match arg {
                Arg::Int(n) => values.set(*name, FluentValue::from(*n)),
                Arg::Text(text) => values.set(*name, FluentValue::from(text.clone())),
            }
        }
        self.find(lang, key, &values).unwrap_or_else(|| format!("⟨{key}⟩"))
    }

    /// Whether a language has the key.
    #[must_use]
    pub fn has(&self, lang: Lang, key: &str) -> bool {
        self.bundles.get(&lang).is_some_and(|b| b.has_message(key))
    }

    fn find(&self, lang: Lang, key: &str, values: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.bundles.get(&lang)?;
        let pattern = bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(values), &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a sentence could not be formed");
        }
        Some(text)
    }
}

fn grouped(value: &FluentValue<'_>, lang: Lang) -> Option<String> {
    match value {
        FluentValue::Number(FluentNumber { value, .. }) => {
            // Arguments are whole numbers; Fluent carries them as floats, exact up to 2^53.
            #[allow(clippy::cast_possible_truncation)]
            let whole = *value as i64;
            Some(crate::format::number(whole, lang))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_thousands_follow_the_language() {
        let texts = Texts::new(&[
            (Lang::Fr, "n = { $count ->\n    [one] { $count } écoute\n   *[other] { $count } écoutes\n }\n"),
            (Lang::En, "n = { $count ->\n    [one] { $count } listen\n   *[other] { $count } listens\n }\n"),
        ]);
        let say = |lang, n: i64| texts.text(lang, "n", &[("count", n.into())]);
        assert_eq!(say(Lang::Fr, 0), "0 écoute");
        assert_eq!(say(Lang::Fr, 48_790), "48\u{202f}790 écoutes");
        assert_eq!(say(Lang::En, 0), "0 listens");
        assert_eq!(say(Lang::En, 48_790), "48,790 listens");
        assert_eq!(texts.text(Lang::En, "absent", &[]), "⟨absent⟩");
    }
}
