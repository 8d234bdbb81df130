"""Audits: a sample of confirmed sessions, each looked into by somebody outside the pair and both lines."""
