"""An installed desk answers in an empty directory, out of what its wheel brings."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from bot import program
from bot.__main__ import COMMANDS as BOT
from ingest.__main__ import COMMANDS as INGEST
from ingest.process.starting import as_called

ROOT = Path(__file__).parents[2]


def run(*command, cwd, **environment):
    """Run a command in *cwd*, with nothing of this repository in its way."""
    kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
    return subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build the sdist, and out of the sdist the wheel, as an installer does."""
    out = tmp_path_factory.mktemp("dist")
    made = run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", out, cwd=ROOT)
    assert made.returncode == 0, made.stderr
    [packed] = out.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(out, filter="data")
    [source] = [each for each in out.iterdir() if each.is_dir()]
    made = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=source)
    assert made.returncode == 0, made.stderr
    [wheel] = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Install the wheel alone into an environment whose dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("tool")
    uv = Path(sys.executable).with_name("uv")
    assert run(uv, "venv", "--python", sys.executable, folder / "env", cwd=folder).returncode == 0
    python = folder / "env" / "bin" / "python"
    added = run(
        uv, "pip", "install", "--offline", "--no-deps", "--python", python, built, cwd=folder
    )
    assert added.returncode == 0, added.stderr
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    shared = Path(site.stdout.strip()) / "shared.pth"
    shared.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "env" / "bin" / "election-desk"


def test_the_wheel_has_all_that_is_read(built):
    """Whatever stands beside the code and is no code is in it; tests are not."""
    with zipfile.ZipFile(built) as wheel:
        names = set(wheel.namelist())
    beside = {
        str(file.relative_to(ROOT))
        for package in ("bot", "ingest", "prompts")
        for file in (ROOT / package).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert beside <= names
    assert not any(name.startswith("tests/") for name in names)


def test_it_answers_in_an_empty_directory(installed, tmp_path):
    """With no settings, no network and no clone: the first question of the README."""
    asked = run(installed, "ask", "What was the turnout?", cwd=tmp_path)
    assert asked.returncode == 0, asked.stderr
    assert "62.7 per cent" in asked.stdout
    assert (tmp_path / ".data").is_dir()


def test_it_names_its_own_commands(installed, tmp_path):
    """Whoever has no clone is not told of `python -m`."""
    listed = run(installed, "sources", cwd=tmp_path)
    assert "`election-desk watch ADDRESS" in listed.stdout
    missing = run(installed, "show", "7", cwd=tmp_path)
    assert missing.returncode == 1
    assert "`election-desk list`" in missing.stderr
    assert "python -m" not in listed.stdout + missing.stderr


def test_it_helps_and_completes(installed, tmp_path):
    """`--help` has every command, and shells can complete them."""
    told = run(installed, "--help", cwd=tmp_path).stdout
    assert all(name in told for name in program.COMMANDS)
    assert "--install-completion" in told
    done = run(
        installed,
        cwd=tmp_path,
        _ELECTION_DESK_COMPLETE="complete_bash",
        COMP_WORDS="election-desk bac",
        COMP_CWORD="1",
    )
    assert "backup" in done.stdout


def test_one_command_has_those_of_both_packages():
    """Only `check` is in both: that of claims is called `claims` here."""
    assert set(BOT) & set(INGEST) == {"check"}
    assert set(program.COMMANDS) == set(BOT) | set(INGEST) | {"claims"}
    assert program.COMMANDS["claims"] is BOT["check"]
    assert program.COMMANDS["check"] is INGEST["check"]


@pytest.mark.parametrize(
    ("called", "said"),
    [
        ("/usr/local/bin/election-desk", "Run `election-desk rebuild`."),
        ("election-desk.exe", "Run `election-desk rebuild`."),
        ("/src/ingest/__main__.py", "Run `python -m ingest rebuild`."),
    ],
)
def test_a_command_is_named_as_it_was_called(called, said):
    """In a clone as in the README, installed as it is installed."""
    assert as_called("Run `python -m ingest rebuild`.", called) == said
