"""Fixtures every test may use: real PostgreSQL, Kafka, SMTP and tokens, started when first asked for."""

import os

from common.telemetry import set_up_logs

# Commands speak the language of whoever runs them; the tests quote English.
os.environ["LANGUAGE"] = "en"

pytest_plugins = ["jejak_local.fixtures"]

# As in production: an exception is logged without its message, and no traceback is drawn with its locals.
set_up_logs("test")
