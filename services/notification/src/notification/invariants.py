"""What must always be true of rounds and messages, as SQL: `python -m notification check`."""

from common.invariants import Invariant

INVARIANTS = (
    Invariant(
        "a digest is collecting exactly while pages are missing",
        """
        SELECT round_id, agency_id FROM digests WHERE (pages_in >= pages) = (state = 'collecting')
        """,
    ),
    Invariant(
        "a digest counts the pages that came in",
        """
        SELECT round_id, agency_id FROM digests LEFT JOIN pages USING (round_id, agency_id)
        GROUP BY round_id, agency_id, pages_in HAVING count(page) <> pages_in
        """,
    ),
    Invariant(
        "a complete digest lists as many people as were found short",
        """
        SELECT round_id, agency_id FROM digests WHERE state <> 'collecting' AND listed <> short_total
        """,
    ),
    Invariant(
        "people, hours and resolutions of a digest are the sums of its pages",
        """
        SELECT round_id, agency_id FROM digests LEFT JOIN (
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
    ),
    Invariant(
        "a digest that is ready has the messages of its notice",
        """
        SELECT round_id, agency_id FROM digests WHERE state = 'ready' AND NOT EXISTS (
            SELECT FROM messages WHERE (round_id, agency_id) = (digests.notice_id, digests.agency_id)
        )
        """,
    ),
    Invariant(
        "a digest's message tells of a digest that is ready",
        """
        SELECT id AS message_id FROM messages WHERE round_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM digests
            WHERE (notice_id, agency_id) = (messages.round_id, messages.agency_id) AND digests.state = 'ready'
        )
        """,
    ),
    Invariant(
        "a sweep's digest is a notice of its own, and a reopened one is told in a notice of its agency",
        """
        SELECT round_id, agency_id FROM digests JOIN rounds ON rounds.id = round_id
        WHERE notice_id <> round_id AND (kind = 'sweep' OR NOT EXISTS (
            SELECT FROM digests AS first WHERE (round_id, agency_id) = (digests.notice_id, digests.agency_id)
                AND first.notice_id = first.round_id
        ))
        """,
    ),
    Invariant(
        "nobody has two messages about one digest",
        """
        SELECT round_id, agency_id FROM messages WHERE round_id IS NOT NULL
        GROUP BY round_id, agency_id, lower(recipient) HAVING count(*) > 1
        """,
    ),
    Invariant(
        "a sent message was sent once, any other never",
        """
        SELECT messages.id AS message_id FROM messages LEFT JOIN attempts ON message_id = messages.id AND result = 'sent'
        GROUP BY messages.id HAVING count(message_id) <> CAST(state = 'sent' AS int)
        """,
    ),
    Invariant(
        "a sent message was accepted for whom it addresses",
        """
        SELECT messages.id AS message_id FROM messages WHERE state = 'sent' AND recipient <> ALL(accepted)
        """,
    ),
    Invariant(
        "a sent digest said what its pages say",
        """
        SELECT messages.id AS message_id FROM messages CROSS JOIN LATERAL (
            SELECT coalesce(bool_and(coalesce(
                    CAST(told ->> 'people' AS int) = people_total
                    AND CAST(told ->> 'listed' AS int) = listed
                    AND CAST(told ->> 'owed' AS numeric) = owed
                    AND CAST(told ->> 'short' AS int) BETWEEN 0 AND listed
                    AND CAST(told ->> 'missing' AS numeric) <= owed, false)), false) AS so,
                sum(listed) AS listed
            FROM digests LEFT JOIN jsonb_array_elements(messages.values -> 'rounds') AS told
                ON CAST(told ->> 'round_id' AS uuid) = round_id
            WHERE (notice_id, agency_id) = (messages.round_id, messages.agency_id)
        ) AS said
        WHERE messages.state = 'sent' AND round_id IS NOT NULL
            AND NOT coalesce(so AND CAST(messages.values ->> 'short' AS int) BETWEEN 1 AND said.listed, false)
        """,
    ),
    Invariant(
        "no letter waits for an address that its person has shown to be theirs",
        """
        SELECT id AS message_id FROM messages JOIN contacts USING (person_id) WHERE state = 'waiting' AND email IS NOT NULL
        """,
    ),
    Invariant(
        "a letter waits for its time, and no longer",
        """
        SELECT id AS message_id FROM messages WHERE state = 'waiting' AND due_at <> expires_at
        """,
    ),
    Invariant(
        "a letter is settled exactly when nothing more becomes of it",
        """
        SELECT id AS message_id FROM messages
        WHERE round_id IS NULL AND (state IN ('queued', 'waiting')) = (settled_at IS NOT NULL)
        """,
    ),
)
