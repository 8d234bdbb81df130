"""Whether somebody can rise, and if not, why not yet."""
