"""Several articles of one file or feed that have one address: none silently replaces another."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.wording import Wording, translated_failure
from ingest import reading
from ingest.language.languages import Language
from ingest.reading import limits, read_bytes, read_path
from ingest.reading.documents import Hints
from ingest.reading.listings import read_listing
from ingest.reading.registry import read_item
from tests.ingest.reading.files import epub
from tests.ingest.reading.pages import FIRST, SECOND, THIRD, a_page
from tests.ingest.test_refresh import LEDGER, a_desk, refreshed, watch

PAGE = "https://kreis.example/wahl"
BOARD = (
    "Der Wahlausschuss des Kreises Südholm hat am Montag elf Einsprüche geprüft und neun davon "
    "zurückgewiesen, teilte die Leiterin mit. Über die übrigen zwei wird am Donnerstag beraten, "
    "nachdem die Niederschriften aus beiden Wahllokalen vorliegen und eingesehen werden konnten."
)
FERRY = (
    "La navette entre Saint-Brévin et l'île a transporté les urnes dimanche soir, avec deux heures "
    "de retard sur l'horaire prévu par la préfecture. Les assesseurs ont attendu sur le quai, où "
    "la mairie leur avait fait porter du café et des couvertures jusqu'à l'arrivée du bateau."
)
COUNT = f"{FIRST} {SECOND} {THIRD}"


def lines(*records):
    """Write records as JSON Lines, and read them."""
    written = "\n".join(json.dumps(record) for record in records)
    return list(read_bytes(written.encode(), "export.jsonl", Hints()))


def item(text, title, link=PAGE, key="", day=19):
    """Write an item of RSS."""
    guid = f"<guid isPermaLink='false'>{key}</guid>" if key else ""
    return (
        f"<item><title>{title}</title><link>{link}</link>{guid}"
        f"<pubDate>{day} Oct 2026 06:00 UTC</pubDate><description>{text}</description></item>"
    )


def feed(*items):
    """Write a feed of items."""
    channel = f"<title>Kreisblatt</title>{''.join(items)}"
    return f'<rss version="2.0"><channel>{channel}</channel></rss>'.encode()


@pytest.mark.parametrize("second", [PAGE, f"{PAGE}#absatz-2", f"{PAGE}/?utm_source=x"])
def test_a_record_with_the_address_of_another_is_refused_by_name(second):
    """Of two texts at one address nobody knows which is right; the first stays, and says so."""
    first, other, last = lines(
        {"title": "Einsprüche", "url": PAGE, "text": BOARD},
        {"title": "Urnes", "url": second, "text": FERRY},
        {"title": "Count", "url": f"{PAGE}/holm", "text": COUNT},
    )
    assert first.extract.text == BOARD
    assert last.extract.text == COUNT
    sentence = str(other.problem)
    assert sentence.startswith("export.jsonl line 2 has the address of export.jsonl line 1 and")
    assert translated_failure(sentence, Wording.of(Language.JAPANESE)) != sentence


def test_a_record_with_the_outlet_and_title_of_another_is_refused_by_name():
    """Without an address they are what an article is known by."""
    record = {"title": "Kurz notiert", "outlet": "Kreisblatt"}
    first, second = lines(record | {"text": BOARD}, record | {"text": FERRY})
    assert first.problem is None
    sentence = str(second.problem)
    assert "line 2 has the outlet and the title of export.jsonl line 1 and" in sentence
    assert translated_failure(sentence, Wording.of(Language.GERMAN)) != sentence


def test_records_of_one_article_are_its_versions():
    """An export may hold what was corrected, and the same twice."""
    record = {"title": "Einsprüche", "url": PAGE}
    found = lines(
        record | {"text": BOARD},
        record | {"text": BOARD},
        record | {"text": BOARD.replace("elf", "zwölf")},
    )
    assert [article.problem for article in found] == [None, None, None]


def test_a_long_file_is_one_file(tmp_path, monkeypatch):
    """It is read in parts, of which the second does not forget the first."""
    rows = [{"title": f"T{n}", "url": f"{PAGE}/{n}", "text": f"{COUNT} {n}"} for n in range(400)]
    rows.insert(0, {"title": "A", "url": PAGE, "text": BOARD})
    rows.append({"title": "B", "url": PAGE, "text": FERRY})
    monkeypatch.setattr(reading, "FILES", replace(limits.FILES, line_chunk_bytes=4096))
    path = tmp_path / "year.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    *others, last = read_path(path, Hints())
    assert not [article.problem for article in others if article.problem]
    assert "line 402 has the address" in str(last.problem)


@pytest.mark.parametrize(
    ("links", "keys"),
    [
        ((PAGE, PAGE, PAGE), ("a1", "a2", "a3")),
        ((f"{PAGE}#1", f"{PAGE}#2", f"{PAGE}#3"), ("", "", "")),
        ((PAGE, PAGE, PAGE), (PAGE, PAGE, PAGE)),
    ],
)
def test_items_of_a_feed_with_one_link_are_articles_of_their_own(links, keys):
    """Told apart by their keys, their anchors or their titles; the page still opens there."""
    texts = {"Einsprüche": BOARD, "Urnes": FERRY, "Count": COUNT}
    written = [
        item(text, title, link, key)
        for (title, text), link, key in zip(texts.items(), links, keys, strict=True)
    ]
    found = list(read_bytes(feed(*written), "feed.xml", Hints(outlet="Kreisblatt")))
    assert {article.extract.header.title: article.extract.text for article in found} == texts
    addresses = [article.extract.header.url for article in found]
    assert len(set(addresses)) == 3
    assert all(address.startswith(f"{PAGE}#") for address in addresses)
    again = read_listing(feed(*reversed(written)), "https://kreis.example/feed").entries
    assert {entry.url for entry in again} == set(addresses)
    [entry] = [entry for entry in again if entry.title == "Urnes"]
    assert read_item(entry, "https://kreis.example/feed", Hints()).header.url == entry.url


def test_an_item_that_was_sent_again_is_its_latest_version():
    """With a key of its own or not; the page is read as ever."""
    old, new = item(BOARD, "A", key="1"), item(BOARD.replace("elf", "zwölf"), "A", key="2", day=20)
    for written in (feed(old, new), feed(new, old)):
        [entry] = read_listing(written, "https://kreis.example/feed").entries
        assert (entry.url, "zwölf" in entry.content) == (PAGE, True)


def test_items_that_only_name_a_page_are_that_page():
    """Several headlines lead to one live page, which is read itself."""
    written = feed(item("Kurz.", "A", f"{PAGE}#1"), item("Kürzer.", "B", f"{PAGE}#2"))
    [entry] = read_listing(written, "https://kreis.example/feed").entries
    assert not entry.in_feed


async def test_a_watched_feed_keeps_each_of_its_items(tmp_path):
    """Again and again, without asking for a page that is none of them."""
    board = f"{LEDGER}/board"
    async with a_desk(f"sqlite:///{tmp_path}/a.db") as (web, archive):
        web.put(
            f"{LEDGER}/feed.xml",
            feed(item(BOARD, "A", board, "1"), item(FERRY, "B", board, "2")).decode(),
        )
        watch(web, archive, f"{LEDGER}/feed.xml")
        assert await refreshed(web, archive) == {f"{LEDGER}/feed.xml": {"new": 2}}
        assert {
            article.header.title: article.versions for article in archive.articles.listed()
        } == {
            "A": 1,
            "B": 1,
        }
        await refreshed(web, archive, by_hand=True)
        assert {article.versions for article in archive.articles.listed()} == {1}


def test_chapters_without_a_title_of_their_own_are_all_read():
    """Programs write the title of the book above each."""
    chapters = [a_page(f"<p>{text}</p>", title="Wochenblatt", h1="") for text in (BOARD, FERRY)]
    found = list(read_bytes(epub(chapters), "woche.epub", Hints()))
    assert [article.extract.text for article in found] == [BOARD, FERRY]
