"""The rules of the registry: dated history, posts, and what may change on a person. Plain Python."""
