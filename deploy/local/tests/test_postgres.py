import asyncio
import os
from dataclasses import replace

import asyncpg
import pytest

from jejak_local.postgres import BINARIES, MAKE_LARGE_OBJECTS, Database, PostgresServer, temporary_folder
from jejak_local.processes import CHECKOUT, Register, Spawner
from jejak_local.schema import assert_rights
from jejak_local.services import NAMES, services

INIT = CHECKOUT / "deploy" / "postgres" / "init.sh"


async def fetch(dsn: str, query: str):
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_service_role_reaches_its_own_database_and_no_other(postgres: PostgresServer):
    one = await postgres.create_service_database("isolation_one")
    two = await postgres.create_service_database("isolation_two")
    assert await fetch(one.dsn, "select current_user || '@' || current_database()") == "isolation_one@isolation_one"
    for other in (two.name, "postgres", "template1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await fetch(one.dsn.removesuffix(one.name) + other, "select 1")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await fetch(one.dsn.replace("//isolation_one:", "//isolation_two:"), "select 1")


async def test_the_owner_of_a_database_has_another_password_than_the_role_that_serves(postgres: PostgresServer):
    made = await postgres.create_service_database("passwords")
    assert await fetch(made.owner.dsn, "select current_user") == "passwords_owner"
    with pytest.raises(asyncpg.InvalidPasswordError):
        await fetch(replace(made.owner, password=made.password).dsn, "select 1")


async def test_a_database_starts_as_a_copy_of_a_template_and_goes_its_own_way(postgres: PostgresServer):
    template = await postgres.create_service_database("copying", name="copying_template")
    await fetch(template.owner.dsn, "create table thing as select 1 as number")
    first = await postgres.create_service_database("copying", name="copying_1", template=template.name)
    second = await postgres.create_service_database("copying", name="copying_2", template=template.name)
    await fetch(first.owner.dsn, "insert into thing values (2)")
    assert [await fetch(db.owner.dsn, "select count(*) from thing") for db in (first, second)] == [2, 1]
    await postgres.drop_database(first.name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await fetch(first.dsn, "select 1")


async def test_what_was_committed_survives_a_kill_and_the_server_comes_back_on_its_port():
    with temporary_folder("kill") as folder:
        spawner = Spawner(folder / "logs", Register(folder / "run.json"))
        server = PostgresServer(folder / "postgres", spawner)
        try:
            await server.start()
            database = (await server.create_service_database("survivor")).owner
            await fetch(database.dsn, "create table thing as select 42 as answer")
            server.kill()
            with pytest.raises(OSError):
                await fetch(database.dsn, "select 1")
            await server.start()
            assert await fetch(database.dsn, "select answer from thing") == 42
            assert await fetch(database.dsn, "show fsync") == "on"
        finally:
            server.kill()
        assert spawner.register.alive() == {}


async def test_what_docker_makes_on_an_empty_volume_has_the_same_two_roles_a_service():
    with temporary_folder("init") as folder:
        server = PostgresServer(folder / "postgres", Spawner(folder / "logs", Register(folder / "run.json")))
        try:
            await server.start()
            open_again = f"grant execute on function {MAKE_LARGE_OBJECTS} to public"
            await fetch(replace(server.admin, name="template1").dsn, open_again)
            given = {
                "JEJAK_DB_PASSWORD": "serving",
                "JEJAK_DB_OWNER_PASSWORD": "owning",
                "POSTGRES_USER": "jejak",
                "JEJAK_SERVICES": " ".join(NAMES),
            }
            reached = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "PGPASSWORD": server.admin.password}
            path = {"PATH": f"{BINARIES}:{os.environ['PATH']}"}
            script = await asyncio.create_subprocess_exec("sh", INIT, env={**given, **reached, **path})
            assert await script.wait() == 0
            for service in services():
                made = Database(service.name, service.name, "serving", server.port, owner_password="owning")
                await assert_rights(made, service)
        finally:
            server.kill()
