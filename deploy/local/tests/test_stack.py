"""The stack with stand-ins for the services: small web servers, so that what is tested here is starting and stopping."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx2
import psutil
import pytest

from jejak_local import stack
from jejak_local.postgres import PostgresServer, temporary_folder
from jejak_local.processes import LocalError, Register, Spawner, configured_port, free_port, is_alive
from jejak_local.services import NAMES

STAND_IN = """
import os, signal, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
name, *arguments = sys.argv[1:]
prefix = name.upper() + "_"
if arguments == ["migrate"]:
    sys.exit("no such column: jp") if os.environ.get("BROKEN") == name else sys.exit(0)
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(repr({key: value for key, value in os.environ.items() if key.startswith(prefix)}).encode())
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
HTTPServer((os.environ[prefix + "HOST"], int(os.environ[prefix + "PORT"])), Handler).serve_forever()
"""

UP = """
import asyncio, sys
from pathlib import Path
from jejak_local import stack
from jejak_local.processes import run
sys.argv, root, how = sys.argv[:1], Path(sys.argv[1]), sys.argv[2]
real = stack.command
def stand_in(service, *arguments):
    return real(service, *arguments) if service == "jejak_local" else [sys.executable, str(root / "service.py"), service, *arguments]
stack.command = stand_in
async def up():
    await stack.up(root, say=lambda line: print(line, flush=True))
    return 0
async def running():
    async with stack.running_stack(root, say=lambda line: print(line, flush=True)):
        print("running", flush=True)
        await asyncio.sleep(3600)
    return 0
sys.exit(run(up() if how == "up" else running()))
"""


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with temporary_folder("stack") as folder:
        script = folder / "service.py"
        script.write_text(STAND_IN)
        real = stack.command

        def stand_in(service: str, *arguments: str) -> list[str]:
            return (
                real(service, *arguments)
                if service == "jejak_local"
                else [sys.executable, str(script), service, *arguments]
            )

        monkeypatch.setattr(stack, "command", stand_in)
        yield folder


def start(root: Path, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", UP, str(root), how], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def everything_of(root: Path) -> list[psutil.Process]:
    """Every process that has the folder of this stack in its command line, whatever is written in run.json."""
    found = []
    for process in psutil.process_iter(["cmdline", "pid"]):
        command = process.info["cmdline"] or []
        if any(str(root) in part for part in command) and process.pid != os.getpid() and is_alive(process):
            found.append(process)
    return found


async def test_a_stack_runs_single_roles_in_processes_that_are_killed_and_come_back(root: Path):
    roles = {"training": ["api", "relay", "worker"]}
    async with stack.running_stack(
        root, services=["registry", "training"], roles=roles, environment={"EXTRA": "1"}
    ) as running:
        assert set(running.processes) == {"registry", "training-api", "training-relay", "training-worker"}
        assert running.url("training") == running.process("training", "api").url
        async with httpx2.AsyncClient() as client:
            settings = (await client.get(running.process("training", "worker").url)).text
        assert running.facts["services"]["training"]["database_url"] in settings
        assert "'TRAINING_INSTANCE': 'training-worker'" in settings
        assert f"'TRAINING_KAFKA': '{running.kafka.bootstrap}'" in settings

        worker = running.process("training", "worker")
        assert worker.kill() == -signal.SIGKILL
        with pytest.raises(httpx2.ConnectError):
            async with httpx2.AsyncClient() as client:
                await client.get(worker.url)
        await worker.start()
        await worker.restart()
        assert await worker.stop() == 0

        connection = await asyncpg.connect(running.facts["services"]["registry"]["dsn"])
        assert await connection.fetchval("select current_user") == "registry"
        await connection.close()
        assert (await running.token("agency_hr", agency="a")).count(".") == 2
        with pytest.raises(LocalError, match="client_id is one of"):
            await running.token("king")
        await running.mail.answer("ani@example.org", "451 later")
        assert running.mail.mails() == running.spans() == []
    assert everything_of(root) == []


async def test_data_of_migrations_that_were_rewritten_are_refused_before_anything_is_changed(root: Path):
    before = PostgresServer(root / "postgres-data", Spawner(root / "before", Register(root / "before.json")))
    await before.start()
    made = await before.create_service_database("training")
    connection = await asyncpg.connect(made.owner.dsn)
    await connection.execute(
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0001')"
    )
    await connection.close()
    await before.stop()
    with pytest.raises(LocalError, match=r"\(training 0001\)\. Nothing was changed\. .*`make down ARGS=--purge`"):
        async with stack.running_stack(root, services=["registry", "training"]):
            pytest.fail("it has started")
    await before.start()
    connection = await asyncpg.connect(before.admin.dsn)
    assert await connection.fetchval("SELECT array_agg(datname ORDER BY datname) FROM pg_database") == [
        "postgres",
        "template0",
        "template1",
        "training",
    ]
    await connection.close()
    before.kill()


async def test_up_leaves_it_running_a_second_up_finds_it_and_down_ends_it(root: Path):
    first = start(root, "up")
    output, _ = await asyncio.to_thread(first.communicate)
    assert first.returncode == 0, output
    try:
        facts = json.loads((root / "stack.json").read_text())
        assert set(facts["services"]) == set(NAMES)
        assert (root / "stack.json").stat().st_mode & 0o077 == 0
        assert {"helper", "postgres", "kafka", *NAMES} == set(await stack.status(root))

        told: list[str] = []
        assert await stack.up(root, say=told.append) == facts
        assert told == ["The stack is already running."]

        # A part that died is a crashed stack: the next `up` clears the rest away and starts anew.
        (await stack.status(root))["credit"][0].kill()
        before = {process.pid for process in everything_of(root)}
        again = start(root, "up")
        output, _ = await asyncio.to_thread(again.communicate)
        assert again.returncode == 0, output
        assert before.isdisjoint(process.pid for process in everything_of(root))
        assert "credit" in await stack.status(root)
    finally:
        assert await stack.down(root) == len({"helper", "postgres", "kafka", *NAMES})
    assert everything_of(root) == []
    assert stack.read_facts(root) is None
    assert await stack.down(root) == 0


@pytest.mark.parametrize(("how", "after"), [("up", ""), ("running", "Mail"), ("up", "Kafka")])
async def test_an_interrupt_at_any_moment_leaves_nothing_running(root: Path, how: str, after: str):
    process = start(root, how)
    assert process.stdout is not None
    while after and not (await asyncio.to_thread(process.stdout.readline)).startswith(after):
        assert process.poll() is None
    if not after:
        while not (root / "run.json").exists():
            await asyncio.sleep(0.01)
    while process.poll() is None:  # the impatient ones cut neither the cleaning up nor the exit code short
        process.send_signal(signal.SIGINT)
        await asyncio.sleep(0.001)
    output, _ = await asyncio.to_thread(process.communicate)
    assert process.returncode == 130, output
    assert everything_of(root) == []
    assert not (root / "stack.json").exists()


async def test_when_the_demo_is_killed_its_children_die_with_it(root: Path):
    process = start(root, "running")
    assert process.stdout is not None
    while (await asyncio.to_thread(process.stdout.readline)).strip() != "running":
        assert process.poll() is None
    assert len(everything_of(root)) > 4
    process.kill()
    await asyncio.to_thread(process.communicate)
    if sys.platform != "linux":  # only Linux tells children of their parent's death: elsewhere the next command does
        await stack.down(root)
    async with asyncio.timeout(30):
        while everything_of(root):
            await asyncio.sleep(0.05)


async def test_a_migration_that_fails_says_why_and_leaves_nothing_running(root: Path):
    with pytest.raises(LocalError, match="registry-migrate ended with exit code 1:\n    no such column: jp"):
        async with stack.running_stack(root, services=["registry"], environment={"BROKEN": "registry"}):
            pass
    assert everything_of(root) == []


async def test_a_reused_process_number_is_never_killed(tmp_path: Path):
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        process = psutil.Process(bystander.pid)
        entry = {"name": "kafka", "pid": bystander.pid, "started": process.create_time() - 60}
        (tmp_path / "run.json").write_text(json.dumps([entry]))
        assert Register(tmp_path / "run.json").alive() == {}
        assert await stack.down(tmp_path) == 0
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.communicate()


async def test_what_is_started_is_registered_at_once_and_struck_off_at_its_end(tmp_path: Path):
    spawner = Spawner(tmp_path / "logs", Register(tmp_path / "run.json"))
    child = spawner.start(
        "sleeper", [sys.executable, "-c", textwrap.dedent("import time; print('hi', flush=True); time.sleep(60)")]
    )
    assert list(spawner.register.alive()) == ["sleeper"]
    assert child.kill() == -signal.SIGKILL
    assert spawner.register.alive() == {}
    assert json.loads((tmp_path / "run.json").read_text()) == []


def test_a_port_can_be_fixed_and_a_taken_one_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch):
    import socket

    port = free_port()
    monkeypatch.setenv("JEJAK_TRAINING_PORT", str(port))
    assert configured_port("training") == port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(LocalError, match=f"JEJAK_TRAINING_PORT={port}: this port is taken"):
            configured_port("training")


def test_ports_are_never_given_twice():
    assert len({free_port() for _ in range(200)}) == 200


def test_logs_of_a_process_that_ended_are_shown(tmp_path: Path):
    spawner = Spawner(tmp_path / "logs", Register(tmp_path / "run.json"))
    child = spawner.start("failing", [sys.executable, "-c", "raise SystemExit('disk full')"])
    child._process.wait()
    with pytest.raises(LocalError, match=r"(?s)failing ended with exit code 1:.*disk full"):
        child.check()
    child.kill()
