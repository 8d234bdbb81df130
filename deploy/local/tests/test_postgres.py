import asyncpg
import pytest

from jejak_local.postgres import PostgresServer, temporary_folder
from jejak_local.processes import Register, Spawner


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


async def test_a_database_starts_as_a_copy_of_a_template_and_goes_its_own_way(postgres: PostgresServer):
    template = await postgres.create_service_database("copying", name="copying_template")
    await fetch(template.dsn, "create table thing as select 1 as number")
    first = await postgres.create_service_database("copying", name="copying_1", template=template.name)
    second = await postgres.create_service_database("copying", name="copying_2", template=template.name)
    await fetch(first.dsn, "insert into thing values (2)")
    assert [await fetch(db.dsn, "select count(*) from thing") for db in (first, second)] == [2, 1]
    await postgres.drop_database(first.name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await fetch(first.dsn, "select 1")


async def test_what_was_committed_survives_a_kill_and_the_server_comes_back_on_its_port():
    with temporary_folder("kill") as folder:
        spawner = Spawner(folder / "logs", Register(folder / "run.json"))
        server = PostgresServer(folder / "postgres", spawner)
        try:
            await server.start()
            database = await server.create_service_database("survivor")
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
