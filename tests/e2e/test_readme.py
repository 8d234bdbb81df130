"""The README's five minutes with curl, as they stand there, but for which stack is asked and how events are waited for."""

import asyncio
import json
import re
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
COMMAND = """
import sys
from pathlib import Path
from jejak_local import __main__ as command
command.STATE = Path.cwd()
sys.exit(command.main())
"""
WAIT = """
for KNOWN in $TRAINING/people/$PERSON/jp $CREDIT/people/$PERSON/credit; do
  until curl -sSf -o /dev/null -H "Authorization: Bearer $HR" $KNOWN; do sleep 0.1; done
done
"""


async def test_what_the_readme_says_to_type_does_what_it_says(jejak, tmp_path: Path) -> None:
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "stack.json").write_text(json.dumps(jejak.stack.facts))
    script = "".join(re.findall(r"```bash\n(.*?)```", README.read_text(), re.DOTALL))
    for there, here in {"-m jejak_local": f"-c '{COMMAND}'", "sleep 2 ": WAIT}.items():
        assert there in script
        script = script.replace(there, here)
    typed = await asyncio.create_subprocess_exec(
        "bash",
        "-euo",
        "pipefail",
        "-c",
        script,
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, complaints = await typed.communicate()
    assert typed.returncode == 0, complaints.decode()
    answers = [json.loads(line) for line in output.splitlines() if line.strip()]
    record, year, _, stored, refused, *_, credit = answers
    assert record["jp_counted"] == year["verified"] == "12.500"
    assert [stored["status"], refused["status"]] == ["stored", "refused"]
    assert credit["balance"] == "18.750"
