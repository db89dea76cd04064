"""What is not translated yet is named, and shown in English until it is."""

import json
import shutil

import pytest

from bot import wording
from bot.__main__ import main


@pytest.fixture
def catalogues(tmp_path, monkeypatch):
    """Use a copy of the catalogues, in which German lacks a message and an error."""
    folder = shutil.copytree(wording.WORDS, tmp_path / "prompts")
    german = folder / "words.de.toml"
    lines = german.read_text(encoding="utf-8").splitlines(keepends=True)
    german.write_text("".join(x for x in lines if not x.startswith("no_reports =")), "utf-8")
    errors = folder / "errors.toml"
    errors.write_text(errors.read_text(encoding="utf-8").replace("\nde = ", "\n# ", 1), "utf-8")
    monkeypatch.setattr(wording, "WORDS", folder)
    monkeypatch.setattr("bot.commands.doctor.WORDS", folder)
    monkeypatch.setattr(wording, "_failures", wording._failures.__wrapped__)
    monkeypatch.setattr(wording, "_translations", wording._translations.__wrapped__)
    return folder


def test_a_language_names_what_it_lacks(catalogues, capsys):
    """By its key, and by the sentence of an error."""
    assert main(["languages", "--json"]) == 0
    languages = {each["language"]: each for each in json.loads(capsys.readouterr().out)}
    assert languages["de"]["untranslated"] == ["no_reports"]
    assert languages["de"]["errors"] == ["{name} is not an address. Check it."]
    assert languages["en"]["untranslated"] == languages["en"]["errors"] == []


def test_the_table_counts_and_names(catalogues, capsys):
    """One line a language."""
    assert main(["languages"]) == 0
    printed = capsys.readouterr().out
    assert "no_reports" in printed
    total = len(wording.Wording.default().messages.texts)
    assert f"{total - 1:,} of {total:,}" in printed


def test_an_error_without_a_translation_is_english(catalogues):
    """Its values stand in it as they stood."""
    german = wording.Wording.of(wording.Language.GERMAN)
    sentence = "moon is not an address. Check it."
    assert wording.translated_failure(sentence, german) == sentence
