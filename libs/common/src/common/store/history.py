"""Which migrations a database was made by, so that one rewritten since is seen before anything is changed.

Alembic remembers a number. Beside it, as a comment of its table, stand the marks of all migrations that were applied.
"""

from hashlib import sha256
from pathlib import Path

TABLE = "alembic_version"
MARK = f"SELECT obj_description(to_regclass('{TABLE}'), 'pg_class')"
VERSION = f"SELECT version_num FROM {TABLE}"  # noqa: S608 - as above


def numbered(folder: Path) -> dict[str, Path]:
    """The migrations of the package in `folder` by the numbers their files' names begin with, in order."""
    return {file.name.partition("_")[0]: file for file in sorted((folder / "migrations" / "versions").glob("*.py"))}


def mark(folder: Path, version: str) -> str:
    """The mark of a database that the migrations of the package in `folder` have made, up to a version."""
    return " ".join(
        f"{number}={sha256(file.read_bytes()).hexdigest()[:16]}"
        for number, file in numbered(folder).items()
        if number <= version
    )


def others(folder: Path, version: str | None, marked: str | None) -> list[str]:
    """The migrations that made a database of this version and mark, and are not those of the package in `folder`."""
    if version is None:
        return []
    ours = mark(folder, version).split()
    made = (marked or version).split()
    return [each.partition("=")[0] for each in made if each not in ours]
