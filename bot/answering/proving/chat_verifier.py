"""A chat model as verifier: it is given a claim and its citations only."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.answering.chat.prompting import Prompt
from bot.answering.limits import CHAT
from bot.answering.proving.ground import citation_context
from bot.answering.proving.verifier import Finding, ProposedClaim, VerifierError
from bot.answering.values import ChatError, Citation, Meter, Trouble

if TYPE_CHECKING:
    from bot.answering.chat.chat import Chat

_LETTERS = {
    "S": Finding.SUPPORTED,
    "C": Finding.CONTRADICTED,
    "A": Finding.CLAIMED,
    "N": Finding.NOT_STATED,
}
_VERDICT = re.compile(r"^[\W_]*(?:(?P<key>[0-9a-f]{4})\b[\W_]*)?(?P<letter>[SCAN])[\W_]*$")


class ChatVerifier:
    """A verifier that asks a chat model for one letter for each claim."""

    judges = True

    def __init__(self, chat: Chat) -> None:
        """Verify with *chat*."""
        self.name = chat.name
        self._chat = chat
        self._prompt = Prompt.load("check")

    async def close(self) -> None:
        """Close the HTTP client, in the event loop that used it."""
        await self._chat.close()

    async def verify(self, proposed: Sequence[ProposedClaim], meter: Meter) -> list[Finding | None]:
        """Return one finding for each claim, in one request; ``None`` for a claim left out.

        A claim with two different letters has no finding.

        Raises:
            VerifierError: the model failed, or its reply has no finding.
        """
        keyed = {key_of(proposal, place): proposal for place, proposal in enumerate(proposed)}
        findings: dict[str, set[Finding]] = {}
        trouble: Trouble | None = None
        try:
            async for line in self._chat.lines(
                [(self._prompt.filled(), claims_material(keyed))], meter
            ):
                if (verdict := _VERDICT.match(line)) is None:
                    continue
                key = verdict["key"] or (next(iter(keyed)) if len(keyed) == 1 else "")
                if key in keyed:
                    findings.setdefault(key, set()).add(_LETTERS[verdict["letter"]])
        except ChatError as error:
            trouble = error.trouble
        if not findings:
            raise VerifierError(trouble or Trouble.UNREAD)
        return [_single_finding(findings.get(key, set())) for key in keyed]


def _single_finding(findings: set[Finding]) -> Finding | None:
    """Return the single finding; ``None`` if there are none or several."""
    return next(iter(findings)) if len(findings) == 1 else None


def key_of(proposed: ProposedClaim, place: int) -> str:
    """Return a key for a claim that no article can contain on purpose."""
    passage_ids = "".join(c.passage.id for c in proposed.claim.citations)
    digest = hashlib.sha256(f"{place}{proposed.claim.text}{passage_ids}".encode()).hexdigest()
    return digest[: CHAT.claim_key_characters]


def claims_material(keyed: Mapping[str, ProposedClaim]) -> str:
    """Return the claims and their citations as one JSON object: data for a model."""
    claims = [
        {
            "key": key,
            "claim": proposal.claim.text,
            "derived": [
                {"words": d.words, "how": d.how, "of": list(d.of)} for d in proposal.derived
            ],
            "sources": [_citation_fields(citation) for citation in proposal.claim.citations],
        }
        for key, proposal in keyed.items()
    ]
    return json.dumps({"claims": claims}, ensure_ascii=False)


def _citation_fields(citation: Citation) -> dict[str, object]:
    """Return the fields of one citation that the verifier is given."""
    header = citation.header
    return {
        "outlet": header.outlet,
        "agency": header.agency,
        "published": str(header.day) if header.published else None,
        "kind": str(header.kind),
        "quotation": citation.quote,
        "in_context": citation_context(citation),
    }
