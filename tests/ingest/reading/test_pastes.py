"""Pasted text: noise goes, captions stand apart, metadata is kept."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.model import UNVERIFIED_PASTE, Kind
from ingest.reading import Hints, read_bytes, read_path
from ingest.reading.text import clean

PASTE = """Arkwell rules out a deal with Lantern

Sign up now: Get the Post's newsletters delivered to your inbox

(FILES) Photo taken on October 3, 2026 shows Tobin Arkwell. (Photo by NORTHLIGHT)

Common Field chairman Tobin Arkwell shaking hands at the autumn fair.

PHOTO: NORTHLIGHT

Follow topic:

Brennock – The leader of Common Field ruled out a deal on October 20 ahead of the October 25 vote.

“We will sign up voters, not partners,” he told reporters in the hall, and he laughed.”,

Correction: An earlier version gave the wrong hall.

His party has 32 seats. REUTERS

See more on"""


def read(text, **hints):
    [found] = read_bytes(text.encode(), "a paste", Hints(**hints))
    assert found.problem is None, found.problem
    return found.extract


def test_page_noise_is_no_part_of_the_article():
    """What a page puts around an article is never quoted."""
    text = read(PASTE).text
    for noise in ("Sign up now", "Follow topic", "PHOTO", "See more on", "(FILES)"):
        assert noise not in text


def test_words_of_the_article_are_never_altered():
    """A sentence that holds the words of a banner stays, with its stray comma."""
    assert "“We will sign up voters, not partners,” he told reporters" in read(PASTE).text
    assert "laughed.”," in read(PASTE).text


@pytest.mark.parametrize(
    "line",
    [
        "Sign up to vote by Monday, the authority said.",
        "Skip to the end of the queue, he said.",
        "Copyright law was the subject of the debate.",
        "Sign in sheets were missing at two polling stations.",
        "関連記事を読んだ党首は、会見で疑惑を否定した。",
        "会員限定の集会で党首は辞任を表明した。",
        "おすすめは期日前投票だと市長は述べた。",
        "Tobin Arkwell - the former pilot - won.",
        "He was born on 3 May 1998 in Brennock.",
    ],
)
def test_a_sentence_that_looks_like_boilerplate_stays(line):
    """Only whole lines that nobody would write in an article are noise."""
    assert line in read(f"A title\n\n{line}\n\nThe rest of the report went on for a while.").text


def test_captions_stand_apart():
    """A caption may contradict the body, so it is never taken for it."""
    captions = read(PASTE).captions
    assert len(captions) == 2
    assert "chairman" in captions[1]
    assert "chairman" not in read(PASTE).text


def test_dateline_agency_and_correction_are_metadata():
    """Where, by whom and what was corrected is kept beside the text."""
    extract = read(PASTE)
    header = extract.header
    assert (header.dateline, header.agency) == ("Brennock", "Reuters")
    assert extract.text.startswith("The leader of Common Field")
    assert extract.text.endswith("His party has 32 seats.")
    assert extract.corrections == ("Correction: An earlier version gave the wrong hall.",)


def test_a_date_that_is_not_stated_stays_missing():
    """The newest reported day bounds it from below; a day to come does not."""
    header = read(PASTE).header
    assert (header.published, header.not_before) == (None, date(2026, 10, 20))
    assert read(PASTE.replace("2026", "last year")).header.not_before is None


def test_a_stated_date_is_taken_with_its_zone():
    """A clock time without a zone is only a day."""
    head = "Title\nBy Mara Reyl\nPublished 15 October 2026, 10:30 {}\n"
    text = f"{head}The count went on until the next morning."
    header = read(text.format("UTC")).header
    assert header.published == datetime(2026, 10, 15, 10, 30, tzinfo=UTC)
    assert header.authors == ("Mara Reyl",)
    assert read(text.format("")).header.published == date(2026, 10, 15)


def test_a_japanese_paste_is_understood():
    """Datelines, agencies and banners have their Japanese forms."""
    text = (
        "投票率は62％\n2026年10月26日 7時30分\n会員限定記事\n【ブレノック＝共同】選挙管理庁は26日、"
        "投票率が62％だったと発表した。前回を3ポイント上回った。長官は「静かな選挙だった」と述べた。\n続きを読む"
    )
    extract = read(text)
    header = extract.header
    assert (header.dateline, header.agency, header.language) == ("ブレノック", "共同", "ja")
    assert header.published == date(2026, 10, 26)
    assert extract.text.startswith("選挙管理庁は26日")
    assert extract.text.endswith("と述べた。")


def test_a_day_with_its_own_year_needs_no_other():
    """Two years in one text leave only the days that say theirs."""
    text = (
        "Title\n\nThe ban of 3 May 2022 stands. He said so on 15 July 2025, and again on July 19. "
        "The vote is due on 20 July 2025, and nobody expects a change before then."
    )
    assert read(text).header.not_before == date(2025, 7, 15)


def test_a_japanese_wire_dateline_with_its_day():
    """Full-width brackets hold place, day and agency."""
    text = "［東京　１５日　ロイター］ - 選挙管理庁は15日、投票率が62％だったと発表した。"
    header = read(f"投票率は62％\n\n{text}前回を3ポイント上回り、静かな選挙だった。").header
    assert (header.dateline, header.agency) == ("東京", "ロイター")


def test_what_stands_above_the_title_is_no_title():
    """An address and an agency that were copied along say where it came from."""
    extract = read(f"https://post.example/opinion/a\nReuters\n{PASTE}")
    header = extract.header
    assert header.title == "Arkwell rules out a deal with Lantern"
    assert (header.url, header.outlet) == ("https://post.example/opinion/a", "post.example")
    assert (header.agency, header.kind) == ("Reuters", Kind.OPINION)


@pytest.mark.parametrize("lead", ["Brennock – He ruled it out.", "He ruled it out. Nobody asked."])
def test_a_lead_above_a_photo_is_no_caption(lead):
    """A dateline or a second sentence tells the first paragraph of an article."""
    extract = read(f"Title\n\n{lead}\n\nPHOTO: NORTHLIGHT\n\nThe rest went on for a while.")
    assert "ruled it out." in extract.text
    assert extract.captions == ()


def test_a_last_word_in_capitals_is_no_agency():
    """Only an agency that is known, or stands in brackets, signs an article."""
    text = "Title\n\nThe party would leave the alliance, he said. He meant one thing. {}"
    assert read(text.format("NATO")).header.agency is None
    assert read(text.format("NATO")).text.endswith("NATO")
    assert read(text.format("(NORTHLIGHT)")).header.agency == "NORTHLIGHT"


def test_what_the_person_says_wins():
    """Hints are a moderator's word over a page's."""
    header = read(
        PASTE, outlet="Post", url="https://post.example/a", published=date(2026, 10, 21)
    ).header
    assert (header.outlet, header.published, header.not_before) == (
        "Post",
        date(2026, 10, 21),
        None,
    )


def test_an_outlet_is_named_or_said_to_be_unknown():
    """Without a name the address tells, and without an address nothing is made up."""
    assert read(PASTE).header.outlet == UNVERIFIED_PASTE
    assert read(PASTE, url="https://www.post.example/a").header.outlet == "post.example"


@pytest.mark.parametrize(
    "title", ["Opinion polls show a close race", "Commentators doubt the count"]
)
def test_news_about_opinions_is_news(title):
    """A kind is what an article says it is."""
    assert read(f"{title}\n\n{PASTE}").header.kind is Kind.NEWS
    assert read(f"Opinion: {title}\n\n{PASTE}").header.kind is Kind.OPINION


def test_hidden_characters_go_and_right_to_left_names_stay():
    """A direction override can disguise a name; the name itself is text."""
    text = read(f"Title\n\nThe pilot \u202eسميرة القسطلي\u202c won the seat.\n\n{PASTE}").text
    assert "سميرة القسطلي" in text
    assert "\u202e" not in text


@settings(deadline=None)
@given(st.text())
def test_cleaning_loses_no_letter(text):
    """Only spaces, breaks and invisible characters change."""
    import unicodedata

    whole = unicodedata.normalize("NFC", text)
    kept = [c for c in whole if c.isalnum()]
    assert [c for c in clean(text) if c.isalnum()] == kept


def test_the_first_real_paste_is_clean():
    """The seed of the project, as somebody copied it from a newspaper's page."""
    folder = os.environ.get("ELECTION_DESK_DATA")
    if not folder:
        pytest.skip("ELECTION_DESK_DATA names no folder of real articles")
    [found] = read_path(Path(folder) / "seed", Hints())
    extract, header = found.extract, found.extract.header
    for noise in ("Sign up now", "Follow topic", "PHOTO", "See more on", "(FILES)"):
        assert noise not in extract.text
    assert extract.text.startswith("A populist party surging")
    assert len(extract.captions) == 2
    assert (header.dateline, header.agency) == ("Tokyo", "AFP")
    assert (header.published, header.not_before) == (None, date(2025, 7, 16))


@pytest.mark.parametrize(
    ("head", "title", "day"),
    [
        (
            (
                "Skip to content\nMenu\nHome\nPolitics\nSport\nSubscribe\nSign in\n"
                "Holm counts by hand\nBy Mara Reyl\n2 November 2026\n5 min read\nShare\nSave"
            ),
            "Holm counts by hand",
            date(2026, 11, 2),
        ),
        (
            (
                "Zum Inhalt springen\nStartseite\nPolitik\nAnmelden\nHolm zählt von Hand aus\n"
                "Von Mara Reyl\n2. November 2026\nLesezeit: 3 Minuten\nTeilen"
            ),
            "Holm zählt von Hand aus",
            date(2026, 11, 2),
        ),
        (
            (
                "Accueil\nPolitique\nSe connecter\nSport\n"
                "À Holm, le dépouillement se fait à la main\nPar Mara Reyl\nLe 2 novembre 2026"
            ),
            "À Holm, le dépouillement se fait à la main",
            date(2026, 11, 2),
        ),
        ("Holm\nBy Mara Reyl", "Holm", None),
        ("Holm counts by hand\nThe lift had stopped\nBy Mara Reyl", "Holm counts by hand", None),
    ],
)
def test_the_menu_of_a_copied_page_is_no_title(head, title, day):
    """The headline is the line above the byline or the date, if a menu stands above it."""
    text = "The count in the island district of Holm ended at two, the returning officer said."
    extract = read(f"{head}\n{text}\n\nThe board meets on Friday.")
    assert (extract.header.title, extract.header.authors) == (title, ("Mara Reyl",))
    assert extract.header.published == day
    assert extract.text.endswith(f"{text}\n\nThe board meets on Friday.")
    assert "Sport" not in extract.text


def test_a_list_without_a_byline_is_no_menu():
    """Short lines above a sentence can be what it is about."""
    sentence = "All four have counted, she said."
    extract = read(f"Districts of the islands\n\nHolm\n\nTarn\n\nUlm\n\n{sentence}")
    assert extract.header.title == "Districts of the islands"
    assert extract.text.split("\n\n") == ["Holm", "Tarn", "Ulm", sentence]
