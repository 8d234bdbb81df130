"""What must always be true of the books, as SQL: `python -m credit check`."""

from common.invariants import Invariant
from credit.people import PEOPLE

INVARIANTS = (
    *PEOPLE.invariants,
    Invariant(
        "a balance is the sum of its entries",
        """
        SELECT person_id, jenjang
        FROM balances FULL JOIN (
            SELECT person_id, jenjang, sum(twelfths) AS twelfths, count(*) AS entries FROM entries GROUP BY 1, 2
        ) AS summed USING (person_id, jenjang)
        WHERE balances.twelfths IS DISTINCT FROM summed.twelfths OR balances.entries IS DISTINCT FROM summed.entries
        """,
    ),
    Invariant(
        "what is law by a draft was made so by others than loaded it, and what makes points was replayed before",
        """
        SELECT a.draft_id FROM activations a JOIN drafts d ON d.id = a.draft_id LEFT JOIN replays r ON r.id = a.replay_id
        WHERE a.hands && d.hands OR d.subject IN ('conversion', 'entry', 'conventional', 'integration')
            AND (r.ended_at <= a.activated_at AND r.draft_id = d.id) IS NOT TRUE
        """,
    ),
    Invariant(
        "every entry has an attested case",
        """
        SELECT entries.id AS entry_id
        FROM entries LEFT JOIN cases ON cases.id = entries.case_id AND cases.person_id = entries.person_id
        WHERE NOT coalesce(cases.state IN ('attested', 'reversed'), false) AND entries.rise_on IS NULL
        """,
    ),
    Invariant(
        "an entry is as it was made, and so is who decided it",
        """
        SELECT id AS entry_id, person_id, number
        FROM (
            SELECT entries AS whole, id, person_id, number, chain,
                lag(chain) OVER later AS before, row_number() OVER later AS place
            FROM entries WINDOW later AS (PARTITION BY person_id ORDER BY number)
        ) AS told
        WHERE number <> place OR chain <> entry_link(whole, before)
        """,
    ),
    Invariant(
        "a rise in level leaves nothing in the jenjang it left, and what it took is of one on record",
        """
        SELECT told.person_id, told.rise_on
        FROM (
            SELECT person_id, rise_on, jenjang, sum(twelfths) AS net FROM entries WHERE rise_on IS NOT NULL GROUP BY 1, 2, 3
        ) AS told
        LEFT JOIN promotions risen ON risen.person_id = told.person_id AND risen.kind = 'level'
            AND risen.valid_from = told.rise_on AND risen.jenjang_before = told.jenjang
        LEFT JOIN LATERAL (
            SELECT sum(twelfths) AS twelfths FROM entries e
            WHERE e.person_id = told.person_id AND e.jenjang = told.jenjang
                AND (e.rise_on <= told.rise_on OR e.rise_on IS NULL AND e.period_start < told.rise_on)
        ) AS left_there ON true
        WHERE CASE WHEN risen.person_id IS NULL THEN net <> 0 ELSE left_there.twelfths <> 0 END
        """,
    ),
    Invariant(
        "the papers of an agency and year are numbered from 1 on without a gap",
        """
        SELECT agency_id, year FROM paper_series s LEFT JOIN papers p USING (agency_id, year)
        GROUP BY agency_id, year, s.last HAVING count(p.id) <> s.last OR coalesce(max(p.serial), 0) <> s.last
        """,
    ),
    Invariant(
        "a paper says the sum of the entries that there were when it was issued",
        """
        SELECT p.id AS paper_id
        FROM papers p LEFT JOIN entries e ON e.person_id = p.person_id AND e.number <= p.through
            AND CASE p.kind WHEN 'conversion' THEN e.case_id = p.case_id ELSE e.jenjang = p.jenjang END
        GROUP BY p.id HAVING p.twelfths IS DISTINCT FROM sum(e.twelfths)
        """,
    ),
    Invariant(
        "every attested case has its entries, segment by segment",
        """
        SELECT cases.id AS case_id
        FROM cases LEFT JOIN segments ON segments.case_id = cases.id AND segments.version = cases.judged
        LEFT JOIN entries ON entries.case_id = cases.id AND entries.segment = segments.number
        WHERE cases.state IN ('attested', 'reversed') AND (
            (entries.jenjang, entries.period_start, entries.period_end, entries.twelfths)
            IS DISTINCT FROM (segments.jenjang, segments.period_start, segments.period_end, segments.twelfths)
            OR segments.number IS NULL
        )
        """,
    ),
    Invariant(
        "the booked months are those of live cases",
        """
        SELECT person_id, month
        FROM (
            SELECT cases.person_id, cases.id AS case_id,
                CAST(generate_series(
                    CASE cases.kind WHEN 'opening' THEN cases.period_start ELSE segments.period_start END,
                    CASE cases.kind WHEN 'opening' THEN cases.period_end ELSE segments.period_end END,
                    interval '1 month'
                ) AS date) AS month
            FROM cases JOIN segments ON segments.case_id = cases.id AND segments.version = cases.judged
            WHERE (cases.kind = 'conversion' OR cases.claim ->> 'way' = 'balance') AND cases.state NOT IN ('returned', 'reversed')
        ) AS claimed FULL JOIN booked_months USING (person_id, month, case_id)
        WHERE claimed.case_id IS NULL OR booked_months.case_id IS NULL
        """,
    ),
    Invariant(
        "the cases in the queue are those that wait, each for its decision and in the agency of its person",
        """
        SELECT coalesce(cases.id, queue.case_id) AS case_id
        FROM (SELECT * FROM cases WHERE state IN ('submitted', 'checked')) AS cases
        FULL JOIN queue ON queue.case_id = cases.id
        LEFT JOIN people ON people.person_id = cases.person_id
        WHERE (queue.awaits, queue.person_id, queue.agency_id, queue.kind) IS DISTINCT FROM (
            CASE WHEN cases.state = 'checked' OR cases.one_step THEN 'attest' WHEN cases.state = 'submitted' THEN 'check' END,
            cases.person_id, people.agency_id, cases.kind
        )
        """,
    ),
    Invariant(
        "every case has been judged",
        """
        SELECT id AS case_id FROM cases
        WHERE NOT EXISTS (SELECT FROM segments WHERE case_id = cases.id AND version = cases.judged)
        """,
    ),
    Invariant(
        "a segment has as many months as its period",
        """
        SELECT case_id, version, number
        FROM segments
        WHERE months > 0 AND months <> (
            SELECT count(*) FROM generate_series(period_start, period_end, interval '1 month')
        )
        """,
    ),
    Invariant(
        "a case is submitted, checked and attested by three people, and is about none of them",
        """
        SELECT cases.id AS case_id
        FROM cases LEFT JOIN (
            SELECT case_id,
                array_agg(by) FILTER (WHERE to_state = 'submitted') AS submitters,
                (array_agg(by ORDER BY version DESC) FILTER (WHERE to_state = 'checked'))[1] AS checker,
                (array_agg(by) FILTER (WHERE to_state = 'attested'))[1] AS attester
            FROM case_history WHERE from_state IS DISTINCT FROM to_state GROUP BY case_id
        ) AS told ON told.case_id = cases.id
        WHERE NOT coalesce(told.submitters <@ cases.submitters, false)
            OR told.checker = ANY (told.submitters) AND cases.checked_by IS NOT NULL
            OR told.checker IS DISTINCT FROM cases.checked_by AND cases.checked_by IS NOT NULL
            OR told.attester IS DISTINCT FROM cases.attested_by
            OR cases.attested_by = ANY (cases.submitters || cases.checkers)
            OR CAST(cases.person_id AS text) = ANY (cases.submitters || cases.checkers)
        """,
    ),
    Invariant(
        "nobody for whom a deputy attests has submitted or checked the case, or is the one it is about",
        """
        SELECT cases.id AS case_id
        FROM cases JOIN case_history told ON told.case_id = cases.id AND told.to_state = 'attested'
        WHERE told.acting_for IS NOT NULL
            AND CAST(told.acting_for AS text) = ANY (cases.submitters || cases.checkers || CAST(cases.person_id AS text))
        """,
    ),
    Invariant(
        "the history of a case leads to its state",
        """
        SELECT cases.id AS case_id
        FROM cases LEFT JOIN (
            SELECT case_id, count(*) AS moves, (array_agg(to_state ORDER BY version DESC))[1] AS state
            FROM case_history GROUP BY case_id
        ) AS told ON told.case_id = cases.id
        WHERE told.moves IS DISTINCT FROM cases.version OR told.state IS DISTINCT FROM cases.state
        """,
    ),
    Invariant(
        "a live education case rests on an active, verified record, or its reversal is due",
        """
        SELECT cases.id AS case_id
        FROM cases LEFT JOIN evidence ON evidence.case_id = cases.id AND evidence.record_id = cases.record_id
        WHERE cases.kind = 'education' AND cases.state NOT IN ('returned', 'reversed')
            AND NOT coalesce(
                (evidence.state = 'active' AND evidence.outcome = 'education-case' AND evidence.verified
                    AND evidence.degree = cases.degree AND evidence.person_id = cases.person_id)
                OR (evidence.state = 'reversal-due' AND cases.state = 'attested'),
                false)
        """,
    ),
    Invariant(
        "a case is reversed by one attested reversal, which takes back each of its entries",
        """
        SELECT coalesce(cases.id, back.reverses) AS case_id
        FROM (SELECT * FROM cases WHERE state = 'reversed') AS cases
        FULL JOIN (SELECT * FROM cases WHERE kind = 'reversal' AND state = 'attested') AS back ON back.reverses = cases.id
        WHERE cases.id IS NULL OR back.id IS NULL
            OR EXISTS (SELECT FROM entries e WHERE e.case_id = cases.id
                AND NOT EXISTS (SELECT FROM entries r WHERE r.reverses = e.id AND r.case_id = back.id))
        """,
    ),
    Invariant(
        "what an appeal was issued is attested, by two people who had not decided it before",
        """
        SELECT appeals.id AS appeal_id
        FROM appeals LEFT JOIN cases ON cases.id = appeals.issued_case
        WHERE (appeals.state = 'issued') <> (cases.id IS NOT NULL)
            OR appeals.state = 'issued' AND (cases.state NOT IN ('attested', 'reversed')
                OR cases.checked_by <> appeals.judged_by OR cases.attested_by <> appeals.issued_by)
            OR appeals.state IN ('granted', 'denied') AND EXISTS (
                SELECT FROM case_history h WHERE h.case_id = appeals.case_id AND h.version <= appeals.case_version
                    AND h.to_state IN ('checked', 'attested', 'returned') AND h.from_state <> h.to_state
                    AND h.by = ANY (appeals.judges)
            )
        """,
    ),
    Invariant(
        "a move of a case is as it was made",
        """
        SELECT case_id, version
        FROM (
            SELECT case_history AS whole, case_id, version, chain,
                lag(chain) OVER later AS before, row_number() OVER later AS place
            FROM case_history WINDOW later AS (PARTITION BY case_id ORDER BY version)
        ) AS told
        WHERE version <> place OR chain <> move_link(whole, before)
        """,
    ),
)
