"""What PICs read: the texts of mails and pages, and the templates that say them."""

from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from common.texts import Language, Texts, number, percent

say = Texts(Path(__file__).parent).say
say_count = Texts(Path(__file__).parent).say_count


@cache
def templates(language: Language) -> Environment:
    """Templates that speak a language; a variable that is not there is an error."""
    environment = Environment(
        loader=PackageLoader("notification"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "language": language,
        "say": lambda name, **values: say(name, language, **values),
        "say_count": lambda name, count, **values: say_count(name, count, language, **values),
    }
    environment.filters |= {
        "number": partial(number, language=language),
        "percent": partial(percent, language=language),
    }
    return environment
