"""`make service NAME=contoh`, in a copy of this checkout that is thrown away: the new service is one of the house."""

import asyncio
import filecmp
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from jejak_local.harness import until
from jejak_local.issuer import Issuer
from jejak_local.kafka import KafkaServer
from jejak_local.postgres import PostgresServer, temporary_folder
from jejak_local.processes import CHECKOUT, LocalError, Spawner, free_port
from jejak_local.scaffold import make

LEFT = shutil.ignore_patterns(".*cache", ".git", ".venv", ".jejak", ".hypothesis", "__pycache__")
GENERATED = {
    "docker-compose.yml",
    "pyproject.toml",
    "requirements.lock",
    "docs/commands.md",
    "docs/rights.md",
    "docs/api/contoh.json",
}
BY_HAND = {"docs/architecture/README.md"}


class Copy:
    """A copy of the checkout, whose Python finds its code and what is installed here."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(CHECKOUT, root, ignore=LEFT, dirs_exist_ok=True)
        (root / ".jejak").symlink_to(CHECKOUT / ".jejak")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
        [packages] = root.glob(".venv/lib/python3*/site-packages")
        (packages / "here.pth").write_text(f"import site; site.addsitedir({str(Path(pytest.__file__).parents[1])!r})\n")
        sources = [root, *root.glob("libs/*/src"), *root.glob("services/*/src"), root / "deploy" / "local" / "src"]
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, sources)),
            "UV_OFFLINE": "1",
        }
        self.python = str(root / ".venv" / "bin" / "python")

    def run(self, *words: str | Path, told: Mapping[str, str] | None = None) -> str:
        """Runs Python in the copy; fails with what it says when it fails."""
        environment = told or self.environment
        done = subprocess.run(
            [self.python, *words], cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def files(self) -> set[str]:
        """Every file by its path."""
        left = {".venv", ".jejak", "__pycache__", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis"}
        return {
            str(file.relative_to(self.root))
            for file in self.root.rglob("*")
            if file.is_file() and left.isdisjoint(file.relative_to(self.root).parts)
        }


@pytest.fixture(scope="module")
def copy() -> Iterator[Copy]:
    with temporary_folder("scaffold") as folder:
        copy = Copy(folder)
        copy.run("-m", "jejak_local.scaffold", "contoh")
        yield copy


def test_it_is_at_most_a_hundred_lines_in_seven_files_and_a_row_of_the_docs(copy: Copy) -> None:
    made = [file for file in copy.files() if file.startswith("services/contoh/")]
    assert len(made) <= 7
    assert sum(len((copy.root / file).read_text().splitlines()) for file in made) <= 100
    changed = {
        file
        for file in copy.files() - set(made)
        if not (CHECKOUT / file).exists() or not filecmp.cmp(copy.root / file, CHECKOUT / file, shallow=False)
    }
    assert changed - GENERATED == BY_HAND
    before = (CHECKOUT / "docs/architecture/README.md").read_text().splitlines()
    after = (copy.root / "docs/architecture/README.md").read_text().splitlines()
    assert len(after) == len(before) + 1


def test_it_stands_in_compose_docs_rights_and_import_rules(copy: Copy) -> None:
    assert "contoh-api:" in (copy.root / "docker-compose.yml").read_text()
    assert "`GET /v1/contoh/day`" in (copy.root / "docs" / "rights.md").read_text()
    copy.run("-m", "ruff", "check", "services/contoh")
    copy.run("-m", "ruff", "format", "--check", "services/contoh")
    copy.run("-c", "from importlinter.cli import lint_imports_command as lint; lint()")
    other = copy.root / "services" / "contoh" / "src" / "contoh" / "rights.py"
    said = other.read_text()
    other.write_text(said + "\nimport credit.rights\n")
    with pytest.raises(AssertionError, match="BROKEN"):
        copy.run("-c", "from importlinter.cli import lint_imports_command as lint; lint()")
    other.write_text(said)


def test_its_tests_pass_and_those_of_the_house_about_it(copy: Copy) -> None:
    copy.run("-m", "pytest", "-q", "services/contoh", "tests/test_services.py", "tests/test_rights.py")


FOREIGN = """
from typing import Annotated
from fastapi import APIRouter, Depends
from contracts.callers import Caller
from contoh import rights

router = APIRouter(prefix="/xapi", include_in_schema=False)

@router.get("/about")
async def about(caller: Annotated[Caller[None], Depends(rights.READ)]) -> dict[str, list[str]]:
    return {"version": ["2.0.0"]}
"""
JOBS = """
import asyncio

class Matcher:
    def __init__(self, parts):
        self._stopping = asyncio.Event()
        self.ready = False

    async def run(self):
        self.ready = True
        await self._stopping.wait()

    def stop(self):
        self._stopping.set()

async def count(options, parts):
    return int(options.number)
"""
COMMANDS = """
    further_roles={"matcher": Matcher},
    commands={"count": Command(count, "Counts.", lambda parser: parser.add_argument("number"), daily=True)},
)"""


@pytest.fixture(scope="module")
async def environment(copy: Copy, postgres: PostgresServer, kafka: KafkaServer, issuer: Issuer) -> dict[str, str]:
    """What a process of the new service is told, whose database it has migrated itself."""
    database = await postgres.create_service_database("contoh")
    own: dict[str, Any] = {
        "DATABASE_URL": database.url,
        "OWNER_DATABASE_URL": database.owner.url,
        "KAFKA": kafka.bootstrap,
        "PORT": free_port(),
        "ISSUER": issuer.url,
        "JWKS_URL": issuer.jwks_url,
        "NIP_KEY": "k",
    }
    told = copy.environment | {f"CONTOH_{name}": str(value) for name, value in own.items()}
    await asyncio.to_thread(copy.run, "-m", "contoh", "migrate", told=told)
    return told


@pytest.fixture
def package(copy: Copy) -> Iterator[Path]:
    """The code of the new service, which is as it was made when the test has ended."""
    folder = copy.root / "services" / "contoh" / "src" / "contoh"
    before = {file: file.read_text() for file in folder.rglob("*.py")}
    yield folder
    for file in {*folder.rglob("*.py")} - {*before}:
        file.unlink()
    for file, content in before.items():
        file.write_text(content)


@asynccontextmanager
async def started(copy: Copy, environment: dict[str, str], spawner: Spawner) -> AsyncIterator[httpx2.AsyncClient]:
    """All roles of the new service in one process, ready for work."""
    service = spawner.start("contoh", [copy.python, "-m", "contoh"], env=environment)
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{environment['CONTOH_PORT']}") as http:

            async def ready() -> bool:
                service.check() if service.exit_code is not None else None
                try:
                    return (await http.get("/readyz")).status_code == 200
                except httpx2.TransportError:
                    return False

            await until(ready)
            yield http
    finally:
        service.kill()


async def test_without_events_it_starts_as_it_is_made(
    copy: Copy, environment: dict[str, str], issuer: Issuer, spawner: Spawner
) -> None:
    async with started(copy, environment, spawner) as http:
        answer = await http.get("/v1/contoh/day", headers={"authorization": f"Bearer {issuer.token('lan')}"})
        assert answer.status_code == 200


async def test_with_routes_of_a_foreign_standard_it_starts_and_keeps_them_out_of_its_document(
    copy: Copy, environment: dict[str, str], issuer: Issuer, spawner: Spawner, package: Path
) -> None:
    (package / "xapi").mkdir(exist_ok=True)
    (package / "xapi" / "__init__.py").touch()
    (package / "xapi" / "api.py").write_text(FOREIGN)
    declared = package / "service.py"
    declared.write_text(declared.read_text().replace("features=[]", 'features=["xapi"]'))
    async with started(copy, environment, spawner) as http:
        assert (await http.get("/xapi/about")).status_code == 401
        answer = await http.get("/xapi/about", headers={"authorization": f"Bearer {issuer.token('lan')}"})
        assert answer.json() == {"version": ["2.0.0"]}
        paths = (await http.get("/openapi.json")).json()["paths"]
        assert {"/xapi/about", "/v1/contoh/day"} & {*paths} == {"/v1/contoh/day"}


async def test_with_jobs_it_starts_with_a_role_and_a_command_more_and_compose_runs_both(
    copy: Copy, environment: dict[str, str], spawner: Spawner, package: Path
) -> None:
    (package / "jobs.py").write_text(JOBS)
    declared = package / "service.py"
    imports = "from common.service import Command\nfrom contoh.jobs import Matcher, count\n"
    written = declared.read_text().replace("\n)", COMMANDS)
    declared.write_text(written.replace("from contracts.service", f"{imports}from contracts.service"))
    compose = await asyncio.to_thread(
        copy.run, "-c", "from jejak_local.services import written; print(*written().values())"
    )
    assert "contoh-matcher:" in compose
    assert "contoh-count:" in compose
    counting = spawner.start("contoh-count", [copy.python, "-m", "contoh", "count", "3"], env=environment)
    async with started(copy, environment, spawner) as http:
        assert (await http.get("/readyz")).json()["checks"]["matcher"]

    async def counted() -> bool:
        return counting.exit_code is not None

    await until(counted)
    assert counting.exit_code == 3, counting.log.read_text()


JOB = """
from common.runner import Step

async def match(session, parts, turn):
    number = 1 if turn.position is None else turn.position
    return Step(number, 3, number + 1 if number < 3 else None)
"""
JOB_TABLE = """
from alembic import op
from common.store import kit

revision, down_revision = "0001", None

def upgrade():
    kit.create_jobs_v1(op)
    kit.create_tries_v1(op)

def downgrade():
    kit.drop_tries_v1(op)
    kit.drop_jobs_v1(op)
"""
ORDERING = """
from uuid import UUID

from common.store.jobs import order
from common.web.parts import Transaction

@router.post("/contoh/matches", status_code=202)
async def order_match(caller: Reader, session: Transaction) -> UUID:
    return await order(session, "match", {}, caller.subject)
"""
FOLLOWING = """
from common.web.jobs import job_routes
from contoh import rights

router = job_routes(rights.READ)
"""


async def test_with_a_job_it_starts_with_its_role_and_does_what_was_ordered(
    copy: Copy, environment: dict[str, str], issuer: Issuer, postgres: PostgresServer, spawner: Spawner, package: Path
) -> None:
    (package / "matching.py").write_text(JOB)
    (package / "migrations" / "versions").mkdir(parents=True, exist_ok=True)
    (package / "migrations" / "versions" / "0001_jobs.py").write_text(JOB_TABLE)
    (package / "api.py").write_text((package / "api.py").read_text() + ORDERING)
    (package / "jobs").mkdir(exist_ok=True)
    (package / "jobs" / "__init__.py").touch()
    (package / "jobs" / "api.py").write_text(FOLLOWING)
    declared = package / "service.py"
    written = declared.read_text().replace("features=[],", 'features=["jobs"],\n    jobs={"match": match},')
    declared.write_text(written.replace("from contracts", "from contoh.matching import match\nfrom contracts"))
    database = await postgres.create_service_database("contoh", name="contoh_jobs")
    told = environment | {"CONTOH_DATABASE_URL": database.url, "CONTOH_OWNER_DATABASE_URL": database.owner.url}
    await asyncio.to_thread(copy.run, "-m", "contoh", "migrate", told=told)
    compose = await asyncio.to_thread(
        copy.run, "-c", "from jejak_local.services import written; print(*written().values())"
    )
    assert "contoh-jobs:" in compose
    async with started(copy, told, spawner) as http:
        sent = {"authorization": f"Bearer {issuer.token('lan')}"}
        ordered = await http.post("/v1/contoh/matches", headers=sent)
        assert ordered.status_code == 202, ordered.text

        async def is_done() -> bool:
            told = (await http.get(f"/v1/jobs/{ordered.json()}", headers=sent)).json()
            return (told["state"], told["done"]) == ("done", 3)

        await until(is_done)


@pytest.mark.parametrize("name", ["Contoh", "a b", "../up", "json", "x", "credit", "roster"])
def test_a_name_that_would_not_do_is_refused(name: str) -> None:
    with pytest.raises(LocalError, match=r"cannot be a service|is .* already"):
        make(name)
