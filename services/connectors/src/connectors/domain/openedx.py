"""What Open edX tells on its event bus: certificates that were given, changed or taken back, and whether somebody passes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.events import UnreadableEvent
from connectors.domain.payloads import NUMBER, Told, account

CREATED = "org.openedx.learning.certificate.created.v1"
CHANGED = "org.openedx.learning.certificate.changed.v1"
REVOKED = "org.openedx.learning.certificate.revoked.v1"
PASSING = "org.openedx.learning.course.passing.status.updated.v1"
TYPES = frozenset({CREATED, CHANGED, REVOKED, PASSING})
GIVEN = "downloadable"
"""The status of a certificate that somebody has."""


def news_of(kind: str, said: Mapping[str, Any], at: datetime, site: str) -> Told | None:
    """What a message tells of a finished course; None for what is no news of that. Raises UnreadableEvent.

    Somebody is named by their NIP where that is their user name, else by their address, as Open edX does in xAPI.
    """
    try:
        about = said["course_passing_status" if kind == PASSING else "certificate"]
        user, course = about["user"]["pii"], about["course"]
        agent = account(site, user["username"])
        if NUMBER.fullmatch(user["username"]) is None:
            agent = {"mbox": f"mailto:{user['email']}"}
        passed = about["is_passing"] if kind == PASSING else about["current_status"] == GIVEN
        key, title = str(course["course_key"]), str(course["display_name"]) or None
    except (KeyError, TypeError) as error:
        raise UnreadableEvent("not what its type says") from error
    if kind == PASSING:
        news = "finished" if passed else "failed"
    elif kind == REVOKED:
        news = "revoked"
    elif passed:
        news = "finished"
    else:
        return None
    return Told(news, agent, f"{site.rstrip('/')}/course/{key}", title, at, kind, "never")  # a run has a key of its own
