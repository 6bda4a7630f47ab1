//! Month, weekday and zone names found in feed dates, in the languages that feeds are written in.
//! Only names with one plain meaning; it computes nothing.

/// What a word of a date may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Meaning {
    /// Month 1–12.
    pub month: Option<i8>,
    /// Weekday, Monday = 1.
    pub weekday: Option<i8>,
    /// Whether an English speaker wrote it (RFC 5322 names).
    pub english: bool,
}

/// Looks a lower-case word up, with or without a final dot and diacritics.
pub(super) fn meaning(word: &str) -> Meaning {
    let word = plain(word.trim_end_matches('.'));
    let find = |table: &[(i8, &str)]| {
        table.iter().find(|(_, names)| names.split(' ').any(|name| name == word)).map(|(number, _)| *number)
    };
    let english_month = find(&ENGLISH_MONTHS);
    let english_day = find(&ENGLISH_DAYS);
    Meaning {
        month: english_month.or_else(|| find(&MONTHS)),
        weekday: english_day.or_else(|| find(&DAYS)),
        english: english_month.is_some() || english_day.is_some(),
    }
}

// Without diacritics, so that “février”, “fevrier” and “FÉVRIER” are one word.
fn plain(word: &str) -> String {
    word.chars()
        .map(|c| match c {
            'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            'ź' => 'z',
            'ś' => 's',
            'ń' => 'n',
            _ => c,
        })
        .collect()
}

const ENGLISH_MONTHS: [(i8, &str); 12] = [
    (1, "jan january"),
    (2, "feb february"),
    (3, "mar march"),
    (4, "apr april"),
    (5, "may"),
    (6, "jun june"),
    (7, "jul july"),
    (8, "aug august"),
    (9, "sep sept september"),
    (10, "oct october"),
    (11, "nov november"),
    (12, "dec december"),
];

const ENGLISH_DAYS: [(i8, &str); 7] = [
    (1, "mon monday"),
    (2, "tue tues tuesday"),
    (3, "wed weds wednesday"),
    (4, "thu thur thurs thursday"),
    (5, "fri friday"),
    (6, "sat saturday"),
    (7, "sun sunday"),
];

// French, German, Spanish, Italian, Portuguese, Dutch, Catalan, Swedish, Danish, Polish.
const MONTHS: [(i8, &str); 12] = [
    (1, "janv janvier janner januar jener enero ene gennaio gen janeiro januari gener stycznia sty"),
    (2, "fevr fev fevrier februar febrero febbraio fevereiro februari febr febrer lutego lut"),
    (3, "mars marz marzo marco maart mrt marts marca"),
    (4, "avr avril abril abr aprile kwietnia kwi"),
    (5, "mai mayo maggio mag maio mei maig maj maja"),
    (6, "juin juni junio giugno giu junho juny czerwca cze"),
    (7, "juil juillet juli julio luglio lug julho juliol lipca lip"),
    (8, "aout aou agosto ago augustus agost augusti sierpnia sie"),
    (9, "septembre septiembre setiembre settembre set setembro setembre wrzesnia wrz"),
    (10, "octobre oktober okt octubre ottobre ott outubro out oktobr pazdziernika paz"),
    (11, "novembre noviembre novembro listopada lis"),
    (12, "decembre dezember dez diciembre dic dicembre dezembro desembre des grudnia gru"),
];

const DAYS: [(i8, &str); 7] = [
    (1, "lun lundi mo montag lunes lunedi segunda seg maandag ma dilluns mandag mandag pon"),
    (2, "mar mardi di dienstag martes martedi terca ter dinsdag dimarts tisdag tirsdag wto"),
    (3, "mer mercredi mi mittwoch miercoles mie mercoledi quarta qua woensdag wo dimecres onsdag sro"),
    (4, "jeu jeudi do donnerstag jueves jue giovedi gio quinta qui donderdag dijous torsdag czw"),
    (5, "ven vendredi fr freitag viernes vie venerdi sexta sex vrijdag vr divendres fredag pia"),
    (6, "sam samedi sa samstag sonnabend sabado sab sabato zaterdag za dissabte lordag sob"),
    (7, "dim dimanche so sonntag domingo dom domenica zondag zo diumenge sondag nie"),
];

/// Offset in seconds of a zone name in lower case, and whether the name is a doubtful one.
///
/// The American names are those of RFC 5322; military letters count as UTC, as that standard advises,
/// because old programs disagreed about their sign.
pub(super) fn zone(word: &str) -> Option<(i32, bool)> {
    let hours = match word {
        "z" | "ut" | "utc" | "gmt" | "wet" => 0,
        "est" | "cdt" => -5,
        "edt" => -4,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" | "akdt" => -8,
        "akst" => -9,
        "hst" => -10,
        "ast" => -4,
        "adt" => -3,
        "cet" | "mez" | "bst" | "west" => 1,
        "cest" | "mesz" | "eet" | "sast" => 2,
        "eest" | "msk" => 3,
        "jst" | "kst" => 9,
        "aest" => 10,
        "aedt" => 11,
        "nzst" => 12,
        "nzdt" => 13,
        _ => {
            let mut letters = word.chars();
            let one = letters.next().filter(|c| c.is_ascii_lowercase() && *c != 'j');
            return (one.is_some() && letters.next().is_none()).then_some((0, true));
        }
    };
    Some((hours * 3600, false))
}
