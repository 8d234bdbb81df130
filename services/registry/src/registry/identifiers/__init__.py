"""By which ids other systems know people, agencies and units."""
