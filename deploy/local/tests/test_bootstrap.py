import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from jejak_local.processes import CHECKOUT


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, at work in an empty folder."""
    spec = importlib.util.spec_from_file_location("bootstrap", CHECKOUT / "deploy" / "local" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "STATE", tmp_path)
    return module


def test_a_folder_is_replaced_whole_or_not_at_all(bootstrap: ModuleType, tmp_path: Path):
    target = tmp_path / "kafka"
    with bootstrap.made_aside(target) as aside:
        (aside / "one").write_text("old")
    with pytest.raises(KeyboardInterrupt), bootstrap.made_aside(target) as aside:
        (aside / "one").write_text("half")
        raise KeyboardInterrupt
    assert [path.name for path in tmp_path.iterdir()] == ["kafka"]
    assert (target / "one").read_text() == "old"
    with bootstrap.made_aside(target) as aside:
        (aside / "two").write_text("new")
    assert [path.name for path in target.iterdir()] == ["two"]


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("error: invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE and REQUESTS_CA_BUNDLE"),
        ("tcp connect error: Connection refused", "Check the network"),
        ("no space left on device", r"setup\.log"),
    ],
)
def test_a_failed_command_is_shown_with_what_to_do(bootstrap: ModuleType, output: str, advice: str):
    failing = [sys.executable, "-c", f"import sys; sys.exit({output!r})"]
    with pytest.raises(bootstrap.SetupError, match=f"(?s){output}.*{advice}"):
        bootstrap.Progress(1).run(failing)


def test_a_certificate_bundle_given_to_one_tool_is_given_to_all(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch):
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/own.pem")
    assert bootstrap.environment()["SSL_CERT_FILE"] == "/etc/own.pem"


def test_an_old_python_is_refused_with_a_way_out(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    assert bootstrap.main() == 1
    assert "needs Python 3.11 or newer; this is 3.9. Try: make PYTHON=" in capsys.readouterr().err


def test_jars_are_locked_with_their_sums(bootstrap: ModuleType):
    import tomllib

    lock = tomllib.loads((CHECKOUT / "deploy" / "local" / "kafka" / "jgo.lock.toml").read_text())
    jars = sorted((CHECKOUT / ".jejak" / "kafka" / "libs").glob("*.jar"))
    assert {jar.name: bootstrap.digest(jar) for jar in jars} == {
        "{artifactId}-{version}.jar".format(**entry): entry["sha256"] for entry in lock["dependencies"]
    }
