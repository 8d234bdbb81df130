"""What HR records of somebody by a paper, since nobody else tells it: tests that were passed, and discipline."""
