"""A chat model as second reader: it sees a sentence and what it cites, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.answering.chat.meter import ChatError, Meter
from bot.answering.chat.prompting import Prompt
from bot.answering.model import Citation, Trouble
from bot.answering.proving.ground import in_context
from bot.answering.proving.reader import Finding, Proposed, UnreadClaimsError

if TYPE_CHECKING:
    from bot.answering.chat.chat import Chat

_LETTERS = {
    "S": Finding.SUPPORTED,
    "C": Finding.CONTRADICTED,
    "A": Finding.CLAIMED,
    "N": Finding.NOT_STATED,
}
_KEY = 4
"""Letters of a claim's key."""
_VERDICT = re.compile(r"^[\W_]*(?:(?P<key>[0-9a-f]{4})\b[\W_]*)?(?P<letter>[SCAN])[\W_]*$")


class ChatReader:
    """Asks a chat model for one letter a claim. What it does not answer stays unread."""

    judges = True

    def __init__(self, chat: Chat) -> None:
        """Read with *chat*."""
        self.name = chat.name
        self._chat = chat
        self._prompt = Prompt.load("check")

    async def close(self) -> None:
        """Let go of the connections, in the event loop that used them."""
        await self._chat.close()

    async def read(self, proposed: Sequence[Proposed], meter: Meter) -> list[Finding | None]:
        """Return one reading each, in one request; ``None`` for what it left out.

        A claim that has two letters has none: whoever says both says nothing.

        Raises:
            ReadingError: the model failed, or answered in no form that can be read.
        """
        keyed = {key_of(each, place): each for place, each in enumerate(proposed)}
        found: dict[str, set[Finding]] = {}
        broken: Trouble | None = None
        try:
            async for line in self._chat.lines(
                [(self._prompt.filled(), claims_material(keyed))], meter
            ):
                if (verdict := _VERDICT.match(line)) is None:
                    continue
                key = verdict["key"] or (next(iter(keyed)) if len(keyed) == 1 else "")
                if key in keyed:
                    found.setdefault(key, set()).add(_LETTERS[verdict["letter"]])
        except ChatError as error:
            broken = error.trouble
        if not found:
            raise UnreadClaimsError(broken or Trouble.UNREAD)
        return [_only(found.get(key, set())) for key in keyed]


def _only(readings: set[Finding]) -> Finding | None:
    """Return the one reading there is."""
    return next(iter(readings)) if len(readings) == 1 else None


def key_of(proposed: Proposed, place: int) -> str:
    """Name a claim by letters that no article can guess to be its own."""
    cited = "".join(c.passage.id for c in proposed.claim.citations)
    return hashlib.sha256(f"{place}{proposed.claim.text}{cited}".encode()).hexdigest()[:_KEY]


def claims_material(keyed: Mapping[str, Proposed]) -> str:
    """Return the claims and what each cites as one JSON object: data, whatever it says."""
    claims = [
        {
            "key": key,
            "claim": each.claim.text,
            "derived": [{"words": d.words, "how": d.how, "of": list(d.of)} for d in each.derived],
            "sources": [_described(citation) for citation in each.claim.citations],
        }
        for key, each in keyed.items()
    ]
    return json.dumps({"claims": claims}, ensure_ascii=False)


def _described(citation: Citation) -> dict[str, object]:
    """Return what the reader is told of one source."""
    header = citation.header
    return {
        "outlet": header.outlet,
        "agency": header.agency,
        "published": str(header.day) if header.published else None,
        "kind": str(header.kind),
        "quotation": citation.quote,
        "in_context": in_context(citation),
    }
