"""Reports of finished activities: the one way in which every door tells training, and what became of each."""
