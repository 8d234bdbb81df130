"""Whose record rests at their request: connectors shows it to the fewest."""
