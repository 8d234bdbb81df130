"""Flags: what points at sessions that were not held as they were told, and what the desk found when it looked."""
