"""The README's five minutes with curl, pasted into bash and zsh as they stand there, but for which stack is asked."""

import asyncio
import json
import re
import shutil
import sys
from pathlib import Path

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
COMMAND = """
import sys
from pathlib import Path
from jejak_local import __main__ as command
command.STATE = Path.cwd()
sys.exit(command.main())
"""
SHELLS = ("bash", "zsh" if shutil.which("zsh") else "bash")
"""Twice, since everybody types it again; what zsh would stumble over is looked for everywhere."""
LINK = re.compile(r"http://\S+/rounds/\S+")


async def typed(shell: list[str], script: str, folder: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *shell,
        script,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, complaints = await process.communicate()
    assert process.returncode == 0, complaints.decode()
    return output.decode()


def documents(output: str) -> list[dict]:
    """The JSON answers among what was shown."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while (at := output.find("{", at)) >= 0:
        document, at = decoder.raw_decode(output, at)
        found.append(document)
    return found


@pytest.mark.timeout(900)  # some forty commands, each of which starts a Python
async def test_what_the_readme_says_to_type_does_what_it_says(jejak, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "stack.json").write_text(json.dumps(jejak.stack.facts))
    (tmp_path / "Makefile").write_text("sweep:\n\t@.venv/bin/python own.py run training sweep $(ARGS)\n")
    (tmp_path / "own.py").write_text(COMMAND)
    script = "".join(re.findall(r"```bash\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL))
    assert "#" not in script, "an interactive zsh takes no comments"
    script = script.replace("-m jejak_local", "own.py")
    for shell in SHELLS:
        output = await typed([shell, "-e", "-o", "pipefail", "-c"], script, tmp_path)
        _, record, repeated, year, evidence, stored, refused, _, _, credit = documents(output)
        assert record["jp_counted"] == year["verified"] == "2.500"
        assert repeated["id"] == record["id"]
        assert evidence["items"][0]["record_id"] == record["id"]
        assert [stored["status"], refused["status"]] == ["stored", "refused"]
        assert credit["balance"] == "18.750"
        [link] = LINK.findall(output)
        async with httpx2.AsyncClient(follow_redirects=True) as browser:
            assert (await browser.get(link)).status_code == 200
