"""Comparing a platform's own list with what it has reported: every way in which it tells by itself loses some."""
