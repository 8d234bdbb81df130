"""The features of the portal, in the order of the menu."""

FEATURES = (
    "login",
    "home",
    "own",
    "points",
    "team",
    "head",
    "agency",
    "nation",
    "mentoring",
    "connections",
    "classes",
    "desk",
)
