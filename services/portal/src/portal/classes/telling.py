"""People of a class are told of by NIP, a line each, and answered one by one: what was refused stays in its field with the reason."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import Response

from portal.asking import Answer, bulk
from portal.deeds import Shown
from portal.forms import Form
from portal.texts import say
from portal.visits import Visit, to


class Told(NamedTuple):
    """What is told of people: the route it goes to, and what a line of it says."""

    route: str
    said: Callable[[Form, Sequence[str]], dict[str, Any]]


ENROL = Told("enrolments", lambda _, line: {"nip": line[0]})


async def tell(visit: Visit, class_id: UUID, told: Told, address: str, shown: Shown) -> Response:
    """Tells the lines that were typed, and goes on to the page; it is shown again with those that were refused."""
    form = visit.form
    lines = [line.strip() for line in form["people"].splitlines() if line.strip()]
    each_said = [told.said(form, line.replace(";", " ").split()) for line in lines]
    sent = await visit.do(bulk("training", f"/classes/{class_id}/{told.route}:batch", each_said))
    refused = [each for each in sent.lines if each["status"] == "refused"]
    if sent.ok and lines and not refused:
        return to(f"{address}?told={len(lines)}")
    if not refused:
        return await shown(form.refused(sent, ("people",), say("form.not-sent", visit.language)))
    left = "\n".join(lines[each["line"] - 1] for each in refused)
    words = [{"field": "people", "message": f"{lines[each['line'] - 1]}: {each['message']}"} for each in refused]
    return await shown(Form({**form.typed, "people": left}).refused(Answer(422, {"errors": words}), ("people",), ""))
