"""Who may do what in notification."""

from contracts.rights import Right

READ = Right(
    ("lan", "analis", "operator", "service", "agency_hr", "agency_head", "pic", "inspector"),
    "rounds, and messages to PICs, of their agency; of their region for an analis; all for a national role; messages to "
    "people for `operator` alone, who is told of no number of people",
)
UNREACHED = Right(
    ("programme_manager",),
    "whom their agency's programmes have written to and who have no checked address; no address is shown",
)
RESEND = Right(("operator", "lan"), "messages to PICs of all agencies; to people for `operator` alone")
