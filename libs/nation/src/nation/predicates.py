"""Performance ratings (predikat kinerja) of people in functional posts."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from nation.people import FUNCTIONAL_SHARE, Person

OWN_DICE = 2 << 56  # random numbers apart from those of the person and of what it learns
PERIODIC_SHARE = 0.15  # of those rated for the year: rated in between, too

# Hasil kerja, perilaku and the predikat they give (reference.json, predikat_matrix); a hundred equally likely.
ABOVE, MEETS, BELOW = "di_atas_ekspektasi", "sesuai_ekspektasi", "di_bawah_ekspektasi"
RATINGS = (
    *[(ABOVE, ABOVE, "sangat_baik")] * 22,
    *[(MEETS, MEETS, "baik")] * 50,
    *[(ABOVE, MEETS, "baik")] * 12,
    *[(MEETS, ABOVE, "baik")] * 8,
    *[(BELOW, MEETS, "butuh_perbaikan")] * 5,
    *[(MEETS, BELOW, "kurang")] * 2,
    *[(BELOW, BELOW, "sangat_kurang")] * 1,
)


class Predicate(NamedTuple):
    """A rating for the whole months from `start` to `end`, both included."""

    start: date
    end: date
    hasil_kerja: str
    perilaku: str
    predikat: str


def predicates(seed: int, person: Person, year: int, share: float) -> Iterator[Predicate]:
    """The annual rating of the year before `year` for `share` of all people, for some a periodic one before it.

    Only whole months in service. The months of a periodic rating are in the annual one again, as they are in
    life: they count once.
    """
    if person.jenjang is None or person.joined_on.year >= year:
        return
    roll = random.Random(seed << 64 | OWN_DICE | person.number).random
    if roll() >= share / FUNCTIONAL_SHARE:
        return
    start = max(person.joined_on, date(year - 1, 1, 1))
    closed = [day for month in (3, 5, 7) if (day := date(year - 1, month, 1)) > start]
    if closed and roll() < PERIODIC_SHARE:
        end = closed[int(roll() * len(closed))] - timedelta(days=1)
        yield Predicate(start, end, *RATINGS[int(roll() * len(RATINGS))])
    yield Predicate(start, date(year - 1, 12, 31), *RATINGS[int(roll() * len(RATINGS))])
