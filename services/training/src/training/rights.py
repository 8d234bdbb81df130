"""Who may do what in training."""

from contracts.acting import SENDERS
from contracts.rights import Right
from roster.deputies import Delegable

READ_CATALOGUE = Right(
    (
        "lan",
        "analis",
        "service",
        "agency_hr",
        "agency_head",
        "pic",
        "verifier",
        "validator",
        "provider",
        "person",
        "inspector",
        "programme_manager",
    ),
    "all providers, courses and rule packs",
    shared=True,
)
KEEP_PROVIDERS = Right(("lan", "service"), "all providers; LAN alone changes what they are accredited for")
KEEP_COURSES = Right(("lan", "service", "provider"), "a provider: its own courses; all for a national role")
SEND_TRAININGS = Right(
    SENDERS,
    "an agency: whoever was its own on the last day; a provider: its own trainings, whoever attended; a person: their "
    "own, self-declared; a service: everybody. Corrections and revocations alike",
)
VERIFY_TRAININGS = Right(("agency_hr", "service"), "self-declared records of their agency, but not their own")
READ_TRAININGS = Right(
    (*SENDERS, "lan", "analis", "agency_head", "inspector", "steward", "platform_admin"),
    "an agency: whoever is its own now, and what ended while they were; an analis: as the agencies of their region; "
    "a steward: of whoever holds the position; a provider: its own trainings; a platform: what its connection has sent; a "
    "person: their own; all for a national role",
)
READ_JP = Right(
    ("lan", "analis", "service", "agency_hr", "agency_head", "pic", "inspector", "steward", "person"),
    "whoever serves in their agency now; of their region for an analis; whoever holds the position for its steward; a "
    "person: their own; all for a national role",
)
READ_JP_OF_AGENCY = Right(
    ("lan", "analis", "service", "agency_hr", "agency_head", "pic", "inspector"),
    "their agency; those of their region for an analis; all for a national role",
)
ASK_EXEMPTIONS = Right(("person", "agency_hr"), "a person: their own; an agency: whoever serves in it now")
DECIDE_EXEMPTIONS = Right(
    ("agency_hr",),
    "whoever serves in their agency now, but not their own; what they asked for or entered they may end, not decide",
    decides=True,
)
READ_EXEMPTIONS = Right(
    ("lan", "service", "agency_hr", "inspector", "person"),
    "whoever serves in their agency now; a person: their own; all for a national role. The paper, and a ground that is "
    "specific data, are shown to the person and to their agency's HR alone",
)
READ_DUTY_COUNTS = Right(
    ("lan", "analis", "service", "agency_hr", "agency_head", "pic", "inspector", "steward"),
    "their agency; those of their region for an analis; whoever held the position on the day for its steward; all for a "
    "national role; each reads the people behind a count by name, so none is hidden",
)
READ_DUTY_PEOPLE = Right(
    (*READ_DUTY_COUNTS.roles, "person"),
    "who served in their agency on the day; in those of their region for an analis; whoever held the position then for "
    "its steward; all for a national role; a person: whoever is below them today. A person, a steward and a PIC read "
    "of whoever is exempt nothing but until when",
)
OPEN_AUDITS = Right(("lan", "analis"), "in the agencies of their region for an analis; in all for a national role")
READ_AUDITS = Right(
    ("lan", "analis", "agency_hr", "agency_head", "inspector"),
    "those in their agency; of their region for an analis; all for a national role",
)
READ_SOUNDINGS = Right(
    ("lan", "analis", "service", "agency_hr", "agency_head", "pic", "verifier", "inspector"),
    "their agency; those of their region for an analis; all for a national role; each reads who is short by name",
)
READ_OWN_SHORTFALLS = Right(("person",), "the one whose token it is")
READ_TEAM = Right(("person",), "whose superior of today is the one whose token it is, and the tree below them")
READ_OWN_COURSES = Right(("person",), "the one whose token it is")
ASSIGN_COURSES = Right(("person",), "whose superior of today is the one whose token it is, and the tree below them")
NUDGE = Right(
    ("person",),
    "who is short among those whose superior of today is the one whose token it is, and the tree below them",
)

# Checking, evidence, accreditation, plausibility, audits by lot.
CHECK_TRAININGS = Delegable(
    ("verifier",),
    "unverified records of their agency, but not their own nor what they have sent; a deputy: those of the person they act for",
    decides=True,
)
ADD_EVIDENCE = Right(
    SENDERS,
    "a person: their own records; others: those they may correct",
)
READ_EVIDENCE = Right(
    ("agency_hr", "person"),
    "a person: their own records; an agency: those of whoever is its own now, and what ended while they were. A verifier "
    "opens what proves a record in their hands",
)
READ_ACCREDITATION_CHANGES = Right(("lan",), "all providers")
READ_RECORD_FLAGS = Right(
    ("agency_hr", "verifier", "person"),
    "a person: those of their own records; an agency: of whoever is its own now, and of what ended while they were",
)
ANSWER_RECORD_FLAGS = Right(("person",), "those of their own records")
SETTLE_RECORD_FLAGS = Right(
    ("agency_hr", "verifier"),
    "those of whoever is their agency's own now, and of what ended while they were; never their own",
    decides=True,
)
AUDIT_RECORDS = Right(("person",), "the records that were given to them to look into, and what proves these")
# Classes.
GIVE_CLASSES = Right(("provider", "service"), "a provider: its own classes; all for a national role")
ENROL = Right(
    ("provider", "service", "agency_hr", "person"),
    "a provider: anybody in its own classes; an agency: whoever serves in it now; a person: themselves; a service: everybody",
)
READ_CLASS_PEOPLE = Right(
    ("provider", "lan", "service", "agency_hr", "person"),
    "a provider: who is in its own classes; an agency: whoever serves in it now; a person: themselves; all for a national role",
)
READ_AGENCY_CLASSES = Right(("agency_hr",), "their agency")
READ_CERTIFICATES = Right(
    ("provider", "lan", "service", "agency_hr", "person"),
    "as the records that they are of: a provider its own; an agency whoever is its own; a person their own; all for a national role",
)
READ_TRANSCRIPT = Right(("person",), "the one whose token it is")
SAY_OF_CLASSES = Right(("person",), "classes in which the one was whose token it is")
READ_CLASS_FEEDBACK = Right(
    ("provider", "lan", "service"),
    "a provider: of its own classes; all for a national role. Of nobody by themselves, and from five answers on",
)
READ_OWN_CLASSES = Right(("person",), "the one whose token it is")
