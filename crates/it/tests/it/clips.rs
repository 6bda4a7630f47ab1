//! Through the real front: clips: upload, viewer, captions.
