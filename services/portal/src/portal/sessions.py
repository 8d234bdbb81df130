"""Sessions: begun at log-in under a new name, renewed while the issuer gives tokens, and ended.

The browser holds a random name; we keep its hash, and what is in a session sealed.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from common.web.principals import Principal
from contracts.roles import CLAIMS, IDS, named
from portal.tables import ParkedForm, Session

SESSIONS, PARKED_FORMS = Session.table(), ParkedForm.table()
TOUCH = timedelta(minutes=1)
"""How old `seen_at` may be: not every look at a page is worth a write."""
REMEMBERED = timedelta(days=1)
"""For how long we know afterwards whose an ended session was, so that what they had typed can wait for them."""
PARKED = timedelta(hours=1)


@dataclass(frozen=True)
class Acting:
    """That somebody acts for another, as their deputy in the duty of a role."""

    person: str
    role: str
    name: str

    def said(self) -> dict[str, str]:
        """As JSON, to be sealed."""
        return {"person": self.person, "role": self.role, "name": self.name}


@dataclass(frozen=True)
class Signed:
    """Somebody who is logged in: by which tokens, in which hat."""

    cookie: str = field(repr=False)
    whose: str
    principal: Principal
    name: str
    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    identity: str = field(repr=False)
    good_until: datetime
    hat: str
    seen_at: datetime
    acting: Acting | None = None

    @property
    def hats(self) -> list[str]:
        """The roles they may wear, in the order of their names."""
        return sorted(self.principal.roles)


@dataclass(frozen=True)
class Tokens:
    """What the issuer gives at log-in, and again when it renews."""

    principal: Principal
    name: str
    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    identity: str = field(repr=False)
    good_until: datetime
    issuer_session: str | None = None

    def said(self) -> dict[str, Any]:
        """As JSON, to be sealed."""
        claims = {name: str(value) for name, value in self.principal.claims.items()}
        return {
            "subject": self.principal.subject,
            "roles": sorted(self.principal.roles),
            "claims": claims,
            "name": self.name,
            "access": self.access,
            "refresh": self.refresh,
            "identity": self.identity,
            "good_until": self.good_until.isoformat(),
        }


def key_of(cookie: str) -> bytes:
    """By which a session or a parked form is found."""
    return hashlib.sha256(cookie.encode()).digest()


async def begin(
    session: AsyncSession,
    now: datetime,
    longest: timedelta,
    *,
    whose: str,
    issuer_session: str | None,
    sealed: bytes,
    old: str | None,
) -> str:
    """A session under a name that nobody has had before; the one that the browser had before, if any, is gone.

    Returns what the browser is to hold.
    """
    await session.execute(
        delete(SESSIONS).where(or_(SESSIONS.c.ends_at < now - REMEMBERED, SESSIONS.c.id == key_of(old or "")))
    )
    await session.execute(delete(PARKED_FORMS).where(PARKED_FORMS.c.ends_at < now))
    cookie = secrets.token_urlsafe(32)
    session.add(
        Session(
            id=key_of(cookie), whose=whose, issuer_session=issuer_session, hat=None, sealed=sealed,
            begun_at=now, seen_at=now, ends_at=now + longest,
        )
    )  # fmt: skip
    return cookie


def read(cookie: str, row: Session, said: Mapping[str, Any], acting: Mapping[str, str] | None) -> Signed:
    """Who a session is of. Who acts for another wears that one's hat."""
    claims = {name: UUID(value) if name in IDS else value for name, value in said["claims"].items() if name in CLAIMS}
    principal = Principal(said["subject"], named(*said["roles"]), claims)
    own = row.hat if row.hat in principal.roles else min(principal.roles, default="")
    return Signed(
        cookie=cookie,
        whose=row.whose,
        principal=principal,
        name=said["name"],
        access=said["access"],
        refresh=said["refresh"],
        identity=said["identity"],
        good_until=datetime.fromisoformat(said["good_until"]).astimezone(UTC),
        hat=acting["role"] if acting else own,
        seen_at=row.seen_at,
        acting=Acting(**acting) if acting else None,
    )


async def found(session: AsyncSession, cookie: str, *, lock: bool = False) -> Session | None:
    """The session of a browser, ended or not."""
    query = select(Session).where(SESSIONS.c.id == key_of(cookie))
    return await session.scalar(query.with_for_update() if lock else query)


async def change(session: AsyncSession, cookie: str, **values: Any) -> None:
    """Puts values into a session."""
    await session.execute(update(SESSIONS).where(SESSIONS.c.id == key_of(cookie)).values(**values))


async def end(session: AsyncSession, cookie: str) -> None:
    """Ends the session of a browser."""
    await session.execute(delete(SESSIONS).where(SESSIONS.c.id == key_of(cookie)))


async def end_of(session: AsyncSession, *, whose: str | None, issuer_session: str | None) -> None:
    """Ends what the issuer says is over: one of its own sessions, or else all of a subject."""
    which = SESSIONS.c.issuer_session == issuer_session if issuer_session else SESSIONS.c.whose == whose
    await session.execute(delete(SESSIONS).where(which))


async def park(session: AsyncSession, now: datetime, whose: str, sealed: bytes) -> str:
    """Keeps what somebody has typed until they have logged in again; returns the name by which it is found."""
    name = secrets.token_urlsafe(16)
    session.add(ParkedForm(id=key_of(name), whose=whose, sealed=sealed, ends_at=now + PARKED))
    return name


async def parked(session: AsyncSession, now: datetime, name: str, whose: str) -> bytes | None:
    """What they, and nobody else, had typed."""
    query = select(PARKED_FORMS.c.sealed).where(
        PARKED_FORMS.c.id == key_of(name),
        PARKED_FORMS.c.whose == whose,
        PARKED_FORMS.c.ends_at > now,
    )
    return await session.scalar(query)
