"""The maintainers' commands, as a maintainer types them."""

import io
import json
import sys
from datetime import date

import pytest

from ingest.archive import Archive
from ingest.commands import article_commands, output
from ingest.commands.indexing import BadLineError, questions
from ingest.index import cutting, rebuilding
from ingest.index import index as index_module
from tests.builders import NOW, TEXT, an_extract, saved

ARTICLE = f"Harbour wins 46 seats\n\n{TEXT}\n"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Keep everything of one test in its own folder, away from any ``.env``."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def article(home):
    file = home / "coverage" / "article.txt"
    file.parent.mkdir()
    file.write_text(ARTICLE, encoding="utf-8")
    return file


@pytest.mark.parametrize("command", [["list"], ["status"], ["search", "anything"]])
def test_an_empty_desk_says_what_to_do(run, command):
    """Nothing kept is a state, not an error."""
    code, said, problems = run(*command)
    assert code == 0, problems
    assert said.strip()


def test_good_files_are_saved_and_bad_ones_named(run, home, article):
    """One file that cannot be read costs only itself."""
    (article.parent / "empty.txt").write_text("")
    code, said, problems = run("add", article.parent)
    assert code == 1
    assert "1 new, 1 failed" in said
    assert "empty.txt is empty" in problems


def test_adding_again_changes_nothing(run, article):
    """A second run says that nothing changed."""
    run("add", article)
    code, said, _ = run("add", article)
    assert (code, "1 unchanged" in said) == (0, True)


def test_an_index_of_an_earlier_release_says_how_to_renew_it(run, article, monkeypatch):
    """The maintainer reads it in the status until the index was rebuilt, once."""
    monkeypatch.setenv("EMBEDDING_MODEL", "local")
    run("add", article)
    assert "cuts its passages anew" not in run("status")[1]
    monkeypatch.setattr(cutting, "SPLITTER", cutting.SPLITTER + 1)
    assert "cuts its passages anew" in run("status")[1]
    assert json.loads(run("status", "--json")[1])["older_rules"] is True
    monkeypatch.setattr(rebuilding, "SPLITTER", cutting.SPLITTER)
    monkeypatch.setattr(index_module, "SPLITTER", cutting.SPLITTER)
    run("rebuild")
    assert "cuts its passages anew" not in run("status")[1]


def test_standard_input_is_a_path_of_its_own(run, monkeypatch):
    """What is on the clipboard can be piped in."""
    stdin = io.TextIOWrapper(io.BytesIO(ARTICLE.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run("add", "-", "--outlet", "Ledger")[0] == 0
    assert "Ledger" in run("list")[1]


def test_every_command_prints_one_object_for_machines(run, article):
    """With --json nothing but one object is on standard output."""
    for arguments in (
        ("add", article),
        ("index",),
        ("list",),
        ("show", 1),
        ("search", "How many seats?"),
        ("status",),
        ("rebuild",),
        ("copy", "sqlite:///copy.sqlite3"),
        ("remove", 1),
        ("list", "--removed"),
    ):
        code, said, problems = run(*arguments, "--json")
        assert code == 0, problems
        assert isinstance(json.loads(said), dict)


def test_an_article_is_shown_with_what_stands_beside_it(run, home):
    """Caption and correction are not part of the body."""
    file = home / "a.txt"
    file.write_text(f"Title\n\nA hall.\n\nPHOTO: X\n\n{TEXT}\n\nCorrection: It was 46.\n")
    run("add", file, "--published", "2026-10-26T07:30:00+09:00")
    said = run("show", 1)[1]
    assert "Caption: A hall." in said
    assert "Correction: It was 46." in said
    assert "2026-10-26 07:30" in said


def test_removed_coverage_is_found_no_more(run, article):
    """After `remove` returns, nothing of the article is searched."""
    run("add", article)
    assert "46 seats" in run("search", "seats")[1]
    assert run("remove", 1)[0] == 0
    assert "46 seats" not in run("search", "seats")[1]


@pytest.mark.parametrize("arguments", [("show", 9), ("remove", 9)])
def test_an_unknown_number_is_one_sentence(run, article, arguments):
    """The maintainer learns where the numbers stand."""
    run("add", article)
    code, _, problems = run(*arguments)
    assert code == 1
    assert "python -m ingest list" in problems


def test_an_unknown_version_says_which_there_are(run, article):
    """A number out of range is answered with the range."""
    run("add", article)
    for wrong in (0, 5):
        code, _, problems = run("show", 1, "--version", wrong)
        assert (code, problems) == (1, f"Article 1 has versions 1 to 1, not {wrong}.\n")


def test_the_first_version_changed_nothing(run, article):
    """It has none before it, and nobody asked for a version 0."""
    run("add", article)
    code, _, problems = run("show", 1, "--diff")
    assert (code, problems) == (1, "Article 1 has no version before its first one.\n")


def test_what_cannot_be_embedded_yet_is_kept(run, article, monkeypatch):
    """A setting that is missing for the index costs nothing of the archive."""
    monkeypatch.setenv("EMBEDDING_MODEL", "text-embedding-3-small")
    code, said, _ = run("add", article)
    assert code == 0
    assert "EMBEDDING_MODEL" in said
    assert "python -m ingest index" in said
    assert "Harbour wins" in run("list")[1]


def test_an_article_cannot_steer_the_terminal(run, home):
    """Markup and escapes of an article are printed as what they are."""
    file = home / "a.txt"
    file.write_text(f"[red]Loud[/red] \x1b[31mtitle\n\n{TEXT} [bold]x[/bold] \x1b]0;owned\x07\n")
    run("add", file)
    for arguments in (("list",), ("show", 1), ("search", "seats")):
        said = run(*arguments)[1]
        assert "[red]Loud[/red]" in said
        assert "\x1b" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "x", "--published", "soon"),
        ("add", "x", "--map", "text"),
        ("list", "--limit", "0"),
        ("search", "x", "--limit", "-3"),
        ("fly",),
    ],
)
def test_a_wrong_argument_is_a_usage_error(run, arguments):
    """Code 2, and a sentence that says what was wrong."""
    code, _, problems = run(*arguments)
    assert code == 2
    assert "Usage: python -m ingest" in problems


def test_a_folder_that_cannot_be_written_is_one_sentence(run, home, article, monkeypatch):
    """A mistake in the settings is told as one."""
    monkeypatch.setenv("DATA_DIR", str(article / "below"))
    code, said, problems = run("add", article)
    assert (code, said) == (1, "")
    assert "DATA_DIR" in problems
    assert problems.count("\n") == 1


def test_a_damaged_archive_is_one_sentence(run, home):
    """A broken disk is not a traceback."""
    (home / "data").mkdir()
    (home / "data" / "archive.sqlite3").write_bytes(b"rubbish " * 1000)
    code, _, problems = run("status")
    assert code == 1
    assert "damaged" in problems


def test_an_archive_that_is_no_file_is_one_sentence(run, home):
    """What cannot be opened is named."""
    (home / "data" / "archive.sqlite3").mkdir(parents=True)
    code, _, problems = run("list")
    assert code == 1
    assert "archive.sqlite3" in problems
    assert problems.count("\n") == 1


def test_a_file_of_questions_is_searched_line_by_line(run, home, article):
    """Anyone can score the retrieval: an object a line, a bad line told in its place."""
    run("add", article)
    file = home / "questions.jsonl"
    file.write_text('{"question": "How many seats did Harbour win?"}\n{"no": 1}\n')
    code, said, _ = run("search", "--batch", file)
    good, bad = map(json.loads, said.splitlines())
    assert code == 1
    assert "46 seats" in good["evidence"][0]["passage"]["text"]
    assert bad["line"] == 2
    assert bad["error"]


def test_a_search_is_bound_to_outlets_and_days(run, article):
    """What is asked for is all that is shown, and an outlet that is not kept is named."""
    run("add", article, "--outlet", "Ledger", "--published", "2026-10-26")
    question = "How many seats did Harbour win?"

    def found(*options):
        code, said, _ = run("search", question, "--json", *options)
        assert code == 0
        return len(json.loads(said)["evidence"])

    assert found("--outlet", "ledger", "--since", "2026-10-26", "--until", "2026-10-26") > 0
    assert found("--since", "2026-10-27") == 0
    code, _, problem = run("search", question, "--outlet", "Courier")
    assert code == 1
    assert "Courier" in problem


@pytest.mark.parametrize("arguments", [("search",), ("search", "a?", "--batch", "file")])
def test_a_search_for_nothing_says_how(run, arguments):
    """Exactly one of a question and a file is wanted."""
    assert run(*arguments)[0] == 2


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_that_is_streamed_is_the_same_json(capsys, count):
    """Whoever reads it need not know that nothing was held."""
    values = [{"id": n, "title": "“Ä”", "day": date(2026, 10, n + 1)} for n in range(count)]
    output.print_json({"articles": values})
    at_once = capsys.readouterr().out
    output.print_list("articles", iter(values))
    assert capsys.readouterr().out == at_once


def test_a_long_list_is_printed_in_parts(run, home, monkeypatch):
    """Each article once, in the order of the list, and no more of them at a time."""
    with Archive.open(f"sqlite:///{home / 'data' / 'archive.sqlite3'}") as archive:
        for n in range(5):
            text = f"The council of Ward {n} met on Friday and decided on {n + 40} things, it said."
            saved(archive, an_extract(text, title=f"Ward {n} met"), now=NOW)
        whole = archive.articles.listed()
        parts = list(archive.articles.in_parts(2))
    assert [len(part) for part in parts] == [2, 2, 1]
    assert [each for part in parts for each in part] == whole
    monkeypatch.setattr(article_commands, "_TABLE_ROWS", 2)
    code, said, _ = run("list")
    assert code == 0
    assert [said.count(f"Ward {n} met") for n in range(5)] == [1] * 5
    assert said.count("Outlet") == 3


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_nobody_else_reads_what_the_desk_keeps(run, home, article):
    """Questions, hashes and pastes stand in it; what an earlier release left open is closed."""
    run("add", article)
    run("backup", home / "desk.backup")
    kept = [home / "desk.backup", *(home / "data").rglob("*")]
    assert len(kept) > 3
    assert [each for each in kept if each.stat().st_mode & 0o077] == []
    (home / "data" / "archive.sqlite3").chmod(0o644)
    (home / "data" / "index").chmod(0o755)
    run("status")
    assert [each for each in kept if each.stat().st_mode & 0o077] == []


def test_which_release_this_is(run):
    """As it stands in the package."""
    code, said, _ = run("--version")
    assert code == 0
    assert said.startswith("election-desk 0.")


def test_a_line_without_an_end_costs_what_a_line_may_have(tmp_path):
    """The rest of it is passed over, and the line behind it counts as the next."""
    file = tmp_path / "questions.jsonl"
    file.write_bytes(b'{"question": "' + b"w" * 5_000_000 + b'"}\n{"question": "Who won?"}\n')
    (one, fault), (two, question) = questions(file)
    assert (one, two, question) == (1, 2, "Who won?")
    assert isinstance(fault, BadLineError)


@pytest.mark.parametrize(
    ("calls", "lines"),
    [
        ([(0, 0), (1_200, 5_019)], "Indexing: 1,200 of 5,019\n"),
        ([(0, 0), (128, 0), (1_256, 0)], "Indexing: 128\nIndexing: 1,256\n"),
    ],
)
def test_progress_without_a_terminal_is_a_line_of_what_is_known(calls, lines, capsys, monkeypatch):
    """A log of a service holds how far it is, and no total that is none: "0 of 0", "128 of 128"."""
    monkeypatch.setattr(output, "_PROGRESS_SECONDS", 0)
    output.with_progress("Indexing", None, lambda progress: [progress(*call) for call in calls])
    assert capsys.readouterr().err == lines
