"""The end of pairs, and what is told of their sessions for the hours they give."""
