"""The page as browsers get it: over HTTP, in nine languages, against hostile input."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from lxml import html

from bot.answering.understanding.question import ask
from bot.ledger.records import AnswerKind, AnswerRecord, CitedRange
from bot.verify_page import web
from bot.verify_page.limits import VERIFY_PAGE
from bot.verify_page.web import served_to_browsers
from bot.wording import Wording
from ingest.errors import ArchiveError, SettingsError
from ingest.index.cutting import cut
from ingest.language.languages import Language
from ingest.model import Edition, Removal
from tests.bot.builders import a_desk_in, open_in
from tests.bot.conftest import MORNING
from tests.builders import TEXT, an_extract, saved

URL = "https://ledger.example/harbour"


@asynccontextmanager
async def a_browser(desk, **headers):
    """Serve the page of *desk* on a free port, and yield who asks for it."""
    settings = desk.settings.model_copy(update={"verify_port": "0"})
    object.__setattr__(desk, "settings", settings)
    async with (
        served_to_browsers(desk) as address,
        httpx.AsyncClient(
            base_url=address, headers=headers, trust_env=False, timeout=60
        ) as browser,
    ):
        yield browser


@pytest.fixture
def desk(tmp_path):
    """Open a desk with one article; nothing here searches."""
    with a_desk_in(tmp_path, now=MORNING) as desk:
        saved(desk.archive, an_extract(url=URL), now=MORNING)
        yield desk


def page_of(reply):
    """Read a page, and hold it to what a screen reader needs."""
    page = html.document_fromstring(reply.text)
    assert page.get("lang")
    assert page.get("dir") in {"ltr", "rtl"}
    assert page.findtext("head/title")
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//main")) == 1
    for field in page.xpath("//input | //textarea"):
        assert page.xpath(f"//label[@for='{field.get('id')}']"), field.get("id")
    for named in page.xpath("//*[@aria-labelledby]"):
        assert page.get_element_by_id(named.get("aria-labelledby")).text_content().strip()
    assert not page.xpath("//script | //@onclick | //@style | //iframe | //img")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    return page


def saved_by_a_server(desk, extract):
    """Save an article as a server that is not the home server adds it."""
    desk.archive.articles.save_many([(extract, cut(extract.text, "en"))], now=MORNING, place="42")


async def answered(desk, question=None):
    """Keep an answer that quotes the article, and return its number."""
    cited = CitedRange(1, 1, 0, TEXT.index(","))
    kept = (None, Language.ENGLISH, question, None, None, None, [], 0, 0)
    record = AnswerRecord(MORNING, AnswerKind.ANSWER, *kept, citations=(cited,))
    return desk.ledger.answers.add(record)


async def test_an_answer_is_seen_by_its_number(desk):
    """Each quotation in its context, with its article, version, day and digest."""
    number = await answered(desk)
    async with a_browser(desk) as browser:
        page = page_of(await browser.get(f"/answers/{number}"))
    [article, *_] = page.xpath("//article")
    said = article.text_content()
    assert "46 seats" in article.xpath("string(.//strong)")
    assert TEXT.split("\n")[0] in " ".join(article.xpath("string(.//blockquote)").split())
    assert "Article 1, version 1 of 1, read on 2 November 2026" in said
    assert "The article still has these words." in said
    [link] = article.xpath(".//h2//a")
    assert link.get("href").startswith(f"{URL}#:~:text=")
    assert "noreferrer" in link.get("rel")


async def test_what_was_corrected_since_is_said(desk):
    """The quotation stays as it was printed, beside what its outlet says now."""
    number = await answered(desk)
    corrected = an_extract(
        TEXT.replace("46", "45"), url=URL, corrections=("An earlier version gave 46 seats.",)
    )
    saved(desk.archive, corrected, now=MORNING + timedelta(hours=1))
    async with a_browser(desk) as browser:
        said = page_of(await browser.get(f"/answers/{number}")).text_content()
    assert "Version 1 had these words; the newest version no longer has them." in said
    assert "Corrected by the outlet: An earlier version gave 46 seats." in said
    assert "version 1 of 2" in said


@pytest.mark.parametrize("removal", [Removal.REMOVED, Removal.HIDDEN, Removal.QUARANTINED])
async def test_what_was_taken_out_is_not_shown(desk, removal):
    """That it was cited stays; its words do not."""
    number = await answered(desk)
    desk.archive.articles.remove(1, now=MORNING, removal=removal)
    async with a_browser(desk) as browser:
        said = page_of(await browser.get(f"/answers/{number}")).text_content()
        proof = await browser.post("/prove", data={"quotation": "won 46 seats", "article": "1"})
    assert "The article is not cited any more" in said
    assert "Harbour" not in said
    assert "not cited any more" in page_of(proof).text_content()
    assert "Orvessa" not in proof.text


async def test_a_retraction_leaves_the_words_and_says_so(desk):
    """A reader of an old answer learns that its source was taken back."""
    number = await answered(desk)
    desk.archive.articles.remove(1, now=MORNING, removal=Removal.RETRACTED)
    async with a_browser(desk) as browser:
        said = page_of(await browser.get(f"/answers/{number}")).text_content()
    assert "retracted by its outlet" in said
    assert "46 seats" in said


async def test_an_article_that_was_erased_leaves_nothing(desk):
    """An answer that quoted it quotes nothing any more."""
    number = await answered(desk)
    desk.archive.articles.erase(1, now=MORNING)
    async with a_browser(desk) as browser:
        reply = await browser.get(f"/answers/{number}")
    assert "46" not in reply.text


async def test_a_quotation_that_is_pasted_is_proven(desk):
    """With the article's number, or with its address."""
    async with a_browser(desk) as browser:
        for article in ("1", URL):
            form = {"quotation": "“won 46 seats in Orvessa”", "article": article}
            page = page_of(await browser.post("/prove", data=form))
            [status] = page.xpath("//*[@role='status']")
            assert "Proven" in status.text_content()
            assert page.xpath("string(//blockquote//strong)") == "won 46 seats in Orvessa"
            assert page.xpath("string(//textarea)").strip() == form["quotation"]


async def test_a_quotation_is_proven_in_whichever_article_has_it(sample_desk):
    """A reader seldom knows a number."""
    [*_, version] = sample_desk.archive.articles.versions(2)
    quotation = version.extract.text.split("\n")[0]
    async with a_browser(sample_desk) as browser:
        page = page_of(await browser.post("/prove", data={"quotation": quotation}))
    assert "Proven" in page.xpath("string(//*[@role='status'])")
    assert quotation.rstrip(".") in page.xpath("string(//blockquote//strong)")


@pytest.mark.parametrize(
    ("quotation", "said"),
    [
        ("won 64 seats in Orvessa", "does not have these words"),
        ("Who won no seats", "differs from the article right from its beginning"),
        ("Turnout was 62", "within a word or a figure"),
        ("The Harbour Alliance won […] that she would stay", "not together"),
        ("", "no quotation"),
        ("x" * 9000, "too long"),
    ],
)
async def test_a_quotation_that_is_not_proven_is_told_why(desk, quotation, said):
    """And where it leaves the article."""
    async with a_browser(desk) as browser:
        page = page_of(await browser.post("/prove", data={"quotation": quotation, "article": "1"}))
    [status] = page.xpath("//*[@role='status']")
    assert said in status.text_content()
    assert "Not proven" in status.text_content()
    assert not page.xpath("//blockquote")


@pytest.mark.parametrize("language", list(Language))
async def test_the_page_speaks_the_readers_language(desk, language):
    """As their browser asks; Arabic runs from right to left."""
    wanted = f"xx, {language}-ZZ;q=0.9, en;q=0.1"
    number = await answered(desk)
    async with a_browser(desk, **{"Accept-Language": wanted}) as browser:
        page = page_of(await browser.get("/"))
        page_of(await browser.get(f"/answers/{number}"))
        page_of(await browser.post("/prove", data={"quotation": "won 64 seats", "article": "1"}))
    words = Wording.of(language)
    assert page.get("lang") == str(language)
    assert page.get("dir") == ("rtl" if language is Language.ARABIC else "ltr")
    assert page.xpath("string(//button)") == words("verify_button")


async def test_no_text_becomes_markup(tmp_path):
    """Neither an article's nor what somebody types; what turns the line round is left out."""
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x00 won 46 seats"
    text = f"{evil} in Orvessa, the Electoral Authority said on Sunday about the harbour. " * 2
    title = "</h2><script>alert(2)</script>"
    with a_desk_in(tmp_path, now=MORNING) as desk:
        article = an_extract(text, title=title, url="https://e.example/a?b='><script>c")
        saved(desk.archive, article, an_extract(url="javascript:alert(3)"), now=MORNING)
        async with a_browser(desk) as browser:
            form = {"quotation": "won 46 seats in Orvessa", "article": "1"}
            page = page_of(await browser.post("/prove", data=form))
            assert "<script>alert(1)" in page.text_content()
            page = page_of(await browser.post("/prove", data={**form, "article": "2"}))
            assert not page.xpath("//a[starts-with(@href, 'java')]")
            page = page_of(await browser.post("/prove", data={"quotation": evil, "article": evil}))
            assert page.xpath("//input/@value")[0].startswith("<script>")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/answers/999999", 404),
        ("GET", "/answers/0", 404),
        ("GET", "/answers/-1", 404),
        ("GET", "/answers/1;drop", 404),
        ("GET", "/answers/" + "9" * 13, 404),
        ("GET", "/answers/" + "9" * 12, 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/%00", 404),
        ("GET", "/prove", 405),
        ("PUT", "/", 405),
        ("GET", "/metrics", 404),
    ],
)
async def test_whatever_else_is_asked_for_is_a_page_too(desk, method, path, status):
    """One sentence, and nothing of the inside."""
    async with a_browser(desk) as browser:
        reply = await browser.request(method, path)
    assert reply.status_code == status
    assert page_of(reply).xpath("//*[@role='status']")
    assert "Traceback" not in reply.text


async def test_every_reply_forbids_scripts_frames_and_copies(desk):
    """Also an error, a style sheet and a proof."""
    async with a_browser(desk) as browser:
        replies = [await browser.get(path) for path in ("/", "/style.css", "/robots.txt", "/no")]
        form = {"quotation": "won 46 seats", "article": "1"}
        replies.append(await browser.post("/prove", data=form))
    for reply in replies:
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Referrer-Policy"] == "no-referrer"
        assert reply.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in reply.headers


async def test_a_form_that_is_too_large_or_is_none_is_refused(desk):
    """Bounded bytes; a file where a text belongs is no text."""
    async with a_browser(desk) as browser:
        large = await browser.post("/prove", data={"quotation": "x" * VERIFY_PAGE.body_bytes})
        assert large.status_code == 413
        assert "too long" in page_of(large).xpath("string(//main)")
        file = await browser.post("/prove", files={"quotation": ("a.txt", b"won 46 seats")})
        assert "no quotation" in page_of(file).xpath("string(//*[@role='status'])")
        broken = await browser.post(
            "/prove", content=b"--x", headers={"Content-Type": "multipart/form-data; boundary=y"}
        )
        assert broken.status_code == 400
        assert "no quotation" in page_of(broken).xpath("string(//*[@role='status'])")


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded; charset=nosuch"}, b"quotation=won"),
        ({"Content-Type": "application/json"}, b'{"quotation": "won"}'),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            (
                b"--x\r\nContent-Transfer-Encoding: nosuch\r\n"
                b'Content-Disposition: form-data; name="quotation"\r\n\r\nwon\r\n--x--\r\n'
            ),
        ),
        (
            {"Content-Type": "multipart/form-data; boundary=x"},
            b"--x\r\nno header\r\n\r\nwon\r\n--x--\r\n",
        ),
    ],
)
async def test_a_body_that_cannot_be_read_is_no_fault_of_the_desk(desk, caplog, headers, content):
    """It is refused in a sentence, and nothing is logged."""
    async with a_browser(desk) as browser:
        reply = await browser.post("/prove", content=content, headers=headers)
    assert reply.status_code == 400
    assert "no quotation" in page_of(reply).xpath("string(//*[@role='status'])")
    assert not caplog.records


@pytest.mark.parametrize(
    "sent",
    [
        (
            b"POST /prove HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\n\x1f\x8b\x08nogzip"
        ),
        b"POST /prove HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"\x16\x03\x01\r\n\r\n",
        (
            b"POST /prove HTTP/1.1\r\nHost: x\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: 50\r\n\r\nquotation=won"
        ),
    ],
)
async def test_what_is_no_request_does_not_fill_the_log(desk, caplog, sent):
    """Whoever finds the port may send anything, and go away in the middle of it."""
    async with a_browser(desk) as browser:
        _, writer = await asyncio.open_connection("127.0.0.1", browser.base_url.port)
        writer.write(sent)
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.close()
        await asyncio.sleep(0.1)
        assert (await browser.get("/robots.txt")).status_code == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_too_many_requests_wait(desk, monkeypatch):
    """Whoever asks too often is told for how long."""
    monkeypatch.setattr(web, "VERIFY_PAGE", replace(VERIFY_PAGE, searches_per_minute=2))
    async with a_browser(desk) as browser:
        form = {"quotation": "won", "article": "1"}
        replies = [await browser.post("/prove", data=form) for _ in range(3)]
    assert [each.status_code for each in replies] == [200, 200, 429]
    assert int(replies[-1].headers["Retry-After"]) <= 61
    page_of(replies[-1])


async def test_an_error_is_a_page_with_a_code(desk, monkeypatch, caplog):
    """What somebody pasted stands in no log."""
    async with a_browser(desk) as browser:
        monkeypatch.setattr(
            type(desk.archive), "summary", lambda _self: (_ for _ in ()).throw(ArchiveError("x"))
        )
        reply = await browser.get("/")
    assert reply.status_code == 500
    page_of(reply)
    assert "Error " in caplog.text


async def test_a_question_is_never_shown(desk):
    """Not even where the desk keeps them: who knows a number is anybody."""
    number = await answered(desk, "Was it Castrel who lost?")
    async with a_browser(desk) as browser:
        reply = await browser.get(f"/answers/{number}")
    assert "46 seats" in page_of(reply).text_content()
    assert "Castrel" not in reply.text


async def test_a_port_that_is_taken_is_named(desk):
    """A maintainer reads which setting to change."""
    async with a_browser(desk) as browser:
        place = f"{browser.base_url.host}:{browser.base_url.port}"
        settings = desk.settings.model_copy(update={"verify_port": place})
        object.__setattr__(desk, "settings", settings)
        with pytest.raises(SettingsError, match="VERIFY_PORT"):
            async with served_to_browsers(desk):
                pass


@pytest.mark.parametrize(
    "place", ["http://x", "8000x", "-1", "99999", "0000099999", "127.0.0.1:", "٨٠٠٠"]
)
async def test_what_is_no_port_is_told_from_one_that_is_taken(desk, place):
    """In a sentence for whoever wrote the setting, not in a library's."""
    settings = desk.settings.model_copy(update={"verify_port": place})
    object.__setattr__(desk, "settings", settings)
    with pytest.raises(SettingsError) as refused:
        async with served_to_browsers(desk):
            pass
    assert str(refused.value) == (
        f"VERIFY_PORT={place} is no port. Name one up to 65535, or host:port."
    )


async def test_the_page_proves_nothing_that_one_server_added(tmp_path):
    """Whoever pastes is unknown, and what a server adds is cited there alone."""
    with a_desk_in(tmp_path, now=MORNING) as desk:
        saved_by_a_server(desk, an_extract(url=URL))
        async with a_browser(desk) as browser:
            assert "0 articles" in page_of(await browser.get("/")).text_content()
            form = {"quotation": "won 46 seats", "article": "1"}
            said = page_of(await browser.post("/prove", data=form)).text_content()
    assert "no article of that number or address is kept here" in said


@pytest.mark.parametrize("key", ["", "?key=", "?key=" + "0" * 32, "?key=%C3%A9", "?key=%ED%A0%80"])
async def test_a_guessed_number_shows_nothing_that_one_server_added(tmp_path, key):
    """Numbers are counted up, and what a server adds is for its own members."""
    with a_desk_in(tmp_path, now=MORNING) as desk:
        saved_by_a_server(desk, an_extract(url=URL))
        number = await answered(desk)
        async with a_browser(desk) as browser:
            reply = await browser.get(f"/answers/{number}{key}")
    assert reply.status_code == 200
    assert "One server added this article for itself." in page_of(reply).text_content()
    for said in ("46", "Orvessa", "Ledger", URL):
        assert said not in reply.text


async def test_the_link_under_an_answer_shows_what_its_server_added(tmp_path):
    """Whoever got the answer checks it in its context; the link of one answer opens no other."""
    settings = {"EMBEDDING_MODEL": "fast", "VERIFY_URL": "https://desk.example/"}
    with open_in(tmp_path, **settings) as desk:
        saved_by_a_server(desk, an_extract(url=URL))
        desk.coverage.catch_up()
        edition = Edition("42")
        question = ask("How many seats did the Harbour Alliance win in Orvessa?", now=MORNING)
        outcome = await desk.answer(question, edition=edition)
        assert outcome.page.startswith(f"https://desk.example/answers/{outcome.number}?key=")
        link = outcome.page.removeprefix("https://desk.example")
        other = await answered(desk)
        async with a_browser(desk) as browser:
            page = page_of(await browser.get(link))
            elsewhere = await browser.get(f"/answers/{other}?{link.partition('?')[2]}")
    assert "46 seats" in page.xpath("string(//blockquote//strong)")
    assert "46 seats" not in elsewhere.text
