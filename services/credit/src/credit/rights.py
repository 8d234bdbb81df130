"""Who may do what in credit."""

from contracts.rights import Right
from contracts.roles import ROLES
from roster.deputies import Delegable

_THEIRS = "whoever serves in their agency now; all for a national role"
_READERS = ("lan", "analis", "service", "agency_hr", "agency_head", "verifier", "validator", "inspector", "person")

READ = Delegable(
    _READERS,
    f"{_THEIRS}; of their region for an analis; a person: their own; a deputy: as the verifier or validator for whom they act",
    stood_in=("verifier", "validator"),
)
READ_CREDIT = Right(
    (*_READERS, "bkn", "steward"),
    f"{_THEIRS}; of their region for an analis; whoever holds the position for its steward; a person: their own",
)
READ_RULES = Right((*_READERS, "bkn", "programme_manager"), "all rule packs", shared=True)
SUBMIT = Right(("agency_hr", "service"), f"{_THEIRS}; never their own case")
_DEPUTY = "a deputy: as the one for whom they act, and neither of the two ever"
CHECK = Delegable(
    ("verifier",), f"{_THEIRS}; never their own case, nor one they have submitted; {_DEPUTY}", decides=True
)
ATTEST = Delegable(
    ("validator",),
    f"{_THEIRS}; never their own case, nor one they have submitted or checked; {_DEPUTY}",
    decides=True,
)
QUEUE = Delegable(
    ("verifier", "validator"),
    f"{_THEIRS}: what was submitted for a verifier, what was checked for a validator; never their own case; {_DEPUTY}",
    decides=True,
)
READ_WAITING_TIMES = Right(
    tuple(ROLES), "the waiting times of every agency, where there are enough people to know nobody by them", shared=True
)
READ_AGES = Right(
    ("lan", "analis", "agency_hr", "agency_head", "verifier", "validator", "inspector"),
    "figures of their agency; of their region for an analis; all for a national role; each reads the cases behind them, and who decided",
)
READ_ASSESSORS = Right(("person",), "whose superior of today is the one whose token it is, and nobody else's")
APPEAL = Right(("person",), "a person: what was decided of their own case")
JUDGE_APPEALS = Delegable(
    ("validator", "agency_head"),
    f"{_THEIRS}: objections for a validator, appeals for the head; never their own case, nor one they have submitted or decided; {_DEPUTY}",
    decides=True,
)
ASK_FIX = Right(("person", "agency_hr"), "a person: their own data; HR: whoever serves in their agency now")
REFUSE_FIX = Right(("agency_hr",), f"{_THEIRS}; never their own", decides=True)
READ_AGREEMENT = Right(
    ("lan", "analis", "inspector", "agency_head"),
    "figures of their agency; of their region for an analis; all for a national role; each reads the cases behind them, and who decided",
)
READ_INDEXES = Right(
    ("lan", "analis", "bkn", "inspector", "agency_head", "agency_hr"),
    "figures of their agency; of their region for an analis; all for a national role; of no small group but for HR and the head",
)
DECLARE_CONFLICT = Right(("verifier", "validator"), "themselves, with whoever serves in their agency now", decides=True)
SEND_BACK = Delegable(("verifier", "validator"), f"{_THEIRS}; never their own case; {_DEPUTY}", decides=True)
ISSUE = Delegable(("validator",), f"{_THEIRS}; never a paper of their own; {_DEPUTY}", decides=True)
TRY = Right(("agency_hr", "service", "person"), f"{_THEIRS}; a person: their own", asks=True)
AUDIT = Right(("inspector",), _THEIRS)
DRAFT = Right(("lan",), "all", shared=True)
ENACT = Right(("lan",), "all but those that they have loaded themselves", shared=True)
