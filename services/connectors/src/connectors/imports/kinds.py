"""What connectors takes from spreadsheets, and what its columns are called."""

from common.spreadsheets.columns import Column
from connectors import rights
from connectors.imports.commands import report_trainings
from connectors.imports.schemas import TrainingRow
from connectors.performances.commands import known_performances, report_performances
from connectors.performances.schemas import PREDIKAT, PerformanceRow
from connectors.reports.commands import known_answers
from contracts.imports import Importing, Kind
from contracts.nip import NOBODYS

NIP = Column("nip", "NIP", "NIP", NOBODYS, kind="digits", required=True, also=("NIP Baru", "NI PPPK", "nipBaru"))
TRAININGS = (
    Column("reference", "Nomor Rujukan", "Reference", "DIKLAT-2026-0001", required=True),
    NIP,
    Column("course_code", "Kode Pelatihan", "Course code", "PKP-2026"),
    Column("provider_code", "Kode Penyelenggara", "Provider code", "PUSBANGKOM"),
    Column("form", "Bentuk", "Form", "KL03"),
    Column("title", "Nama Pelatihan", "Title", "Pelatihan Penulisan Naskah Kebijakan"),
    Column("start_date", "Tanggal Mulai", "Start date", "2026-03-02", kind="date"),
    Column("end_date", "Tanggal Selesai", "End date", "2026-03-04", kind="date", required=True),
    Column("jp", "JP", "JP", "24", kind="decimal", also=("Jumlah JP", "Jumlah Jam")),
    Column("sessions", "Jumlah Sesi", "Sessions", "1", kind="whole"),
    Column("degree", "Gelar", "Degree", "S2"),
    Column("evidence", "Bukti", "Evidence", "No. 123/SERT/2026"),
)

RATED = ("di_atas_ekspektasi", "sesuai_ekspektasi", "di_bawah_ekspektasi")
RATINGS = {"1": RATED[0], "2": RATED[1], "3": RATED[2], "diatas ekspektasi": RATED[0], "dibawah ekspektasi": RATED[2]}
"""1, 2, 3 are above, as and below what was expected, in SIASN and so in what e-Kinerja exports."""
PERFORMANCES = (
    NIP,
    Column("year", "Tahun", "Year", "2025", kind="whole", required=True, also=("Tahun Penilaian",)),
    Column(
        "first_month",
        "Bulan Mulai Penilaian",
        "First month",
        "1",
        kind="whole",
        required=True,
        also=("bulanMulaiPenilaian", "bulanMulaiPenailan", "Bulan Mulai Penailan"),
    ),
    Column(
        "last_month",
        "Bulan Selesai Penilaian",
        "Last month",
        "12",
        kind="whole",
        required=True,
        also=("bulanSelesaiPenilaian", "bulanSelesaiPenailan", "Bulan Selesai Penailan"),
    ),
    Column(
        "predikat",
        "Predikat Kinerja",
        "Predicate",
        "Baik",
        required=True,
        choices=PREDIKAT,
        means={"cukup": "butuh_perbaikan"},
        also=("Predikat", "Kuadran Kinerja", "kuadranKinerjaNilai"),
    ),
    Column(
        "hasil_kerja",
        "Hasil Kerja",
        "Work result",
        "Sesuai Ekspektasi",
        choices=RATED,
        means=RATINGS,
        also=("Hasil Kinerja", "hasilKinerjaNilai", "Rating Hasil Kerja"),
    ),
    Column(
        "perilaku",
        "Perilaku Kerja",
        "Behaviour",
        "Sesuai Ekspektasi",
        choices=RATED,
        means=RATINGS,
        also=("perilakuKerjaNilai", "Rating Perilaku Kerja"),
    ),
    Column("performance_result", "Rencana Hasil Kerja", "Performance result", "RHK-2025-0007", also=("RHK", "ID RHK")),
    Column("performance_outcome", "Sasaran Kinerja", "Performance outcome", "SS-3", also=("ID Sasaran",)),
)

IMPORTING = Importing(
    "connectors",
    {
        "trainings": Kind(
            rights.SEND_TRAININGS,
            "finished trainings",
            TRAININGS,
            TrainingRow,
            report_trainings,
            answers=known_answers,
        ),
        "e-kinerja": Kind(
            rights.SEND_PERFORMANCES,
            "predikat as e-Kinerja exports them",
            PERFORMANCES,
            PerformanceRow,
            report_performances,
            answers=known_performances,
        ),
    },
)
