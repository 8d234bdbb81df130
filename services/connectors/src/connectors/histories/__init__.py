"""Histories that were downloaded from SIASN of somebody: read, and what is not here reported."""
