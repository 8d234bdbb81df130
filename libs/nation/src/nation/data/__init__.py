"""The words and tables the nation is made of, typed."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@dataclass(frozen=True)
class Province:
    """A province, its IANA time zone, its regencies and cities."""

    name: str
    zone: str
    regencies: tuple[str, ...]
    cities: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    provinces: tuple[Province, ...]


@dataclass(frozen=True)
class Office:
    """A part of an agency, what its head is called, and the functional posts of experts and skilled staff in it."""

    name: str
    head: str
    experts: tuple[str, ...]
    skilled: tuple[str, ...]


@dataclass(frozen=True)
class Offices:
    """Names of ministries and institutions, the words of invented regencies, and what agencies are divided into.

    `topics` are what the small units of an office are for.
    """

    ministries: tuple[str, ...]
    institutions: tuple[str, ...]
    invented_first: tuple[str, ...]
    invented_second: tuple[str, ...]
    topics: tuple[str, ...]
    central: tuple[Office, ...]
    lan: tuple[Office, ...]
    regional: tuple[Office, ...]


@dataclass(frozen=True)
class Jenjang:
    """A level of functional posts with the golongan that fit it."""

    code: str
    name: str
    kategori: Literal["keterampilan", "keahlian"]
    golongan: tuple[str, ...]
    golongan_pppk: str


@dataclass(frozen=True)
class Society:
    """Words of names, what staff without a functional post are called, and the jenjang."""

    male: tuple[str, ...]
    female: tuple[str, ...]
    last: tuple[str, ...]
    pelaksana: tuple[str, ...]
    jenjang: tuple[Jenjang, ...]


@dataclass(frozen=True)
class Form:
    """A form of development: its share among smaller activities, the JP certificates state ("" = none), its length."""

    code: str
    title: str
    weight: int
    jp: tuple[str, ...]
    taught: bool
    days: int
    sessions: int = 1


@dataclass(frozen=True)
class Topic:
    title: str
    competence: str


@dataclass(frozen=True)
class School:
    """A provider and the forms it is accredited for."""

    name: str
    forms: tuple[str, ...]


@dataclass(frozen=True)
class Learning:
    forms: tuple[Form, ...]
    topics: tuple[Topic, ...]
    providers: tuple[School, ...]


def _read(name: str, kind: type[T]) -> T:
    return TypeAdapter(kind).validate_python(tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8")))


PLACES = _read("places.toml", Places)
OFFICES = _read("agencies.toml", Offices)
SOCIETY = _read("people.toml", Society)
LEARNING = _read("learning.toml", Learning)
