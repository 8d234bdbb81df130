"""What must always hold, as SQL: each statement finds what breaks it. `python -m mentoring check` runs them."""

from common.invariants import Invariant
from mentoring.people import PEOPLE

INVARIANTS = (
    *PEOPLE.invariants,
    Invariant(
        "whoever takes part is somebody who is known",
        "SELECT person_id FROM applications a WHERE NOT EXISTS (SELECT FROM people p WHERE p.person_id = a.person_id)",
    ),
    Invariant(
        "nobody is a mentee in two open programmes",
        "SELECT person_id FROM applications JOIN programmes ON id = programme_id"
        " WHERE side = 'mentee' AND withdrawn_at IS NULL AND state = 'open' GROUP BY person_id HAVING count(*) > 1",
    ),
    Invariant(
        "a run that is done has a result for each mentee, and as many with a mentor as it says",
        "SELECT id FROM matching_runs LEFT JOIN matching_results ON run_id = id GROUP BY id"
        " HAVING (coalesce(mentees, 0), coalesce(matched, 0), coalesce(total, 0))"
        " IS DISTINCT FROM (count(mentee_id), count(mentor_id), coalesce(sum(score), 0))",
    ),
    Invariant(
        "nobody mentors more than they have seats in the programme",
        "SELECT p.programme_id, p.mentor_id FROM pairs p JOIN applications a"
        " ON a.programme_id = p.programme_id AND a.person_id = p.mentor_id"
        " WHERE p.state = 'active' GROUP BY 1, 2 HAVING count(*) > min(a.seats)",
    ),
    Invariant(
        "a pair has begun where both have accepted",
        "SELECT id FROM pairs WHERE (begins_on IS NOT NULL) <> (num_nulls(mentee_accepted_at, mentor_accepted_at) = 0)",
    ),
    Invariant(
        "a declined pair says who declined, and no other does",
        "SELECT id FROM pairs LEFT JOIN declined_pairs d ON d.pair_id = id"
        " WHERE (state = 'declined') <> (d.pair_id IS NOT NULL)",
    ),
    Invariant(
        "a mentor takes at least one mentee, and no more than the programme has it",
        "SELECT person_id FROM applications JOIN programmes ON id = programme_id"
        " WHERE side = 'mentor' AND seats NOT BETWEEN 1 AND CAST(rules ->> 'seats' AS int)",
    ),
)
