"""A SIASN on loopback that refuses what the real one would: it knows tokens, ids, fields, kinds, days and whole hours, and no two flags."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from common.ids import new_id
from connectors.siasn.tables import SiasnExport
from jejak_local.processes import free_port
from jejak_local.serve import serving

PORT = free_port()
FIELDS = {
    "kursus": {
        "pnsOrangId", "instansiId", "jenisDiklatId", "jenisKursus", "jenisKursusSertipikat", "namaKursus", "jumlahJam", "nomorSertipikat",
        "tahunKursus", "tanggalKursus", "tanggalSelesaiKursus", "institusiPenyelenggara", "lokasiId", "path",
    },
    "diklat": {
        "pnsOrangId", "latihanStrukturalId", "nomor", "tahun", "tanggal", "tanggalSelesai", "jumlahJam", "institusiPenyelenggara",
        "jenisKompetensi", "bobot",
    },
    "angkakredit": {
        "pnsId", "rwJabatanId", "nomorSk", "tanggalSk", "bulanMulaiPenailan", "tahunMulaiPenailan", "bulanSelesaiPenailan",
        "tahunSelesaiPenailan", "kreditUtamaBaru", "kreditPenunjangBaru", "kreditBaruTotal", "isAngkaKreditPertama", "isIntegrasi", "isKonversi", "path",
    },
}  # fmt: skip
KINDS = {str(number) for number in range(1, 26)}
STRUCTURAL = {str(number) for number in range(1, 9)}
FLAGS = ("isAngkaKreditPertama", "isIntegrasi", "isKonversi")
DAY = re.compile(r"(0[1-9]|[12][0-9]|3[01])-(0[1-9]|1[0-2])-[0-9]{4}")
HOURS = re.compile(r"[1-9][0-9]*")
POINTS = re.compile(r"[0-9]+\.[0-9]{3}")


@dataclass
class Siasn:
    """What it has, by resource and id."""

    people: set[str] = field(default_factory=set)
    kept: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """Statuses to give before it looks at anything."""
    numbers: Any = field(default_factory=lambda: count(1))
    tokens: int = 0

    def token(self) -> dict[str, Any]:
        self.tokens += 1
        return {"access_token": f"token-{self.tokens}", "token_type": "Bearer", "expires_in": 3600}

    def save(self, resource: str, said: dict[str, Any]) -> Response:
        fault = self.fault(resource, said)
        if fault:
            return JSONResponse({"success": False, "message": fault})
        named = said.pop("id", None) or f"{resource}-{next(self.numbers)}"
        self.kept[resource, named] = said
        return JSONResponse({"success": True, "message": "success", "mapData": {f"rw{resource.title()}Id": named}})

    def fault(self, resource: str, said: dict[str, Any]) -> str | None:
        days = [value for name, value in said.items() if name.startswith("tanggal")]
        flags = sorted(said.get(name, "") for name in FLAGS)
        wrong = {
            "id tidak ditemukan": "id" in said and (resource, said["id"]) not in self.kept,
            "field": set(said) - {"id"} != FIELDS[resource],
            "bukan string": any(not isinstance(value, str) for name, value in said.items() if name != "path"),
            "PNS 199001012015041001 tidak ditemukan": said.get("pnsId", said.get("pnsOrangId")) not in self.people,
            "format tanggal": not all(DAY.fullmatch(day) for day in days),
        }
        if resource == "angkakredit":
            wrong["satu flag"] = flags != ["0", "0", "1"]
            wrong["angka kredit"] = not POINTS.fullmatch(said.get("kreditBaruTotal", ""))
        else:
            wrong["jumlah jam"] = not HOURS.fullmatch(said.get("jumlahJam", ""))
            structural = said.get("latihanStrukturalId")
            wrong["jenis"] = structural not in STRUCTURAL if structural else said.get("jenisDiklatId") not in KINDS
        return next((fault for fault, found in wrong.items() if found), None)


@asynccontextmanager
async def siasn() -> AsyncIterator[Siasn]:
    """It listens while the block runs."""
    found = Siasn()
    app = FastAPI(telemetry={"tracing": False, "metrics": False, "logs": False})

    @app.post("/token")
    async def token(request: Request) -> Response:
        good = request.headers.get("authorization") == "Basic a2V5OnNlY3JldA=="
        return JSONResponse(found.token()) if good else Response(status_code=401)

    @app.post("/sso")
    async def sso(request: Request) -> Response:
        good = await request.body() == b"grant_type=password&client_id=client&username=user&password=password"
        return JSONResponse(found.token()) if good else Response(status_code=401)

    @app.post("/apisiasn/1.0/{resource}/save")
    async def save(resource: str, request: Request) -> Response:
        found.calls.append(resource)
        held = request.headers.get("authorization", ""), request.headers.get("auth", "")
        if not (held[0].startswith("Bearer token-") and held[1].startswith("bearer token-")):
            return Response(status_code=401)
        if found.answers:
            return Response(status_code=found.answers.pop(0))
        return found.save(resource, await request.json())

    async with serving(app, PORT):
        yield found


SETTINGS: dict[str, Any] = {
    "siasn_url": f"http://127.0.0.1:{PORT}/apisiasn/1.0/",
    "siasn_token_url": f"http://127.0.0.1:{PORT}/token",
    "siasn_key": "key",
    "siasn_secret": "secret",
    "siasn_sso_url": f"http://127.0.0.1:{PORT}/sso",
    "siasn_sso_client": "client",
    "siasn_sso_user": "user",
    "siasn_sso_password": "password",
}


async def revoked_export(world: Any, agency: UUID) -> UUID:
    """Something of an agency that SIASN was told, and that was revoked since."""
    async with world.database.transaction() as session:
        export = SiasnExport(
            id=new_id(), resource="kursus", person_id=new_id(), agency_id=agency, version=2, said={}, state="revoked", why=None,
            siasn_id="1", tries=0, due_at=None, claimed_until=None, told_at=world.clock.now(), sent_at=None,
        )  # fmt: skip
        session.add(export)
        await session.flush()
        return export.id
