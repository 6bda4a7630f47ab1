//! Makes JSON safe inside an HTML script element. It does not check that the
//! input is JSON.

/// Takes JSON text and gives the same JSON value, written so that it can stand
/// inside `<script type="application/ld+json">`: `<`, `>`, `&`, U+2028 and
/// U+2029 become `\uXXXX` escapes. In valid JSON these occur only in strings.
pub fn json_for_script(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            _ => out.push(c),
        }
    }
    out
}
