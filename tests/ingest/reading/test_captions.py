"""Captions: each sentence once, under its time; a speaker only where the file names one."""

import pytest

from ingest.model import Kind
from ingest.reading import Hints, read_bytes

ROLLING = """WEBVTT
Kind: captions
Language: de

00:00:01.000 --> 00:00:03.000 align:start
 \nguten<00:00:01.400><c> Abend</c><00:00:02.000><c> aus</c>

00:00:03.000 --> 00:00:03.010
guten Abend aus
 \n
00:00:03.010 --> 00:00:06.000
guten Abend aus
Holm<00:00:04.000><c> die</c><00:00:05.000><c> Beteiligung</c>

00:00:06.010 --> 00:00:09.000
Holm die Beteiligung
lag bei 58,3 Prozent
"""
VOICES = """WEBVTT - The Holm debate

NOTE checked by nobody: is it Brenk or Brent?

STYLE
::cue(.red) { color: red }

1
00:59.000 --> 01:02.000 line:84%
<v Ada Brenk>We spent 3 million &amp; not 4,

2
01:02.000 --> 01:04.000
<v Ada Brenk>and I stand by it.

3
01:00:05.000 --> 01:00:08.000
<v.loud Ewan Holt>That is <i>not</i> so.
"""
SUBRIP = (
    "1\r\n00:00:01,000 --> 00:00:04,200\r\n"
    "{\\an8}CLERK: We go to Holm, where\r\nthe result is due.\r\n \r\n"
    "2\r\n00:00:04,300 --> 00:00:08,900\r\n"
    '<font color="red">OFFICER: Votes for Dora Penn:</font>\r\n'
    "nine thousand and twelve.\r\n"
)


def one(text, name="count-night.en.vtt", **hints):
    data = text if isinstance(text, bytes) else text.encode()
    [found] = read_bytes(data, name, Hints(**hints))
    return found


def test_rolling_captions_are_read_once():
    """Machines show the line before above each new one."""
    extract = one(ROLLING).extract
    assert extract.text == "[0:01] guten Abend aus Holm die Beteiligung lag bei 58,3 Prozent"
    assert (extract.header.kind, extract.header.language) == (Kind.CAPTIONS, "de")
    assert extract.header.title == "count night"


def test_speakers_are_those_that_the_file_names():
    """Voices of WebVTT stand before what they say; notes and styles are none of it."""
    extract = one(VOICES).extract
    assert extract.header.title == "The Holm debate"
    assert extract.text == (
        "[0:59] Ada Brenk: We spent 3 million & not 4, and I stand by it.\n\n"
        "[1:00:05] Ewan Holt: That is not so."
    )


def test_subrip_is_read_under_any_name():
    """The first cue tells the format; blank lines may hold a space."""
    extract = one(SUBRIP, "paste").extract
    assert extract.text == (
        "[0:01] CLERK: We go to Holm, where the result is due.\n\n"
        "[0:04] OFFICER: Votes for Dora Penn: nine thousand and twelve."
    )


def cues(*texts, head="", comma=","):
    """Write cues of a second each."""
    return head + "".join(
        f"{number}\n00:00:0{number}{comma}000 --> 00:00:0{number + 1}{comma}000\n{text}\n\n"
        for number, text in enumerate(texts, start=1)
    )


@pytest.mark.parametrize(
    ("text", "name", "lines"),
    [
        (
            cues(
                "<v Ada Lund>We won <c.red>Holm</c> today</v> <v Bo>No, you lost it</v>",
                head="\ufeffWEBVTT FILE\n\nREGION\nid:a\n\n",
                comma=".",
            ).replace("\n", "\r\n"),
            "a.vtt",
            ["[0:01] Ada Lund: We won Holm today", "[0:01] Bo: No, you lost it"],
        ),
        (
            cues("good", "good evening", "good evening from Holm, where all is counted"),
            "a.srt",
            ["[0:01] good evening from Holm, where all is counted"],
        ),
        (
            cues("[MUSIC]", "♪ Holm ♪", "Ada Lund: Who won here?", "Bo: Brenk did, by 31 votes."),
            "a.srt",
            ["[0:03] Ada Lund: Who won here?", "[0:04] Bo: Brenk did, by 31 votes."],
        ),
        (
            cues(
                "（司会）北斗町の投票率は\n58.3％でした。", "ブレンク：皆さんありがとうございます。"
            ),
            "a.srt",
            [
                "[0:01] （司会）北斗町の投票率は58.3％でした。",
                "[0:02] ブレンク：皆さんありがとうございます。",
            ],
        ),
        (
            "0:01:01.500,0:01:04.000\nTurnout in Holm was 58.3 per cent.\n\n",
            "a.sbv",
            ["[1:01] Turnout in Holm was 58.3 per cent."],
        ),
    ],
)
def test_captions_are_read_as_they_are_written(text, name, lines):
    """Old signatures, regions, growing lines, sounds, songs, and speakers before a colon."""
    assert one(text, name).extract.text.split("\n\n") == lines


def test_an_outlet_and_a_day_are_given_by_hand():
    """No caption says whose it is."""
    assert one(SUBRIP, outlet="Sarnholt Radio").extract.header.outlet == "Sarnholt Radio"


@pytest.mark.parametrize("text", ["WEBVTT\n\n", "WEBVTT\n\nNOTE nothing\n", "no time at all\n"])
def test_captions_without_a_cue_are_refused(text):
    """Nothing stands under a time."""
    assert "no captions" in str(one(text).problem)


def test_hours_of_captions_are_read_in_a_moment():
    """Time grows with the length alone."""
    cues = "".join(
        f"{i // 3600:02}:{i // 60 % 60:02}:{i % 60:02}.000 --> {(i + 1) // 3600:02}:"
        f"{(i + 1) // 60 % 60:02}:{(i + 1) % 60:02}.000\nword number {i} of the long night.\n\n"
        for i in range(20_000)
    )
    text = one("WEBVTT\n\n" + cues).extract.text
    assert text.count("word number 19999 ") == 1


def test_live_captions_that_mark_another_speaker_say_each_line_once():
    """The mark stands before a new line, and not where it is shown again above another."""
    text = (
        "WEBVTT\n\n00:01.000 --> 00:03.000\n&gt;&gt; THE COUNT IN HOLM\n\n"
        "00:02.000 --> 00:05.000\nTHE COUNT IN HOLM\nHAS ENDED, TURNOUT WAS\n\n"
        "00:04.000 --> 00:07.000\nHAS ENDED, TURNOUT WAS\n61.4 PERCENT.\n\n"
        "00:07.000 --> 00:09.000\n>> THANK YOU, MAYOR.\n"
    )
    [found] = read_bytes(text.encode(), "night.vtt", Hints())
    assert found.extract.text.split("\n\n") == [
        "[0:01] THE COUNT IN HOLM HAS ENDED, TURNOUT WAS 61.4 PERCENT.",
        "[0:07] THANK YOU, MAYOR.",
    ]
