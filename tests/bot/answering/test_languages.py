"""Each language is a folder and a word list, and the recipe in the documents names all of it."""

from __future__ import annotations

import pytest

from bot.answering.understanding.lexicon import Lexicon
from bot.wording import WORDS
from ingest.language.as_english import as_english
from ingest.language.dates import MONTHS, WEEKDAYS
from ingest.language.languages import PARSED_LANGUAGES, Language, languages, table

READ = [each for each in Language if each.is_read]
SPOKEN = [each for each in Language if not each.is_read]
OTHERS = [each for each in READ if each not in PARSED_LANGUAGES]
TURNS = {
    *("privacy", "help", "hello", "check", "news", "thanks", "stop", "wrong", "reword"),
    *("bare", "beside", "follow_of"),
}
SECTIONS = ("stopwords", "markers", "cues", "sentences", "guard", "follow_up")


def test_every_language_has_its_folder_and_its_word_list():
    """What is named in one of the three places stands in the other two."""
    lists = {file.name.split(".")[1] for file in WORDS.glob("words.*.toml")}
    assert lists == {str(each) for each in Language}
    assert set(languages()) == {str(each) for each in READ}


@pytest.mark.parametrize("language", SPOKEN)
def test_a_language_that_is_only_spoken_greets(language):
    """Whoever says hello is answered in their language, and what is declined is declined in it."""
    own = table(f"{language}/questions")
    assert set(own) - {"written"} == {"stopwords", "same", "cues", "talk", "guard"}
    assert set(own["cues"]) == {"asking", "exclaiming"}
    assert set(own["same"]) <= {group[0] for group in table("same")["groups"]}
    assert set(own["guard"]) == {"advice", "campaign", "own_view", "prediction"}
    assert set(own["talk"]) == TURNS


@pytest.mark.parametrize("language", READ)
def test_a_language_asks_in_every_way(language):
    """A cue that is missing would leave its questions to chance, a guard would let them in."""
    own, english = table(f"{language}/questions"), table("en/questions")
    assert all(own.get(section) for section in SECTIONS)
    assert set(own["guard"]) == set(english["guard"])
    assert set(english["cues"]) == set(own["cues"])
    assert set(english["markers"]) == set(own["markers"])
    assert set(own["talk"]) == set(english["talk"])
    assert "about" in own["follow_up"]
    assert "hanging" in own["follow_up"]
    assert set(own.get("same", ())) <= {group[0] for group in table("same")["groups"]}
    assert Lexicon.of(language).stopwords


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_that_is_read_as_english_knows_the_calendar(language):
    """Every month and weekday is read, wherever it stands."""
    said = table(f"{language}/reading")["reads_as"]
    for name in (*MONTHS, *WEEKDAYS):
        for word in said[name].split():
            assert name in as_english(f"x {word.replace('-', ' ')} y", language).text
            assert name in as_english(f"x {word} y", language).text
    assert {"percent", "million", "votes", "seats", "more-than", "at-most", "about"} <= set(said)
