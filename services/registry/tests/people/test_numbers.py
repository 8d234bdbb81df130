"""NI PPPK change with the contract; NIP of PNS never, but a wrong one is mended."""

import asyncio
from datetime import date

import pytest

NEW = "199105052026211001"


async def test_a_new_contract_brings_a_new_number(api, nation, world, a_pppk, settings):
    old = a_pppk()["nip"]
    person_id = (await api.call("service", "POST", "/people", a_pppk())).json()["id"]
    changed = await api.call("service", "PUT", f"/people/{person_id}", a_pppk(nip=NEW))
    assert (changed.status_code, changed.json()["nip"], changed.json()["version"]) == (200, NEW, 2)
    history = await api.get(f"/people/{person_id}/history", "service")
    assert history["numbers"] == [
        {"nip": old, "replaced_on": "2026-11-20", "reason": None},
        {"nip": NEW, "replaced_on": None, "reason": None},
    ]
    assert history["changes"][1]["parts"] == ["nip"]
    first, second = await world.emitted()
    assert first.event.person_id == second.event.person_id
    assert (first.event.former_nip_hashes, second.event.former_nip_hashes) == ([], [first.event.nip_hash])
    assert first.event.nip_hash != second.event.nip_hash

    # A system that has not heard of it yet still means the same person, and does not take the number back.
    [answer] = await api.bulk("/people:batch", [a_pppk(nip=old, position="Guru")])
    assert (answer["status"], answer["id"]) == ("updated", person_id)
    now = await api.get(f"/people/{person_id}", "service")
    assert (now["nip"], now["position"]) == (NEW, "Guru")
    assert (await api.call("service", "PUT", f"/people/{person_id}", a_pppk(nip=old, position="Guru"))).json()[
        "nip"
    ] == NEW
    taken = await api.call("service", "POST", "/people", a_pppk(nip=old))
    assert (taken.status_code, taken.json()["code"]) == (409, "nip-taken")


async def test_both_numbers_in_one_upload_are_one_person(api, nation, world, a_pppk):
    old = a_pppk()["nip"]
    person_id = (await api.call("service", "POST", "/people", a_pppk())).json()["id"]
    await api.call("service", "PUT", f"/people/{person_id}", a_pppk(nip=NEW))
    await world.emitted()
    answers = await api.bulk(
        "/people:batch", [a_pppk(nip=old, position="Guru"), a_pppk(nip=NEW, position="Guru"), a_pppk(nip=NEW, name="N")]
    )
    assert [(answer["status"], answer["id"]) for answer in answers] == [
        ("updated", person_id),
        ("unchanged", person_id),
        ("updated", person_id),
    ]
    [received] = await world.emitted()
    assert received.sequence == 3
    # The line without a position of its own put the first one back, as of the same day.
    assert [(post.position, post.valid_from) for post in received.event.posts] == [
        ("Penata Layanan Operasional", date(2021, 3, 1))
    ]


async def test_a_number_of_somebody_else_is_taken(api, nation, a_pppk):
    first = (await api.call("service", "POST", "/people", a_pppk(1))).json()["id"]
    await api.call("service", "POST", "/people", a_pppk(2))
    answer = await api.call("service", "PUT", f"/people/{first}", a_pppk(1, nip=a_pppk(2)["nip"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "nip-taken")
    assert (await api.get(f"/people/{first}", "service"))["nip"] == a_pppk(1)["nip"]


async def test_a_pns_keeps_the_number(api, nation, a_pppk, a_person):
    pns = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    contract = (await api.call("service", "POST", "/people", a_pppk())).json()["id"]
    as_pns = a_pppk(nip=a_person(3)["nip"], staff_type="PNS")
    for person_id, body in ((pns, a_person(2)), (pns, a_pppk(nip=NEW, golongan="III/c")), (contract, as_pns)):
        answer = await api.call("service", "PUT", f"/people/{person_id}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "nip-permanent")
    history = await api.get(f"/people/{pns}/history", "service")
    assert [number["nip"] for number in history["numbers"]] == [a_person()["nip"]]


async def test_each_number_of_a_contract_gone_by_is_told(api, nation, world, a_pppk):
    newest = "199105052026211002"
    person_id = (await api.call("service", "POST", "/people", a_pppk())).json()["id"]
    for nip in (NEW, newest):
        assert (await api.call("service", "PUT", f"/people/{person_id}", a_pppk(nip=nip))).status_code == 200
    first, second, third = (received.event for received in await world.emitted())
    assert second.former_nip_hashes == [first.nip_hash]
    assert sorted(third.former_nip_hashes) == sorted([first.nip_hash, second.nip_hash])
    # What has nothing to do with numbers tells them again: the newest event is all a reader may have.
    await api.call(
        "service", "POST", f"/people/{person_id}/status", {"status": "leave", "from": "2026-11-20", "decree": "SK 1"}
    )
    [later] = await world.emitted()
    assert later.event.former_nip_hashes == third.former_nip_hashes


async def test_a_wrong_number_of_a_pns_is_mended_with_its_reason(api, nation, world, a_person):
    wrong, right = a_person()["nip"], a_person(7)["nip"]
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    mended = await api.call(
        "service",
        "POST",
        f"/people/{person_id}/nip",
        {"nip": right, "reason": "Salah ketik"},
        headers={"if-match": '"1"'},
    )
    assert (mended.status_code, mended.json()["nip"], mended.headers["etag"]) == (200, right, '"2"')
    history = await api.get(f"/people/{person_id}/history", "service")
    assert history["numbers"] == [
        {"nip": wrong, "replaced_on": "2026-11-20", "reason": "Salah ketik"},
        {"nip": right, "replaced_on": None, "reason": None},
    ]
    assert history["changes"][1]["parts"] == ["nip"]
    first, second = (received.event for received in await world.emitted())
    assert (second.person_id, second.former_nip_hashes) == (first.person_id, [])
    assert second.nip_hash != first.nip_hash

    # Sent again, it changes nothing; the wrong number is free for whose it is, and names nobody else.
    again = await api.call("service", "POST", f"/people/{person_id}/nip", {"nip": right, "reason": "Salah ketik"})
    assert (again.status_code, again.json()["version"]) == (200, 2)
    owner = await api.call("service", "POST", "/people", a_person(name="Pemilik"))
    assert (owner.status_code, owner.json()["id"] != person_id) == (201, True)
    [answer] = await api.bulk("/people:batch", [a_person(name="Pemilik", position="Arsiparis")])
    assert (answer["status"], answer["id"]) == ("updated", owner.json()["id"])
    back = await api.call("service", "POST", f"/people/{person_id}/nip", {"nip": wrong, "reason": "Ternyata benar"})
    assert (back.status_code, back.json()["code"]) == (409, "nip-taken")


async def test_a_renewal_recorded_for_the_wrong_person_is_taken_back(api, nation, world, a_pppk):
    old = a_pppk()["nip"]
    person_id = (await api.call("service", "POST", "/people", a_pppk())).json()["id"]
    await api.call("service", "PUT", f"/people/{person_id}", a_pppk(nip=NEW))
    await world.emitted()
    mended = await api.call("service", "POST", f"/people/{person_id}/nip", {"nip": old, "reason": "Kontrak orang lain"})
    assert (mended.status_code, mended.json()["nip"]) == (200, old)
    [received] = await world.emitted()
    assert received.event.former_nip_hashes == []
    history = await api.get(f"/people/{person_id}/history", "service")
    assert [(number["nip"], number["reason"]) for number in history["numbers"]] == [
        (NEW, "Kontrak orang lain"),
        (old, None),
    ]
    assert (await api.call("service", "POST", "/people", a_pppk(2, nip=NEW, name="Pemilik"))).status_code == 201


@pytest.mark.parametrize(
    ("nip", "code"),
    [
        ("199105052026211001", "staff-type-mismatch"),
        ("199001012026121001", "nip-in-future"),
        ("200901012026011001", "joining-age"),
        ("199013012015051001", "nip-invalid"),
    ],
)
async def test_what_is_no_number_of_theirs_mends_nothing(api, nation, world, a_person, nip, code):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await world.emitted()
    answer = await api.call("service", "POST", f"/people/{person_id}/nip", {"nip": nip, "reason": "Salah ketik"})
    assert (answer.status_code, answer.json()["errors"][0]["code"], answer.json()["errors"][0]["field"]) == (
        422,
        code,
        "nip",
    )
    assert (await api.get(f"/people/{person_id}", "service"))["nip"] == a_person()["nip"]
    assert await world.emitted() == []


async def test_a_number_is_mended_by_version_and_with_a_reason(api, nation, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    right = a_person(7)["nip"]
    late = await api.call(
        "service", "POST", f"/people/{person_id}/nip", {"nip": right, "reason": "Salah"}, headers={"if-match": '"9"'}
    )
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    for body in ({"nip": right}, {"nip": right, "reason": " "}):
        answer = await api.call("service", "POST", f"/people/{person_id}/nip", body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")


async def test_two_who_mend_at_once_leave_one_number(api, nation, a_person):
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    rights = [a_person(number)["nip"] for number in (7, 8)]
    answers = await asyncio.gather(
        *(
            api.call("service", "POST", f"/people/{person_id}/nip", {"nip": nip, "reason": "Salah ketik"})
            for nip in rights
        )
    )
    assert {answer.status_code for answer in answers} <= {200, 412}
    history = await api.get(f"/people/{person_id}/history", "service")
    assert len([number for number in history["numbers"] if number["replaced_on"] is None]) == 1


@pytest.mark.parametrize("owned", [False, True], ids=["nobody-has-it", "its-owner-has-it"])
async def test_a_wrong_number_sent_again_after_it_was_mended_makes_nobody_new(
    api, nation, world, a_person, owned: bool
):
    """Nor does it overwrite whose it is; what is told names the mending and shows no number."""
    wrong, right = a_person()["nip"], a_person(7)["nip"]
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    await api.call("service", "POST", f"/people/{person_id}/nip", {"nip": right, "reason": "Salah ketik"})
    if owned:
        assert (await api.call("service", "POST", "/people", a_person(name="Pemilik"))).status_code == 201
    await world.emitted()
    nightly = a_person(name=a_person()["name"].upper(), position="Arsiparis")
    answers = await api.bulk("/people:batch", [nightly, a_person(2)])
    assert [answer.get("code", answer["status"]) for answer in answers] == ["nip-mended", "stored"]
    assert wrong not in str(answers)
    assert right not in str(answers)
    single = await api.call("service", "POST", "/people", a_person())
    assert (single.status_code, single.json()["code"]) == (409, "nip-taken" if owned else "nip-mended")
    assert len(await world.emitted()) == 1
    [answer] = await api.bulk("/people:batch", [a_person(nip=right, position="Arsiparis")])
    assert (answer["status"], answer["id"]) == ("updated", person_id)


async def test_a_contracts_wrong_number_does_not_come_back_by_a_renewal(api, nation, a_pppk):
    wrong = a_pppk()["nip"]
    person_id = (await api.call("service", "POST", "/people", a_pppk())).json()["id"]
    assert (
        await api.call("service", "POST", f"/people/{person_id}/nip", {"nip": NEW, "reason": "Salah ketik"})
    ).status_code == 200
    again = await api.call("service", "PUT", f"/people/{person_id}", a_pppk(nip=wrong))
    assert (again.status_code, again.json()["code"]) == (409, "nip-mended")
    assert (await api.get(f"/people/{person_id}", "service"))["nip"] == NEW


async def test_two_swapped_numbers_are_mended_in_one_call(api, nation, world, a_person):
    one, other = [
        (await api.call("service", "POST", "/people", a_person(number, name=name))).json()["id"]
        for number, name in ((1, "Ani"), (2, "Budi"))
    ]
    before = {received.event.person_id: received.event.nip_hash for received in await world.emitted()}
    body = {"nip": a_person(2)["nip"], "reason": "Tertukar"}
    alone = await api.call("service", "POST", f"/people/{one}/nip", body)
    assert (alone.status_code, alone.json()["code"]) == (409, "nip-taken")
    mended = await api.call(
        "service", "POST", f"/people/{one}/nip", body | {"swapped": True}, headers={"if-match": '"1"'}
    )
    assert (mended.status_code, mended.json()["nip"], mended.headers["etag"]) == (200, a_person(2)["nip"], '"2"')
    assert (await api.get(f"/people/{other}", "service"))["nip"] == a_person(1)["nip"]
    for person_id, wrong, right in ((one, 1, 2), (other, 2, 1)):
        assert (await api.get(f"/people/{person_id}/history", "service"))["numbers"] == [
            {"nip": a_person(wrong)["nip"], "replaced_on": "2026-11-20", "reason": "Tertukar"},
            {"nip": a_person(right)["nip"], "replaced_on": None, "reason": None},
        ]
    after = {received.event.person_id: received.event.nip_hash for received in await world.emitted()}
    assert sorted(after.values()) == sorted(before.values())
    assert all(after[person_id] != before[person_id] for person_id in before)
    # The source that has not heard of it sends both as before.
    answers = await api.bulk("/people:batch", [a_person(1, name="Ani"), a_person(2, name="Budi")])
    assert [answer["code"] for answer in answers] == ["nip-mended", "nip-mended"]
