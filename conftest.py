"""Fixtures every test may use: what is made of a service's declaration, and real servers."""

import os

import pytest

# What the kit of the tests asserts says what it has seen, as a test does.
pytest.register_assert_rewrite("jejak_local")

# Commands speak the language of whoever runs them; the tests quote English.
os.environ["LANGUAGE"] = "en"

pytest_plugins = ["jejak_local.testkit", "jejak_local.fixtures"]
