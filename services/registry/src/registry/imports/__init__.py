"""People and posts that come as spreadsheets."""
