"""Files, folders and bytes of every kind; what cannot be read says why and stops nothing."""

import io
import json
import os
import pickle
from datetime import date, datetime, timedelta, timezone
from importlib.metadata import EntryPoint

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from ingest.model import Extract, Header, Kind
from ingest.reading import (
    Document,
    FoundArticle,
    Hints,
    Parser,
    read,
    read_bytes,
    read_path,
    registry,
)

BODY = "The count in Wexcombe ended at noon on Sunday. Nobody contested the result afterwards. "
JAPANESE = (
    "選挙管理庁は日曜日、ウェクスコームの開票が正午に終わったと発表した。結果に異議はなかった。" * 3
)
PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="{charset}">
<title>T - Ledger</title>
<meta property="og:site_name" content="Sarnholt Ledger">
<link rel="canonical" href="https://ledger.example/a">
<script type="application/ld+json">{{"@type": "OpinionNewsArticle", "headline": "{title}",
"datePublished": "2026-10-26T07:30:00+09:00", "author": [{{"name": "Mara Reyl"}}],
"publisher": {{"name": "Sarnholt Ledger"}}}}</script></head>
<body><nav><a href="/">Home</a> <a href="/s">Subscribe</a></nav><article><h1>{title}</h1>
<figure><img src="a.jpg"><figcaption>The hall at noon.</figcaption></figure>
<p>{body}</p><p>{body}</p></article><footer>All rights reserved.</footer></body></html>"""


def a_page(*, charset="utf-8", lang="en", title="The count is over", body=BODY):
    return PAGE.format(charset=charset, lang=lang, title=title, body=body)


def one(data, name="input", **hints):
    [found] = read_bytes(data, name, Hints(**hints))
    return found


def pdf(**options):
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if options.get("password"):
        writer.encrypt(options["password"], algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_page_says_what_it_is():
    """Title, outlet, author, minute and kind are taken from the page's own declarations."""
    extract = one(a_page().encode(), "a.html").extract
    header = extract.header
    zone = timezone(timedelta(hours=9))
    assert (header.title, header.outlet) == ("The count is over", "Sarnholt Ledger")
    assert header.url == "https://ledger.example/a"
    assert header.published == datetime(2026, 10, 26, 7, 30, tzinfo=zone)
    assert (header.authors, header.kind) == (("Mara Reyl",), Kind.OPINION)
    assert extract.captions == ("The hall at noon.",)
    for noise in ("Subscribe", "Home", "rights reserved", "hall at noon"):
        assert noise not in extract.text


@pytest.mark.parametrize("declared", ["utf-8", "shift_jis", "euc-jp", "iso-8859-1"])
@pytest.mark.parametrize("written", ["utf-8", "cp932", "euc_jp", "iso2022_jp"])
def test_a_wrong_charset_does_not_garble_a_page(declared, written):
    """The bytes are believed before the declaration."""
    page = a_page(charset=declared, lang="ja", title="開票終わる", body=JAPANESE)
    extract = one(page.encode(written), "a.html").extract
    assert extract.header.title == "開票終わる"
    assert "ウェクスコームの開票が正午に終わった" in extract.text


def test_front_matter_is_metadata():
    """A Markdown article carries its own facts."""
    text = (
        "---\ntitle: Over\noutlet: Courier\nauthors: [A. B., C. D.]\npublished: 2026-10-26\n"
        f"agency: Northlight\nlanguage: en\n---\n# Over\n\n**{BODY.strip()}** [More](https://x.example)\n\n"
        "That was all. Northlight\n"
    )
    extract = one(text.encode(), "a.md").extract
    assert extract.header.authors == ("A. B.", "C. D.")
    assert extract.header.published == date(2026, 10, 26)
    assert extract.text == f"{BODY.strip()} More\n\nThat was all."


def test_json_lines_are_read_under_any_names():
    """A mapping names the fields; usual names need none."""
    theirs = {"words": BODY, "paper": {"name": "Courier"}, "headline": "Over", "date": "2026/10/26"}
    hints = Hints(url="https://x.example", mapping={"text": "words", "outlet": "paper"})
    [found] = read_bytes(json.dumps(theirs).encode(), "a", hints)
    header = found.extract.header
    assert (header.title, header.outlet) == ("Over", "Courier")
    assert (header.published, header.url) == (date(2026, 10, 26), None)


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.txt", "empty"),
        (b" \n\t\n", "a.txt", "empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "a.png", "cannot be read"),
        (bytes(range(256)) * 40, "a.txt", "not text"),
        (b"word " * 11_000_000, "a.txt", "52 MB"),
        (b"Too short.", "a.txt", "10 characters"),
        (b"%PDF-1.7 broken", "a.pdf", "broken PDF"),
        (b"not a pdf at all", "a.pdf", "broken PDF"),
        (pdf(), "a.pdf", "pictures"),
        (pdf(password="secret"), "a.pdf", "encrypted"),
        (b"<html><body></body></html>", "a.html", "Paste its text"),
        (b'{"text": "   "}', "a.jsonl", "--map"),
        (b'{"title": "no text"}', "a.jsonl", "--map"),
        (b'{"text": 5}', "a.jsonl", "--map"),
    ],
)
def test_bad_input_gets_its_sentence(data, name, words):
    """What, which, and what to do; never a traceback and never silence."""
    found = one(data, name)
    assert found.extract is None
    assert words in str(found.problem)
    assert name in str(found.problem)


def test_a_bad_line_does_not_stop_the_others(tmp_path):
    """One broken record costs itself."""
    good = json.dumps({"text": BODY, "url": "http://[bad", "title": "a \ud800 b"})
    file = tmp_path / "a.jsonl"
    file.write_text(f"{good}\n{{broken\n[1, 2]\n\n{good}\n", encoding="utf-8")
    found = list(read_path(file, Hints()))
    assert [each.problem is None for each in found] == [True, False, False, True]
    assert "line 2" in str(found[1].problem)
    assert found[0].extract.header.url is None
    assert found[0].extract.digest


def test_a_folder_is_read_in_order(tmp_path):
    """Files of sub-folders too; hidden ones are passed over."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.txt").write_text(f"Title\n\n{BODY}")
    (tmp_path / "a.txt").write_text("")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "c.jsonl").write_text(f"{json.dumps({'text': BODY})}\n\n{{}}\n")
    found = list(read_path(tmp_path, Hints()))
    assert [each.problem is None for each in found] == [False, True, False, True]


def test_a_missing_path_and_an_empty_folder_say_so(tmp_path):
    """A mistyped path is not an empty result."""
    [missing] = read_path(tmp_path / "nowhere", Hints())
    [empty] = read_path(tmp_path, Hints())
    assert "does not exist" in str(missing.problem)
    assert "holds no files" in str(empty.problem)


def test_a_pipe_is_not_an_empty_folder(tmp_path):
    """What is neither file nor folder is named, with the way to read it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    [found] = read_path(pipe, Hints())
    assert "neither a file nor a folder" in str(found.problem)


def test_a_broken_first_line_is_a_line():
    """Bytes that are named as JSON Lines are no paste."""
    good = json.dumps({"text": [BODY, BODY]})
    found = list(read_bytes(f"{{broken\n{good}".encode(), "a.jsonl", Hints()))
    assert [each.problem is None for each in found] == [False, True]
    assert found[1].extract.text == f"{BODY.strip()}\n\n{BODY.strip()}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_text_that_ends_inside_a_character_is_read_up_to_it(encoding):
    """A copy that was cut off half-way loses one character."""
    data = f"開票\n\n{JAPANESE}".encode(encoding)
    assert "開票が正午に終わった" in one(data).extract.text
    if encoding == "utf-8":
        assert "開票が正午に終わった" in one(data[:-1]).extract.text


def test_nul_bytes_are_left_out():
    """A stray NUL would be refused by PostgreSQL; the words around it are kept."""
    extract = one(f"Title\n\n{BODY}\x00{BODY}".encode()).extract
    assert "\x00" not in extract.text
    assert extract.text.count("Wexcombe") == 2


def test_no_field_of_a_record_holds_a_nul():
    """Authors and addresses are cleaned like the text."""
    record = {
        "text": BODY,
        "authors": ["A\x00 B"],
        "agency": "N\x00L",
        "url": "https://x.example/\x00a",
    }
    header = one(json.dumps(record).encode()).extract.header
    assert (header.authors, header.agency, header.url) == (("A B",), "NL", "https://x.example/a")


def test_a_long_article_is_read_whole():
    """300 kB is an article too."""
    extract = one(("Title\n\n" + BODY * 3500).encode()).extract
    assert len(extract.text) > 300_000


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from(["a.txt", "a.html", "a.md", "a.pdf", "a.jsonl", "-"])
)
def test_any_bytes_are_read_or_refused(data, name):
    """Nothing that somebody hands over can break the desk."""
    for found in read_bytes(data, name, Hints()):
        assert (found.extract is None) != (found.problem is None)


@pytest.mark.parametrize("name", ["notes.py", "count.zip", "minutes"])
def test_what_no_parser_takes_is_refused_by_name(tmp_path, name):
    """Raw markup and programs are no paste; the sentence lists what is read."""
    file = tmp_path / name
    file.write_text(f"Title\n\n{BODY}")
    [found] = read_path(file, Hints())
    assert name in str(found.problem)
    assert "pages (.htm, .html, .xhtml)" in str(found.problem)


def test_another_package_adds_a_kind(monkeypatch):
    """An entry point names a parser; nothing of ours is changed for it."""

    class Minutes(Parser):
        kind = "minutes"
        endings = frozenset({".min"})

        def parse(self, document):
            yield FoundArticle(document.name, Extract(Header("Minutes"), document.text()))

    point = EntryPoint("minutes", "somewhere:Minutes", "election_desk.parsers")
    monkeypatch.setattr(EntryPoint, "load", lambda _: Minutes)
    monkeypatch.setattr(registry, "entry_points", lambda **_: [point])
    registry.parsers.cache_clear()
    try:
        [found] = read(Document(BODY.encode(), "council.min", Hints(outlet="Sarnholt Council")))
    finally:
        registry.parsers.cache_clear()
    assert (found.extract.header.title, found.extract.header.outlet) == (
        "Minutes",
        "Sarnholt Council",
    )


def test_an_array_of_records_is_read_like_json_lines():
    """A broken record costs itself."""
    data = json.dumps([{"title": "Over", "text": BODY}, {"title": "None"}], indent=1)
    good, bad = read_bytes(data.encode(), "a.json", Hints())
    assert good.extract.header.title == "Over"
    assert "record 2" in str(bad.problem)


def test_what_goes_in_and_comes_out_can_be_pickled():
    """Reading may happen in a process of its own."""
    for data, name in ((a_page().encode(), "a.html"), (b"", "a.txt"), (b"%PDF-1.7", "a.pdf")):
        document = pickle.loads(pickle.dumps(Document(data, name)))
        [found] = read(document)
        again = pickle.loads(pickle.dumps(found))
        assert (again.extract, str(again.problem)) == (found.extract, str(found.problem))
