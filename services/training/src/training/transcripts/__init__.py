"""Transcripts: what somebody has learnt and what it counts, signed for whoever they show it to."""
