"""What the pages of a round have brought so far, agency by agency."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric
from sqlmodel import Field

from common.store.tables import Stored

HOURS = Numeric(12, 3)


class Round(Stored, table=True):
    """One sweep of all agencies; or what was reopened in one agency's closed period until its notice was sent.

    `sweep_id` is the sweep whose shortfalls it speaks of. The round of a sweep has the same id.
    """

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint("kind IN ('sweep', 'reopened')", name="kind"),
        Index(None, "opened_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    sweep_id: UUID
    kind: str
    year: int
    period: int
    as_of: date
    opened_at: datetime


class Digest(Stored, table=True):
    """What one agency is told in one round.

    `notice_id` is the round whose mails tell of it: its own for a sweep, while reopenings that come
    together share one. Nobody says how many pages a reopening will have: its `short_total` is null,
    and its `pages` are those that have come in.

    By the pages, `listed` people owed `owed` hours; `resolved` of them have caught up since, and had
    owed `redeemed`. State: `collecting` pages; `waiting` for somebody to write to (`reason`);
    `ready`, its mails are made; `met`, everybody had caught up before there was a mail.
    """

    __tablename__ = "digests"
    __table_args__ = (
        CheckConstraint("state IN ('collecting', 'waiting', 'ready', 'met')", name="state"),
        CheckConstraint("(state = 'waiting') = (reason IS NOT NULL)", name="reason"),
        Index(None, "agency_id"),
        Index(None, "notice_id", "agency_id"),
    )

    round_id: UUID = Field(primary_key=True, foreign_key="rounds.id")
    agency_id: UUID = Field(primary_key=True, foreign_key="agencies.agency_id")
    notice_id: UUID
    pages: int
    pages_in: int
    people_total: int
    short_total: int | None
    listed: int
    owed: Decimal = Field(sa_type=HOURS)
    resolved: int
    redeemed: Decimal = Field(sa_type=HOURS)
    state: str
    reason: str | None
    decided_at: datetime | None


class DigestPage(Stored, table=True):
    """A page of a digest that came in; `traceparent` leads back to what made it."""

    __tablename__ = "pages"
    __table_args__ = (ForeignKeyConstraint(["round_id", "agency_id"], ["digests.round_id", "digests.agency_id"]),)

    round_id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(primary_key=True)
    page: int = Field(primary_key=True)
    event_id: UUID = Field(unique=True)
    traceparent: str | None


class ListedPerson(Stored, table=True):
    """Somebody whom a page lists, with the hours due by now and those missing; neither name nor NIP.

    The key begins with the sweep: by one index a resolution finds its person, and a digest its people.
    """

    __tablename__ = "listed_people"

    sweep_id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    round_id: UUID = Field(primary_key=True)
    unit_id: UUID | None
    unit_name: str | None
    due: Decimal = Field(sa_type=Numeric(8, 3))
    missing: Decimal = Field(sa_type=Numeric(8, 3))


class Resolution(Stored, table=True):
    """The newest that is known of a person of a sweep: caught up, or short again. `version` is their shortfall's."""

    __tablename__ = "resolutions"

    sweep_id: UUID = Field(primary_key=True)
    agency_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    resolved: bool
    version: int
