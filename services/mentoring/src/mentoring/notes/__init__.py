"""Private notes: what one of a pair writes for themselves, and nobody else ever reads."""
