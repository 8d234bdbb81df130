"""What becomes of the portal's rows when somebody is erased: they end by themselves, and are sealed until then."""

from roster.erasing import Erasing, Kept

ENDS = Kept("sealed, by keyed hashes alone, and deleted within a day of its beginning")

ERASING = Erasing({"sessions": ENDS, "parked_forms": ENDS}, kit=())
