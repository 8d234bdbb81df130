"""Whatever ends a run of the tests, no process that it has started outlives it."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from jejak_local.harness import until
from jejak_local.processes import CHECKOUT, is_alive, kill_trees

ENDLESS = """
import threading
from pathlib import Path


def test_that_never_ends(postgres, kafka, mail_host, issuer, browser):
    Path({begun!r}).touch()
    threading.Event().wait()
"""
PYTEST = """
import signal, sys
import pytest

# A shell without job control has what it starts in the background ignore Ctrl-C, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.main())
"""
BY_CTRL_C = "Ctrl-C, which goes to all of the terminal"
BY_KILL = "kill -9 of the process that leads the others"
WAYS: dict[str, Callable[[int], None]] = {
    BY_CTRL_C: lambda run: os.killpg(run, signal.SIGINT),
    BY_KILL: lambda run: os.kill(run, signal.SIGKILL),
}


@pytest.mark.parametrize("how", WAYS)
async def test_an_interrupted_run_leaves_no_process(tmp_path: Path, how: str) -> None:
    begun = tmp_path / "begun"
    (tmp_path / "test_endless.py").write_text(ENDLESS.format(begun=str(begun)))
    command = [
        sys.executable,
        "-c",
        PYTEST,
        "-p",
        "jejak_local.fixtures",
        "-n",
        "1",
        "-c",
        CHECKOUT / "pyproject.toml",
    ]
    with (tmp_path / "said").open("wb") as said:
        run = psutil.Popen(
            [*command, "--rootdir", tmp_path, tmp_path], cwd=CHECKOUT, stdout=said, stderr=said, start_new_session=True
        )

    async def has_begun() -> bool:
        assert run.poll() is None, (tmp_path / "said").read_text()
        return begun.exists()

    try:
        await until(has_begun, 240)
        started = [run, *run.children(recursive=True)]
        assert {"postgres", "java"} <= {process.name() for process in started}
        WAYS[how](run.pid)

        def left() -> list[psutil.Process]:
            run.poll()  # else the leader stays a zombie: it is our child
            return [process for process in started if is_alive(process)]

        async def nothing_is_left() -> bool:
            return not left()

        try:
            await until(nothing_is_left, 60)
        except TimeoutError:
            pytest.fail(f"left by the run: {left()}; it said: {(tmp_path / 'said').read_text()}")
    finally:
        kill_trees([run])
        run.wait()
