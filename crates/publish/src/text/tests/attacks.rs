//! The sanitiser against a battery of attacks: scripts, handlers, odd schemes,
//! foreign content, parser confusion. Each goes in by every door.

use super::checker::faults;
use crate::text::{
    feed_html, french_spaces_html, html_to_text, imported_to_html, json_for_script, markdown_to_html, sanitise_html,
    text_to_html,
};

const ATTACKS: [&str; 84] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=https://e.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/x>alert(1)</script >",
    "<script><!--<script></script>alert(1)</script>",
    "<<script>alert(1)//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<img/src='x'/onerror='alert(1)'>",
    "<img alt='\" onerror=\"alert(1)' src=x>",
    "<img alt='<script>alert(1)</script>'>",
    "<img alt=\"[x](javascript:alert(1))\">",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" javascript:alert(1)\">x</a>",
    "<a href=\"&#1;javascript:alert(1)\">x</a>",
    "<a href=\"java&#10;script:alert(1)\">x</a>",
    "<a href=\"java&Tab;script:alert(1)\">x</a>",
    "<a href=\"JaVaScRiPt&colon;alert(1)\">x</a>",
    "<a href=\"&#106&#97&#118&#97&#115&#99&#114&#105&#112&#116:alert(1)\">x</a>",
    "<a href=\"javascript://https://a.example/%0aalert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "<a href=\"blob:https://a.example/1\">x</a>",
    "<a href=\"filesystem:https://a.example/1\">x</a>",
    "<a href=\"file:///etc/passwd\">x</a>",
    "<a href=\"//e.example\">x</a>",
    "<a href=\"\\\\e.example\">x</a>",
    "<a href=\"https:e.example\">x</a>",
    "<a href=\"?a=1\" onclick=alert(1)>x</a>",
    "<a href='https://a.example/\" onmouseover=\"alert(1)'>x</a>",
    "<a href=https://a.example/`onclick=alert(1)>x</a>",
    "<a href=\"https://a.example\" target=_blank ping=https://e.example style=x:y id=a name=b class=c>x</a>",
    "<a href=\"https://a.example/&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">x</a>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /><a id=x><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a title=\"</style><img src=x onerror=alert(1)>\">",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></iframe></foreignObject></svg>",
    "<svg><desc><noscript><a title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math><mi><table><mi><style><!--</style><img src=x onerror=alert(1)>",
    "<math href=\"javascript:alert(1)\">x</math>",
    "<math><annotation-xml encoding=\"text/html\"><script>alert(1)</script></annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><xlink:href=\"javascript:alert(1)\">x",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\">",
    "<title><a title=\"</title><img src=x onerror=alert(1)>\">",
    "<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
    "<noembed><p title=\"</noembed><img src=x onerror=alert(1)>\">",
    "<noframes><p title=\"</noframes><img src=x onerror=alert(1)>\">",
    "<plaintext><img src=x onerror=alert(1)>",
    "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "<select><template><img src=x onerror=alert(1)></template></select>",
    "<select><option><style></option></select><img src=x onerror=alert(1)></style>",
    "<template><script>alert(1)</script></template>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc=\"&lt;script&gt;alert(1)&lt;/script&gt;\"></iframe>",
    "<iframe><a title=\"</iframe><img src=x onerror=alert(1)>\">",
    "<object data=javascript:alert(1)><param name=src value=x></object>",
    "<embed src=javascript:alert(1)>",
    "<applet code=x></applet><bgsound src=javascript:alert(1)>",
    "<base href=javascript:alert(1)//>",
    "<link rel=stylesheet href=javascript:alert(1)><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<form action=javascript:alert(1)><button formaction=javascript:alert(1)>x</button><input type=image src=x></form>",
    "<video><source onerror=alert(1)></video><audio src=x onerror=alert(1)></audio>",
    "<details open ontoggle=alert(1)><summary>x</summary>y</details>",
    "<p style=\"background:url(javascript:alert(1))\">x</p>",
    "<style>@import 'javascript:alert(1)';</style><div style=behavior:url(x)>x</div>",
    "<table background=javascript:alert(1)><td background=x onclick=alert(1) colspan='2\"><script>'>x</table>",
    "<ol start='1\" onclick=\"alert(1)'><li value=x>x</ol>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version=\"1.0\"?><x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">alert(1)</x:script>",
    "</p><p/onclick=alert(1)>x<p onclick\0=alert(1)>y\0</p>",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#60;img src=x onerror=alert(1)&#62;",
    "[x](javascript:alert(1)) [y](<java\nscript:alert(1)>) ![z](javascript:alert(1)) <javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x] [`</code><script>`](data:text/html,x 'a\" onclick=\"alert(1)')",
    "https://a.example/\"onmouseover=\"alert(1) https://a.example/<script>alert(1)</script>",
    "\u{FEFF}<b\u{2028}onclick=alert(1)>x</b><a\u{c}href=\u{b}javascript:alert(1)>\u{202E}x</a>",
];

fn check(door: &str, attack: &str, html: &str) {
    let found = faults(html);
    assert!(found.is_empty(), "{door}: {attack:?} gave {html:?}: {found:?}");
}

#[test]
fn c11_attacks_leave_nothing_that_runs() {
    for attack in ATTACKS {
        check("html", attack, &sanitise_html(attack));
        check("markdown", attack, &markdown_to_html(attack));
        check("text", attack, &text_to_html(attack));
        check("import", attack, &imported_to_html(attack));
        check("feed", attack, &feed_html(attack, 4000));
        check("french", attack, &french_spaces_html(&sanitise_html(attack)));
        check("text of", attack, &text_to_html(&html_to_text(attack)));
    }
}

#[test]
fn c11_attacks_in_context_leave_nothing_that_runs() {
    let frames = [
        ("<table><tr><td>", "</td></tr></table>"),
        ("<ul><li><a href='https://a.example'>", "</a></li></ul>"),
        ("<pre><code>", "</code></pre>"),
        ("<svg><desc>", "</desc></svg>"),
        ("<math><mi>", "</mi></math>"),
        ("<select><option>", "</option></select>"),
        ("<b title='", "'>x</b>"),
        ("<!-- ", " -->"),
        ("> - ", "\n\n# x"),
    ];
    for attack in ATTACKS {
        for (before, after) in frames {
            let input = format!("{before}{attack}{after}");
            let once = sanitise_html(&input);
            check("html", &input, &once);
            assert_eq!(sanitise_html(&once), once, "{input:?}");
            check("markdown", &input, &markdown_to_html(&input));
            for limit in [10, 40, 80] {
                check("feed", &input, &feed_html(&input, limit));
            }
        }
    }
}

#[test]
fn c11_sanitising_twice_changes_nothing() {
    for attack in ATTACKS {
        let outputs = [sanitise_html(attack), markdown_to_html(attack), text_to_html(attack), imported_to_html(attack)];
        for once in outputs {
            assert_eq!(sanitise_html(&once), once, "{attack:?}");
        }
    }
}

#[test]
fn c11_no_third_party_is_ever_loaded() {
    for attack in ATTACKS {
        let html = sanitise_html(attack);
        for word in ["<img", "src=", "srcset=", "style=", "<link", "<iframe", "poster="] {
            let tags: String = html.split('<').filter_map(|t| t.split_once('>')).map(|t| format!("<{}", t.0)).collect();
            let outside_links = tags.split("href=\"").map(|t| t.split_once('"').map_or(t, |p| p.1)).collect::<String>();
            assert!(!outside_links.contains(word), "{attack:?}: {html:?}");
        }
    }
}

#[test]
fn c11_json_in_a_script_cannot_end_it() {
    for attack in ATTACKS {
        let json = serde_json::to_string(&[attack, "</script><!--<script>", "\u{2028}\u{2029}&"]).expect("json");
        let safe = json_for_script(&json);
        assert!(!safe.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{safe}");
        let (a, b): (Vec<String>, Vec<String>) =
            (serde_json::from_str(&safe).expect("still json"), serde_json::from_str(&json).expect("json"));
        assert_eq!(a, b);
    }
}
