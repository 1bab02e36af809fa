"""The documented contracts, and the machinery that runs what obeys them."""
