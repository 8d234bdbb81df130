"""Records that nobody has confirmed, in the hands of a verifier."""
