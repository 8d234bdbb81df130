"""Deny by default: which role may call which route."""

from datetime import date
from typing import Any, get_args
from uuid import UUID

from common.ids import new_id
from jejak_local.harness import REGION
from jejak_local.scopes import Things
from services.training.tests import teaching
from training.audits.tables import AuditedRecord, RecordSample
from training.domain import plausibility
from training.domain.counting import Kind, Why
from training.plausibility.tables import RecordFlag
from training.texts import KIND, SIGNS, WHY

OFFICES = {"agency_hr", "agency_head", "inspector"}
READ_CATALOGUE = OFFICES | {"lan", "analis", "service", "pic", "verifier", "validator", "provider", "person"}
READ_CATALOGUE |= {"programme_manager"}
SEND = {"service", "agency_hr", "provider", "person"}
READ = SEND | OFFICES | {"lan", "analis", "steward", "platform_admin"}
READ_COUNTS = OFFICES | {"lan", "analis", "service", "pic"}
READ_JP = READ_COUNTS | {"steward", "person"}
READ_SOUNDINGS = READ_COUNTS | {"verifier"}
READ_EXEMPTIONS = {"lan", "service", "agency_hr", "inspector", "person"}
RIGHTS = {
    ("POST", "/v1/providers"): {"lan", "service"},
    ("PUT", "/v1/providers/{provider_id}"): {"lan", "service"},
    ("POST", "/v1/providers:batch"): {"lan", "service"},
    ("GET", "/v1/providers"): READ_CATALOGUE,
    ("GET", "/v1/providers/{provider_id}"): READ_CATALOGUE,
    ("POST", "/v1/courses"): {"lan", "service", "provider"},
    ("PUT", "/v1/courses/{course_id}"): {"lan", "service", "provider"},
    ("POST", "/v1/courses:batch"): {"lan", "service", "provider"},
    ("GET", "/v1/courses"): READ_CATALOGUE,
    ("GET", "/v1/courses/{course_id}"): READ_CATALOGUE,
    ("POST", "/v1/trainings"): SEND,
    ("POST", "/v1/trainings:batch"): SEND,
    ("PUT", "/v1/trainings/{record_id}"): SEND,
    ("POST", "/v1/trainings/{record_id}/revoke"): SEND,
    ("POST", "/v1/trainings/{record_id}/verify"): {"agency_hr", "service"},
    ("GET", "/v1/trainings"): READ,
    ("GET", "/v1/trainings/{record_id}"): READ,
    ("GET", "/v1/trainings/{record_id}/history"): READ,
    ("GET", "/v1/people/{person_id}/jp"): READ_JP,
    ("GET", "/v1/agencies/{agency_id}/jp-summary"): READ_COUNTS,
    ("GET", "/v1/sweeps"): READ_SOUNDINGS,
    ("GET", "/v1/shortfalls"): READ_SOUNDINGS,
    ("GET", "/v1/people/me/shortfalls"): {"person"},
    ("GET", "/v1/duty-counts"): READ_COUNTS | {"steward"},
    ("GET", "/v1/duty-people"): READ_JP,
    ("POST", "/v1/audits"): {"lan", "analis"},
    ("GET", "/v1/audits"): {"lan", "analis", "agency_hr", "agency_head", "inspector"},
    ("GET", "/v1/team"): {"person"},
    ("POST", "/v1/team/{person_id}/nudge"): {"person"},
    ("POST", "/v1/team/{person_id}/courses"): {"person"},
    ("GET", "/v1/team/courses"): {"person"},
    ("POST", "/v1/team/courses/{assigned_id}/withdraw"): {"person"},
    ("GET", "/v1/people/me/courses"): {"person"},
    ("GET", "/v1/rule-packs"): READ_CATALOGUE,
    ("GET", "/v1/exemption-grounds"): READ_EXEMPTIONS,
    ("GET", "/v1/exemptions"): READ_EXEMPTIONS,
    ("GET", "/v1/exemptions/{exemption_id}"): READ_EXEMPTIONS,
    ("POST", "/v1/exemptions"): {"person", "agency_hr"},
    ("POST", "/v1/exemptions/{exemption_id}/approve"): {"agency_hr"},
    ("POST", "/v1/exemptions/{exemption_id}/refuse"): {"agency_hr"},
    ("POST", "/v1/exemptions/{exemption_id}/end"): {"agency_hr"},
    # Checking, evidence, accreditation, plausibility, audits by lot.
    ("GET", "/v1/providers/{provider_id}/accreditation-changes"): {"lan"},
    ("POST", "/v1/audits/{audit_id}/samples"): {"lan", "analis"},
    ("GET", "/v1/audits/{audit_id}/samples"): {"lan", "analis", "agency_hr", "agency_head", "inspector"},
    ("GET", "/v1/audits/{audit_id}/records"): {"lan", "analis", "agency_hr", "agency_head", "inspector"},
    ("GET", "/v1/audited-records/me"): {"person"},
    ("GET", "/v1/audited-records/{item_id}/evidence"): {"person"},
    ("GET", "/v1/audited-records/{item_id}/evidence/{file_id}"): {"person"},
    ("POST", "/v1/audited-records/{item_id}/finding"): {"person"},
    ("GET", "/v1/record-flags"): {"agency_hr", "verifier", "person"},
    ("POST", "/v1/record-flags/{flag_id}/answer"): {"person"},
    ("POST", "/v1/record-flags/{flag_id}/settle"): {"agency_hr", "verifier"},
    ("POST", "/v1/checks:take"): {"verifier"},
    ("GET", "/v1/checks"): {"verifier"},
    ("GET", "/v1/checks/{check_id}"): {"verifier"},
    ("POST", "/v1/checks/{check_id}/confirm"): {"verifier"},
    ("POST", "/v1/checks/{check_id}/refuse"): {"verifier"},
    ("GET", "/v1/checks/{check_id}/evidence"): {"verifier"},
    ("GET", "/v1/checks/{check_id}/evidence/{file_id}"): {"verifier"},
    ("GET", "/v1/trainings/{record_id}/checks"): READ,
    ("POST", "/v1/trainings/{record_id}/evidence"): SEND,
    ("GET", "/v1/trainings/{record_id}/evidence"): {"agency_hr", "person"},
    ("GET", "/v1/trainings/{record_id}/evidence/{file_id}"): {"agency_hr", "person"},
    ("POST", "/v1/trainings/{record_id}/evidence/{file_id}/compare"): {"agency_hr", "person"},
    # Classes.
    ("GET", "/v1/classes"): READ_CATALOGUE,
    ("GET", "/v1/classes/{class_id}"): READ_CATALOGUE,
    ("POST", "/v1/classes"): {"provider", "service"},
    ("PUT", "/v1/classes/{class_id}"): {"provider", "service"},
    ("POST", "/v1/classes/{class_id}/cancel"): {"provider", "service"},
    ("GET", "/v1/classes/{class_id}/people"): {"provider", "lan", "service", "agency_hr", "person"},
    ("GET", "/v1/agencies/{agency_id}/classes"): {"agency_hr"},
    ("GET", "/v1/people/me/classes"): {"person"},
    ("GET", "/v1/people/me/class-offers"): {"person"},
    ("POST", "/v1/classes/{class_id}/certificates"): {"provider", "service"},
    ("POST", "/v1/classes/{class_id}/evaluation"): {"person"},
    ("POST", "/v1/classes/{class_id}/later-evaluation"): {"person"},
    ("PUT", "/v1/classes/{class_id}/reflection"): {"person"},
    ("PUT", "/v1/classes/{class_id}/use"): {"person"},
    ("GET", "/v1/classes/{class_id}/feedback/me"): {"person"},
    ("GET", "/v1/classes/{class_id}/feedback"): {"provider", "lan", "service"},
    ("GET", "/v1/certificates"): {"provider", "lan", "service", "agency_hr", "person"},
    ("GET", "/v1/certificates/{certificate_id}"): {"provider", "lan", "service", "agency_hr", "person"},
    ("POST", "/v1/people/me/transcript"): {"person"},
    ("POST", "/v1/classes/{class_id}/enrolments"): {"provider", "service", "agency_hr", "person"},
    ("POST", "/v1/classes/{class_id}/enrolments:batch"): {"provider", "service", "agency_hr", "person"},
    ("POST", "/v1/classes/{class_id}/enrolments/{person_id}/withdraw"): {"provider", "service", "agency_hr", "person"},
    ("POST", "/v1/classes/{class_id}/attendance:batch"): {"provider", "service"},
    ("POST", "/v1/classes/{class_id}/results:batch"): {"provider", "service"},
}


async def test_the_service_is_as_the_house_asks(assert_service, world) -> None:
    await world.person()
    await assert_service(RIGHTS)


async def test_each_role_reaches_its_own_and_nothing_else(reaches_its_own, world, api, line) -> None:
    """Of two agencies, each with somebody, a school, a platform, and what these have sent."""
    sides: list[Things] = []
    bodies: dict[str, Any] = {}
    for agency, school, region, position in (
        (world.here, world.school, REGION, "Analis"),
        (world.there, world.other_school, "Papua", "Analis Bangkom"),
    ):
        code = await world.provider([("KL03", date(2020, 1, 1), None)], school)
        await world.agency(agency, region=region)
        person = await world.person(agency=agency, position=position)
        connection = new_id()
        [sent] = await world.store(line(person))
        [taught] = await world.store(line(person, provider_code=code), role="provider", provider=school)
        [reported] = await world.store(line(person), connection=connection)
        # Checking, evidence, accreditation, plausibility, audits by lot.
        sender = api.headers("service")
        kept = await api.http.post(f"/v1/trainings/{sent.id}/evidence?name=a.pdf", content=b"%PDF-1.7", headers=sender)
        await world.store(line(person), role="person", person=person)
        [check] = (await api.call("verifier", "POST", "/checks:take", {}, agency=agency)).json()["items"]
        opened = {"agency_id": str(agency), "reason": "Uji petik"}
        audit = (await api.call("lan", "POST", "/audits", opened)).json()["id"]
        async with world.database.transaction() as session:
            flag = RecordFlag(
                id=new_id(), record_id=sent.id, kind="leave", figure=1, found_in=[sent.id], rule_pack="plausibility-2026",
                found_on=world.clock.today(),
            )  # fmt: skip
            session.add(flag)
            drawn = RecordSample(
                id=new_id(), audit_id=UUID(audit), seed=1, size=1, since=world.clock.today(), until=world.clock.today(),
                due_on=world.clock.today(), strata=[], drawn_by="lan", drawn_at=world.clock.now(),
            )  # fmt: skip
            session.add(drawn)
            await session.flush()
            item = AuditedRecord(id=new_id(), sample_id=drawn.id, record_id=sent.id, auditor_id=person)
            session.add(item)
        days = {"since": "2026-01-01", "until": "2026-06-15", "due_on": "2026-07-15"}
        sample = {"seed": 1, "size": 1, **days, "auditor_ids": [str(person)]}
        exemption = {"ground": "cuti-sakit", "valid_from": "2026-01-01", "valid_to": "2026-02-01"}
        asked = exemption | {"person_id": str(person)}
        exempt = (await api.call("person", "POST", "/exemptions", asked, person=person)).json()["id"]
        course = {"provider_code": code, "title": "Data", "form": "KL03", "jp": "12", "valid_from": "2025-01-01"}
        made = (await api.call("lan", "POST", "/courses", course | {"code": f"C-{code}"})).json()
        taught_class = await teaching.over(world, api, [person], school=school)
        [result] = await teaching.results(api, taught_class, [person], school)
        assert result["status"] == "stored"
        await api.call("provider", "POST", f"/classes/{taught_class}/certificates", provider=school)
        [certificate] = (await api.get(f"/certificates?class_id={taught_class}"))["items"]
        sides.append(
            Things(
                {
                    "agency": agency,
                    "person": person,
                    "provider": school,
                    "connection": connection,
                    "region": region,
                    "position": position,
                },
                {
                    "person_id": person,
                    "agency_id": agency,
                    "record_id": sent.id,
                    "exemption_id": exempt,
                    "course_id": made["id"],
                    "provider_id": school,
                    "year": 2026,
                    "assigned_id": new_id(),
                    "file_id": kept.json()["id"],
                    "check_id": check["id"],
                    "flag_id": flag.id,
                    "audit_id": audit,
                    "item_id": item.id,
                    "class_id": taught_class,
                    "certificate_id": certificate["id"],
                },
                {"provider": {"record_id": taught.id}, "platform_admin": {"record_id": reported.id}},
            )
        )
        theirs = line(person, provider_code=code)
        bodies = {
            "POST /v1/courses": course | {"code": "C-9"},
            "PUT /v1/courses/{course_id}": course | {"code": f"C-{code}", "title": "Lain"},
            "POST /v1/courses:batch": [course | {"code": "C-9"}],
            "POST /v1/trainings": theirs,
            "POST /v1/trainings:batch": [theirs],
            "PUT /v1/trainings/{record_id}": {
                "reason": "Salah ketik",
                "form": "KL03",
                "title": "Data",
                "start_date": "2026-03-02",
                "end_date": "2026-03-03",
                "jp": "7",
            },
            "POST /v1/trainings/{record_id}/revoke": {"reason": "Ganda"},
            "POST /v1/team/{person_id}/courses": {"course_id": made["id"], "due_on": "2026-12-01"},
            "POST /v1/audits": {"agency_id": str(agency), "reason": "Uji petik"},
            "POST /v1/exemptions": asked | {"valid_from": "2027-01-01", "valid_to": None},
            "POST /v1/exemptions/{exemption_id}/refuse": {"reason": "Tanpa bukti"},
            "POST /v1/audits/{audit_id}/samples": sample,
            "POST /v1/audited-records/{item_id}/finding": {"finding": "proved", "words": "x"},
            "POST /v1/record-flags/{flag_id}/answer": {"answer": "Saya hadir"},
            "POST /v1/record-flags/{flag_id}/settle": {"verdict": "plausible", "reason": "Ada bukti"},
            "POST /v1/checks:take": {"most": 1},
            "POST /v1/checks/{check_id}/refuse": {"reason": "Tanpa bukti"},
            "POST /v1/exemptions/{exemption_id}/end": {"on": "2026-01-15", "reason": "Kembali"},
            # Classes.
            "POST /v1/classes": teaching.said(made["id"]),
            "PUT /v1/classes/{class_id}": teaching.said(made["id"]),
            "POST /v1/classes/{class_id}/cancel": {"reason": "Sepi"},
            "POST /v1/classes/{class_id}/evaluation": teaching.MARKS,
            "POST /v1/classes/{class_id}/later-evaluation": teaching.MARKS,
            "PUT /v1/classes/{class_id}/reflection": teaching.LEARNED,
            "PUT /v1/classes/{class_id}/use": {"used": True},
            "POST /v1/classes/{class_id}/enrolments": {"person_id": str(person)},
            "POST /v1/classes/{class_id}/enrolments:batch": [{"person_id": str(person)}],
            "POST /v1/classes/{class_id}/attendance:batch": [{"person_id": str(person), "session": 1, "present": True}],
            "POST /v1/classes/{class_id}/results:batch": [{"person_id": str(person), "name": "Sari Contoh"}],
        }
    await reaches_its_own(*sides, bodies)


def test_every_reason_of_the_domain_has_a_text() -> None:
    assert WHY.keys() == set(get_args(Why))
    assert KIND.keys() == set(get_args(Kind))
    assert SIGNS.keys() == set(plausibility.SIGNS)
