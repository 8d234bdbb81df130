"""The features of the portal, in the order of the menu."""

FEATURES = (
    "login",
    "home",
    "own",
    "points",
    "data",
    "team",
    "head",
    "agency",
    "office",
    "nation",
    "views",
    "stakeholders",
    "mentoring",
    "connections",
    "classes",
    "desk",
    "help",
)
