"""The tables of a copy, made of the names of what a service keeps: it holds no more of people than it uses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

from pydantic import create_model
from sqlalchemy import BigInteger, CheckConstraint, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from common.store.tables import Stored
from contracts.events.registry import HoldingKind, PostType, StaffType, Status
from contracts.zone import Zone

COLUMNS: Mapping[str, Any] = {
    "person_id": UUID,
    "agency_id": UUID,
    "number": int,
    "nip_hash": str,
    "staff_type": StaffType,
    "status": Status,
    "joined_on": date,
    "left_on": date | None,
    "education": str | None,
    "sex": str | None,
    "degree": str,
    "jenjang": str | None,
    "golongan": str | None,
    "position": str,
    "unit_id": UUID | None,
    "unit_name": str | None,
    "parent_id": UUID | None,
    "delegation_id": UUID,
    "deputy_id": UUID,
    "duty": str,
    "named_by": list[str],
    "post_id": UUID,
    "superior_id": UUID | None,
    "kind": HoldingKind,
    "agencies.kind": str | None,
    "tag": str,
    "promotions.kind": Literal["rank", "level"],
    "jenjang_before": str | None,
    "golongan_before": str,
    "promotions.golongan": str,
    "type": PostType,
    "seats": int,
    "valid_from": date,
    "valid_to": date | None,
    "code": str,
    "name": str,
    "region": str | None,
    "zone": Zone,
    "active": bool,
    "closed_on": date | None,
    "successors": list[str],
    "pics": list[dict[str, Any]],
    "parts": list[str],
    "sequence": int,
}
"""The type of each column, in whichever table it stands, or in the one that is named with it."""

PERIOD = ("valid_from", "valid_to")
"""From when until when (exclusive; null: still) a row of a history holds."""

SQL_TYPES: Mapping[str, Any] = {
    "pics": JSONB,
    "successors": JSONB,
    "named_by": JSONB,
    "parts": JSONB,
    "sequence": BigInteger,
}
"""Where it does not follow from that."""


def made(module: str, name: str, keys: Sequence[str], columns: Sequence[str], indexed: Iterable[str]) -> Table:
    """A table of the service that `module` belongs to. Raises KeyError for a column that a copy cannot have."""
    kinds = {column: COLUMNS.get(f"{name}.{column}", COLUMNS[column]) for column in (*keys, *columns)}
    fields: dict[str, Any] = {
        **{column: _field(column, kinds[column], primary_key=True) for column in keys},
        **{column: _field(column, kinds[column], index=column in indexed) for column in columns},
    }
    model = create_model(name, __base__=Stored, __module__=module, __cls_kwargs__={"table": True}, **fields)
    table = model.table()
    for column in columns:
        if get_origin(kinds[column]) is Literal:
            listed = ", ".join(f"'{value}'" for value in get_args(kinds[column]))
            table.append_constraint(CheckConstraint(f"{column} IN ({listed})", name=column))
    return table


def _field(column: str, kind: Any, **options: Any) -> tuple[Any, Any]:
    if sql_type := SQL_TYPES.get(column):
        options["sa_type"] = sql_type
    return str if get_origin(kind) is Literal else kind, Field(**options)
