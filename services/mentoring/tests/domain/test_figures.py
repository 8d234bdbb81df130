"""Whatever is read of a report on two days differs by what ten people and more have said, or not at all."""

from decimal import Decimal
from uuid import UUID

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mentoring.domain.figures import Sum, to_tell
from mentoring.domain.pairs import LEAST

PEOPLE = [UUID(int=number) for number in range(25)]
said = st.dictionaries(
    st.tuples(st.sampled_from(["helped", "goals"]), st.sampled_from(PEOPLE)),
    st.builds(Sum, st.integers(1, 3), st.integers(0, 5).map(Decimal)),
    max_size=50,
)


def of_all(people: list[UUID]) -> dict:
    return {("helped", each): Sum(1, Decimal(4)) for each in people}


@settings(max_examples=200, deadline=None)
@given(days=st.lists(said, min_size=1, max_size=5))
@example(days=[of_all(PEOPLE[:9]), of_all(PEOPLE[:10]), of_all(PEOPLE[:11]), of_all(PEOPLE[:19]), of_all(PEOPLE[:20])])
@example(days=[of_all(PEOPLE[:12]), of_all(PEOPLE[:3])])
def test_no_two_days_differ_by_a_few(days):
    told: dict = {}
    for standing in days:
        before = dict(told)
        told |= to_tell(told, standing)
        for kind in ("helped", "goals"):
            other = {who for of, who in told if of == kind and told[of, who] != before.get((of, who), Sum())}
            assert not other or len(other) >= LEAST
            late = {
                key
                for key in standing.keys() | told.keys()
                if key[0] == kind and standing.get(key, Sum()) != told.get(key, Sum())
            }
            assert len(late) < LEAST, "what may be told is"
