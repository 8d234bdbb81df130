"""Webhooks to others: who is told of which events and why, and what became of each delivery."""
