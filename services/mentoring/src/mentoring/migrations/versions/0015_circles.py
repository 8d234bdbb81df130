"""Circles; what was told of hours is told of mentees, in a pair or a circle."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "circles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("mentor_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'over')", name=op.f("ck_circles_state")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_circles_seats")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_circles_programme_id_programmes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circles")),
    )
    op.create_index(op.f("ix_circles_programme_id"), "circles", ["programme_id"], unique=False)
    op.create_index(op.f("ix_circles_mentor_id"), "circles", ["mentor_id"], unique=False)
    op.create_table(
        "circle_members",
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_circle_members_circle_id_circles")),
        sa.PrimaryKeyConstraint("circle_id", "person_id", name=op.f("pk_circle_members")),
    )
    op.create_index(op.f("ix_circle_members_person_id"), "circle_members", ["person_id"], unique=False)
    op.create_table(
        "circle_meetings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("circle_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("log", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_circle_meetings_times")),
        sa.CheckConstraint("way IN ('online', 'onsite')", name=op.f("ck_circle_meetings_way")),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancel_reason IS NOT NULL)", name=op.f("ck_circle_meetings_cancelled")
        ),
        sa.CheckConstraint("state IN ('planned', 'cancelled')", name=op.f("ck_circle_meetings_state")),
        sa.ForeignKeyConstraint(["circle_id"], ["circles.id"], name=op.f("fk_circle_meetings_circle_id_circles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_meetings")),
    )
    op.create_index(op.f("ix_circle_meetings_circle_id"), "circle_meetings", ["circle_id"], unique=False)
    op.create_table(
        "circle_attendances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("mentee_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("mentee_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'confirmed', 'cancelled')", name=op.f("ck_circle_attendances_state")),
        sa.CheckConstraint(
            "(state = 'pending') = (expires_at IS NOT NULL)", name=op.f("ck_circle_attendances_pending")
        ),
        sa.CheckConstraint("(state = 'confirmed') = (held_on IS NOT NULL)", name=op.f("ck_circle_attendances_held")),
        sa.CheckConstraint(
            "state <> 'confirmed' OR num_nulls(mentee_said_at, mentor_said_at) = 0",
            name=op.f("ck_circle_attendances_confirmed"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["circle_meetings.id"], name=op.f("fk_circle_attendances_meeting_id_circle_meetings")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "mentee_id", name=op.f("pk_circle_attendances")),
        sa.UniqueConstraint("id", name=op.f("uq_circle_attendances_id")),
    )
    op.create_index(op.f("ix_circle_attendances_mentee_id"), "circle_attendances", ["mentee_id"], unique=False)

    op.add_column("completions", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column("completions", sa.Column("circle_id", sa.Uuid(), nullable=True))
    op.add_column("completions", sa.Column("mentee_id", sa.Uuid(), nullable=True))
    op.execute("UPDATE completions SET kind = 'mentoring', mentee_id = p.mentee_id FROM pairs p WHERE p.id = pair_id")
    op.drop_constraint("pk_completions", "completions")
    op.drop_constraint("uq_completions_id", "completions")
    op.alter_column("completions", "kind", nullable=False)
    op.alter_column("completions", "mentee_id", nullable=False)
    op.alter_column("completions", "pair_id", nullable=True)
    op.create_primary_key(op.f("pk_completions"), "completions", ["id"])
    op.create_unique_constraint(op.f("uq_completions_pair_id_year"), "completions", ["pair_id", "year"])
    op.create_unique_constraint(
        op.f("uq_completions_circle_id_mentee_id_year"), "completions", ["circle_id", "mentee_id", "year"]
    )
    op.create_foreign_key(op.f("fk_completions_circle_id_circles"), "completions", "circles", ["circle_id"], ["id"])
    op.create_check_constraint(op.f("ck_completions_kind"), "completions", "kind IN ('mentoring', 'circle')")
    op.create_check_constraint(
        op.f("ck_completions_source"),
        "completions",
        "(kind = 'mentoring') = (pair_id IS NOT NULL) AND (kind = 'circle') = (circle_id IS NOT NULL)",
    )
    op.create_index(op.f("ix_completions_mentee_id"), "completions", ["mentee_id"], unique=False)


def downgrade() -> None:
    op.execute("DELETE FROM completions WHERE kind = 'circle'")
    op.drop_index("ix_completions_mentee_id", "completions")
    op.drop_constraint("ck_completions_source", "completions")
    op.drop_constraint("ck_completions_kind", "completions")
    op.drop_constraint("fk_completions_circle_id_circles", "completions")
    op.drop_constraint("uq_completions_circle_id_mentee_id_year", "completions")
    op.drop_constraint("uq_completions_pair_id_year", "completions")
    op.drop_constraint("pk_completions", "completions")
    op.alter_column("completions", "pair_id", nullable=False)
    op.drop_column("completions", "mentee_id")
    op.drop_column("completions", "circle_id")
    op.drop_column("completions", "kind")
    op.create_primary_key(op.f("pk_completions"), "completions", ["pair_id", "year"])
    op.create_unique_constraint(op.f("uq_completions_id"), "completions", ["id"])
    op.drop_table("circle_attendances")
    op.drop_table("circle_meetings")
    op.drop_table("circle_members")
    op.drop_table("circles")
