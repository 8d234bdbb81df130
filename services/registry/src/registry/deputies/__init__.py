"""Who stands in for whom, in which duty."""
