"""Web server of the page: few addresses, bounded requests, no scripts, nothing stored."""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from bot.answering.coverage import Coverage
from bot.answering.limits import PROOFS
from bot.answering.proving.archived import (
    ProvenQuotation,
    RefusedQuotation,
    prove_anywhere,
    prove_quotation,
)
from bot.community.budget import Limiter
from bot.community.members import Community
from bot.ledger import Ledger
from bot.outcomes import answer_key_text
from bot.verify_page.limits import VERIFY_PAGE
from bot.verify_page.page import (
    STYLE_SHEET,
    Page,
    PastedQuotation,
    SeenQuotation,
    proven_in_context,
    quotations_of,
)
from bot.wording import Wording, language_of_locale
from ingest.archive import Archive
from ingest.model import EVERYBODY
from ingest.process.listening import address_of, listening
from ingest.process.logs import fault_code
from ingest.process.threads import in_search_thread

if TYPE_CHECKING:
    from bot.desk import Desk

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_FORM_TYPE = "application/x-www-form-urlencoded"
_CONNECTION_LOGGER = logging.getLogger(f"{__name__}.connections")
"""Logger of the HTTP library, which shows what strangers send that is no HTTP, with a traceback."""
_CONNECTION_LOGGER.setLevel(logging.CRITICAL)
_MESSAGE_KEYS = {
    web.HTTPBadRequest.status_code: "verify_empty",
    web.HTTPRequestEntityTooLarge.status_code: "verify_too_long",
}
"""The message for a form that cannot be read, by its status."""
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def served_to_browsers(desk: Desk) -> AsyncIterator[str | None]:
    """Serve the page at VERIFY_PORT, and yield its address; yield ``None`` if it is unset.

    Raises:
        SettingsError: the port cannot be listened on.
    """
    place = desk.settings.verify_port
    if place is None:
        yield None
        return
    with listening(place, "VERIFY_PORT") as listener:
        runner = web.AppRunner(
            _PageServer(desk.archive, desk.ledger, desk.coverage, desk.community).build(),
            access_log=None,
            logger=_CONNECTION_LOGGER,
            auto_decompress=False,  # browsers send forms as they are
            max_line_size=VERIFY_PAGE.header_bytes,
            max_field_size=VERIFY_PAGE.header_bytes,
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
    """Handler of browsers' requests."""

    archive: Archive
    ledger: Ledger
    coverage: Coverage
    community: Community
    limiter: Limiter = field(default_factory=lambda: Limiter(time.monotonic))
    _slots: asyncio.Semaphore = field(
        default_factory=lambda: asyncio.Semaphore(VERIFY_PAGE.concurrent_requests)
    )

    def build(self) -> web.Application:
        """Return the web application with its routes."""
        app = web.Application(
            client_max_size=VERIFY_PAGE.body_bytes, middlewares=[self._handle_errors]
        )
        app.router.add_get("/", self.home)
        app.router.add_get("/style.css", self.style)
        app.router.add_get("/robots.txt", self.robots)
        app.router.add_get(r"/answers/{number:[0-9]{1,12}}", self.answer)
        app.router.add_post("/prove", self.prove)
        return app

    async def home(self, request: web.Request) -> web.StreamResponse:
        """Return the start page with the form."""
        summary = await asyncio.to_thread(self.archive.summary, EVERYBODY)
        return _html(_page_for(request).home(summary))

    async def style(self, _: web.Request) -> web.StreamResponse:
        """Return the style sheet."""
        return web.Response(text=STYLE_SHEET, content_type="text/css")

    async def robots(self, _: web.Request) -> web.StreamResponse:
        """Return the robots.txt that excludes crawlers."""
        return web.Response(text="User-agent: *\nDisallow: /\n")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Return the page of an answer's quotations."""
        answer_id, page = int(request.match_info["number"]), _page_for(request)
        key = request.query.get("key", "")
        own_key = await self.community.hashed(answer_key_text(answer_id))
        has_key = hmac.compare_digest(key.encode(errors="replace"), own_key.encode())
        quotations = await asyncio.to_thread(
            quotations_of, answer_id, self.archive, self.ledger, has_key=has_key
        )
        if not quotations:
            return _html(page.notice(page.words("verify_no_answer")), status=404)
        as_of = await asyncio.to_thread(self.ledger.answers.as_of, answer_id)
        return _html(page.answer(answer_id, quotations, as_of))

    async def prove(self, request: web.Request) -> web.StreamResponse:
        """Return the page with the result of proving a pasted quotation."""
        if request.content_type != _FORM_TYPE:
            raise web.HTTPBadRequest
        try:
            form = await request.post()
        except (LookupError, ValueError, ConnectionError) as error:
            # An unknown charset, bytes that are none, or a browser that is gone.
            raise web.HTTPBadRequest from error
        form_values = PastedQuotation(
            _text_of(form, "quotation")[: PROOFS.quotation_characters + 1],
            _text_of(form, "article")[: VERIFY_PAGE.address_characters].strip(),
        )
        proof, quotation = await self._prove(form_values)
        return _html(_page_for(request).proof(form_values, proof, quotation))

    @in_search_thread
    def _prove(
        self, form_values: PastedQuotation
    ) -> tuple[ProvenQuotation | RefusedQuotation, SeenQuotation | None]:
        archive = self.archive
        if form_values.article:
            proof = prove_quotation(form_values.quotation, form_values.article, archive)
        else:
            search = self.coverage.serving.search
            proof = prove_anywhere(form_values.quotation, archive, search)
        if isinstance(proof, RefusedQuotation):
            return proof, None
        return proof, proven_in_context(proof, archive)

    @web.middleware
    async def _handle_errors(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Limit a request, and return each error as a page."""
        try:
            response = await self._limit(request, handler)
        except web.HTTPException as error:
            page = _page_for(request)
            key = _MESSAGE_KEYS.get(error.status, "verify_no_page")
            message = page.words(key, longest=PROOFS.quotation_characters)
            response = _html(page.notice(message), status=error.status)
            if "Allow" in error.headers:
                response.headers["Allow"] = error.headers["Allow"]
        except Exception as error:  # noqa: BLE001 - an outer edge: replies and logs
            page = _page_for(request)
            message = page.words("error", id=fault_code(error))
            response = _html(page.notice(message), status=500)
        response.headers.update(_HEADERS)
        return response

    async def _limit(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Handle one request, or reject it if there were too many."""
        searches = request.method == "POST"
        limits: list[tuple[Hashable, int]] = [
            ("", VERIFY_PAGE.requests_per_minute),
            (request.remote, VERIFY_PAGE.address_requests_per_minute),
        ]
        limits += [((request.remote, "prove"), VERIFY_PAGE.searches_per_minute)] if searches else []
        if seconds := self.limiter.wait(*limits):
            page = _page_for(request)
            count = int(seconds) + 1
            response = _html(page.notice(page.words("too_many", count=count)), status=429)
            response.headers["Retry-After"] = str(count)
            return response
        async with asyncio.timeout(VERIFY_PAGE.request_seconds), self._slots:
            return await handler(request)


def _page_for(request: web.Request) -> Page:
    """Return the page in the first accepted language that the desk supports."""
    accepted_languages = request.headers.get("Accept-Language", "")[:200]
    for preference in accepted_languages.split(","):
        if language := language_of_locale(preference.partition(";")[0].strip()):
            return Page(Wording.of(language))
    return Page(Wording.default())


def _text_of(form: Mapping[str, object], name: str) -> str:
    """Return a text field of a form; empty for a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _html(body: bytes, status: int = 200) -> web.Response:
    return web.Response(body=body, status=status, content_type="text/html", charset="utf-8")
