"""The reader without a model: what says exactly what one cited sentence says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.answering.chat.meter import Meter
from bot.answering.model import Citation, Claim
from bot.answering.proving.ground import touched
from bot.answering.proving.reader import Finding, Proposed
from ingest.language.as_english import plain_english
from ingest.language.marks import marked
from ingest.language.numbers import figures_in
from ingest.language.script import CJK, has_cjk
from ingest.model import Header, Kind

_WHOLE = re.compile(rf"\x00[^\x00]*\x00|[{CJK}]|[^\W_{CJK}]+(?:['’][^\W_{CJK}]+)*")
_PART = re.compile(r"(?:, | [-–—] | \(|\) ?|; )")
_LEADING = re.compile(r"^(?:but|and|however|meanwhile|also|then),? ", re.IGNORECASE)
_DROPPABLE = re.compile(
    r"^(?:who|which|where|whose|a|an|the|in|on|at|from|since|after|before|during|with) ",
    re.IGNORECASE,
)
_QUALIFIES = re.compile(
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
"""The language of which it is known what may be left out."""
_OPENERS = {"“": "”", "「": "」", "『": "』", "«": "»"}
_SHORTEST = 3
"""Words of the shortest claim that says anything by itself."""
_MOST_PARTS = 8
"""Parts between commas of the longest sentence that is looked at part by part."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Supports a sentence that one cited sentence says word for word, or with less aside.

    Left out may be what stands between commas and only adds: nothing that denies, hedges,
    conditions, bounds or attributes. It is strict by design: a lie costs more than a good
    sentence that is not shown.
    """

    name: str = "identity"
    judges: bool = False

    async def read(self, proposed: Sequence[Proposed], meter: Meter) -> list[Finding | None]:
        """Return supported or not stated for each; it costs nothing."""
        del meter
        return [_reading(each.claim) for each in proposed]


def _reading(claim: Claim) -> Finding:
    """Read one claim."""
    same = any(says(claim.text, each) for each in claim.citations)
    return Finding.SUPPORTED if same else Finding.NOT_STATED


def says(text: str, citation: Citation) -> bool:
    """Tell whether a single sentence that *citation* touches says *text*."""
    if citation.header.kind is Kind.OPINION:
        return False
    return any(
        _same(text, citation.passage.text[span.start : span.end], citation.header)
        for span in touched(citation)
        if not _quoted(citation.passage.text, span.start, span.end)
    )


def _same(text: str, sentence: str, header: Header) -> bool:
    """Tell whether *text* is *sentence*, or a compression of it; its outlet may be named."""
    if sentence.rstrip("”\"'」 ").endswith(("?", "？")):
        return False
    language = header.language or _ENGLISH
    own = _tokens(text, language)
    if len(own) < _SHORTEST:
        return False
    wanted = {tuple(own), *(tuple(_tokens(each, language)) for each in _unattributed(text, header))}
    shorter = _compressions(sentence) if language == _ENGLISH else [sentence]
    return any(tuple(_tokens(each, language)) in wanted for each in shorter)


def _compressions(sentence: str) -> Iterator[str]:
    """Yield *sentence*, and what is left of it without some of what only adds."""
    yield sentence
    bare = _LEADING.sub("", sentence)
    yield bare
    if has_cjk(sentence) or any(mark in sentence for mark in '“”"「」'):
        return
    parts = _PART.split(bare)
    droppable = [
        i
        for i, part in enumerate(parts)
        if i and _DROPPABLE.match(part) and not _QUALIFIES.search(part)
    ]
    if len(parts) > _MOST_PARTS:
        return
    for count in range(1, len(droppable) + 1):
        for dropped in combinations(droppable, count):
            yield " ".join(part for i, part in enumerate(parts) if i not in dropped)


def _unattributed(text: str, header: Header) -> Iterator[str]:
    """Yield *text* without the clause that names its own outlet or agency."""
    for name in filter(None, (header.outlet, header.agency)):
        by = rf"(?:the )?{re.escape(name)}"
        reports = rf"(?:as )?{by} (?:reports?|reported)"
        for clause in (rf",? (?:{reports}|according to {by})\.?$", rf"^According to {by}, "):
            if (bare := re.sub(clause, "", text, flags=re.IGNORECASE)) != text:
                yield bare


def _tokens(text: str, language: str) -> list[str]:
    """Return the words of *text*, figures by their value and East Asian letters one by one."""
    said = plain_english(text, language)
    for figure in reversed(figures_in(said)):
        mark = f"\x00{figure.value.normalize()}{figure.kind}{figure.bound}\x00"
        said = f"{said[: figure.start]} {mark} {said[figure.end :]}"
    return [token.replace("’", "'").casefold() for token in _WHOLE.findall(said)]


def _quoted(text: str, start: int, end: int) -> bool:
    """Tell whether ``text[start:end]`` lies inside a quotation: then somebody says it."""
    plain_marks = marked(text)
    before, own = plain_marks[:start], plain_marks[start:end]
    for opening, closing in _OPENERS.items():
        if before.count(opening) > before.count(closing) or own.startswith(opening):
            return True
    paragraph = before.rsplit("\n", 1)[-1]
    return paragraph.count('"') % 2 == 1 or own.startswith('"')
