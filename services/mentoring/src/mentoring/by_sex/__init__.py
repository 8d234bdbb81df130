"""Who has a mentor, counted by sex for the coverage report alone (M18); nothing else reads anybody's sex."""
