"""The two of a pair, as their tests speak for them."""

from typing import Any

from mentoring.pairs.tables import Pair

AGREED = {
    "goals": [{"competency": "menulis", "start": 2, "wanted": 4}],
    "plan": "Enam pertemuan\nTiap bulan satu",
    "confidentiality": "Apa yang dibicarakan tetap di antara kita",
}


class Both:
    """The two of a pair, one after the other or at once, over HTTP."""

    def __init__(self, api, pair: Pair) -> None:
        self.api, self.pair = api, pair
        self.path = f"/pairs/{pair.id}"
        self.people = {"mentee": pair.mentee_id, "mentor": pair.mentor_id}

    async def call(self, side: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return await self.api.call("person", method, path, body, person=self.people[side], **more)

    async def refused(self, side: str, method: str, path: str, body: Any = None) -> tuple[int, str, str]:
        return await self.api.refused("person", method, path, body, person=self.people[side])

    async def get(self, path: str, side: str = "mentee") -> Any:
        return await self.api.get(path, "person", person=self.people[side])

    async def agree(self) -> None:
        proposed = (await self.call("mentee", "PUT", f"{self.path}/agreement", AGREED)).json()["proposed"]
        signed = await self.call("mentor", "POST", f"{self.path}/agreement/sign", {"version": proposed["version"]})
        assert signed.status_code == 200, signed.text

    async def plan(self, starts_at: Any, side: str = "mentee", **said: Any) -> dict[str, Any]:
        body = {"starts_at": starts_at.isoformat(), **said}
        answer = await self.call(side, "POST", f"{self.path}/sessions", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def confirm(self, session: dict[str, Any], *sides: str) -> dict[str, Any]:
        for side in sides or ("mentee", "mentor"):
            answer = await self.call(side, "POST", f"/sessions/{session['id']}/confirm")
            assert answer.status_code == 200, answer.text
        return answer.json()
