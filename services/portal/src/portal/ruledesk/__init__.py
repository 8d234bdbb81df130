"""Drafts of rules: loaded, and tried on all points so far."""
