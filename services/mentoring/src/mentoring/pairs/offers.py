"""Offers: both people of a pair are asked, and a mail tells each."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.ids import derived_id
from common.store.outbox import emit
from contracts.events.mentoring import MentorMatched
from contracts.events.notification import MessageRequested
from contracts.zone import JAKARTA
from mentoring.domain.pairs import TO_ANSWER
from mentoring.pairs.tables import Pair
from mentoring.programmes.tables import Programme


def offer(session: AsyncSession, programme: Programme, pairs: Sequence[Pair], now: datetime) -> None:
    """Asks both people of each pair; everybody gets one mail, of however many pairs they are one."""
    answer_by = now + TO_ANSWER
    theirs = defaultdict[tuple[UUID, str], list[Pair]](list)
    for pair in pairs:
        pair.state, pair.answer_by, pair.version = "offered", answer_by, pair.version + 1
        emit(session, MentorMatched(**told(pair), answer_by=answer_by), sequence=pair.version, time=now)
        theirs[pair.mentee_id, "mentee"].append(pair)
        theirs[pair.mentor_id, "mentor"].append(pair)
    for (person_id, side), own in theirs.items():
        emit(
            session,
            MessageRequested(
                request_id=derived_id("match", person_id, *(pair.id for pair in own)),
                recipient="person",
                recipient_id=person_id,
                template="match",
                values={
                    "title": programme.title,
                    "side": side,
                    "pairs": len(own),
                    "answer_by": answer_by.astimezone(JAKARTA).date(),
                },
                reason="programme",
                expires_at=answer_by,
                asked_by=programme.agency_id,
            ),
            sequence=1,
            time=now,
        )


def told(pair: Pair) -> dict[str, Any]:
    """What every event about a pair says."""
    return {
        "pair_id": pair.id,
        **pair.model_dump(
            include={
                "programme_id",
                "mentee_id",
                "mentor_id",
                "mentee_agency_id",
                "mentee_unit_id",
                "mentor_agency_id",
                "mentor_unit_id",
            }
        ),
    }
