"""Imports of people and posts over HTTP."""

from contracts.import_routes import import_routes
from registry import rights
from registry.imports.kinds import IMPORTING

router, uploads = import_routes(IMPORTING, rights.FOLLOW_IMPORTS)
