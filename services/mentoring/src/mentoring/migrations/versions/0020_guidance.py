"""Talks count once both have said that they were held; a slot is of a programme."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATES = "'requested', 'accepted', 'pending', 'confirmed', 'rejected', 'expired', 'cancelled'"
KINDS = "'mentoring', 'circle', 'talk', 'guidance'"
SOURCE = "(kind = 'mentoring') = (pair_id IS NOT NULL) AND (kind = 'circle') = (circle_id IS NOT NULL)"


def upgrade() -> None:
    op.add_column("talk_slots", sa.Column("programme_id", sa.Uuid(), nullable=True))
    # Nobody had to say it before: the programme that its mentor joined last, or one at all where that is forgotten.
    op.execute(
        "UPDATE talk_slots SET programme_id = coalesce((SELECT programme_id FROM applications"
        " WHERE person_id = mentor_id AND side = 'mentor' ORDER BY applied_at DESC LIMIT 1),"
        " (SELECT id FROM programmes ORDER BY id LIMIT 1))"
    )
    op.alter_column("talk_slots", "programme_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_talk_slots_programme_id_programmes"), "talk_slots", "programmes", ["programme_id"], ["id"]
    )
    op.create_index(op.f("ix_talk_slots_programme_id"), "talk_slots", ["programme_id"], unique=False)
    op.add_column("talks", sa.Column("mentee_said_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("talks", sa.Column("mentor_said_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("talks", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("talks", sa.Column("held_on", sa.Date(), nullable=True))
    _states(STATES, "'requested', 'accepted', 'pending', 'confirmed'")
    op.create_check_constraint(op.f("ck_talks_pending"), "talks", "(state = 'pending') = (expires_at IS NOT NULL)")
    op.create_check_constraint(op.f("ck_talks_held"), "talks", "(state = 'confirmed') = (held_on IS NOT NULL)")
    op.create_check_constraint(
        op.f("ck_talks_confirmed"), "talks", "state <> 'confirmed' OR num_nulls(mentee_said_at, mentor_said_at) = 0"
    )
    op.add_column("completions", sa.Column("talk_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_completions_talk_id_talks"), "completions", "talks", ["talk_id"], ["id"])
    op.create_unique_constraint(op.f("uq_completions_talk_id"), "completions", ["talk_id"])
    _kinds(KINDS, SOURCE + " AND (kind IN ('talk', 'guidance')) = (talk_id IS NOT NULL)")


def downgrade() -> None:
    op.execute("DELETE FROM completions WHERE talk_id IS NOT NULL")
    _kinds("'mentoring', 'circle'", SOURCE)
    op.drop_column("completions", "talk_id")
    for name in ("pending", "held", "confirmed"):
        op.drop_constraint(f"ck_talks_{name}", "talks")
    op.execute("UPDATE talks SET state = 'accepted' WHERE state IN ('pending', 'confirmed')")
    _states("'requested', 'accepted', 'rejected', 'expired', 'cancelled'", "'requested', 'accepted'")
    for name in ("mentee_said_at", "mentor_said_at", "expires_at", "held_on"):
        op.drop_column("talks", name)
    op.drop_column("talk_slots", "programme_id")


def _states(states: str, live: str) -> None:
    op.drop_constraint("ck_talks_state", "talks")
    op.create_check_constraint(op.f("ck_talks_state"), "talks", f"state IN ({states})")
    op.drop_index("uq_talks_one_live", "talks")
    op.create_index(
        "uq_talks_one_live", "talks", ["slot_id"], unique=True, postgresql_where=sa.text(f"state IN ({live})")
    )


def _kinds(kinds: str, source: str) -> None:
    op.drop_constraint("ck_completions_kind", "completions")
    op.create_check_constraint(op.f("ck_completions_kind"), "completions", f"kind IN ({kinds})")
    op.drop_constraint("ck_completions_source", "completions")
    op.create_check_constraint(op.f("ck_completions_source"), "completions", source)
