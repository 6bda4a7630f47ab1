//! Kept comments on their way to where comments live: read with what their writers gave privately, then emptied here. It
//! decides nothing.

use db::{DbError, Tx, args};
use kernel::At;

/// A kept comment as another slice may take it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// The episode it is about.
    pub episode: i64,
    /// Its name in the export: site and number.
    pub key: String,
    /// The name of the comment it answers.
    pub parent: Option<String>,
    /// `approved`, `held`, `spam` or `trash`.
    pub state: String,
    /// The name that was given.
    pub author: String,
    /// The page that was given.
    pub author_url: Option<String>,
    /// The text.
    pub body: String,
    /// When it was said.
    pub at: Option<At>,
    /// The address that was given, and until when it may be kept.
    pub private: Option<(String, At)>,
    /// Whether its writer had it erased: only its place in the thread is left.
    pub erased: bool,
}

/// The kept comments of a show that were not handed over yet, and those erased before; pingbacks are none.
pub(crate) async fn kept_to_hand_over(tx: &mut Tx, show: i64) -> Result<Vec<HandedOver>, DbError> {
    let sql =
        "SELECT c.episode_id, c.source_key, c.parent_key, c.state, c.author_name, c.author_url, c.body_html, c.said_at,
                 c.erased, p.email, p.expires_at
               FROM publish_kept_comment c LEFT JOIN publish_kept_comment_private p ON p.comment_id = c.id
               WHERE c.show_id = $1 AND c.kind = 'comment' ORDER BY c.id";
    tx.all(sql, args![show])
        .await?
        .iter()
        .map(|row| {
            let mut c = row.cols();
            let (episode, key, parent, state) = (c.take()?, c.take()?, c.take()?, c.take()?);
            let (author, author_url, body, at) = (c.take()?, c.take()?, c.take()?, c.take()?);
            let erased = c.take()?;
            let (email, until): (Option<String>, Option<At>) = (c.take()?, c.take()?);
            let private = email.filter(|e| !e.is_empty()).zip(until);
            Ok(HandedOver { episode, key, parent, state, author, author_url, body, at, private, erased })
        })
        .collect()
}

/// Whether a show keeps comments that were not handed over, or anything private.
pub(crate) async fn keeps_comments(tx: &mut Tx, show: i64) -> Result<bool, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_kept_comment c
               LEFT JOIN publish_kept_comment_private p ON p.comment_id = c.id
               WHERE c.show_id = $1 AND (p.comment_id IS NOT NULL OR (c.kind = 'comment' AND c.erased = FALSE))";
    Ok(tx.scalar::<i64>(sql, args![show]).await?.unwrap_or(0) > 0)
}

/// Empties what was handed over: its name and text go, and everything private, that of pingbacks too. The row stays, so that
/// another import of the same export knows it.
pub(crate) async fn empty_handed_over(tx: &mut Tx, show: i64) -> Result<(), DbError> {
    let private = "DELETE FROM publish_kept_comment_private WHERE comment_id IN
                     (SELECT id FROM publish_kept_comment WHERE show_id = $1)";
    tx.run(private, args![show]).await?;
    let rows = "UPDATE publish_kept_comment SET erased = TRUE, author_name = '', author_url = NULL, body_html = ''
                WHERE show_id = $1 AND kind = 'comment' AND erased = FALSE";
    tx.run(rows, args![show]).await.map(drop)
}
