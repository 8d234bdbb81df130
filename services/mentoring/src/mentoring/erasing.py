"""What becomes of mentoring's rows when somebody is erased: what they applied for and were said to know goes."""

from roster.erasing import BY_ID, NOBODY, Blanked, Erasing, Gone

THEIRS = "mentee_id = ANY(CAST(:people AS uuid[])) OR mentor_id = ANY(CAST(:people AS uuid[]))"
PAIRS = f"pair_id IN (SELECT id FROM pairs WHERE {THEIRS})"  # noqa: S608 - built of names in this code
SESSIONS = f"SELECT id FROM mentoring_sessions WHERE {PAIRS}"  # noqa: S608 - built of names in this code
CIRCLES = (
    "mentor_id = ANY(CAST(:people AS uuid[]))"
    " OR id IN (SELECT circle_id FROM circle_members WHERE person_id = ANY(CAST(:people AS uuid[])))"
)
MEETINGS = f"circle_id IN (SELECT id FROM circles WHERE {CIRCLES})"  # noqa: S608 - built of names in this code
TALKS = (
    "mentee_id = ANY(CAST(:people AS uuid[]))"
    " OR slot_id IN (SELECT id FROM talk_slots WHERE mentor_id = ANY(CAST(:people AS uuid[])))"
)

ERASING = Erasing(
    {
        "agencies": NOBODY,
        "agreements": Blanked({"goals": "'[]'", "plan": "''", "confidentiality": "''"}, PAIRS),
        "applications": Gone(),
        "assignments": BY_ID,
        "circle_attendances": BY_ID,
        "circle_meetings": Blanked(
            {
                "place": "NULL",
                "log": "NULL",
                "cancel_reason": "CASE WHEN cancel_reason IS NOT NULL THEN '' END",
            },
            MEETINGS,
        ),
        "circle_members": BY_ID,
        "circles": Blanked({"topic": "''"}, CIRCLES),
        "audit_samples": NOBODY,
        "audited_sessions": Blanked(
            {"words": "CASE WHEN words IS NOT NULL THEN '' END"}, f"session_id IN ({SESSIONS})"
        ),
        "completions": BY_ID,
        "confidants": Gone(),
        "declined_pairs": Blanked({"reason": "''"}, PAIRS),
        "established_posts": NOBODY,
        "feedback": Blanked({"levels": "'{}'"}, PAIRS),
        "former_numbers": Gone(),
        "holdings": BY_ID,
        "levels": Gone(),
        "matching_pairs": NOBODY,
        "matching_results": BY_ID,
        "matching_runs": BY_ID,
        "restrictions": BY_ID,
        "session_feedback": BY_ID,
        "session_files": Blanked({"name": "''", "sha256": "''"}, f"session_id IN ({SESSIONS})"),
        "mentoring_sessions": Blanked(
            {
                "place": "NULL",
                "log": "NULL",
                "actions": "'[]'",
                "cancel_reason": "CASE WHEN cancel_reason IS NOT NULL THEN '' END",
            },
            PAIRS,
        ),
        "mentor_offers": Gone(),
        "pair_changes": Blanked({"reason": "''"}, PAIRS),
        "pair_flags": Blanked({"reason": "CASE WHEN reason IS NOT NULL THEN '' END"}, PAIRS),
        "pairs": Blanked({"ended_reason": "CASE WHEN ended_reason IS NOT NULL THEN '' END"}, THEIRS),
        "people": Blanked({"nip_hash": "''"}),
        "post_states": NOBODY,
        "posts": BY_ID,
        "private_notes": Gone(PAIRS),
        "problem_reports": Blanked({"words": "''", "outcome": "CASE WHEN outcome IS NOT NULL THEN '' END"}, PAIRS),
        "programmes": NOBODY,
        "recognitions": BY_ID,
        "report_notices": Gone(),
        "tags": Gone(),
        "talk_slots": BY_ID,
        "told_applicants": BY_ID,
        "told_figures": BY_ID,
        "talks": Blanked({"topic": "''", "reason": "CASE WHEN reason IS NOT NULL THEN '' END"}, TALKS),
        "quiet_pairs": BY_ID,
        "thanks": Blanked({"words": "''"}, PAIRS),
        "trained": Gone(),
    },
    kit=("outbox", "inbox", "waiting", "consumers", "letters", "jobs", "job_tries"),
)
