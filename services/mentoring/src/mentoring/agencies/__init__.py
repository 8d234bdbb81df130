"""The copy of agencies that mentoring keeps: where each is, and by which clock it works."""
