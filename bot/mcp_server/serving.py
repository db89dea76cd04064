"""Transports of the protocol: pipes of the calling program, or HTTP with a token."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from mcp.server.stdio import stdio_server
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.desk import Desk
from bot.listening import address_of, listening
from bot.mcp_server.passages import ShownPassages
from bot.mcp_server.server import DeskServer
from bot.mcp_server.tools import Tools

_MAX_BODY_BYTES = 256 * 1024
"""Maximum number of bytes of a request."""
_MAX_CONNECTIONS = 64
_IDLE_SECONDS = 10
"""Seconds after which an idle connection is closed."""
_BEARER = b"bearer "


def desk_server(desk: Desk) -> DeskServer:
    """Return the protocol server of *desk*."""
    passages = ShownPassages(desk.archive, whole=desk.settings.mcp_whole_articles)
    return DeskServer(Tools(desk, passages))


async def serve_pipes(desk: Desk) -> None:
    """Handle requests from standard input until it ends."""
    server = desk_server(desk).build()
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


@asynccontextmanager
async def served_to_programs(desk: Desk) -> AsyncIterator[str | None]:
    """Serve HTTP at MCP_PORT, and yield the address; yield ``None`` if it is unset.

    Raises:
        SettingsError: the port cannot be listened on.
    """
    place, token = desk.settings.mcp_port, desk.settings.mcp_token
    if place is None or token is None:
        yield None
        return
    with listening(place, "MCP_PORT") as listener:
        app = (
            desk_server(desk)
            .build()
            .streamable_http_app(
                stateless_http=True,
                json_response=True,
                max_request_body_size=_MAX_BODY_BYTES,
                host=listener.getsockname()[0],
            )
        )
        config = uvicorn.Config(
            _TokenGate(app, token),
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=_MAX_CONNECTIONS,
            timeout_keep_alive=_IDLE_SECONDS,
            timeout_graceful_shutdown=2,
        )
        server = _EmbeddedServer(config)
        running = asyncio.create_task(server.serve([listener]))
        try:
            yield f"{address_of(listener)}/mcp"
        finally:
            server.should_exit = True
            await running


class _EmbeddedServer(uvicorn.Server):
    """An HTTP server within a process that handles signals itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


class _TokenGate:
    """ASGI filter that passes requests with the token to *app*, and rejects others."""

    def __init__(self, app: ASGIApp, token: SecretStr) -> None:
        self._app = app
        self._token = token.get_secret_value().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "lifespan" or self._has_token(scope):
            await self._app(scope, receive, send)
            return
        message = "Send the desk's token: Authorization: Bearer TOKEN (MCP_TOKEN in its .env)."
        body = json.dumps({"error": message}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"www-authenticate", b"Bearer"),
        ]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _has_token(self, scope: Scope) -> bool:
        """Return True if a request has the token; the time taken does not reveal it."""
        for name, value in scope.get("headers", ()):
            if name == b"authorization" and value[: len(_BEARER)].lower() == _BEARER:
                return hmac.compare_digest(value[len(_BEARER) :].strip(), self._token)
        return False
