"""Erasing people: asked for by one, consented to by another, refused while something of theirs is under way."""
