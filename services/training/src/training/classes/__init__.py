"""Classes: what a provider publishes, who is in them, who was there, and what came of it."""
