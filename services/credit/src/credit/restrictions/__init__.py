"""Whose record rests at their request: credit shows it to the fewest."""
