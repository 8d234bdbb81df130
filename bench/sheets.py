"""B15: a million rows of a spreadsheet read to lines, and people imported of whom one in a hundred is wrong, twice."""

import asyncio
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from bench.figures import Figure
from bench.memory import watching
from bench.world import World, nip

MOST_MIB = 200
WRONG = 100
"""One row of so many is wrong."""
TITLES = ("nip", "name", "staff_type", "agency_code", "jenjang", "golongan", "position", "education", "joined_on")
READ = """
import sys, time
from pathlib import Path
from common.spreadsheets.reading import read, type_of
from registry.imports.kinds import PEOPLE
began, path = time.perf_counter(), Path(sys.argv[1])
rows = sum(1 for row in read(path, type_of(path), PEOPLE) if not row.refused)
took = time.perf_counter() - began
# Not `ru_maxrss`: that begins with what the parent held.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(rows, took, int(peak.split()[1]) / 1024)
"""


async def sheets(world: World, sheet_rows: Sequence[int], imported: int) -> list[Figure]:
    """Reads sheets of so many rows, each in a process of its own; imports so many people, and the same once more."""
    with TemporaryDirectory(prefix="jejak-sheets-") as folder:
        figures: list[Figure] = []
        for count in sheet_rows:
            path = Path(folder) / f"{count}.xlsx"
            await asyncio.to_thread(write_shared, path, _people(0, count))
            rows, seconds, peak = await _read_alone(path)
            assert rows == count, "a row was not read"
            figures += [
                Figure(f"read {count:,} rows of XLSX ({path.stat().st_size // 2**20} MiB)", "rows/s", [rows / seconds]),
                Figure(f"read {count:,} rows of XLSX, memory of the process", "MiB", [peak], at_most=MOST_MIB),
            ]
        path = Path(folder) / "people.xlsx"
        await asyncio.to_thread(write_shared, path, _people(world.people + 1_000_000, imported, wrong=WRONG))
        for what, status in (("import", "stored"), ("import again", "unchanged")):
            async with watching(world) as course:
                seconds, counts = await _import(world, path)
            planted = imported // WRONG
            assert counts == {status: imported - planted, "refused": planted}, counts
            peak = max(value for _, value in course["registry-jobs"])
            figures += [
                Figure(f"{what} {imported:,} people, 1 % wrong", "rows/s", [imported / seconds]),
                Figure(f"{what} {imported:,} people, memory of the job", "MiB", [peak], at_most=MOST_MIB),
            ]
    return figures


async def _read_alone(path: Path) -> tuple[int, float, float]:
    """Rows, seconds and MiB of a process that reads a spreadsheet and does nothing else."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", READ, str(path), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    rows, seconds, peak = said.split()
    return int(rows), float(seconds), float(peak)


async def _import(world: World, path: Path) -> tuple[float, dict[str, int]]:
    """Seconds from the file until each row has its answer, and what became of them."""
    began, headers = time.perf_counter(), await world.headers()
    url = f"{world.stack.url('registry')}/v1/imports"
    sent = await world.http.post(f"{url}:people", content=path.read_bytes(), headers=headers)
    sent.raise_for_status()
    while True:
        seen = (await world.http.get(f"{url}/{sent.json()['id']}", headers=await world.headers())).json()
        if seen["state"] not in {"queued", "running"}:
            assert seen["state"] == "done", json.dumps(seen)
            return time.perf_counter() - began, seen["counts"]
        await asyncio.sleep(0.5)


def _people(first: int, count: int, wrong: int = 0) -> Iterator[Sequence[str]]:
    """People of the bench's first agency; of so many one has a NIP that has lost its digits."""
    yield TITLES
    for number in range(count):
        lost = wrong and number % wrong == 0
        digits = "1.99E+17" if lost else nip(first + number)
        yield (digits, f"Pegawai {number}", "PNS", "B-000", "ahli_pertama", "III/a", "Analis", "S1", "2010-03-01")


def write_shared(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """An XLSX whose texts are shared, as Excel writes it, each once: what most makes its reader remember."""
    texts: dict[str, int] = {}
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr(
            "xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="Data" r:id="r1"/></sheets></workbook>'
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b"<worksheet><sheetData>")
            for number, row in enumerate(rows, 1):
                cells = "".join(
                    f'<c r="{"ABCDEFGHI"[place]}{number}" t="s"><v>{texts.setdefault(cell, len(texts))}</v></c>'
                    for place, cell in enumerate(row)
                )
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared:
            shared.write(b"<sst>")
            shared.writelines(f"<si><t>{escape(text)}</t></si>".encode() for text in texts)
            shared.write(b"</sst>")
