"""Reforms: an agency merges into another, or is split among several."""
