"""What must always be true of rounds and messages, as SQL: `python -m notification check`.

Each statement finds the places where it is not, a line of text each.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

EXAMPLES = 3

INVARIANTS = {
    "a digest is collecting exactly while pages are missing": """
        SELECT 'round ' || round_id || ', agency ' || agency_id AS place FROM digests WHERE (pages_in >= pages) = (state = 'collecting')
    """,
    "a digest counts the pages that came in": """
        SELECT 'round ' || round_id || ', agency ' || agency_id AS place FROM digests LEFT JOIN pages USING (round_id, agency_id)
        GROUP BY round_id, agency_id, pages_in HAVING count(page) <> pages_in
    """,
    "a complete digest lists as many people as were found short": """
        SELECT 'round ' || round_id || ', agency ' || agency_id AS place FROM digests WHERE state <> 'collecting' AND listed <> short_total
    """,
    "people, hours and resolutions of a digest are the sums of its pages": """
        SELECT 'round ' || round_id || ', agency ' || agency_id AS place FROM digests LEFT JOIN (
            SELECT round_id, agency_id, count(*) AS listed, sum(missing) AS owed,
                count(*) FILTER (WHERE resolved) AS resolved,
                coalesce(sum(missing) FILTER (WHERE resolved), 0) AS redeemed
            FROM listed_people LEFT JOIN resolutions USING (sweep_id, agency_id, person_id)
            GROUP BY round_id, agency_id
        ) AS sums USING (round_id, agency_id)
        WHERE (digests.listed, digests.owed, digests.resolved, digests.redeemed) IS DISTINCT FROM (
            coalesce(sums.listed, 0), coalesce(sums.owed, 0), coalesce(sums.resolved, 0), coalesce(sums.redeemed, 0)
        )
    """,
    "a digest has messages exactly when it is ready": """
        SELECT 'round ' || round_id || ', agency ' || agency_id AS place FROM digests WHERE (state = 'ready') <> EXISTS (
            SELECT FROM messages WHERE (round_id, agency_id) = (digests.round_id, digests.agency_id)
        )
    """,
    "nobody has two messages about one digest": """
        SELECT 'round ' || round_id || ', agency ' || agency_id AS place FROM messages GROUP BY round_id, agency_id, lower(recipient) HAVING count(*) > 1
    """,
    "a sent message was sent once, any other never": """
        SELECT 'message ' || messages.id AS place FROM messages LEFT JOIN attempts ON message_id = messages.id AND result = 'sent'
        GROUP BY messages.id HAVING count(message_id) <> CAST(state = 'sent' AS int)
    """,
    "a sent message was accepted for the PIC it addresses": """
        SELECT 'message ' || messages.id AS place FROM messages WHERE state = 'sent' AND recipient <> ALL(accepted)
    """,
    "a sent message said what its pages say": """
        SELECT 'message ' || messages.id AS place FROM messages JOIN digests USING (round_id, agency_id)
        WHERE messages.state = 'sent' AND NOT coalesce(
            CAST(figures ->> 'people' AS int) = people_total
            AND CAST(figures ->> 'listed' AS int) = listed
            AND CAST(figures ->> 'owed' AS numeric) = owed
            AND CAST(figures ->> 'short' AS int) BETWEEN 1 AND listed
            AND CAST(figures ->> 'missing' AS numeric) <= owed, false)
    """,
}


@dataclass(frozen=True)
class Finding:
    """How often an invariant is broken, and where for example."""

    invariant: str
    broken: int
    examples: list[str]


async def find_broken(session: AsyncSession) -> list[Finding]:
    """Checks every invariant on the rounds and messages as they stand."""
    findings: list[Finding] = []
    for name, query in INVARIANTS.items():
        rows = await session.execute(
            # The statements are the constants above.
            text(f"SELECT place, count(*) OVER () AS broken FROM ({query}) AS found LIMIT {EXAMPLES}")  # noqa: S608 - built of names in this code
        )
        places = rows.all()
        findings.append(Finding(name, places[0].broken if places else 0, [row.place for row in places]))
    return findings
