"""Who may do what in notification."""

from contracts.rights import Right

READ = Right(
    ("lan", "analis", "operator", "service", "agency_hr", "agency_head", "pic", "inspector"),
    "rounds and messages of their agency; of their region for an analis; all for a national role",
)
RESEND = Right(("operator", "lan"), "messages of all agencies")
