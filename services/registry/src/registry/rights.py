"""Who may do what in the registry."""

from contracts.rights import Detail, Right

READ_AGENCIES = Right(
    ("lan", "analis", "agency_hr", "agency_head", "pic", "inspector", "service"),
    "their agency, its units and PICs; those of their region for an analis; all for a national role",
)
READ_PEOPLE = Right(
    ("lan", "analis", "agency_hr", "agency_head", "pic", "inspector", "service", "steward"),
    "who serves in their agency, or served there on the day; of their region for an analis; whoever holds the position "
    "for its steward; all for a national role",
)
READ_NAMES = Right(
    (*READ_PEOPLE.roles, "verifier", "validator", "provider", "person"),
    "whom they may read; who serves in their agency for a verifier and a validator; a person: themselves and whoever is below them today, without NIP; "
    "whom another service has introduced to them, without NIP",
    asks=True,
)
READ_HISTORIES = Right(
    ("lan", "analis", "agency_hr", "agency_head", "inspector", "service"),
    "who serves in their agency; of their region for an analis; all for a national role",
)
READ_ONESELF = Right(("person",), "the one whose token it is")
LIST_AGENCIES_WITHOUT_PIC = Right(("lan", "analis"), "those of their region for an analis; all for a national role")
KEEP_AGENCIES = Right(("lan", "service"), "all agencies")
KEEP_PICS = Right(("lan", "service", "agency_hr"), "those of their agency; all for a national role")
KEEP_STRUCTURE = Right(("lan", "service", "agency_hr"), "units and posts of their agency; all for a national role")
KEEP_PEOPLE = Right(("agency_hr", "service"), "who serves in their agency, but for themselves; all for a service")
TRANSFER = Right(
    ("agency_hr", "service", "lan"), "who serves in their agency, but for themselves; all for a national role"
)
KEEP_CONTACTS = Right(("agency_hr", "service"), "who serves in their agency; all for a service")
KEEP_OWN_CONTACT = Right(("person",), "the one whose token it is")
READ_IDENTIFIERS = Right(
    ("lan", "agency_hr", "service"), "their agency, its units and who serves in it; all for a national role", asks=True
)
KEEP_IDENTIFIERS = Right(
    ("lan", "agency_hr", "service"),
    "the units of their agency and who serves in it, but for themselves; all, also agencies, for a national role",
)
NAME_DEPUTIES = Right(
    ("person", "agency_hr", "service"),
    "a person: their own duties; who serves in their agency, but for themselves; all for a service",
)
ASK_DATA = Right(("person", "agency_hr"), "their own; who serves in their agency, for a stated reason")
FOLLOW_REQUESTS = Right(("person", "agency_hr"), "their own; those of who serves in their agency")
ANSWER_REQUESTS = Right(
    FOLLOW_REQUESTS.roles,
    "their own, to withdraw or lift; those of who serves in their agency, but not their own, to grant or refuse",
    decides=True,
)
REFORM = Right(("lan", "service"), "all agencies")
ERASE = Right(("lan",), "whoever has left, but not themselves; consent is somebody else's than who has asked")
READ_STAKEHOLDERS = Right(READ_AGENCIES.roles, "all of them", shared=True)
KEEP_STAKEHOLDERS = Right(("lan",), "all of them")
FOLLOW_IMPORTS = Right(("agency_hr", "service", "lan"), "the spreadsheets they have sent")
FOLLOW_JOBS = Right(("lan", "service"), "the jobs they have ordered")

NIPS = Detail(
    ("agency_hr", "inspector", "service"),
    "the number of whoever serves in their agency, or served there on the day; of everybody for a service; anybody sees their own",
)
