//! How much a comment looks like spam, from its words alone: no third party, no network, no memory of people. Each sign
//! has a stable code and a weight; the sum decides between nothing, a moderator's look, and the spam folder. The catch
//! rate on our own fixtures is in docs/comments.md, misses included.

use std::collections::HashSet;

/// From here on a moderator looks.
pub const HOLD: u32 = 3;
/// From here on it goes to the spam folder.
pub const SPAM: u32 = 7;

/// What is judged.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The writer's name.
    pub name: &'a str,
    /// The writer's site.
    pub url: Option<&'a str>,
    /// The text.
    pub body: &'a str,
}

/// A sign found, with its weight.
pub type Sign = (&'static str, u32);

/// Every sign there is, for the sentences and the docs.
pub const SIGNS: &[&str] = &[
    "links",
    "many-links",
    "short-link",
    "bare-link",
    "link-markup",
    "html",
    "contact",
    "phrase",
    "trade-name",
    "name-link",
    "mixed-letters",
    "shouting",
    "repetition",
    "odd-ending",
    "blank-praise",
    "money",
];

const SHORTENERS: &[&str] = &[
    "bit.ly",
    "tinyurl.com",
    "t.co",
    "goo.gl",
    "is.gd",
    "ow.ly",
    "cutt.ly",
    "rb.gy",
    "shorturl.at",
    "rebrand.ly",
    "t.ly",
    "s.id",
    "tiny.cc",
    "urlz.fr",
    "v.gd",
    "lnkd.in",
    "buff.ly",
    "soo.gd",
    "bl.ink",
    "u.to",
];

const ENDINGS: &[&str] = &[
    "xyz", "top", "click", "loan", "work", "icu", "buzz", "gq", "cf", "tk", "ml", "ga", "cyou", "rest", "casa",
    "monster", "quest", "sbs", "cfd", "bond", "vip", "win", "bid", "stream", "download", "racing", "review", "date",
    "trade",
];

/// Words of trades that live on such comments. Folded; matched as whole words or as parts of host names.
const TRADES: &[&str] = &[
    "viagra",
    "cialis",
    "levitra",
    "casino",
    "casinos",
    "poker",
    "jackpot",
    "roulette",
    "slots",
    "betting",
    "sportsbook",
    "bookmaker",
    "escort",
    "escorts",
    "porn",
    "porno",
    "xxx",
    "sexcam",
    "camgirl",
    "onlyfans",
    "forex",
    "bitcoin",
    "crypto",
    "airdrop",
    "nft",
    "payday",
    "backlinks",
    "backlink",
    "seo",
    "replica",
    "rolex",
    "vuitton",
    "kamagra",
    "tramadol",
    "xanax",
    "steroids",
    "hentai",
    "webcam",
    "loans",
    "binary",
    "1xbet",
    "mostbet",
    "melbet",
    "pinup",
    "vulkan",
    "togel",
    "judi",
    "voyance",
    "marabout",
    "medium",
    "pret",
    "credit",
    "rachat",
    "maigrir",
    "minceur",
    "serrurier",
    "plombier",
    "depannage",
    "followers",
    "abonnes",
    "likes",
    "essay",
    "essays",
    "dissertation",
    "homework",
    "keto",
    "cbd",
    "vape",
    "detox",
    "hacker",
    "spell",
    "caster",
    "loan",
    "lender",
    "investment",
    "trading",
    "trader",
    "telegram",
    "whatsapp",
];

/// Turns of phrase. Folded, accents gone, single spaces.
const PHRASES: &[(&str, u32)] = &[
    ("click here", 3),
    ("visit my site", 4),
    ("visit my website", 4),
    ("visit my blog", 4),
    ("check out my", 3),
    ("take a look at my", 3),
    ("feel free to visit", 4),
    ("my web page", 3),
    ("my web site", 3),
    ("my homepage", 3),
    ("here is my", 2),
    ("buy now", 3),
    ("order now", 3),
    ("buy cheap", 4),
    ("cheap price", 3),
    ("best price", 2),
    ("free shipping", 3),
    ("100% free", 3),
    ("100% guaranteed", 4),
    ("limited offer", 3),
    ("act now", 2),
    ("earn money", 4),
    ("make money", 4),
    ("work from home", 4),
    ("passive income", 4),
    ("double your", 3),
    ("guaranteed profit", 5),
    ("investment platform", 4),
    ("recovered my", 4),
    ("recover your", 3),
    ("contact him", 3),
    ("contact them", 2),
    ("contact her", 2),
    ("whatsapp me", 4),
    ("text me", 2),
    ("dm me", 2),
    ("add me on", 3),
    ("message me on", 3),
    ("adult dating", 5),
    ("hot girls", 5),
    ("sexy", 3),
    ("no prescription", 5),
    ("online pharmacy", 5),
    ("lose weight", 4),
    ("weight loss", 4),
    ("get rich", 4),
    ("seo services", 5),
    ("seo service", 5),
    ("first page of google", 5),
    ("rank your", 4),
    ("increase traffic", 4),
    ("website traffic", 4),
    ("guest post", 4),
    ("sponsored post", 4),
    ("dofollow", 5),
    ("link building", 5),
    ("buy followers", 5),
    ("spell caster", 6),
    ("love spell", 6),
    ("bring back my", 3),
    ("great article", 1),
    ("nice post", 1),
    ("very nice post", 2),
    ("i really like your blog", 2),
    ("keep up the good", 1),
    ("i have bookmarked", 2),
    ("bookmarked your", 2),
    ("thanks for sharing", 1),
    ("hello there", 1),
    ("awesome blog", 2),
    ("web hosting", 2),
    ("what theme", 2),
    ("same niche", 3),
    ("cliquez ici", 3),
    ("cliquer ici", 3),
    ("visitez mon site", 4),
    ("visitez notre site", 4),
    ("mon site", 1),
    ("gagner de l'argent", 4),
    ("gagnez de l'argent", 4),
    ("argent facile", 5),
    ("revenu passif", 4),
    ("travail a domicile", 4),
    ("pret entre particulier", 6),
    ("pret entre particuliers", 6),
    ("offre de pret", 6),
    ("credit rapide", 5),
    ("credit sans", 4),
    ("rachat de credit", 6),
    ("sans justificatif", 4),
    ("retour affectif", 6),
    ("retour de l'etre aime", 6),
    ("envoutement", 5),
    ("marabout", 5),
    ("voyance gratuite", 6),
    ("perdre du poids", 4),
    ("maigrir vite", 5),
    ("prix imbattable", 4),
    ("meilleur prix", 2),
    ("livraison gratuite", 3),
    ("promo exclusive", 4),
    ("100% gratuit", 3),
    ("referencement naturel", 4),
    ("premiere page de google", 5),
    ("acheter des followers", 5),
    ("contactez-moi sur", 4),
    ("ecrivez-moi sur", 4),
    ("par whatsapp", 4),
    ("sur whatsapp", 3),
    ("rencontre coquine", 6),
    ("plan cul", 6),
    ("site de rencontre", 4),
    ("devenir riche", 4),
    ("investissement rentable", 4),
    ("temoignage", 1),
    ("serrurier paris", 5),
    ("plombier paris", 5),
    ("devis gratuit", 4),
];

/// Text folded for comparing: lower case, no accents, straight apostrophes, single spaces.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
            'ç' => 'c',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ñ' => 'n',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ý' | 'ÿ' => 'y',
            '’' | '‘' | '`' => '\'',
            c => c,
        };
        if c.is_whitespace() {
            gap = !out.is_empty();
        } else if !('\u{300}'..='\u{36f}').contains(&c) {
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(c);
        }
    }
    out
}

/// Undoes the commonest disguises of letters: v1agra, c4sino, f r e e stays.
fn undisguised(word: &str) -> String {
    if !word.chars().any(char::is_alphabetic) {
        return word.to_owned();
    }
    word.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            c => c,
        })
        .collect()
}

/// The addresses in a text: after `http(s)://`, or beginning with `www.`.
#[must_use]
pub fn links(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut found = Vec::new();
    for word in lower.split(|c: char| c.is_whitespace() || "\"'<>[]()".contains(c)) {
        let mut rest = word;
        while let Some(at) = rest.find("http://").or_else(|| rest.find("https://")) {
            let after = &rest[at..];
            let end = after[4..].find("http").map_or(after.len(), |n| n + 4);
            found.push(after[..end].to_owned());
            rest = &after[end..];
        }
        if word.starts_with("www.") && word.len() > 6 {
            found.push(format!("http://{word}"));
        }
    }
    found
}

fn host(link: &str) -> &str {
    let rest = link.split_once("://").map_or(link, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).trim_end_matches('.')
}

/// Names written as domains without a scheme, such as `cheap-pills.top`.
fn bare_domains(folded: &str) -> usize {
    let is_bare = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let Some((name, ending)) = word.rsplit_once('.') else { return false };
        let known = ENDINGS.contains(&ending)
            || ["com", "net", "ru", "io", "shop", "online", "site", "store", "biz"].contains(&ending);
        known && name.len() > 2 && !word.contains('@') && !word.contains("//") && !word.starts_with("www.")
    };
    folded.split_whitespace().filter(|w| is_bare(w)).count()
}

fn alphabets(word: &str) -> usize {
    let mut seen = HashSet::new();
    for c in word.chars().filter(|c| c.is_alphabetic()) {
        seen.insert(match c {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => 'l',
            '\u{370}'..='\u{3ff}' => 'g',
            '\u{400}'..='\u{52f}' => 'c',
            '\u{ff21}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}' => 'm',
            _ => 'o',
        });
    }
    seen.len()
}

fn words_of(folded: &str) -> Vec<&str> {
    folded.split(|c: char| !c.is_alphanumeric() && c != '@' && c != '$').filter(|w| !w.is_empty()).collect()
}

fn about_links(words: Words<'_>, folded: &str, found: &mut Vec<Sign>) {
    let all = links(words.body);
    let count = all.len() + bare_domains(folded);
    match count {
        0 => {}
        1 => found.push(("links", 1)),
        2 => found.push(("links", 2)),
        3..=4 => found.push(("many-links", 4)),
        _ => found.push(("many-links", 7)),
    }
    let text = words_of(folded).len();
    if count > 0 && text < 6 + 6 * count {
        found.push(("bare-link", 2));
    }
    let hosts: Vec<&str> = all.iter().map(|l| host(l)).chain(words.url.map(host)).collect();
    if hosts.iter().any(|h| SHORTENERS.contains(h)) {
        found.push(("short-link", 4));
    }
    let odd = |h: &str| h.rsplit_once('.').is_some_and(|(_, e)| ENDINGS.contains(&e)) || h.matches('-').count() > 2;
    if hosts.iter().any(|h| odd(h))
        || folded
            .split_whitespace()
            .any(|w| w.rsplit_once('.').is_some_and(|(n, e)| n.len() > 2 && ENDINGS.contains(&e)))
    {
        found.push(("odd-ending", 3));
    }
    let traded = |h: &str| {
        TRADES.iter().any(|t| t.len() > 3 && h.split(['.', '-']).any(|p| p == *t || (t.len() > 4 && p.contains(t))))
    };
    if hosts.iter().any(|h| traded(h)) {
        found.push(("trade-name", 4));
    }
}

fn about_markup(body: &str, folded: &str, found: &mut Vec<Sign>) {
    if ["[url", "[link", "[/url]", "](http"].iter().any(|m| folded.contains(m)) {
        found.push(("link-markup", 5));
    }
    if ["<a ", "<a\t", "href=", "<img", "<script", "<iframe"].iter().any(|m| folded.contains(m)) {
        found.push(("html", 5));
    }
    let digits = |w: &str| w.chars().filter(char::is_ascii_digit).count();
    let phone = body.split(['\n', ',', ';']).any(|part| {
        let run: String = part.chars().filter(|c| c.is_ascii_digit() || " +.-()".contains(*c)).collect();
        run.contains('+') && digits(&run) >= 9 && digits(&run) <= 15
    });
    let mail = folded
        .split_whitespace()
        .any(|w| w.contains('@') && w.rsplit_once('.').is_some_and(|(_, e)| e.len() >= 2) && !w.starts_with('@'));
    if phone || mail {
        found.push(("contact", 3));
    }
}

fn about_words(words: Words<'_>, folded: &str, found: &mut Vec<Sign>) {
    let phrases: u32 = PHRASES.iter().filter(|(p, _)| folded.contains(p)).map(|(_, w)| w).sum();
    if phrases >= 2 {
        found.push(("phrase", phrases.min(8)));
    }
    let trades = |text: &str| -> u32 {
        let hit = |w: &str| TRADES.contains(&w) || TRADES.contains(&undisguised(w).as_str());
        u32::try_from(words_of(text).into_iter().filter(|w| hit(w)).collect::<HashSet<_>>().len()).unwrap_or(9)
    };
    let name = fold(words.name);
    let in_name = trades(&name);
    if in_name > 0 {
        found.push(("trade-name", 3));
    }
    let in_text = trades(folded);
    if in_text > 1 {
        found.push(("trade-name", (in_text + 1).min(6)));
    }
    let dotted = name
        .split_whitespace()
        .any(|w| w.rsplit_once('.').is_some_and(|(n, e)| n.len() > 2 && (2..=6).contains(&e.len())));
    if dotted || name.contains("http") || name.contains("www") {
        found.push(("name-link", 4));
    }
    let money = folded.split_whitespace().any(|w| {
        let w = w.trim_matches(|c: char| ",.;!?".contains(c));
        let digits = w.chars().filter(char::is_ascii_digit).count();
        digits >= 3
            && (w.starts_with('$') || w.ends_with('$') || w.ends_with('€') || w.starts_with('€') || w.ends_with("btc"))
    });
    if money {
        found.push(("money", 2));
    }
}

fn about_shape(words: Words<'_>, folded: &str, found: &mut Vec<Sign>) {
    let mixed = words.body.split_whitespace().chain(words.name.split_whitespace()).filter(|w| alphabets(w) > 1).count();
    let fancy = words
        .body
        .chars()
        .filter(|c| ('\u{1d400}'..='\u{1d7ff}').contains(c) || ('\u{ff21}'..='\u{ff5a}').contains(c))
        .count();
    if mixed > 0 || fancy > 4 {
        found.push(("mixed-letters", 4));
    }
    let letters = words.body.chars().filter(|c| c.is_alphabetic()).count();
    let capitals = words.body.chars().filter(|c| c.is_uppercase()).count();
    if letters >= 20 && capitals * 10 > letters * 6 {
        found.push(("shouting", 2));
    }
    let list = words_of(folded);
    let distinct: HashSet<&&str> = list.iter().collect();
    if list.len() >= 12 && distinct.len() * 3 < list.len() {
        found.push(("repetition", 4));
    }
    let praise = [
        "great",
        "nice",
        "awesome",
        "amazing",
        "super",
        "wonderful",
        "excellent",
        "merci",
        "bravo",
        "genial",
        "thanks",
    ];
    let only = list.len() <= 8 && list.iter().any(|w| praise.contains(w));
    if only && words.url.is_some() {
        found.push(("blank-praise", 3));
    }
}

/// The signs of spam in a comment, and their sum.
#[must_use]
pub fn judge(words: Words<'_>) -> (u32, Vec<&'static str>) {
    let folded = fold(words.body);
    let mut found = Vec::new();
    about_links(words, &folded, &mut found);
    about_markup(words.body, &folded, &mut found);
    about_words(words, &folded, &mut found);
    about_shape(words, &folded, &mut found);
    let sum = found.iter().map(|(_, weight)| weight).sum();
    let mut codes: Vec<&'static str> = found.into_iter().map(|(code, _)| code).collect();
    codes.dedup();
    (sum, codes)
}

/// Whether a text has one of the organisation's own words, whole and folded.
#[must_use]
pub fn has_blocked(text: &str, blocked: &[String]) -> bool {
    let text = format!(" {} ", words_of(&fold(text)).join(" "));
    blocked.iter().any(|b| {
        let b = words_of(&fold(b)).join(" ");
        !b.is_empty() && text.contains(&format!(" {b} "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_however_they_stand() {
        assert_eq!(links("a http://x.example/a(b) <https://y.example> www.z.example http://").len(), 4);
        assert_eq!(links("httphttp://a.examplehttp://b.example").len(), 2);
        assert!(links("rien du tout").is_empty());
        assert_eq!(host("https://www.A.example:80/x"), "A.example");
    }

    #[test]
    fn words_of_the_house_are_whole_words() {
        let blocked = ["Crédit facile".to_owned(), "ane".to_owned(), " ".to_owned()];
        assert!(has_blocked("un CREDIT  facile !", &blocked) && has_blocked("Âne bâté", &blocked));
        assert!(!has_blocked("une banane, un credit", &blocked));
    }

    #[test]
    fn every_sign_is_listed() {
        let all = [
            Words {
                name: "cheap casino www.a.top",
                url: Some("https://bit.ly/x"),
                body: "<a href=x>[url]</a> http://a http://b http://c",
            },
            Words {
                name: "x", url: Some("https://x.example"), body: "Nice work $5000 раypal call +33 6 12 34 56 78"
            },
            Words {
                name: "x",
                url: None,
                body: "BUY NOW BUY NOW BUY NOW BUY NOW BUY NOW BUY NOW click here http://a.example",
            },
        ];
        for words in all {
            let (sum, codes) = judge(words);
            assert!(sum >= HOLD && !codes.is_empty(), "{words:?}");
            assert!(codes.iter().all(|c| SIGNS.contains(c)), "{codes:?}");
        }
    }
}
