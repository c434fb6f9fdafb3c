"""Text to vectors: one file per encoder. `base.py` is the contract, `hashing.py` the plainest."""
