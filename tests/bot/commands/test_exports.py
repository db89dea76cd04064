"""An exported answer is proven by an archive, on this machine or on another."""

import json
from datetime import timedelta

import pytest

from bot.__main__ import main
from bot.answering.understanding.question import ask
from bot.commands.verification import Proof, check_export, show_export
from bot.outcomes import as_object
from ingest.archive import Archive
from ingest.errors import IngestError
from ingest.model import Removal
from tests.bot.conftest import MORNING
from tests.builders import NOW, TEXT, an_extract, saved

URL = "https://ledger.example/harbour"
TURNOUT = "What was the turnout?"


@pytest.fixture
async def export(sample_desk, tmp_path):
    """Export an answer to a file, as `ask --json` does."""
    answer = await sample_desk.answer(ask(TURNOUT, now=MORNING))
    file = tmp_path / "answer.json"
    file.write_text(json.dumps(as_object(answer), ensure_ascii=False), encoding="utf-8")
    return file


async def test_what_stands_in_the_archive_is_proven(sample_desk, export):
    """Every quotation, with where it is."""
    checked = check_export(export, sample_desk.archive)
    assert checked
    assert {each.proof for each in checked} == {Proof.PROVEN}
    assert all(each.quote in each.found.text for each in checked)


async def test_a_word_that_was_changed_is_told(sample_desk, export):
    """The passage is known, and does not have it."""
    text = export.read_text(encoding="utf-8")
    assert "62.7" in text
    export.write_text(text.replace("62.7", "72.6"), encoding="utf-8")
    proofs = [each.proof for each in check_export(export, sample_desk.archive)]
    assert Proof.ALTERED in proofs


@pytest.mark.parametrize("cut", ["urnout was 62.7 per cent", "Turnout was 62", "015,554 ballots"])
async def test_half_a_word_or_a_figure_is_another_one(sample_desk, export, cut):
    """Its letters stand in the passage, and say something else there."""
    answer = json.loads(export.read_text(encoding="utf-8"))
    answer["excerpts"] = [{**answer["excerpts"][0], "text": cut}]
    export.write_text(json.dumps(answer), encoding="utf-8")
    [checked] = check_export(export, sample_desk.archive)
    assert checked.proof is Proof.ALTERED


async def test_the_words_of_one_outlet_prove_nothing_of_another(sample_desk, export, capsys):
    """Who said it is a part of the quotation, and the archive's own outlet is shown."""
    text = export.read_text(encoding="utf-8")
    assert "The Sarnholt Ledger" in text
    export.write_text(text.replace("The Sarnholt Ledger", "Tessary Post"), encoding="utf-8")
    checked = check_export(export, sample_desk.archive)
    assert Proof.OTHER_OUTLET in {each.proof for each in checked}
    assert show_export(checked, as_json=False) == 1
    printed = " ".join(capsys.readouterr().out.split())
    assert "Not of the outlet that the file names" in printed
    assert "The Sarnholt Ledger: “Turnout was 62.7" in printed


async def test_another_archive_proves_what_it_has_too(sample_desk, export, tmp_path):
    """By the text, whatever its numbers; what it lacks is unknown, not wrong."""
    answer = json.loads(export.read_text(encoding="utf-8"))
    lead = answer["excerpts"][0]
    article = sample_desk.archive.articles.versions(lead["article"])[-1].extract
    with Archive.open(f"sqlite:///{tmp_path / 'other.sqlite3'}") as other:
        saved(other, an_extract("Something else was printed here first, on another day."))
        assert {e.proof for e in check_export(export, other)} == {Proof.UNKNOWN}
        saved(other, article)
        first = check_export(export, other)[0]
        assert (first.proof, first.found.article_id) == (Proof.PROVEN, 2)


@pytest.fixture
def told(tmp_path, capsys):
    """Return what prints, and returns as JSON, what became of a quotation of one article."""
    quote, outlet = "The Harbour Alliance won 46 seats in Orvessa", an_extract().header.outlet

    def tell(archive):
        passage = archive.passages.fingerprinted(digest)[0]
        assert quote in passage.text
        file = tmp_path / "one.json"
        excerpt = {"text": quote, "outlet": outlet, "passage": f"1:1:0:{digest}"}
        file.write_text(json.dumps({"excerpts": [excerpt]}))
        checked = check_export(file, archive)
        assert show_export(checked, as_json=False) == 0
        printed = " ".join(capsys.readouterr().out.split())
        show_export(checked, as_json=True)
        [row] = json.loads(capsys.readouterr().out)["quotations"]
        assert row["proof"] == "proven"
        return printed, row

    with Archive.open(f"sqlite:///{tmp_path / 'one.sqlite3'}") as archive:
        saved(archive, an_extract(url=URL))
        digest = archive.passages.of_article(1)[0].id.rpartition(":")[2]
        yield archive, tell


def test_what_still_stands_is_told_without_a_word_more(told):
    """Nothing happened to it."""
    archive, tell = told
    printed, row = tell(archive)
    assert printed.endswith("won 46 seats in Orvessa”")
    assert (row["removal"], row["current"], row["corrections"]) == (None, True, [])


@pytest.mark.parametrize(
    ("removal", "said"),
    [
        (Removal.RETRACTED, "not cited any more: retracted by its outlet."),
        (Removal.REMOVED, "not cited any more: removed."),
        (Removal.GONE, "not cited any more: gone from its site."),
        (Removal.HIDDEN, "not cited any more: hidden."),
        (Removal.QUARANTINED, "not cited any more: set aside as no article."),
    ],
)
def test_an_article_that_was_withdrawn_since_is_told(told, removal, said):
    """Its words are still proven, and are not what stands now."""
    archive, tell = told
    archive.articles.remove(1, now=NOW, removal=removal)
    printed, row = tell(archive)
    assert said in printed
    assert row["removal"] == removal


def test_an_article_that_was_corrected_since_is_told(told):
    """With what its outlet says about it."""
    archive, tell = told
    note = "An earlier version gave 46 seats."
    corrected = an_extract(TEXT.replace("46", "45"), url=URL, corrections=(note,))
    saved(archive, corrected, now=NOW + timedelta(hours=1))
    printed, row = tell(archive)
    assert "Version 1 had these words; the newest version no longer has them." in printed
    assert f"Corrected by the outlet: {note}" in printed
    assert (row["current"], row["corrections"]) == (False, [note])


def test_a_copy_that_still_stands_is_told_before_one_that_does_not(told):
    """Two articles of one outlet have the same passage; either proves it."""
    archive, tell = told
    archive.articles.remove(1, now=NOW, removal=Removal.REMOVED)
    saved(archive, an_extract(url=f"{URL}/again"))
    printed, row = tell(archive)
    assert (row["article"], row["removal"]) == (2, None)
    assert "not cited" not in printed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no exported answer"),
        ("hello", "not JSON"),
        ("[1]", "no exported answer"),
        (None, "read"),
    ],
)
def test_what_is_no_export_is_a_sentence(tmp_path, content, said):
    """And says what to name instead."""
    file = tmp_path / "x.json"
    if content is not None:
        file.write_text(content)
    with (
        Archive.open(f"sqlite:///{tmp_path / 'a.sqlite3'}") as archive,
        pytest.raises(IngestError, match=said) as raised,
    ):
        check_export(file, archive)
    assert "ask --json" in str(raised.value)


async def test_the_command_says_it_and_ends_with_it(
    sample_folder, export, monkeypatch, capsys, tmp_path
):
    """For people, and for programs."""
    monkeypatch.setenv("DATA_DIR", str(sample_folder))
    assert main(["prove", str(export)]) == 0
    assert "Proven, article " in capsys.readouterr().out
    assert main(["prove", str(export), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["quotations"][0]["proof"] == "proven"
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "empty"))
    assert main(["prove", str(export)]) == 1
    assert "Unknown" in capsys.readouterr().out
