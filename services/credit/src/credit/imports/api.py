"""Imports of predikat over HTTP."""

from contracts.import_routes import import_routes
from credit import rights
from credit.imports.kinds import IMPORTING

router, uploads = import_routes(IMPORTING, rights.SUBMIT)
