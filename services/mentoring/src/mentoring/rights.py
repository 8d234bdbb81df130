"""Who may do what in mentoring."""

from contracts.rights import Detail, Right

READ_PROGRAMMES = Right(
    ("lan", "service", "agency_hr", "agency_head", "programme_manager", "person", "inspector"),
    "all programmes",
    shared=True,
)
KEEP_PROGRAMMES = Right(("programme_manager",), "the programmes of their agency, of LAN for who runs LAN's")
APPLY = Right(("person",), "the one whose token it is, in any programme", shared=True)
READ_APPLICATIONS = Right(
    ("lan", "programme_manager", "person"),
    "a programme manager: those to programmes of their agency; a person: their own, in a programme they are in; all for a national role. Whom somebody "
    "will not be paired with is shown to them alone",
)
MATCH = Right(("programme_manager",), "the programmes of their agency")
READ_RUNS = Right(("lan", "programme_manager"), "the programmes of their agency; all for a national role")
OWN_PAIRS = Right(("person",), "the pairs they are or were one of")
READ_OWN_MATCH = Right(
    ("person",),
    "their own, of the newest run of which a pair was offered: nothing of a draft, and nobody but their mentor",
)
READ_PAIRS = Right(("lan", "programme_manager"), "the programmes of their agency; all for a national role")
DECLINES = Detail(("programme_manager",), "who declined a pair of their agency's programmes, and why")
KEEP_PAIRS = Right(("programme_manager",), "the programmes of their agency")
MEET = Right(("person",), "the pairs they are or were one of, since both have accepted")
READ_SESSIONS = Right(
    ("lan", "programme_manager", "person"),
    "a person: the pairs they are or were one of; a programme manager: those of programmes of their agency; all for a national "
    "role. What was agreed and talked about is for the two alone",
)
READ_HOURS = Right(("person",), "what was told of themselves")
JOIN_CIRCLES = Right(("person",), "the circles of all programmes: which there are, not who is in them", shared=True)
MEET_IN_CIRCLES = Right(
    ("person",), "the circles that they opened or have been in; of who was there, a mentee sees themselves"
)
READ_RECOGNITION = Right(("person",), "what they have done themselves")
READ_REPORT = Right(
    ("lan", "programme_manager"),
    "the programmes of their agency; all for a national role. What mentees say to nobody but their mentor is told of ten and more together",
)
READ_FLAGS = Right(
    ("lan", "programme_manager"),
    "the programmes of their agency, all for a national role; nobody those of a pair they are one of",
)
SETTLE_FLAGS = Right(
    ("programme_manager",), "the programmes of their agency, but not of a pair they are one of", decides=True
)
DRAW_AUDITS = Right(("programme_manager",), "the programmes of their agency")
READ_AUDITS = Right(("lan", "programme_manager"), "the programmes of their agency; all for a national role")
AUDIT = Right(("person",), "the sessions that were given to them to look into")
WRITE_NOTES = Right(("person",), "their own, about the pairs they are or were one of; nobody else reads them")
REPORT = Right(("person",), "what they have reported themselves, of the pairs they are or were one of")
HANDLE_REPORTS = Right(("person",), "the reports that went to them")
READ_NOTICES = Right(("person",), "what they were told themselves")
TALK = Right(("person",), "times that are free; the talks they have asked for or were asked for")
FOLLOW_JOBS = Right(("programme_manager",), "the jobs they have ordered", shared=True)
STATE_LEVELS = Right(("person",), "their own, and whose superior of today they are")
READ_PROFILES = Right(
    ("lan", "agency_hr", "person"), "whoever serves in their agency now; a person: their own; all for a national role"
)
