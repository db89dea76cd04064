"""What models cost and how they failed: known wherever a model may be asked, and light to know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from bot.answering.model import Dropped, Trouble, Usage


class ChatError(Exception):
    """The model did not reply; ``trouble`` says why, and the words for it are the wording's.

    ``detail`` is what the server said, for whoever runs the desk and nobody else.
    """

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.detail = detail


@dataclass(slots=True)
class Meter:
    """What models were given and wrote, in tokens, and which of their sentences were lost."""

    usage: Usage = field(default_factory=Usage)
    lost: list[Dropped] = field(default_factory=list)
    said: str = ""
    """What a server said when it last failed, on one line."""
    calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Requests by model and how they ended: "ok", or in what trouble."""
    until: float | None = None
    """When the event loop's clock ends whatever models still write; set when one begins."""
