"""The page on which somebody reads whether a certificate is valid: no script, nothing from elsewhere, kept by nobody."""

from collections.abc import Mapping
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined

from common.texts import Language, day, number, text_named
from training.certificates.schemas import CheckOut
from training.texts import say

PAGE = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
    (Path(__file__).parent / "check.html").read_text(encoding="utf-8")
)
VERDICTS: Mapping[str, str] = {
    "valid": text_named("check.valid"),
    "revoked": text_named("check.revoked"),
    "not-found": text_named("check.not-found"),
    "at-rest": text_named("check.at-rest"),
}
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}


def page(verdict: str, said: CheckOut | None, language: Language, status: int = 200) -> HTMLResponse:
    """The page of a certificate, or of why nothing is said."""
    rows = _rows(said, language) if said else []
    title = say("check.title", language)
    written = PAGE.render(language=language, title=title, verdict=say(VERDICTS[verdict], language), rows=rows)
    more = {"content-language": language, "vary": "accept,accept-language"}
    return HTMLResponse(written, status, HEADERS | more)


def _rows(said: CheckOut, language: Language) -> list[tuple[str, str]]:
    return [
        (say("check.number", language), said.number),
        (say("check.initials", language), said.initials),
        (say("check.course", language), said.title),
        (say("check.provider", language), said.provider),
        (say("check.days", language), f"{day(said.begins_on, language)} - {day(said.ends_on, language)}"),
        (say("check.jp", language), number(said.jp, language)),
        (say("check.issued", language), day(said.issued_on, language)),
    ]
