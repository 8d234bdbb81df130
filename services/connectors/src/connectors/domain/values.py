"""Checks of the values that statements are made of. Each raises Refused, whose `field` is where in the value it is wrong."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from common.refused import Refused

Check = Callable[[Any], None]

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`\x7f]+")
LANGUAGE = re.compile(r"(?:[A-Za-z]{2,8}|[xXiI](?=-))(?:-[A-Za-z0-9]{1,8})*")
UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,]([0-9]+))?([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
NO_ZONE = re.compile(r"-00(?::?00)?")
"""RFC 3339 says by it that the zone is not known, and ISO 8601 refuses it."""
DURATION = re.compile(
    r"P(?:[0-9]+(?:\.[0-9]+)?W"
    r"|(?=.)(?:[0-9]+(?:\.[0-9]+)?Y)?(?:[0-9]+(?:\.[0-9]+)?M)?(?:[0-9]+(?:\.[0-9]+)?D)?"
    r"(?:T(?=[0-9])(?:[0-9]+(?:\.[0-9]+)?H)?(?:[0-9]+(?:\.[0-9]+)?M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?)"
)
MAILTO = re.compile(r"mailto:[^@\s]+@[^@\s]+")
SHA1 = re.compile(r"[0-9a-fA-F]{40}")
SHA2 = re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+*-]+(?:\s*;.*)?", re.ASCII)


def under(name: str | None, refused: Refused) -> Refused:
    """The same refusal, of a value that stands under a name."""
    field = ".".join(filter(None, (name, refused.field)))
    return Refused(refused.code, field or None, **refused.values)


def members(value: Any) -> dict[str, Any]:
    """The members of an object. Raises Refused for anything else."""
    if type(value) is not dict:
        raise Refused("xapi-object")
    return cast("dict[str, Any]", value)


def shaped(value: Any, fields: Mapping[str, Check], needed: Sequence[str] = ()) -> None:
    """An object with these fields and no other. Raises Refused.

    A field that nobody knows is named only where it cannot be a number of somebody.
    """
    for name, inner in members(value).items():
        check = fields.get(name)
        if check is None:
            raise Refused("field-unknown", name if name.isalpha() and len(name) < 40 else None)
        try:
            check(inner)
        except Refused as refused:
            raise under(name, refused) from None
    for name in needed:
        if name not in value:
            raise Refused("field-missing", name)


def matching(pattern: re.Pattern[str], code: str) -> Check:
    """The check of a text that is of a form as a whole."""

    def check(value: Any) -> None:
        if type(value) is not str or pattern.fullmatch(value) is None:
            raise Refused(code)

    return check


iri = matching(IRI, "xapi-iri")
language = matching(LANGUAGE, "xapi-language")
uuid = matching(UUID_TEXT, "xapi-uuid")
duration = matching(DURATION, "xapi-duration")
mailto = matching(MAILTO, "xapi-mailto")
sha1 = matching(SHA1, "xapi-hash")
sha2 = matching(SHA2, "xapi-hash")
media_type = matching(MEDIA_TYPE, "xapi-media-type")


def text(value: Any) -> None:
    """Any text."""
    if type(value) is not str:
        raise Refused("xapi-text")


def boolean(value: Any) -> None:
    """True or false."""
    if type(value) is not bool:
        raise Refused("xapi-boolean")


def number(value: Any) -> None:
    """A number; true is none."""
    if type(value) is not int and type(value) is not float:
        raise Refused("xapi-number")


def length(value: Any) -> None:
    """How many bytes something has."""
    if type(value) is not int or value < 0:
        raise Refused("xapi-number")


def moment(value: Any) -> None:
    """A date and time that there is."""
    if type(value) is not str:
        raise Refused("xapi-moment")
    read_moment(value)


def read_moment(value: str) -> datetime:
    """The moment of a timestamp; without a zone it is UTC. Raises Refused `xapi-moment`."""
    found = MOMENT.fullmatch(value)
    if found is None or (found[4] and NO_ZONE.fullmatch(found[4])):
        raise Refused("xapi-moment")
    day, hours, fraction, zone = found.groups()
    try:
        read = datetime.fromisoformat(f"{day}T{hours}.{(fraction or '0')[:6]:0<6}{zone.upper() if zone else 'Z'}")
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("xapi-moment") from None


def one_of(*values: str) -> Check:
    """The check of a text that is one of these."""

    def check(value: Any) -> None:
        if type(value) is not str or value not in values:
            raise Refused("xapi-one-of", values=", ".join(values))

    return check


def list_of(check: Check) -> Check:
    """The check of a list of such values."""

    def each(value: Any) -> None:
        if type(value) is not list:
            raise Refused("xapi-list")
        for index, inner in enumerate(cast("list[Any]", value)):
            try:
                check(inner)
            except Refused as refused:
                raise under(str(index), refused) from None

    return each


def some_of(check: Check) -> Check:
    """The check of a list of such values that has at least one."""
    of_list = list_of(check)

    def each(value: Any) -> None:
        of_list(value)
        if not value:
            raise Refused("xapi-empty")

    return each


def language_map(value: Any) -> None:
    """Texts by their languages."""
    for name, said in members(value).items():
        language(name)
        text(said)


def extensions(value: Any) -> None:
    """Anything at all, by IRIs."""
    for name in members(value):
        iri(name)
