"""Sessions of pairs: planned, held, confirmed by both, with what was talked about."""
