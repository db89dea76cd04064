"""What was fetched is kept beside its version, and proves it when the page is gone."""

from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
from datetime import timedelta

import pytest

from bot.commands.verification import Proof, SnapshotProof, check_export, show_export
from ingest.errors import ReadingError
from ingest.model import NO_SNAPSHOTS, Permission, SnapshotLimits
from ingest.reading.registry import pages_of, text_of
from ingest.refresh import Refresher
from tests.ingest.newsroom import Newsroom, story

HOST = "http://ledger.example"
FEED, PAGE = f"{HOST}/feed.xml", f"{HOST}/1"
KEPT = SnapshotLimits(days=30, megabytes=1)


@pytest.fixture
async def web():
    """Open a local web with one feed of one page."""
    async with Newsroom().open() as opened:
        opened.feed(FEED, [(PAGE, "One")])
        opened.page(PAGE, "One", story(1))
        yield opened


async def refreshed(web, archive, limits=KEPT):
    """Watch the feed, and look at it."""
    archive.sources.watch(FEED, "Sarnholt Ledger", Permission.OFFERED, 60, now=web.now)
    async with web.fetcher() as fetcher:
        refresher = Refresher(archive, fetcher, lambda: web.now, snapshots=limits)
        return await refresher.refresh(archive.sources.watched())


async def test_a_snapshot_is_what_was_fetched(web, archive):
    """Its digest is the version's, its text the article's."""
    await refreshed(web, archive)
    [version] = archive.articles.versions(1)
    warc = archive.snapshots.get(1, 1)
    assert hashlib.sha256(warc).hexdigest() == version.snapshot
    [page] = pages_of(warc)
    assert page.url == PAGE
    assert page.data == web.replies[PAGE].body
    assert text_of(warc) == version.extract.text


async def test_an_independent_reader_opens_it(web, archive, tmp_path):
    """Warcio's own command checks every digest in it; one flipped byte and it does not."""
    await refreshed(web, archive)
    warc = archive.snapshots.get(1, 1)
    file = tmp_path / "page.warc.gz"
    spoilt = gzip.decompress(warc).replace(b"</p>", b"</q>", 1)
    for data, code in ((warc, 0), (gzip.compress(spoilt), 1)):
        file.write_bytes(data)
        command = [sys.executable, "-m", "warcio.cli", "check", str(file)]
        done = subprocess.run(command, check=False, capture_output=True, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
    with pytest.raises(ReadingError, match="damaged"):
        pages_of(gzip.compress(spoilt))


async def test_an_edited_page_has_two(web, archive):
    """Each version has its own; the same text fetched again has none more."""
    await refreshed(web, archive)
    for text in (story(2), story(2)):
        web.now += timedelta(hours=3)
        web.page(PAGE, "One", text)
        await refreshed(web, archive)
    assert text_of(archive.snapshots.get(1, 1)) != text_of(archive.snapshots.get(1, 2))
    assert archive.snapshots.get(1, 3) is None


async def test_snapshots_go_after_their_days_and_beyond_their_bytes(web, archive):
    """The oldest first; the digest stays in the version, and the version too."""
    web.feed(FEED, [(PAGE, "One"), (f"{HOST}/2", "Two")])
    web.page(f"{HOST}/2", "Two", story(2))
    await refreshed(web, archive)
    archive.snapshots.keep({}, SnapshotLimits(30, 1), now=web.now + timedelta(days=29))
    assert archive.snapshots.get(1, 1)
    archive.snapshots.keep({}, SnapshotLimits(30, 1), now=web.now + timedelta(days=31))
    assert archive.snapshots.get(1, 1) is None
    assert archive.snapshots.get(2, 1) is None
    assert archive.articles.versions(1)[0].snapshot


async def test_nothing_is_kept_where_the_setting_says_so_or_an_article_is_erased(web, archive):
    """Nor what an erased article was read from."""
    await refreshed(web, archive, NO_SNAPSHOTS)
    assert archive.snapshots.get(1, 1) is None
    web.now += timedelta(hours=3)
    web.page(PAGE, "One", story(2))
    await refreshed(web, archive)
    assert archive.snapshots.get(1, 2)
    archive.articles.erase(1, now=web.now)
    assert archive.snapshots.get(1, 2) is None


async def test_a_quotation_is_proven_by_it_when_the_page_is_gone(web, archive, tmp_path, capsys):
    """`prove` reads the page as it was fetched, and says so; a damaged file proves nothing."""
    await refreshed(web, archive)
    web.gone(PAGE)
    [passage] = archive.passages.of_article(1)[:1]
    quote, outlet = passage.text.partition(".")[0], passage.header.outlet
    file = tmp_path / "answer.json"
    file.write_text(
        f'{{"excerpts": [{{"text": "{quote}", "outlet": "{outlet}", "passage": "{passage.id}"}}]}}'
    )
    [found] = check_export(file, archive)
    assert (found.proof, found.snapshot) == (Proof.PROVEN, SnapshotProof.HOLDS)
    assert show_export([found], as_json=False) == 0
    assert "and in the page as it was fetched" in " ".join(capsys.readouterr().out.split())
