"""What every service of Jejak has alike, said once: whom it knows, what is published, its days, and the key of NIP hashes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from fastapi import APIRouter
from pydantic import Field, SecretStr

from common import service
from common.events import Event
from common.settings import ServiceSettings
from common.web.principals import Callers
from contracts import PUBLISHED, operations
from contracts.roles import CALLERS
from contracts.zone import JAKARTA


def past_of_agency(key: str) -> str:
    """What the claim `agency` stands for, by the column that is the id of an agency: itself if it was closed, and what it took over."""
    return (
        f"SELECT {key} AS agency_id, closed_on, successors FROM agencies"  # noqa: S608 - built of names in our own code
        " WHERE successors @> jsonb_build_array(CAST(:agency AS uuid))"
        f" OR ({key} = CAST(:agency AS uuid) AND closed_on IS NOT NULL)"
    )


EXPANDS = {
    "region": "SELECT agency_id, NULL AS valid_from, NULL AS valid_to FROM agencies WHERE region = :region",
    "agency": past_of_agency("agency_id"),
}
"""What claims stand for in a copy of agencies: a region for those in it now, an agency for its past."""
DATED = EXPANDS | {"region": "SELECT agency_id, valid_from, valid_to FROM agency_places WHERE region = :region"}
"""The same where it is known in which region an agency was on any day."""
RESTING = (
    "SELECT r.person_id FROM (SELECT $1::uuid[] AS ids, $2::text AS part, $3::uuid[] AS offices, $4::date AS today) asked"
    " JOIN restrictions r ON r.person_id = ANY(asked.ids) AND jsonb_exists(r.parts, asked.part)"
)
WITHHELD = f"{RESTING} WHERE NOT EXISTS (SELECT FROM people p WHERE p.person_id = r.person_id AND p.agency_id = ANY(asked.offices))"
"""Whose record rests at their request, in a copy of people: HR of the agency they serve in now, who must answer them, is shown it."""


class Settings(ServiceSettings):
    """The settings of every service; one that has more declares a subclass."""

    nip_key: SecretStr = Field(description="key of the NIP hashes, the same for all services; it never changes")


class FilesSettings(Settings):
    """The settings of a service that keeps files."""

    files: Path = Field(
        default=Path("files"),
        description="directory of the files it keeps; every process of the service has the same one",
    )


class SigningSettings(Settings):
    """The settings of a service that signs papers, which whoever has one can check (`contracts.papers`)."""

    public_url: str = Field(
        default="http://localhost:8000",
        description="address of the API for everybody, as the code on a paper says it",
    )
    signer_key: Path = Field(
        default=Path("signer/key.pem"), description="PEM file of the private key by which papers are signed"
    )
    signer_chain: Path = Field(
        default=Path("signer/chain.pem"),
        description="PEM file of the signer's certificate, and those that lead to its authority, in this order",
    )


@dataclass(frozen=True)
class Service(service.Service):
    """A service of Jejak, as its `service.py` declares it."""

    callers: Callers = CALLERS
    zone: tzinfo = JAKARTA
    published: Sequence[type[Event]] = PUBLISHED
    expands: Mapping[str, str] = field(default_factory=lambda: EXPANDS)
    withheld: str = WITHHELD
    settings: type[ServiceSettings] = Settings

    @property
    def routers(self) -> list[APIRouter]:
        """Its own, and where it consumes those for an operator."""
        return [*super().routers, *([operations.router] if self.consumes else [])]
