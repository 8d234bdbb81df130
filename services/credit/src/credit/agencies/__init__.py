"""The copy of agencies that credit keeps: which region each is in."""
