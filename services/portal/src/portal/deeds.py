"""What a page does: its forms are sent to its own address and say by `do` what is to be done, so that what was typed can come back to it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from fastapi import Response

from common.refused import Refused
from portal.asking import Question
from portal.forms import Form
from portal.sending import begin, end, mark_of
from portal.texts import say
from portal.visits import Visit, to

Shown = Callable[[Form], Awaitable[Response]]
"""The page with a form."""


async def done(visit: Visit, question: Question, address: str, shown: Shown, fields: Sequence[str] = ()) -> Response:
    """Does something and goes on to a page; refused, the page is there again as it was typed, with the reason.

    What the same form has done before is not done again: it goes on to the page.
    """
    mark = mark_of(visit)
    if not await begin(visit, mark):
        return to(address)
    ok = False  # as long as nobody knows whether it was done: they look, and may send it again
    try:
        sent = await visit.do(question)
        ok = sent.ok
    finally:
        await end(visit, mark, done=ok)
    if ok:
        return to(address)
    return await shown(visit.form.refused(sent, fields, say("form.not-sent", visit.language)))


def chosen(visit: Visit, deeds: Mapping[str, Question]) -> Question:
    """What a form is to do. Raises Refused `not-found` for what none of the page does."""
    deed = deeds.get(visit.form["do"])
    if deed is None:
        raise Refused("not-found")
    return deed
