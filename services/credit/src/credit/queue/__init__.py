"""The queue: which cases wait for a decision, since when, by when, in whose hands, and in which order."""
