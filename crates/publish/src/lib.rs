//! Shows, episodes, media, feeds, import.
