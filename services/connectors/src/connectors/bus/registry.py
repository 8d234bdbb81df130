"""Schemas by id, from the HTTP address of a schema registry (the API of Confluent's: `GET /schemas/ids/{id}`)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import fastavro
import httpx2
from aiokafka.errors import KafkaError

MOST_BYTES = 256 * 1024
SECONDS = 5


@dataclass
class Registry:
    """What a registry has answered. A schema never changes under its id; an id that it does not know is asked for again."""

    url: str
    known: dict[int, Any] = field(default_factory=dict[int, Any])

    async def learn(self, ids: Iterable[int]) -> None:
        """Asks for the schemas that are not known. Raises KafkaError where the registry is away: whoever reads then waits."""
        missing = sorted(set(ids) - self.known.keys())
        if not missing:
            return
        try:
            async with httpx2.AsyncClient(timeout=SECONDS, trust_env=False) as client:
                for schema_id in missing:
                    answer = await client.get(f"{self.url.rstrip('/')}/schemas/ids/{schema_id}")
                    if answer.status_code == 404:
                        continue
                    answer.raise_for_status()
                    if len(answer.content) > MOST_BYTES:
                        raise ValueError("larger than any schema")  # noqa: TRY301 - as one that is none
                    self.known[schema_id] = fastavro.parse_schema(json.loads(answer.json()["schema"]))
        except Exception as error:
            raise KafkaError("the schema registry is away: poll again") from error
