"""What the registry takes from spreadsheets, and what its columns are called."""

from typing import get_args

from common.spreadsheets.columns import Column
from contracts.degrees import DEGREES
from contracts.imports import Importing, Kind
from contracts.nip import NOBODYS
from registry import rights
from registry.domain.grades import Jenjang, StaffType
from registry.domain.person import Status
from registry.domain.post import LEVELS, PostType
from registry.people.commands import upsert_people
from registry.people.schemas import PersonIn
from registry.posts.commands import upsert_posts
from registry.posts.schemas import PostLine

PEOPLE = (
    Column("nip", "NIP", "NIP", NOBODYS, kind="digits", required=True, also=("NIP Baru", "NI PPPK")),
    Column("name", "Nama", "Name", "Siti Rahma", required=True, also=("Nama Lengkap",)),
    Column("staff_type", "Jenis Pegawai", "Staff type", "PNS", required=True, choices=get_args(StaffType)),
    Column("agency_code", "Kode Instansi", "Agency code", "K-001", required=True),
    Column("unit_code", "Kode Unit", "Unit code", "K-001-U01"),
    Column("jenjang", "Jenjang", "Level", "ahli_muda", choices=get_args(Jenjang)),
    Column("golongan", "Golongan", "Grade", "III/c", required=True),
    Column("position", "Jabatan", "Position", "Analis Kebijakan Ahli Muda", required=True),
    Column("education", "Pendidikan", "Education", "S1", required=True, choices=DEGREES),
    Column("joined_on", "Tanggal Masuk", "Joined on", "2015-01-01", kind="date", required=True, also=("TMT CPNS",)),
    Column("status", "Status", "Status", "active", choices=get_args(Status), means={"aktif": "active"}),
    Column("valid_from", "Berlaku Sejak", "Valid from", "2026-04-01", kind="date"),
)
LEVELS_OF_POSTS = sorted({level for levels in LEVELS.values() for level in levels})
POSTS = (
    Column("agency_code", "Kode Instansi", "Agency code", "K-001", required=True),
    Column("code", "Kode Jabatan", "Post code", "K-001-J01", required=True),
    Column("type", "Jenis Jabatan", "Post type", "JF", required=True, choices=get_args(PostType)),
    Column("name", "Nama Jabatan", "Post name", "Analis Kebijakan Ahli Muda", required=True),
    Column("jenjang", "Jenjang", "Level", "ahli_muda", required=True, choices=LEVELS_OF_POSTS),
    Column("unit_code", "Kode Unit", "Unit code", "K-001-U01"),
    Column("seats", "Jumlah Formasi", "Seats", "3", kind="whole"),
    Column("superior_code", "Kode Jabatan Atasan", "Superior post code", "K-001-J00"),
    Column("valid_from", "Berlaku Sejak", "Valid from", "2026-04-01", kind="date"),
)

IMPORTING = Importing(
    "registry",
    {
        "people": Kind(rights.KEEP_PEOPLE, "people by NIP", PEOPLE, PersonIn, upsert_people),
        # A post may stand above the row that names it, or below it.
        "posts": Kind(
            rights.KEEP_STRUCTURE,
            "posts by agency and code",
            POSTS,
            PostLine,
            upsert_posts,
            later=frozenset({"post-unknown"}),
        ),
    },
)
