"""A Discord on loopback: simcord's backend behind real routes and a real gateway."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import re
import time
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

from aiohttp import WSMsgType, web
from simcord import intents as censoring
from simcord.backend import Backend, serializers
from simcord.backend.errors import BackendError
from simcord.http import client as _routes  # noqa: F401 - registers every route
from simcord.http import router
from simcord.interactions import base_payload

from tests.loopback import listening

HELLO, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, DISPATCH, ACK = 10, 1, 2, 6, 7, 0, 11
INVALID_SESSION = 9
API = "/api/v10"
_CREATED = 200
"""The status of a created message."""


@dataclass(slots=True)
class Fault:
    """A faulty reply of a route, which is sent so many *times*."""

    method: str
    path: re.Pattern[str]
    status: int
    times: int = 1
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Request:
    """A request of the bot, with its moment and the status of its reply."""

    at: float
    method: str
    path: str
    json: Any
    status: int


class WireDiscord:
    """Routes, a gateway with a replay buffer, and the actions of people."""

    def __init__(self) -> None:
        self.backend = Backend()
        self.guild = self.backend.create_guild("Orvessa")
        self.channel = self.backend.create_channel(self.guild.id, "desk")
        self.backend.add_member(self.guild.id, self.backend.bot_user.id)
        self.backend.subscribers.append(self.dispatch)
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.sessions = 0
        self.shards: set[int] = set()
        self.resumed = 0
        self.muted = False
        self.writing = asyncio.Event()
        self.writing.set()
        self.held: str | None = None
        self.let_go = asyncio.Event()
        self.port = 0
        self._by_nonce: dict[tuple[str, str], Any] = {}
        self._frames: list[dict[str, Any]] = []
        self._lines: dict[web.WebSocketResponse, asyncio.Queue[dict[str, Any]]] = {}
        self._ready = asyncio.Event()

    @asynccontextmanager
    async def open(self):
        """Listen on a free port of loopback."""
        app = web.Application(client_max_size=32 * 2**20)
        app.router.add_route("*", API + "/{tail:.*}", self.http)
        app.router.add_get("/gw", self.gateway)
        app.router.add_post("/v1/chat/completions", self.model)
        async with listening(web.AppRunner(app, shutdown_timeout=1.0)) as self.port:
            try:
                yield self
            finally:
                self.writing.set()
                self.let_go.set()

    # Requests of the bot

    async def http(self, request: web.Request) -> web.Response:
        """Answer one REST call."""
        path = "/" + unquote(request.match_info["tail"])
        body, files = await parsed(request)
        status, answer, headers = self.once(request, path, body, files)
        self.requests.append(Request(time.monotonic(), request.method, path, body, status))
        if self.held is not None and re.search(self.held, json.dumps(body)):
            await self.let_go.wait()
        if answer is None and status == 204:
            return web.Response(status=204, headers=headers)
        # Exactly this type, with no charset: the client compares it letter by letter.
        text = json.dumps(answer).encode()
        return web.Response(
            status=status, body=text, headers={**headers, "Content-Type": "application/json"}
        )

    def once(
        self, request: web.Request, path: str, body: Any, files: list[Any]
    ) -> tuple[int, Any, dict[str, str]]:
        """Answer a call; one that repeats a nonce gets the reply of the first, as from Discord.

        Discord remembers a nonce for some minutes, and that is as long as a test.
        """
        nonce = body.get("nonce") if isinstance(body, dict) and body.get("enforce_nonce") else None
        if nonce is None:
            return self.answer(request, path, body, files)
        if (path, nonce) in self._by_nonce:
            return self._by_nonce[path, nonce]
        reply = self.answer(request, path, body, files)
        if reply[0] == _CREATED:
            self._by_nonce[path, nonce] = reply
        return reply

    def answer(
        self, request: web.Request, path: str, body: Any, files: list[Any]
    ) -> tuple[int, Any, dict[str, str]]:
        """Return status, body and headers."""
        for fault in self.faults:
            if fault.times and fault.method == request.method and fault.path.search(path):
                fault.times -= 1
                return fault.status, dict(fault.body), dict(fault.headers)
        if path == "/users/@me":
            return 200, dict(serializers.user_payload(self.backend.bot_user)), {}
        if path.startswith("/gateway"):
            limit = {"total": 1000, "remaining": 999, "reset_after": 1, "max_concurrency": 1}
            url = f"ws://127.0.0.1:{self.port}/gw"
            return 200, {"url": url, "shards": 1, "session_start_limit": limit}, {}
        try:
            reply = router.dispatch(
                self.backend,
                request.method,
                path,
                json=body,
                params=dict(request.query),
                files=files,
                reason=request.headers.get("X-Audit-Log-Reason"),
            )
        except BackendError as error:
            return error.status, error.to_json(), {}
        return (204, None, {}) if reply is None else (200, reply, {})

    async def model(self, request: web.Request) -> web.Response:
        """Be a language model that takes its time and then fails: quotations answer."""
        await request.read()
        await self.writing.wait()
        return web.json_response({"error": {"message": "out of order"}}, status=400)

    # The gateway

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        """Speak the gateway's protocol to one connection."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": 41250}})
        line: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        sending = asyncio.create_task(carry(socket, line))
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                self.receive(socket, line, json.loads(message.data))
        finally:
            self._lines.pop(socket, None)
            sending.cancel()
        return socket

    def receive(
        self,
        socket: web.WebSocketResponse,
        line: asyncio.Queue[dict[str, Any]],
        frame: Mapping[str, Any],
    ) -> None:
        """Answer a frame that the bot sends on the gateway."""
        if frame["op"] == HEARTBEAT:
            line.put_nowait({"op": ACK, "d": None})
        elif frame["op"] == IDENTIFY and not self.serves(frame["d"].get("shard")):
            nothing = self.hello() | {"guilds": [], "session_id": f"shard {frame['d']['shard']}"}
            line.put_nowait({"op": DISPATCH, "t": "READY", "s": 1, "d": nothing})
            self.shards.add(frame["d"]["shard"][0])
        elif frame["op"] == IDENTIFY:
            self.shards.add((frame["d"].get("shard") or [0])[0])
            self.sessions += 1
            self._frames.clear()
            self._lines = {socket: line}
            self.dispatch("READY", self.hello())
            for guild in self.backend.guilds.values():
                payload = serializers.guild_create_payload(self.backend, guild)
                self.dispatch("GUILD_CREATE", payload)
            self._ready.set()
        elif frame["op"] == RESUME:
            if frame["d"]["session_id"] != self.session:
                line.put_nowait({"op": INVALID_SESSION, "d": False})
                return
            self.resumed += 1
            for missed in [f for f in self._frames if f["s"] > frame["d"]["seq"]]:
                line.put_nowait(missed)
            self._lines = {socket: line}
            self.dispatch("RESUMED", {})

    def serves(self, shard: list[int] | None) -> bool:
        """Return True if the one server belongs to a connection's *shard*."""
        return shard is None or (self.guild.id >> 22) % shard[1] == shard[0]

    @property
    def session(self) -> str:
        """The name of the session that can be resumed."""
        return f"session-{self.sessions}"

    def hello(self) -> dict[str, Any]:
        """Return the payload of READY."""
        return {
            "v": 10,
            "user": dict(serializers.user_payload(self.backend.bot_user)),
            "guilds": [{"id": str(g), "unavailable": True} for g in self.backend.guilds],
            "session_id": self.session,
            "resume_gateway_url": f"ws://127.0.0.1:{self.port}/gw",
            "application": {"id": str(self.backend.application_id), "flags": 0},
        }

    def dispatch(self, event: str, payload: Mapping[str, Any]) -> None:
        """Number an event, store it for a session that is resumed, and send it."""
        shaped = copy.deepcopy(dict(payload))
        if event in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
            censoring.censor_message(shaped, self.backend.bot_user.id, backend=self.backend)
        number = self._frames[-1]["s"] + 1 if self._frames else 1
        frame = {"op": DISPATCH, "t": event, "s": number, "d": shaped}
        self._frames.append(frame)
        if not self.muted:
            for line in self._lines.values():
                line.put_nowait(frame)

    async def ready(self) -> None:
        """Wait until the bot is connected."""
        await asyncio.wait_for(self._ready.wait(), 60)

    def forget_bot(self) -> None:
        """Forget the process of the bot, so that :meth:`ready` waits for the next one."""
        self._ready.clear()
        self._lines.clear()

    def cut(self) -> None:
        """Cut the connections of the gateway without a closing frame."""
        for socket in list(self._lines):
            socket._req.transport.abort()
        self._lines.clear()

    def ask_to_reconnect(self) -> None:
        """Send the frame that Discord sends before it restarts a gateway."""
        for line in self._lines.values():
            line.put_nowait({"op": RECONNECT, "d": None})

    # Actions of people

    def member(self, name: str, **rights: int) -> int:
        """Add a member to the server, and return their id."""
        user = self.backend.make_user(name)
        self.backend.add_member(self.guild.id, user.id)
        if rights:
            role = self.backend.create_role(self.guild.id, name, **rights)
            self.backend.add_member_role(self.guild.id, user.id, role.id)
        return user.id

    def slash(self, user: int, name: str, **options: str) -> Any:
        """Use a command as Discord's clients do, and return its record."""
        fields = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        data = {"id": "1", "name": name, "type": 1, "options": fields}
        return self.interact(user, 2, data)

    def click(self, user: int, message: Any, custom_id: str) -> Any:
        """Press a button of a message."""
        data = {"custom_id": custom_id, "component_type": 2}
        payload = serializers.message_payload(self.backend, message)
        return self.interact(user, 3, data, message=dict(payload))

    def interact(self, user: int, kind: int, data: dict[str, Any], **fields: Any) -> Any:
        """Send an interaction to the bot."""
        record, payload = base_payload(
            self.backend,
            type=kind,
            channel_id=self.channel.id,
            guild_id=self.guild.id,
            user_id=user,
            data=data,
        )
        if "message" in fields:
            record.message_id = int(fields["message"]["id"])
        self.dispatch("INTERACTION_CREATE", {**payload, **fields})
        return record

    def say(self, user: int, text: str) -> Any:
        """Write a message that mentions the bot."""
        mention = f"<@{self.backend.bot_user.id}> {text}"
        return self.backend.create_message(self.channel.id, user, mention)

    # Messages and requests

    def answers(self) -> list[Any]:
        """Return the bot's messages in the channel, oldest first."""
        messages = self.backend.messages.get(self.channel.id, {}).values()
        return [m for m in messages if m.author_id == self.backend.bot_user.id]

    def asked_of(self, method: str, ending: str) -> list[Request]:
        """Return the bot's requests of one kind."""
        return [r for r in self.requests if r.method == method and r.path.endswith(ending)]


async def carry(socket: web.WebSocketResponse, line: asyncio.Queue[dict[str, Any]]) -> None:
    """Send the frames of a *line* in their order until the connection is closed."""
    while True:
        frame = await line.get()
        try:
            await socket.send_json(frame)
        except (ConnectionError, RuntimeError):
            return


async def parsed(request: web.Request) -> tuple[Any, list[Any]]:
    """Return a request's JSON and its files."""
    if request.content_type == "application/json":
        return await request.json(), []
    if not request.content_type.startswith("multipart/"):
        return None, []
    body, files = None, []
    async for part in await request.multipart():
        if part.name == "payload_json":
            body = json.loads(await part.text())
        else:
            data = await part.read(decode=False)
            file = io.BytesIO(data)
            files.append(SimpleNamespace(fp=file, filename=part.filename, description=None))
    return body, files


def text_of(message: Any) -> str:
    """Return the texts of a message."""
    texts = []

    def walk(components: list[dict[str, Any]]) -> None:
        for component in components:
            texts.append(component.get("content") or component.get("label") or "")
            walk(component.get("components", []))

    walk(message.components)
    return "\n".join(texts)
