"""What credit takes from spreadsheets, and what its columns are called."""

from typing import get_args

from common.spreadsheets.columns import Column
from contracts.imports import Importing, Kind
from contracts.nip import NOBODYS
from credit import rights
from credit.predicates.commands import submit
from credit.predicates.schemas import PredicateIn, Predikat, Rating

RATINGS = get_args(Rating)
PREDICATES = (
    Column("reference", "Nomor Rujukan", "Reference", "SKP-2025-0001", required=True),
    Column("source_name", "Sumber", "Source", "e-kinerja", required=True),
    Column("nip", "NIP", "NIP", NOBODYS, kind="digits", required=True),
    Column("period_start", "Awal Periode", "Period start", "2025-01-01", kind="date", required=True),
    Column("period_end", "Akhir Periode", "Period end", "2025-12-31", kind="date", required=True),
    Column("predikat", "Predikat", "Predicate", "baik", required=True, choices=get_args(Predikat)),
    Column("hasil_kerja", "Hasil Kerja", "Work result", "sesuai_ekspektasi", choices=RATINGS),
    Column("perilaku", "Perilaku Kerja", "Behaviour", "sesuai_ekspektasi", choices=RATINGS),
    Column("performance_result", "Hasil Kinerja", "Performance result", "RHK-2025-0007"),
    Column("performance_outcome", "Sasaran Kinerja", "Performance outcome", "SS-3"),
    Column("evidence", "Bukti", "Evidence", "https://kinerja.example/dokumen/1"),
)

IMPORTING = Importing("credit", {"predicates": Kind(rights.SUBMIT, "predikat", PREDICATES, PredicateIn, submit)})
