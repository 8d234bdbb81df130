"""What becomes of mentoring's rows when somebody is erased: what they applied for and were said to know goes."""

from roster.erasing import BY_ID, NOBODY, Blanked, Erasing, Gone

ERASING = Erasing(
    {
        "agencies": NOBODY,
        "applications": Gone(),
        "assignments": BY_ID,
        "established_posts": NOBODY,
        "former_numbers": Gone(),
        "holdings": BY_ID,
        "levels": Gone(),
        "matching_results": BY_ID,
        "matching_runs": BY_ID,
        "people": Blanked({"nip_hash": "''"}),
        "post_states": NOBODY,
        "posts": BY_ID,
        "programmes": NOBODY,
    },
    kit=("outbox", "inbox", "waiting", "jobs", "job_tries"),
)
