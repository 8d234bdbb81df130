"""What becomes of the registry's rows when somebody is erased: histories stay under their id, which names nobody."""

from roster.erasing import BY_ID, NOBODY, Blanked, Erasing, Gone, Kept

FILES = "SELECT id FROM data_files WHERE person_id = ANY(CAST(:people AS uuid[]))"
REQUESTS = "SELECT id FROM data_requests WHERE person_id = ANY(CAST(:people AS uuid[]))"

ERASING = Erasing(
    {
        "agencies": NOBODY,
        "agency_places": NOBODY,
        "assignments": BY_ID,
        "changes": BY_ID,
        "contact_changes": BY_ID,
        "contacts": Blanked(
            {
                "email": "NULL",
                "email_key": "NULL",
                "checked_at": "NULL",
                "check_id": "NULL",
                "check_email": "NULL",
                "check_token": "NULL",
                "check_expires_at": "NULL",
            }
        ),
        "data_parts": Gone(f"file_id IN ({FILES})"),
        "data_files": Blanked(
            {"state": "'erased'", "job_id": "NULL", "reason": "CASE WHEN reason IS NOT NULL THEN '' END"}
        ),
        "data_request_steps": Blanked({"reason": "NULL"}, f"request_id IN ({REQUESTS})"),
        "data_requests": Blanked(
            {"state": "CASE state WHEN 'open' THEN 'withdrawn' ELSE state END", "wrong": "''", "paper": "NULL"}
        ),
        "delegations": BY_ID,
        "educations": BY_ID,
        "erasure_answers": NOBODY,
        "erasures": Kept("who asked and consented, by which letter, of whose id: that it was lawful must be shown"),
        "grades": BY_ID,
        "holdings": BY_ID,
        "identified": BY_ID,
        "identifier_changes": BY_ID,
        "identifiers": Gone("subject_id = ANY(CAST(:people AS uuid[]))"),
        "looks": Blanked({"reason": "NULL"}, "person_ids && CAST(:people AS uuid[])"),
        "mended_numbers": Gone(),
        "nips": Gone(),
        "people": Blanked({"name": "''"}, "id = ANY(CAST(:people AS uuid[]))"),
        "pics": Kept("the PICs that an agency names; it replaces them itself"),
        "post_states": NOBODY,
        "posts": NOBODY,
        "promotions": Blanked({"decree": "''"}),
        "reform_answers": NOBODY,
        "reform_previews": NOBODY,
        "reforms": NOBODY,
        "restrictions": BY_ID,
        "stakeholders": NOBODY,
        "statuses": Blanked({"decree": "NULL"}),
        "successors": NOBODY,
        "tags": Blanked({"paper": "''"}),
        "unit_states": NOBODY,
        "units": NOBODY,
    },
    kit=("outbox", "inbox", "waiting", "consumers", "letters", "jobs", "job_tries", "imports", "import_rows"),
)
