"""The kit's tables by revision: what a service's first migration has made once, it makes for ever."""

from io import StringIO

from alembic.migration import MigrationContext
from alembic.operations import Operations

from common.store import kit

V1 = """
CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    topic TEXT NOT NULL,
    events TEXT NOT NULL,
    count INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (id)
);
COMMENT ON COLUMN outbox.events IS 'packed: shared headers, then two lines an event; see common.store.outbox';
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000);
CREATE TABLE inbox (
    consumer TEXT NOT NULL,
    event_id UUID NOT NULL,
    CONSTRAINT pk_inbox PRIMARY KEY (consumer, event_id)
);
CREATE TABLE waiting (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    consumer TEXT NOT NULL,
    awaited UUID NOT NULL,
    headers TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_waiting PRIMARY KEY (id)
);
COMMENT ON COLUMN waiting.awaited IS 'the id that is not known yet';
CREATE INDEX ix_waiting_consumer_awaited ON waiting (consumer, awaited);
CREATE TABLE idempotency (
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (subject, key)
);
COMMENT ON COLUMN idempotency.fingerprint IS 'SHA-256 of method, path, caller and body';
"""


def test_the_first_revision_never_changes() -> None:
    said = StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said})
    kit.create_v1(Operations(context), emits=True, consumes=True, answers_once=True)
    lines = (line.rstrip() for line in said.getvalue().splitlines())
    assert [line for line in lines if line] == V1.strip().splitlines()
