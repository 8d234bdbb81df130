"""Whoever orders a reform follows it."""
