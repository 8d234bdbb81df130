"""Mentoring, black box: a cohort is matched and published, and each of its people gets one mail over real SMTP."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4


async def check_address(jejak, person: dict[str, Any]) -> str:
    """Gives somebody a checked address, by the link of its mail."""
    address = f"{uuid4().hex}@instansi.example"
    contact = "/people/me/contact"
    me = {"role": "person", "person": person["id"]}
    said = await jejak.call("registry", "PUT", contact, json={"email": address}, **me)
    assert said.status_code == 200, said.text

    async def check():
        return [mail for mail in jejak.stack.mail.mails() if address in mail.recipients]

    [mail] = await jejak.until(check)
    link = re.search(r"http\S+/contact/check\?token=\S+", mail.body())
    assert link
    token = parse_qs(urlsplit(link[0]).query)["token"][0]
    await jejak.post("registry", f"{contact}/check", {"token": token}, **me)
    return address


async def test_publishing_writes_one_mail_to_each_person_and_lists_whom_it_cannot_reach(jejak) -> None:
    """M06, counted at the SMTP server."""
    agency = await jejak.agency()
    desk = {"role": "programme_manager", "agency": agency["id"]}
    [mentor] = await jejak.people(agency, 1, jenjang="ahli_madya", golongan="IV/a")
    mentees = await jejak.people(agency, 3, jenjang="ahli_muda", golongan="III/c")
    today = datetime.now(UTC).date().isoformat()
    programme = await jejak.post(
        "mentoring", "/programmes", {"title": "Mentoring uji", "opens_on": today, "closes_on": today}, **desk
    )
    for person in [mentor, *mentees]:
        side = {"side": "mentor" if person is mentor else "mentee"}
        path = f"/programmes/{programme['id']}/applications/me"

        async def joins(path=path, side=side, person=person):
            answer = await jejak.call("mentoring", "PUT", path, json=side, role="person", person=person["id"])
            return answer.status_code == 200

        await jejak.until(joins)
    addresses = {person["id"]: await check_address(jejak, person) for person in [mentor, *mentees[:2]]}
    run = await jejak.post("mentoring", f"/programmes/{programme['id']}/runs", {}, **desk)

    async def done():
        return (await jejak.get("mentoring", f"/runs/{run['id']}", **desk))["matched"] == 3

    await jejak.until(done)
    assert await jejak.post("mentoring", f"/runs/{run['id']}/draft", **desk) == {"drafts": 3}
    published = await jejak.post("mentoring", f"/programmes/{programme['id']}/publish", **desk)
    assert published == {"offered": 3, "review": 0}

    async def unreached():
        return (await jejak.get("notification", "/messages/unreached", **desk))["items"]

    [waiting] = await jejak.until(unreached)
    assert (waiting["person_id"], waiting["template"]) == (mentees[2]["id"], "match")
    await jejak.at_rest()
    for person_id, address in addresses.items():
        _, offer = (mail for mail in jejak.stack.mail.mails() if address in mail.recipients)
        told = "mengusulkan 3 mentee" if person_id == mentor["id"] else "mengusulkan seorang mentor"
        assert told in offer.body()
    assert (await jejak.run("mentoring", "check"))[0] == 0
