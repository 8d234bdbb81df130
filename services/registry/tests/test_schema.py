from jejak_local.schema import assert_migrations_fit
from registry.tables import metadata


async def test_migrations_make_the_tables_of_the_code_and_can_be_taken_back(postgres):
    await assert_migrations_fit(postgres, "registry", metadata)
