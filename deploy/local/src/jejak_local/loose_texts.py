"""Finds what people would read and no catalogue holds: words in the code, in templates and in rule packs.

Two words in a literal are a text, unless where they stand nobody but a developer meets them: docstrings, exceptions
that are no answer, logs, metrics, SQL, and what is English by decision, the OpenAPI document and `--help`.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

VALUE = "\N{PLACE OF INTEREST SIGN}"
"""Stands for a value inside a literal; it counts for a word, but two of them are no text."""
WORD = r"[^\W\d_]{2,}"
WORDS = re.compile(rf"{WORD}[,;:.]?\s+[{VALUE}\w]|{VALUE}[,;:.]?\s+{WORD}")
SQL = re.compile(
    r"\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|WITH|CONFLICT|ORDER BY|CASE|SET|LOCK|ALTER|GRANT|CAST|AND|OR|IN|IS|AS)\b|^\w+\(.*\)$"
)
OF_DEVELOPERS = re.compile(
    r"(?:Error|UnreadableEvent|MailboxNotAscii)$|^(?:log|_meter)\.|(?:^|\.)(?:traced|_step|insist)$|^(?:Invariant|Joiner|Service)$"
)
"""Calls whose words only developers meet; the name of an invariant is what an operator looks it up by."""
OF_DOCUMENTS = frozenset({"description", "summary", "responses", "help", "comment", "examples", "custom_error_message"})
"""Arguments that end in the OpenAPI document, in `--help`, in the tables' comments or in pydantic."""
OF_REGULATIONS = frozenset({"source", "sources", "reasons", "label", "name", "status"})
"""Keys of a rule pack that hold what the regulation calls a thing, and where that stands: in its own language."""
FILES_OF_DOCUMENTS = frozenset({"rights.py", "invariants.py", "erasing.py"})
"""Files whose words are English by decision: who may do what (docs/rights.md, OpenAPI), the names of invariants, and why a
row stays when somebody is erased.
"""
MARKUP = re.compile(r"<style>.*?</style>|<[^>]*>", re.DOTALL)


def loose(folder: Path) -> Iterator[tuple[str, int, str]]:
    """Every loose text of a package: its file, its line, and the text with a sign for each value in it."""
    for path in sorted(folder.rglob("*")):
        if "migrations" not in path.parts and path.name not in FILES_OF_DOCUMENTS:
            for line, text in _texts(path):
                if WORDS.search(text):
                    yield path.relative_to(folder).as_posix(), line, text


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    if path.suffix == ".py":
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from _literals(tree)
    elif "templates" in path.parts and path.is_file():
        template = Environment(autoescape=True).parse(MARKUP.sub(" ", path.read_text(encoding="utf-8")))
        yield from ((found.lineno, found.data) for found in template.find_all(nodes.TemplateData))
    elif path.suffix == ".toml":
        yield from _values(tomllib.loads(path.read_text(encoding="utf-8")))


def _values(table: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The texts of a table; a rule pack's `cases` are its tests."""
    for key, value in table.items():
        if key in OF_REGULATIONS or key == "cases":
            continue
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from _values(inner)
            elif isinstance(inner, str):
                yield 0, inner


def _literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The literals below a node, but for those that only developers meet; a value inside one is a word."""
    match node:
        case ast.Constant(value=str(text)):
            if not SQL.search(text):
                yield node.lineno, text
            return
        case ast.JoinedStr():
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values)
            if not SQL.search(text):
                yield node.lineno, text
            return
        case ast.Expr(value=ast.Constant()) | ast.Assert():  # a docstring, or one of an attribute
            return
        case ast.Assign(targets=[ast.Attribute(attr=name)]) | ast.keyword(arg=str(name)) if name in OF_DOCUMENTS:
            return
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if not (isinstance(key, ast.Constant) and key.value in OF_DOCUMENTS):
                    yield from _literals(value)
        case ast.Call() if OF_DEVELOPERS.search(ast.unparse(node.func)):
            return
        case _:
            for below in ast.iter_child_nodes(node):
                yield from _literals(below)
