"""Classes are published before they are given."""

from datetime import datetime

import pytest

from services.training.tests.teaching import BEFORE


@pytest.fixture
def moment() -> datetime:
    return BEFORE
