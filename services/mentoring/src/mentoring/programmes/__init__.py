"""Programmes: who may join, by which rules they are matched, and until when."""
