"""Objections and appeals against what was decided of a case, with clocks and another judge."""
