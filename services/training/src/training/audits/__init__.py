"""Audits that LAN opens in an agency: the agency sees who opened them, and why."""
