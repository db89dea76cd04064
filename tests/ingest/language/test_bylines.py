"""Bylines in the languages of newspapers, and lines that are none."""

import pytest

from ingest.language.lines import authors_in


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Mara Reyl", ("Mara Reyl",)),
        ("By Mara Reyl and Jo Penn", ("Mara Reyl", "Jo Penn")),
        ("By Mara Reyl, Ada Lund and Jo Penn", ("Mara Reyl", "Ada Lund", "Jo Penn")),
        ("By Mara Reyl, Political Editor", ("Mara Reyl",)),
        ("By MARA REYL | Holm Courier", ("MARA REYL",)),
        ("By Ludo van der Meer", ("Ludo van der Meer",)),
        ("Von Mara Reyl und Jo Penn", ("Mara Reyl", "Jo Penn")),
        ("Von Mara Reyl, Holm", ("Mara Reyl",)),
        ("Text: Mara Reyl", ("Mara Reyl",)),
        ("Par Mara Reyl et Jo Penn", ("Mara Reyl", "Jo Penn")),
        ("Por Mara Reyl y Jo Penn", ("Mara Reyl", "Jo Penn")),
        ("Por Mara Reyl e Jo Penn", ("Mara Reyl", "Jo Penn")),
        ("di Mara Reyl e Jo Penn", ("Mara Reyl", "Jo Penn")),
        ("Door Mara Reyl en Jo Penn", ("Mara Reyl", "Jo Penn")),
        ("Autor: Mara Reyl", ("Mara Reyl",)),
        ("Автор: Мара Рейл", ("Мара Рейл",)),
        ("文・佐藤花子", ("佐藤花子",)),
        ("取材・文：佐藤 花子", ("佐藤 花子",)),
        ("홍길동 기자", ("홍길동",)),
        ("记者 王小明", ("王小明",)),
        ("作者：王小明、李红", ("王小明", "李红")),
        ("بقلم: منى خالد", ("منى خالد",)),
    ],
)
def test_a_byline_gives_its_names(line, names):
    """Each name once, without what the person is and where."""
    assert authors_in(line) == names


@pytest.mark.parametrize(
    "line",
    [
        "By four in the morning the count was over",
        "By two votes",
        "Von Anfang an",
        "Von Holm nach Tarn",
        "Von 2019 bis 2026",
        "Par temps de pluie",
        "Por qué perdió Reyl",
        "Di nuovo al voto",
        "Door de regen",
        "Text: Wie die Wahl verlief",
        "文・化財を守る町の人々の長い一日と夜の記録",
        "記者会見で語る",
        "기자회견",
        "记者：你还会参选吗？",
        "Autor: 3 Bücher",
        "Holm counted by two",
    ],
)
def test_a_headline_is_no_byline(line):
    """A preposition or a word for writers begins many lines."""
    assert authors_in(line) == ()
