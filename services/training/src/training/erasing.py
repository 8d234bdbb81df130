"""What becomes of training's rows when somebody is erased: hours and days stay under their id, words go."""

from roster.erasing import BY_ID, NOBODY, Blanked, Erasing, Gone, Kept

RECORDS = "SELECT id FROM records WHERE person_id = ANY(CAST(:people AS uuid[]))"
EXEMPTIONS = "SELECT id FROM exemptions WHERE person_id = ANY(CAST(:people AS uuid[]))"

ERASING = Erasing(
    {
        "absences": BY_ID,
        "accreditations": NOBODY,
        "agencies": NOBODY,
        "agency_places": NOBODY,
        "assigned_courses": BY_ID,
        "assignments": BY_ID,
        "audits": Kept("who of LAN looked into an agency, and why; of no person who has a record"),
        "courses": NOBODY,
        "established_posts": NOBODY,
        "exemption_changes": Blanked({"reason": "NULL"}, f"exemption_id IN ({EXEMPTIONS})"),
        "exemptions": Blanked({"ground": "'-'", "paper": "NULL"}),
        "former_numbers": Gone(),
        "holdings": BY_ID,
        "jp_ledger": BY_ID,
        "kept_counts": NOBODY,
        "mentored_records": BY_ID,
        "nudges": BY_ID,
        "people": Blanked({"nip_hash": "''"}),
        "post_states": NOBODY,
        "posts": BY_ID,
        "providers": NOBODY,
        "published_totals": NOBODY,
        "record_versions": Blanked(
            {"state": """state || '{"title": "", "evidence": null}'""", "reason": "NULL"},
            f"record_id IN ({RECORDS})",
        ),
        "records": Blanked({"title": "''", "evidence": "NULL"}),
        "reported_records": BY_ID,
        "restrictions": BY_ID,
        "shortfalls": BY_ID,
        "sweep_agencies": NOBODY,
        "sweeps": NOBODY,
        "unit_states": NOBODY,
        "units": NOBODY,
        # Checking, evidence, accreditation, plausibility, audits by lot.
        "accreditation_changes": Kept("who of LAN changed what a provider may give"),
        "checks": Blanked({"reason": "CASE WHEN reason IS NOT NULL THEN '' END"}, f"record_id IN ({RECORDS})"),
        "deputies": BY_ID,
        "evidence_files": Blanked({"name": "''", "sha256": "''", "kept_sha256": "''"}, f"record_id IN ({RECORDS})"),
        "record_samples": NOBODY,
        "audited_records": Blanked({"words": "CASE WHEN words IS NOT NULL THEN '' END"}, f"record_id IN ({RECORDS})"),
        "record_flags": Blanked(
            {name: f"CASE WHEN {name} IS NOT NULL THEN '' END" for name in ("answer", "reason")},
            f"record_id IN ({RECORDS})",
        ),
        # Classes.
        "certificate_series": NOBODY,
        # Nobody has an address any more at which it could be checked.
        "certificates": Blanked({"token": "CAST(id AS text)"}),
        "class_attendance": BY_ID,
        "class_evaluations": Blanked({"words": "NULL"}),
        "class_reflections": Blanked({"words": "''"}),
        "class_uses": Blanked({"words": "NULL"}),
        "class_results": Blanked({"name": "''"}),
        "class_sessions": NOBODY,
        "classes": NOBODY,
        "enrolments": BY_ID,
    },
    kit=("outbox", "inbox", "waiting", "consumers", "letters", "idempotency"),
)
