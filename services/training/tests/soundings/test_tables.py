"""What the tables of soundings themselves refuse."""

import pytest
from sqlalchemy import CheckConstraint, text
from sqlalchemy.exc import IntegrityError

from training.soundings.tables import Shortfall, Sweep


async def test_the_migration_names_the_checks_as_the_code_does(world):
    rows = await world.rows(
        "SELECT CAST(conrelid AS regclass) AS place, conname FROM pg_constraint"
        " WHERE contype = 'c' AND conrelid IN (CAST('sweeps' AS regclass), CAST('shortfalls' AS regclass))"
    )
    checks = {
        (kind.__tablename__, constraint.name)
        for kind in (Sweep, Shortfall)
        for constraint in kind.metadata.tables[kind.__tablename__].constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert {(row.place, row.conname) for row in rows} == checks


async def test_a_period_has_one_first_and_one_running_sweep(sounding, world):
    sweep_id = await sounding.begin(2026, 1, "2026-05-01")
    for replaces in (None, sweep_id):
        with pytest.raises(IntegrityError):
            await sounding.step(
                lambda s, replaces=replaces: s.execute(
                    text(
                        "INSERT INTO sweeps SELECT gen_random_uuid(), year, period, as_of, rule_pack, over_from,"
                        " last_month, state, CAST(:replaces AS uuid), started_at, finished_at,"
                        " people, short, announced_agency_id, announced_page FROM sweeps"
                    ),
                    {"replaces": replaces},
                )
            )
