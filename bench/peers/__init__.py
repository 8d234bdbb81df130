"""Systems that do Jejak's job the ordinary way, side by side with it: `make bench-peers`."""
