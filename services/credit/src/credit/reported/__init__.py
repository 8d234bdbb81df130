"""Predikat that connectors reports, as cases."""
