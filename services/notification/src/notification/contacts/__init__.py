"""How people are written to, as the registry tells it."""
