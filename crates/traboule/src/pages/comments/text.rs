//! What a commenter typed as HTML: paragraphs, and bare http(s) addresses as links. Nothing else is markup. Also the
//! letters that stand in for a picture, made from the name and nothing else.

use publish::web::typeset;

/// Escapes a text for element content and quoted attributes.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
}

/// How much of `text`, which begins with a scheme, is the address: up to a space or a mark that cannot be in one, without
/// the sentence's own stop.
fn address_length(text: &str) -> usize {
    let stop = |c: char| {
        c.is_whitespace() || c.is_control() || "<>\"'`{}|\\^«»“”’\u{202a}\u{202b}\u{202d}\u{202e}".contains(c)
    };
    let mut end = text.find(stop).unwrap_or(text.len());
    while let Some(last) = text[..end].chars().last() {
        let unopened = last == ')' && !text[..end].contains('(');
        if !(unopened || ".,;:!?…]".contains(last)) {
            break;
        }
        end -= last.len_utf8();
    }
    end
}

/// The next bare address: where it begins and ends.
fn next_address(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("http").map(|i| from + i) {
        let rest = &text[at..];
        let begins = rest.starts_with("http://") || rest.starts_with("https://");
        let alone = !text[..at].chars().last().is_some_and(char::is_alphanumeric);
        let length = if begins && alone { address_length(rest) } else { 0 };
        let known = url::Url::parse(&rest[..length]).is_ok_and(|u| u.host_str().is_some_and(|h| !h.is_empty()));
        if known {
            return Some((at, at + length));
        }
        from = at + 4;
    }
    None
}

fn line(mut text: &str, out: &mut String) {
    while let Some((start, end)) = next_address(text) {
        escape(&text[..start], out);
        out.push_str("<a href=\"");
        escape(&text[start..end], out);
        out.push_str("\" rel=\"ugc nofollow noopener\">");
        escape(&text[start..end], out);
        out.push_str("</a>");
        text = &text[end..];
    }
    escape(text, out);
}

/// A comment's text as HTML.
#[must_use]
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut lines = text.lines().map(str::trim_end).peekable();
    while lines.peek().is_some() {
        let part: Vec<&str> = lines.by_ref().skip_while(|l| l.is_empty()).take_while(|l| !l.is_empty()).collect();
        for (n, one) in part.iter().enumerate() {
            out.push_str(if n == 0 { "<p>" } else { "<br>" });
            line(one, &mut out);
        }
        if !part.is_empty() {
            out.push_str("</p>");
        }
    }
    out
}

/// The first letters of the first and last word of a name.
#[must_use]
pub(crate) fn initials(name: &str) -> String {
    let letter = |word: &str| word.chars().find(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string());
    let mut words = name.split_whitespace().filter_map(letter);
    let first = words.next().unwrap_or_default();
    words.next_back().map_or(first.clone(), |last| format!("{first}{last}"))
}

/// The ground of the letters, by the name.
#[must_use]
pub(crate) fn tint(name: &str) -> &'static str {
    const TINTS: [&str; 4] = ["green", "ochre", "saone", "rose"];
    TINTS[usize::from(kernel::sha256(name.as_bytes())[0]) % TINTS.len()]
}

/// A sentence of ours with a name in it, in the typography of its language.
#[must_use]
pub(crate) fn titled(lang: &str, title: &str) -> String {
    typeset(lang, title).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c11_only_bare_addresses_become_links_and_nothing_else_is_markup() {
        let link = |url: &str| format!("<a href=\"{url}\" rel=\"ugc nofollow noopener\">{url}</a>");
        for (text, expected) in [
            ("Bonjour", "<p>Bonjour</p>".to_owned()),
            ("a\nb\n\n\nc\n", "<p>a<br>b</p><p>c</p>".to_owned()),
            ("<b>x</b> & 'y'", "<p>&lt;b&gt;x&lt;/b&gt; &amp; &#39;y&#39;</p>".to_owned()),
            ("Voir https://a.example/x.", format!("<p>Voir {}.</p>", link("https://a.example/x"))),
            ("(http://a.example/b_(c))", format!("<p>({})</p>", link("http://a.example/b_(c)"))),
            ("https://a.example/?a=1&b=2", format!("<p>{}</p>", link("https://a.example/?a=1&amp;b=2"))),
            ("https://a.example/\"onload=\"x", format!("<p>{}&quot;onload=&quot;x</p>", link("https://a.example/"))),
            ("javascript:alert(1) data:text/html,x", "<p>javascript:alert(1) data:text/html,x</p>".to_owned()),
            ("xhttps://a.example http:// https://", "<p>xhttps://a.example http:// https://</p>".to_owned()),
            ("[x](https://a.example)", format!("<p>[x]({})</p>", link("https://a.example"))),
            ("www.a.example **gras** <https://a.example>", {
                format!("<p>www.a.example **gras** &lt;{}&gt;</p>", link("https://a.example"))
            }),
            ("", String::new()),
        ] {
            assert_eq!(html(text), expected, "{text}");
        }
    }

    #[test]
    fn letters_come_from_the_name_alone() {
        for (name, letters) in [
            ("Solveig M.", "SM"),
            ("Titouan", "T"),
            ("inès de la Vaugelat", "IV"),
            ("🙂", ""),
            ("", ""),
            ("ß x", "SSX"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
        assert_eq!(tint("Solveig"), tint("Solveig"));
    }
}
