"""What the house asks of every service, and who may do what."""

READERS = {"lan", "service", "agency_hr", "agency_head", "programme_manager", "person", "inspector"}
RIGHTS = {
    ("GET", "/v1/programmes"): READERS,
    ("GET", "/v1/programmes/{programme_id}"): READERS,
    ("POST", "/v1/programmes"): {"programme_manager"},
    ("POST", "/v1/programmes/{programme_id}/close"): {"programme_manager"},
    ("PUT", "/v1/programmes/{programme_id}/applications/me"): {"person"},
    ("POST", "/v1/programmes/{programme_id}/applications/me/withdraw"): {"person"},
    ("GET", "/v1/programmes/{programme_id}/applications"): {"lan", "programme_manager", "person"},
    ("GET", "/v1/people/{person_id}/profile"): {"lan", "agency_hr", "person"},
    ("PUT", "/v1/people/{person_id}/levels"): {"person"},
}


async def test_it_is_what_the_house_asks_of_every_service(assert_service) -> None:
    await assert_service(RIGHTS)
