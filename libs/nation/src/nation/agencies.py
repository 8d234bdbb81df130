"""Agencies, the offices they have, and the people in charge (PIC) who receive the digests."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count, islice, zip_longest
from typing import Literal

from nation.data import OFFICES, PLACES, Office

Kind = Literal["K", "L", "D"]

ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}

# Relative sizes: with the usual 7 % K, 5 % L and 88 % D, about a quarter of the people work in central
# agencies, as BKN counted on 1 November 2025 (1,348,170 of 5,588,245).
SIZES: dict[Kind, float] = {"K": 4.5, "L": 1.2, "D": 1.2}
PROVINCE_SIZE = 3.0
NOBODY_EVERY = 15


@dataclass(frozen=True)
class Pic:
    """A person in charge of an agency: language of the mails and IANA time zone."""

    rank: Literal["main", "deputy"]
    name: str
    email: str
    language: Literal["id", "en"]
    time_zone: str


@dataclass(frozen=True)
class Agency:
    """A ministry (K), an institution (L) or a regional government (D), with the offices it is divided into.

    `size` is its relative share of the people.
    """

    code: str
    name: str
    kind: Kind
    region: str
    zone: str
    offices: tuple[Office, ...]
    pics: tuple[Pic, ...]
    size: float


@dataclass(frozen=True)
class _Seat:
    kind: Kind
    name: str
    region: str
    zone: str
    size: float


def found(seed: int, agencies: int) -> tuple[Agency, ...]:
    """The agencies: about 7 % K, 5 % L and the rest D, as among the 606 of Indonesia.

    The last one and every fifteenth have nobody in charge: their digests have to wait.
    """
    dice = random.Random(f"agencies/{seed}")
    ministries = min(len(OFFICES.ministries), max(1, round(agencies * 0.07)))
    institutions = min(len(OFFICES.institutions), max(1, round(agencies * 0.05)))
    offices = chain(
        (_Seat("K", name, "DKI Jakarta", "Asia/Jakarta", SIZES["K"]) for name in OFFICES.ministries[:ministries]),
        (_Seat("L", name, "DKI Jakarta", "Asia/Jakarta", SIZES["L"]) for name in OFFICES.institutions[:institutions]),
        _regions(),
    )
    numbers = {"K": count(1), "L": count(1), "D": count(1)}
    return tuple(
        _agency(office, f"{office.kind}-{next(numbers[office.kind]):03d}", serial == agencies, serial, dice)
        for serial, office in enumerate(islice(offices, agencies), start=1)
    )


def _agency(seat: _Seat, code: str, last: bool, serial: int, dice: random.Random) -> Agency:
    own = OFFICES.lan if seat.name == "Lembaga Administrasi Negara" else OFFICES.central
    offices = OFFICES.regional if seat.kind == "D" else own
    return Agency(
        code=code,
        name=seat.name,
        kind=seat.kind,
        region=seat.region,
        zone=ZONES[seat.zone],
        offices=offices[: 5 + int(dice.random() * (len(offices) - 4))],
        pics=() if last or serial % NOBODY_EVERY == 0 else _pics(code, seat.zone, serial),
        size=seat.size * (0.6 + 0.8 * dice.random()),
    )


def _pics(code: str, zone: str, serial: int) -> tuple[Pic, ...]:
    """Main and deputy; one agency in eight reads English, one in seven has no deputy."""
    language = "en" if serial % 8 == 2 else "id"
    main = Pic("main", f"PIC Bangkom {code}", f"pic.{code.lower()}@instansi.example", language, zone)
    deputy = Pic("deputy", f"Wakil PIC Bangkom {code}", f"wakil.{code.lower()}@instansi.example", "id", zone)
    return (main,) if serial % 7 == 0 else (main, deputy)


def _regions() -> Iterator[_Seat]:
    """A province after every six regencies and cities, taken in turn from all provinces; at last invented ones."""
    real = [
        [
            *(
                _Seat("D", f"Pemerintah Kabupaten {name}", place.name, place.zone, SIZES["D"])
                for name in place.regencies
            ),
            *(_Seat("D", f"Pemerintah Kota {name}", place.name, place.zone, SIZES["D"]) for name in place.cities),
        ]
        for place in PLACES.provinces
    ]
    in_turn = (office for row in zip_longest(*real) for office in row if office)
    provinces = iter(PLACES.provinces)
    places = chain(in_turn, _invented())
    while True:
        for place in islice(provinces, 1):
            yield _Seat("D", f"Pemerintah Provinsi {place.name}", place.name, place.zone, PROVINCE_SIZE)
        yield from islice(places, 6)


def _invented() -> Iterator[_Seat]:
    for serial in count():
        first = OFFICES.invented_first[serial % len(OFFICES.invented_first)]
        second = OFFICES.invented_second[serial // len(OFFICES.invented_first) % len(OFFICES.invented_second)]
        ordinal = serial // (len(OFFICES.invented_first) * len(OFFICES.invented_second))
        place = PLACES.provinces[serial % len(PLACES.provinces)]
        name = f"Pemerintah Kabupaten {first} {second}" + (f" {ordinal + 1}" if ordinal else "")
        yield _Seat("D", name, place.name, place.zone, SIZES["D"])
