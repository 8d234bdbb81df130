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


async def test_each_person_gets_one_mail_and_a_decline_goes_to_the_next_best(jejak) -> None:
    """M06 and M07, counted at the SMTP server."""
    agency = await jejak.agency()
    desk = {"role": "programme_manager", "agency": agency["id"]}
    [mentor] = await jejak.people(agency, 1, jenjang="ahli_madya", golongan="IV/a")
    mentees = await jejak.people(agency, 3, jenjang="ahli_muda", golongan="III/c")
    people = {person["id"]: person for person in [mentor, *mentees]}
    today = datetime.now(UTC).date().isoformat()
    opened = {"title": "Mentoring uji", "opens_on": today, "closes_on": today, "rules": {"seats": 2}}
    programme = await jejak.post("mentoring", "/programmes", opened, **desk)
    for person in people.values():
        side = {"side": "mentor" if person is mentor else "mentee"}
        path = f"/programmes/{programme['id']}/applications/me"

        async def joins(path=path, side=side, person=person):
            answer = await jejak.call("mentoring", "PUT", path, json=side, role="person", person=person["id"])
            return answer.status_code == 200

        await jejak.until(joins)
    run = await jejak.post("mentoring", f"/programmes/{programme['id']}/runs", {}, **desk)

    async def done():
        return (await jejak.get("mentoring", f"/runs/{run['id']}", **desk))["matched"] == 2

    await jejak.until(done)
    found = (await jejak.get("mentoring", f"/runs/{run['id']}/results", **desk))["items"]
    first, second = (each["person_id"] for each in found if each["mentor_id"])
    [waiting] = (each["person_id"] for each in found if each["mentor_id"] is None)
    addresses = {each: await check_address(jejak, people[each]) for each in (mentor["id"], first, waiting)}
    assert await jejak.post("mentoring", f"/runs/{run['id']}/draft", **desk) == {"drafts": 2}
    published = await jejak.post("mentoring", f"/programmes/{programme['id']}/publish", **desk)
    assert published == {"offered": 2, "review": 0}

    async def unreached():
        return (await jejak.get("notification", "/messages/unreached", **desk))["items"]

    [unread] = await jejak.until(unreached)
    assert (unread["person_id"], unread["template"]) == (second, "match")

    def mails(person_id):
        """What somebody got beside the mail that checked their address."""
        return [mail for mail in jejak.stack.mail.mails() if addresses[person_id] in mail.recipients][1:]

    await jejak.at_rest()
    assert {each: len(mails(each)) for each in addresses} == {mentor["id"]: 1, first: 1, waiting: 0}
    assert "mengusulkan 2 mentee" in mails(mentor["id"])[0].body()
    [pair] = (await jejak.get("mentoring", "/pairs/me", role="person", person=first))["items"]
    declined = {"reason": "Jadwal tidak cocok"}
    await jejak.post("mentoring", f"/pairs/{pair['id']}/decline", declined, role="person", person=first)

    async def offered():
        return (await jejak.get("mentoring", "/pairs/me", role="person", person=waiting))["items"]

    [offer] = await jejak.until(offered, 60)
    assert (offer["mentor_id"], offer["state"]) == (mentor["id"], "offered")
    await jejak.at_rest()
    assert {each: len(mails(each)) for each in addresses} == {mentor["id"]: 2, first: 1, waiting: 1}
    assert (await jejak.run("mentoring", "check"))[0] == 0
