"""B20: 100,000 posts of an agency in one file, in random order, of which one in a hundred is wrong."""

import json
import time
from random import Random

from bench.figures import Figure
from bench.world import World, parts
from nation.posts import planted

AGENCY = {"code": "K-001", "name": "Kementerian Uji", "kind": "K"}
UNIT = {"agency_code": "K-001", "code": "K-001-U01", "name": "Biro Uji"}
SEED = 20
CIRCLE = 4
"""Lines that are planted beside the tree. A hundred thousand are as many as are put in order together (`common.web.bulk.WINDOW`)."""


async def posts(world: World, posts_sent: int) -> list[Figure]:
    """Each line is answered with what was planted in it or stored, and each stored post stands under the one it named."""
    [agency] = [json.loads(answer) async for answer in world.upload("registry", "agencies:batch", parts([AGENCY]))]
    [unit] = [json.loads(answer) async for answer in world.upload("registry", "units:batch", parts([UNIT]))]
    assert agency["status"] == unit["status"] == "stored", (agency, unit)
    lines, refused = planted(posts_sent - CIRCLE, Random(SEED))
    cpu, began = world.cpu(), time.perf_counter()
    answers = [json.loads(answer) async for answer in world.upload("registry", "posts:batch", parts(lines))]
    took = time.perf_counter() - began
    cpu = world.cpu() - cpu
    found = {sent["code"]: told.get("code", told["status"]) for sent, told in zip(lines, answers, strict=True)}
    assert found == {code: refused.get(code, "stored") for code in found}, "not exactly what was planted was refused"
    ids = {sent["code"]: told["id"] for sent, told in zip(lines, answers, strict=True) if "id" in told}
    above = {ids[sent["code"]]: ids.get(sent.get("superior_code", "")) for sent in lines if sent["code"] in ids}
    assert await _stored(world, agency["id"]) == above, "a post was lost, or stands elsewhere"
    return [
        Figure(f"{len(lines):,} posts in one file, {len(refused):,} of them wrong", "/s", [len(lines) / took]),
        Figure("CPU of services, PostgreSQL and Kafka", "µs each", [cpu * 1e6 / len(lines)]),
    ]


async def _stored(world: World, agency_id: str) -> dict[str, str | None]:
    """Under which post each post of an agency stands, read page by page."""
    url, headers = f"{world.stack.url('registry')}/v1/agencies/{agency_id}/posts", await world.headers()
    found: dict[str, str | None] = {}
    asked = {"limit": "1000"}
    while True:
        page = (await world.http.get(url, params=asked, headers=headers)).json()
        found |= {post["id"]: post["superior_id"] for post in page["items"]}
        if page["next"] is None:
            return found
        asked["after"] = page["next"]
