"""What a statement has one of (verb, activity, registration) in a column of its own, each with an index in the order of pages."""

import json
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PAGED = ("stored", "position")
FILLED = sa.text(
    "UPDATE statements SET verb = :verb, activity = :activity, registration = :registration"
    " WHERE connection_id = :connection AND id = :id"
)


def upgrade() -> None:
    for name in ("verb", "activity", "registration"):
        op.add_column("statements", sa.Column(name, sa.BigInteger(), nullable=True))
    connection = op.get_bind()
    told = connection.execute(sa.text("SELECT connection_id, id, statement FROM statements"))
    for rows in told.partitions(1_000):
        connection.execute(FILLED, [{"connection": row[0], "id": row[1], **_keys(json.loads(row[2]))} for row in rows])
    op.alter_column("statements", "verb", nullable=False)
    op.create_index(
        op.f("ix_statements_connection_id_verb_stored_position"), "statements", ["connection_id", "verb", *PAGED]
    )
    for name in ("activity", "registration"):
        op.create_index(
            op.f(f"ix_statements_connection_id_{name}_stored_position"),
            "statements",
            ["connection_id", name, *PAGED],
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )


def _keys(statement: dict) -> dict[str, int | None]:
    """As `connectors.domain.naming` makes them on the day of this migration."""
    told, registration = statement["object"], statement.get("context", {}).get("registration")
    is_activity = told.get("objectType", "Activity") == "Activity"
    return {
        "verb": _key("v", statement["verb"]["id"]),
        "activity": _key("o", told["id"]) if is_activity else None,
        "registration": _key("r", registration.lower()) if registration else None,
    }


def _key(kind: str, name: str) -> int:
    digest = blake2b(f"{kind} {name}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def downgrade() -> None:
    for name in ("registration", "activity", "verb"):
        op.drop_column("statements", name)
