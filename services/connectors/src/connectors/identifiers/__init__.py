"""By which ids SIASN knows people and agencies, as the registry tells it."""
