"""What becomes of credit's rows when somebody is erased: the books keep every amount under their id, words go."""

from roster.erasing import BY_ID, NOBODY, Blanked, Erasing, Gone

CASES = "SELECT id FROM cases WHERE person_id = ANY(CAST(:people AS uuid[]))"

ERASING = Erasing(
    {
        "activations": NOBODY,
        "agencies": NOBODY,
        "appeals": Blanked({"grounds": "''", "answer": "NULL"}),
        "assignments": BY_ID,
        "balances": BY_ID,
        "booked_months": BY_ID,
        "case_history": Blanked({"reason": "NULL", "replaced": "replaced - 'evidence'"}, f"case_id IN ({CASES})"),
        "cases": Blanked(
            {"evidence": "NULL", "return_reason": "CASE WHEN return_reason IS NOT NULL THEN '' END", "paper": "NULL"}
        ),
        "conflicts": Gone("person_id = ANY(CAST(:people AS uuid[])) OR judge_id = ANY(CAST(:people AS uuid[]))"),
        "data_fixes": Blanked({"words": "''", "answer": "NULL", "fingerprint": "''"}),
        "deputies": BY_ID,
        "drafts": NOBODY,
        "educations": BY_ID,
        "entries": BY_ID,
        "established_posts": NOBODY,
        "evidence": Blanked({"title": "CASE WHEN title IS NOT NULL THEN '' END", "revocation": "NULL"}),
        "facts": Blanked({"paper": "NULL", "withdrawn_for": "CASE WHEN withdrawn_for IS NOT NULL THEN '' END"}),
        "former_numbers": Gone(),
        "part_decisions": BY_ID,
        "holdings": BY_ID,
        "paper_series": NOBODY,
        "papers": Blanked(
            {
                "token": "CAST(id AS text)",
                "name": "''",
                "official": "''",
                "said": "CAST('{}' AS jsonb)",
                "revocation": "CASE WHEN revocation IS NOT NULL THEN '' END",
            }
        ),
        "people": Blanked({"nip_hash": "''"}),
        "post_states": NOBODY,
        "posts": BY_ID,
        "promotions": BY_ID,
        "queue": BY_ID,
        "replay_changes": BY_ID,
        "replays": NOBODY,
        "reported_predicates": BY_ID,
        "restrictions": BY_ID,
        "second_checks": BY_ID,
        "segments": BY_ID,
        "statuses": BY_ID,
        "unit_states": NOBODY,
        "units": NOBODY,
        "waiting_times": NOBODY,
    },
    kit=(
        "outbox",
        "inbox",
        "waiting",
        "consumers",
        "letters",
        "idempotency",
        "jobs",
        "job_tries",
        "imports",
        "import_rows",
    ),
)
