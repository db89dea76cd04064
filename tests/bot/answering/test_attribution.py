"""Who says a sentence."""

import pytest

from bot.answering.attribution import speaker


@pytest.mark.parametrize(
    ("sentence", "before", "who"),
    [
        ("Mara Okonjo told reporters: “We will not join them.”", "", "Mara Okonjo"),
        ("The leader of Common Field, Tobin Arkwell, said that he would not.", "", "Tobin Arkwell"),
        ("Tobin Arkwell, a former pilot, said that he would not.", "", "Tobin Arkwell"),
        ("“It is over,” said Tomas Reyl.", "", "Tomas Reyl"),
        (
            "“Not now, not ever.”",
            "Asked again, party leader Mara Okonjo said: “No.”",
            "Mara Okonjo",
        ),
        ("オコンジョ党首は「連立には加わらない」と述べた。", "", "オコンジョ党首"),
        ("Turnout was 61.4 percent.", "Mara Okonjo said it rained.", None),
        ("He said he would stay.", "", None),
    ],
)
def test_the_speaker_is_named_only_where_the_words_name_one(sentence, before, who):
    """A quotation that goes on keeps its speaker; a report of fact has none."""
    named = speaker(sentence, before)
    assert named == who or (who is not None and named is not None and named.endswith(who))
