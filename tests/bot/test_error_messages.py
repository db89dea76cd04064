"""What goes wrong with a source is told in the language of whoever reads it."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from bot.discord_ui.replying import failure_view
from bot.wording import RIGHT_TO_LEFT, WORDS, Wording, _pattern, translated_failure
from ingest.errors import ArticleNotFoundError, IndexUnavailableError, SourceNotFoundError
from ingest.fetching.addresses import inside
from ingest.language.languages import Language
from ingest.reading import no_article, read_bytes
from ingest.reading.documents import Hints

ROOT = Path(__file__).parents[2]
ROOMS = ("ingest/fetching", "ingest/reading", "bot/community")
STEPS = "ingest/refresh_steps.py"
ONLY_IN_A_TERMINAL = "ingest/reading/__init__.py"
"""Reads paths, which nobody names in Discord."""
CATALOGUE = tomllib.loads((WORDS / "errors.toml").read_text(encoding="utf-8"))
OTHERS = {str(each) for each in Language} - {"en"}
JAPANESE = Wording.of(Language.JAPANESE)


def written(node: ast.expr) -> str | None:
    """Return the sentence that an error is made with, something standing in each placeholder."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values
        )
    return None


def sentences() -> list[str]:
    """Return what the rooms that read and fetch may raise."""
    found = []
    files = [file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))]
    for file in [*files, ROOT / STEPS]:
        if file == ROOT / ONLY_IN_A_TERMINAL:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and name.endswith("Error") and node.args:
                found.append(written(node.args[0]))
    return [each for each in found if each and " " in each]


def placeholders(text: str) -> set[str]:
    """Name what is filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_whatever_is_raised_is_known():
    """A new error stands in the catalogue, so that translators are told of it."""
    raised = [each for each in sentences() if "holds no article: it" not in each]
    assert len(raised) > 30
    known = [_pattern(each) for each in CATALOGUE]
    assert [each for each in raised if not any(p.fullmatch(each) for p in known)] == []


@pytest.mark.parametrize("said", no_article._DESCRIPTIONS.values())
def test_every_wall_is_known(said):
    """What a page shows instead of an article is told as well."""
    sentence = f"https://a.example/b holds no article: it {said}. Nothing was added."
    assert translated_failure(sentence, JAPANESE) != sentence


@pytest.mark.parametrize("sentence", CATALOGUE)
def test_every_language_says_it_with_the_same_values(sentence):
    """A misspelt placeholder would fail only when something goes wrong."""
    assert set(CATALOGUE[sentence]) <= OTHERS | {"en"}
    assert all(
        placeholders(said) == placeholders(sentence) and said != sentence
        for said in CATALOGUE[sentence].values()
    )


def test_values_are_kept_to_the_letter():
    """The address, the number and the feed stand in it as they stood."""
    german = Wording.of(Language.GERMAN)
    assert translated_failure(
        "https://a.example/x answers 503 and not with a page. Try again later.", german
    ) == (
        "https://a.example/x antwortet 503 und nicht mit einer Seite. Später noch einmal versuchen."
    )
    assert translated_failure(inside("10.0.0.1"), german).startswith("10.0.0.1 ist keine Adresse")
    feed = (
        "a.example lists 12 articles and is none itself. Watch its feed instead: https://f.example"
    )
    assert translated_failure(feed, german).endswith("beobachten: https://f.example")


def test_what_runs_from_right_to_left_says_so():
    """Without its mark the words around a figure change their places."""
    sentence = "One text stands under 4 titles; it is a notice rather than an article."
    assert translated_failure(sentence, Wording.of(Language.ARABIC)).startswith(RIGHT_TO_LEFT)
    assert not translated_failure(sentence, JAPANESE).startswith(RIGHT_TO_LEFT)


@pytest.mark.parametrize("error", [ArticleNotFoundError(7), SourceNotFoundError(7)])
@pytest.mark.parametrize("language", Language)
def test_a_moderator_is_sent_to_no_terminal(error, language):
    """Who reads it in Discord has no command line; English has a sentence of its own for it."""
    said = translated_failure(str(error), Wording.of(language))
    assert "python" not in said
    assert "7" in said
    assert "/source" in said


@pytest.mark.parametrize("language", Language)
def test_a_command_for_the_operator_is_told_to_no_member(language):
    """The operator finds it in the log by the code that a member is given."""
    error = IndexUnavailableError("The index is damaged; `python -m ingest rebuild` mends it.")
    said = str(failure_view(error, Wording.of(language)).to_components())
    assert "python" not in said
    assert "`" not in said
    plain = IndexUnavailableError("The index is busy. Try again in a minute.")
    assert "The index is busy" in str(failure_view(plain, Wording.of(language)).to_components())


@pytest.mark.parametrize("language", Language)
def test_a_moderator_with_too_large_a_file_is_sent_to_no_terminal(language):
    """Whoever runs the bot can add it; no member has a command line."""
    assert "python" not in Wording.of(language)("add_too_large", megabytes=8)


def test_what_is_not_known_is_left_as_it_is():
    """Nothing is lost: an English sentence is better than none."""
    assert translated_failure("The disk is full. Free some space.", JAPANESE) == (
        "The disk is full. Free some space."
    )


def test_hostile_names_are_only_letters():
    """Braces in an address are not filled in again."""
    sentence = "{name} {count} {0.__class__} is empty. Nothing was added from it."
    assert translated_failure(sentence, JAPANESE).startswith(
        "{name} {count} {0.__class__} は空です"
    )


HEAD = "Ward,Candidate,Votes\n"
TWO_IN_A_ROW = "Ward,Candidate,Votes,Candidate,Votes\nHolm,Ada Lund,12,Piet Moor,14\n"


@pytest.mark.parametrize(
    ("table", "beginning"),
    [
        (f"{HEAD}Holm,Ada Lund,12\n", "a.csv は選挙結果として読みます。候補者ごとに一行です"),
        ("Ward,Ada Lund,Piet Moor,Total votes\nHolm,12,14,26\n", "a.csv は選挙結果として"),
        (TWO_IN_A_ROW, "a.csv は選挙結果として読みます。一行に候補者が 2 人です"),
        (f"{HEAD}Holm,Ada Lund,12\nHolm,Ada Lund,12\n", "a.csv line 3 は 2 と同じ内容"),
        (f"{HEAD}Holm,Ada Lund,12\nHolm,Ada Lund,13\n", "a.csv line 3 と line 2 では"),
        (f"{HEAD}Holm,Ada Lund,#N/A\nTarn,Ada Lund,3\n", "a.csv line 2, column 3（「#N/A」）は"),
        (
            f"{HEAD}Holm,Ada Lund,#N/A\nUlm,Ada Lund,#N/A\nTarn,Ada Lund,3\n",
            "a.csv line 2, column 3（「#N/A」）とほかの 1 か所は",
        ),
    ],
)
def test_a_moderator_is_told_in_their_language_how_a_table_is_read(table, beginning):
    """The preview of what they add shows it before anything is archived."""
    [found] = read_bytes(table.encode(), "a.csv", Hints())
    notes = [translated_failure(note, JAPANESE) for note in found.extract.notes]
    assert any(note.startswith(beginning) for note in notes)
    assert not {*notes}.intersection(found.extract.notes)


@pytest.mark.parametrize(
    "note",
    [
        "Not read, because they are hidden in a.xlsx, sheet “A”: rows 1, columns 0.",
        "a.json is read as a report of NIST SP 1500-100 with 1,204 counts.",
        "3 bytes could not be read; each stands as \ufffd.",
        "Page 2 of 7 is a picture without text and was not read.",
        "Pages 2, 3 of 7 are pictures without text and were not read.",
    ],
)
@pytest.mark.parametrize("language", sorted(OTHERS))
def test_a_moderator_is_told_in_their_language_what_was_not_read(note, language):
    """In each of the languages, with the figures of the note."""
    told = translated_failure(note, Wording.of(Language(language)))
    assert told != note
    assert "{" not in told
