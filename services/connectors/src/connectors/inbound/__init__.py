"""Webhooks from platforms: an address for each, what arrived there, and what became of it."""
