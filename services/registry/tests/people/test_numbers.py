"""NI PPPK change with the contract; NIP of PNS never."""

from datetime import date

NEW = "199105052026211001"


async def test_a_new_contract_brings_a_new_number(service, nation, emitted, a_pppk, settings):
    old = a_pppk()["nip"]
    person_id = (await service.post("/people", a_pppk())).json()["id"]
    changed = await service.put(f"/people/{person_id}", a_pppk(nip=NEW))
    assert (changed.status_code, changed.json()["nip"], changed.json()["version"]) == (200, NEW, 2)
    history = (await service.get(f"/people/{person_id}/history")).json()
    assert history["numbers"] == [{"nip": old, "replaced_on": "2026-11-20"}, {"nip": NEW, "replaced_on": None}]
    assert history["changes"][1]["parts"] == ["nip"]
    first, second = await emitted()
    assert first.event.person_id == second.event.person_id
    assert first.event.nip_hash != second.event.nip_hash

    # A system that has not heard of it yet still means the same person, and does not take the number back.
    [answer] = await service.upload("/people:batch", [a_pppk(nip=old, position="Guru")])
    assert (answer["status"], answer["id"]) == ("updated", person_id)
    now = (await service.get(f"/people/{person_id}")).json()
    assert (now["nip"], now["position"]) == (NEW, "Guru")
    assert (await service.put(f"/people/{person_id}", a_pppk(nip=old, position="Guru"))).json()["nip"] == NEW
    taken = await service.post("/people", a_pppk(nip=old))
    assert (taken.status_code, taken.json()["code"]) == (409, "nip-taken")


async def test_both_numbers_in_one_upload_are_one_person(service, nation, emitted, a_pppk):
    old = a_pppk()["nip"]
    person_id = (await service.post("/people", a_pppk())).json()["id"]
    await service.put(f"/people/{person_id}", a_pppk(nip=NEW))
    await emitted()
    answers = await service.upload(
        "/people:batch", [a_pppk(nip=old, position="Guru"), a_pppk(nip=NEW, position="Guru"), a_pppk(nip=NEW, name="N")]
    )
    assert [(answer["status"], answer["id"]) for answer in answers] == [
        ("updated", person_id),
        ("unchanged", person_id),
        ("updated", person_id),
    ]
    [received] = await emitted()
    assert received.sequence == 3
    # The line without a position of its own put the first one back, as of the same day.
    assert [(post.position, post.valid_from) for post in received.event.posts] == [
        ("Penata Layanan Operasional", date(2021, 3, 1))
    ]


async def test_a_number_of_somebody_else_is_taken(service, nation, a_pppk):
    first = (await service.post("/people", a_pppk(1))).json()["id"]
    await service.post("/people", a_pppk(2))
    answer = await service.put(f"/people/{first}", a_pppk(1, nip=a_pppk(2)["nip"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "nip-taken")
    assert (await service.get(f"/people/{first}")).json()["nip"] == a_pppk(1)["nip"]


async def test_a_pns_keeps_the_number(service, nation, a_pppk, a_person):
    pns = (await service.post("/people", a_person())).json()["id"]
    contract = (await service.post("/people", a_pppk())).json()["id"]
    as_pns = a_pppk(nip=a_person(3)["nip"], staff_type="PNS")
    for person_id, body in ((pns, a_person(2)), (pns, a_pppk(nip=NEW, golongan="III/c")), (contract, as_pns)):
        answer = await service.put(f"/people/{person_id}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "nip-permanent")
    history = (await service.get(f"/people/{pns}/history")).json()
    assert [number["nip"] for number in history["numbers"]] == [a_person()["nip"]]
