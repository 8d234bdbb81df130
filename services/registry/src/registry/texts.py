"""What people read of the registry, in Indonesian or English."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from common.texts import Language, Texts, text_named
from contracts.zone import JAKARTA

TEXTS = Texts(Path(__file__).parent)
say = TEXTS.say

PARTS: Mapping[str, str] = {
    "contact": text_named("part.contact"),
    "duties": text_named("part.duties"),
    "exemptions": text_named("part.exemptions"),
    "identifiers": text_named("part.identifiers"),
    "identity": text_named("part.identity"),
    "history": text_named("part.history"),
    "trainings": text_named("part.trainings"),
    "mentoring": text_named("part.mentoring"),
    "posts": text_named("part.posts"),
    "hours": text_named("part.hours"),
    "shortfalls": text_named("part.shortfalls"),
    "cases": text_named("part.cases"),
    "data_files": text_named("part.data_files"),
    "data_requests": text_named("part.data_requests"),
    "everything": text_named("part.everything"),
    "evidence": text_named("part.evidence"),
    "credit": text_named("part.credit"),
    "messages": text_named("part.messages"),
    "erasures": text_named("part.erasures"),
}
"""The parts of a record, as `contracts.parts` names them."""

DUTY: Mapping[str, str] = {
    "verifier": text_named("duty.verifier"),
    "validator": text_named("duty.validator"),
    "exemptions": text_named("duty.exemptions"),
    "superior": text_named("duty.superior"),
    "digest": text_named("duty.digest"),
    "head": text_named("duty.head"),
}
"""The duties of `contracts.duties`."""
SERVICES: Mapping[str, str] = {
    "registry": text_named("service.registry"),
    "training": text_named("service.training"),
    "credit": text_named("service.credit"),
    "mentoring": text_named("service.mentoring"),
    "notification": text_named("service.notification"),
    "connectors": text_named("service.connectors"),
}
"""What the services are called, by `contracts.holders.HOLDERS`; a test holds it to them."""

ROLES: Mapping[str, str] = {
    "lan": text_named("role.lan"),
    "analis": text_named("role.analis"),
    "agency_hr": text_named("role.agency_hr"),
    "agency_head": text_named("role.agency_head"),
    "bkn": text_named("role.bkn"),
    "inspector": text_named("role.inspector"),
    "intern": text_named("role.intern"),
    "operator": text_named("role.operator"),
    "person": text_named("role.person"),
    "pic": text_named("role.pic"),
    "platform_admin": text_named("role.platform_admin"),
    "programme_manager": text_named("role.programme_manager"),
    "provider": text_named("role.provider"),
    "researcher": text_named("role.researcher"),
    "service": text_named("role.service"),
    "steward": text_named("role.steward"),
    "validator": text_named("role.validator"),
    "verifier": text_named("role.verifier"),
}
"""In which office somebody looks, by the roles of `contracts.roles`."""


def moment(at: datetime, language: Language) -> str:
    """A moment by the clock of Jakarta."""
    local = at.astimezone(JAKARTA)
    return say("moment", language, day=local.date(), time=local.strftime("%H.%M" if language == "id" else "%H:%M"))


def offices(roles: Sequence[str], language: Language) -> str:
    """The offices of these roles in words."""
    return ", ".join(say(ROLES[role], language) for role in roles)
