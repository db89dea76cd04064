"""The verifiers of claims, which judge a claim by its citations: a chat model, or its words.

The chat model is given a claim and its citations only. Without a model, the words of a single
cited sentence are accepted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, Protocol

from bot.answering.limits import CHAT, PROOFS
from bot.answering.prompting import Prompt
from bot.answering.proving.ground import citation_context, overlapping_sentences
from bot.answering.values import ChatError, Citation, Claim, Meter, Trouble
from ingest.language.as_english import plain_english
from ingest.language.lines import marked
from ingest.language.numbers import figures_in
from ingest.language.script import CJK, has_cjk
from ingest.model import Header, Kind

if TYPE_CHECKING:
    from bot.answering.chat import Chat
    from bot.answering.proving.figures import Derived

_TOKEN = re.compile(rf"\x00[^\x00]*\x00|[{CJK}]|[^\W_{CJK}]+(?:['’][^\W_{CJK}]+)*")
_PART = re.compile(r"(?:, | [-–—] | \(|\) ?|; )")
_LEADING_WORDS = frozenset({"but", "and", "however", "meanwhile", "also", "then"})
_ADDING_WORDS = frozenset(
    {"who", "which", "where", "whose", "a", "an", "the", "in", "on", "at", "from", "since", "after"}
    | {"before", "during", "with"}
)
"""First words of a part that only adds to its sentence."""
_QUALIFIER = re.compile(
    r"\b(?:no|not|never|nor|none|nobody|nothing|neither|without|cannot|\w+n[’']t"
    r"|will|would|may|might|can|could|shall|should|must|ought"
    r"|if|unless|whether|provided|although|though|while|until|except|but|only|almost|nearly|about"
    r"|around|perhaps|possibly|probably|likely|unlikely|allegedly|reportedly|apparently|supposedly"
    r"|alleged|suspected|so-called|seems?|appears?|projected|projection|projects|estimated?|estimates"
    r"|forecast|expected|exit|poll|provisional|preliminary|theory|paper|claims?|claimed|says?|said"
    r"|tells?|told|according|denie[ds]|denies|deny|denial|false|wrong|wrongly|rumou?r\w*|thinks?"
    r"|believes?|believed|suggest\w*|accus\w*|argu\w*|insist\w*|warn\w*|hop\w+|fear\w*|plan\w*"
    r"|want\w*|promis\w*|pledg\w*|vow\w*|report\w*|announc\w*|stat(?:es|ed)|some|most|many|few|all"
    r"|every|each|any|half|at least|more than|less than|fewer|up to|first|last|former\w*|then)\b",
    re.IGNORECASE,
)
_ENGLISH = "en"
"""The language whose sentences may be compressed."""
_CLOSING_MARKS = {"“": "”", "「": "」", "『": "』", "«": "»"}
_VERDICT = re.compile(r"^[\W_]*(?:(?P<key>[0-9a-f]{4})\b[\W_]*)?(?P<letter>[SCAN])[\W_]*$")


class Finding(StrEnum):
    """The relation of the cited sentences to a claim."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    CLAIMED = "claimed"
    """They report it as a claim, allegation or denial of somebody; not as a fact."""
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class ProposedClaim:
    """A claim that passed the checks but is not verified yet, with its derived figures."""

    claim: Claim
    derived: tuple[Derived, ...] = ()


class VerifierError(Exception):
    """The verifier returned no finding; ``trouble`` is the cause. The claims stay unproven."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class ClaimVerifier(Protocol):
    """A verifier of claims, created in :mod:`bot.answering.writing.drafting`."""

    @property
    def name(self) -> str:
        """Return the name that answers show."""
        ...

    @property
    def judges(self) -> bool:
        """Return True if it can find that a claim is not supported, not only that it is."""
        ...

    async def verify(self, proposed: Sequence[ProposedClaim], meter: Meter) -> list[Finding | None]:
        """Return one finding for each claim, ``None`` for a claim without one.

        Raises:
            VerifierError: there is no finding for any claim.
        """
        ...

    async def close(self) -> None:
        """Release its connections, in the event loop that used them."""
        ...


@dataclass(frozen=True, slots=True)
class IdentityVerifier:
    """A verifier that supports a claim if one cited sentence has its words, or fewer additions.

    A compression may leave out parts between commas that only add: never a negation, hedge,
    condition, bound or attribution. It is strict by design: a false claim costs more than a good
    sentence that is not shown.
    """

    name: str = "identity"
    judges: bool = False

    async def verify(self, proposed: Sequence[ProposedClaim], meter: Meter) -> list[Finding | None]:
        """Return "supported" or "not stated" for each claim; no tokens are used."""
        del meter
        return [_finding(proposal.claim) for proposal in proposed]

    async def close(self) -> None:
        """Do nothing: there are no connections."""


def _finding(claim: Claim) -> Finding:
    """Return the finding for one claim."""
    supported = any(is_in_sentence(claim.text, citation) for citation in claim.citations)
    return Finding.SUPPORTED if supported else Finding.NOT_STATED


def is_in_sentence(text: str, citation: Citation) -> bool:
    """Return True if one sentence that *citation* overlaps has the words of *text*."""
    if citation.header.kind is Kind.OPINION:
        return False
    return any(
        _matches(text, citation.passage.text[span.start : span.end], citation.header)
        for span in overlapping_sentences(citation)
        if not _is_quoted(citation.passage.text, span.start, span.end)
    )


def _matches(text: str, sentence: str, header: Header) -> bool:
    """Return True if *text* is *sentence* or a compression of it; it may name the outlet."""
    if sentence.rstrip("”\"'」 ").endswith(("?", "？")):
        return False
    language = header.language or _ENGLISH
    tokens = _tokens(text, language)
    if len(tokens) < PROOFS.claim_words:
        return False
    accepted = {
        tuple(tokens),
        *(tuple(_tokens(bare, language)) for bare in _without_attribution(text, header)),
    }
    candidates = _compressions(sentence) if language == _ENGLISH else [sentence]
    return any(tuple(_tokens(candidate, language)) in accepted for candidate in candidates)


def _compressions(sentence: str) -> Iterator[str]:
    """Yield *sentence*, and its versions without some of the parts that only add."""
    yield sentence
    first_word, _, others = sentence.partition(" ")
    bare = others if first_word.removesuffix(",").lower() in _LEADING_WORDS else sentence
    yield bare
    if has_cjk(sentence) or any(mark in sentence for mark in '“”"「」'):
        return
    parts = _PART.split(bare)
    droppable = [
        i
        for i, part in enumerate(parts)
        if i and part.partition(" ")[0].lower() in _ADDING_WORDS and not _QUALIFIER.search(part)
    ]
    if len(parts) > PROOFS.sentence_parts:
        return
    for count in range(1, len(droppable) + 1):
        for dropped in combinations(droppable, count):
            yield " ".join(part for i, part in enumerate(parts) if i not in dropped)


def _without_attribution(text: str, header: Header) -> Iterator[str]:
    """Yield *text* without the clause that names the outlet or agency of *header*."""
    for name in filter(None, (header.outlet, header.agency)):
        by = rf"(?:the )?{re.escape(name)}"
        reports = rf"(?:as )?{by} (?:reports?|reported)"
        for clause in (rf",? (?:{reports}|according to {by})\.?$", rf"^According to {by}, "):
            if (bare := re.sub(clause, "", text, flags=re.IGNORECASE)) != text:
                yield bare


def _tokens(text: str, language: str) -> list[str]:
    """Return the words of *text*, with figures by value and CJK characters one by one."""
    plain_text = plain_english(text, language)
    for figure in reversed(figures_in(plain_text)):
        mark = f"\x00{figure.value.normalize()}{figure.kind}{figure.bound}\x00"
        plain_text = f"{plain_text[: figure.start]} {mark} {plain_text[figure.end :]}"
    return [token.replace("’", "'").casefold() for token in _TOKEN.findall(plain_text)]


def _is_quoted(text: str, start: int, end: int) -> bool:
    """Return True if ``text[start:end]`` lies inside a quotation, so that a person says it."""
    plain_marks = marked(text)
    before, passage_part = plain_marks[:start], plain_marks[start:end]
    for opening, closing in _CLOSING_MARKS.items():
        if before.count(opening) > before.count(closing) or passage_part.startswith(opening):
            return True
    paragraph = before.rsplit("\n", 1)[-1]
    return paragraph.count('"') % 2 == 1 or passage_part.startswith('"')


_LETTERS = {
    "S": Finding.SUPPORTED,
    "C": Finding.CONTRADICTED,
    "A": Finding.CLAIMED,
    "N": Finding.NOT_STATED,
}


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
