"""What the processes of a running system write about themselves."""

import json

import pytest

from jejak_local.processes import CHECKOUT
from jejak_local.services import NAMES

NIP = "199001012015051001"


def lists_of(service: str) -> list[str]:
    """The lists of a service that LAN may read."""
    paths = json.loads((CHECKOUT / "docs" / "api" / f"{service}.json").read_text())["paths"]
    asked = {path.removeprefix("/v1"): each["get"] for path, each in paths.items() if "get" in each and "{" not in path}
    return [
        path
        for path, each in asked.items()
        if "lan" in each.get("x-roles", ()) and "after" in {part["name"] for part in each.get("parameters", ())}
    ]


def test_a_normal_start_has_nothing_to_complain_about(jejak) -> None:
    lines = {name: [json.loads(line) for line in said] for name, said in jejak.said_at_start.items()}
    assert all(said for said in lines.values()), "each process says that it has started"
    loud = [(name, line) for name, said in lines.items() for line in said if line["level"] not in {"info", "debug"}]
    assert not loud


@pytest.mark.parametrize("service", NAMES)
async def test_nonsense_leaves_no_number_in_a_log_or_trace(jejak, service: str) -> None:
    """Whichever library writes a line, it is JSON and repeats nothing of what a caller typed."""
    for path in [*lists_of(service), f"/{NIP}", "/%00"]:
        for query in (f"after={NIP}", f"after=WyI{NIP}", f"limit={NIP}", f"access_token={NIP}&nip={NIP}%00"):
            typed = dict.fromkeys(("baggage", "tracestate", "traceparent", "x-request-id", "user-agent"), NIP)
            answer = await jejak.call(service, "GET", f"{path}?{query}", role="lan", headers=typed)
            assert answer.status_code < 500, (path, query)
            assert NIP not in answer.text
    for said in jejak.logs().values():
        for line in said:
            json.loads(line)
            assert NIP not in line
    spans = jejak.stack.spans()
    assert not [span for span in spans if NIP in json.dumps(span)]
