"""The archive keeps everything and loses nothing, on SQLite and on PostgreSQL alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.archive import Archive
from ingest.archive.backup import copy
from ingest.errors import ArchiveError, ArticleNotFoundError
from ingest.index.cutting import SPLITTER, cut
from ingest.model import EVERYBODY, Cut, Decision, Edition, Kind, Permission, Span
from tests.builders import NOW, TEXT, an_extract, saved
from tests.conftest import a_database
from tests.processes import PROCESSES


@pytest.fixture
def archive(archive_url):
    with Archive.open(archive_url) as opened:
        yield opened


def test_an_article_comes_back_as_it_was_read(archive):
    """Nothing of an article is lost or rounded on its way through the database."""
    zone = timezone(timedelta(hours=9))
    extract = an_extract(
        title="「45議席」 – a title 😀",
        url="https://ledger.example/a",
        authors=("A. Writer", "سميرة"),
        agency="Northlight",
        dateline="Ivrelle",
        published=datetime(2026, 10, 26, 7, 30, tzinfo=zone),
        kind=Kind.OPINION,
        captions=("A crowd.",),
        corrections=("Correction: 46, not 64.",),
    )
    [result] = saved(archive, extract)
    [version] = archive.articles.versions(result.article_id)
    assert version.extract == extract
    assert version.extract.header.published.utcoffset() == timedelta(hours=9)
    assert version.read_at == NOW


def test_a_day_stays_a_day_and_no_date_stays_none(archive):
    """A missing date is never made up, and a day gets no hour."""
    day, none = an_extract(title="one"), an_extract(title="two", published=None)
    saved(archive, day, none)
    found = {each.header.title: each.header.published for each in archive.articles.listed()}
    assert found == {"one": date(2026, 10, 26), "two": None}


def test_the_same_article_again_changes_nothing(archive):
    """A second run costs no version and no change."""
    saved(archive, an_extract())
    before = archive.summary()
    [again] = saved(archive, an_extract())
    assert again.decision is Decision.SAME
    assert archive.summary() == before


def test_an_edited_article_becomes_a_new_version(archive):
    """An outlet's correction never overwrites what it said before."""
    saved(archive, an_extract())
    [changed] = saved(archive, an_extract(TEXT.replace("46", "47")))
    versions = archive.articles.versions(changed.article_id)
    assert changed.decision is Decision.CHANGED
    assert [("46 seats" in each.extract.text) for each in versions] == [True, False]


def test_only_the_newest_version_can_be_cited(archive):
    """A passage of an older version is stale, whoever still holds its id."""
    [first] = saved(archive, an_extract())
    [old] = archive.passages.states([first.article_id], SPLITTER)
    saved(archive, an_extract(TEXT.replace("46", "47")))
    [now] = archive.passages.states([first.article_id], SPLITTER)
    ids = [passage.id for passage in old.passages]
    assert archive.passages.get(ids) == {}
    assert set(now.stale) == set(ids)


def test_a_removed_article_stands_nowhere_and_can_come_back(archive):
    """Removal takes effect at once; adding the same coverage again restores it."""
    [kept] = saved(archive, an_extract())
    ids = [p.id for p in archive.passages.of_article(kept.article_id)]
    archive.articles.remove(kept.article_id, now=NOW)
    assert archive.passages.get(ids) == {}
    assert archive.articles.listed() == []
    [back] = saved(archive, an_extract())
    assert back.decision is Decision.RESTORED
    assert set(archive.passages.get(ids)) == set(ids)
    assert len(archive.articles.versions(back.article_id)) == 1


def test_an_unknown_number_is_named(archive):
    """A wrong number gets a sentence that says which."""
    with pytest.raises(ArticleNotFoundError, match="404"):
        archive.articles.remove(404, now=NOW)
    with pytest.raises(ArticleNotFoundError, match="404"):
        archive.articles.versions(404)


@pytest.mark.parametrize(
    "url",
    [
        "https://LEDGER.example/a/",
        "https://ledger.example/a#comments",
        "https://ledger.example/a?utm_source=feed&fbclid=1",
    ],
)
def test_spellings_of_one_address_are_one_article(archive, url):
    """Trackers and fragments do not make a second article."""
    one, other = an_extract(url="https://ledger.example/a"), an_extract("Other words.", url=url)
    assert len({each.article_id for each in saved(archive, one, other)}) == 1


def test_pastes_are_one_article_by_outlet_and_title(archive):
    """Without an address the outlet and the title tell articles apart."""
    ids = saved(
        archive,
        an_extract(outlet="Ledger"),
        an_extract("Edited.", outlet="Ledger"),
        an_extract(outlet="Courier"),
    )
    assert [each.article_id for each in ids] == [ids[0].article_id] * 2 + [ids[2].article_id]


def save_in_order(url, titles):
    with Archive.open(url) as archive:
        for round_ in range(4):
            texts = (f"{TEXT} Round {round_} of {title}." for title in titles)
            saved(archive, *(an_extract(t, title=i) for t, i in zip(texts, titles, strict=True)))


def test_batches_that_overlap_wait_for_each_other_and_never_for_good(archive_url):
    """Two processes that save the same articles in different orders both come through."""
    titles = [str(i) for i in range(12)]
    with Archive.open(archive_url) as archive:
        savers = [
            PROCESSES.Process(target=save_in_order, args=(archive_url, order))
            for order in (titles, titles[::-1], titles[6:] + titles[:6])
        ]
        for saver in savers:
            saver.start()
        for saver in savers:
            saver.join()
        assert [saver.exitcode for saver in savers] == [0, 0, 0]
        assert archive.summary().articles == len(titles)


def test_the_first_generation_is_one_for_all_who_start_at_once(archive):
    """Whoever comes second takes what the first one made."""
    one, two = (
        archive.generations.add(model="a", dimensions=3, splitter=1, now=NOW) for _ in range(2)
    )
    assert archive.generations.activate_first(one.id).id == one.id
    assert archive.generations.activate_first(two.id).id == one.id
    assert archive.generations.active().id == one.id


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request, postgres, tmp_path):
    """Return the address of a second, empty archive."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'other.sqlite3'}"
    return a_database(postgres)


def test_an_archive_moves_as_it_is(archive, elsewhere):
    """Versions, removals, numbers and cached vectors come along, and saving goes on."""
    [kept, gone] = saved(archive, an_extract(), an_extract(title="gone"))
    saved(archive, an_extract(TEXT.replace("46", "47")))
    archive.articles.remove(gone.article_id, now=NOW)
    archive.embeddings.keep("a", {"d": b"1234"})
    with Archive.open(elsewhere) as target:
        copy(archive, target)
        assert target.summary() == archive.summary()
        assert target.articles.versions(kept.article_id) == archive.articles.versions(
            kept.article_id
        )
        assert target.embeddings.get("a", ["d"]) == {"d": b"1234"}
        [new] = saved(target, an_extract(title="new"))
        assert new.article_id == gone.article_id + 1
        with pytest.raises(ArchiveError, match="holds articles already"):
            copy(archive, target)


def test_a_failure_in_a_batch_keeps_nothing_of_it(archive):
    """Text and change are one transaction: none is ever without the other."""
    good, bad = (an_extract(), Cut(2, (Span(0, 4),))), (an_extract(title="bad"), Cut(2, (None,)))
    with pytest.raises(AttributeError):
        archive.articles.save_many([good, bad], now=NOW)
    assert archive.summary().versions == 0
    assert archive.changes.last() == 0


def test_changes_are_read_in_order_and_an_article_once(archive):
    """Whoever catches up sees each changed article once and knows where it stands."""
    saved(archive, *(an_extract(f"{TEXT} {i}", title=str(i)) for i in range(5)))
    first, upto = archive.changes.after(0, 3)
    rest, end = archive.changes.after(upto, 100)
    assert (first, rest, end) == ([1, 2, 3], [4, 5], 5)
    assert archive.changes.after(end, 100) == ([], end)


def test_many_savers_at_once_lose_nothing(archive):
    """Change numbers follow commits without a gap, so that nobody catching up misses one."""
    with ThreadPoolExecutor(8) as pool:
        extracts = [an_extract(f"{TEXT} {i % 20}", title=str(i % 20)) for i in range(40)]
        done = pool.map(lambda extract: saved(archive, extract), extracts)
        decisions = [result.decision for [result] in done]
    assert decisions.count(Decision.NEW) == 20
    assert archive.changes.last() == 20
    assert len(archive.changes.after(0, 100)[0]) == 20


def save_twenty(url, name):
    with Archive.open(url) as archive:
        for i in range(20):
            saved(archive, an_extract(f"{TEXT} {name} {i}", title=f"{name} {i}"))


def test_two_processes_may_save_at_once(archive_url):
    """The bot and a command write one archive, and both may be the first to open it."""
    workers = [PROCESSES.Process(target=save_twenty, args=(archive_url, n)) for n in ("a", "b")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with Archive.open(archive_url) as archive:
        assert archive.summary().articles == 40
        assert archive.changes.last() == 40


def test_a_list_is_newest_first_and_undated_last(archive):
    """A maintainer looks for the newest article at the top."""
    days = {"old": date(2026, 10, 1), "undated": None, "new": date(2026, 10, 31)}
    saved(archive, *(an_extract(title=t, published=d) for t, d in days.items()))
    newest_first = ["new", "old", "undated"]
    assert [each.header.title for each in archive.articles.listed()] == newest_first
    found = archive.articles.titled("", removed=False)
    assert [each.header.title for each in found] == newest_first


def test_more_ids_than_one_query_takes(archive):
    """Long lists are asked for in parts; ids that nobody knows are absent."""
    [kept] = saved(archive, an_extract())
    [first, *_] = archive.passages.of_article(kept.article_id)
    assert set(archive.passages.get([*map(str, range(1200)), first.id])) == {first.id}


def test_embeddings_are_kept_once(archive):
    """The first vector of a text stays; another model's is another."""
    archive.embeddings.keep("m", {"d": b"1234"})
    archive.embeddings.keep("m", {"d": b"9999", "e": b"5678"})
    assert archive.embeddings.get("m", ["d", "e", "f"]) == {"d": b"1234", "e": b"5678"}
    assert archive.embeddings.get("other", ["d"]) == {}


def test_one_process_takes_on_what_is_to_be_embedded(archive, archive_url):
    """Another one is told so, until the first has done it or died; SQLite has no other."""
    alone = archive_url.startswith("sqlite")
    with Archive.open(archive_url) as other:
        with archive.embeddings.claimed("m 200") as mine, other.embeddings.claimed("m 200") as its:
            assert (mine, its) == (True, alone)
        with other.embeddings.claimed("m 200") as its, archive.embeddings.claimed("m 400") as mine:
            assert (its, mine) == (True, True)


def test_one_generation_serves(archive):
    """Switching is one step: there is never none and never two."""
    assert archive.generations.active() is None
    one, two = (
        archive.generations.add(model=m, dimensions=3, splitter=1, now=NOW) for m in ("a", "b")
    )
    archive.generations.activate(one.id, now=NOW)
    archive.generations.activate(two.id, now=NOW)
    archive.generations.catch_up_to(two.id, 7)
    assert (archive.generations.active().model, archive.generations.active().caught_up_to) == (
        "b",
        7,
    )
    assert not archive.generations.get(one.id).active


def test_a_summary_counts_what_stands(archive):
    """Removed articles are counted apart."""
    [gone, *_] = saved(archive, *(an_extract(title=t, outlet=t) for t in ("a", "b", "c")))
    archive.articles.remove(gone.article_id, now=NOW)
    summary = archive.summary()
    assert (summary.articles, summary.removed, summary.changed_at) == (2, 1, NOW.astimezone(UTC))
    assert [each.outlet for each in summary.outlets] == ["b", "c"]


def test_an_outlet_is_as_new_as_what_stands_of_it(archive):
    """What was removed, or has no date, says nothing of how fresh it is."""
    days = [date(2026, 10, 1), date(2026, 10, 30), date(2026, 10, 9), None]
    about = [{"title": f"{day}", "outlet": "a", "published": day} for day in days]
    kept = saved(archive, *(an_extract(f"{TEXT} {n}", **each) for n, each in enumerate(about)))
    archive.articles.remove(kept[1].article_id, now=NOW)
    [outlet] = archive.summary().outlets
    assert (outlet.articles, outlet.newest) == (3, date(2026, 10, 9))


def test_an_article_counts_for_the_outlet_that_it_names_now(archive):
    """Where a source was given another name, its articles are found and counted by that one."""
    page = {"url": "http://ledger.example/a", "title": "Harbour wins"}
    saved(archive, an_extract(outlet="Ledgr", **page))
    saved(archive, an_extract(outlet="Ledger", **page))
    [outlet] = archive.summary().outlets
    assert (outlet.outlet, outlet.articles, outlet.newest) == ("Ledger", 1, date(2026, 10, 26))
    assert len(archive.articles.listed(edition=Edition(outlets=(outlet.outlet,)))) == 1


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1
)
JAPANESE = st.text("選挙の結果は。「はい」と述べた、東京１\n", min_size=1)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(WORDS, JAPANESE, st.just(TEXT * 9)))
def test_a_passage_is_an_exact_range_of_its_version(archive, text):
    """``version.text[start:end] == passage.text``, always, also after the database."""
    extract = an_extract(text, title=text, language="ja")
    result = archive.articles.save(extract, cut(text, "ja"), now=NOW)
    version = archive.articles.versions(result.article_id)[-1]
    for passage in archive.passages.of_article(result.article_id):
        assert version.extract.text[passage.start : passage.end] == passage.text


def test_since_when_a_source_fails_stays_until_it_is_well(archive):
    """The last look that failed says why; the first one, since when."""
    source = archive.sources.watch("https://f.example", "Ledger", Permission.OFFERED, 60, now=NOW)
    later = NOW + timedelta(hours=1)
    archive.sources.failed(source.id, NOW, "It answers 500.")
    archive.sources.failed(source.id, later, "It answers 404.")
    found = archive.sources.get(source.id)
    assert (found.failed_at, found.failure, found.checked_at) == (NOW, "It answers 404.", later)
    archive.sources.checked(source.id, later)
    assert archive.sources.get(source.id).failed_at is None


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("https://ledger.example/a?b=1&c=2", "https://ledger.example/a?c=2&b=1&smid=tw"),
        ("https://ledger.example/caf%c3%a9", "https://ledger.example/caf%C3%A9"),
        ("https://ledger.example/café", "https://ledger.example:443/caf%C3%A9"),
        ("https://www.ledger.example/a", "http://ledger.example/a"),
        ("https://ledger.example/a", "https://m.ledger.example/a"),
        ("https://amp.ledger.example/a", "https://www.ledger.example/a"),
        ("https://ledger.example/a/amp", "https://ledger.example/a"),
        ("https://ledger.example/a.html", "https://ledger.example/a.amp.html"),
        ("https://ledger.example/a", "https://ledger.example/a?outputType=amp"),
        ("https://ledger.example/a?id=7", "https://ledger.example/a?id=7&cmpid=x&__s=3&igsh=q"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_one_article_stands_under_many_addresses(archive, first, again, turned):
    """A correction reaches it whichever of them is read; its own address stays."""
    one, other = (again, first) if turned else (first, again)
    [kept] = saved(archive, an_extract(url=one))
    [same] = saved(archive, an_extract(url=other))
    assert (same.article_id, same.decision) == (kept.article_id, Decision.SAME)
    note = "Correction: 46, not 64."
    [mended] = saved(archive, an_extract(url=other, corrections=(note,)))
    assert (mended.article_id, mended.decision) == (kept.article_id, Decision.CORRECTED)
    assert archive.articles.get(kept.article_id).header.url == one


@pytest.mark.parametrize(
    "other",
    [
        "https://ledger.example/a?id=2",
        "https://ledger.example/b",
        "https://news.ledger.example/a?id=1",
        "https://ledger.example/a?id=1&page=2",
        "https://ledger.example/a%2Fb?id=1",
    ],
)
def test_other_articles_have_other_addresses(archive, other):
    """A number, a path and a machine of its own tell articles apart."""
    [one] = saved(archive, an_extract(url="https://ledger.example/a?id=1"))
    [two] = saved(archive, an_extract("Another text of another article, of its own.", url=other))
    assert one.article_id != two.article_id


def test_what_one_server_keeps_for_itself_is_apart_from_all_else(archive):
    """Its text is neither a version, nor a copy, nor a repetition of what everybody shares."""
    page = {"url": "http://ledger.example/a", "title": "Harbour wins"}
    shared = archive.articles.save(an_extract(**page), cut(TEXT, "en"), now=NOW)
    own = archive.articles.save(an_extract(**page), cut(TEXT, "en"), now=NOW, place="7")
    assert own.article_id != shared.article_id
    for number in range(5):
        other = an_extract(title=f"Title {number}")
        archive.articles.save(other, cut(TEXT, "en"), now=NOW, place="8")
    assert archive.articles.get(shared.article_id).removal is None
    assert archive.articles.get(shared.article_id).story == shared.article_id
    assert [e.id for e in archive.articles.listed(edition=EVERYBODY)] == [shared.article_id]
    assert archive.articles.count(Edition("7")) == 2
    assert own.article_id in archive.editions.withheld("8")
    assert archive.editions.withheld("7").isdisjoint({own.article_id, shared.article_id})
    assert archive.outlets.names(Edition("9")) == ("Sarnholt Ledger",)


def test_a_server_hides_what_it_likes_for_itself(archive):
    """And nobody else."""
    kept = archive.articles.save(an_extract(), cut(TEXT, "en"), now=NOW)
    assert archive.editions.hide("7", kept.article_id, now=NOW)
    assert not archive.editions.hide("7", kept.article_id, now=NOW)
    assert archive.editions.withheld("7") == {kept.article_id}
    assert archive.editions.withheld("8") == frozenset()
    assert archive.articles.listed(edition=Edition("7")) == []
    assert archive.articles.titled("harbour", removed=True, edition=Edition("7")) != []
    assert archive.editions.show("7", kept.article_id)
    assert archive.articles.listed(edition=Edition("7")) != []


def test_a_paste_is_never_a_version_of_what_was_fetched(archive):
    """Until a fetch reads the same text; then it is the outlet's, and its citations stay."""
    page = {"url": "http://ledger.example/a", "title": "Harbour wins"}
    fetched = archive.articles.save(an_extract(**page), cut(TEXT, "en"), now=NOW)
    lie = "Marrowen was arrested on Sunday in Dunmere, the harbour police told reporters there."
    paste = archive.articles.save(an_extract(lie, pasted=True, **page), cut(lie, "en"), now=NOW)
    assert paste.article_id != fetched.article_id
    assert archive.articles.get(paste.article_id).header.unverified
    other = {"url": "http://ledger.example/b", "title": "Ward 1"}
    own = archive.articles.save(an_extract(pasted=True, **other), cut(TEXT, "en"), now=NOW)
    read = archive.articles.save(an_extract(**other), cut(TEXT, "en"), now=NOW)
    assert (read.article_id, read.version) == (own.article_id, 2)
    assert not archive.articles.get(own.article_id).header.unverified
