//! Through the real front: the public log: checkpoints, tiles, proofs, its pages.
