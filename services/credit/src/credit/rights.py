"""Who may do what in credit."""

from contracts.rights import Right

_THEIRS = "whoever serves in their agency now; all for a national role"

READ = Right(
    ("lan", "analis", "service", "agency_hr", "verifier", "validator", "inspector", "person"),
    f"{_THEIRS}; a person: their own",
)
SUBMIT = Right(("agency_hr", "service"), f"{_THEIRS}; never their own case")
CHECK = Right(("verifier",), f"{_THEIRS}; never their own case, nor one they have submitted")
ATTEST = Right(("validator",), f"{_THEIRS}; never their own case, nor one they have submitted or checked")
SEND_BACK = Right(("verifier", "validator"), f"{_THEIRS}; never their own case")
