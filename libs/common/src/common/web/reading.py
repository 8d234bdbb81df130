"""Reading many documents of one model: msgspec reads the plain ones, in a tenth of the time, and pydantic all others.

What msgspec takes is made of the model itself, so a shape is said once. It takes nothing that pydantic does not, and
gives the same values; whatever it leaves, odd or wrong, pydantic reads again. So there is one verdict, and one who words
a refusal.
"""

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, cast, get_args, get_origin
from uuid import UUID

import msgspec
from pydantic import AfterValidator, BaseModel, StringConstraints, TypeAdapter

M = TypeVar("M", bound=BaseModel)
Check = Callable[[Any], Any]

REMEMBERED, SHORT = 4_000, 200
"""How many texts a field remembers with their values, and up to how many bytes: a day or some hours soon come again."""


class Reader(Generic[M]):
    """Reads documents of a model that has no aliases, and no validators but those of its fields' types."""

    def __init__(self, model: type[M]) -> None:
        self._careful = TypeAdapter(model)
        self._checks: list[tuple[str, Check]] = []
        self._raw: list[tuple[str, Check]] = []
        texts: list[str] = []
        fields: list[tuple[str, Any, Any]] = []
        for name, field in model.model_fields.items():
            hint = field.rebuild_annotation()
            kind, check = _kind(hint)
            if kind is msgspec.Raw:
                self._raw.append((name, _remembering(TypeAdapter(hint))))
            elif check is _tidy:
                texts.append(name)
            elif check is not None:
                self._checks.append((name, check))
            default: dict[str, Any] = {} if field.is_required() else {"default": field.default}
            if field.default_factory is not None:
                default = {"default_factory": field.default_factory}
            fields.append((name, kind, msgspec.field(**default)))
        self._texts = attrgetter(*texts)
        struct = msgspec.defstruct(model.__name__, fields, forbid_unknown_fields=True, kw_only=True)
        self._decode = msgspec.json.Decoder(struct).decode

    def read(self, raw: bytes) -> M:
        """The document; a plain one has the fields of the model, but is none: making one is what takes the time.

        Raises pydantic's ValidationError.
        """
        try:
            return cast("M", self._plain(raw))
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return self._careful.validate_json(raw)

    def _plain(self, raw: bytes) -> msgspec.Struct:
        document = self._decode(raw)
        for text in self._texts(document):
            if text is not None:
                _tidy(text)
        for name, check in self._checks:
            if (value := getattr(document, name)) is not None:
                setattr(document, name, check(value))
        for name, read in self._raw:
            if type(value := getattr(document, name)) is msgspec.Raw:
                setattr(document, name, read(bytes(value)))
        return document


def _kind(hint: Any) -> tuple[Any, Check | None]:
    """What msgspec is to take for a field, and what is to be done with it then; `Raw` where pydantic is to read it."""
    inner = [part for part in get_args(hint) if part is not NoneType]
    optional = get_origin(hint) in {Union, UnionType} and len(inner) == 1
    plain = inner[0] if optional else hint
    of, *metadata = get_args(plain) if get_origin(plain) is Annotated else (plain,)
    kind: Any = None
    check: Check | None = None
    if of is str and isinstance(text := metadata[0], StringConstraints):
        kind, check = Annotated[str, msgspec.Meta(min_length=text.min_length, max_length=text.max_length)], _tidy
    elif of is str and isinstance(after := metadata[0], AfterValidator):
        kind, check = str, cast("Check", after.func)
    elif of in {bool, UUID} or get_origin(of) is Literal:
        kind = of
    if kind is None:
        return msgspec.Raw, None
    return kind | None if optional else kind, check


def _tidy(text: str) -> None:
    """Raises ValueError for a text that is to be trimmed, or may hold what no `PLAIN` text does."""
    if text.strip() is not text or not text.isprintable():
        raise ValueError


def _remembering(reader: TypeAdapter[Any]) -> Check:
    remembered = lru_cache(REMEMBERED)(reader.validate_json)
    return lambda raw: remembered(raw) if len(raw) <= SHORT else reader.validate_json(raw)
