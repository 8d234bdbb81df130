"""What the house asks of every service, and who may do what."""

from datetime import timedelta
from typing import Any

from common.store.jobs import order
from jejak_local.harness import AGENCY, OTHER_AGENCY
from jejak_local.scopes import Things
from mentoring.recognition.tables import Recognition
from services.mentoring.tests.both import AGREED, AUDIT, drawn, flagged

READERS = {"lan", "service", "agency_hr", "agency_head", "programme_manager", "person", "inspector"}
RIGHTS = {
    ("GET", "/v1/programmes"): READERS,
    ("GET", "/v1/programmes/{programme_id}"): READERS,
    ("POST", "/v1/programmes"): {"programme_manager"},
    ("POST", "/v1/programmes/{programme_id}/close"): {"programme_manager"},
    ("PUT", "/v1/programmes/{programme_id}/applications/me"): {"person"},
    ("POST", "/v1/programmes/{programme_id}/applications/me/withdraw"): {"person"},
    ("GET", "/v1/programmes/{programme_id}/applications"): {"lan", "programme_manager", "person"},
    ("POST", "/v1/programmes/{programme_id}/runs"): {"programme_manager"},
    ("GET", "/v1/programmes/{programme_id}/runs"): {"lan", "programme_manager"},
    ("GET", "/v1/runs/{run_id}"): {"lan", "programme_manager"},
    ("POST", "/v1/runs/{run_id}/repeat"): {"programme_manager"},
    ("GET", "/v1/runs/{run_id}/results"): {"lan", "programme_manager"},
    ("GET", "/v1/runs/{run_id}/results/{person_id}"): {"lan", "programme_manager"},
    ("GET", "/v1/runs/{run_id}/moved/{other_id}"): {"lan", "programme_manager"},
    ("GET", "/v1/pairs/me"): {"person"},
    ("GET", "/v1/programmes/{programme_id}/pairs"): {"lan", "programme_manager"},
    ("POST", "/v1/programmes/{programme_id}/pairs"): {"programme_manager"},
    ("POST", "/v1/programmes/{programme_id}/publish"): {"programme_manager"},
    ("POST", "/v1/runs/{run_id}/draft"): {"programme_manager"},
    ("POST", "/v1/pairs/{pair_id}/accept"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/decline"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/end-reviewed"): {"programme_manager"},
    ("POST", "/v1/pairs/{pair_id}/keep"): {"programme_manager"},
    ("GET", "/v1/programmes/{programme_id}/coverage"): {"lan", "programme_manager"},
    ("GET", "/v1/programmes/{programme_id}/unmatched"): {"lan", "programme_manager"},
    ("POST", "/v1/pairs/{pair_id}/mentor"): {"programme_manager"},
    ("POST", "/v1/pairs/{pair_id}/exchange"): {"programme_manager"},
    ("GET", "/v1/pairs/{pair_id}/changes"): {"lan", "programme_manager"},
    ("GET", "/v1/pairs/{pair_id}/agreement"): {"person"},
    ("PUT", "/v1/pairs/{pair_id}/agreement"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/agreement/sign"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/sessions"): {"person"},
    ("GET", "/v1/sessions/me"): {"person"},
    ("GET", "/v1/programmes/{programme_id}/match/me"): {"person"},
    ("GET", "/v1/sessions/{session_id}"): {"person"},
    ("PUT", "/v1/sessions/{session_id}"): {"person"},
    ("PUT", "/v1/sessions/{session_id}/log"): {"person"},
    ("POST", "/v1/sessions/{session_id}/confirm"): {"person"},
    ("POST", "/v1/sessions/{session_id}/cancel"): {"person"},
    ("POST", "/v1/sessions/{session_id}/files"): {"person"},
    ("GET", "/v1/sessions/{session_id}/files/{file_id}"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/end"): {"person"},
    ("GET", "/v1/programmes/{programme_id}/quiet-pairs"): {"lan", "programme_manager"},
    ("GET", "/v1/pairs/{pair_id}/sessions"): {"lan", "programme_manager", "person"},
    ("GET", "/v1/pairs/{pair_id}/feedback"): {"person"},
    ("PUT", "/v1/pairs/{pair_id}/feedback/{stage}"): {"person"},
    ("GET", "/v1/sessions/{session_id}/feedback"): {"person"},
    ("PUT", "/v1/sessions/{session_id}/feedback"): {"person"},
    ("GET", "/v1/pairs/{pair_id}/completions"): {"lan", "programme_manager", "person"},
    ("GET", "/v1/completions/me"): {"person"},
    ("GET", "/v1/circles"): {"person"},
    ("GET", "/v1/circles/me"): {"person"},
    ("POST", "/v1/programmes/{programme_id}/circles"): {"person"},
    ("GET", "/v1/circles/{circle_id}"): {"person"},
    ("POST", "/v1/circles/{circle_id}/join"): {"person"},
    ("POST", "/v1/circles/{circle_id}/leave"): {"person"},
    ("POST", "/v1/circles/{circle_id}/close"): {"person"},
    ("GET", "/v1/circles/{circle_id}/meetings"): {"person"},
    ("POST", "/v1/circles/{circle_id}/meetings"): {"person"},
    ("GET", "/v1/circle-meetings/{meeting_id}"): {"person"},
    ("PUT", "/v1/circle-meetings/{meeting_id}/log"): {"person"},
    ("POST", "/v1/circle-meetings/{meeting_id}/confirm"): {"person"},
    ("POST", "/v1/circle-meetings/{meeting_id}/cancel"): {"person"},
    ("GET", "/v1/jobs/{job_id}"): {"programme_manager"},
    ("POST", "/v1/jobs/{job_id}/cancel"): {"programme_manager"},
    ("GET", "/v1/recognitions/me"): {"person"},
    ("GET", "/v1/recognitions/me/{year}/certificate"): {"person"},
    ("PUT", "/v1/pairs/{pair_id}/thanks"): {"person"},
    ("GET", "/v1/programmes/{programme_id}/flags"): {"lan", "programme_manager"},
    ("POST", "/v1/flags/{flag_id}/settle"): {"programme_manager"},
    ("POST", "/v1/programmes/{programme_id}/audits"): {"programme_manager"},
    ("GET", "/v1/programmes/{programme_id}/audits"): {"lan", "programme_manager"},
    ("GET", "/v1/audits/{audit_id}/sessions"): {"lan", "programme_manager"},
    ("GET", "/v1/audited-sessions/me"): {"person"},
    ("POST", "/v1/audited-sessions/{item_id}/finding"): {"person"},
    ("GET", "/v1/programmes/{programme_id}/report"): {"lan", "programme_manager"},
    ("GET", "/v1/programmes/{programme_id}/report/xlsx"): {"lan", "programme_manager"},
    ("GET", "/v1/pairs/{pair_id}/notes"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/notes"): {"person"},
    ("PUT", "/v1/notes/{note_id}"): {"person"},
    ("DELETE", "/v1/notes/{note_id}"): {"person"},
    ("GET", "/v1/programmes/{programme_id}/confidants"): READERS,
    ("PUT", "/v1/programmes/{programme_id}/confidants"): {"programme_manager"},
    ("GET", "/v1/pairs/{pair_id}/reports"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/reports"): {"person"},
    ("GET", "/v1/reports"): {"person"},
    ("GET", "/v1/reports/notices"): {"person"},
    ("POST", "/v1/reports/{report_id}/handle"): {"person"},
    ("GET", "/v1/talk-slots"): {"person"},
    ("POST", "/v1/talk-slots"): {"person"},
    ("DELETE", "/v1/talk-slots/{slot_id}"): {"person"},
    ("POST", "/v1/talk-slots/{slot_id}/talks"): {"person"},
    ("GET", "/v1/talks"): {"person"},
    ("POST", "/v1/talks/{talk_id}/accept"): {"person"},
    ("POST", "/v1/talks/{talk_id}/reject"): {"person"},
    ("POST", "/v1/talks/{talk_id}/cancel"): {"person"},
    ("POST", "/v1/talks/{talk_id}/confirm"): {"person"},
    ("POST", "/v1/jobs/{job_id}/resume"): {"programme_manager"},
    ("GET", "/v1/people/{person_id}/profile"): {"lan", "agency_hr", "person"},
    ("PUT", "/v1/people/{person_id}/levels"): {"person"},
}


async def test_it_is_what_the_house_asks_of_every_service(assert_service) -> None:
    await assert_service(RIGHTS)


async def test_each_role_reaches_its_own_and_nothing_else(reaches_its_own, world, api, joins, both, clock) -> None:
    """Of two agencies, each with a programme, a run, an active pair of it, and a session with a file.

    A route that names something else, or sends something, fails here until it is said what that is.
    """
    sides: list[Things] = []
    bodies: dict[str, Any] = {}
    why = {"reason": "Sudah saling mengenal"}
    async with world.database.transaction() as session:
        jobs = {"programme_manager": {"job_id": await order(session, "match", {}, "programme_manager")}}
    today = clock.today().isoformat()
    opened = {"title": "Mentoring", "opens_on": today, "closes_on": today, "rules": {}}
    for agency in (AGENCY, OTHER_AGENCY):
        await world.agency(agency)
        manager = {"agency": agency}
        programme_id = (await api.call("programme_manager", "POST", "/programmes", opened, **manager)).json()["id"]
        mentee, mentor = await world.person(agency=agency), await world.person("ahli_madya", agency=agency)
        await joins(programme_id, mentee, "mentee")
        await joins(programme_id, mentor, "mentor")
        runs = [
            (await api.call("programme_manager", "POST", f"/programmes/{programme_id}/runs", {}, **manager)).json()
            for _ in range(2)
        ]
        two = await both(programme_id=programme_id, mentor_id=mentor, mentee_id=mentee)
        planned = await two.plan(clock.now())
        sent = {"params": {"name": "bahan.pdf"}, "headers": api.headers("person", person=mentee)}
        kept = await api.http.post(f"/v1/sessions/{planned['id']}/files", content=b"%PDF-1.7", **sent)
        trusted = await world.person("ahli_utama", agency=agency)
        named, told = {"person_ids": [str(trusted)]}, {"about": "other", "words": "x"}
        await api.call("programme_manager", "PUT", f"/programmes/{programme_id}/confidants", named, **manager)
        later = (clock.now() + timedelta(days=3)).isoformat()
        note, report, slot = [
            (await api.call("person", "POST", path, body, person=person)).json()
            for path, body, person in (
                (f"/pairs/{two.pair.id}/notes", {"words": "x"}, mentee),
                (f"/pairs/{two.pair.id}/reports", told, mentee),
                ("/talk-slots", {"starts_at": later}, mentor),
            )
        ]
        talk = await api.call("person", "POST", f"/talk-slots/{slot['id']}/talks", {"topic": "x"}, person=mentee)
        topic = {"topic": "x"}
        circle = await api.call("person", "POST", f"/programmes/{programme_id}/circles", topic, person=mentor)
        circle_id = circle.json()["id"]
        await api.call("person", "POST", f"/circles/{circle_id}/join", person=mentee)
        meeting = await api.call(
            "person", "POST", f"/circles/{circle_id}/meetings", {"starts_at": later}, person=mentor
        )
        # Each has a certificate of another year: whoever asks for the other's year has none.
        year, figures = 2026 - len(sides), {"sessions": 1, "minutes": 60, "mentees": 1, "version": 1}
        async with world.database.transaction() as session:
            flag_id = await flagged(session, two.pair)
            audit_id, item_id = await drawn(session, two.pair, planned["id"], trusted)
            session.add(Recognition(mentor_id=mentee, year=year, **figures, told_at=clock.now()))
        own = {
            "agency_id": agency,
            "programme_id": programme_id,
            "person_id": mentee,
            "run_id": runs[0]["id"],
            "other_id": runs[1]["id"],
            "pair_id": two.pair.id,
            "session_id": planned["id"],
            "file_id": kept.json()["files"][0]["id"],
            "note_id": note["items"][0]["id"],
            "report_id": report["items"][0]["id"],
            "flag_id": flag_id,
            "audit_id": audit_id,
            "item_id": item_id,
            "slot_id": slot["id"],
            "talk_id": talk.json()["id"],
            "circle_id": circle_id,
            "meeting_id": meeting.json()["id"],
            "name": "bahan.pdf",
            "stage": "start",
            "year": year,
        }
        sides.append(Things({"agency": agency, "person": mentee}, own, jobs if agency == AGENCY else {}))
        bodies = {
            "POST /v1/programmes": None,
            "POST /v1/talk-slots": None,
            "POST /v1/talk-slots/{slot_id}/talks": {"topic": "x"},
            "POST /v1/talks/{talk_id}/reject": why,
            "POST /v1/talks/{talk_id}/cancel": why,
            "POST /v1/programmes/{programme_id}/circles": topic,
            "POST /v1/circles/{circle_id}/close": why,
            "POST /v1/circles/{circle_id}/meetings": {"starts_at": later},
            "PUT /v1/circle-meetings/{meeting_id}/log": {"present": [str(mentee)]},
            "POST /v1/circle-meetings/{meeting_id}/cancel": why,
            "PUT /v1/sessions/{session_id}/feedback": {"useful": 4, "clear": 4, "open": 4},
            "POST /v1/pairs/{pair_id}/decline": why,
            "POST /v1/pairs/{pair_id}/end-reviewed": why,
            "POST /v1/pairs/{pair_id}/keep": why,
            "POST /v1/programmes/{programme_id}/audits": AUDIT | {"auditor_ids": [str(trusted)]},
            "POST /v1/audited-sessions/{item_id}/finding": {"finding": "held", "words": "x"},
            "POST /v1/flags/{flag_id}/settle": {"verdict": "plausible"} | why,
            "POST /v1/pairs/{pair_id}/notes": {"words": "x"},
            "PUT /v1/notes/{note_id}": {"words": "y"},
            "PUT /v1/pairs/{pair_id}/thanks": {"words": "x", "helped": 5},
            "PUT /v1/pairs/{pair_id}/feedback/{stage}": {"levels": {"menulis": 3}},
            "POST /v1/pairs/{pair_id}/reports": told,
            "POST /v1/reports/{report_id}/handle": {"outcome": "x"},
            "PUT /v1/programmes/{programme_id}/confidants": named,
            "POST /v1/programmes/{programme_id}/pairs": {"mentee_id": str(mentee), "mentor_id": str(mentor)} | why,
            "POST /v1/pairs/{pair_id}/mentor": {"mentor_id": str(mentor)} | why,
            "POST /v1/pairs/{pair_id}/exchange": {"pair_id": str(two.pair.id)} | why,
            "POST /v1/pairs/{pair_id}/sessions": {"starts_at": later},
            "PUT /v1/pairs/{pair_id}/agreement": AGREED,
            "POST /v1/pairs/{pair_id}/agreement/sign": {"version": 2},
            "PUT /v1/sessions/{session_id}": {"starts_at": later},
            "PUT /v1/people/{person_id}/levels": {"levels": {"menulis": 3}},
        }
    await reaches_its_own(*sides, bodies)
