"""What attendees say of classes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NAMES = ("class_evaluations", "class_reflections", "class_uses")


def upgrade() -> None:
    op.create_table(
        "class_evaluations",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Integer(), nullable=False),
        sa.Column("teaching", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "content BETWEEN 1 AND 5 AND teaching BETWEEN 1 AND 5 AND organisation BETWEEN 1 AND 5",
            name=op.f("ck_class_evaluations_marks"),
        ),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_class_evaluations_class_id_classes"),
        sa.PrimaryKeyConstraint("class_id", "person_id", name="pk_class_evaluations"),
    )
    op.create_table(
        "class_reflections",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("served", ARRAY(sa.Text()), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_class_reflections_class_id_classes"),
        sa.PrimaryKeyConstraint("class_id", "person_id", name="pk_class_reflections"),
    )
    op.create_table(
        "class_uses",
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(used IS NULL) = (said_at IS NULL)", name=op.f("ck_class_uses_said")),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name="fk_class_uses_class_id_classes"),
        sa.PrimaryKeyConstraint("class_id", "person_id", name="pk_class_uses"),
    )
    for name in NAMES:
        op.create_index(f"ix_{name}_person_id", name, ["person_id"])


def downgrade() -> None:
    for name in NAMES:
        op.drop_table(name)
