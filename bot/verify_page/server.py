"""Serve the page: a handful of addresses, bounded requests, no scripts, nothing kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from bot.answering.proving.archived import (
    LONGEST_QUOTATION,
    ProvenQuotation,
    RefusedQuotation,
    prove_anywhere,
    prove_quotation,
)
from bot.community.limits import Limiter
from bot.desk import Desk
from bot.faults import fault_code
from bot.listening import address_of, listening
from bot.verify_page.quotations import SeenQuotation, proven_in_context, quotations_of
from bot.verify_page.rendering import STYLE_SHEET, Page, PastedQuotation
from bot.wording import Wording
from ingest.language.languages import Language
from ingest.threads import in_thread

_BODY = 64 * 1024
"""Bytes of the largest form: 4,000 characters take 36,000 in a form of East Asian text."""
_LINES = 8192
"""Bytes of the longest header."""
_PAGES, _PROOFS = 240, 60
"""Requests of one address in a minute, and those of them that search."""
_EVERYBODY = 1200
"""Requests of all addresses in a minute."""
_PATIENCE = 20.0
"""Seconds for one request."""
_AT_ONCE = 4
"""Requests that read the archive at a time."""
_LONGEST_ARTICLE = 2000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served_to_browsers(desk: Desk) -> AsyncIterator[str | None]:
    """Serve the page where VERIFY_PORT says, and yield its address; nothing where it is unset.

    Raises:
        SettingsError: nothing can listen there.
    """
    place = desk.settings.verify_port
    if place is None:
        yield None
        return
    with listening(place, "VERIFY_PORT") as listener:
        runner = web.AppRunner(
            _PageServer(desk).build(),
            access_log=None,
            max_line_size=_LINES,
            max_field_size=_LINES,
            keepalive_timeout=10.0,
            shutdown_timeout=1.0,
        )
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            yield address_of(listener)
        finally:
            await runner.cleanup()


@dataclass(slots=True)
class _PageServer:
    """Answers browsers over one desk."""

    desk: Desk
    limiter: Limiter = field(default_factory=lambda: Limiter(time.monotonic))
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def build(self) -> web.Application:
        """Return the application with its addresses."""
        app = web.Application(client_max_size=_BODY, middlewares=[self._guarded])
        app.router.add_get("/", self.home)
        app.router.add_get("/style.css", self.style)
        app.router.add_get("/robots.txt", self.robots)
        app.router.add_get(r"/answers/{number:[0-9]{1,12}}", self.answer)
        app.router.add_post("/prove", self.prove)
        return app

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Show what this is, and the form."""
        summary = await asyncio.to_thread(self.desk.archive.summary)
        return _html(_page_for(request).home(summary))

    async def style(self, _: web.Request) -> web.StreamResponse:
        """Give the style sheet."""
        return web.Response(text=STYLE_SHEET, content_type="text/css")

    async def robots(self, _: web.Request) -> web.StreamResponse:
        """Ask that nothing here be read by machines."""
        return web.Response(text="User-agent: *\nDisallow: /\n")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Show the quotations of an answer."""
        number, page = int(request.match_info["number"]), _page_for(request)
        found = await asyncio.to_thread(quotations_of, number, self.desk.archive, self.desk.ledger)
        if not found:
            return _html(page.notice(page.words("verify_no_answer")), status=404)
        as_of = await asyncio.to_thread(self.desk.ledger.answers.as_of, number)
        return _html(page.answer(number, found, as_of))

    async def prove(self, request: web.Request) -> web.StreamResponse:
        """Prove a quotation that somebody pasted."""
        try:
            form = await request.post()
        except ValueError as error:
            raise web.HTTPBadRequest from error
        asked = PastedQuotation(
            _text_of(form, "quotation")[: LONGEST_QUOTATION + 1],
            _text_of(form, "article")[:_LONGEST_ARTICLE].strip(),
        )
        proof, seen = await self._proven(asked)
        return _html(_page_for(request).proof(asked, proof, seen))

    @in_thread
    def _proven(
        self, asked: PastedQuotation
    ) -> tuple[ProvenQuotation | RefusedQuotation, SeenQuotation | None]:
        archive = self.desk.archive
        if asked.article:
            proof = prove_quotation(asked.quotation, asked.article, archive)
        else:
            proof = prove_anywhere(asked.quotation, archive, self.desk.coverage.serving.search)
        if isinstance(proof, RefusedQuotation):
            return proof, None
        return proof, proven_in_context(proof, archive)

    @web.middleware
    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Bound every request, and say each error as a page."""
        try:
            response = await self._bounded(request, handler)
        except web.HTTPException as error:
            page = _page_for(request)
            response = _html(page.notice(page.words("verify_no_page")), status=error.status)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        except Exception as error:  # noqa: BLE001 - an outer edge: replies and logs
            page = _page_for(request)
            said = page.words("error", id=fault_code(error))
            response = _html(page.notice(said), status=500)
        response.headers.update(_HEADERS)
        return response

    async def _bounded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Let one request through where not too many came before it."""
        searches = request.method == "POST"
        limits: list[tuple[Hashable, int]] = [("", _EVERYBODY), (request.remote, _PAGES)]
        limits += [((request.remote, "prove"), _PROOFS)] if searches else []
        if wait := self.limiter.wait(*limits):
            page = _page_for(request)
            count = int(wait) + 1
            response = _html(page.notice(page.words("too_many", count=count)), status=429)
            response.headers["Retry-After"] = str(count)
            return response
        async with asyncio.timeout(_PATIENCE), self._turns:
            return await handler(request)


def _page_for(request: web.Request) -> Page:
    """Return the page in the first language that a browser asks for and the desk speaks."""
    wanted = request.headers.get("Accept-Language", "")[:200]
    for part in wanted.split(","):
        code = part.partition(";")[0].strip().partition("-")[0].lower()
        if language := Language.of_code(code):
            return Page(Wording.of(language))
    return Page(Wording.default())


def _text_of(form: Mapping[str, object], name: str) -> str:
    """Return a field of a form; a file in its place is none."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _html(body: bytes, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type="text/html", charset="utf-8")
