"""What this service does with each of its tables, and so what its role may do: see `common.store.grants`."""

from common.store.grants import ADDED, CHANGED, REPLACED, Grants, blanked
from training.soundings.tables import PARTITIONS

GRANTS = Grants(
    {
        "audits": ADDED,
        "absences": REPLACED,
        "accreditations": REPLACED,
        "agencies": CHANGED,
        "agency_places": REPLACED,
        "assigned_courses": CHANGED,
        "assignments": REPLACED,
        "courses": CHANGED,
        "established_posts": CHANGED,
        "exemption_changes": blanked("reason"),
        "exemptions": CHANGED,
        "former_numbers": REPLACED,
        "holdings": REPLACED,
        "jp_ledger": CHANGED,
        "mentored_records": CHANGED,
        "nudges": ADDED,
        "people": CHANGED,
        "post_states": REPLACED,
        "posts": REPLACED,
        "providers": CHANGED,
        "published_totals": ADDED,
        "record_versions": blanked("state", "reason"),
        "records": CHANGED,
        "reported_records": CHANGED,
        "restrictions": CHANGED,
        "shortfalls": CHANGED,
        "sweep_agencies": ADDED,
        "sweeps": CHANGED,
        "unit_states": REPLACED,
        "units": CHANGED,
        # Checking, evidence, accreditation, plausibility, audits by lot.
        "accreditation_changes": ADDED,
        "checks": CHANGED,
        "deputies": CHANGED,
        "evidence_files": CHANGED,
        "record_flags": CHANGED,
        "record_samples": ADDED,
        "audited_records": CHANGED,
        # Classes.
        "class_attendance": CHANGED,
        "class_results": CHANGED,
        "class_sessions": REPLACED,
        "classes": CHANGED,
        "enrolments": CHANGED,
    },
    schemas=[PARTITIONS],
    # A sweep's partition is made by two functions of the owner: whoever serves makes no table (ADR 0008).
    functions=["open_partition(uuid)", "attach_partition(uuid)"],
)
