"""SIASN: what it is told of trainings and PAK, how often, and what is left to a person; proven against a stand-in."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from common.ids import new_id
from connectors.domain.siasn import PACKS, read_answer
from connectors.settings import Settings
from connectors.siasn.sender import Exporter
from contracts.events.credit import PakIssued, PakRevoked
from contracts.events.registry import IdentifiersChanged, RestrictionChanged
from contracts.events.training import ProviderChanged, TrainingCompleted, TrainingCorrected, TrainingRevoked
from jejak_local.harness import AGENCY, OTHER_AGENCY, bare
from services.connectors.tests.siasn.standin import SETTINGS, siasn

PERSON, INSTANSI = "8AE483C5740B4C0AE050640A3C036B36", "A5EB03E23CFBF6A0E040640A040252AD"


@pytest.fixture
def own_settings(own_settings):
    return own_settings | SETTINGS | {"siasn_agencies": [AGENCY]}


@pytest.fixture
async def stand_in():
    async with siasn() as found:
        found.people.add(PERSON)
        yield found


@pytest.fixture
def send(parts):
    """Tells SIASN whatever is due a minute later, to its end."""
    exporter = Exporter(parts)

    async def all_of_it() -> None:
        parts.clock.moment += timedelta(minutes=1)
        while await exporter.turn():
            pass

    return all_of_it


@pytest.fixture
async def sari(world):
    """Somebody whom SIASN knows, as it knows their agency."""
    person = await world.person()
    await known(world, AGENCY, INSTANSI, "agency")
    await known(world, person, PERSON)
    return person


async def known(world, subject, siasn_id: str | None, kind="person", sequence=1) -> None:
    ids = {"siasn": siasn_id} if siasn_id else {}
    await world.hear(world.received(IdentifiersChanged(kind=kind, subject_id=subject, ids=ids), sequence))


def record(person, kind=TrainingCompleted, **said):
    usual = {
        "record_id": new_id(), "person_id": person, "agency_id": AGENCY, "year": 2026, "form": "KL03", "title": "Analisis data",
        "start_date": date(2026, 5, 4), "end_date": date(2026, 5, 6), "jp_counted": Decimal("20.75"), "verified": True,
        "source_kind": "system", "rule_pack": "jp-2018",
    }  # fmt: skip
    return bare(kind, **usual | said)


def pak(person, **said):
    usual = {
        "paper_id": new_id(), "person_id": person, "agency_id": AGENCY, "number": "L-0a/2026/000001", "issued_on": date(2026, 6, 1),
        "jenjang": "ahli_pertama", "golongan": "III/a", "period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31),
        "origin": "conversion", "ak_new": "12.500", "ak_total": "25.000", "twelfths_new": Decimal(150), "twelfths": Decimal(300),
    }  # fmt: skip
    return bare(PakIssued, **usual | said)


async def exports(api, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return (await api.get(f"/siasn/exports?{query}", "agency_hr"))["items"]


async def test_trainings_and_pak_go_out_once_in_siasns_words(world, api, stand_in, send, sari) -> None:
    provider = bare(ProviderChanged, provider_id=new_id(), code="P-1", name="Pusbangkom")
    await world.hear(world.received(provider))
    course = record(sari, provider_id=provider.provider_id)
    await world.hear(*map(world.received, (course, record(sari, form="KL01", jp_counted=Decimal(900)))))
    await world.hear(world.received(pak(sari)))
    await send()
    kept = {resource: said for (resource, _), said in stand_in.kept.items()}
    assert kept["kursus"] == {
        "pnsOrangId": PERSON, "instansiId": INSTANSI, "jenisDiklatId": "3", "jenisKursus": "3", "jenisKursusSertipikat": "P",
        "namaKursus": "Analisis data", "jumlahJam": "20", "nomorSertipikat": str(course.record_id), "tahunKursus": "2026",
        "tanggalKursus": "04-05-2026", "tanggalSelesaiKursus": "06-05-2026", "institusiPenyelenggara": "Pusbangkom", "lokasiId": "", "path": [],
    }  # fmt: skip
    assert (kept["diklat"]["jumlahJam"], kept["diklat"]["latihanStrukturalId"]) == ("900", "8")
    assert kept["angkakredit"] | {"nomorSk": "L-0a/2026/000001", "tanggalSk": "01-06-2026", "bulanMulaiPenailan": "1",
        "tahunSelesaiPenailan": "2025", "kreditBaruTotal": "12.500", "isKonversi": "1", "isIntegrasi": "0"} == kept["angkakredit"]  # fmt: skip
    assert {each["state"] for each in await exports(api)} == {"sent"}
    await world.hear(world.received(course))  # told again, it is known
    await send()
    assert (len(stand_in.calls), stand_in.tokens) == (3, 2), "each once, and one pair of tokens for all"


async def test_what_is_corrected_goes_out_again_under_its_id_and_what_is_revoked_is_listed(
    world, api, stand_in, send, sari
) -> None:
    first, second, never = record(sari), record(sari, title="Statistik"), record(sari)
    await world.hear(*map(world.received, (first, second, never)))
    revoked = {name: getattr(second, name) for name in ("record_id", "person_id", "agency_id", "year")}
    await world.hear(world.received(TrainingRevoked(**revoked | {"record_id": never.record_id}, reason="x"), 2))
    await send()
    assert len(stand_in.kept) == 2
    corrected = record(
        sari, TrainingCorrected, record_id=first.record_id, title="Analisis data II", reason="salah ketik"
    )
    await world.hear(world.received(corrected, 2))
    await world.hear(world.received(TrainingRevoked(**revoked, reason="palsu"), 2))
    await world.hear(world.received(first, 1))  # late, it says nothing new
    await send()
    assert sorted(said["namaKursus"] for said in stand_in.kept.values()) == ["Analisis data II", "Statistik"]
    [listed] = await exports(api, state="revoked")
    assert (listed["id"], listed["person_id"]) == (str(second.record_id), str(sari))
    for _ in range(2):
        answer = await api.call("agency_hr", "POST", f"/siasn/exports/{listed['id']}/settle")
        assert (answer.status_code, answer.json()["state"]) == (200, "removed")
    assert (await api.refused("agency_hr", "POST", f"/siasn/exports/{first.record_id}/settle"))[:2] == (
        409,
        "nothing-to-settle",
    )
    paper = pak(sari)
    await world.hear(world.received(paper))
    await send()
    gone = bare(
        PakRevoked,
        **paper.model_dump(include={"paper_id", "person_id", "agency_id", "number"}),
        revoked_on=date(2026, 6, 2),
    )
    await world.hear(world.received(gone, 2))
    assert [each["resource"] for each in await exports(api, state="revoked")] == ["angkakredit"]


async def test_who_siasn_does_not_know_waits_and_what_is_not_for_it_says_why(world, api, stand_in, send) -> None:
    stranger = await world.person()
    await known(world, AGENCY, INSTANSI, "agency")
    odd = {"PD01": "kind", "XX01": "kind"}
    records = [
        record(stranger),
        *(record(stranger, form=form) for form in odd),
        record(stranger, jp_counted=Decimal("0.5")),
    ]
    outside = [record(stranger, agency_id=OTHER_AGENCY), record(stranger, verified=False)]
    await world.hear(*map(world.received, (*records, *outside)))
    await send()
    assert stand_in.calls == []
    found = await exports(api, person_id=stranger)
    assert sorted((each["state"], each["why"]) for each in found if each["why"]) == [
        ("unfit", "hours"),
        ("unfit", "kind"),
        ("unfit", "kind"),
    ]
    assert len(found) == 4, "what is unverified, and other agencies' people, are nobody's business"
    await world.hear(world.received(RestrictionChanged(person_id=stranger, parts=["trainings"])))
    await known(world, stranger, PERSON)
    await send()
    assert stand_in.calls == [], "it rests"
    await world.hear(world.received(RestrictionChanged(person_id=stranger, parts=[]), 2))
    await send()
    assert stand_in.calls == ["kursus"]
    await known(world, stranger, None, sequence=2)
    await world.hear(world.received(record(stranger)))
    await send()
    assert stand_in.calls == ["kursus"], "it knows them no more"


async def test_a_refusal_says_why_without_numbers_and_what_is_away_is_tried_again(
    world, api, stand_in, send, sari
) -> None:
    stand_in.people.clear()
    course = record(sari)
    await world.hear(world.received(course))
    await send()
    [refused] = await exports(api, state="refused")
    assert refused["why"] == "PNS ################## tidak ditemukan"
    stand_in.people.add(PERSON)
    stand_in.answers[:] = [503, 401]
    path = f"/siasn/exports/{refused['id']}/settle"
    assert (await api.call("agency_hr", "POST", path)).json()["state"] == "waiting"
    assert (await api.refused("agency_hr", "POST", path))[:2] == (409, "nothing-to-settle")
    for state, tokens in (("waiting", 2), ("waiting", 2), ("sent", 4)):
        await send()
        [now] = await exports(api)
        assert (now["state"], stand_in.tokens) == (state, tokens)
        world.clock.moment += timedelta(minutes=10)


async def test_another_agency_sees_and_moves_nothing(world, api, stand_in, send, sari) -> None:
    await world.hear(world.received(record(sari)))
    other = {"agency": OTHER_AGENCY}
    assert (await api.get("/siasn/exports", "agency_hr", **other))["items"] == []
    [mine] = await exports(api)
    assert (await api.refused("agency_hr", "POST", f"/siasn/exports/{mine['id']}/settle", **other))[:2] == (
        404,
        "not-found",
    )


KURSUS = {"id": "K-1", "jenisDiklatId": "3", "namaKursus": "Statistik", "jumlahJam": 12, "noSertipikat": "S-1", "tanggalKursus": "02-03-2024",
    "tanggalSelesaiKursus": "03-03-2024"}  # fmt: skip
PAK = {"nomorSk": "PAK-1", "tanggalSk": "15-01-2025", "kreditBaruTotal": "12.5", "isKonversi": "1", "isIntegrasi": "0",
    "bulanMulaiPenilaian": "1", "tahunMulaiPenilaian": "2024", "bulanSelesaiPenailan": 12, "tahunSelesaiPenailan": 2024}  # fmt: skip


async def test_a_downloaded_history_is_read_row_by_row_and_what_is_not_here_is_reported_once(
    world, api, stand_in, send
) -> None:
    nip = world.nip()
    person = await world.person(nip=nip)
    await known(world, AGENCY, INSTANSI, "agency")
    await known(world, person, PERSON)
    own = record(person)
    await world.hear(world.received(own))
    await send()
    history = {
        "nip": nip,
        "kursus": [
            KURSUS, KURSUS | {"id": "kursus-1"}, KURSUS | {"id": "9", "noSertipikat": str(own.record_id)}, KURSUS | {"jenisDiklatId": "99"},
            KURSUS | {"tanggalKursus": "2024-03-02"}, {"jumlahJam": "sepuluh"},
        ],
        "diklat": [{"id": "D-1", "nomor": "N", "tanggal": "01-02-2020", "jumlahJam": "900", "latihanStrukturalNama": "PKA"}],
        "angkakredit": [PAK, PAK | {"isIntegrasi": "1"}, PAK | {"bulanMulaiPenilaian": "13"}],
    }  # fmt: skip
    read = await api.call("agency_hr", "POST", "/siasn/histories", history)
    assert read.status_code == 200, read.text
    outcomes = [each["field"] or each["outcome"] for each in read.json()["trainings"]]
    wrong = ["jenisDiklatId", "tanggalKursus", "tanggalKursus"]
    assert outcomes == ["new", "ours", "ours", *wrong, "new"]
    [pak, two_flags, month] = read.json()["paks"]
    assert (pak["number"], pak["period_start"], pak["period_end"], pak["ak_new"], pak["origin"]) == (
        "PAK-1", "2024-01-01", "2024-12-01", "12.500", "conversion",
    )  # fmt: skip
    assert (two_flags["field"], month["field"]) == ("isKonversi", "bulanMulaiPenailan")
    assert await world.told_training() == [], "reading tells nobody"
    for outcome in ("taken", "known"):
        taken = await api.call("agency_hr", "POST", "/siasn/histories", history | {"take": True})
        assert [each["outcome"] for each in taken.json()["trainings"]] == [
            outcome,
            "ours",
            "ours",
            *["refused"] * 3,
            outcome,
        ]
    told = {body["title"]: body for _, _, body in await world.told_training()}
    assert {title: (body["form"], body["jp"], body["evidence"]) for title, body in told.items()} == {
        "Statistik": ("KL03", "12", "S-1"), "PKA": ("KL01", "900", "N"),
    }  # fmt: skip
    assert nip not in str([tuple(row) for row in await world.rows("SELECT * FROM reports")])
    await world.answer()
    back = record(person, record_id=UUID(told["Statistik"]["report_id"]))  # as training answers here
    await world.hear(world.received(back))
    await send()
    assert (await exports(api, state="unfit"))[0]["why"] == "from-siasn"
    assert len(stand_in.calls) == 1, "what came from there does not go back"
    elsewhere = await api.call("agency_hr", "POST", "/siasn/histories", history, agency=OTHER_AGENCY)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "person-unknown")


def test_nothing_leaves_by_default() -> None:
    fields = Settings.model_fields
    assert {name: fields[name].default for name in ("siasn_url", "siasn_token_url", "siasn_sso_url")} == dict.fromkeys(
        ("siasn_url", "siasn_token_url", "siasn_sso_url"), ""
    )
    assert fields["siasn_agencies"].default == ()
    assert "bkn.go.id" not in "".join(path.read_text() for path in PACKS.glob("*.toml"))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'{"success": true}', b'{"success": false, "mapData": {"id": "x"}}']
)
def test_an_answer_that_gives_no_id_took_nothing(body: bytes) -> None:
    assert read_answer(200, body)[0] is None
