"""A small world of officers: mentors, mentees and who stands above whom."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from common.due import DueWork
from common.fields import FIRST_DAY
from common.ids import new_id
from common.parts import Parts
from common.runner import Runner
from contracts.events.registry import Holding, PostChanged, PostState
from contracts.events.training import TrainingCompleted
from jejak_local import harness
from jejak_local.harness import AGENCY
from mentoring.domain.pairs import TO_ANSWER, last_day
from mentoring.domain.programmes import Rules
from mentoring.pairs.tables import Pair
from mentoring.service import SERVICE
from services.mentoring.tests.both import Both


class World(harness.World):
    """People with posts, and programmes they may join."""

    async def person(self, jenjang: str | None = "ahli_muda", *posts: UUID, **changes: Any) -> UUID:
        """Somebody who holds these posts as their own."""
        held = [Holding(post_id=each, kind="definitive", valid_from=date(2020, 1, 1), valid_to=None) for each in posts]
        [person_id] = await self.people(self.state(jenjang=jenjang, **changes).model_copy(update={"holdings": held}))
        return person_id

    async def post(self, superior: UUID | None = None) -> UUID:
        """A post under another."""
        post_id = new_id()
        state = {"type": "JA", "name": "Kepala", "jenjang": "administrator", "unit_id": post_id, "seats": 9}
        states = [PostState(**state, superior_id=superior, valid_from=FIRST_DAY, valid_to=None)]
        await self.hear(self.received(PostChanged(post_id=post_id, agency_id=AGENCY, code="P", states=states)))
        return post_id

    async def trained(self, person_id: UUID, jp: int, *competencies: str, **changes: Any) -> TrainingCompleted:
        """A training that somebody has finished."""
        day = self.clock.today()
        usual = {"form": "KL03", "title": "Pelatihan", "source_kind": "system", "rule_pack": "jp-2018"}
        own = {"record_id": new_id(), "person_id": person_id, "agency_id": AGENCY, "year": day.year, "verified": True}
        when = {"start_date": day, "end_date": day, "jp_counted": Decimal(jp)}
        record = harness.bare(TrainingCompleted, **usual | own | when | {"competencies": competencies} | changes)
        await self.hear(self.received(record))
        return record


@pytest.fixture
def world(parts: Parts) -> World:
    return World(parts.database, SERVICE, parts)


@pytest.fixture
def programme(api, clock):
    """Opens a programme of the agency that takes people today, and gives its id."""

    async def opened(**rules: Any) -> str:
        today = clock.today().isoformat()
        body = {"title": "Mentoring lintas jenjang", "opens_on": today, "closes_on": today, "rules": rules}
        answer = await api.call("programme_manager", "POST", "/programmes", body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return opened


@pytest.fixture
def joins(api):
    """Lets somebody take part."""

    async def joined(programme_id: str, person_id: UUID, side: str, **said: Any) -> dict[str, Any]:
        path = f"/programmes/{programme_id}/applications/me"
        answer = await api.call("person", "PUT", path, {"side": side, **said}, person=person_id)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return joined


@pytest.fixture
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return {"files": tmp_path_factory.getbasetemp() / "files"}


@pytest.fixture
def runner(parts: Parts) -> Runner:
    return Runner(parts, SERVICE.jobs)


@pytest.fixture
def matched(api, runner):
    """Orders a match, lets its job be done, and gives the run."""

    async def done(programme_id: str, **asked: Any) -> dict[str, Any]:
        answer = await api.call("programme_manager", "POST", f"/programmes/{programme_id}/runs", asked)
        assert answer.status_code == 202, answer.text
        while await runner.turn():
            pass
        return await api.get(f"/runs/{answer.json()['id']}")

    return done


@pytest.fixture
def active_pair(world, programme, joins, clock):
    """Makes an active pair of today, in a programme of its own unless one is given, and gives it."""

    async def paired(programme_id: str | None = None, mentor_id: UUID | None = None, **changes: Any) -> Pair:
        programme_id = programme_id or await programme()
        mentee_id = await world.person()
        await joins(programme_id, mentee_id, "mentee")
        if mentor_id is None:
            mentor_id = await world.person("ahli_madya")
            await joins(programme_id, mentor_id, "mentor")
        made = {
            "id": new_id(),
            "programme_id": UUID(programme_id),
            "mentee_id": mentee_id,
            "mentor_id": mentor_id,
            "run_id": None,
            "score": 0,
            "state": "active",
            "answer_by": clock.now() + TO_ANSWER,
            "mentee_accepted_at": clock.now(),
            "mentor_accepted_at": clock.now(),
            "begins_on": clock.today(),
            "ends_on": last_day(clock.today(), Rules().months),
            "mentee_agency_id": AGENCY,
            "mentee_unit_id": None,
            "mentor_agency_id": AGENCY,
            "mentor_unit_id": None,
        }
        pair = Pair(**made | changes)
        async with world.database.transaction() as session:
            session.add(pair)
        return pair

    return paired


@pytest.fixture
def both(api, active_pair) -> Callable[..., Awaitable[Both]]:
    """A pair that has agreed, unless told that it has not."""

    async def made(*, agreed: bool = True, **changes: Any) -> Both:
        two = Both(api, await active_pair(**changes))
        if agreed:
            await two.agree()
        return two

    return made


@pytest.fixture
def desk(api):
    """What the desk of a programme does."""

    async def done(path: str, body: Any = None, code: int = 200) -> Any:
        answer = await api.call("programme_manager", "POST", path, body)
        assert answer.status_code == code, answer.text
        return answer.json()

    return done


@pytest.fixture
def due(parts: Parts):
    """Does what is due by now, as the role `due` does."""
    work = DueWork(parts, SERVICE.due)

    async def done() -> None:
        while await work.turn():
            pass

    return done
