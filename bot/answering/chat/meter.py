"""The token usage and the failures of models."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.answering.model import Dropped, Trouble, Usage


class ChatError(Exception):
    """A failed request to a chat model; ``trouble`` selects the message for members.

    ``detail`` is the error message of the server, for operators only.
    """

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.detail = detail


@dataclass(slots=True)
class Meter:
    """Token usage, dropped sentences and failures of all models used for one answer."""

    usage: Usage = field(default_factory=Usage)
    dropped: list[Dropped] = field(default_factory=list)
    server_message: str = ""
    """The last error message of a server, on one line."""
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests by model and result: "ok", "stopped" or a trouble."""
    until: float | None = None
    """Deadline of all replies, in the event loop's time; set when the first one begins."""
