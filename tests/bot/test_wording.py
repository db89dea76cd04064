"""The desk's own words."""

import re
import tomllib
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from string import Formatter

import pytest

from bot.answering.limits import QUESTIONS
from bot.answering.values import Ground, Reason, Resting, WithoutOutlet
from bot.wording import (
    WORDS,
    Wording,
    ground_line,
    in_one_language,
    language_of_locale,
    translated_failure,
)
from ingest.language.languages import Language
from ingest.model import UNVERIFIED_PASTE, Header, Kind, Ownership, Passage

ENGLISH, JAPANESE = Wording.of(Language.ENGLISH), Wording.of(Language.JAPANESE)
EVERY = [Wording.of(language) for language in Language]
SAME_ANYWHERE = {
    *("source", "source_kind", "time", "outlet_agency", "outlet_owned", "option_file"),
    "article_line",  # "Article 3, version 2" is French as well
}
SURFACE = "".join(
    file.read_text(encoding="utf-8")
    for file in (Path(__file__).parents[2] / "bot" / "discord_ui").rglob("*.py")
)
LABELS = set(re.findall(r"\.field\(\"(\w+)\"", SURFACE))
BUTTONS = set(re.findall(r"Button\((?:[^()]|\([^()]*\))*words\(\"(\w+)\"\)", SURFACE))
ENTRIES = {"helpful", "report", "quote", "thread", "missing", "suggest", "delete"}


def placeholders(text):
    """Name what is filled in; where a text depends on a number, every form has it."""
    if isinstance(text, dict):
        [found] = {tuple(placeholders(form)) for form in text.values()}
        return list(found)
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name})


def test_english_says_everything():
    """Whatever another language says is said in English first; a misspelt key would be lost."""
    for language in Language:
        written = tomllib.loads((WORDS / f"words.{language}.toml").read_text(encoding="utf-8"))
        assert written.keys() - {"lists", "version"} <= ENGLISH.messages.texts.keys()
    assert all(len(pair) == 2 for words in EVERY for pair in words.messages.pairs)


@pytest.fixture
def folder(tmp_path):
    """Return catalogues with a new command, `/recount`, in English and half in German."""
    rest = '[lists]\nmarks = ["“”"]\n'
    texts = {
        "en": """keep = "Keep"
recount = "Recounts"
recount_none = "No recount of {place} since {day}."
recount_counted = { one = "{count} vote", other = "{count} votes" }
""",
        "de": """keep = "Behalten"
recount = "Nachzählungen"
recount_none = "Keine Nachzählung in {ort} seit {day}."
recount_counted = { one = "{count} Stimme" }
""",
        "ar": 'keep = "احتفظ"\n',
    }
    for language, text in texts.items():
        file = tmp_path / f"words.{language}.toml"
        file.write_text(f"version = 1\n{text}{rest}", encoding="utf-8")
    return tmp_path


def test_what_is_not_translated_is_english_as_a_whole(folder):
    """Sentence, figures and plural alike; a broken translation is none."""
    german = Wording.read(folder, Language.GERMAN)
    assert german("keep") == "Behalten"
    assert german("recount") == "Nachzählungen"
    assert german("recount_none", place="Holm", day="Monday") == "No recount of Holm since Monday."
    assert german("recount_counted", count=12345) == "12,345 votes"
    assert german.messages.untranslated == {"recount_none", "recount_counted"}
    arabic = Wording.read(folder, Language.ARABIC)
    assert arabic("recount_counted", count=1) == "1 vote"


def test_a_command_never_mixes_languages(folder):
    """While one message of it is English, all of it is; other commands are not touched."""
    german = Wording.read(folder, Language.GERMAN)
    assert in_one_language(german, "recount").language is Language.ENGLISH
    assert in_one_language(german, "recount")("recount") == "Recounts"
    assert in_one_language(german, "keep") is german
    assert in_one_language(german, "rec") is german
    english = Wording.read(folder, Language.ENGLISH)
    assert in_one_language(english, "recount") is english


def test_a_key_that_nobody_wrote_is_an_error(folder):
    """English is complete, so nothing is guessed."""
    for language in (Language.ENGLISH, Language.GERMAN):
        with pytest.raises(KeyError):
            Wording.read(folder, language)("recount_lost")


@pytest.mark.parametrize("words", EVERY)
def test_every_category_of_number_is_said(words):
    """One article, two articles: what CLDR tells apart in a language has a form of its own."""
    categories = {words.locale.plural_form(number) for number in range(200)}
    counted = [text for text in words.messages.texts.values() if not isinstance(text, str)]
    assert all(set(text) == categories for text in counted)


@pytest.mark.parametrize("words", EVERY)
def test_nothing_is_left_in_english(words):
    """What reads the same in two languages is a name, a mark or a loan."""
    if words is ENGLISH:
        return
    same = {
        k
        for k, text in words.messages.texts.items()
        if text == ENGLISH.messages.texts[k] and len(str(text)) > 12
    }
    assert same <= SAME_ANYWHERE


@pytest.mark.parametrize("words", EVERY)
def test_discord_has_room_for_every_command(words):
    """A name or a description that is too long would keep every command from being registered."""
    for key, text in words.messages.texts.items():
        if key.startswith(("command_", "option_")):
            assert 1 <= len(text) <= (32 if key == "command_find" else 100), key
        if key.endswith("_title") and "{" not in text:
            assert len(text) <= 45, key


@pytest.mark.parametrize("words", EVERY)
def test_what_is_pressed_and_filled_in_is_short(words):
    """Discord takes 45 characters over a field; three buttons in a row have room for 40 each."""
    assert len(LABELS) > 8
    assert len(BUTTONS) > 25
    longest = dict.fromkeys(BUTTONS | ENTRIES, 40) | dict.fromkeys(LABELS, 45)
    assert {k: words(k) for k, most in longest.items() if len(words(k)) > most} == {}
    choices = {k: t for k, t in words.messages.texts.items() if k.startswith("speaks_")}
    assert all(len(text) <= 100 for text in choices.values())


@pytest.mark.parametrize("words", EVERY)
def test_every_language_fills_in_the_same_values(words):
    """A misspelt placeholder fails only when somebody asks in that language."""
    written = tomllib.loads((WORDS / f"words.{words.language}.toml").read_text(encoding="utf-8"))
    for key in written.keys() & ENGLISH.messages.texts.keys():
        assert placeholders(written[key]) == placeholders(ENGLISH.messages.texts[key]), key


@pytest.mark.parametrize("words", EVERY)
def test_every_reason_and_kind_has_words(words):
    """A new reason or kind cannot be added without saying it."""
    assert all(words.reason(reason) for reason in Reason)
    assert all(words(f"kind_{kind}") for kind in Kind)


@pytest.mark.parametrize("words", EVERY)
def test_the_limit_that_people_are_told_is_the_limit(words):
    """The sentence about a long question names the length that is enforced."""
    assert str(QUESTIONS.characters) in words("question_too_long")


@pytest.mark.parametrize("words", EVERY)
def test_discord_takes_the_descriptions(words):
    """Discord refuses every command when one description is longer than 100 characters."""
    assert all(1 <= len(words(key)) <= 100 for key in ("command_ask", "option_question"))


def test_a_date_is_written_as_its_readers_write_it():
    """English and Japanese readers each see their own order."""
    day = date(2025, 7, 16)
    assert (ENGLISH.date(day), JAPANESE.date(day)) == ("16 July 2025", "2025年7月16日")


def test_a_missing_date_stays_missing():
    """No day is made up; what the text itself bounds is said as a bound."""
    undated, bounded = Header("t"), Header("t", not_before=date(2026, 10, 4))
    assert ENGLISH.dated(undated) == "undated"
    assert ENGLISH.dated(bounded) == "undated, on or after 4 October 2026"


def test_a_day_is_the_one_that_the_source_states():
    """Shortly after midnight in Sarnholt is still that day, though UTC is a day behind."""
    late = datetime(2026, 10, 26, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert ENGLISH.dated(Header("t", published=late)) == "26 October 2026"


def test_as_of_is_in_utc_and_names_the_newest_source():
    """A reader can tell how fresh an answer is, wherever they live."""
    asked = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)
    said = ENGLISH.as_of(asked, date(2026, 11, 1))
    assert said == "As of 2 November 2026, 09:05 UTC; newest source 1 November 2026."


def test_a_source_keeps_every_hop_and_the_label():
    """Outlet, agency, kind and day all stand in it."""
    header = Header(
        "t", "The Ledger", agency="Northlight", kind=Kind.OPINION, published=date(2026, 10, 9)
    )
    assert ENGLISH.source(header) == "The Ledger (Northlight), opinion, 9 October 2026"


def test_marks_differ_from_those_inside():
    """A quotation within a quotation stays readable."""
    assert ENGLISH.marks("“No,” she said.") == ("‘", "’")


def test_an_unnamed_outlet_is_called_unverified():
    """A paste without an outlet never looks like an outlet's own words."""
    assert ENGLISH.outlet(Header("t", UNVERIFIED_PASTE)) == "Unverified paste"


@pytest.mark.parametrize("words", EVERY)
def test_a_source_says_who_stands_behind_it_and_what_it_corrected(words):
    """A reader of a state-controlled outlet, of a preview or of a corrected text is told so."""
    header = Header("A", outlet="Volstrand Voice", ownership=Ownership.STATE, preview=True)
    note = "Correction: the figure was 46."
    passage = Passage("1:1:0:a", 1, 1, 0, 0, 1, "A", header, (note,))
    assert words("ownership_state") in words.source(header)
    assert words("preview") in words.source(header)
    assert words.corrected(passage) == [words("corrected", note=note)]
    assert all(words(f"ownership_{each.name.lower()}") for each in Ownership)


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh-TW", Language.TRADITIONAL_CHINESE),
        ("zh-HK", Language.TRADITIONAL_CHINESE),
        ("zh-CN", Language.CHINESE),
        ("zh", Language.CHINESE),
        ("es-419", Language.SPANISH),
        ("EN", Language.ENGLISH),
        ("sv-SE", None),
        ("*", None),
        ("", None),
        ("x" * 200, None),
    ],
)
def test_a_locale_names_a_language_and_its_script(locale, language):
    """Taiwan and Hong Kong write traditional characters; what is no locale is no language."""
    assert language_of_locale(locale) is language


def test_an_article_in_chinese_is_in_the_readers_language_in_either_script():
    """Articles are marked by language alone."""
    header = Header("The Ledger", "Result", language="zh")
    assert Wording.of(Language.TRADITIONAL_CHINESE).kind(header) is None
    assert Wording.of(Language.CHINESE).kind(header) is None
    assert ENGLISH.kind(header) == "Chinese"


@pytest.mark.parametrize("words", EVERY)
def test_a_paste_without_an_outlet_is_called_so_in_every_language(words):
    """Also where it is said what the answer rests on; never by the English name alone."""
    for lead in (None, Header("t", "The Ledger")):
        ground = Ground(Resting.ONE, 1, without=(WithoutOutlet(UNVERIFIED_PASTE, lead),))
        line = ground_line(ground, words)
        assert words("outlet_unverified") in line
        assert UNVERIFIED_PASTE not in line


@pytest.mark.parametrize(
    ("language", "number"),
    [
        (Language.ENGLISH, "20,000"),
        (Language.GERMAN, "20.000"),
        (Language.FRENCH, "20\u202f000"),
        (Language.JAPANESE, "20,000"),
    ],
)
def test_a_number_in_an_error_is_written_as_its_language_writes_it(language, number):
    """In German "20,000" is twenty."""
    sentence = "count.csv has more than 20,000 entries. Split it."
    assert number in translated_failure(sentence, Wording.of(language))


@pytest.mark.parametrize(
    ("language", "text", "sentence"),
    [
        (Language.ENGLISH, "Who won?", "No longer followed: Who won?"),
        (Language.ENGLISH, "ferries", "No longer followed: ferries."),
        (Language.ENGLISH, "ferries.", "No longer followed: ferries."),
        (Language.GERMAN, "Marrowen sagt …", "Nicht mehr abonniert: Marrowen sagt …"),
        (Language.JAPANESE, "誰が勝った？", "フォローをやめました：誰が勝った？"),
        (Language.CHINESE, "谁赢了？", "已取消关注：谁赢了？"),
        (Language.ARABIC, "من فاز؟", "\u200fلم تعد متابعًا: من فاز؟"),
    ],
)
def test_a_sentence_has_one_mark_at_its_end(language, text, sentence):
    """A question or a cut title that is named at the end of a sentence has its own."""
    assert Wording.of(language)("unfollowed", text=text) == sentence


def test_a_mark_in_the_middle_is_left_alone():
    """Only the stop behind the name goes, wherever it stands."""
    followed = ENGLISH("follow_in_private", text="Who won?")
    assert followed.startswith("Done: Who won? I have sent you a direct message")
