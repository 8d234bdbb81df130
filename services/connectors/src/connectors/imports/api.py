"""Imports of trainings and predikat over HTTP."""

from connectors import rights
from connectors.imports.kinds import IMPORTING
from contracts.import_routes import import_routes

router, uploads = import_routes(IMPORTING, rights.SEND_TRAININGS)
