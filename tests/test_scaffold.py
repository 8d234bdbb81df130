"""`make service NAME=contoh`, in a copy of this checkout that is thrown away: the new service is one of the house."""

import filecmp
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
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

LEFT = shutil.ignore_patterns(".*cache", ".git", ".venv", ".jejak", ".hypothesis", "__pycache__", "results")
GENERATED = {
    "docker-compose.yml",
    "pyproject.toml",
    "requirements.lock",
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

    def run(self, *words: str | Path) -> str:
        """Runs Python in the copy; fails with what it says when it fails."""
        done = subprocess.run(
            [self.python, *words], cwd=self.root, env=self.environment, capture_output=True, text=True, check=False
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


async def test_it_starts_and_is_ready(
    copy: Copy, postgres: PostgresServer, kafka: KafkaServer, issuer: Issuer, spawner: Spawner
) -> None:
    database = await postgres.create_service_database("contoh")
    port = free_port()
    own: dict[str, Any] = {
        "DATABASE_URL": database.url,
        "OWNER_DATABASE_URL": database.owner.url,
        "KAFKA": kafka.bootstrap,
        "PORT": port,
        "ISSUER": issuer.url,
        "JWKS_URL": issuer.jwks_url,
        "NIP_KEY": "k",
    }
    environment = copy.environment | {f"CONTOH_{name}": str(value) for name, value in own.items()}
    migrate = spawner.start("contoh-migrate", [copy.python, "-m", "contoh", "migrate"], env=environment)

    async def migrated() -> bool:
        return migrate.exit_code is not None

    await until(migrated)
    assert migrate.exit_code == 0, migrate.log.read_text()
    service = spawner.start("contoh", [copy.python, "-m", "contoh"], env=environment)
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:

            async def ready() -> bool:
                service.check() if service.exit_code is not None else None
                try:
                    return (await http.get("/readyz")).status_code == 200
                except httpx2.TransportError:
                    return False

            await until(ready)
            answer = await http.get("/v1/contoh/day", headers={"authorization": f"Bearer {issuer.token('lan')}"})
            assert answer.status_code == 200
    finally:
        service.kill()


@pytest.mark.parametrize("name", ["Contoh", "a b", "../up", "json", "x", "credit", "roster"])
def test_a_name_that_would_not_do_is_refused(name: str) -> None:
    with pytest.raises(LocalError, match=r"cannot be a service|is .* already"):
        make(name)
