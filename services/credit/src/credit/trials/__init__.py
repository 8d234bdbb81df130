"""Trying a predikat before it is sent: what would become of it, by the code that sending uses. Nothing is stored."""
