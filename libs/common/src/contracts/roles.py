"""The roles of callers: one list for all services, the local issuer and the right matrix tests.

A role is held only with the claims it needs. docs/architecture/http.md says who has which office, and
`deploy/keycloak` gives the same to people and programs; a test holds the three together.
"""

from common.web.principals import CallerRole, Callers

ROLES = {
    role.name: role
    for role in (
        CallerRole("lan", unbound=True),
        CallerRole("analis", needs=("region",)),
        CallerRole("agency_hr", needs=("agency",)),
        CallerRole("agency_head", needs=("agency",)),
        CallerRole("pic", needs=("agency",), either=("person", "address")),
        CallerRole("verifier", needs=("agency",)),
        CallerRole("validator", needs=("agency",)),
        CallerRole("provider", needs=("provider",)),
        CallerRole("person", needs=("person",)),
        CallerRole("inspector", needs=("agency",)),
        CallerRole("steward", needs=("position",)),
        CallerRole("bkn", unbound=True),
        CallerRole("researcher"),
        CallerRole("intern"),
        CallerRole("programme_manager", needs=("agency",)),
        CallerRole("platform_admin", needs=("connection",)),
        CallerRole("service", unbound=True),
        CallerRole("operator", unbound=True),
    )
}

IDS = ("agency", "person", "provider", "connection", "address")
"""The claims that are an id; `address` is that of a checked one of a person who is in no registry."""
NAMES = ("region", "position")
"""The claims that are a name: a region as its agencies have it, a functional position as its holders have it."""
CLAIMS = IDS + NAMES
CALLERS = Callers(ROLES, IDS, NAMES)
"""Whom every service knows."""


def named(*names: str) -> frozenset[CallerRole]:
    """The roles of these names. Raises KeyError for one that does not exist."""
    return frozenset(ROLES[name] for name in names)
