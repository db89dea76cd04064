"""Servers on a free port of loopback, for what a test asks."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from aiohttp import web


class JsonHandler(BaseHTTPRequestHandler):
    """A handler that reads and writes JSON, and logs nothing."""

    def do_POST(self):
        """Read the object that was sent, and answer it."""
        self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, body):
        """Answer a request with this *body*."""
        raise NotImplementedError

    def send_object(self, status, content):
        """Answer with *content* and this status."""
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        """Stay silent."""


@contextmanager
def served(handler):
    """Serve *handler* in threads; yield the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


@asynccontextmanager
async def listening(runner: web.BaseRunner):
    """Run a server of aiohttp; yield its port."""
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield site._server.sockets[0].getsockname()[1]
    finally:
        await runner.cleanup()
