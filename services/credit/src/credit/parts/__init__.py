"""The parts of cases, and what was decided of each when a case was returned."""
