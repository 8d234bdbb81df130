"""Whose record rests at their request: training shows it to the fewest."""
