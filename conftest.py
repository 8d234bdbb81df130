"""Fixtures every test may use: what is made of a service's declaration, and real servers."""

import gc
import os

import pytest

# What the kit of the tests asserts says what it has seen, as a test does.
pytest.register_assert_rewrite("jejak_local")

# Whole services are built and most of it stays: walking all that again and again takes a tenth of the time of the tests.
gc.set_threshold(50_000, 20, 50)

# Commands speak the language of whoever runs them; the tests quote English.
os.environ["LANGUAGE"] = "en"

pytest_plugins = ["jejak_local.testkit", "jejak_local.fixtures"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several processes the tests of a file run in one of them, and all of e2e in one: the whole system is started once."""
    for item in items:
        file = item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group("e2e" if file.startswith("tests/e2e/") else file))
