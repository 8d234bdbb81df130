"""Many items in one use case: each has its own answer, and sees what those before it have changed."""

from uuid import UUID

from common.answers import Done, answer_each
from common.ids import new_id
from common.refused import Refused


def test_a_refused_item_is_answered_in_its_place_and_the_others_go_on():
    taken: dict[str, UUID] = {}

    def decide(name: str) -> Done:
        if not name:
            raise Refused("field-missing", "name")
        status = "duplicate" if name in taken else "stored"
        return Done(status, taken.setdefault(name, new_id()))

    first, refused, again, other = answer_each(["a", "", "a", "b"], decide)
    assert (first, again) == (Done("stored", taken["a"]), Done("duplicate", taken["a"]))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.field) == ("field-missing", "name")
    assert other == Done("stored", taken["b"])
