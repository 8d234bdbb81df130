"""Whoever has sent a spreadsheet may begin its job again."""
