"""Two agencies merge, black box: what the old one had is the new one's, and what was told of the days before stays."""

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from contracts.zone import JAKARTA

SPRING, LAST_YEAR = "2026-04-30", "2025-12-31"


async def report(jejak, agency_id: str) -> str:
    """Who met the duty in spring, and who served there at the end of last year."""
    lan = {"role": "lan"}
    counts = await jejak.get("training", f"/duty-counts?by=agency&day={SPRING}&agency_id={agency_id}", **lan)
    del counts["counted_at"]
    people = (await jejak.get("registry", f"/people?agency_id={agency_id}&as_of={LAST_YEAR}", **lan))["items"]
    for told_anew in ("version", "valid_to"):
        for each in people:
            each.pop(told_anew, None)
    return json.dumps([counts, people], sort_keys=True)


async def test_a_merger_takes_cases_shortfalls_and_references_to_the_heir_and_leaves_the_reports(jejak) -> None:
    old, heir = await jejak.agency(), await jejak.agency()
    behind, trained = await jejak.people(old, 2)
    of_old, of_heir = ({"role": "agency_hr", "agency": each["id"]} for each in (old, heir))
    line = jejak.training(trained, jp="20")
    record = await jejak.post("training", "/trainings", line, **of_old)
    predicate = {
        "source_name": "uji", "reference": uuid4().hex, "nip": behind["nip"], "period_start": "2025-01-01",
        "period_end": LAST_YEAR, "predikat": "baik",
    }  # fmt: skip
    case = await jejak.post("credit", "/predicates", predicate, **of_old)
    await jejak.at_rest()
    for arguments in ((), ("--again", "2026", "1"), ("--again", "2026", "2")):  # those over may have been swept before
        code, output = await jejak.run("training", "sweep", *arguments)
        assert code == 0, output
    await jejak.at_rest()
    before = await report(jejak, old["id"])

    plan = {
        "agency_id": old["id"], "on": datetime.now(JAKARTA).date().isoformat(), "shares": [{"agency_id": heir["id"]}],
    }  # fmt: skip
    preview = await jejak.post("registry", "/reforms:preview", plan, role="lan")

    async def answered() -> Any:
        found = await jejak.get("registry", f"/reform-previews/{preview['id']}", role="lan")
        return None if found["missing"] else found

    preview = await jejak.until(answered)
    assert [(share["agency_id"], share["people"]) for share in preview["shares"]] == [(heir["id"], 2)]
    assert {
        (by["service"], each["kind"]): (each["goes_to"], each["count"])
        for by in preview["held"]
        for each in by["items"]
        if each["count"]
    } == {
        ("training", "references"): ("person", 1),
        ("training", "shortfalls"): ("heir", 2),
        ("credit", "cases"): ("person", 1),
        ("credit", "references"): ("person", 1),
        ("notification", "pics"): ("heir", 1),
    }
    reform = await jejak.post("registry", "/reforms", plan, role="lan")

    async def done() -> bool:
        return (await jejak.get("registry", f"/jobs/{reform['job_id']}", role="lan"))["state"] == "done"

    await jejak.until(done)
    await jejak.at_rest()
    assert await report(jejak, old["id"]) == before

    # Training: the record is corrected, and its reference known.
    correction = {name: line[name] for name in ("form", "start_date", "end_date", "jp")}
    correction |= {"title": "Judul benar", "reason": "Salah ketik"}
    path = f"/trainings/{record['id']}"
    again = await jejak.call("training", "POST", "/trainings", json=line, **of_heir)
    assert (again.status_code, again.json()["id"]) == (200, record["id"])
    corrected = await jejak.call("training", "PUT", path, json=correction, **of_heir)
    assert (corrected.status_code, corrected.json()["agency_id"]) == (200, old["id"])

    stale = await jejak.call("training", "PUT", path, json=correction, **of_old)
    assert (stale.status_code, stale.json()["code"]) == (403, "claim-succeeded")
    assert heir["id"] in stale.json()["title"]

    # Credit: the case is checked by the heir's people.
    check = f"/cases/{case['id']}/check"
    assert (await jejak.call("credit", "POST", check, role="verifier", agency=old["id"])).status_code == 403
    await jejak.post("credit", check, role="verifier", agency=heir["id"])

    # The shortfall is the heir's to see, and its PIC hears what becomes of it.
    listed = "/shortfalls?year=2026&period=1&state=open"
    shortfalls = await jejak.get("training", listed, role="agency_hr", agency=heir["id"])
    assert [each["person_id"] for each in shortfalls["items"]] == [behind["id"]]
    mails = {each["pic"]: len(_mails(jejak, each["pic"])) for each in (old, heir)}
    late = await jejak.post("training", "/trainings", jejak.training(behind, jp="20"), **of_heir)
    await jejak.at_rest()
    assert (await jejak.get("training", listed, role="agency_hr", agency=heir["id"]))["items"] == []
    await jejak.post("training", f"/trainings/{late['id']}/revoke", {"reason": "salah orang"}, **of_heir)

    async def told() -> bool:
        return len(_mails(jejak, heir["pic"])) > mails[heir["pic"]]

    await jejak.until(told)
    assert len(_mails(jejak, old["pic"])) == mails[old["pic"]]
    await jejak.at_rest()
    await jejak.books_balance()


def _mails(jejak, address: str) -> list[Any]:
    return [mail for mail in jejak.stack.mail.mails() if address in mail.recipients]
