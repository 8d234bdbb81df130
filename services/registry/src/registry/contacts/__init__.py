"""How people are written to."""
