"""What becomes of notification's rows when somebody is erased: letters to them go whole, with every try."""

from roster.erasing import BY_ID, NOBODY, Blanked, Erasing, Gone, Kept

WITH_IT = Kept("goes with its message")

ERASING = Erasing(
    {
        "agencies": Kept("the PICs that an agency names; it replaces them itself"),
        "attachments": WITH_IT,
        "attempts": WITH_IT,
        "resends": WITH_IT,
        "messages": Gone(),
        "contacts": Blanked({"name": "''", "email": "NULL", "check_id": "NULL", "check_email": "NULL"}),
        "deputies": BY_ID,
        "digests": NOBODY,
        "listed_people": BY_ID,
        "pages": NOBODY,
        "resolutions": BY_ID,
        "restrictions": BY_ID,
        "rounds": NOBODY,
    },
    kit=("outbox", "inbox", "waiting", "consumers", "letters"),
)
