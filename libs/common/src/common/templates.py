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

    def say(name: str, /, **values: object) -> str:
        return texts.say(name, language, **values)

    def say_count(name: str, count: int, /, **values: object) -> str:
        return texts.say_count(name, count, language, **values)

    spoken = {"language": language, "say": say, "say_count": say_count}
    written = {"number": partial(number, language=language), "percent": partial(percent, language=language)}
    environment.globals.update(spoken)  # pyright: ignore[reportUnknownMemberType] - Jinja says nothing of what it takes
    environment.filters.update(written)  # pyright: ignore[reportUnknownMemberType] - Jinja says nothing of what it takes
    return environment
