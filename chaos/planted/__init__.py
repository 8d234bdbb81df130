"""Bugs for the checker to find. `sitecustomize` puts one into a service process; nothing but the harness asks it to."""

NAMES = (
    "twice-in-a-file",
    "fresh-id",
    "answer-before-commit",
    "offset-before-database",
    "delete-before-ack",
    "no-poll",
    "no-lock-order",
    "no-row-lock",
    "digest-early",
    "ignores-sequence",
    "wall-clock",
    "poison-lost",
    "neighbours-lost",
    "mail-lost",
)
