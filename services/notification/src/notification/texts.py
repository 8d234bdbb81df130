"""What PICs read: the texts of mails and pages, and the templates that say them."""

from functools import cache
from pathlib import Path

from jinja2 import Environment

from common.templates import speaking
from common.texts import Language, Texts

TEXTS = Texts(Path(__file__).parent)
say = TEXTS.say
say_count = TEXTS.say_count


@cache
def templates(language: Language) -> Environment:
    """Templates that speak a language; a variable that is not there is an error."""
    return speaking(TEXTS, language)
