"""Whatever is sent to the service, the answer is one that its document tells; the invariants hold afterwards."""

from uuid import uuid4

from sqlalchemy import text

from common.runner import Runner
from common.store.jobs import order
from contracts.events.erasure import ErasureAnswered
from registry.service import SERVICE

SHEET = (
    "NIP;Nama;Jenis Pegawai;Kode Instansi;Golongan;Jabatan;Pendidikan;Tanggal Masuk\n1;Siti;PNS;K-001;III/c;A;S1;1\n"
)


async def test_every_answer_is_documented(keeps_its_word, app, api, nation, world, a_person) -> None:
    person_id = (await api.call("service", "POST", "/people", a_person())).json()["id"]
    me, address = {"person": person_id}, {"email": "siti@agency.example"}
    assert (await api.call("person", "PUT", "/people/me/contact", address, **me)).status_code == 200
    merger = {
        "agency_id": str(nation.agencies["D-001"]),
        "on": "2026-11-20",
        "shares": [{"agency_id": str(nation.agencies["K-001"])}],
    }
    token = (await world.emitted())[-1].event.check.token
    made = [
        await api.call("lan", "POST", "/agencies", {"code": f"D-09{number}", "name": "Daerah Uji", "kind": "D"})
        for number in (1, 2)
    ]
    old, new = (answer.json()["id"] for answer in made)
    apart = {"agency_id": old, "on": "2026-11-20", "shares": [{"agency_id": new}]}
    preview = (await api.call("lan", "POST", "/reforms:preview", apart)).json()
    reform = (await api.call("lan", "POST", "/reforms", merger)).json()
    await api.call("lan", "POST", f"/jobs/{reform['job_id']}/cancel")
    file = await api.call("agency_hr", "POST", "/data-files", {"person_id": person_id, "reason": "Surat kuasa"})
    async with nation.database.transaction() as session:
        making = await order(session, "data-file", {"file_id": file.json()["id"]}, "registry")
        await session.execute(text("UPDATE data_files SET state = 'making', job_id = :job"), {"job": making})
    assert await Runner(world.parts, SERVICE.jobs).turn() == 1
    sheet = {"headers": api.headers("agency_hr", agency=nation.agencies["K-001"]), "content": SHEET}
    sent = await api.http.post("/v1/imports:people", **sheet)
    while await Runner(world.parts, SERVICE.jobs).turn():
        pass
    async with nation.database.transaction() as session:
        job_id, broken = [await order(session, "reform", {}, "lan") for _ in range(2)]
    risen = {"kind": "rank", "valid_from": "2026-01-01", "decree": "SK 2", "decree_date": "2025-12-20"}
    tag = {"tag": "hasil-penyetaraan", "valid_from": "2022-06-01", "paper": "SK 1"}
    agency = {"code": "K-001", "name": "Kementerian Uji", "kind": "K"}
    unit = {"code": "K-001-U01", "name": "Biro Umum"}
    pic = {"rank": "main", "name": "Ani", "email": "ani@agency.example"}
    post = {"code": "P1", "type": "JA", "name": "Kepala", "jenjang": "administrator", "unit_code": "K-001-U01"}
    posts = f"/agencies/{nation.agencies['K-001']}/posts"
    post_id = (await api.call("service", "POST", posts, post)).json()["id"]
    held = {"post_code": "P1", "agency_code": "K-001", "valid_from": "2026-01-01"}
    deputy_id = (await api.call("service", "POST", "/people", a_person(5))).json()["id"]
    deputy = {"person_id": person_id, "deputy_id": deputy_id, "valid_from": "2026-11-20", "valid_to": "2026-12-20"}
    named = (await api.call("service", "POST", "/deputies", deputy | {"duty": "superior"})).json()["id"]
    moved = {"agency_code": "K-001", "unit_code": "K-001-U02", "on": "2026-11-20"}
    correction = {"kind": "correction", "part": "identity", "wrong": "Nama keliru"}
    request = (await api.call("person", "POST", "/people/me/data-requests", correction, **me)).json()
    # Three who left long ago: one whose erasure waits for a second person, one whose can be withdrawn, one to ask for.
    letters = []
    for number in (1, 2, 3):
        old = a_person(nip=f"19400101196501100{number}", joined_on="1965-01-01")
        gone = (await api.call("service", "POST", "/people", old)).json()["id"]
        left = {"status": "retired", "decree": "SK 1", "from": "1991-02-01"}
        await api.call("service", "POST", f"/people/{gone}/status", left)
        letters.append({"person_id": gone, "ground": "retention", "letter": "S-12/2026"})
    asked = [await api.call("lan", "POST", "/erasures", letter, person=uuid4()) for letter in letters[:2]]
    erasures = [answer.json() for answer in asked]
    first = {"erasure_id": erasures[0]["id"], "person_id": erasures[0]["person_id"]}
    await world.hear(world.received(ErasureAnswered(**first, round=1, service="credit", against=None)))
    async with nation.database.transaction() as session:
        problem = '{"code": "internal-error", "field": null, "values": {}}'
        failed = "UPDATE jobs SET state = 'failed', problem = CAST(:problem AS jsonb) WHERE id = :id"
        await session.execute(text(failed), {"problem": problem, "id": broken})
    part = {"name": "P3K Bangkom", "role": "Penanggung jawab"}
    takes_part = [(await api.call("lan", "POST", "/stakeholders", part)).json()["id"] for _ in range(40)]
    await keeps_its_word(
        "registry",
        app,
        scope={"agency": nation.agencies["K-001"], "person": person_id},
        known={
            "agency_id": [nation.agencies["K-001"]],
            "post_id": [post_id],
            "unit_id": [nation.units["K-001-U01"]],
            "person_id": [person_id],
            "reform_id": [reform["id"]],
            "preview_id": [preview["id"]],
            "delegation_id": [named],
            "job_id": [job_id, broken],
            "erasure_id": [each["id"] for each in erasures],
            "kind": ["agency"],
            "siasn": ["A1"],
            "request_id": [request["id"]],
            "act": ["grant"],  # chance seldom joins an act to the caller who may do it
            "file_id": [file.json()["id"]],
            "import_id": [sent.json()["id"]],
            "stakeholder_id": takes_part,
        },
        bodies={
            "POST /v1/imports:people": SHEET,
            "POST /v1/imports:posts": SHEET,
            "POST /v1/people/me/data-requests": correction,
            "POST /v1/data-requests/{request_id}/{act}": {"reason": "Diperbaiki"},
            "POST /v1/data-files": {"person_id": person_id, "reason": "Surat kuasa"},
            "POST /v1/erasures": letters[2],
            "POST /v1/erasures:preview": letters[2],
            "POST /v1/agencies": agency | {"code": "K-050"},
            "PUT /v1/agencies/{agency_id}": agency,
            "POST /v1/agencies:batch": [agency],
            "POST /v1/stakeholders": part,
            "PUT /v1/stakeholders/{stakeholder_id}": part | {"contribution": "Menyusun pedoman"},
            "PUT /v1/agencies/{agency_id}/pics": {"pics": [pic]},
            "POST /v1/agencies/{agency_id}/units": unit | {"code": "U-50"},
            "PUT /v1/units/{unit_id}": unit,
            "POST /v1/units:batch": [unit | {"agency_code": "K-001"}],
            "POST /v1/agencies/{agency_id}/posts": post | {"code": "P2"},
            "PUT /v1/posts/{post_id}": post,
            "POST /v1/posts:batch": [post | {"agency_code": "K-001"}],
            "POST /v1/people/{person_id}/holdings": held,
            "POST /v1/holdings:batch": [held | {"nip": a_person()["nip"]}],
            "POST /v1/people": a_person(2),
            "PUT /v1/people/{person_id}": a_person(position="Analis Hukum Ahli Muda"),
            "POST /v1/people/{person_id}/nip": {"nip": a_person(3)["nip"], "reason": "Salah ketik"},
            "POST /v1/people/{person_id}/transfer": moved,
            "POST /v1/people/{person_id}/status": {"status": "leave", "from": "2026-11-20", "decree": "SK 1"},
            "POST /v1/people:batch": [a_person(4)],
            "POST /v1/people:names": {"person_ids": [person_id]},
            "PUT /v1/people/me/contact": {"email": "siti@agency.example", "language": "en", "zone": "WIT"},
            "POST /v1/people/me/contact/check": {"token": token},
            "PUT /v1/people/{person_id}/contact": {"language": "en", "sex": "female"},
            "POST /v1/contacts:batch": [{"person_id": person_id, "zone": "WITA"}],
            "PUT /v1/people/{person_id}/identifiers": {"siasn": "A1"},
            "PUT /v1/agencies/{agency_id}/identifiers": {"siasn": "A1"},
            "PUT /v1/units/{unit_id}/identifiers": {"siasn": "A1"},
            "POST /v1/identifiers:batch": [{"kind": "person", "id": person_id, "siasn": "A1"}],
            "POST /v1/identifiers:lookup": [{"kind": "person", "siasn": "A1"}],
            "POST /v1/people/{person_id}/tags": tag,
            "POST /v1/tags:batch": [tag | {"nip": a_person()["nip"]}],
            "POST /v1/people/{person_id}/promotions": risen,
            "POST /v1/promotions:batch": [risen | {"nip": a_person()["nip"]}],
            "POST /v1/deputies": deputy | {"duty": "digest"},
            "POST /v1/deputies:batch": [deputy | {"duty": "exemptions"}],
            "POST /v1/deputies/{delegation_id}/end": {"on": "2026-12-01"},
            "POST /v1/reforms": merger,
            "POST /v1/reforms:preview": apart,
        },
    )
    assert len(await world.emitted()) > 10  # and are not left to wait, which would break an invariant after a minute
