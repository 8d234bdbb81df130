"""Courses and providers as training has told of them."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from common.events import Event
from common.store.tables import Stored
from contracts.events.training import CourseChanged, ProviderChanged
from roster.copies import Copy


class KnownCourse(Stored, table=True):
    """A course of the catalogue; whether it was on offer on a day, training judges."""

    __tablename__ = "courses"

    course_id: UUID = Field(primary_key=True)
    code: str = Field(index=True)
    provider_id: UUID
    title: str
    valid_from: date
    valid_to: date | None
    sequence: int = Field(sa_type=BigInteger)


class KnownProvider(Stored, table=True):
    """Who teaches."""

    __tablename__ = "providers"

    provider_id: UUID = Field(primary_key=True)
    code: str
    name: str
    sequence: int = Field(sa_type=BigInteger)


class Courses(Copy):
    """The copy of courses."""

    event: ClassVar[type[Event]] = CourseChanged


class Providers(Copy):
    """The copy of providers."""

    event: ClassVar[type[Event]] = ProviderChanged


COURSES = Courses(KnownCourse.table())
PROVIDERS = Providers(KnownProvider.table())
