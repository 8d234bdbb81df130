"""The catalogues of texts: what the code says is looked for by Babel, and each language has a place for it.

`make texts` writes them anew: what is new comes without words, to be filled in; what nobody says any more goes.
"""

import tomllib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from common.texts import LANGUAGES, Language
from contracts.personal import personal
from jejak_local.processes import CHECKOUT

KEYWORDS = {"say": None, "say_count": (1, 1), "tell": None, "tell_count": (1, 1), "text_named": None}
HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""


def packages() -> list[Path]:
    """The folders of code whose texts people read: the kit with what stands beside it, and every service."""
    return sorted([*CHECKOUT.glob("libs/common/src/*/"), *CHECKOUT.glob("services/*/src/*/")])


def path_of(folder: Path, language: Language) -> Path:
    """Where the texts of a package stand in a language."""
    return folder / "locale" / language / "LC_MESSAGES" / "messages.po"


def read(folder: Path, language: Language) -> Catalog:
    """The catalogue of a package; empty when it has none."""
    path = path_of(folder, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _codes(file: IO[bytes], *_: object, **__: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """The text of each code of a problem."""
    for code in tomllib.load(file):
        yield 0, None, f"problem.{code}", []


def _rules(file: IO[bytes], *_: object, **__: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """The texts that a rule pack names: its title, and how its rules are read."""
    for name in _named(tomllib.load(file)):
        yield 0, None, name, []


def _named(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if key in {"text", "title"}:
            yield value
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from _named(inner)


def _sections(file: IO[bytes], *_: object, **__: object) -> Iterator[tuple[int, None, str, list[str]]]:
    """The texts of what a service holds of a person: the title of each table, and what stands above each column."""
    held = personal(Path(file.name).parents[1].name).held
    for name in {text for each in held for text in each.texts()}:
        yield 0, None, name, []


METHODS = [
    ("**/migrations/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**", "jinja2"),
    ("**/problems.toml", _codes),
    ("**/rules/**.toml", _rules),
    ("**/personal/sections.toml", _sections),
]


def extracted(folder: Path) -> Catalog:
    """Every text the code of a package says, without words."""
    found = Catalog()
    options = {"**/templates/**": {"silent": "false"}}
    for path, _, name, _, _ in extract_from_dir(folder, METHODS, options, keywords=KEYWORDS):
        found.add(name, locations=[(path, 0)])
    return found


def written(folder: Path) -> dict[Path, bytes]:
    """The catalogues of a package made anew from its code, by their paths; words there are stay."""
    said = extracted(folder)
    made: dict[Path, bytes] = {}
    for language in LANGUAGES if len(said) else ():
        before = read(folder, language)
        new = Catalog(locale=language)
        for message in said:
            if message.id:
                known = before.get(message.id if isinstance(message.id, str) else message.id[0])
                new.add(message.id, known.string if known else None, locations=message.locations)
        file = BytesIO()
        file.write(HEADER.format(language=language, plurals=new.plural_forms).encode())
        write_po(file, new, width=110, omit_header=True, sort_output=True, include_lineno=False)
        made[path_of(folder, language)] = file.getvalue()
    return made


def update(folder: Path) -> None:
    """Writes the catalogues of a package."""
    for path, content in written(folder).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    for package in packages():
        update(package)
