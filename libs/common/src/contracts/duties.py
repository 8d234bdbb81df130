"""The duties in which somebody may be stood in for: `duties.toml`."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

DutyCode = Literal["verifier", "validator", "exemptions", "superior", "digest", "head"]
By = Literal["role", "post", "pic"]


@dataclass(frozen=True)
class Duty:
    """Something that somebody is to do, `by` a role of their token or what they are in the registry: by their post, or as a PIC.

    `delegable` says whether a deputy may do it in their place; `source` is the rule that says so.
    """

    code: str
    by: By
    role: str | None
    delegable: bool
    source: str
    status: str


def _read(code: str, told: Mapping[str, Any]) -> Duty:
    return Duty(code, told["by"], told.get("role"), told["delegable"], told["source"], told["status"])


DUTIES: Mapping[str, Duty] = {
    code: _read(code, told)
    for code, told in tomllib.loads(resources.files("contracts").joinpath("duties.toml").read_text("utf-8")).items()
}


def duties_of(roles: Collection[str]) -> Mapping[str, str]:
    """The duties of these roles in which somebody may be stood in for, each with its role."""
    return {duty.code: duty.role for duty in DUTIES.values() if duty.role in roles and duty.role and duty.delegable}
