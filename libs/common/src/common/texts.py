"""What people read, in Indonesian and in English.

A text has a name in the code and its words in a catalogue of gettext: those of a package stand in its
`locale/<language>/LC_MESSAGES/messages.po`, the kit's own are behind them. A text takes its values as
`{name}`; Babel writes numbers, shares (`{name:percent}`) and dates as the language does, and `{name:d}` is
a number that is a name, such as a year.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args

from babel import default_locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from common.refused import Refused

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""The first is spoken where nobody asks for another."""

LOCALES: dict[Language, str] = {"id": "id_ID", "en": "en_GB"}
DIGITS = "#,##0.###"
SHARE = "#,##0.#%"
HERE = Path(__file__).parent


def text_named(name: str) -> str:
    """Marks the name of a text that is said elsewhere, by its code: only what is named is looked for in the code."""
    return name


def number(value: Decimal | int, language: Language) -> str:
    """A number, with up to three decimals."""
    return format_decimal(value, format=DIGITS, locale=LOCALES[language])


def percent(value: Decimal, language: Language) -> str:
    """A share of 1, as a percentage to a tenth."""
    return format_percent(value, format=SHARE, locale=LOCALES[language])


def day(value: date, language: Language) -> str:
    """A date with the name of its month."""
    return format_date(value, "long", locale=LOCALES[language])


def operator_language() -> Language:
    """The language of whoever runs a command, by LANGUAGE, LC_ALL, LC_MESSAGES or LANG of the environment."""
    return "en" if (default_locale("LC_MESSAGES") or "").startswith("en") else "id"


@dataclass(frozen=True)
class Texts:
    """The texts of a package, by the folder of its code, and the kit's."""

    folder: Path

    @classmethod
    def read(cls, folder: Path) -> "Texts":
        """Reads the catalogues at once, rather than in the middle of the first request that needs one."""
        for language in LANGUAGES:
            _catalogue(folder, language)
        return cls(folder)

    def say(self, name: str, language: Language, /, **values: object) -> str:
        """A text, filled with values. Raises KeyError for a name or a value that is not there."""
        said = _catalogue(self.folder, language).gettext(name)
        return _fill(name, said, language, values)

    def say_count(self, name: str, count: int, language: Language, /, **values: object) -> str:
        """A text whose words depend on how many there are: `{n}` is `count`. Raises KeyError as `say` does."""
        said = _catalogue(self.folder, language).ngettext(name, name, count)
        return _fill(name, said, language, {"n": count, **values})

    def problem(self, refused: Refused) -> dict[str, str]:
        """Why something was refused, by language: for whoever reads it later, and not as the answer to a request."""
        name = f"problem.{refused.code}"
        return {language: self.say(name, language, **refused.values) for language in LANGUAGES}

    def tell(self, name: str, /, **values: object) -> str:
        """`say` in the language of whoever runs a command."""
        return self.say(name, operator_language(), **values)

    def tell_count(self, name: str, count: int, /, **values: object) -> str:
        """`say_count` in the language of whoever runs a command."""
        return self.say_count(name, count, operator_language(), **values)


KIT = Texts(HERE)


@cache
def _catalogue(folder: Path, language: Language) -> GNUTranslations:
    # Babel's reader is imported only here: a process that says nothing needs none of it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    locale = LOCALES[language]
    path = folder / "locale" / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return _catalogue(HERE, language)
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale, abort_invalid=True))
    compiled.seek(0)
    found = GNUTranslations(compiled)
    if folder != HERE:
        found.add_fallback(_catalogue(HERE, language))
    return found


def _fill(name: str, said: str, language: Language, values: dict[str, object]) -> str:
    if said == name:  # what gettext answers for a name it does not know
        raise KeyError(name)
    return _FILLING[language].vformat(said, (), values) if "{" in said else said


class _Filling(Formatter):
    """`str.format`, with numbers and dates as a language writes them."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "percent":
            return percent(value, self._language)
        if not format_spec and isinstance(value, Decimal | int):
            return number(value, self._language)
        if not format_spec and isinstance(value, date):
            return day(value, self._language)
        return super().format_field(value, format_spec)


_FILLING = {language: _Filling(language) for language in LANGUAGES}
