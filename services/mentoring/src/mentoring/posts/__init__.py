"""The copy of posts that mentoring keeps: who stands above whom."""
