"""Conflicts of interest: what judges declare, and with whom they may not decide."""
