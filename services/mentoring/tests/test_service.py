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
    ("POST", "/v1/programmes/{programme_id}/runs"): {"programme_manager"},
    ("GET", "/v1/programmes/{programme_id}/runs"): {"lan", "programme_manager"},
    ("GET", "/v1/runs/{run_id}"): {"lan", "programme_manager"},
    ("POST", "/v1/runs/{run_id}/repeat"): {"programme_manager"},
    ("GET", "/v1/runs/{run_id}/results"): {"lan", "programme_manager"},
    ("GET", "/v1/runs/{run_id}/results/{person_id}"): {"lan", "programme_manager"},
    ("GET", "/v1/runs/{run_id}/moved/{other_id}"): {"lan", "programme_manager"},
    ("GET", "/v1/pairs/me"): {"person"},
    ("GET", "/v1/programmes/{programme_id}/pairs"): {"lan", "programme_manager"},
    ("POST", "/v1/programmes/{programme_id}/pairs"): {"programme_manager"},
    ("POST", "/v1/programmes/{programme_id}/publish"): {"programme_manager"},
    ("POST", "/v1/runs/{run_id}/draft"): {"programme_manager"},
    ("POST", "/v1/pairs/{pair_id}/mentor"): {"programme_manager"},
    ("POST", "/v1/pairs/{pair_id}/exchange"): {"programme_manager"},
    ("GET", "/v1/pairs/{pair_id}/changes"): {"lan", "programme_manager"},
    ("GET", "/v1/pairs/{pair_id}/agreement"): {"person"},
    ("PUT", "/v1/pairs/{pair_id}/agreement"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/agreement/sign"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/sessions"): {"person"},
    ("GET", "/v1/sessions/{session_id}"): {"person"},
    ("PUT", "/v1/sessions/{session_id}"): {"person"},
    ("PUT", "/v1/sessions/{session_id}/log"): {"person"},
    ("POST", "/v1/sessions/{session_id}/confirm"): {"person"},
    ("POST", "/v1/sessions/{session_id}/cancel"): {"person"},
    ("POST", "/v1/sessions/{session_id}/files"): {"person"},
    ("GET", "/v1/sessions/{session_id}/files/{file_id}"): {"person"},
    ("POST", "/v1/pairs/{pair_id}/end"): {"person"},
    ("GET", "/v1/pairs/{pair_id}/sessions"): {"lan", "programme_manager", "person"},
    ("GET", "/v1/pairs/{pair_id}/completions"): {"lan", "programme_manager", "person"},
    ("GET", "/v1/jobs/{job_id}"): {"programme_manager"},
    ("POST", "/v1/jobs/{job_id}/cancel"): {"programme_manager"},
    ("GET", "/v1/people/{person_id}/profile"): {"lan", "agency_hr", "person"},
    ("PUT", "/v1/people/{person_id}/levels"): {"person"},
}


async def test_it_is_what_the_house_asks_of_every_service(assert_service) -> None:
    await assert_service(RIGHTS)
