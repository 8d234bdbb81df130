"""Random people for matches, as lopsided as real ones: few mentors, clustered regions, levels that follow jenjang."""

import random
from collections.abc import Sequence
from uuid import UUID

from mentoring.domain.matching.pairs import Case
from mentoring.domain.matching.people import Mentee, Mentor
from mentoring.domain.programmes import Rules

REGIONS = {"Jawa Barat": "WIB", "DKI Jakarta": "WIB", "Bali": "WITA", "Papua": "WIT"}
FAMILIES = ("analis kebijakan", "perencana", "auditor", "widyaiswara", "pranata komputer")
COMPETENCIES = ("menulis", "analisis", "memimpin", "negosiasi", "data", "anggaran", "hukum", "layanan")
HALVES = tuple(f"{day}-{half}" for day in ("mon", "tue", "wed", "thu", "fri") for half in ("am", "pm"))


def made(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128))


def some(chance: random.Random, many: Sequence[str], most: int) -> list[str]:
    return chance.sample(many, chance.randint(1, most))


def taker(chance: random.Random, person_id: UUID, jenjang: str, agencies: Sequence[UUID], strong: bool) -> dict:
    region = chance.choice(tuple(REGIONS))
    return {
        "id": person_id,
        "jenjang": jenjang,
        "family": chance.choice(FAMILIES),
        "agency_id": chance.choice(agencies),
        "region": region,
        "zone": REGIONS[region],
        "levels": {
            name: chance.randint(3, 5) if strong else chance.randint(1, 3) for name in some(chance, COMPETENCIES, 5)
        },
        "languages": chance.choice([frozenset({"id"})] * 8 + [frozenset({"id", "en"}), frozenset({"en"})]),
        "meets": chance.choice([frozenset({"online", "onsite"})] * 2 + [frozenset({"online"}), frozenset({"onsite"})]),
        "free": frozenset(some(chance, HALVES, 6) if chance.random() < 0.8 else ()),
    }


def case(chance: random.Random, mentees: int, mentors: int, seats: int, **rules) -> Case:
    """Every tenth mentor stands above some mentees, some will not have each other, some wish for each other."""
    agencies = [made(chance) for _ in range(max(2, mentees // 50))]
    ids = [made(chance) for _ in range(mentees)], [made(chance) for _ in range(mentors)]

    def few(side: int) -> list[UUID]:
        return chance.sample(ids[side], min(len(ids[side]), chance.choice([0, 0, 0, 0, 1, 2])))

    return Case(
        [
            Mentee(
                **taker(chance, each, chance.choice(["ahli_muda"] * 3 + ["ahli_pertama"]), agencies, strong=False),
                goals=dict.fromkeys(some(chance, COMPETENCIES, 2), 4),
                above=frozenset(few(1)),
                avoids=frozenset(few(1)),
                wishes=tuple(few(1)),
            )
            for each in ids[0]
        ],
        [
            Mentor(
                **taker(
                    chance, each, chance.choice(["ahli_madya"] * 4 + ["ahli_utama", "ahli_muda"]), agencies, strong=True
                ),
                above=frozenset(few(0)),
                avoids=frozenset(few(0)),
                wishes=tuple(few(0)),
                seats=chance.randint(0 if seats < 3 else 1, seats),
                load=chance.randint(0, 2),
            )
            for each in ids[1]
        ],
        Rules(**rules),
    )
