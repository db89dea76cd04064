"""Any bytes of any kind: articles or a sentence, within time, never a traceback."""

import os
import plistlib
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.errors import UnreadableError
from ingest.reading import ENDINGS, Document, read
from ingest.reading.pages import read_page
from tests.ingest.reading import files
from tests.ingest.reading.pages import STORY, a_page
from tests.ingest.reading.results.files import workbook

EXAMPLES = int(os.environ.get("FUZZED", "20"))
"""Inputs a kind; the benchmark `fuzz` tries 2,000."""
SEEDS = {
    ".html": a_page().encode(),
    ".mhtml": files.saved(a_page()),
    ".eml": files.mail(a_page(), "plain text of a letter that is long enough to be an article"),
    ".vtt": b"WEBVTT\n\n00:01.000 --> 00:04.000\n<v Ada Brenk>We <i>won</i> in Holm &amp; more.\n",
    ".srt": b"1\n00:00:01,000 --> 00:00:04,200\nADA BRENK: We won in Holm, and nobody else did.\n",
    ".docx": files.docx(
        files.paragraph("The count", "Title")
        + files.paragraph("Holm counted by two o'clock in the morning, the officer said.")
    ),
    ".odt": files.odt("<text:p>Holm counted by two o'clock in the morning, they said.</text:p>"),
    ".epub": files.epub([a_page()]),
    ".rtf": files.rtf(
        rb"Holm {\b counted} by two \u8212? \'e9 they said in the morning.\par x\cell\row"
    ),
    ".csv": b'ward,name,votes\nHolm 1,"Brenk, Oda",1310\nHolm 2,,\n',
    ".xlsx": workbook(),
    ".tsv": b"ward\tname\tvotes\nHolm 1\tOda Brenk\t1310\n",
    ".json": b'[{"title": "Holm", "text": "Holm counted by two in the morning, they said."}]',
    ".jsonl": b'{"title": "Holm", "text": "Holm counted by two in the morning, they said."}\n',
    ".ics": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261103T080000Z\r\n"
    b"SUMMARY:Election day\\, in Holm and in all of the islands\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ".opml": b'<opml><body><outline text="L" xmlUrl="https://l.example/f"/></body></opml>',
    ".webarchive": plistlib.dumps(
        {"WebMainResource": {"WebResourceData": a_page().encode()}}, fmt=plistlib.FMT_BINARY
    ),
    ".xml": b'<rss version="2.0"><channel><item><title>H</title><link>https://l.example/1</link>'
    b"<description>" + STORY.encode() + b"</description></item></channel></rss>",
    ".md": b"---\ntitle: Holm\n---\n# Holm\n\nHolm ~~cast~~ **counted** [there](https://x.example).\n",
    ".txt": b"Holm counted\n\nHolm counted by two in the morning, the officer said on Monday.\n",
    ".pdf": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"trailer\n<< /Root 1 0 R >>\n",
}
SECONDS = 20.0
"""Seconds that one input may take on a busy machine."""


@st.composite
def damaged(draw, seed):
    """Return a document with bytes changed, cut, repeated, nested, or in another encoding."""
    data = bytearray(seed)
    for _ in range(draw(st.integers(0, 6))):
        how = draw(st.sampled_from(["flip", "cut", "insert", "repeat", "encode", "swap"]))
        at = draw(st.integers(0, max(0, len(data) - 1)))
        if how == "flip" and data:
            data[at] = draw(st.integers(0, 255))
        elif how == "cut":
            del data[at : at + draw(st.integers(1, 200))]
        elif how == "insert":
            data[at:at] = draw(st.binary(max_size=40))
        elif how == "repeat":
            data[at:at] = data[at : at + 60] * draw(st.integers(1, 30))
        elif how == "swap":
            other = draw(st.integers(0, max(0, len(data) - 1)))
            data[at : at + 30], data[other : other + 30] = (
                data[other : other + 30],
                data[at : at + 30],
            )
        else:
            code = draw(st.sampled_from(["utf-16", "utf-32", "cp1251", "shift_jis"]))
            data = bytearray(data.decode("latin-1").encode(code, "replace"))
    return bytes(data)


def is_read_or_refused(data, name):
    began = time.process_time()
    found = read(Document(data, name))
    assert time.process_time() - began < SECONDS
    assert found
    for each in found:
        assert (each.extract is None) != (each.problem is None)
        if each.problem is not None:
            assert str(each.problem).endswith(".")


def test_every_ending_is_tried():
    """A new kind is damaged too."""
    twins = {
        ".htm",
        ".xhtml",
        ".mht",
        ".ndjson",
        ".markdown",
        ".text",
        ".rss",
        ".atom",
        ".sbv",
        ".ical",
    }
    assert ENDINGS - twins == set(SEEDS)


@pytest.mark.parametrize("ending", sorted(SEEDS))
@pytest.mark.parametrize(
    "data", [b"\xff\xfe" * 2, b"\xef\xbb\xbf" * 3, "\u200b\u2060\n\u200b".encode(), b" \n\t\r\n"]
)
def test_a_document_of_nothing_that_can_be_seen_is_refused(ending, data):
    """Byte order marks, signs without width and blanks are no text, whatever the kind."""
    assert all(found.problem is not None for found in read(Document(data, f"a{ending}")))


@pytest.mark.parametrize("ending", sorted(SEEDS))
def test_a_damaged_document_is_read_or_refused(ending):
    """Whatever became of it on its way."""

    @settings(
        max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(damaged(SEEDS[ending]))
    @example(SEEDS[ending])
    @example(b"")
    @example(b"\r" + SEEDS[ending])
    @example(SEEDS[ending].replace(b"//courier.example", b"//[courier.example"))
    @example(SEEDS[ending][: len(SEEDS[ending]) // 2])
    def run(data):
        is_read_or_refused(data, f"a{ending}")

    run()


NESTED = {
    ".html": (
        b"<h3>Who \x08 won?</h3><p>Brenk \x01 did, <q>by far \x0b</q>.</p>" * 9,
        b"<div>" * 30_000,
        b"<b><i>" * 20_000, b"<table><tr><td>" * 3000, b"<q>" * 20_000,
        b"<div>" + b"w " * 100_000 + b"</div>" + b"<b hidden>x</b>" * 5000,
        b"<ul><li><a href=/x>x</a> " * 200 + b"1 " * 100_000,
        b"<style>" + b"".join((b".o%d " * 3000) % (*range(3000),) + b".x{left:%d}" % i
        for i in range(9)) + b"</style>" + b"".join((b"<div class='" + b"o%d " * 20 + b"'>")
        % (*range(i, i + 20),) for i in range(0, 3000, 20)) + b"<i class=x>w </i>" * 20_000),
    ".rtf": (b"{\\rtf1" + b"{\\b " * 100_000,),
    ".json": (b"[" * 200_000, b'{"a":' * 100_000),
    ".jsonl": (b"[" * 200_000 + b"\n", b'{"text": "' + b"a " * 500_000 + b'"}\n'),
    ".xml": (
        b"<rss><channel>" + b"<item>" * 50_000,
        (b'<rss version="2.0" xmlns:cc="http://backend.userland.com/creativeCommonsRssModule">'
        b"<channel><cc:license>x<item></cc:license></item></channel></rss>"),
    ),
    ".opml": (b"<opml>" + b"<outline>" * 50_000,),
    ".eml": (
        b"From: a\nMIME-Version: 1.0\n"
        + b"".join(
            b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i)
            for i in range(3000)
        ),
        b"From: a\nSubject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\n" + b"word " * 200,
    ),
    ".docx": (files.packed({"word/document.xml": "<a>" * 50_000}),),
    ".odt": (files.odt("<text:section>" * 5000),),
    ".csv": (b'"' * 200_000, b"a,b\n" + b"1," * 100_000, b"a;b\n" + b"1;2\n" * 4000),
    ".vtt": (
        b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\n" * 20_000,
        b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<" * 100_000,
    ),
    ".md": (b"[" * 20_000, b"> " * 20_000 + b"a", b"- " * 5000 + b"a"),
    ".txt": (b"A\n" * 50_000, b"word, " * 150_000),
}  # fmt: skip


@pytest.mark.parametrize(
    ("ending", "place"), [(ending, i) for ending, all_ in NESTED.items() for i in range(len(all_))]
)
def test_what_is_nested_or_huge_is_read_or_refused(ending, place):
    """Depth and length cost no more than they are worth."""
    is_read_or_refused(NESTED[ending][place], f"a{ending}")


@pytest.mark.parametrize("block", ["<p>Holm counts.</p>", "<div>Holm counts.</div>", "Holm<br>"])
def test_a_page_of_more_paragraphs_than_any_article_is_refused_at_once(block):
    """What finds the article would take longer than anybody waits."""
    page = f"<html><body><article>{block * 40_001}</article></body></html>"
    began = time.process_time()
    with pytest.raises(UnreadableError, match="more than 40000 paragraphs, so it was not read"):
        read_page(page, "long.html")
    assert time.process_time() - began < 10
