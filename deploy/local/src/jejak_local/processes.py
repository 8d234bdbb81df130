"""Child processes that never outlive their use: own process groups, a register on disk, ports, waiting."""

import asyncio
import contextlib
import ctypes
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

CHECKOUT = Path(__file__).resolve().parents[4]
STATE = CHECKOUT / ".jejak"

# Below the range from which systems take source ports of outgoing connections: a server that is killed gets
# its port back, whoever has connected to whatever meanwhile.
PORTS = range(20_000, 32_000)
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
CLOCK_SLACK = 2
"""Seconds: start times are reckoned from the boot time, which moves when the clock is set."""

_given: set[int] = set()
_chance = random.Random()  # its own: two test processes with the same seed must not choose the same ports


class LocalError(Exception):
    """Something of the local stack did not work; the text says what to do next."""


def free_port() -> int:
    """A free TCP port of 127.0.0.1."""
    for _ in range(len(PORTS)):
        port = _chance.choice(PORTS)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port
    raise LocalError(f"No free TCP port found between {PORTS.start} and {PORTS.stop} on 127.0.0.1.")


def configured_port(name: str) -> int:
    """The port in the environment as JEJAK_<NAME>_PORT, else a free one."""
    variable = f"JEJAK_{name.upper()}_PORT"
    if not (fixed := os.environ.get(variable)):
        return free_port()
    if not _is_free(int(fixed)):
        raise LocalError(f"{variable}={fixed}: this port is taken. Choose another, or unset it for a free one.")
    return int(fixed)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Register:
    """`run.json`: every process of a stack with its start time, written the moment it starts.

    A stack that crashed is cleaned up from this file; the start time tells a process from a later one with its number.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def add(self, name: str, process: psutil.Process) -> None:
        self._write([*self._entries(), {"name": name, "pid": process.pid, "started": process.create_time()}])

    def remove(self, pid: int) -> None:
        self._write([entry for entry in self._entries() if entry["pid"] != pid])

    def alive(self) -> dict[str, psutil.Process]:
        """The registered processes that still run, by name, in the order they were started."""
        found: dict[str, psutil.Process] = {}
        for entry in self._entries():
            with contextlib.suppress(psutil.NoSuchProcess):
                process = psutil.Process(entry["pid"])
                if abs(process.create_time() - entry["started"]) < CLOCK_SLACK and is_alive(process):
                    found[entry["name"]] = process
        return found

    def clear(self) -> None:
        self.file.unlink(missing_ok=True)

    def _entries(self) -> list[dict[str, Any]]:
        try:
            return json.loads(self.file.read_text())
        except FileNotFoundError:
            return []

    def _write(self, entries: list[dict[str, Any]]) -> None:
        write_atomically(self.file, json.dumps(entries, indent=1))


def write_atomically(file: Path, content: str | bytes, *, mode: int = 0o644) -> None:
    fresh = file.with_name(f"{file.name}.new")
    with open(fresh, "wb", opener=lambda path, flags: os.open(path, flags, mode)) as handle:
        handle.write(content.encode() if isinstance(content, str) else content)
    fresh.replace(file)


@dataclass(frozen=True)
class Spawner:
    """Starts processes for one stack.

    `detached` ones outlive us (`make up`); others are killed by the system when we die, even by SIGKILL
    (on Linux; elsewhere only when we end in order).
    """

    logs: Path
    register: Register
    detached: bool = False
    children: list["Child"] = field(default_factory=list["Child"])

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> "Child":
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in command],
                env={**os.environ, **(env or {})},
                cwd=cwd,
                user=user,
                group=None if user is None else _group_of(user),
                extra_groups=None if user is None else [],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=None if self.detached else partial(die_with, os.getpid(), death_signal),  # noqa: PLW1509 - only prctl before exec - one system call
            )
        child = Child(name, process, log, self.register, stop_signal)
        self.register.add(name, child.handle)
        self.children.append(child)
        return child

    def kill_all(self) -> None:
        """SIGKILL to all that it started and that still runs."""
        for child in self.children:
            child.kill()


def _group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def die_with(parent: int, death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Has the system send this process the signal when its parent has died, where a system can: on Linux."""
    if LIBC is not None:
        pr_set_pdeathsig = 1
        LIBC.prctl(pr_set_pdeathsig, death_signal.value)
        if os.getppid() != parent:  # it died just before
            os.kill(os.getpid(), signal.SIGKILL)


class Child:
    """One running child process and how to end it."""

    def __init__(
        self, name: str, process: subprocess.Popen[bytes], log: Path, register: Register, stop_signal: signal.Signals
    ) -> None:
        self.name = name
        self.log = log
        self.handle = psutil.Process(process.pid)
        self._process = process
        self._register = register
        self._stop_signal = stop_signal

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal's number when a signal ended it."""
        return self._process.poll()

    async def stop(self, *, within: float = 20, stop_signal: signal.Signals | None = None) -> int:
        """Asks it to end, gives its exit code; kills it after `within` seconds."""
        if self.exit_code is None:
            self._process.send_signal(stop_signal or self._stop_signal)
            if not await waited(lambda: self.exit_code is not None, within):
                return self.kill()
        return self._ended()

    def kill(self) -> int:
        """SIGKILL to it and all that it started."""
        kill_trees([self.handle])
        self._process.wait()
        return self._ended()

    def check(self) -> None:
        """Raises LocalError with the end of its log when it has ended."""
        if self.exit_code is not None:
            raise LocalError(
                f"{self.name} ended with exit code {self.exit_code}:\n{tail(self.log)}\nAll of it: {self.log}"
            )

    def _ended(self) -> int:
        self._register.remove(self.pid)
        return self._process.wait()


def kill_trees(processes: Iterable[psutil.Process]) -> None:
    """SIGKILL to the processes and all their descendants; returns when they are gone."""
    doomed: list[psutil.Process] = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.suspend()  # starts no more children while we count them
            doomed += [process, *process.children(recursive=True)]
    for process in doomed:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    deadline = time.monotonic() + 10
    while any(map(is_alive, doomed)) and time.monotonic() < deadline:
        time.sleep(0.01)


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def tail(log: Path, lines: int = 20) -> str:
    return "\n".join(f"    {line}" for line in log.read_text(errors="replace").splitlines()[-lines:])


async def waited(condition: Callable[[], bool], seconds: float) -> bool:
    """True as soon as the condition holds, False when it does not within the time."""
    for _ in range(max(1, int(seconds / 0.02))):
        if condition():
            return True
        await asyncio.sleep(0.02)
    return condition()


async def ready(child: Child, probe: Callable[[], Awaitable[bool]], *, within: float = 180) -> None:
    """Waits until the probe says True; raises LocalError when the child ends or does not get there in time."""
    deadline = asyncio.get_running_loop().time() + within
    while not await probe():
        child.check()
        if asyncio.get_running_loop().time() > deadline:
            raise LocalError(
                f"{child.name} is not ready after {within:.0f} s:\n{tail(child.log)}\nAll of it: {child.log}"
            )
        await asyncio.sleep(0.05)


async def together(*work: Coroutine[Any, Any, object]) -> None:
    """Does all of it at once; the first failure cancels the rest and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in work:
                group.create_task(each)
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


def run(main: Coroutine[Any, Any, int]) -> int:
    """Runs a command to its end and gives its exit code: 1 for a LocalError (printed), 130 when it was interrupted.

    The first Ctrl-C, SIGTERM or SIGHUP cancels it; later ones are ignored until the process has ended, so that neither
    its cleaning up nor its exit code is itself interrupted.
    """
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    async def cancellable() -> int:
        task = asyncio.create_task(main)
        loop = asyncio.get_running_loop()

        def stop() -> None:
            print("\nStopping ...", file=sys.stderr, flush=True)
            task.cancel()

        def ignore_the_rest_and_stop(*_: object) -> None:
            for each in signals:
                signal.signal(each, signal.SIG_IGN)
            loop.call_soon_threadsafe(stop)

        for each in signals:  # not the loop's own handlers: closing the loop gives those back to Python
            signal.signal(each, ignore_the_rest_and_stop)
        return await task

    try:
        return asyncio.run(cancellable())
    except asyncio.CancelledError:
        print("Interrupted; nothing of it is left running.", file=sys.stderr)
        return 130
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
