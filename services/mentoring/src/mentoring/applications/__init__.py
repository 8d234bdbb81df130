"""Who takes part in a programme, as mentor or mentee, and what they say for the match."""
