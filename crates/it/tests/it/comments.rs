//! Comments as their writers and readers use them, through the real front.
