"""The command line of the local stack: `python -m jejak_local up`, as the Makefile calls it."""

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from jejak_local.processes import STATE, LocalError, run

console = Console()


async def up(options: argparse.Namespace) -> int:
    from jejak_local import stack

    console.print("Starting Jejak ...")
    facts = await stack.up(
        options.root, trace_ratio=float(os.environ.get("JEJAK_TRACE_RATIO", "0.1")), say=console.print
    )
    console.print(addresses(facts))
    console.print(f"Everything else, the databases too: {options.root / 'stack.json'}", soft_wrap=True)
    console.print("A token: .venv/bin/python -m jejak_local token lan. Stop it: make down")
    return 0


async def down(options: argparse.Namespace) -> int:
    from jejak_local import stack

    stopped = await stack.down(options.root, purge=options.purge)
    console.print(f"Stopped {stopped} processes." if stopped else "Nothing was running.")
    return 0


async def status(options: argparse.Namespace) -> int:
    from jejak_local import stack

    found = await stack.status(options.root)
    if not found:
        console.print("Nothing is running. Start it with: make up")
        return 0
    table = Table("process", "pid", "since", "memory", "state")
    for name, (process, state) in found.items():
        hours, seconds = divmod(int(time.time() - process.create_time()), 3600)
        memory = sum(each.memory_info().rss for each in (process, *process.children(recursive=True)))
        since = f"{hours}:{seconds // 60:02}:{seconds % 60:02}"
        table.add_row(name, str(process.pid), since, f"{memory / 2**20:,.0f} MiB", state or "running")
    console.print(table)
    if facts := stack.read_facts(options.root):
        console.print(addresses(facts))
    return 0


async def show(options: argparse.Namespace) -> int:
    value: Any = facts_of(options.root)
    try:
        for name in options.path.split("."):
            value = value[name]
    except (KeyError, TypeError) as error:
        raise LocalError(f"stack.json has no {options.path}; see {options.root / 'stack.json'}") from error
    print(value if isinstance(value, str) else json.dumps(value, indent=2))
    return 0


async def token(options: argparse.Namespace) -> int:
    from jejak_local.facts import request_token

    facts = facts_of(options.root)
    scope = {name: getattr(options, name) for name in ("agency", "person", "provider")}
    print(await request_token(facts, options.role, **scope))
    return 0


async def run_command(options: argparse.Namespace) -> int:
    """What an operator or a CronJob runs, with the settings of the stack that is up."""
    from jejak_local import stack

    services = facts_of(options.root)["services"]
    if options.service not in services:
        raise LocalError(f"There is no service {options.service}; there are {', '.join(services)}.")
    words = stack.command(options.service, *options.words)
    child = await asyncio.create_subprocess_exec(*words, env={**os.environ, **services[options.service]["environment"]})
    return await child.wait()


async def books(options: argparse.Namespace) -> int:
    broken = False
    for name in facts_of(options.root)["services"]:
        console.rule(name, align="left")
        broken |= bool(await run_command(argparse.Namespace(root=options.root, service=name, words=["check"])))
    return int(broken)


async def mail(options: argparse.Namespace) -> int:
    from jejak_local.mail import mails

    folder = Path(facts_of(options.root)["mail"]["folder"])
    until = time.monotonic() + options.wait
    while True:
        found = [mail for mail in mails(folder) if options.recipient in mail.message["To"]]
        if found:
            print(f"{found[-1].subject}\n\n{found[-1].body()}")
            return 0
        if time.monotonic() > until:
            raise LocalError(f"No mail to {options.recipient} has arrived within {options.wait:g} s.")
        await asyncio.sleep(0.2)


async def create_topics(options: argparse.Namespace) -> int:
    from jejak_local.kafka import create_topics as create

    made = await create(options.bootstrap, options.profile)
    console.print(f"Made {len(made)} topics: {', '.join(made)}" if made else "All topics are there.")
    return 0


async def warm_kafka(_: argparse.Namespace) -> int:
    from jejak_local.kafka import warm

    await warm()
    return 0


async def serve(options: argparse.Namespace) -> int:
    from jejak_local.serve import serve as serve_until_stopped

    await serve_until_stopped(options.root, options.port, options.smtp_port)
    return 0


async def demo(options: argparse.Namespace) -> int:
    from jejak_local.demo import demo as run_demo
    from jejak_local.postgres import temporary_folder

    with temporary_folder("demo") as root:
        return await run_demo(root, agencies=options.agencies, people=options.people, seed=options.seed)


def facts_of(root: Path) -> dict[str, Any]:
    from jejak_local.facts import read_facts

    if (facts := read_facts(root)) is None:
        raise LocalError("No stack is up. Start it with: make up")
    return facts


def addresses(facts: dict[str, Any]) -> Table:
    table = Table("part", "address")
    for name, service in facts["services"].items():
        table.add_row(name, service["docs"])
    table.add_row("pages", facts["services"]["portal"]["url"])
    table.add_row("events", facts["events_docs"])
    table.add_row("mail inbox", facts["mail"]["url"])
    table.add_row("tokens", facts["token_url"])
    table.add_row("Kafka", facts["kafka"])
    return table


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m jejak_local", description=__doc__)
    parser.set_defaults(root=STATE)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, call: Any, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(call=call)
        return command

    command = add("demo", demo, "load a synthetic nation into a stack of its own, show and check what came of it")
    command.add_argument("--agencies", type=int, default=40)
    command.add_argument("--people", type=int, default=6_000)
    command.add_argument("--seed", type=int, default=1, help="same seed, same nation")
    add("up", up, "start the whole stack and leave it running")
    add("down", down, "stop it, keeping its data").add_argument(
        "--purge", action="store_true", help="delete its data too"
    )
    add("status", status, "what runs, and where")

    command = add("show", show, "print a value of stack.json, such as services.training.url")
    command.add_argument("path")

    command = add("token", token, "print an access token of the running stack's issuer")
    command.add_argument("role")
    for name in ("agency", "person", "provider"):
        command.add_argument(f"--{name}", metavar="UUID")

    command = add("run", run_command, "run a command of a service on the stack that is up, such as: run training sweep")
    command.add_argument("service")
    command.add_argument("words", nargs=argparse.REMAINDER, metavar="COMMAND ...")
    add("books", books, "check what must always be true of each service's data, on the stack that is up")
    command = add("mail", mail, "print the newest mail to somebody")
    command.add_argument("recipient", metavar="ADDRESS")
    command.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="for how long, if there is none yet")

    command = add("create-topics", create_topics, "make the topics of deploy/kafka/topics.yaml that are missing")
    command.add_argument("--bootstrap", required=True, metavar="HOST:PORT")
    command.add_argument("--profile", choices=("local", "production"), default="local", help="one copy, or three")

    add("warm-kafka", warm_kafka, "write down what a start of Kafka loads (make setup does this)")
    command = add("serve", serve, "the helper process: SMTP server, inbox, issuer, trace collector")
    command.add_argument("--root", type=Path, required=True, help="folder for mails and traces")
    command.add_argument("--port", type=int, required=True)
    command.add_argument("--smtp-port", type=int, required=True)
    return parser


def main() -> int:
    options = parser().parse_args()
    if options.call is serve:  # it stops cleanly on signals by itself
        return asyncio.run(serve(options))
    return run(options.call(options))


if __name__ == "__main__":
    sys.exit(main())
