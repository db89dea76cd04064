"""What a line of an article is: text, a heading of what follows, or furniture of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from ingest.language.script import Script
from ingest.language.words import words

_LINES = words()["lines"]
_ENDS = re.compile(r"[.!?…。！？:：;,][”\"'’」』)\]）]*$|[”」』]$")
_BYLINE = re.compile(
    r"^[-–—−]+ ?[A-ZÀ-Þ][\w.’'-]*(?: [\w.’'-]+){0,4}(?:, [A-Z][\w ]+)?$"
    r"|^(?:by|reported by|text by) [A-ZÀ-Þ][\w.’'-]*(?: [\w.’'-]+){1,8}$"
    r"|^(?:文|取材|記者)[・＝=:：].{1,20}$|^[【［(（][^】］)）]{1,20}(?:記者|特派員|共同|時事)[】］)）]$",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"^\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4})?(?: */ .*)?$"
    r"|^(?:午前|午後)?\d{1,2}時(?:\d{1,2}分)?$",
    re.IGNORECASE,
)
_CALLS = re.compile(
    "^(?:" + "|".join(re.escape(each) for each in _LINES["calls"]) + ")", re.IGNORECASE
)
_WHOLE = frozenset(each.casefold() for each in _LINES["whole"])
BETWEEN = " · "
"""What stands between the cells of a row that was a table's: no such line is a heading."""
_LONGEST = {Script.ALPHABETIC: 100, Script.EAST_ASIAN: 40}
"""Characters of the longest heading."""
_CALL = 200
"""Characters of the longest call to read on."""
_A_LIST = 3
"""Short lines in a row that are a list, each an entry and none a heading."""


class Role(StrEnum):
    """What a line is for."""

    TEXT = "text"
    HEADING = "heading"
    FURNITURE = "furniture"


def roles(lines: Sequence[str]) -> tuple[Role, ...]:
    """Return what each of *lines*, the sentences or lines of one text, is for."""
    short = [_is_short(line) and not _is_furniture(line) for line in lines]
    return tuple(_role(i, lines, short) for i in range(len(lines)))


def _role(place: int, lines: Sequence[str], short: Sequence[bool]) -> Role:
    """Return what the line at *place* is for: a heading stands alone above a text."""
    if _is_furniture(lines[place]):
        return Role.FURNITURE
    if not short[place]:
        return Role.TEXT
    following = place + 1 < len(lines)
    above = following and not short[place + 1] and not _is_furniture(lines[place + 1])
    several = place + 1 >= _A_LIST and all(short[place + 1 - _A_LIST : place + 1])
    return Role.HEADING if above and not several else Role.TEXT


def _is_short(line: str) -> bool:
    """Tell whether a line is short and does not end as a sentence does."""
    told = BETWEEN in line or _ENDS.search(line)
    return len(line) <= _LONGEST[Script.of_text(line)] and not told


def _is_furniture(line: str) -> bool:
    """Tell whether a line is a call to read on, a name, a time mark or another part of a page."""
    bare = line.strip()
    return (
        bare.casefold() in _WHOLE
        or _CLOCK.match(bare) is not None
        or (len(bare) <= _CALL and _CALLS.match(bare) is not None)
        or _BYLINE.match(bare) is not None
    )
