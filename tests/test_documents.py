"""The documents are true: they build, their links lead somewhere, and their commands run."""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import yaml
from reportlab.pdfgen.canvas import Canvas

from bot.__main__ import app as bot_app
from bot.__main__ import main as bot_main
from bot.program import app as installed_app
from bot.program import main as installed_main
from bot.settings import SAMPLE_COVERAGE
from ingest.__main__ import app as ingest_app
from ingest.__main__ import main as ingest_main

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
MENTIONED = re.compile(r"python -m (bot|ingest) ([a-z][a-z-]*)((?: --[a-z-]+)*)")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#]+)")
MAINS = {"bot": bot_main, "ingest": ingest_main}
FAR = ("watch", "refresh")
"""Commands whose examples speak of a site that does not exist."""


def lines():
    """Yield each command that a document shows, with the document."""
    for file in DOCUMENTS:
        for block in CONSOLE.findall(file.read_text(encoding="utf-8")):
            for line in block.splitlines():
                if line.startswith("$ "):
                    yield file.relative_to(ROOT).as_posix(), line[2:].partition("  #")[0].strip()


COMMANDS = sorted({line for _, line in lines()})


def names(app):
    """Return the commands of an app, each with its options."""
    group = typer.main.get_command(app)
    return {
        name: {each for parameter in command.load().params for each in parameter.opts}
        for name, command in group.commands.items()
    }


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Stand where the documents do: the files they name are there, the desk is empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EMBEDDING_MODEL", "fast")
    text = "Harbour wins 46 seats\n\nThe Harbour Alliance won 46 seats, the Authority said.\n"
    for name in ("notes.txt", "article.txt", "folder/another.txt"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.replace("46", str(40 + len(name))), encoding="utf-8")
    page = "<html><head><title>Ferries stop</title></head><body><article><h1>Ferries stop</h1>"
    page += "<p>" + "The ferry to Holm stops at ten on Sundays, the company said. " * 6 + "</p>"
    (tmp_path / "page.html").write_text(f"{page}</article></body></html>", encoding="utf-8")
    (tmp_path / "articles.jsonl").write_text(
        '{"headline": "Turnout", "body": "Turnout was 62 per cent, the Authority said on Monday.",'
        ' "source": "Ledger", "published_at": "2026-10-26"}\n',
        encoding="utf-8",
    )
    canvas = Canvas(str(tmp_path / "report.pdf"))
    for number, said in enumerate(["The budget of Dunmere", *["It grew by four per cent."] * 6]):
        canvas.drawString(72, 720 - 20 * number, said)
    canvas.save()
    return tmp_path


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_documents_runs(line, here, monkeypatch, capsys):
    """As it stands there, in an empty desk; what speaks to the web says what it cannot reach."""
    if line.startswith("make "):
        target = shlex.split(line)[1]
        assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return
    if line.startswith(".ci/"):
        assert os.access(ROOT / line, os.X_OK)
        return
    if line.startswith("pbpaste | "):
        line = line.removeprefix("pbpaste | ")
        pasted = "Pasted\n\nThe council of Holm met on Friday and decided nothing, it said."
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pasted.encode())))
    program, *arguments = shlex.split(line)
    if program in {"uv", "docker", "cp", "mkdir", "election-desk"}:
        assert_exists(program, arguments)
        return
    assert program.startswith(".venv/bin/")
    if arguments[:2] == ["-m", "pytest"]:
        assert all((ROOT / each).exists() for each in arguments[2:] if not each.startswith("-"))
        return
    if program.endswith("/uv"):
        assert all(
            (ROOT / each).exists() for each in arguments if each.endswith((".toml", ".lock"))
        )
        return
    assert arguments[0] == "-m"
    code = MAINS[arguments[1]](arguments[2:])
    said = capsys.readouterr()
    if any(each in arguments for each in FAR):
        assert code == 0 or "ledger.example" in said.out + said.err
    else:
        assert code == 0, said.err


def assert_exists(program, arguments):
    """Hold a command of an installed desk against what there is; the tests of shipping run them."""
    if program == "docker":
        assert arguments[:2] == ["compose", "--profile"]
        assert any(arguments[2] in each["profiles"] for each in COMPOSE["services"].values())
        program, *arguments = (
            arguments[arguments.index("desk") + 1 :] if "exec" in arguments else [""]
        )
    if program == "election-desk":
        command, *given = arguments
        options = {each for each in given if each.startswith("--")}
        assert options <= names(installed_app)[command]
    if program == "cp":
        assert (ROOT / arguments[0]).exists()


def test_the_way_from_nothing_to_a_restored_backup_is_walked(tmp_path, monkeypatch, capsys):
    """Each command of that page in its order, in an empty folder."""
    text = (ROOT / "docs" / "installing.md").read_text(encoding="utf-8")
    [block] = CONSOLE.findall(text.partition("## From nothing")[2].partition("\n## ")[0])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EMBEDDING_MODEL", "fast")
    walked = [shlex.split(line[2:]) for line in block.splitlines() if "$ election-desk" in line]
    for _, *arguments in walked:
        given = [str(SAMPLE_COVERAGE) if a.startswith("../ingest") else a for a in arguments]
        assert installed_main(given) == 0, capsys.readouterr().err
    assert "62.7 per cent" in capsys.readouterr().out
    assert len(walked) == 6


def test_every_command_that_is_mentioned_exists():
    """In running text, too, and its options with it."""
    known = {"bot": names(bot_app), "ingest": names(ingest_app)}
    files = [*DOCUMENTS, ROOT / ".env.example", *(ROOT / "prompts").glob("words.*.toml")]
    files += [*(ROOT / "bot").rglob("*.py"), *(ROOT / "ingest").rglob("*.py")]
    found = 0
    for file in files:
        for package, command, options in MENTIONED.findall(file.read_text(encoding="utf-8")):
            assert command in known[package], (file, command)
            assert set(options.split()) <= {*known[package][command], "--help"}, (file, options)
            found += 1
    assert found > 50


def test_every_link_leads_somewhere():
    """Between documents, and to files and pictures of the tree."""
    for file in DOCUMENTS:
        for target in LINKED.findall(file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), (file, target)


def test_every_file_that_is_named_exists():
    """A document that names a module of before sends its reader nowhere."""
    named = re.compile(r"`((?:bot|ingest|tests|prompts|docs)/[\w/.-]+\.(?:py|toml|md|jsonl))`")
    for file in DOCUMENTS:
        for target in named.findall(file.read_text(encoding="utf-8")):
            here = target.replace("/es/", "/de/").replace("words.es", "words.de")
            assert (ROOT / here).exists(), (file, target)


def test_the_documents_build(tmp_path):
    """Strictly: no page that nothing leads to, no link that leads nowhere."""
    program = Path(sys.executable).with_name("mkdocs")
    command = [str(program), "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "site" / "how-to" / "add-a-language" / "index.html").exists()
