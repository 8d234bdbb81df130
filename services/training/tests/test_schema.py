from jejak_local.schema import assert_grants, assert_migrations_fit
from training.service import SERVICE


async def test_migrations_make_the_tables_of_the_code_and_can_be_taken_back(postgres):
    await assert_migrations_fit(postgres, SERVICE)


async def test_the_role_that_serves_may_do_what_the_code_does_and_no_more(postgres):
    await assert_grants(postgres, SERVICE)
