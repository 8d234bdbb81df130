"""Reading agreements: they are for the two of a pair alone."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from contracts.callers import Caller
from mentoring.agreements.schemas import AgreementOut, AgreementsOut
from mentoring.agreements.tables import Agreement
from mentoring.domain.agreements import Version, standing
from mentoring.pairs.reach import own_pair
from mentoring.programmes.queries import rules_of
from mentoring.programmes.tables import Programme


async def agreements(session: AsyncSession, pair_id: UUID, caller: Caller[None]) -> AgreementsOut:
    """What holds between the two of a pair, and what is proposed. Raises Refused `not-found`."""
    pair = await own_pair(session, pair_id, caller)
    rows = {row.version: row for row in await versions(session, pair_id)}
    holds, proposed = standing(map(version_of, rows.values()))

    def shown(version: Version | None) -> AgreementOut | None:
        return version and AgreementOut.model_validate(rows[version.version])

    return AgreementsOut(
        pair_id=pair.id,
        mentee_id=pair.mentee_id,
        mentor_id=pair.mentor_id,
        templates=list(rules_of(await session.get_one(Programme, pair.programme_id)).templates),
        holds=shown(holds),
        proposed=shown(proposed),
    )


async def versions(session: AsyncSession, pair_id: UUID) -> Sequence[Agreement]:
    """All versions of a pair's agreement."""
    return (await session.scalars(select(Agreement).where(col(Agreement.pair_id) == pair_id))).all()


def version_of(row: Agreement) -> Version:
    """A version as the domain takes it."""
    return Version(row.version, row.mentee_signed_at, row.mentor_signed_at)
