"""The copy of training's catalogue that connectors keeps: which courses there are, and whose."""
