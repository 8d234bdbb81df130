"""Who may do what in credit."""

from contracts.rights import Right

_THEIRS = "whoever serves in their agency now; all for a national role"
_READERS = ("lan", "analis", "service", "agency_hr", "agency_head", "verifier", "validator", "inspector", "person")

READ = Right(_READERS, f"{_THEIRS}; of their region for an analis; a person: their own")
READ_CREDIT = Right((*_READERS, "bkn"), f"{_THEIRS}; of their region for an analis; a person: their own")
READ_RULES = Right((*_READERS, "bkn", "programme_manager"), "all rule packs")
SUBMIT = Right(("agency_hr", "service"), f"{_THEIRS}; never their own case")
CHECK = Right(("verifier",), f"{_THEIRS}; never their own case, nor one they have submitted")
ATTEST = Right(("validator",), f"{_THEIRS}; never their own case, nor one they have submitted or checked")
SEND_BACK = Right(("verifier", "validator"), f"{_THEIRS}; never their own case")
