"""Certificates: numbered without gaps, signed, checked by whoever has one, revoked with their record."""

import asyncio
from io import BytesIO
from urllib.parse import urlsplit

import pypdf
import pytest

from common.signing import PaperSigner, Seal
from contracts.events.registry import RestrictionChanged
from jejak_local.authority import SIGNER
from services.training.tests.teaching import over, results


@pytest.fixture
def signer(parts) -> PaperSigner:
    return PaperSigner(parts.settings.signer_key, parts.settings.signer_chain)


async def passed(world, api, many: int = 1, **changes):
    """A class that is over, with so many who have passed."""
    people = await world.people(*(world.state() for _ in range(many)))
    class_id = await over(world, api, people, seats=max(many, 1), **changes)
    answers = await results(api, class_id, people, changes.get("school", world.school))
    assert {answer["status"] for answer in answers} == {"stored"}
    return class_id, people


async def issued(api, class_id, **claims):
    answer = await api.call("provider", "POST", f"/classes/{class_id}/certificates", **claims)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def one(world, api):
    """A certificate, and whose it is."""
    class_id, [person] = await passed(world, api)
    await issued(api, class_id)
    [shown] = (await api.get("/certificates", "person", person=person))["items"]
    return shown, person


def path_of(shown) -> str:
    return urlsplit(shown["check_url"]).path


async def test_a_certificate_is_a_pdf_that_says_who_signed_it_and_one_changed_byte_fails(world, api, signer):
    shown, person = await one(world, api)
    assert (shown["number"], shown["state"]) == ("P-aa/2026/000001", "valid")
    answer = await api.call("person", "GET", f"/certificates/{shown['id']}", person=person)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    paper = answer.content
    text = pypdf.PdfReader(BytesIO(paper)).pages[0].extract_text()
    for said in (
        "Sari Contoh",
        "Analisis data",
        "P-aa/2026/000001",
        "8 JP",
        "13 Juni 2026",
        SIGNER,
        shown["check_url"],
    ):
        assert said in " ".join(text.split()), said
    assert b"pdfaid" in paper or "pdfaid" in str(pypdf.PdfReader(BytesIO(paper)).xmp_metadata.rdf_root.toxml())
    assert await asyncio.to_thread(signer.verify, paper) == Seal(SIGNER, world.clock.now(), whole=True, trusted=True)
    for place in (10, len(paper) // 3, len(paper) - 10):
        changed = bytearray(paper)
        changed[place] ^= 1
        assert not (await asyncio.to_thread(signer.verify, bytes(changed))).whole


async def test_who_may_have_a_certificate_is_who_may_see_its_record(world, api):
    shown, person = await one(world, api)
    path = f"/certificates/{shown['id']}"
    for role, claims in (("provider", {}), ("agency_hr", {}), ("person", {"person": person})):
        assert (await api.call(role, "GET", path, **claims)).status_code == 200
    for role, claims in (
        ("provider", {"provider": world.other_school}), ("agency_hr", {"agency": world.there}), ("person", {"person": shown["id"]}),
    ):  # fmt: skip
        assert (await api.refused(role, "GET", path, **claims))[:2] == (404, "not-found")
        assert (await api.get("/certificates", role, **claims))["items"] == []
    looks = [each.event for each in await world.told() if type(each.event).__name__ == "RecordViewed"]
    assert {(look.part, tuple(look.person_ids)) for look in looks} == {("trainings", (person,))}


async def test_the_check_address_tells_initials_and_whether_it_is_valid_and_no_name(world, api):
    shown, person = await one(world, api)
    told = await api.http.get(path_of(shown))
    assert (told.status_code, told.json()) == (200, {
        "number": "P-aa/2026/000001", "state": "valid", "initials": "S. C.", "title": "Analisis data", "provider": "P-aa",
        "begins_on": "2026-06-13", "ends_on": "2026-06-14", "jp": "8.000", "issued_on": "2026-06-15",
    })  # fmt: skip
    page = await api.http.get(path_of(shown), headers={"accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Sertifikat ini sah" in page.text
    assert "S. C." in page.text
    for answer in (told, page):
        assert "Sari" not in answer.text
        assert str(person) not in answer.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    record = shown["record_id"]
    revoked = await api.call("agency_hr", "POST", f"/trainings/{record}/revoke", {"reason": "Salah orang"})
    assert revoked.status_code == 200
    assert (await api.http.get(path_of(shown))).json()["state"] == "revoked"
    english = await api.http.get(path_of(shown), headers={"accept": "text/html", "accept-language": "en"})
    assert "revoked" in english.text
    path = f"/certificates/{shown['id']}"
    assert (await api.refused("person", "GET", path, person=person))[:2] == (409, "certificate-revoked")


async def test_nobody_counts_certificates_by_trying_numbers(world, api):
    shown, _ = await one(world, api)
    token = path_of(shown).rsplit("/", 1)[1]
    assert len(token) == 22
    for tried, status in (
        ("P-aa/2026/000001", 404), ("1", 422), (shown["id"], 422), ("A" * 22, 404), (token[:-1] + ("A" if token[-1] != "A" else "B"), 404),
    ):  # fmt: skip
        answer = await api.http.get(f"/v1/certificate-checks/{tried}")
        assert answer.status_code == status, tried
    page = await api.http.get(f"/v1/certificate-checks/{'A' * 22}", headers={"accept": "text/html"})
    assert (page.status_code, "tidak dikenal" in page.text) == (404, True)


async def test_while_a_record_rests_its_certificate_says_nothing(world, api):
    shown, person = await one(world, api)
    await world.hear(world.received(RestrictionChanged(person_id=person, parts=["trainings"])))
    assert (await api.http.get(path_of(shown))).json()["code"] == "at-rest"
    page = await api.http.get(path_of(shown), headers={"accept": "text/html"})
    assert (page.status_code, "S. C." in page.text) == (403, False)


async def test_a_class_of_five_hundred_is_issued_at_once_and_again_changes_nothing(world, api):
    class_id, people = await passed(world, api, 500)
    first = await issued(api, class_id)
    assert first == {
        "class_id": class_id, "issued": 500, "certificates": 500, "first": "P-aa/2026/000001", "last": "P-aa/2026/000500",
    }  # fmt: skip
    again = await issued(api, class_id)
    assert again == first | {"issued": 0, "first": None, "last": None}
    assert await world.value("SELECT count(DISTINCT token) FROM certificates") == len(people)


async def test_numbers_have_no_gap_when_classes_are_issued_at_once(world, api):
    made = [await passed(world, api, 3) for _ in range(4)]
    other, _ = await passed(world, api, 2, school=world.other_school)
    answers = await asyncio.gather(
        *(issued(api, class_id) for class_id, _ in made), issued(api, other, provider=world.other_school)
    )
    assert sorted(answer["issued"] for answer in answers) == [2, 3, 3, 3, 3]
    rows = await world.rows("SELECT number FROM certificates WHERE provider_id = :id ORDER BY number", id=world.school)
    assert [row.number for row in rows] == list(range(1, 13))
    rows = await world.rows("SELECT number FROM certificates WHERE provider_id = :id", id=world.other_school)
    assert sorted(row.number for row in rows) == [1, 2]


async def test_another_provider_issues_nothing_and_what_was_revoked_before_gets_none(world, api):
    class_id, _ = await passed(world, api, 2)
    assert (await api.refused("provider", "POST", f"/classes/{class_id}/certificates", provider=world.other_school))[
        :2
    ] == (404, "not-found")
    record = await world.value("SELECT record_id FROM class_results ORDER BY person_id LIMIT 1")
    await api.call("provider", "POST", f"/trainings/{record}/revoke", {"reason": "Salah orang"})
    assert (await issued(api, class_id))["issued"] == 1
