import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-corpus", action="store_true", help="keep what the corpus of trainings shows now as right"
    )
