"""`make service NAME=contoh`: the skeleton of a new service, ready to start; what it needs elsewhere follows from it.

Nothing is fetched: a new service brings no package.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from jejak_local.processes import CHECKOUT, STATE, LocalError
from jejak_local.services import services

MADE = {
    "pyproject.toml.jinja": "pyproject.toml",
    "__main__.py.jinja": "src/{name}/__main__.py",
    "service.py.jinja": "src/{name}/service.py",
    "rights.py.jinja": "src/{name}/rights.py",
    "api.py.jinja": "src/{name}/api.py",
    "test.py.jinja": "tests/test_{name}.py",
}
PAGE = CHECKOUT / "docs" / "architecture" / "README.md"
LAST_ROW = re.compile(rf"(\| `{services()[-1].name}` \|.*\n)")


def make(name: str) -> list[Path]:
    """Writes the skeleton of a service and its row in the docs; gives the files. Raises LocalError for a name it cannot have."""
    folder = CHECKOUT / "services" / name
    if not re.fullmatch(r"[a-z][a-z0-9]{2,19}", name) or name in sys.stdlib_module_names:
        raise LocalError(
            f"{name!r} cannot be a service: take a name of 3 to 20 small letters that no module of Python has."
        )
    if folder.exists() or name in {"common", "contracts", "roster", "nation"}:
        raise LocalError(f"There is {name} already.")
    port = max(service.port for service in services()) + 1
    templates = Environment(
        loader=PackageLoader("jejak_local", "skeleton"), undefined=StrictUndefined, keep_trailing_newline=True
    )
    files = {folder / "src" / name / "__init__.py": ""}
    for template, path in MADE.items():
        files[folder / path.format(name=name)] = templates.get_template(template).render(name=name, port=port)
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    row = f"| `{name}` | - | api; `check` | - | - |\n"
    PAGE.write_text(LAST_ROW.sub(lambda last: last[1] + row, PAGE.read_text()))
    return list(files)


def main() -> None:
    if len(sys.argv) != 2 or not sys.argv[1]:
        sys.exit("Say which: make service NAME=contoh")
    try:
        files = make(sys.argv[1])
    except LocalError as error:
        sys.exit(str(error))
    uv = shutil.which("uv") or STATE / "tools" / "bin" / "uv"
    member = ["--python", sys.executable, "--editable", files[0].parents[2]]
    subprocess.run([uv, "pip", "install", "--quiet", "--offline", "--no-deps", *member], check=True)
    # The name decides where its imports stand among the others.
    subprocess.run([sys.executable, "-m", "ruff", "check", "--quiet", "--fix", files[0].parents[2]], check=True)
    subprocess.run([sys.executable, CHECKOUT / "docs" / "generate.py"], check=True)
    for file in files:
        print(file.relative_to(CHECKOUT))
    print(f"Say in docs/architecture/README.md what {sys.argv[1]} is for. Start it with the others: make up")


if __name__ == "__main__":
    main()
