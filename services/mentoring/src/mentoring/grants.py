"""What this service does with each of its tables, and so what its role may do: see `common.store.grants`."""

from common.store.grants import ADDED, CHANGED, EDITED, REPLACED, Grants, blanked

GRANTS = Grants(
    {
        "agencies": CHANGED,
        "agreements": CHANGED,
        "applications": EDITED,
        "assignments": REPLACED,
        "circle_attendances": CHANGED,
        "circle_meetings": CHANGED,
        "circle_members": CHANGED,
        "circles": CHANGED,
        "completions": CHANGED,
        "confidants": REPLACED,
        "declined_pairs": blanked("reason"),
        "established_posts": CHANGED,
        "feedback": CHANGED,
        "former_numbers": REPLACED,
        "holdings": REPLACED,
        "levels": EDITED,
        "matching_results": ADDED,
        "matching_runs": CHANGED,
        "mentoring_sessions": CHANGED,
        "pair_changes": EDITED,
        "pairs": EDITED,
        "people": CHANGED,
        "post_states": REPLACED,
        "posts": REPLACED,
        "private_notes": EDITED,
        "problem_reports": CHANGED,
        "programmes": CHANGED,
        "quiet_pairs": ADDED,
        "session_files": CHANGED,
        "recognitions": CHANGED,
        "report_notices": REPLACED,
        "restrictions": CHANGED,
        "talk_slots": CHANGED,
        "talks": CHANGED,
        "thanks": CHANGED,
        "trained": REPLACED,
    }
)
