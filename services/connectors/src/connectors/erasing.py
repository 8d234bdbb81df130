"""What becomes of connectors' rows when somebody is erased.

A statement names people in the words of the platform that sent it. Who of ours that is nobody knows before actors are
mapped to people (docs/architecture/connectors.md), so the rows of one person cannot be told from those of another.
"""

from roster.erasing import BY_ID, NOBODY, Blanked, Erasing, Gone, Kept

OF_PLATFORM = Kept("a platform's words of its own users, of whom nobody knows yet which person of ours each is")

WORDS = {
    "nip_hash": "NULL",
    "actor": "NULL",
    "told": """told || '{"title": null, "evidence": null}'""",
    "refused_words": "NULL",
    "decided_why": "NULL",
}
ERASING = Erasing(
    {
        "activities": OF_PLATFORM,
        "agencies": NOBODY,
        "attachments": OF_PLATFORM,
        "connections": NOBODY,
        "courses": NOBODY,
        "credentials": NOBODY,
        "documents": OF_PLATFORM,
        "former_numbers": Gone(),
        "people": Blanked({"nip_hash": "''"}),
        "providers": NOBODY,
        "reports": Blanked(WORDS),
        "restrictions": BY_ID,
        "sightings": NOBODY,
        "statements": OF_PLATFORM,
    },
    kit=("outbox", "inbox", "waiting"),
)
