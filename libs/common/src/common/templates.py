"""Templates of a package that speak a language, with its texts and the way it writes numbers."""

from functools import partial

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from common.texts import Language, Texts, number, percent


def speaking(texts: Texts, language: Language) -> Environment:
    """The templates of the folder `templates` beside the texts; a variable that is not there is an error."""
    environment = Environment(
        loader=FileSystemLoader(texts.folder / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "language": language,
        "say": lambda name, **values: texts.say(name, language, **values),
        "say_count": lambda name, count, **values: texts.say_count(name, count, language, **values),
    }
    environment.filters |= {
        "number": partial(number, language=language),
        "percent": partial(percent, language=language),
    }
    return environment
