"""Papers of credit points: what they say, how they are numbered and signed, and what whoever has one can check."""

import asyncio
from io import BytesIO
from urllib.parse import urlsplit

import pypdf
import pytest

from common.signing import PaperSigner, Seal
from contracts.events.credit import PakIssued, PakRevoked
from contracts.events.registry import RestrictionChanged
from jejak_local.authority import SIGNER
from jejak_local.harness import AGENCY, OTHER_AGENCY

OFFICIAL = "Budi Contoh, Kepala Biro Perencanaan"


@pytest.fixture
def signer(parts) -> PaperSigner:
    return PaperSigner(parts.settings.signer_key, parts.settings.signer_chain)


async def attested(api, *cases: str) -> None:
    ids = [{"id": case} for case in cases]
    assert {each["status"] for each in await api.bulk("/cases:check", ids, "verifier")} == {"updated"}
    assert {each["status"] for each in await api.bulk("/cases:attest", ids, "validator")} == {"updated"}


async def earned(api, lines) -> list[str]:
    """The attested cases of these predikat."""
    answers = await api.bulk("/predicates:batch", lines)
    assert {each["status"] for each in answers} == {"stored"}
    cases = [each["id"] for each in answers]
    await attested(api, *cases)
    return cases


@pytest.fixture
async def sari(world, api, predicate):
    """Somebody of III/a with a year of 12.5, whose agency is known; the number, and the case."""
    await world.agency(AGENCY)
    state = world.state(nip="199001012015051001")
    [person] = await world.people(state)
    [case] = await earned(api, [predicate(person, evidence="https://bukti.example/skp-2025")])
    return person, case


def paper_of(person, kind="determination", **changes):
    return {"kind": kind, "person_id": str(person), "name": "Sari Contoh, S.E.", "official": OFFICIAL} | changes


async def issued(api, person, kind="determination", status=201, **changes):
    answer = await api.call("validator", "POST", "/papers", paper_of(person, kind, **changes))
    assert answer.status_code == status, answer.text
    return answer.json()


def path_of(paper) -> str:
    return urlsplit(paper["check_url"]).path


async def test_a_pak_says_before_new_and_total_and_what_it_is_enough_for(world, api, predicate, sari) -> None:
    """1.6 of the rules: two PAK, the second with the first in its column "lama"; 2 months are 2.083 and only the sum is rounded."""
    person, _ = sari
    first = await issued(api, person)
    assert (first["number"], first["ak"], first["state"]) == ("L-0a/2026/000001", "12.500", "valid")
    assert [(each["act"], each["need"], each["short"], each["considered"]) for each in first["verdicts"]] == [
        ("rank", "50", "37.500", False),
        ("level", "100", "87.500", False),
    ]
    spans = [("2026-01-01", "2026-02-28"), ("2026-03-01", "2026-04-30"), ("2026-05-01", "2026-06-30")]
    await earned(api, [predicate(person, period_start=start, period_end=end) for start, end in spans])
    balance = {
        "way": "balance",
        "method": "conversion",
        "stated": "37.5",
        "day": "2024-12-31",
        "paper_date": "2025-01-15",
    }
    opened = await api.call("agency_hr", "POST", "/openings", {"person_id": str(person), "paper": "PAK-1", **balance})
    await attested(api, opened.json()["id"])
    second = await issued(api, person)
    sums = {each["row"]: (each["before"], each["new"], each["total"]) for each in second["sums"]}
    assert list(sums) == ["basic", "earlier", "adjustment", "conversion", "education", "all"]
    assert sums["conversion"] == ("12.500", "6.250", "18.750"), "three times 2.0833 is 6.25"
    assert sums["all"] == ("12.500", "43.750", "56.250")
    assert sums["earlier"] == ("0.000", "37.500", "37.500")
    assert (second["ak"], second["replaces"]) == ("56.250", first["id"])
    assert [(each["act"], each["surplus"], each["short"], each["considered"]) for each in second["verdicts"]] == [
        ("rank", "6.250", "0.000", True),
        ("level", "0.000", "43.750", False),
    ]
    assert len(second["results"]) == 3, "the performance results of what is new (K20)"
    assert (await api.get(f"/papers/{first['id']}"))["state"] == "replaced"
    told = [body for headers, body in await world.outbox() if headers["ce_type"] == PakIssued.type]
    assert [(each["ak_new"], each["ak_total"], each["origin"], each["replaces"]) for each in told] == [
        ("12.500", "12.500", "conversion", None),
        ("43.750", "56.250", "conversion", first["id"]),
    ]


async def test_issued_again_it_is_the_same_paper_and_a_mended_name_has_the_same_one_before_it(api, sari) -> None:
    person, _ = sari
    first = await issued(api, person)
    assert (await issued(api, person, status=200))["id"] == first["id"]
    mended = await issued(api, person, name="Sari Contoh Utami")
    assert (mended["sums"], mended["replaces"], mended["number"]) == (first["sums"], first["id"], "L-0a/2026/000002")


async def test_every_paper_is_a_signed_pdf_with_its_number_and_one_changed_byte_fails(world, api, signer, sari) -> None:
    person, case = sari
    number = {"nip": "19900101 201505 1 001"}
    for kind, more, says in (
        ("conversion", {"case_id": case}, ["12/12 x 100% x 12,5", "12,500", "predikat Baik"]),
        ("accumulation", {}, ["AKUMULASI", "1 Januari 2025 - 31 Desember 2025"]),
        (
            "determination",
            {},
            [
                "Keterangan",
                "saldo awal, jabatan fungsional lain",
                "AK Konversi",
                "Tidak dapat dipertimbangkan untuk kenaikan pangkat",
                "kekurangan 37,500",
            ],
        ),
    ):
        paper = await issued(api, person, kind, **more)
        answer = await api.call("person", "POST", f"/papers/{paper['id']}/print", number, person=person)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
        read = pypdf.PdfReader(BytesIO(answer.content))
        text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
        link = "https://bukti.example/skp-2025"
        for said in (paper["number"], "Sari Contoh, S.E.", "199001012015051001", OFFICIAL, SIGNER, link, *says):
            assert said.replace(" ", "") in text.replace(" ", ""), said
        assert "pdfaid" in str(read.xmp_metadata.rdf_root.toxml())
        whole = Seal(SIGNER, world.clock.now(), whole=True, trusted=True)
        assert await asyncio.to_thread(signer.verify, answer.content) == whole
        for place in (10, len(answer.content) // 3, len(answer.content) - 10):
            changed = bytearray(answer.content)
            changed[place] ^= 1
            assert not (await asyncio.to_thread(signer.verify, bytes(changed))).whole
    other = {"nip": world.nip()}
    assert (await api.refused("lan", "POST", f"/papers/{paper['id']}/print", other))[:2] == (422, "nip-of-another")
    assert "199001012015051001" not in str([tuple(row) for row in await world.rows("SELECT * FROM papers")])


async def test_the_check_address_tells_valid_replaced_or_revoked_by_initials(world, api, predicate, sari) -> None:
    person, _ = sari
    first = await issued(api, person)
    told = await api.http.get(path_of(first))
    assert (told.status_code, told.json()) == (200, {
        "number": "L-0a/2026/000001", "state": "valid", "initials": "S. C. S.", "issued_on": "2026-07-01", "kind": "determination",
        "jenjang": "ahli_pertama", "golongan": "III/a", "ak": "12.500",
    })  # fmt: skip
    page = await api.http.get(path_of(first), headers={"accept": "text/html"})
    assert "Surat ini sah" in page.text
    for answer in (told, page):
        assert "Sari" not in answer.text
        assert str(person) not in answer.text
    await earned(api, [predicate(person, period_start="2024-01-01", period_end="2024-12-31")])
    second = await issued(api, person)
    assert (await api.http.get(path_of(first))).json()["state"] == "replaced"
    reason = {"reason": "Salah orang"}
    for _ in range(2):
        answer = await api.call("validator", "POST", f"/papers/{second['id']}/revoke", reason)
        assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    english = await api.http.get(path_of(second), headers={"accept": "text/html", "accept-language": "en"})
    assert "was revoked" in english.text
    assert (await api.refused("lan", "POST", f"/papers/{second['id']}/print", {"nip": "199001012015051001"}))[:2] == (
        409,
        "paper-revoked",
    )
    events = [body["paper_id"] for headers, body in await world.outbox() if headers["ce_type"] == PakRevoked.type]
    assert events == [second["id"]]
    third = await issued(api, person)
    assert (third["sums"], third["number"]) == (second["sums"], "L-0a/2026/000003"), (
        "what was revoked counts for nothing"
    )
    token = path_of(third).rsplit("/", 1)[1]
    for tried, status in (
        ("L-0a/2026/000003", 404),
        (third["id"], 422),
        (token[:-1] + ("A" if token[-1] != "A" else "B"), 404),
    ):
        assert (await api.http.get(f"/v1/paper-checks/{tried}")).status_code == status, tried
    await world.hear(world.received(RestrictionChanged(person_id=person, parts=["credit"])))
    assert (await api.http.get(path_of(third))).json()["code"] == "at-rest"
    assert (await api.refused("validator", "POST", "/papers", paper_of(person)))[:2] == (403, "at-rest")


async def test_numbers_have_no_gap_when_many_are_issued_at_once(world, api, predicate) -> None:
    for agency in (AGENCY, OTHER_AGENCY):
        await world.agency(agency)
    ours = await world.people(*(world.state() for _ in range(12)))
    theirs = await world.people(*(world.state(agency=OTHER_AGENCY) for _ in range(3)))
    await earned(api, [predicate(person) for person in ours])
    for person in theirs:
        case = (await api.call("service", "POST", "/predicates", predicate(person))).json()["id"]
        for role, act in (("verifier", "check"), ("validator", "attest")):
            await api.call(role, "POST", f"/cases/{case}/{act}", agency=OTHER_AGENCY)
    batches = [ours[start : start + 3] for start in range(0, 12, 3)]
    wrong = paper_of(ours[0], "conversion")
    answers = await asyncio.gather(
        *(
            api.bulk("/papers:batch", [*map(paper_of, batch), wrong, paper_of(batch[0])], "validator")
            for batch in batches
        ),
        api.bulk("/papers:batch", [paper_of(person) for person in theirs], "validator", agency=OTHER_AGENCY),
    )
    codes = [[each.get("code", each["status"]) for each in batch] for batch in answers]
    assert codes == [*[["stored"] * 3 + ["paper-case-unclear", "paper-twice"]] * 4, ["stored"] * 3]
    rows = await world.rows("SELECT agency_id, serial FROM papers ORDER BY agency_id, serial")
    assert [(row.agency_id, row.serial) for row in rows] == [
        *((AGENCY, number) for number in range(1, 13)), *((OTHER_AGENCY, number) for number in range(1, 4)),
    ]  # fmt: skip


async def test_who_may_issue_and_for_whom(world, api, predicate, sari) -> None:
    person, case = sari
    [bare, outside] = await world.people(world.state(), world.state(jenjang=None))
    for body, role, claims, code in (
        (paper_of(bare), "validator", {}, "nothing-to-issue"),
        (paper_of(outside), "validator", {}, "no-functional-post"),
        (paper_of(bare, "conversion", case_id=case), "validator", {}, "nothing-to-issue"),
        (paper_of(person), "validator", {"person": person}, "own-case"),
        (paper_of(person), "validator", {"agency": OTHER_AGENCY}, "person-unknown"),
        (paper_of(person), "verifier", {}, "forbidden"),
        (paper_of(person), "agency_hr", {}, "forbidden"),
        (paper_of(person, nip="199001012015051001"), "validator", {}, "person-unclear"),
    ):
        assert (await api.refused(role, "POST", "/papers", body, **claims))[1] == code
    paper = await issued(api, person)
    assert (await api.refused("validator", "POST", f"/papers/{paper['id']}/revoke", {"reason": "x"}, person=person))[
        1
    ] == "own-case"
    other = {"person": bare}
    assert (await api.refused("person", "GET", f"/papers/{paper['id']}", **other))[:2] == (404, "not-found")
    assert (await api.get("/papers", "person", **other))["items"] == []
    assert [each["id"] for each in (await api.get(f"/papers?person_id={person}", "agency_hr"))["items"]] == [
        paper["id"]
    ]
    looks = [each.event for each in await world.told() if type(each.event).__name__ == "RecordViewed"]
    assert ("credit", (person,)) in {(look.part, tuple(look.person_ids)) for look in looks}


async def test_an_agency_whose_code_is_not_known_numbers_nothing(world, api, predicate) -> None:
    [person] = await world.people(world.state())
    await earned(api, [predicate(person)])
    assert (await api.refused("validator", "POST", "/papers", paper_of(person)))[:2] == (422, "agency-unknown")
    await world.agency(AGENCY)
    assert (await issued(api, person))["number"] == "L-0a/2026/000001"
