//! Figures as bars: SVG made here, coloured by classes, with a title for each bar. The same figures stand in a table beside
//! it; a chart never says more than its table.

use super::range::Bucket;

/// The width of one bar and the gap after it, and the height of the whole, in units of the drawing.
const BAR: i64 = 8;
const GAP: i64 = 2;
const HEIGHT: i64 = 100;

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Bars of one kind of figure. `title` names the chart, `say` a bar; both are escaped here.
pub(crate) fn bars(
    id: &str,
    title: &str,
    buckets: &[Bucket],
    value: impl Fn(&Bucket) -> i64,
    say: impl Fn(&Bucket) -> String,
) -> String {
    let most = buckets.iter().map(&value).max().unwrap_or(0).max(1);
    let count = i64::try_from(buckets.len()).unwrap_or(0).max(1);
    let width = count * (BAR + GAP) - GAP;
    let mut svg = format!(
        "<svg class=\"bars\" viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" aria-labelledby=\"{id}\"><title id=\"{id}\">{}</title>",
        escape(title)
    );
    for (place, bucket) in buckets.iter().enumerate() {
        let n = value(bucket).max(0);
        // A day with something is seen, however small beside the largest.
        let height = if n == 0 { 0 } else { (n * HEIGHT / most).max(1) };
        let x = i64::try_from(place).unwrap_or(0) * (BAR + GAP);
        svg.push_str(&format!(
            "<rect x=\"{x}\" y=\"{}\" width=\"{BAR}\" height=\"{height}\"><title>{}</title></rect>",
            HEIGHT - height,
            escape(&say(bucket))
        ));
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c11_bars_hold_the_figures_and_nothing_else() {
        let bucket = |name: &str, listens| Bucket { name: name.to_owned(), listens, views: 0 };
        let all = [bucket("a", 0), bucket("<script>&\"", 3), bucket("c", 1_000)];
        let svg = bars("t", "Les <écoutes>", &all, |b| b.listens, |b| format!("{}: {}", b.name, b.listens));
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(svg.contains("height=\"0\"") && svg.contains("height=\"1\"") && svg.contains("height=\"100\""));
        assert!(!svg.contains("<script>") && svg.contains("&lt;script&gt;&amp;&quot;: 3") && !svg.contains("style"));
        assert!(bars("t", "", &[], |b| b.listens, |_| String::new()).contains("viewBox=\"0 0 8 100\""));
    }
}
