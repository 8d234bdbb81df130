"""What becomes of the portal's rows when somebody is erased: they end by themselves, and are sealed until then (ADR 0033)."""

from roster.erasing import Erasing, Kept

ENDS = Kept("sealed, by keyed hashes alone, and deleted within a day of its beginning")

UNUSED = Kept(
    "sealed, by keyed hashes alone, and deleted a year after somebody last opened it; nobody can log in as them"
)

ERASING = Erasing({"sessions": ENDS, "parked_forms": ENDS, "sent_forms": ENDS, "saved_views": UNUSED}, kit=())
