"""What the two of a pair agree on, version by version."""
