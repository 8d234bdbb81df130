"""Every table of the service, imported in one place so that its metadata is whole."""

from training.base import metadata
from training.catalogue.tables import Accreditation, Course, Provider
from training.ledger.tables import LedgerRow
from training.people import PEOPLE
from training.records.tables import Record, RecordVersion
from training.soundings.tables import Shortfall, Sweep, SweepAgency

__all__ = [
    "PEOPLE",
    "Accreditation",
    "Course",
    "LedgerRow",
    "Provider",
    "Record",
    "RecordVersion",
    "Shortfall",
    "Sweep",
    "SweepAgency",
    "metadata",
]
