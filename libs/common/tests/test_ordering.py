"""Lines that name each other are worked on in an order that does not depend on how they were sent."""

from collections.abc import Collection, Hashable
from random import Random

from common.web.ordering import Link, Order


def about(name: str, above: str | None = None) -> Link:
    return Link([name], [above] if above else [], name)


async def settled(links: list[Link], *known: str) -> tuple[list[int], list[tuple[list[int], list[str]]]]:
    order = Order()
    for link in links:
        order.add(link)

    async def on_record(names: list[Hashable]) -> Collection[Hashable]:
        return {name for name in names if name in known}

    return await order.settled(on_record)


async def test_each_line_comes_after_what_it_names_however_they_were_shuffled() -> None:
    chance = Random(7)
    for size in (1, 2, 10, 1000):
        links = [about("0"), *(about(str(each), str(chance.randrange(each))) for each in range(1, size))]
        chance.shuffle(links)
        places, loops = await settled(links)
        assert (sorted(places), loops) == (list(range(size)), [])
        passed: set[Hashable] = set()
        for place in places:
            assert passed.issuperset(links[place].above)
            passed.update(links[place].own)


async def test_lines_about_the_same_keep_their_order_and_all_of_them_come_before_what_is_below() -> None:
    links = [about("below", "top"), about("top"), about("below"), about("top")]
    assert (await settled(links))[0] == [1, 3, 0, 2]


async def test_a_circle_is_told_from_its_first_line_and_what_is_below_it_comes_last() -> None:
    links = [
        about("under", "b"),
        about("c", "a"),
        about("a", "b"),
        about("b", "c"),
        about("self", "self"),
        about("free"),
    ]
    places, loops = await settled(links)
    assert places == [5, 0]
    assert loops == [([1, 2, 3], ["c", "a", "b", "c"]), ([4], ["self", "self"])]


async def test_what_is_on_record_may_be_named_before_the_line_that_changes_it() -> None:
    """Below and above may change places: only one of them has to be there already."""
    links = [about("new", "old"), about("old", "new")]
    assert await settled(links, "old") == ([0, 1], [])
    assert (await settled(links))[0] == []


async def test_a_line_that_says_one_thing_again_may_stand_below_what_was_below_it() -> None:
    links = [about("a"), about("b", "a"), about("a", "b")]
    assert await settled(links) == ([0, 1, 2], [])


async def test_something_may_have_two_names() -> None:
    links = [Link(["below"], ["id"]), Link(["id", "code"]), Link(["last"], ["code"])]
    places, loops = await settled(links)
    assert (places[0], loops) == (1, [])
