"""People with a dated history."""
