"""What stands against erasing somebody: a case of theirs that is open."""
