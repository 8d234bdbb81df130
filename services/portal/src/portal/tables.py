"""What the portal keeps: sessions, forms that wait for somebody to log in again, and which were sent. None names anybody."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field

from common.store.tables import Stored


class Session(Stored, table=True):
    """Somebody who is logged in at one browser."""

    __tablename__: ClassVar[str] = "sessions"

    id: bytes = Field(primary_key=True, description="hash of what the browser holds")
    whose: str = Field(index=True, description="keyed hash of the subject")
    issuer_session: str | None = Field(index=True, description="keyed hash of the issuer's own session")
    hat: str | None = Field(description="the role that they chose")
    acting: bytes | None = Field(default=None, description="for whom they act as a deputy, and in which role, sealed")
    sealed: bytes | None = Field(description="tokens and claims; none any more when the issuer gives no new ones")
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime = Field(index=True)


class ParkedForm(Stored, table=True):
    """What somebody had typed when their session had ended; theirs alone when they have logged in again."""

    __tablename__: ClassVar[str] = "parked_forms"

    id: bytes = Field(primary_key=True, description="hash of what the browser holds")
    whose: str = Field(description="keyed hash of the subject")
    sealed: bytes
    ends_at: datetime = Field(index=True)


class SentForm(Stored, table=True):
    """That a form was sent, or is on its way: the same is not done again."""

    __tablename__: ClassVar[str] = "sent_forms"

    id: str = Field(primary_key=True, description="keyed hash of who sent what")
    done: bool
    ends_at: datetime = Field(index=True)
