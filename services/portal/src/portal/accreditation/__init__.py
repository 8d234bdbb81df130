"""Providers and what they are accredited for, as LAN keeps it."""
