"""The desk in a terminal, over its own sample coverage."""

import io
import json
import subprocess
import sys

import pytest
from rich.console import Console

from bot.__main__ import main
from bot.commands import terminal
from bot.commands.running import examples
from bot.desk import open_desk
from bot.program import COMMANDS, app
from bot.settings import BotSettings
from ingest.__main__ import main as ingest_main
from tests.bot.conftest import MORNING

TURNOUT = "What was the turnout?"


@pytest.fixture
def here(sample_folder, monkeypatch):
    """Point the commands at that folder, away from any ``.env``."""
    monkeypatch.setenv("DATA_DIR", str(sample_folder))
    monkeypatch.setenv("DISCORD_TOKEN", "")
    monkeypatch.chdir(sample_folder)


def test_one_question_is_answered_with_its_sources(here, capsys):
    """How sure it is, the source, and the words of the source."""
    assert main(["ask", TURNOUT]) == 0
    said = capsys.readouterr().out
    assert "62.7 per cent" in said
    assert "The coverage says" in said
    assert "The Sarnholt Ledger · 1 November 2026" in said
    assert "As of" in said


def test_an_answer_as_an_object_can_be_checked(here, sample_folder, capsys):
    """Each quotation stands in the archived text of the article it names."""
    assert main(["ask", TURNOUT, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["level"], answer["reason"], answer["claims"]) == ("says", None, [])
    assert {"question", "differ", "as_of", "timings"} <= answer.keys()
    settings = BotSettings.of({"DATA_DIR": str(sample_folder)})
    with open_desk(settings, holder="a test", clock=lambda: MORNING) as desk:
        for excerpt in answer["excerpts"]:
            assert {"outlet", "title", "day", "url", "kind", "heading"} <= excerpt.keys()
            version = desk.archive.articles.versions(excerpt["article"])[-1]
            start, text = excerpt["start"], excerpt["text"]
            assert version.extract.text[start : start + len(text)] == text
            first, last = excerpt["bold"]
            assert 0 <= first < last <= len(text)
    first, last = answer["excerpts"][0]["bold"]
    assert "62.7 per cent" in answer["excerpts"][0]["text"][first:last]


def test_a_source_is_named_once_above_its_excerpts(here, capsys):
    assert main(["ask", "Why is the fare freeze wrong?"]) == 0
    shown = capsys.readouterr().out
    assert "Look at who travels" in shown
    assert "In my view" in shown
    assert shown.count("fare-freeze-wrong-address") == 1


def test_a_question_without_coverage_gets_nothing_unrelated(here, capsys):
    """Silence is said as silence, without titles about something else."""
    assert main(["ask", "What is the capital of Mongolia?", "--json"]) == 0
    abstention = json.loads(capsys.readouterr().out)
    assert (abstention["level"], abstention["reason"]) == ("nothing", "not_covered")
    assert (abstention["excerpts"], abstention["nearest"]) == ([], [])


def test_a_batch_is_an_object_a_line(here, tmp_path, capsys):
    """A bad line is told in its place and stops nothing."""
    file = tmp_path / "questions.jsonl"
    good = f'{{"question": "{TURNOUT}"}}'.encode()
    bad = [b"not json", b'{"question": ""}', '{"question": "é"}'.encode("latin-1"), b"[" * 9_999]
    file.write_bytes(b"\n".join([b"\xef\xbb\xbf" + good, *bad]))
    assert main(["ask", "--batch", str(file)]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["level"] == "says"
    assert all(line.keys() == {"line", "error"} for line in lines[1:])


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "a question", "--batch", "file"]])
def test_a_call_that_asks_nothing_says_how(here, capsys, arguments):
    """Exactly one of a question and a batch is wanted."""
    assert main(arguments) == 2
    assert "--batch" in capsys.readouterr().err


def test_an_empty_question_is_one_sentence(here, capsys):
    """Signs alone are no question."""
    assert main(["ask", "?!"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("text", ["", "  ", "?!", "hello", "x" * 501])
def test_what_is_no_question_is_refused_before_anything_is_read(text, tmp_path, monkeypatch):
    """Nobody waits for the sample coverage to learn that there was no question."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    assert main(["ask", text]) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_missing_batch_is_named(here, capsys):
    """A mistyped path is one sentence."""
    assert main(["ask", "--batch", "nowhere.jsonl"]) == 1
    assert "nowhere.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["ask", "find"])
@pytest.mark.parametrize(("name", "problem"), [(".", "is a folder"), ("no.jsonl", "could not")])
def test_a_batch_that_is_no_file_is_refused_before_anything_is_opened(
    command, name, problem, tmp_path, monkeypatch, capsys
):
    """Nobody waits for a model to learn that a folder has no lines."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    assert main([command, "--batch", name]) == 1
    error = capsys.readouterr().err
    assert problem in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_lines_that_come_in_are_answered(here, monkeypatch, capsys):
    """What a file or a program asks is answered as if it had been typed, one after the other."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{TURNOUT}\n\n?!\nWhy was that?\n"))
    assert main(["chat"]) == 0
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line.startswith("›")] == [
        f"› {TURNOUT}",
        "› ?!",
        "› Why was that?",
    ]
    assert "62.7" in said
    assert examples()[1].split("?")[0] not in said


def test_without_a_terminal_the_examples_are_answered(tmp_path, monkeypatch, capsys):
    """One command on a bare machine shows what the desk does, and ends."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DISCORD_TOKEN", "")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main([]) == 0
    done = capsys.readouterr()
    for question in examples():
        assert question.split()[0] in done.out
    assert "Traceback" not in done.err


def chat_over(desk, monkeypatch, lines=None):
    """Chat until it is left, over *lines* or what is typed; return what the screen shows."""
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)
    with terminal.Loop(desk.answer, desk.close) as loop:
        terminal.chat(
            loop,
            desk.archive.summary(),
            now=lambda: MORNING,
            before=desk.coverage.catch_up,
            newest=lambda: desk.news.stories.newest(8),
            lines=lines,
        )
    return screen.getvalue()


def test_a_chat_answers_until_it_is_left(sample_desk, monkeypatch):
    """An empty line is passed over, a bad one explained, and /quit leaves."""
    typed = iter(["", "?!", "what's new?", TURNOUT, "/quit"])
    monkeypatch.setattr(Console, "input", lambda *_: next(typed))
    shown = chat_over(sample_desk, monkeypatch)
    assert "62.7 per cent" in shown
    [newest, *_] = sample_desk.news.stories.newest(1)
    assert newest.article.header.title in " ".join(shown.split())


def test_a_chat_of_piped_lines_is_left_like_one_that_is_typed(sample_desk, monkeypatch):
    """What stands behind /quit is neither printed nor answered."""
    shown = chat_over(sample_desk, monkeypatch, ["follow Marrowen", "/quit", TURNOUT])
    assert "› follow Marrowen" in shown
    assert "In Discord, /follow is for that" in shown
    assert "quit" not in shown.partition("›")[2]
    assert TURNOUT not in shown


SOURCE = {"quote": "Turnout was 62.7 per cent.", "outlet": "The Ledger", "day": "2026-11-01"}
CLAIMS = [
    json.dumps({"id": "a", "claim": "Turnout was 62.7 per cent.", "rests": [SOURCE]}),
    json.dumps({"claim": "Turnout was 72.6 per cent.", "rests": [SOURCE]}),
    json.dumps({"claim": "Turnout rose.", "rests": [SOURCE]}),
]


@pytest.fixture
def claims(tmp_path):
    """Return a file of three claims: the source's own words, another figure, other words."""
    file = tmp_path / "claims.jsonl"
    file.write_text("\n".join(CLAIMS), encoding="utf-8")
    return str(file)


def test_claims_are_checked_without_a_model(here, claims, capsys):
    """Each line says which gate stops it, and what identity says; no reader means no reading."""
    assert main(["check", claims, "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in rows] == ["a", 2, 3]
    assert [row["gates"] for row in rows] == [None, "figure", None]
    assert [row["identity"] for row in rows] == ["supported", None, "not_stated"]
    assert [row["reader"] for row in rows] == [None, None, None]
    assert [row["shown"] for row in rows] == [True, False, False]
    assert main(["check", claims]) == 0
    assert "a: shown" in capsys.readouterr().out


def test_a_claim_of_another_form_is_named(here, tmp_path, capsys):
    """The line is told, with the form that is wanted."""
    file = tmp_path / "claims.jsonl"
    file.write_text(CLAIMS[0] + '\n{"text": "?"}\n', encoding="utf-8")
    assert main(["check", str(file)]) == 1
    said = capsys.readouterr().err
    assert "claims.jsonl line 2" in said
    assert main(["check", str(tmp_path / "nowhere")]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_coverage_of_a_text_is_found_in_the_terminal(here, capsys):
    """As in Discord: the closest sentences, and no verdict where nobody reads."""
    said = "Harbour won 52 seats. It is a projection, not a count."
    assert main(["find", said, "--json"]) == 0
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (first["verdict"], second["verdict"]) == ("none", "says")
    assert {"text", "context", "outlet", "title", "published", "url"} <= first["closest"][0].keys()
    assert main(["find", said]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Closest in the coverage" in shown
    assert "The coverage says so" in shown
    assert main(["find", "hi"]) == 0
    assert "a sentence or two" in capsys.readouterr().out


def test_a_batch_of_claims_is_looked_up(here, tmp_path, capsys):
    """A claim a line, an object a line; a bad line is told in its place."""
    file = tmp_path / "claims.jsonl"
    file.write_text('{"claim": "Harbour won 52 seats."}\n{"claim": 1}\n', encoding="utf-8")
    assert main(["find", "--batch", str(file)]) == 1
    good, bad = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert good["verdict"] == "none"
    assert "error" in bad
    assert main(["find"]) == 2
    assert "--batch" in capsys.readouterr().err


def test_what_was_answered_can_be_looked_at(tmp_path, monkeypatch, capsys):
    """Before the first question there is a sentence, not an empty table."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    assert main(["answers"]) == 0
    assert "Nothing has been asked yet" in capsys.readouterr().out
    assert main(["answers", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answers"] == []


def test_a_question_goes_back_to_a_minute(here, capsys):
    """Before anything was read there was nothing to say, and the answer is as of then."""
    assert main(["ask", TURNOUT, "--as-of", "2026-11-02T08:00Z", "--json"]) == 0
    before = json.loads(capsys.readouterr().out)
    assert (before["level"], before["as_of"]) == ("nothing", "2026-11-02T08:00:00+00:00")
    assert main(["ask", TURNOUT, "--as-of", "2026-11-02T10:00Z"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "62.7 per cent" in said
    assert "As of 2 November 2026, 10:00 UTC: only what had been read by then" in said
    assert "Rests on" in said
    assert main(["answers"]) == 0
    assert "as of 2026-11-02" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("moment", ["2026-11-02", "2026-11-02T10:00", "3026-11-02T10:00Z", "now"])
def test_what_is_no_minute_of_the_past_is_misuse(here, moment, capsys):
    """A day has many minutes, and a time without a zone is another one elsewhere."""
    assert main(["ask", TURNOUT, "--as-of", moment]) == 2
    said = capsys.readouterr().err
    assert moment[:10] in said
    assert "2024-11-05T23:00Z" in said or "has not come yet" in said


@pytest.mark.parametrize(
    ("command", "setting"), [(["mcp", "--http"], "MCP_PORT"), (["page"], "VERIFY_PORT")]
)
def test_what_is_served_needs_a_port(here, command, setting, monkeypatch, capsys):
    """The sentence names the setting."""
    monkeypatch.setenv(setting, "")
    assert main(command) == 1
    assert f"{setting} is not set" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_no_part_of_the_desk_is_loaded_for_help_and_version(argument):
    """Nobody waits for databases, models and parsers to learn what can be typed."""
    script = (
        "import sys; from bot.program import main; main(sys.argv[1:])\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    process = subprocess.run(
        [sys.executable, "-c", script, argument], capture_output=True, text=True, check=True
    )
    *shown, loaded = process.stdout.splitlines()
    assert "election-desk" in shown[0]
    assert "'typer'" in loaded
    for package in ("sqlalchemy", "chromadb", "lxml", "numpy", "discord", "aiohttp", "openai"):
        assert f"'{package}'" not in loaded


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_line_in_the_help_and_a_help_of_its_own(name, capsys):
    assert main(["--help"], app) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    [about] = [line[1] for line in lines if line[:1] == [name] and len(line) > 1]
    assert main([name, "--help"], app) == 0
    shown = capsys.readouterr().out
    assert about.removesuffix("...").rstrip() in " ".join(shown.split())
    assert "--install-completion" not in shown


def test_a_command_that_is_not_there_is_named(capsys):
    assert main(["aks", TURNOUT]) == 2
    assert "No such command 'aks'" in capsys.readouterr().err
    assert ingest_main(["lits"]) == 2
    assert "list" in capsys.readouterr().err
