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
class Offices:
    """Names of ministries, institutions and units, and the words of invented regencies."""

    ministries: tuple[str, ...]
    institutions: tuple[str, ...]
    invented_first: tuple[str, ...]
    invented_second: tuple[str, ...]
    central_units: tuple[str, ...]
    regional_units: tuple[str, ...]


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
    """Words of names, names of posts, and the jenjang."""

    male: tuple[str, ...]
    female: tuple[str, ...]
    last: tuple[str, ...]
    keahlian: tuple[str, ...]
    keterampilan: tuple[str, ...]
    pelaksana: tuple[str, ...]
    structural: tuple[str, ...]
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
