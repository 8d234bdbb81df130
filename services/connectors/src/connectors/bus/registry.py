"""Schemas by id, from the HTTP address of a schema registry (the API of Confluent's: `GET /schemas/ids/{id}`)."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import fastavro
import httpx2
from aiokafka.errors import KafkaError

from common.trust import trust

MOST_CHARACTERS = 256 * 1024
SECONDS = 5


@dataclass
class Registry:
    """What a registry has answered. A schema never changes under its id; an id that it does not know is asked for again."""

    url: str
    known: dict[int, Any] = field(default_factory=dict[int, Any])

    async def learn(self, ids: Iterable[int]) -> None:
        """Asks for the schemas that are not known. Raises KafkaError where the registry is away: whoever reads then waits.

        A schema that is too large or none at all stays unknown: its messages are buried, and the others go on.
        """
        missing = sorted(set(ids) - self.known.keys())
        if not missing:
            return
        try:
            async with httpx2.AsyncClient(timeout=SECONDS, trust_env=False, verify=trust()) as client:
                for schema_id in missing:
                    answer = await client.get(f"{self.url.rstrip('/')}/schemas/ids/{schema_id}")
                    if answer.status_code == httpx2.codes.NOT_FOUND:
                        continue
                    answer.raise_for_status()
                    # An answer in no envelope is no registry's, but a page of whoever stands before it.
                    written = str(answer.json()["schema"])
                    if len(written) > MOST_CHARACTERS:
                        continue
                    # Whatever a text leads JSON and Avro to, it is the schema that is no good.
                    with suppress(Exception):
                        self.known[schema_id] = fastavro.parse_schema(json.loads(written))
        except (httpx2.HTTPError, ValueError, LookupError, TypeError) as error:
            raise KafkaError("the schema registry is away: poll again") from error
