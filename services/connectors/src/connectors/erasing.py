"""What becomes of connectors' rows when somebody is erased.

A statement names people in the words of the platform that sent it. Those in which somebody has a part whom a number or a mapping
names go whole; of users of whom nobody knows who they are, nobody can tell whose they are.
"""

from roster.erasing import BY_ID, NOBODY, THEIRS, Blanked, Erasing, Gone, Kept

THEIR_WORDS = """
    EXISTS (
        SELECT FROM platform_users u WHERE u.connection_id = statements.connection_id
            AND u.person_id = ANY(CAST(:people AS uuid[])) AND statements.keys @> ARRAY[u.anywhere]
    )
"""
THEIR_SIGNALS = """
    (connection_id, actor) IN (
        SELECT connection_id, key FROM platform_users WHERE person_id = ANY(CAST(:people AS uuid[]))
    )
"""

WORDS = {
    "nip_hash": "NULL",
    "actor": "NULL",
    "told": """told || '{"title": null, "evidence": null}'""",
    "refused_words": "NULL",
    "decided_why": "NULL",
}
ERASING = Erasing(
    {
        "activities": NOBODY,
        "agencies": NOBODY,
        "arrivals": Kept(
            "in a platform's words, until they are read; what nobody can read tells of nobody that is known"
        ),
        "attempts": Gone(f"delivery_id IN (SELECT id FROM deliveries WHERE {THEIRS})"),  # noqa: S608 - built of names in this code
        "attachments": Kept("by hash, whatever statements they came with; those that are gone name them no more"),
        "connections": NOBODY,
        "course_mappings": NOBODY,
        "courses": NOBODY,
        "credentials": NOBODY,
        "deliveries": Gone(),
        "documents": Kept("what a platform keeps for its own use under a hash of what it calls somebody"),
        "former_numbers": Gone(),
        "signals": Gone(THEIR_SIGNALS),
        "statements": Gone(THEIR_WORDS),
        "platform_users": Gone(),
        "performances": Blanked({"refused_words": "NULL"}),
        "people": Blanked({"nip_hash": "''"}),
        "platform_courses": NOBODY,
        "providers": NOBODY,
        "receivers": NOBODY,
        "webhooks": NOBODY,
        "readings": NOBODY,
        "reports": Blanked(WORDS),
        "restrictions": BY_ID,
        "siasn_exports": Gone(),
        "siasn_ids": Gone("subject_id = ANY(CAST(:people AS uuid[]))"),
        "sightings": NOBODY,
    },
    kit=("outbox", "inbox", "waiting", "consumers", "letters", "jobs", "job_tries", "imports", "import_rows"),
)
