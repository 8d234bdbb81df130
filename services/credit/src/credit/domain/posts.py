"""Which posts are of one kind: those of one position and jenjang. Registries write the jenjang behind the position or leave it out."""

from collections.abc import Mapping

from credit.domain.rules import Jenjang


def position_of(name: str, jenjang: str | None, levels: Mapping[str, Jenjang]) -> str:
    """The position that a post or somebody in it is called by, without the name of the jenjang, to be compared."""
    level = levels.get(jenjang or "")
    plain = " ".join(name.casefold().split())
    return plain.removesuffix(f" {level.name.casefold()}") if level else plain
