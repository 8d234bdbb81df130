"""Published totals, in which nobody is named and no small group is told."""
