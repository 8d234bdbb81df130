"""Who is matched with whom: limits that are never broken, a score of named parts, and two ways to match.

The order of reading: `people` (what is known for it), `limits`, `scores`, `pairs` (the two over everybody), `total` and
`stable` (the two ways), `changes` (what would match somebody).
"""
