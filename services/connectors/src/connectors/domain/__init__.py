"""The rules of xAPI in plain Python: what a statement is, whom and what it names, and how it is told again."""
