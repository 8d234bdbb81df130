"""Faults that need a stage of their own. Each scene is a stack and its faults; clients, rest and books are the same.

Three of them need root and a program of the system (mount, strace, faketime): they say so when it is missing.
"""

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import psutil
from aiokafka.admin import AIOKafkaAdminClient

from chaos.arena import Arena, Setting, named
from chaos.clients import Client, Work
from chaos.faults import (
    FAULTS,
    Fault,
    kafka_killed,
    link_cut,
    link_stalled,
    poisoned,
    published_again,
    read_again,
    role_killed,
    role_paused,
    sessions_ended,
)
from jejak_local.kafka import KafkaCluster
from jejak_local.processes import LocalError

SYNCED_SECONDS = 120
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
NEW_YEAR = datetime.fromisoformat("2027-01-01T00:00:00+07:00")
MEBIBYTE = 1024 * 1024
DISK_BYTES = 700 * MEBIBYTE
GIGABYTE = 10**9
LINE_BYTES = 64_000


@dataclass(frozen=True)
class Scene:
    """A stack and what happens to it."""

    setting: Setting
    faults: Mapping[Fault, int]
    work: Mapping[str, tuple[int, Work]] = field(default_factory=dict[str, tuple[int, Work]])
    """Clients beside the usual ones."""


# --- three brokers -----------------------------------------------------------------------------------------------


async def broker_killed(arena: Arena, chance: Random) -> None:
    """A random one of three brokers goes; the others have all it had, and it comes back before another one goes."""
    cluster = arena.stack.kafka
    assert isinstance(cluster, KafkaCluster)
    member = chance.choice(cluster.members)
    with arena.hold("kafka"):
        arena.tell(f"broker {member.number} of {len(cluster.members)} killed")
        member.kill()
        await asyncio.sleep(chance.uniform(0, 6))
        await member.restart()
        async with asyncio.timeout(SYNCED_SECONDS):
            while not await _in_sync(cluster):
                await asyncio.sleep(0.5)


async def _in_sync(cluster: KafkaCluster) -> bool:
    admin = AIOKafkaAdminClient(bootstrap_servers=cluster.bootstrap)
    try:
        await admin.start()
        described = await admin.describe_topics()
    finally:
        await admin.close()
    return all(len(part["isr"]) == len(part["replicas"]) for topic in described for part in topic["partitions"])


# --- a full disk -------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """PostgreSQL's folder becomes a file system of its own, in memory and small."""
    place = folder / "postgres-data"
    place.mkdir(mode=0o755)
    _run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=755", "tmpfs", str(place))
    try:
        yield
    finally:
        _run("umount", "--lazy", str(place))


async def disk_filled(arena: Arena, chance: Random) -> None:
    """PostgreSQL's disk is full for some seconds; it may end itself over it, and is then started again."""
    postgres = arena.stack.postgres
    ballast = postgres.folder / "ballast"
    with arena.hold("postgres"):
        left = chance.randint(0, 200) * 1024
        arena.tell(f"PostgreSQL's disk full but for {left // 1024} KiB")
        try:
            with ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(postgres.folder).free - left)
            await asyncio.sleep(chance.uniform(2, 6))
        finally:
            ballast.unlink()
        if postgres.child.exit_code is not None:
            arena.counted["PostgreSQL ended over it"] += 1
            await postgres.start()


# --- a disk that cannot sync -------------------------------------------------------------------------------------


async def sync_failed(arena: Arena, chance: Random) -> None:
    """One fdatasync of the write-ahead log fails: PostgreSQL must not believe what it has not seen on the disk."""
    postgres = arena.stack.postgres
    with arena.hold("postgres"):
        writers = [child for child in postgres.child.handle.children() if _writes(child)]
        arena.tell("an fdatasync of PostgreSQL fails with EIO")
        watched = [word for child in writers for word in ("-p", str(child.pid))]
        failing = ("-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=1+")
        tracer = await asyncio.create_subprocess_exec(
            "strace", "-f", *failing, *watched, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(1, 4)):
                await tracer.wait()
        if tracer.returncode is None:
            tracer.terminate()
        _, said = await tracer.communicate()
        arena.counted["syncs failed"] += said.count(b"(INJECTED)")
        if postgres.child.exit_code is not None:
            await postgres.start()


def _writes(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        title = " ".join(process.cmdline())
        return "walwriter" in title or any(f" {service} " in title for service in ("training", "credit", "registry"))
    return False


# --- a clock that jumps ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def other_clock(folder: Path) -> Iterator[None]:
    """Every process that is started meanwhile lives a minute before the year's end in Jakarta."""
    if not FAKETIME.exists():
        raise LocalError("The scene new-year needs libfaketime. On Debian: apt-get install faketime")
    set_clock(folder / "clock", NEW_YEAR - timedelta(minutes=1))
    wanted = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        "FAKETIME_CACHE_DURATION": "1",
        # Waits and timeouts go on as they do on a machine whose clock is set.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # its mend for some glibc lets each of Kafka's waits end at once here
    }
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name in wanted:
            del os.environ[name]


def set_clock(file: Path, moment: datetime) -> None:
    """Lets the services' clocks say `moment` now, and go on from there."""
    offset = (moment - datetime.now(moment.tzinfo)).total_seconds()
    fresh = file.with_suffix(".new")
    fresh.write_text(f"{offset:+.0f}\n")
    fresh.replace(file)


async def clock_set(arena: Arena, chance: Random) -> None:
    """The clock jumps about the year's end, by minutes, hours (tokens run out) or days, and then beyond it for good:
    what was put off until a moment waits for as long as the clock is behind it.
    """
    with arena.hold("clock"):
        minutes = chance.choice([-60 * 24, -5, 5, 120, 60 * 24])
        arena.tell(f"the clock is set to {minutes} minutes after the year's end")
        set_clock(arena.stack.root / "clock", NEW_YEAR + timedelta(minutes=minutes))
        await asyncio.sleep(chance.uniform(1, 4))
        set_clock(arena.stack.root / "clock", NEW_YEAR + timedelta(days=3))
        await asyncio.sleep(1)


# --- memory ------------------------------------------------------------------------------------------------------


async def gigabyte(client: Client) -> None:
    """Sends a gigabyte in one upload, of lines as long as may be."""
    people = client.chance.choices(client.history.people, k=GIGABYTE // LINE_BYTES)
    lines = [(person, client.training(person)) for person in people]
    sent = [line for _, line in lines]
    answers = await client.upload("training", "/trainings:batch", sent, line_bytes=LINE_BYTES)
    for (person, line), answer in zip(lines, answers, strict=False):
        if answer["status"] in {"stored", "duplicate"}:
            client.remember(line, person, answer["id"])
        else:
            client.wrong(f"a line of a gigabyte was answered {answer}")


async def memory_limited(arena: Arena, chance: Random) -> None:
    """Training's API gets little more memory than it has at the moment; it may end over it."""
    process = arena.stack.process("training", "api")
    with arena.hold(process.name):
        spare = chance.choice([4, 16, 64])
        arena.tell(f"{named(process)} gets {spare} MiB and no more")
        has = int(Path(f"/proc/{process.child.pid}/status").read_text().split("VmData:")[1].split()[0]) * 1024
        process.child.handle.rlimit(psutil.RLIMIT_DATA, (has + spare * MEBIBYTE, psutil.RLIM_INFINITY))
        await asyncio.sleep(chance.uniform(1, 5))
        if process.child.exit_code is None:
            process.child.handle.rlimit(psutil.RLIMIT_DATA, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
        else:
            arena.counted["training ended over its memory"] += 1
            process.launch()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalError(f"{' '.join(command)}: {done.stderr.strip() or done.returncode}. Run this scene as root.")


CLUSTERED = {fault: weight for fault, weight in FAULTS.items() if fault not in {kafka_killed, read_again}}
MILD: dict[Fault, int] = {role_killed: 3, link_cut: 2, link_stalled: 1, published_again: 1, poisoned: 1}

SCENES = {
    "three-brokers": Scene(Setting(brokers=3), {**CLUSTERED, broker_killed: 12}),
    "disk-full": Scene(Setting(furnished=small_disk), {**MILD, disk_filled: 8}),
    "sync-fails": Scene(Setting(), {**MILD, sync_failed: 8}),
    "new-year": Scene(Setting(furnished=other_clock), {**MILD, role_paused: 2, sessions_ended: 1, clock_set: 8}),
    "gigabyte": Scene(Setting(), {**MILD, memory_limited: 8}, {"gigabyte": (1, gigabyte)}),
}
