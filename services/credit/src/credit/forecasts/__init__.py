"""When somebody can rise, and what blocks them: scenarios."""
