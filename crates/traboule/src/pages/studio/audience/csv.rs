//! Tables as CSV (RFC 4180): UTF-8, CRLF, quotes doubled. A cell that a spreadsheet would run as a formula begins with an
//! apostrophe.

/// One cell.
fn cell(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<i64>().is_err();
    let text = if risky { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// A table with its first row.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = head.join(",");
    out.push_str("\r\n");
    for row in rows {
        out.push_str(&row.iter().map(|c| cell(c)).collect::<Vec<_>>().join(","));
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_texts() {
        let rows =
            [vec!["a,b".to_owned(), "say \"x\"".to_owned(), "=1+1".to_owned(), "-5".to_owned(), "@x".to_owned()]];
        assert_eq!(table(&["h", "i"], &rows), "h,i\r\n\"a,b\",\"say \"\"x\"\"\",'=1+1,-5,'@x\r\n");
    }
}
