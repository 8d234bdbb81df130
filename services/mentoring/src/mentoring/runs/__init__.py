"""Matching runs: ordered as jobs, stored with all they were made of, explained, compared and repeated."""
