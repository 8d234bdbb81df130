"""The loader's own side: tokens, order, waiting, reading of answers. The services' side is tested on real ones."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest

from nation import load as loading
from nation import orders
from nation.faults import Fault, plant
from nation.generate import Nation
from nation.load import decide, load
from nation.orders import claim, reform
from nation.session import TOKEN_MARGIN, Address, Client, LoadError, Stack

NATION = Nation(today=date(2026, 11, 21), year=2026, people=600, agencies=20)
ROLES = ("lan", "service", "agency_hr", "provider", "person", "verifier", "validator")
ONE_BY_ONE = {
    stream.name: stream for stream in (NATION.exemption_stream(), NATION.address_stream(), NATION.reform_stream())
}
STACK = Stack(
    services={name: Address(f"http://{name}.example") for name in ("registry", "training", "credit")},
    clients={role: Client(role, "secret") for role in ROLES},
    token_url="http://issuer.example/token",
)


class FakeStack:
    """Answers as the contract says: every planted fault with its code, everything else as stored."""

    def __init__(self, *, not_yet: int = 0, cases: int = 0, token_seconds: float = 600) -> None:
        self.not_yet = not_yet
        self.cases_of_agency = cases
        self.token_seconds = token_seconds
        self.streams = list(NATION.streams())
        self.tokens: list[dict[str, str]] = []
        self.requests: list[str] = []
        self.decided: dict[str, list[tuple[str, str]]] = {"check": [], "attest": [], "return": []}
        self.asked = {name: list(plant(NATION, stream)) for name, stream in ONE_BY_ONE.items()}
        self.exempted: list[tuple[str, str]] = []
        self.reforms: list[dict[str, Any]] = []
        self.shown: list[tuple[str, str]] = []
        self.waited = 0
        self.job_states: list[str] = []
        self.answer: Callable[[str, dict[str, Any]], dict[str, Any] | None] = lambda _stream, answer: answer
        self.upload_status = 200

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/token":
            return self._token(request)
        form = json.loads(request.headers["authorization"].removeprefix("Bearer "))
        path = request.url.path.removeprefix("/v1/")
        self.requests.append(f"{request.url.host.removesuffix('.example')} {path}")
        if path.endswith(":batch"):
            return self._upload(request, form)
        answers: dict[str, Callable[[], httpx2.Response]] = {
            "people": lambda: self._shown(request, form) if path.endswith("/contact/check") else self._person(),
            "exemptions": lambda: self._exemption(request, path, form),
            "reforms": lambda: self._reform(request),
            "jobs": lambda: httpx2.Response(200, json={"state": self.job_states.pop(0) if self.job_states else "done"}),
            "agencies": lambda: self._agencies(path),
        }
        return answers.get(path.split("/")[0], lambda: self._cases(request, path, form))()

    def _token(self, request: httpx2.Request) -> httpx2.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        assert form.pop("grant_type") == "client_credentials" and form.pop("client_secret") == "secret"
        self.tokens.append(form)
        return httpx2.Response(200, json={"access_token": json.dumps(form), "expires_in": self.token_seconds})

    def _upload(self, request: httpx2.Request, form: dict[str, str]) -> httpx2.Response:
        if self.upload_status != 200:
            return httpx2.Response(self.upload_status, json={"code": "unavailable", "title": "Sedang penuh."})
        if not self.streams:
            answer = self._foretold_one("addresses").json()
            return httpx2.Response(200, text=json.dumps(answer | {"line": 1}) + "\n")
        stream = self.streams.pop(0)
        assert form["client_id"] == stream.role
        assert request.url == f"http://{stream.service}.example/v1/{stream.path}:batch"
        assert request.headers["content-type"] == "application/x-ndjson"
        if stream.scope:
            # the id under which the registry or the training service has stored the agency, provider or person
            assert form[stream.scope.kind].startswith(
                {"agency": "agencies", "provider": "providers"}.get(stream.scope.kind, "people")
            )
        bodies = request.content.splitlines(keepends=True)
        planted = list(plant(NATION, stream))
        assert bodies == [item.body for item in planted]
        answers = (self.answer(stream.name, _foretold(stream.name, n, item.fault)) for n, item in enumerate(planted, 1))
        return httpx2.Response(200, text="".join(json.dumps(answer) + "\n" for answer in answers if answer))

    def _person(self) -> httpx2.Response:
        self.waited += 1
        return httpx2.Response(404 if self.waited <= self.not_yet else 200, json={})

    def _exemption(self, request: httpx2.Request, path: str, form: dict[str, str]) -> httpx2.Response:
        if path == "exemptions":
            assert form["client_id"] == "person" and form["person"] == json.loads(request.content)["person_id"]
            return self._foretold_one("exemptions")
        assert form["client_id"] == "agency_hr" and form["agency"].startswith("agencies")
        self.exempted.append((form["agency"], path))
        return httpx2.Response(200, json={})

    def _shown(self, request: httpx2.Request, form: dict[str, str]) -> httpx2.Response:
        self.shown.append((form["person"], json.loads(request.content)["token"]))
        return httpx2.Response(200, json={})

    def _reform(self, request: httpx2.Request) -> httpx2.Response:
        self.reforms.append(json.loads(request.content))
        return self._foretold_one("reforms")

    def _agencies(self, path: str) -> httpx2.Response:
        names = [agency.code for agency in NATION.agency_list]
        if path.endswith("/units"):
            names = [unit.code for unit in NATION.structure(path.split("/")[1].removeprefix("id of ")).units()]
        return httpx2.Response(
            200, json={"items": [{"code": name, "id": f"id of {name}"} for name in names], "next": None}
        )

    def _foretold_one(self, name: str) -> httpx2.Response:
        number = len(self.asked[name])
        answer = _foretold(name, number, self.asked[name].pop(0).fault)
        return httpx2.Response(409 if answer["status"] == "refused" else 201, json=answer | {"job_id": "job"})

    def _cases(self, request: httpx2.Request, path: str, form: dict[str, str]) -> httpx2.Response:
        agency = form["agency"]
        if path == "cases":
            query = dict(request.url.params)
            assert (query["state"], query["agency_id"], form["client_id"]) == ("submitted", agency, "verifier")
            start = int(query.get("after", 0))
            ids = [f"{agency}/{n}" for n in range(self.cases_of_agency)][start : start + 7]
            rest = start + 7 < self.cases_of_agency
            return httpx2.Response(
                200, json={"items": [{"id": i} for i in ids], "next": str(start + 7) if rest else None}
            )
        if returned := re.fullmatch(r"cases/(.+)/return", path):
            assert json.loads(request.content)["reason"]
            self.decided["return"].append((form["client_id"], returned[1]))
            return httpx2.Response(200, json={})
        verb = path.removeprefix("cases:")
        ids = [json.loads(line)["id"] for line in request.content.splitlines()]
        assert all(case.startswith(agency) for case in ids)
        self.decided[verb] += [(form["client_id"], case) for case in ids]
        answers = [{"line": n, "status": "updated", "id": case} for n, case in enumerate(ids, 1)]
        return httpx2.Response(200, text="".join(json.dumps(answer) + "\n" for answer in answers))

    @property
    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self)


def _foretold(stream: str, line: int, fault: Fault | None) -> dict[str, Any]:
    if fault and fault.status == "refused":
        return {"line": line, "status": "refused", "code": fault.code, "field": None, "message": "…"}
    status = fault.status if fault else "stored"
    return {"line": line, "status": status, "id": f"{stream}-{fault.repeats if fault and fault.repeats else line}"}


def quiet(_done: int, _total: int, _label: str) -> None: ...


async def test_a_nation_arrives_whole():
    stack = FakeStack(cases=100)
    told: list[tuple[int, int, str]] = []
    summary = await load(STACK, NATION, lambda *progress: told.append(progress), stack.transport)

    assert summary.ok
    assert stack.streams == []
    sent = {label: result.sent for label, result in summary.streams.items()}
    assert sent["people"] > 600 and sent["agencies"] > 20
    for result in summary.streams.values():
        assert result.sent == (
            result.stored + result.updated + result.unchanged + result.duplicate + result.refused.total()
        )
        assert result.repeated == 0
    trainings = summary.streams["trainings"]
    assert trainings.refused["jp-out-of-range"] >= 1 and trainings.planted >= 16
    assert list(summary.agencies) == [agency.code for agency in NATION.agency_list]
    assert all(0 <= done <= total for done, total, _ in told)
    assert {label for _, _, label in told} >= {"people", "trainings", "predicates"}
    for label, lines in sent.items():
        done, total, _ = [progress for progress in told if progress[2] == label][-1]
        assert done == lines
        assert total >= done


async def test_exemptions_are_asked_for_one_by_one_and_approved_by_the_agency():
    stack = FakeStack()
    summary = await load(STACK, NATION, quiet, stack.transport)
    asked = summary.streams["exemptions"]
    assert asked.ok and not stack.asked["exemptions"]
    assert asked.stored == len(NATION.exempted) and asked.planted > 3
    verbs = Counter(path.rpartition("/")[2] for _, path in stack.exempted)
    assert set(verbs) == {"approve"}
    assert asked.stored / 2 < verbs.total() < asked.stored, "some are not decided"


async def test_addresses_are_shown_to_be_theirs_by_their_owners_and_then_refused_to_others():
    stack = FakeStack()
    stack.streams = []

    async def token_for(address: str) -> str:
        return f"link to {address}"

    summary = await claim(STACK, NATION, token_for, stack.transport)
    assert summary.ok and summary.planted and summary.refused == {"email-taken": summary.planted}
    assert not stack.asked["addresses"]
    assert [token for _, token in stack.shown] == [f"link to {line['email']}" for line in NATION.address_lines()]
    assert len({person for person, _ in stack.shown}) == len(stack.shown) == 3


async def test_reforms_are_ordered_by_name_one_after_the_other(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(orders, "POLL", 0.0)
    stack = FakeStack()
    stack.job_states = ["queued", "running"]
    summary = await reform(STACK, NATION, stack.transport)
    assert summary.ok and summary.stored == 3 and summary.planted
    assert not stack.asked["reforms"]
    *_, split = [each for each in stack.reforms if len(each["shares"]) > 1]
    assert all(share["agency_id"].startswith("id of D-") for share in split["shares"])
    [named] = [share["unit_ids"] for share in split["shares"] if share["unit_ids"]]
    assert named[0].startswith(f"{split['agency_id']}-U")
    stack.job_states, stack.asked["reforms"] = ["failed"], list(plant(NATION, ONE_BY_ONE["reforms"]))
    with pytest.raises(LoadError, match="A reform is failed"):
        await reform(STACK, NATION, stack.transport)


async def test_nothing_is_trained_before_the_people_are_known(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading, "POLL", 0.0)
    stack = FakeStack(not_yet=5)
    await load(STACK, NATION, quiet, stack.transport)

    asked = [n for n, request in enumerate(stack.requests) if "/jp" in request or "/credit" in request]
    assert stack.requests.index("training trainings:batch") > max(asked)
    assert stack.requests.index("registry people:batch") < min(asked)
    assert stack.waited > 5 + loading.WITNESSES
    assert {request.split()[0] for request in (stack.requests[n] for n in asked)} == {"training", "credit"}


async def test_who_waits_in_vain_is_told_where_to_look(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading, "POLL", 0.0)
    monkeypatch.setattr(loading, "PATIENCE", -1.0)
    with pytest.raises(LoadError, match=r"training still does not know all people.*worker of training"):
        await load(STACK, NATION, quiet, FakeStack(not_yet=10**9).transport)


async def test_another_answer_than_foretold_is_reported():
    def answer(stream: str, given: dict[str, Any]) -> dict[str, Any]:
        if stream == "trainings-service" and given["line"] == 1:
            return {"line": 1, "status": "refused", "code": "internal-error"}
        if stream == "predicates" and given["status"] == "refused":
            return {"line": given["line"], "status": "stored", "id": "x"}
        return given

    stack = FakeStack()
    stack.answer = answer
    summary = await load(STACK, NATION, quiet, stack.transport)

    assert not summary.ok
    trainings, predicates = summary.streams["trainings"], summary.streams["predicates"]
    assert [(s.line, s.got) for s in trainings.unexpected.examples] == [(1, "refused internal-error")]
    assert predicates.refused.total() == 0
    assert predicates.missing.total == predicates.planted - predicates.duplicate > 0


async def test_a_lost_answer_is_an_error():
    stack = FakeStack()
    stack.answer = lambda stream, given: None if (stream, given["line"]) == ("people", 7) else given
    with pytest.raises(LoadError, match=r"line 7 has the answer of line 8.*run the same command again"):
        await load(STACK, NATION, quiet, stack.transport)

    stack = FakeStack()
    stack.answer = lambda stream, given: None if stream == "courses" and given["line"] > 100 else given
    with pytest.raises(LoadError, match=r"courses: 100 of \d+ lines have an answer"):
        await load(STACK, NATION, quiet, stack.transport)


async def test_an_agency_that_is_refused_stops_the_load():
    stack = FakeStack()
    stack.answer = lambda stream, given: (
        {"line": given["line"], "status": "refused", "code": "field-invalid"} if stream == "agencies" else given
    )
    with pytest.raises(LoadError, match=r"first refusal: agencies line 1: refused field-invalid"):
        await load(STACK, NATION, quiet, stack.transport)


async def test_a_service_that_is_away_or_refuses_is_named():
    stack = FakeStack()
    stack.upload_status = 503
    with pytest.raises(LoadError, match=r"upload to registry/agencies:batch .*503 unavailable Sedang penuh.*readyz"):
        await load(STACK, NATION, quiet, stack.transport)

    def refuse(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    with pytest.raises(LoadError, match=r"No answer from the token endpoint .*make up"):
        await load(STACK, NATION, quiet, httpx2.MockTransport(refuse))


async def test_tokens_are_kept_while_good_and_asked_for_each_scope():
    stack = FakeStack(cases=3)
    await load(STACK, NATION, quiet, stack.transport)
    kinds = Counter(form["client_id"] for form in stack.tokens)
    assert kinds["service"] == kinds["lan"] == 1
    assert kinds["verifier"] == kinds["validator"] == len(NATION.agency_list)
    asking = {form["agency"] for form in stack.tokens if form["client_id"] == "agency_hr"}
    assert kinds["agency_hr"] == len(asking) >= len(NATION.hr_agencies)
    people = {form["person"] for form in stack.tokens if "person" in form}
    assert len(people) == len({*NATION.speakers, *NATION.exempted})


async def test_tokens_are_renewed_before_they_expire():
    stack = FakeStack(token_seconds=TOKEN_MARGIN - 1)
    await load(STACK, NATION, quiet, stack.transport)
    assert Counter(form["client_id"] for form in stack.tokens)["service"] > 5


async def test_cases_are_checked_and_attested_by_two_people():
    stack = FakeStack(cases=100)
    agencies = {"K-001": "agency-a", "D-001": "agency-b"}
    cases = await decide(STACK, agencies, quiet, stack.transport)

    assert cases.found == 200
    assert cases.returned == len(stack.decided["return"]) == 4
    assert cases.checked == len(stack.decided["check"]) == 200 - 4 - 5
    assert cases.attested == len(stack.decided["attest"]) == cases.checked - 5
    assert cases.left == 10
    assert {who for who, _ in stack.decided["check"] + stack.decided["return"]} == {"verifier"}
    assert {who for who, _ in stack.decided["attest"]} == {"validator"}
    assert {case for _, case in stack.decided["attest"]} < {case for _, case in stack.decided["check"]}


async def test_a_case_refused_at_the_check_is_not_attested():
    stack = FakeStack(cases=30)
    answers = stack._cases

    def refuse_first(request: httpx2.Request, path: str, form: dict[str, str]) -> httpx2.Response:
        response = answers(request, path, form)
        if path != "cases:check":
            return response
        _, *rest = response.text.splitlines(keepends=True)
        return httpx2.Response(200, text='{"line": 1, "status": "refused", "code": "case-state"}\n' + "".join(rest))

    stack._cases = refuse_first
    cases = await decide(STACK, {"K-001": "a"}, quiet, stack.transport)
    assert cases.refused == {"case-state": 1}
    assert "a/1" not in {case for _, case in stack.decided["attest"]}
    assert cases.checked == 28


def test_a_stack_is_read_from_its_file(tmp_path: Path):
    file = tmp_path / "stack.json"
    with pytest.raises(LoadError, match=r"does not exist. Start the stack with `make up`"):
        Stack.read(file)
    file.write_text("{")
    with pytest.raises(LoadError, match=r"is not JSON"):
        Stack.read(file)
    file.write_text("{}")
    with pytest.raises(LoadError, match=r"does not describe a stack"):
        Stack.read(file)
    service = {"url": "http://127.0.0.1:1", "docs": "…", "database_url": "…", "roles": []}
    file.write_text(
        json.dumps(
            {
                "services": {"registry": service},
                "token_url": "http://127.0.0.1:2/token",
                "clients": {"lan": {"client_id": "lan", "client_secret": "s"}},
                "kafka": "127.0.0.1:3",
            }
        )
    )
    stack = Stack.read(file)
    assert stack.services["registry"].url == "http://127.0.0.1:1"
    assert stack.clients["lan"].client_secret == "s"
