"""Whatever is sent to the service, the answer is one that its document tells."""

from datetime import timedelta

from sqlalchemy import text

from jejak_local.harness import AGENCY
from mentoring.recognition.tables import Recognition
from services.mentoring.tests.both import AGREED, AUDIT, drawn, flagged


async def test_every_answer_is_documented(
    keeps_its_word, app, database, world, api, programme, joins, matched, desk, both, clock, active_pair
) -> None:
    mentor, mentee = await world.person("ahli_madya"), await world.person()
    programmes = [await programme(), await programme()]
    await joins(programmes[0], mentor, "mentor")
    await joins(programmes[0], mentee, "mentee")
    mentors = [await world.person("ahli_madya") for _ in range(2)]
    mentees = [await world.person() for _ in range(2)]
    for each in mentors:
        await joins(programmes[1], each, "mentor")
    for each in mentees:
        await joins(programmes[1], each, "mentee")
    runs = [await matched(programmes[0]), await matched(programmes[0], seed=2), await matched(programmes[1])]
    await api.call("programme_manager", "POST", f"/runs/{runs[2]['id']}/draft")
    drafts = [each["id"] for each in (await api.get(f"/programmes/{programmes[1]}/pairs"))["items"]]
    late = await world.person()
    await joins(programmes[1], late, "mentee")
    waiting = (await api.call("programme_manager", "POST", f"/programmes/{programmes[0]}/runs", {})).json()
    await desk(f"/runs/{runs[0]['id']}/draft")
    await desk(f"/programmes/{programmes[0]}/publish")
    [offer] = (await api.get(f"/programmes/{programmes[0]}/pairs"))["items"]
    await api.call("person", "POST", f"/programmes/{programmes[0]}/applications/me/withdraw", person=mentee)
    why = {"reason": "Sudah saling mengenal"}
    # Circles: two that the one who calls has opened, and one that they are in, of a programme that is closed by now.
    led, leader, body = (
        await programme(mentor_jenjang=["ahli_muda"], mentee_jenjang=["ahli_utama"]),
        mentors[0],
        {"topic": "x"},
    )
    programmes.append(led)
    await joins(led, mentee, "mentor")
    past = await programme()
    await joins(past, mentee, "mentee")
    await joins(past, leader, "mentor")
    circles = [
        (await api.call("person", "POST", f"/programmes/{opened}/circles", body, person=person_id)).json()["id"]
        for opened, person_id in ((led, mentee), (past, leader), (led, mentee))
    ]
    await api.call("person", "POST", f"/circles/{circles[1]}/join", person=mentee)
    await desk(f"/programmes/{past}/close")
    met = {"starts_at": clock.now().isoformat(), "minutes": 15}
    meetings = [
        (await api.call("person", "POST", f"/circles/{circle_id}/meetings", met, person=person_id)).json()["id"]
        for circle_id, person_id in ((circles[2], mentee), (circles[2], mentee), (circles[1], leader))
    ]
    # A talk that was to be and is over by now.
    soon = {"starts_at": (clock.now() + timedelta(minutes=30)).isoformat(), "minutes": 15}
    slot = (await api.call("person", "POST", "/talk-slots", soon, person=mentee)).json()["id"]
    over = (await api.call("person", "POST", f"/talk-slots/{slot}/talks", body, person=late)).json()["id"]
    await api.call("person", "POST", f"/talks/{over}/accept", person=mentee)
    one, two = await both(mentee_id=mentee), await both(mentee_id=mentee)
    foreign = await both(programme_id=programmes[0])
    held, theirs = await two.plan(clock.now()), await foreign.plan(clock.now())
    clock.moment += timedelta(hours=2)
    planned = await two.plan(clock.now() + timedelta(days=1))
    await foreign.confirm(theirs)
    await foreign.call("mentee", "POST", f"/programmes/{programmes[0]}/applications/me/withdraw")
    sent = {"params": {"name": "bahan.pdf"}, "headers": api.headers("person", person=mentee)}
    kept = await api.http.post(f"/v1/sessions/{held['id']}/files", content=b"%PDF-1.7", **sent)
    later = {"starts_at": (clock.now() + timedelta(days=2)).isoformat()}
    pair, trusted = await active_pair(mentee_id=mentee), await world.person("ahli_utama")
    told, other = {"about": "other", "words": "x"}, await active_pair()
    for programme_id, person_id in ((pair.programme_id, trusted), (other.programme_id, mentee)):
        named = {"person_ids": [str(person_id)]}
        await api.call("programme_manager", "PUT", f"/programmes/{programme_id}/confidants", named)
    note = await api.call("person", "POST", f"/pairs/{pair.id}/notes", {"words": "x"}, person=mentee)
    report = await api.call("person", "POST", f"/pairs/{other.id}/reports", told, person=other.mentee_id)
    await joins(await programme(mentor_jenjang=["ahli_muda"]), mentee, "mentor")
    slots: list[str] = []
    for days, person_id in enumerate((pair.mentor_id, mentee, mentee, mentee), 1):
        body = {"starts_at": (world.clock.now() + timedelta(days=days)).isoformat()}
        slots.append((await api.call("person", "POST", "/talk-slots", body, person=person_id)).json()["id"])
    figures = {"sessions": 1, "minutes": 60, "mentees": 1, "version": 1, "told_at": clock.now()}
    async with database.transaction() as session:
        flags = [await flagged(session, two.pair, kind) for kind in ("overlap", "rhythm")]
        audits = [await drawn(session, foreign.pair, theirs["id"], mentee) for _ in range(2)]
        session.add(Recognition(mentor_id=mentee, year=2026, **figures))
    topic = {"topic": "x"}
    talks = [await api.call("person", "POST", f"/talk-slots/{each}/talks", topic, person=late) for each in slots[2:]]
    # One that has failed, so that it can be resumed.
    async with world.database.transaction() as session:
        problem = '{"code": "internal-error", "field": null, "values": {}}'
        failed = "UPDATE jobs SET state = 'failed', problem = CAST(:problem AS jsonb) WHERE id = :id"
        await session.execute(text(failed), {"problem": problem, "id": runs[0]["job_id"]})
    await keeps_its_word(
        "mentoring",
        app,
        scope={"agency": AGENCY, "person": mentee},
        known={
            "programme_id": programmes,
            "person_id": [mentee],
            "run_id": [run["id"] for run in runs],
            "other_id": [run["id"] for run in runs],
            "job_id": [waiting["job_id"], runs[0]["job_id"]],
            "pair_id": [*drafts, offer["id"], one.pair.id, two.pair.id, str(pair.id), foreign.pair.id],
            "session_id": [planned["id"], held["id"]],
            "file_id": [kept.json()["files"][0]["id"]],
            "name": ["bahan.pdf"],
            "stage": ["start"],
            "note_id": [note.json()["items"][0]["id"]],
            "report_id": [report.json()["items"][0]["id"]],
            "flag_id": flags,
            "audit_id": [audit_id for audit_id, _ in audits],
            "item_id": [item_id for _, item_id in audits],
            "slot_id": slots[:2],
            "year": [2026],
            "circle_id": circles,
            "meeting_id": meetings,
            "talk_id": [*(talk.json()["id"] for talk in talks), over],
        },
        bodies={
            "POST /v1/programmes": {"title": "x", "opens_on": "2026-01-01", "closes_on": "2026-12-31"},
            "POST /v1/programmes/{programme_id}/runs": {},
            "PUT /v1/programmes/{programme_id}/applications/me": {"side": "mentee"},
            "POST /v1/programmes/{programme_id}/pairs": {"mentee_id": str(late), "mentor_id": str(mentors[0])} | why,
            "POST /v1/pairs/{pair_id}/exchange": {"pair_id": drafts[1]} | why,
            "POST /v1/programmes/{programme_id}/circles": topic,
            "POST /v1/circles/{circle_id}/close": why,
            "POST /v1/circles/{circle_id}/meetings": {"starts_at": (clock.now() + timedelta(days=4)).isoformat()},
            "PUT /v1/circle-meetings/{meeting_id}/log": {"present": []},
            "POST /v1/circle-meetings/{meeting_id}/cancel": why,
            "PUT /v1/sessions/{session_id}/feedback": {"useful": 4, "clear": 4, "open": 4},
            "POST /v1/pairs/{pair_id}/decline": why,
            "POST /v1/pairs/{pair_id}/end-reviewed": why,
            "POST /v1/pairs/{pair_id}/keep": why,
            "POST /v1/pairs/{pair_id}/mentor": {"mentor_id": str(mentors[0])} | why,
            "PUT /v1/pairs/{pair_id}/agreement": AGREED,
            "PUT /v1/pairs/{pair_id}/feedback/{stage}": {"levels": {"menulis": 2}},
            "POST /v1/pairs/{pair_id}/agreement/sign": {"version": 2},
            "POST /v1/pairs/{pair_id}/end": {"reason": "Pindah tugas"},
            "POST /v1/pairs/{pair_id}/sessions": {"starts_at": (clock.now() + timedelta(days=3)).isoformat()},
            "PUT /v1/sessions/{session_id}": later,
            "PUT /v1/sessions/{session_id}/log": {"log": "Bicara tentang tulisan"},
            "POST /v1/sessions/{session_id}/cancel": {"reason": "Dinas luar"},
            "POST /v1/sessions/{session_id}/files": b"%PDF-1.7",
            "POST /v1/programmes/{programme_id}/audits": AUDIT | {"auditor_ids": [str(trusted)]},
            "POST /v1/audited-sessions/{item_id}/finding": {"finding": "held", "words": "x"},
            "POST /v1/flags/{flag_id}/settle": {"verdict": "plausible"} | why,
            "POST /v1/pairs/{pair_id}/notes": {"words": "x"},
            "PUT /v1/pairs/{pair_id}/thanks": {"words": "Terima kasih", "helped": 5},
            "PUT /v1/notes/{note_id}": {"words": "y"},
            "POST /v1/pairs/{pair_id}/reports": told,
            "POST /v1/reports/{report_id}/handle": {"outcome": "x"},
            "PUT /v1/programmes/{programme_id}/confidants": {"person_ids": [str(trusted)]},
            "PUT /v1/people/{person_id}/levels": {"levels": {"menulis": 3}},
            "POST /v1/talk-slots": {"starts_at": (world.clock.now() + timedelta(days=90)).isoformat()},
            "POST /v1/talk-slots/{slot_id}/talks": topic,
            "POST /v1/talks/{talk_id}/cancel": why,
            "POST /v1/talks/{talk_id}/reject": why,
        },
    )
