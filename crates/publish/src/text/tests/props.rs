//! Properties of the rich text functions over random soup.

use proptest::prelude::*;

use super::checker::faults;
use crate::text::{
    cut_bytes, excerpt, feed_html, french_spaces, french_spaces_html, html_to_text, imported_to_html, looks_like_html,
    markdown_to_html, sanitise_html, text_to_html,
};

const SCRAPS: [&str; 96] = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href=https://a.example>",
    "<a href='x'>",
    "</a>",
    "<ul>",
    "</ul>",
    "<ol start=3>",
    "</ol>",
    "<li>",
    "</li>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<th colspan=2>",
    "<thead>",
    "<tbody>",
    "</tbody>",
    "<tfoot>",
    "<caption>",
    "</caption>",
    "<pre>",
    "</pre>",
    "<code>",
    "</code>",
    "<h1>",
    "</h1>",
    "<h4>",
    "</h4>",
    "<hr>",
    "<br>",
    "<img alt='x y'>",
    "<div>",
    "</div>",
    "<blockquote>",
    "</blockquote>",
    "<span>",
    "</span>",
    "<svg>",
    "</svg>",
    "<math>",
    "</math>",
    "<mi>",
    "<style>",
    "</style>",
    "<script>",
    "</script>",
    "<select>",
    "<option>",
    "</select>",
    "<template>",
    "</template>",
    "<textarea>",
    "</textarea>",
    "<object>",
    "</object>",
    "<button>",
    "</button>",
    "<form>",
    "</form>",
    "<font color=a>",
    "</font>",
    "<colgroup>",
    "<col>",
    "<dl><dt>",
    "<dd>",
    "</dl>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&lt;",
    "&amp;",
    "&#13;",
    "&nbsp;",
    "\n",
    " ",
    "\r\n",
    "x",
    "é ?",
    "« 12 000 km »",
    "https://b.example/?a=1&b=2",
    "\u{202f}:",
    "\0",
    "\u{FEFF}",
    "<p",
    "\"'>",
    "<del>",
    "<strong><em>",
];

fn soup() -> impl Strategy<Value = String> {
    let scrap = prop_oneof![
        8 => prop::sample::select(&SCRAPS[..]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(scrap, 0..40).prop_map(|parts| parts.concat())
}

fn french() -> impl Strategy<Value = String> {
    let scraps = prop::sample::select(vec![
        "mot",
        " ",
        "  ",
        "\u{a0}",
        "\u{202f}",
        "?",
        "!",
        ";",
        ":",
        "«",
        "»",
        "%",
        "€",
        "12",
        "000",
        "345",
        "7",
        "0",
        "min",
        "h",
        "km",
        "Mo",
        "12:30",
        "https://a.example/?b=c:d",
        "lea@a.example",
        "\n",
        ")",
        "(",
        "\"",
        ".",
        ",",
    ]);
    prop::collection::vec(scraps, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn c11_soup_is_safe_and_sanitising_is_idempotent(input in soup()) {
        let once = sanitise_html(&input);
        prop_assert_eq!(faults(&once), Vec::<String>::new(), "{:?}", once);
        prop_assert_eq!(sanitise_html(&once), once);
    }

    #[test]
    fn c11_markdown_and_text_are_safe_and_stable(input in soup()) {
        for html in [markdown_to_html(&input), text_to_html(&input), imported_to_html(&input)] {
            prop_assert_eq!(faults(&html), Vec::<String>::new(), "{:?}", html);
            prop_assert_eq!(sanitise_html(&html), html);
        }
        let _ = looks_like_html(&input);
    }

    #[test]
    fn c12_feed_html_keeps_its_limit_and_stays_whole(input in soup(), limit in 0_usize..300) {
        let html = feed_html(&input, limit);
        prop_assert!(html.len() <= limit, "{} > {}: {:?}", html.len(), limit, html);
        prop_assert_eq!(faults(&html), Vec::<String>::new(), "{:?}", html);
        prop_assert_eq!(feed_html(&html, 100_000), html);
    }

    #[test]
    fn html_to_text_has_no_stray_space(input in soup()) {
        let text = html_to_text(&input);
        prop_assert_eq!(text.trim_end(), text.as_str());
        if !input.contains("<pre") {
            prop_assert!(!text.contains("\n\n\n\n"), "{:?}", text);
        }
    }

    #[test]
    fn french_spaces_are_idempotent_and_only_change_spaces(input in french()) {
        let once = french_spaces(&input);
        prop_assert_eq!(french_spaces(&once), once.clone());
        let bare = |s: &str| s.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}')).collect::<String>();
        prop_assert_eq!(bare(&once), bare(&input));
    }

    #[test]
    fn french_html_stays_sanitised(input in soup()) {
        let html = french_spaces_html(&sanitise_html(&input));
        prop_assert_eq!(faults(&html), Vec::<String>::new(), "{:?}", html);
        prop_assert_eq!(french_spaces_html(&html), html.clone());
        prop_assert_eq!(sanitise_html(&html), html);
    }

    #[test]
    fn c12_cuts_are_on_character_borders(input in "\\PC{0,60}", n in 0_usize..80) {
        let cut = cut_bytes(&input, n);
        prop_assert!(cut.len() <= n && input.starts_with(cut) && n.min(input.len()) - cut.len() < 4);
        prop_assert!(excerpt(&input, n).chars().count() <= n);
    }
}
