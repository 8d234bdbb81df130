"""Circles of a mentor and several mentees: their meetings, and who was there."""
