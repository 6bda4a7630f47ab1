//! Tables of what the rich text functions give for usual input.

use crate::text::{
    MAX_INPUT_BYTES, cut_bytes, excerpt, feed_html, french_spaces, french_spaces_html, html_to_text, looks_like_html,
    markdown_to_html, sanitise_html, text_to_html,
};

#[test]
fn html_is_reduced_to_the_allowed_tags() {
    let table = [
        ("", ""),
        ("bare <b>text</b>", "bare <b>text</b>"),
        ("<h1>Un</h1><h2>Deux</h2><h5>Cinq</h5>", "<h3>Un</h3><h3>Deux</h3><h5>Cinq</h5>"),
        ("<div>a</div><div>b<div>c</div></div>", "<p>a</p><p>b</p><p>c</p>"),
        ("<p>Vu : <img src='https://t.example/p.gif' alt='Le  quai'></p>", "<p>Vu : [Le quai]</p>"),
        ("<img src='https://t.example/p.gif'>x", "x"),
        ("<a href='/a'>x</a> <a>y</a>", "x y"),
        (
            "<a href='https://a.example/?x=1&y=2' target=_blank rel=x>z</a>",
            "<a href=\"https://a.example/?x=1&amp;y=2\" rel=\"noopener\">z</a>",
        ),
        ("<p><br>a<br>b</p><p> &nbsp; </p>", "<p>a<br>b</p>"),
        ("<ul> <li>a</li> x <li>b</ul>", "<ul><li>a</li><li>x </li><li>b</li></ul>"),
        ("<li>a<li>b", "<p>a</p><p>b</p>"),
        ("<ol start=4><li>a</ol>", "<ol start=\"4\"><li>a</li></ol>"),
        ("<b><p>a</p>b</b>", "<p><b>a</b></p><b>b</b>"),
        (
            "<table><td>a<td><th colspan=2>",
            "<table><tbody><tr><td>a</td><td></td><th colspan=\"2\"></th></tr></tbody></table>",
        ),
        ("<td>a</td>", "a"),
        ("<pre>\n\nfn a() {}\n  b</pre>", "<pre>fn a() {}\n  b</pre>"),
        ("<s>a</s><u>b</u><span>c</span>", "<del>a</del>bc"),
        ("a<script>b</script>c<style>d</style>", "ac"),
        ("<p>a<hr>b</p>", "<p>a</p><hr>b"),
        ("1 &lt; 2 &amp; \"3\"", "1 &lt; 2 &amp; &quot;3&quot;"),
    ];
    for (input, want) in table {
        assert_eq!(sanitise_html(input), want, "{input:?}");
    }
}

#[test]
fn markdown_is_rendered_and_shifted() {
    let table = [
        ("# Un\n\n## Deux\n\n###### Six", "<h3>Un</h3><h4>Deux</h4><h6>Six</h6>"),
        ("**a** *b* ~~c~~ `d<e>`", "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d&lt;e&gt;</code></p>"),
        (
            "Voir https://a.example/b_c.",
            "<p>Voir <a href=\"https://a.example/b_c\" rel=\"noopener\">https://a.example/b_c</a>.</p>",
        ),
        ("`https://a.example`", "<p><code>https://a.example</code></p>"),
        ("[x](/a) [y](mailto:lea@a.example)", "<p>x <a href=\"mailto:lea@a.example\" rel=\"noopener\">y</a></p>"),
        ("- a\n- b\n\n3. c", "<ul><li>a</li><li>b</li></ul><ol start=\"3\"><li>c</li></ol>"),
        (
            "|a|b|\n|:-|-|\n|1|2|",
            concat!(
                "<table><thead><tr><th>a</th><th>b</th></tr></thead>",
                "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
            ),
        ),
        ("a <b onclick=x>b</b> <script>c</script>", "<p>a <b>b</b> </p>"),
        ("![Le quai](https://t.example/p.jpg)", "<p>[Le quai]</p>"),
        ("```rust\nlet a = 1;\n```", "<pre><code>let a = 1;\n</code></pre>"),
    ];
    for (input, want) in table {
        assert_eq!(markdown_to_html(input), want, "{input:?}");
    }
}

#[test]
fn plain_text_becomes_paragraphs_with_links() {
    assert_eq!(
        text_to_html("Un\r\ndeux <b>\n\n (voir https://a.example/a_(b)), puis https://b.example/?c=1&d=2."),
        "<p>Un<br>deux &lt;b&gt;</p><p>(voir <a href=\"https://a.example/a_(b)\" rel=\"noopener\">\
         https://a.example/a_(b)</a>), puis <a href=\"https://b.example/?c=1&amp;d=2\" rel=\"noopener\">\
         https://b.example/?c=1&amp;d=2</a>.</p>"
    );
    assert_eq!(text_to_html("xhttps://a.example https:// ://"), "<p>xhttps://a.example https:// ://</p>");
    for html in ["<p>a", "a<br/>b", "a &amp; b", "&#8217;", "&#xE9;", "<!-- x -->", "<A HREF='x'>"] {
        assert!(looks_like_html(html), "{html:?}");
    }
    for text in ["", "1 < 2", "a <lea@a.example>", "R&D; AT&T", "<3", "a & b; c", "&#x;", "<https://a.example>"] {
        assert!(!looks_like_html(text), "{text:?}");
    }
}

#[test]
fn html_becomes_readable_text() {
    let table = [
        ("<p>Un\n deux</p><p>Trois<br>quatre</p>", "Un deux\n\nTrois\nquatre"),
        ("<p>Liste :</p><ul><li>a</li><li><p>b</p></li></ul><p>fin</p>", "Liste :\n\n– a\n– b\n\nfin"),
        ("<ol start=3><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "3. a\n  – b\n4. c"),
        ("<a href='https://a.example/'>le site</a>.", "le site (https://a.example/)."),
        ("<a href='https://www.a.example/'>a.example</a>", "a.example"),
        ("<ul><li><a href='https://a.example'>x</a></li></ul>", "– x (https://a.example)"),
        ("<a href='mailto:lea@a.example'>Léa</a>", "Léa (lea@a.example)"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>e", "a | b\nc | d\n\ne"),
        ("<pre>a\n  b</pre>c &lt;d&gt;", "a\n  b\n\nc <d>"),
        ("<h2>T</h2>a<hr>b", "T\n\na\n\nb"),
    ];
    for (input, want) in table {
        assert_eq!(html_to_text(input), want, "{input:?}");
    }
}

#[test]
fn text_is_shortened_after_a_word() {
    assert_eq!(excerpt("Un deux\n trois", 20), "Un deux trois");
    assert_eq!(excerpt("Un deux trois", 9), "Un deux…");
    assert_eq!(excerpt("Un deux trois", 8), "Un deux…");
    assert_eq!(excerpt("Un, deux", 5), "Un…");
    assert_eq!(excerpt("anticonstitutionnellement", 5), "anti…");
    assert_eq!(excerpt("a b", 0), "");
    assert_eq!(cut_bytes("éé", 3), "é");
    assert_eq!(cut_bytes("é", 9), "é");
}

#[test]
fn c12_feed_html_is_cut_at_4000_bytes_without_breaking_a_tag() {
    let html = format!("<ul>{}</ul>", "<li><a href='https://a.example'>Épisode & suite</a></li>".repeat(200));
    let cut = feed_html(&html, 4000);
    assert!(cut.len() <= 4000 && cut.len() > 3900 && cut.ends_with("</li></ul>"), "{}", cut.len());
    assert_eq!(
        feed_html("<h2>T</h2><blockquote><b>a</b> <code>b</code></blockquote>", 4000),
        "<p><strong>T</strong></p><p><strong>a</strong> b</p>"
    );
    assert_eq!(feed_html("<p>un deux trois</p>", 19), "<p>un deux…</p>");
    assert_eq!(feed_html("<p>un</p>", 8), "");
    assert_eq!(feed_html("<table><tr><td>a<td>b<tr><td>c</table>", 99), "<p>a – b</p><p>c</p>");
}

#[test]
fn c19_french_spaces() {
    let table = [
        ("Quoi ? Non !", "Quoi\u{202f}? Non\u{202f}!"),
        ("Quoi? Non!", "Quoi? Non!"),
        ("« Oui »", "«\u{202f}Oui\u{202f}»"),
        ("dit :\u{a0}« ah »", "dit\u{202f}:\u{a0}«\u{202f}ah\u{202f}»"),
        ("5 % de 48 790 €", "5\u{202f}% de 48\u{202f}790\u{202f}€"),
        ("1 234 567 km", "1\u{202f}234\u{202f}567\u{a0}km"),
        ("en 2024 il y a 3 ans", "en 2024 il y a 3\u{a0}ans"),
        ("12 h 30, 12:30, 45 min", "12\u{a0}h\u{a0}30, 12:30, 45\u{a0}min"),
        ("3 minimes", "3 minimes"),
        ("Salut :) et ;-)", "Salut :) et ;-)"),
        ("https://a.example/?a=1 : bien", "https://a.example/?a=1\u{202f}: bien"),
        ("lea@a.example ; fin", "lea@a.example\u{202f}; fin"),
        ("Ah  ?!", "Ah\u{202f}?!"),
        (" : début", " : début"),
        ("port :8080", "port :8080"),
        ("06 123 456", "06 123\u{202f}456"),
    ];
    for (input, want) in table {
        assert_eq!(french_spaces(input), want, "{input:?}");
    }
    assert_eq!(
        french_spaces_html("<p><b>Quoi</b> ? <code>a ? b</code> 5 &lt; 6 !</p><pre>x ;</pre>"),
        "<p><b>Quoi</b>\u{202f}? <code>a ? b</code> 5 &lt; 6\u{202f}!</p><pre>x ;</pre>"
    );
}

#[test]
fn c13_huge_input_is_cut_and_stays_stable() {
    let inputs = [
        "<p>x".repeat(132_000),
        "\"".repeat(300_000),
        "é \" ".repeat(300_000),
        "<b><i><em>".to_owned() + &"<p>x".repeat(35_000),
        "<table><tr>".to_owned() + &"<td>".repeat(80_000),
        "<blockquote>".repeat(20_000),
        "<ul><li>".repeat(600) + "x",
        "<br>x".repeat(40_000),
    ];
    for input in inputs {
        let once = sanitise_html(&input);
        assert!(once.len() <= MAX_INPUT_BYTES, "{}", once.len());
        assert!(sanitise_html(&once) == once, "{:?}", input.get(..20));
    }
}
