"""Opening balances: what somebody has from before Jejak, or comes to a functional post with, each by its paper."""
