"""What somebody asks for themselves, and what HR asks for of them, are two files, also while neither is made."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OPEN = "state IN ('gathering', 'making')"


def upgrade() -> None:
    for name, whose in (("own", "reason IS NULL"), ("asked", "reason IS NOT NULL")):
        op.create_index(
            f"uq_data_files_{name}",
            "data_files",
            ["person_id"],
            unique=True,
            postgresql_where=sa.text(f"{OPEN} AND {whose}"),
        )
    op.drop_index("uq_data_files_open", "data_files")


def downgrade() -> None:
    op.execute(
        f"DELETE FROM data_parts USING data_files WHERE id = file_id AND reason IS NOT NULL AND {OPEN}"  # noqa: S608 - built of names in this code
    )
    op.execute(f"DELETE FROM data_files WHERE reason IS NOT NULL AND {OPEN}")  # noqa: S608 - built of names in this code
    op.create_index("uq_data_files_open", "data_files", ["person_id"], unique=True, postgresql_where=sa.text(OPEN))
    op.drop_index("uq_data_files_asked", "data_files")
    op.drop_index("uq_data_files_own", "data_files")
