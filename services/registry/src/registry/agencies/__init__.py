"""Agencies, their units and PICs."""
