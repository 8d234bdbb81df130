"""Requests to mend data of the registry on which points rest. They hold up nothing, and close when the registry has mended it."""
