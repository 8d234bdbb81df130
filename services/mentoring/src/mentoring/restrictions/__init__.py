"""Whose record rests at their request: mentoring shows it to the fewest."""
