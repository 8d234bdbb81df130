"""Whoever has a paper in hand checks it without a log-in, by what the code on it says: here a PAK."""

import pytest


@pytest.fixture
async def printed(beside, agency, api_of) -> str:
    """What the code on a PAK says."""
    credit, api = await beside("credit"), api_of("credit")
    await credit.agency(agency)
    [person] = await credit.people(credit.state())
    line = {
        "reference": "P-1", "source_name": "e-kinerja", "person_id": str(person), "predikat": "baik",
        "period_start": "2025-01-01", "period_end": "2025-12-31", "evidence": "https://contoh.go.id/skp.pdf",
    }  # fmt: skip
    [case] = await api.bulk("/predicates:batch", [line], "service")
    await api.bulk("/cases:check", [{"id": case["id"]}], "verifier", subject="wati")
    await api.bulk("/cases:attest", [{"id": case["id"]}], "validator", subject="budi")
    paper = {"kind": "determination", "name": "Sari Contoh", "official": "Budi Contoh", "person_id": str(person)}
    made = await api.call("validator", "POST", "/papers", paper, agency=agency)
    assert made.status_code == 201, made.text
    return made.json()["check_url"]


async def test_a_pak_is_checked_by_its_code_without_a_log_in(visitor, printed, calls) -> None:
    read = await visitor.send("/check", address=f" {printed} ")
    token = printed.rpartition("/")[2]
    assert read.headers["location"] == f"/papers/{token}"
    page = await visitor.see(f"/papers/{token}")
    assert "Dokumen ini sah." in page
    assert "S. C." in page
    assert "Sari" not in page, "initials to hold it against, and no name"
    for wrong in (printed[:-1], "https://jejak.example/", '"><script>'):
        refused = await visitor.send("/check", address=wrong)
        assert (refused.status_code, "Ini bukan alamat dari kode QR" in refused.text) == (422, True)
        assert '"><script>' not in refused.text
    assert (await visitor.get(f"/papers/{'x' * 22}")).status_code == 404
    del calls.apps["credit"]
    assert "Dokumen tidak dapat diperiksa." in await visitor.see(f"/papers/{token}")
