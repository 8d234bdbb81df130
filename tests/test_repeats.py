"""No six lines stand in the code of two services: what both need is made once, in `common`, `contracts` or `roster`.

Imports do not count: two modules that use the same things name the same things. Nor do migrations: they are frozen, and
one that shared code with another could change what was made long ago. Nor empty lines and comments.
"""

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

from jejak_local.processes import CHECKOUT
from jejak_local.services import NAMES

RUN = 6


def code_of(source: str) -> list[tuple[int, str]]:
    """The lines that count, with their numbers, without indentation."""
    imported = {
        number
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate((line.strip() for line in source.splitlines()), 1)
    return [(number, line) for number, line in lines if number not in imported and line and not line.startswith("#")]


def repeated(files: Mapping[str, Mapping[Path, str]]) -> list[tuple[str, str]]:
    """Where a run of lines of one service begins that stands in another too, by the files of each service."""
    places: defaultdict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for service, sources in files.items():
        for path, source in sources.items():
            lines = code_of(source)
            for start in range(len(lines) - RUN + 1):
                run = lines[start : start + RUN]
                places[tuple(line for _, line in run)].append((service, f"{path}:{run[0][0]}"))
    return sorted(
        (one, other)
        for found in places.values()
        for (service, one), (second, other) in combinations(found, 2)
        if service != second
    )


def sources_of(service: str) -> dict[Path, str]:
    folder = CHECKOUT / "services" / service / "src"
    return {
        path.relative_to(CHECKOUT): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
        if "migrations" not in path.parts
    }


def test_no_six_lines_stand_in_two_services() -> None:
    assert repeated({service: sources_of(service) for service in NAMES}) == []


def test_a_planted_pair_is_found_whatever_its_indentation_and_comments() -> None:
    body: Sequence[str] = [f"value_{number} = ask({number})" for number in range(RUN)]
    one = "import a\nimport b\n\ndef ask_all():\n    " + "\n    ".join(body) + "\n"
    other = "from c import d\n" + "\n# why\n\n".join(body) + "\nreturn_it = 1\n"
    short = "\n".join(body[1:]) + "\n"
    files = {"one": {Path("one.py"): one}, "other": {Path("other.py"): other}, "third": {Path("third.py"): short}}
    assert repeated(files) == [("one.py:5", "other.py:2")]


def test_the_same_imports_are_no_pair() -> None:
    source = "from a import (\n    b,\n    c,\n    d,\n)\nimport e\nimport f\nimport g\n"
    assert repeated({"one": {Path("one.py"): source}, "other": {Path("other.py"): source}}) == []
