"""Posts: what an agency's people may hold, under which other post, and who holds them."""
