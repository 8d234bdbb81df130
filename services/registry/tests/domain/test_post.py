"""Who may hold a post, and when."""

from datetime import date
from uuid import UUID

import pytest

from common.refused import Refused
from registry.domain.history import begun
from registry.domain.post import Holding, Post, PostState, check_room

BEGINS, CLOSED = date(2024, 1, 1), date(2026, 7, 1)
ID = UUID(int=1)
POST = Post(ID, ID, "P1", begun(PostState("JA", "Kepala", "administrator", ID, 1, None), BEGINS), CLOSED)


def held(start: date, end: date | None) -> Holding:
    return Holding(ID, start, end, "definitive", ID)


@pytest.mark.parametrize(
    ("start", "end"),
    [(BEGINS, None), (BEGINS, date(2026, 7, 2)), (CLOSED, date(2026, 8, 1)), (date(2023, 12, 31), CLOSED)],
)
def test_a_post_that_ends_before_its_holder_or_begins_after_them_is_refused(start: date, end: date | None) -> None:
    with pytest.raises(Refused, match="post-closed"):
        check_room(POST, [], held(start, end))


def test_a_post_may_be_held_until_the_day_it_is_closed() -> None:
    check_room(POST, [], held(BEGINS, CLOSED))
