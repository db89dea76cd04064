"""A folder of thirty-two files of all kinds, added from the terminal: what is kept, and why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.__main__ import main
from tests.ingest.reading.folder import written

KEPT = {
    "Holm counted by two": ("en", "The last boxes came by ferry, and the lift had stopped working"),
    "The count in Dunmere": ("en", "The count in the island district of Dunmere ended"),
    "Brenk holds Holm": ("en", "Oda Brenk held Holm with 7,130 votes, the Voting Office said"),
    "北斗町の開票": ("ja", "北斗町の開票は月曜日の午前二時に終わり、"),
    "Tarn, saved": ("en", "The count in the island district of Tarn ended"),
    "Norwick in Safari": ("en", "The count in the island district of Norwick ended"),
    "Holm result: Brenk holds “her” seat": ("en", "Good morning. Oda Brenk held Holm"),
    "debate": ("en", "[0:01] Ada Lund: We won in Holm and in the islands & we thank you all."),
    "night": ("en", "[0:01] PRESENTER: The ferries stopped at nine, so Holm counts last tonight."),
    "Minutes of the council of Dunmere": ("en", "Present: eleven members; Ana Teller took"),
    "Brenk on the quay": ("en", "Fares will not rise before the spring, Oda Brenk said"),
    "Monday in Ostrel": ("en", "The count in the island district of Ostrel ended"),
    "Brenk held": ("en", "Oda Brenk held Holm with 7,130 votes, the Voting Office said"),
    "The recount in Tarn": (
        "en",
        "Ana Teller won Tarn by 31 votes, its clerk said – in the evening.",
    ),
    "votes": ("en", "votes · Holm · office: Governor · candidate: Odile Farr"),
    "Sarnholt mayoral election 2026": ("en", "Sarnholt mayoral election 2026 · Preliminary"),
    "turnout": ("und", "turnout · Holm · turnout: 63.5"),
    "book": ("und", "Official result of the Marrowen run-off, certified · Upper Marrow"),
    "Sarnholt treasurer election": ("und", "Sarnholt treasurer election · Ostrel"),
    "Tarn’s result is in": ("en", "Ana Teller won Tarn by 31 votes, its clerk said on Tuesday."),
    "Kestrel counted": ("en", "The count in the island district of Kestrel ended"),
    "Norwick votes": ("en", "In Norwick 41,015 ballots were cast, the clerk said."),
    "Two polls, one lead": ("en", "Harbour leads by six points, both polls say."),
    "Ferries stop on polling day": ("en", "Port of Holm, Monday"),
    "Grünau wählt": ("de", "Die Wählerinnen von Grünau haben „endlich“ gewählt"),
    "Holm was counted by two o’clock in the morning, and Oda Brenk held it, the returning officer "
    "said in the old customs…": ("en", "Holm was counted by two o’clock in the morning"),
}
"""The title, the language and the first words of what is kept."""
REFUSED = {
    "paid.html": "is a paid post (Sponsored content), not coverage",
    "cookies.html": "holds no article: it asks for consent to cookies",
    "feeds.opml": "is a list of feeds (1) and no article. Watch the feeds instead",
    "feed.xml": "only names 1 of its articles",
    "articles.jsonl": 'line 2 has no text under "text"',
    "scan.pdf": "holds pictures of pages and no text",
    "picture.png": "cannot be read. What can be read: pages",
    "empty.txt": "is empty",
    "script.py": "cannot be read. What can be read: pages",
}
"""The name of each file that is refused, wholly or in part, and why."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write the folder beside an empty archive."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("home")
    patch.setenv("DATA_DIR", str(home / "data"))
    patch.setenv("EMBEDDING_MODEL", "fast")
    patch.chdir(home)
    yield written(home / "folder")
    patch.undo()


def printed(capsys, *arguments):
    """Return the object that a command prints."""
    main([*map(str, arguments), "--json"])
    return json.loads(capsys.readouterr().out)


def test_each_file_of_a_folder_is_kept_or_refused_in_a_sentence(folder, capsys):
    """Nothing of a refused file is kept, and what is kept reads as its reader would read it."""
    added = printed(capsys, "add", folder)
    refused = {
        Path(each["name"].split(" line ")[0]).name: each["problem"] for each in added["problems"]
    }
    assert set(refused) == set(REFUSED)
    for name, words in REFUSED.items():
        assert words in refused[name]
        assert refused[name].endswith(".")
    articles = printed(capsys, "list", "--limit", 99)["articles"]
    kept = {}
    for article in articles:
        shown = printed(capsys, "show", article["id"])
        extract = shown["version"]["extract"]
        header = extract["header"]
        kept[header["title"]] = (header["language"], extract["text"])
    assert set(kept) == set(KEPT)
    for title, (language, words) in KEPT.items():
        assert kept[title][0] == language, title
        assert kept[title][1].startswith(words), title
        assert "<" not in kept[title][1], title
        assert "reader@" not in kept[title][1], title
