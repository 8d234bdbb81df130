"""Activities that connectors reports, as records."""
