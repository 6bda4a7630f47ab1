# The public log: checkpoints, tiles, proofs, its pages.
