//! The public log: leaves, tiles, checkpoints, proofs, witnesses.
