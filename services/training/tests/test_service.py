"""Deny by default: which role may call which route."""

from typing import get_args

from training.domain.counting import Kind, Why
from training.texts import KIND, WHY

OFFICES = {"agency_hr", "agency_head", "inspector"}
READ_CATALOGUE = OFFICES | {"lan", "analis", "service", "pic", "verifier", "validator", "provider", "person"}
READ_CATALOGUE |= {"programme_manager"}
SEND = {"service", "agency_hr", "provider", "person"}
READ = SEND | OFFICES | {"lan", "analis", "platform_admin"}
READ_JP = OFFICES | {"lan", "analis", "service", "pic"}
READ_SOUNDINGS = READ_JP | {"verifier"}
READ_EXEMPTIONS = {"lan", "service", "agency_hr", "inspector", "person"}
RIGHTS = {
    ("POST", "/v1/providers"): {"lan", "service"},
    ("PUT", "/v1/providers/{provider_id}"): {"lan", "service"},
    ("POST", "/v1/providers:batch"): {"lan", "service"},
    ("GET", "/v1/providers"): READ_CATALOGUE,
    ("GET", "/v1/providers/{provider_id}"): READ_CATALOGUE,
    ("POST", "/v1/courses"): {"lan", "service", "provider"},
    ("PUT", "/v1/courses/{course_id}"): {"lan", "service", "provider"},
    ("POST", "/v1/courses:batch"): {"lan", "service", "provider"},
    ("GET", "/v1/courses"): READ_CATALOGUE,
    ("GET", "/v1/courses/{course_id}"): READ_CATALOGUE,
    ("POST", "/v1/trainings"): SEND,
    ("POST", "/v1/trainings:batch"): SEND,
    ("PUT", "/v1/trainings/{record_id}"): SEND,
    ("POST", "/v1/trainings/{record_id}/revoke"): SEND,
    ("POST", "/v1/trainings/{record_id}/verify"): {"agency_hr", "service"},
    ("GET", "/v1/trainings"): READ,
    ("GET", "/v1/trainings/{record_id}"): READ,
    ("GET", "/v1/trainings/{record_id}/history"): READ,
    ("GET", "/v1/people/{person_id}/jp"): READ_JP | {"person"},
    ("GET", "/v1/agencies/{agency_id}/jp-summary"): READ_JP,
    ("GET", "/v1/sweeps"): READ_SOUNDINGS,
    ("GET", "/v1/shortfalls"): READ_SOUNDINGS,
    ("GET", "/v1/people/me/shortfalls"): {"person"},
    ("GET", "/v1/duty-counts"): {"lan", "analis", "service", "agency_hr", "agency_head", "pic", "inspector"},
    ("GET", "/v1/duty-people"): READ_JP | {"person"},
    ("GET", "/v1/team"): {"person"},
    ("POST", "/v1/team/{person_id}/nudge"): {"person"},
    ("POST", "/v1/team/{person_id}/courses"): {"person"},
    ("GET", "/v1/team/courses"): {"person"},
    ("POST", "/v1/team/courses/{assigned_id}/withdraw"): {"person"},
    ("GET", "/v1/people/me/courses"): {"person"},
    ("GET", "/v1/duty-totals"): {"researcher", "intern"},
    ("GET", "/v1/rule-packs"): READ_CATALOGUE,
    ("GET", "/v1/exemption-grounds"): READ_EXEMPTIONS,
    ("GET", "/v1/exemptions"): READ_EXEMPTIONS,
    ("GET", "/v1/exemptions/{exemption_id}"): READ_EXEMPTIONS,
    ("POST", "/v1/exemptions"): {"person", "agency_hr"},
    ("POST", "/v1/exemptions/{exemption_id}/approve"): {"agency_hr"},
    ("POST", "/v1/exemptions/{exemption_id}/refuse"): {"agency_hr"},
    ("POST", "/v1/exemptions/{exemption_id}/end"): {"agency_hr"},
}


async def test_the_service_is_as_the_house_asks(assert_service, world) -> None:
    await world.person()
    await assert_service(RIGHTS)


def test_every_reason_of_the_domain_has_a_text() -> None:
    assert WHY.keys() == set(get_args(Why))
    assert KIND.keys() == set(get_args(Kind))
