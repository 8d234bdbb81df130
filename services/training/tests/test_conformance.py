"""Whatever is sent to the service, the answer is one that its document tells."""

from datetime import date, timedelta
from uuid import UUID

from common.ids import new_id
from jejak_local.harness import AGENCY, PROVIDER
from services.training.tests import teaching
from training.audits.tables import AuditedRecord, RecordSample
from training.plausibility.tables import RecordFlag


async def test_every_answer_is_documented(keeps_its_word, app, api, world, run, line) -> None:
    await world.agency(AGENCY)
    code = await world.provider([("KL03", date(2020, 1, 1), None)])
    above = await world.post()
    below = await world.post(above)
    nip = world.nip()
    people = [await world.holder(above, nip=nip), *[await world.person() for _ in range(2)]]
    # More than the calls that revoke them, whatever they draw: some are left to verify and to correct.
    stored = await world.store(*(line(person) for person in people * 10))
    declared = await world.store(*(line(people[0]) for _ in range(30)), role="person", person=people[0])
    # Checking, evidence, accreditation, plausibility, audits by lot.
    own = await world.store(*(line(people[1]) for _ in range(40)), role="person", person=people[1])
    checks = (await api.call("verifier", "POST", "/checks:take", {"most": 50})).json()["items"]
    sent = {"headers": api.headers("person", person=people[1]), "params": {"name": "bukti.pdf"}}
    kept = await api.http.post(f"/v1/trainings/{own[0].id}/evidence", content=b"%PDF-1.7", **sent)
    opened = (await api.call("lan", "POST", "/audits", {"agency_id": str(AGENCY), "reason": "Uji petik"})).json()
    flags = [
        RecordFlag(
            id=new_id(), record_id=each.id, kind="leave", figure=1, found_in=[each.id], rule_pack="plausibility-2026",
            found_on=world.clock.today(),
        )
        for each in (*own, *declared)
    ]  # fmt: skip
    async with world.database.transaction() as session:
        session.add_all(flags)
        by_hand = RecordSample(
            id=new_id(), audit_id=UUID(opened["id"]), seed=1, size=1, since=world.clock.today(),
            until=world.clock.today(), due_on=world.clock.today(), strata=[], drawn_by="lan", drawn_at=world.clock.now(),
        )  # fmt: skip
        session.add(by_hand)
        await session.flush()
        looked_into = AuditedRecord(
            id=new_id(), sample_id=by_hand.id, record_id=own[0].id, auditor_id=people[0]
        )  # whose evidence is the one file there is
        session.add(looked_into)
    outside = await world.person()
    days = {"since": "2026-01-01", "until": "2026-06-15", "due_on": "2026-07-15"}
    sample = {"seed": 1, "size": 30, **days, "auditor_ids": [str(people[2]), str(outside)]}
    await api.call("lan", "POST", f"/audits/{opened['id']}/samples", sample)
    drawn = (await api.get(f"/audits/{opened['id']}/records"))["items"]
    exemption = {"ground": "cuti-sakit", "valid_from": "2026-01-01", "valid_to": "2026-02-01"}
    asked = [  # one for each call that may decide it, and some to spare
        await api.call("person", "POST", "/exemptions", exemption | {"person_id": str(person)}, person=person)
        for person in [await world.person() for _ in range(30)]
    ]
    course = {
        "code": "C-1",
        "provider_code": code,
        "title": "Data",
        "form": "KL03",
        "jp": "12",
        "valid_from": "2025-01-01",
    }
    provider = {"code": "P-2", "name": "Balai Diklat", "accreditations": [{"form": "KL03", "valid_from": "2025-01-01"}]}
    made = (await api.call("lan", "POST", "/courses", course)).json()
    team = [await world.holder(below) for _ in range(9)]
    to_attend = {"course_id": made["id"], "due_on": "2026-06-30"}
    assigned = [
        await api.call("person", "POST", f"/team/{person}/courses", to_attend, person=people[0]) for person in team
    ]
    attending = [people[0], *await world.people(*(world.state() for _ in range(29)))]
    taught = teaching.said(await teaching.course(world, api), ends_on="2026-06-30")
    over = await teaching.over(world, api, attending, seats=500)
    await teaching.results(api, over, attending[:10])
    await api.call("provider", "POST", f"/classes/{over}/certificates")
    world.clock.moment += timedelta(days=75)
    assert await run("ask-use") == 0
    certificates = (await api.get(f"/certificates?class_id={over}"))["items"]
    world.clock.moment = teaching.BEFORE
    more = [await world.holder(below) for _ in range(9)]
    planned = [await teaching.published(api, await teaching.course(world, api)) for _ in range(30)]
    for class_id in planned:
        await teaching.enrolled(api, class_id, [*people, *team, *more])
    world.clock.moment = teaching.AFTER
    assert await run("sweep") == 0  # publishes totals
    await keeps_its_word(
        "training",
        app,
        scope={"agency": AGENCY, "person": people[0], "provider": PROVIDER},
        known={
            "person_id": [*people, *team, *more, "me"],
            # As often as all others together: the one that has a file.
            "record_id": [*(answer.id for answer in (*stored, *declared)), *[own[0].id] * 60],
            "provider_id": [PROVIDER],
            "course_id": [made["id"]],
            "agency_id": [AGENCY],
            "year": [2026],
            "audit_id": [opened["id"]],
            "item_id": [*[each["id"] for each in drawn], *[looked_into.id] * len(drawn)],
            "name": ["bukti.pdf"],
            "flag_id": [flag.id for flag in flags],
            "check_id": [each["id"] for each in checks],
            "file_id": [kept.json()["id"]],
            "exemption_id": [answer.json()["id"] for answer in asked],
            "assigned_id": [answer.json()["id"] for answer in assigned],
            "class_id": [*[over] * 15, *planned],
            "certificate_id": [each["id"] for each in certificates],
            "token": [each["check_url"].rsplit("/", 1)[1] for each in certificates],
        },
        bodies={
            "POST /v1/providers": provider,
            "PUT /v1/providers/{provider_id}": provider | {"code": code},
            "POST /v1/providers:batch": [provider],
            "POST /v1/courses": course | {"code": "C-2"},
            "PUT /v1/courses/{course_id}": course,
            "POST /v1/courses:batch": [course],
            "POST /v1/audits": {"agency_id": str(AGENCY), "reason": "Uji petik"},
            "POST /v1/exemptions": exemption
            | {"person_id": str(people[1]), "valid_from": "2027-01-01", "valid_to": None},
            "POST /v1/audits/{audit_id}/samples": sample,
            "POST /v1/audited-records/{item_id}/finding": {"finding": "proved", "words": "x"},
            "POST /v1/record-flags/{flag_id}/answer": {"answer": "Saya hadir"},
            "POST /v1/record-flags/{flag_id}/settle": {"verdict": "plausible", "reason": "Ada bukti"},
            "POST /v1/checks:take": {"most": 1},
            "POST /v1/checks/{check_id}/refuse": {"reason": "Tanpa bukti"},
            "POST /v1/trainings/{record_id}/evidence": b"%PDF-1.7",
            "POST /v1/trainings/{record_id}/evidence/{file_id}/compare": b"%PDF-1.7",
            "POST /v1/exemptions/{exemption_id}/refuse": {"reason": "Tanpa bukti"},
            "POST /v1/exemptions/{exemption_id}/end": {"on": "2026-01-15", "reason": "Kembali"},
            "POST /v1/team/{person_id}/courses": to_attend,
            "POST /v1/people/me/transcript": {"nip": nip, "form": "jws"},
            "POST /v1/signature-checks": b"%PDF-1.7",
            "POST /v1/classes": taught,
            "PUT /v1/classes/{class_id}": taught,
            "POST /v1/classes/{class_id}/cancel": {"reason": "Sepi"},
            "POST /v1/classes/{class_id}/evaluation": teaching.MARKS,
            "POST /v1/classes/{class_id}/later-evaluation": teaching.MARKS,
            "PUT /v1/classes/{class_id}/reflection": teaching.LEARNED,
            "PUT /v1/classes/{class_id}/use": {"used": True},
            "POST /v1/classes/{class_id}/enrolments": {"person_id": str(people[1])},
            "POST /v1/classes/{class_id}/enrolments:batch": [{"person_id": str(people[1])}],
            "POST /v1/classes/{class_id}/attendance:batch": [
                {"person_id": str(attending[0]), "session": 1, "present": True}
            ],
            "POST /v1/classes/{class_id}/results:batch": [{"person_id": str(attending[20]), "name": "Sari Contoh"}],
            "POST /v1/trainings": line(people[1]),
            "POST /v1/trainings:batch": [line(people[1])],
            "POST /v1/trainings/{record_id}/revoke": {"reason": "Ganda"},
            "PUT /v1/trainings/{record_id}": {
                "reason": "Salah ketik",
                "form": "KL03",
                "title": "Data",
                "start_date": "2026-03-02",
                "end_date": "2026-03-03",
                "jp": "7",
            },
        },
    )
