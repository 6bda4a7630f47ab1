//! Whether a post may be seen. One function, and one condition in SQL that a test holds equal to it
//! (`store::post::PUBLIC`). Who is blocked is another question, and reach another gate.

use kernel::At;

use crate::model::{Post, PostState};

/// Whether everybody may see a post at an instant.
#[must_use]
pub fn is_public(post: &Post, now: At) -> bool {
    post.state == PostState::Public && post.at <= now
}
