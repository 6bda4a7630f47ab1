//! Templates, rendered at run time by minijinja with autoescaping. They show values; they never query.

use std::sync::Arc;

use kernel::{Arg, Lang};
use minijinja::value::{Kwargs, Value};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior};
use serde::Serialize;

use crate::assets::Assets;
use crate::segments::hole;
use crate::texts::Texts;

/// A template failed: always a programmer's error, shown to visitors as "not available".
#[derive(Debug)]
pub struct RenderError(pub String);

impl std::fmt::Display for RenderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RenderError {}

/// Renders templates in a language.
pub struct Renderer {
    environment: Environment<'static>,
    texts: Arc<Texts>,
}

impl Renderer {
    /// Compiles the templates, each with its name. One that does not parse asserts: they are compiled in.
    #[must_use]
    pub fn new(templates: &[(&'static str, &'static str)], texts: Arc<Texts>, assets: &Arc<Assets>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment
            .set_auto_escape_callback(|name| if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None });
        environment.set_formatter(write_value);
        for (name, source) in templates {
            let added = environment.add_template(name, source);
            assert!(added.is_ok(), "template {name}: {added:?}");
        }
        let for_t = texts.clone();
        environment
            .add_function("t", move |state: &State, key: &str, kwargs: Kwargs| translate(&for_t, state, key, &kwargs));
        environment.add_function("hole", |name: &str| Value::from_safe_string(hole(name)));
        let for_asset = assets.clone();
        environment.add_function("asset", move |name: &str| for_asset.url(name));
        Self { environment, texts }
    }

    /// The sentences the templates use.
    #[must_use]
    pub fn texts(&self) -> &Arc<Texts> {
        &self.texts
    }

    /// Renders `name` with a value that holds at least `lang`.
    ///
    /// # Errors
    /// When the template uses the value wrongly.
    pub fn render<T: Serialize>(&self, name: &str, value: &T) -> Result<String, RenderError> {
        let template = self.environment.get_template(name).map_err(|e| RenderError(format!("{e:#}")))?;
        template.render(value).map_err(|e| RenderError(format!("{name}: {e:#}")))
    }

    /// The names of all templates.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.environment.templates().map(|(name, _)| name.to_owned()).collect()
    }
}

/// Writes a value into a page. Texts are escaped for element content and quoted attributes; unlike the library's own
/// escaping, a slash stays a slash, which keeps addresses readable and pages smaller.
fn write_value(out: &mut Output<'_>, state: &State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    let text = value.as_str().filter(|_| matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe());
    let Some(text) = text else { return minijinja::escape_formatter(out, state, value) };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let escaped = match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#39;",
        };
        let failed = |_| minijinja::Error::from(minijinja::ErrorKind::WriteFailure);
        out.write_str(&rest[..at]).and_then(|()| out.write_str(escaped)).map_err(failed)?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest).map_err(|_| minijinja::Error::from(minijinja::ErrorKind::WriteFailure))
}

fn translate(texts: &Texts, state: &State<'_, '_>, key: &str, kwargs: &Kwargs) -> Result<Value, minijinja::Error> {
    let lang = state.lookup("lang").and_then(|v| v.as_str().and_then(Lang::parse)).unwrap_or(Lang::Fr);
    let mut args = Vec::new();
    for name in kwargs.args() {
        let value: Value = kwargs.get(name)?;
        let arg = match i64::try_from(value.clone()) {
            Ok(n) => Arg::Int(n),
            Err(_) => Arg::Text(value.to_string()),
        };
        args.push((name, arg));
    }
    // Returned as plain text: the template's autoescape treats it like any other value.
    Ok(Value::from(texts.text(lang, key, &args)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c11_values_are_escaped_and_slashes_stay() {
        let texts = Arc::new(Texts::new(&[]));
        let assets = Arc::new(Assets::default());
        let templates = [("a.html", "<a title=\"{{ v }}\">{{ v }}</a>{{ v|safe }}{{ n }}")];
        let render = Renderer::new(&templates, texts, &assets);
        let value = serde_json::json!({"lang": "fr", "v": "</a href='x'>&\"é/", "n": 3});
        let out = render.render("a.html", &value).expect("rendered");
        let escaped = "&lt;/a href=&#39;x&#39;&gt;&amp;&quot;é/";
        assert_eq!(out, format!("<a title=\"{escaped}\">{escaped}</a></a href='x'>&\"é/3"));
    }
}
