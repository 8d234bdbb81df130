"""Who may read rounds and messages: LAN all of them, an agency its own."""

READERS = ("lan", "analis", "operator", "service", "agency_hr", "inspector")
