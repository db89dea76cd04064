"""A model server on loopback that behaves as servers do: each behaviour has its name."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from itertools import count

from aiohttp import web

from tests.loopback import listening

KEYS = re.compile(r'"key": "([0-9a-f]{5})"[^{}]*?"text": "([^"]*)')
REFUSES = {
    "no stream_options": ("stream_options", "Unknown parameter: 'stream_options'."),
    "no max_completion_tokens": (
        "max_completion_tokens",
        "extra fields not permitted: max_completion_tokens",
    ),
    "no temperature": ("temperature", "Unsupported value: 'temperature' does not support 0."),
}
REFUSED_FORMS = {
    "no json_schema": ("json_schema",),
    "no response_format": ("json_schema", "json_object"),
}


WITHOUT_END = {
    "writes without an end": lambda: ({"content": "word " * 2_000} for _ in count()),
    "writes by the letter": lambda: ({"content": "w"} for _ in count()),
    "opens an object without an end": lambda: (
        {"content": '{"say": "' + "w" * 500} for _ in count()
    ),
    "nests without an end": lambda: ({"content": '{"a": ' * 500} for _ in count()),
    "writes objects without an end": lambda: ({"content": "{} " * 50} for _ in count()),
    "thinks without an end": lambda: ({"content": "<think>" + "w" * 2_000} for _ in count()),
    "writes 10 MB at once": lambda: [{"content": "w" * 10_000_000}],
}
"""What a server may do behind a good line."""


class ModelServer:
    """Answers chat requests by a *line* for what was asked, in the way of its *behaviour*."""

    def __init__(self):
        self.behaviour = "plain"
        self.reply = lambda _body: ""
        self.bodies = []
        self.port = 0
        self.room = 10**9
        self.pause = 0.0
        self.left = []

    @property
    def url(self):
        """Return the base URL of the API."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def handle(self, request):
        """Answer one request."""
        if not request.path.endswith("/v1/chat/completions"):
            page = "<!doctype html><html><body><h1>404 page not found</h1></body></html>"
            return web.Response(status=404, text=page, content_type="text/html")
        body = await request.json()
        self.bodies.append(body)
        if self.behaviour == "an HTML page":
            return web.Response(text="<html><body>Welcome</body></html>", content_type="text/html")
        if said := self.refusal(body):
            return web.json_response({"error": {"message": said}}, status=400)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        if self.behaviour == "compresses":
            response.enable_compression(web.ContentCoding.gzip)
        await response.prepare(request)
        ended = False
        try:
            for event in self.events(body):
                await response.write(f"data: {event}\n\n".encode())
                await asyncio.sleep(self.pause)
            ended = True
        finally:
            self.left.append(not ended)
        return response

    def refusal(self, body):
        """Return why this server refuses *body*, if it does."""
        if self.behaviour in REFUSES:
            field, said = REFUSES[self.behaviour]
            return said if field in body else ""
        form = body.get("response_format", {}).get("type", "")
        if form in REFUSED_FORMS.get(self.behaviour, ()):
            return f"'response_format' of type '{form}' is not supported with this model"
        roles = [each["role"] for each in body["messages"]]
        if self.behaviour == "no system role" and "system" in roles:
            return "System role not supported"
        size = sum(len(each["content"]) for each in body["messages"])
        if size > self.room:
            return f"This model's maximum context length is {self.room} tokens."
        return ""

    def events(self, body):
        """Yield the parts of a stream."""
        if self.behaviour == "an error inside a 200":
            yield json.dumps({"error": {"message": "model runner has stopped", "code": 500}})
            return
        text = self.reply(body)
        if self.behaviour == "keeps to the schema" and "response_format" in body:
            text = json.dumps({"sentences": [json.loads(each) for each in text.splitlines()]})
        if self.behaviour == "nothing in a form" and "response_format" in body:
            text = ""
        for at in range(0, len(text), 7):
            usage = {"prompt_tokens": 100, "completion_tokens": at // 4 + 1}
            growing = self.behaviour == "usage that grows"
            yield chunk({"content": text[at : at + 7]}, usage=usage if growing else None)
        yield from map(chunk, WITHOUT_END.get(self.behaviour, lambda: ())())
        ends = {"finish null": None, "finish empty": "", "finish unknown": "eos_token"}
        yield chunk({}, finish=ends.get(self.behaviour, "stop"))
        yield "[DONE]"

    @asynccontextmanager
    async def open(self):
        """Listen on loopback."""
        async with listening(web.ServerRunner(web.Server(self.handle))) as self.port:
            yield self


def chunk(delta, *, finish=None, usage=None):
    """Write one part of a stream as OpenAI does."""
    return json.dumps(
        {
            "id": "c",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            **({"usage": usage} if usage else {}),
        }
    )
