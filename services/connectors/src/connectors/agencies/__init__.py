"""The copy of agencies that connectors keeps: who is the heir of whom."""
