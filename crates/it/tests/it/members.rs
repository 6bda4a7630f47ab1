//! Through the real front: members: sign-up, profiles, follows, notifications.
