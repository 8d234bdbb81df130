"""The kit's tables by revision: what a service's first migration has made once, it makes for ever."""

from collections.abc import Callable
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

JOBS_V1 = """
CREATE TABLE jobs (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    plan JSONB NOT NULL,
    ordered_by TEXT NOT NULL,
    state TEXT DEFAULT 'queued' NOT NULL,
    done INTEGER DEFAULT '0' NOT NULL,
    total INTEGER,
    position JSONB,
    problem JSONB,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    begun_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_jobs PRIMARY KEY (id),
    CONSTRAINT ck_jobs_state CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled'))
);
COMMENT ON COLUMN jobs.plan IS 'what its steps are told';
COMMENT ON COLUMN jobs.ordered_by IS 'the subject who may follow it';
COMMENT ON COLUMN jobs.total IS 'null until the first step has ended';
COMMENT ON COLUMN jobs.position IS 'where the next step begins';
COMMENT ON COLUMN jobs.problem IS 'code, field and values of what has failed it';
CREATE INDEX ix_jobs_to_do ON jobs (id) WHERE state IN ('queued', 'running');
"""


OPERATIONS_V1 = """
CREATE TABLE consumers (
    consumer TEXT NOT NULL,
    instance TEXT NOT NULL,
    topic TEXT NOT NULL,
    lag BIGINT,
    ready BOOLEAN NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_consumers PRIMARY KEY (consumer, instance)
);
COMMENT ON COLUMN consumers.instance IS 'which replica of the worker';
COMMENT ON COLUMN consumers.lag IS 'events not consumed yet; null before it was measured';
CREATE TABLE letters (
    id UUID NOT NULL,
    consumer TEXT NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    event_id UUID,
    reason TEXT NOT NULL,
    origin TEXT NOT NULL,
    buried_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    asked_by TEXT,
    asked_at TIMESTAMP WITH TIME ZONE,
    settled_at TIMESTAMP WITH TIME ZONE,
    failure TEXT,
    CONSTRAINT pk_letters PRIMARY KEY (id),
    CONSTRAINT ck_letters_asked CHECK (num_nulls(asked_by, asked_at) IN (0, 2))
);
COMMENT ON COLUMN letters.topic IS 'whose dead letters it is among';
COMMENT ON COLUMN letters.event_id IS 'null where the record names none';
COMMENT ON COLUMN letters.reason IS 'why, without anything of what it says';
COMMENT ON COLUMN letters.origin IS 'where its record lay';
COMMENT ON COLUMN letters.asked_by IS 'the subject who wants it sent again';
COMMENT ON COLUMN letters.settled_at IS 'when that was done, or could not be';
COMMENT ON COLUMN letters.failure IS 'why it could not be sent';
CREATE INDEX ix_letters_buried_at ON letters (buried_at);
CREATE INDEX ix_letters_asked ON letters (id) WHERE asked_at IS NOT NULL AND settled_at IS NULL;
"""


def said_by(make: Callable[[Operations], None]) -> list[str]:
    said = StringIO()
    make(
        Operations(MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said}))
    )
    lines = (line.rstrip() for line in said.getvalue().splitlines())
    return [line for line in lines if line]


def test_the_first_revision_never_changes() -> None:
    made = said_by(lambda op: kit.create_v1(op, emits=True, consumes=True, answers_once=True))
    assert made == V1.strip().splitlines()


def test_the_first_revision_of_the_job_table_never_changes() -> None:
    assert said_by(kit.create_jobs_v1) == JOBS_V1.strip().splitlines()


def test_the_first_revision_of_what_operators_see_never_changes() -> None:
    assert said_by(kit.create_operations_v1) == OPERATIONS_V1.strip().splitlines()
