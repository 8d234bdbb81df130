import pytest


async def test_cases_are_listed_oldest_first_by_state_and_agency(world, api, predicate) -> None:
    from uuid import UUID

    other = UUID("0199a000-0000-7000-8000-00000000000b")
    here = await world.people(*(world.state() for _ in range(4)))
    there = await world.people(world.state(agency=other))
    answers = await api.bulk("/predicates:batch", [predicate(person) for person in [*here, *there]], "service")
    ids = [answer["id"] for answer in answers]
    await api.bulk("/cases:check", [{"id": ids[0]}], "verifier")
    found, after = [], ""
    while after is not None:
        page = await api.get(f"/cases?limit=2{after and f'&after={after}'}")
        found += [case["id"] for case in page["items"]]
        after = page["next"]
    assert found == ids
    assert [case["id"] for case in (await api.get("/cases?state=checked"))["items"]] == ids[:1]
    assert [case["id"] for case in (await api.get(f"/cases?agency_id={other}"))["items"]] == ids[4:]
    assert [case["id"] for case in (await api.get("/cases?state=submitted", role="verifier"))["items"]] == ids[1:4]
    assert (await api.get(f"/cases?agency_id={other}", role="verifier"))["items"] == []


@pytest.mark.parametrize("query", ["after=!", "after=WyIxIl0=", "after=WzFd", "after=e30=", "state=selesai", "limit=0"])
async def test_a_bad_query_is_refused(api, query: str) -> None:
    assert (await api.call("lan", "GET", f"/cases?{query}")).status_code == 422
