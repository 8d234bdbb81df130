"""Who may do what in connectors."""

from connectors.signing.credentials import ConnectionRight
from contracts.rights import Right

KEEP_CONNECTIONS = Right(("agency_hr", "provider"), "the connections of their agency, or of their provider")
READ_CONNECTIONS = Right(
    ("lan", "agency_hr", "provider", "platform_admin"),
    "those of their agency or provider; a platform: its own; all for a national role",
)
KEEP_CREDENTIALS = Right(
    ("agency_hr", "provider", "platform_admin"), "those of connections of their agency or provider; a platform: its own"
)
DECIDE_REPORTS = Right(
    ("agency_hr", "provider"),
    "those of connections of their agency or provider, but not of themselves",
    decides=True,
)
SEND_TRAININGS = Right(("agency_hr", "provider"), "whom training lets them record; what they have sent themselves")
SEND_PERFORMANCES = Right(
    ("agency_hr",), "whom credit lets them submit: who serves in their agency, but for themselves"
)
RECORD = ConnectionRight(
    ("platform_admin",), "what their own connection has sent, by its credentials (HTTP Basic) or by token"
)
KEEP_WEBHOOKS = Right(
    ("agency_hr", "provider", "platform_admin"),
    "those of their agency, and of the connections that are theirs",
)
READ_WEBHOOKS = Right(
    ("lan", "agency_hr", "provider", "platform_admin"),
    "those of their agency, and of the connections that are theirs; all for a national role",
)
READ_TOLD = Right(("person",), "those that were told of them")
READ_SIASN = Right(("agency_hr", "bkn"), "what was told of the people of their agency; all for a national role")
KEEP_SIASN = Right(("agency_hr",), "what was told of the people of their agency")
