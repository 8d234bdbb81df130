"""Whatever is sent to the service, the answer is one that its document tells."""

from datetime import timedelta

from jejak_local.harness import AGENCY
from services.mentoring.tests.both import AGREED


async def test_every_answer_is_documented(
    keeps_its_word, app, database, world, api, programme, joins, matched, both, clock
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
    await api.call("person", "POST", f"/programmes/{programmes[0]}/applications/me/withdraw", person=mentee)
    waiting = (await api.call("programme_manager", "POST", f"/programmes/{programmes[0]}/runs", {})).json()
    why = {"reason": "Sudah saling mengenal"}
    one, two = await both(mentee_id=mentee), await both(mentee_id=mentee)
    held = await two.plan(clock.now())
    clock.moment += timedelta(hours=2)
    planned = await two.plan(clock.now() + timedelta(days=1))
    sent = {"params": {"name": "bahan.pdf"}, "headers": api.headers("person", person=mentee)}
    kept = await api.http.post(f"/v1/sessions/{held['id']}/files", content=b"%PDF-1.7", **sent)
    later = {"starts_at": (clock.now() + timedelta(days=2)).isoformat()}
    await keeps_its_word(
        "mentoring",
        app,
        scope={"agency": AGENCY, "person": mentee},
        known={
            "programme_id": programmes,
            "person_id": [mentee],
            "run_id": [run["id"] for run in runs],
            "other_id": [run["id"] for run in runs],
            "job_id": [waiting["job_id"]],
            "pair_id": [*drafts, one.pair.id, two.pair.id],
            "session_id": [planned["id"], held["id"]],
            "file_id": [kept.json()["files"][0]["id"]],
            "name": ["bahan.pdf"],
        },
        bodies={
            "PUT /v1/programmes/{programme_id}/applications/me": {"side": "mentee"},
            "POST /v1/programmes/{programme_id}/pairs": {"mentee_id": str(late), "mentor_id": str(mentors[0])} | why,
            "POST /v1/pairs/{pair_id}/exchange": {"pair_id": drafts[1]} | why,
            "POST /v1/pairs/{pair_id}/mentor": {"mentor_id": str(mentors[0])} | why,
            "PUT /v1/pairs/{pair_id}/agreement": AGREED,
            "POST /v1/pairs/{pair_id}/agreement/sign": {"version": 2},
            "POST /v1/pairs/{pair_id}/end": {"reason": "Pindah tugas"},
            "POST /v1/pairs/{pair_id}/sessions": {"starts_at": (clock.now() + timedelta(days=3)).isoformat()},
            "PUT /v1/sessions/{session_id}": later,
            "PUT /v1/sessions/{session_id}/log": {"log": "Bicara tentang tulisan"},
            "POST /v1/sessions/{session_id}/cancel": {"reason": "Dinas luar"},
            "POST /v1/sessions/{session_id}/files": b"%PDF-1.7",
        },
    )
