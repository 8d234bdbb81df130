"""Soundings: after each caturwulan, who has not met the hours (JP) due by then."""
