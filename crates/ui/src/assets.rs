//! Static files compiled into the binary, served under names that contain their digest: cached for ever by
//! browsers, replaced at once by a new version. Style sheets lose their comments and spaces at start.

use std::collections::HashMap;
use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A static file ready to send.
#[derive(Clone, Debug)]
pub struct Asset {
    /// The media type.
    pub mime: &'static str,
    /// The bytes.
    pub plain: Bytes,
    /// The same, compressed; `None` when that would not be smaller.
    pub gzip: Option<Bytes>,
}

/// Every static file.
#[derive(Debug, Default)]
pub struct Assets {
    urls: HashMap<String, String>,
    files: HashMap<String, Asset>,
}

impl Assets {
    /// Takes files by name, such as `("app.css", bytes)`.
    #[must_use]
    pub fn new(files: &[(&str, &[u8])]) -> Self {
        let mut assets = Self::default();
        for (name, bytes) in files {
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
            let bytes = match extension {
                "css" => std::str::from_utf8(bytes).map_or_else(|_| bytes.to_vec(), |css| minify_css(css).into_bytes()),
                _ => bytes.to_vec(),
            };
            let digest = &kernel::sha256_hex(&bytes)[..12];
            let served = format!("{stem}.{digest}.{extension}");
            assets.urls.insert((*name).to_owned(), format!("/assets/{served}"));
            assets.files.insert(served, Asset { mime: mime(extension), gzip: gzip(&bytes), plain: Bytes::from(bytes) });
        }
        assets
    }

    /// The address of a file; an unknown name is a programmer error and asserts.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        let url = self.urls.get(name);
        assert!(url.is_some(), "no static file is called {name}");
        url.cloned().unwrap_or_default()
    }

    /// The file served under `/assets/<name>`.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&Asset> {
        self.files.get(name)
    }

    /// The sum of the served bytes of files that end in `extension`, for budgets.
    #[must_use]
    pub fn total(&self, extension: &str) -> usize {
        self.files.iter().filter(|(name, _)| name.ends_with(extension)).map(|(_, f)| f.plain.len()).sum()
    }
}

/// Compresses; `None` when it does not help.
pub(crate) fn gzip(bytes: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < bytes.len()).then(|| Bytes::from(packed))
}

fn mime(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "jpg" => "image/jpeg",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

/// Removes comments, line ends and spaces that mean nothing. Text in quotes stays as it is; spaces around
/// `+` and `-` stay too, because `calc` needs them.
fn minify_css(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut chars = css.chars().peekable();
    let mut quote: Option<char> = None;
    while let Some(c) = chars.next() {
        if let Some(q) = quote {
            out.push(c);
            if c == q {
                quote = None;
            }
            continue;
        }
        match c {
            '"' | '\'' => {
                quote = Some(c);
                out.push(c);
            }
            '/' if chars.peek() == Some(&'*') => {
                chars.next();
                let mut last = ' ';
                for c in chars.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            c if c.is_whitespace() => {
                while chars.peek().is_some_and(|c| c.is_whitespace()) {
                    chars.next();
                }
                let glued = |c: char| matches!(c, '{' | '}' | ';' | ',');
                let before = out.chars().last().is_none_or(|l| glued(l) || l == ':');
                let after = chars.peek().is_none_or(|n| glued(*n));
                if !before && !after {
                    out.push(' ');
                }
            }
            '}' => {
                if out.ends_with(';') {
                    out.pop();
                }
                out.push('}');
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn css_loses_only_what_means_nothing() {
        let css = "/* x */\n.a > .b , .c:hover {\n  width: calc(100% - 2rem);\n  content: \" ·  \";\n}\n@media (min-width: 3rem) { a { b: c; } }\n";
        assert_eq!(
            minify_css(css),
            ".a > .b,.c:hover{width:calc(100% - 2rem);content:\" ·  \"}@media (min-width:3rem){a{b:c}}"
        );
    }

    #[test]
    fn names_carry_the_digest() {
        let assets = Assets::new(&[("a.js", b"let a = 1;")]);
        let url = assets.url("a.js");
        let name = url.strip_prefix("/assets/").expect("prefixed");
        assert!(name.starts_with("a.") && name.ends_with(".js"));
        assert_eq!(assets.file(name).expect("there").plain, Bytes::from_static(b"let a = 1;"));
    }
}
