"""Who may do what in mentoring."""

from contracts.rights import Right

READ_PROGRAMMES = Right(
    ("lan", "service", "agency_hr", "agency_head", "programme_manager", "person", "inspector"), "all programmes"
)
KEEP_PROGRAMMES = Right(("programme_manager",), "the programmes of their agency, of LAN for who runs LAN's")
APPLY = Right(("person",), "the one whose token it is")
READ_APPLICATIONS = Right(
    ("lan", "programme_manager", "person"),
    "a programme manager: those to programmes of their agency; a person: their own; all for a national role. Whom somebody "
    "will not be paired with is shown to them alone",
)
MATCH = Right(("programme_manager",), "the programmes of their agency")
READ_RUNS = Right(("lan", "programme_manager"), "the programmes of their agency; all for a national role")
READ_OWN_PAIRS = Right(("person",), "the pairs they are or were one of")
READ_PAIRS = Right(("lan", "programme_manager"), "the programmes of their agency; all for a national role")
KEEP_PAIRS = Right(("programme_manager",), "the programmes of their agency")
MEET = Right(("person",), "the pairs they are or were one of, since both have accepted")
READ_SESSIONS = Right(
    ("lan", "programme_manager", "person"),
    "a person: the pairs they are or were one of; a programme manager: those of programmes of their agency; all for a national "
    "role. What was agreed and talked about is for the two alone",
)
FOLLOW_JOBS = Right(("programme_manager",), "the jobs they have ordered")
STATE_LEVELS = Right(("person",), "their own, and whose superior of today they are")
READ_PROFILES = Right(
    ("lan", "agency_hr", "person"), "whoever serves in their agency now; a person: their own; all for a national role"
)
