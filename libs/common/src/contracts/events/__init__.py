"""The events. Each is a fact in the past tense; a change that breaks a reader is a new `.v2` type."""

from pydantic import BaseModel, ConfigDict

PREFIX = "id.go.asn"


class Part(BaseModel):
    """A part of an event, with the same strictness for writers."""

    model_config = ConfigDict(extra="forbid", frozen=True)
