"""Which person and which course of the catalogue a platform means: found by the number, or mapped by whoever keeps the connection."""
