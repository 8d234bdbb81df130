"""Whose record rests at their request: notification shows it to the fewest."""
