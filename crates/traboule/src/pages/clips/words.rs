//! The words of a clip as safe HTML: paragraphs with links, mentions and tags.

use community::rules::text::{Piece, fold_tag, pieces};
use kernel::Lang;

use crate::pages::posts::{tag_path, voice_path};

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>"),
            other => out.push(other),
        }
    }
}

fn link(url: &str, rel: &str, text: &str, out: &mut String) {
    out.push_str("<a href=\"");
    escape(url, out);
    out.push('"');
    out.push_str(rel);
    out.push('>');
    escape(text, out);
    out.push_str("</a>");
}

/// The words as HTML.
pub(super) fn html(lang: Lang, text: &str) -> String {
    let mut out = String::new();
    for piece in pieces(text.trim()) {
        match piece {
            Piece::Words(words) => escape(words, &mut out),
            Piece::Link(url) => link(url, " rel=\"ugc nofollow noopener\"", url, &mut out),
            Piece::Mention(name) => link(&voice_path(lang, name.trim_start_matches('@')), "", name, &mut out),
            Piece::Tag(tag) => link(&tag_path(lang, &fold_tag(tag.trim_start_matches('#'))), "", tag, &mut out),
        }
    }
    if out.is_empty() { out } else { format!("<p>{}</p>", out.replace("<br><br>", "</p><p>")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_comes_out_as_markup() {
        let made = html(Lang::Fr, "Un <b> pont\n\nde #Été, https://a.example/?a=1&b=\"2\"");
        assert!(made.starts_with("<p>Un &lt;b&gt; pont</p><p>de <a href=\"/fr/tags/"), "{made}");
        assert!(made.contains("https://a.example/?a=1&amp;b=") && !made.contains("\"2\""), "{made}");
        assert_eq!(html(Lang::Fr, " \n "), "");
    }
}
