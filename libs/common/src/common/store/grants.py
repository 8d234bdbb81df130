"""What the role that serves may do with each table: what the code does, and no more.

Two roles a service: the owner migrates; the one that serves owns nothing, makes nothing, empties nothing. A service
says in its `grants.py` what it does with its tables, and `migrate` gives exactly that (`common.store.migrations`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, MetaData, text

ADDED = ("SELECT", "INSERT")
"""Only ever added to."""
CHANGED = (*ADDED, "UPDATE")
REPLACED = (*ADDED, "DELETE")
"""Rows come and go, none is changed."""
EDITED = (*CHANGED, "DELETE")


def blanked(*columns: str) -> Sequence[str]:
    """Only ever added to, but that these columns may lose what they say."""
    return (*ADDED, f"UPDATE ({', '.join(columns)})")


KIT = {
    "outbox": REPLACED,
    "inbox": ADDED,
    "waiting": REPLACED,
    "consumers": EDITED,
    "letters": EDITED,
    "idempotency": EDITED,
    "jobs": EDITED,
    "job_tries": EDITED,
    "imports": EDITED,
    "import_rows": EDITED,
}
SCHEMA = "public"


class Undeclared(Exception):  # noqa: N818 - the name says what has happened
    """Grants and tables differ: a table nobody has said anything of, or one that does not exist."""


@dataclass(frozen=True)
class Grants:
    """What a service does with its tables, those of the kit aside; the schemas and functions it uses beside them."""

    tables: Mapping[str, Sequence[str]]
    schemas: Sequence[str] = ()
    functions: Sequence[str] = ()

    def on(self, metadata: MetaData) -> dict[str, Sequence[str]]:
        """What may be done with each table. Raises Undeclared."""
        said = {**{name: KIT[name] for name in KIT if name in metadata.tables}, **self.tables}
        if differing := said.keys() ^ metadata.tables.keys():
            raise Undeclared(", ".join(sorted(differing)))
        return said | {"alembic_version": ("SELECT",)}


def give(connection: Connection, metadata: MetaData, grants: Grants, role: str) -> None:
    """Gives the role what is declared, and takes away whatever else an earlier version gave it."""
    quote = connection.dialect.identifier_preparer.quote
    for statement in _statements(grants.on(metadata), grants, quote(role)):
        connection.execute(text(statement))


def _statements(tables: Mapping[str, Sequence[str]], grants: Grants, role: str) -> Iterator[str]:
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA {SCHEMA} FROM PUBLIC, {role}"
    for table, privileges in tables.items():
        yield f"GRANT {', '.join(privileges)} ON {SCHEMA}.{table} TO {role}"
    for schema in grants.schemas:
        yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    for function in grants.functions:
        yield f"GRANT EXECUTE ON FUNCTION {SCHEMA}.{function} TO {role}"
