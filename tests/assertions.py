"""How much the tests assert, by package: `python tests/assertions.py [CHECKOUT ...]`, to compare one checkout with another."""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

PLACES = ("libs/*/tests", "services/*/tests", "deploy/local/tests", "tests")


def asserted(checkout: Path) -> Counter[str]:
    """`assert` statements and `pytest.raises` in the files of tests."""
    found: Counter[str] = Counter()
    for folder in (folder for place in PLACES for folder in checkout.glob(place)):
        for file in folder.rglob("*.py"):
            found[str(folder.relative_to(checkout))] += sum(_asserts(node) for node in _nodes(file))
    return found


def _nodes(file: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(file.read_text()))


def _asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (
        isinstance(node, ast.Call) and ast.unparse(node.func) in {"pytest.raises", "raises"}
    )


def main() -> None:
    counts = [asserted(Path(checkout)) for checkout in sys.argv[1:] or ["."]]
    for package in sorted({package for found in counts for package in found}):
        print(f"{package:<32}", *(f"{found[package]:>8,}" for found in counts))
    print(f"{'':<32}", *(f"{found.total():>8,}" for found in counts))


if __name__ == "__main__":
    main()
