"""What is due by the clock is done again and again, and one kind that breaks holds up no other."""

import pytest

from common.clock import Clock
from common.due import DueWork
from common.parts import Parts
from contracts.zone import JAKARTA


async def test_a_kind_that_breaks_holds_up_no_other_and_is_told(blank) -> None:
    parts = Parts(None, blank, Clock(JAKARTA))
    done: list[str] = []

    async def breaks(session, parts) -> int:
        raise RuntimeError("broken")

    async def counts(session, parts) -> int:
        done.append("counted")
        return len(done)

    work = DueWork(parts, [breaks, counts, breaks])
    with pytest.raises(ExceptionGroup) as raised:
        await work.turn()
    assert list(map(repr, raised.value.exceptions)) == ["RuntimeError('broken')"] * 2
    assert done == ["counted"]
    assert await DueWork(parts, [counts, counts]).turn() == 2 + 3
