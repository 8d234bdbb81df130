"""Answering when a person's data are asked for."""

from contracts.personal import handing_over

subscription = handing_over(__name__)
