"""The roles of callers: one list for all services, the local issuer and the right matrix tests.

A role is held only with the claims it needs. docs/architecture/http.md says who has which office, and
`deploy/keycloak` gives the same to people and programs; a test holds the three together.
"""

from common.web.principals import CallerRole, Callers

ROLES = {
    role.name: role
    for role in (
        CallerRole("lan", unbound=True),
        CallerRole("analis", unbound=True),
        CallerRole("agency_hr", needs=("agency",)),
        CallerRole("verifier", needs=("agency",)),
        CallerRole("validator", needs=("agency",)),
        CallerRole("provider", needs=("provider",)),
        CallerRole("person", needs=("person",)),
        CallerRole("inspector", needs=("agency",)),
        CallerRole("service", unbound=True),
        CallerRole("operator", unbound=True),
    )
}

CLAIMS = ("agency", "person", "provider", "connection")
CALLERS = Callers(ROLES, CLAIMS)
"""Whom every service knows."""


def named(*names: str) -> frozenset[CallerRole]:
    """The roles of these names. Raises KeyError for one that does not exist."""
    return frozenset(ROLES[name] for name in names)
