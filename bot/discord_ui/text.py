"""Show what others wrote as literal text in Discord: escaped, isolated, cut, linked.

Discord has no way to mark a span as plain, so every character that could begin markdown, a
mention, an emoji or a bare link is escaped. A reader sees the letters of the source and no others.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

from bot.wording import RIGHT_TO_LEFT

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT_ISOLATE = "\u2067"
_ISOLATED = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
_OWN_WAY = re.compile(r"(?<!\S)/[a-z]+(?:[ -][a-z]+)?\b|(?<=\*\*)[A-Za-z][^*]*(?=\*\*|$)")
_MARKED = re.compile(r"((?:> |- |-# |#{1,3} )*(?:\*\*)?)(?P<text>.*?)((?:\*\*)?)", re.DOTALL)
_LONGEST_WORD = 24
"""Characters that a cut goes back for the end of a word; scripts without spaces need none."""
_ZERO_WIDTH_JOINER = "\u200d"
_LONGEST_URL = 512
"""Characters of the longest address that is linked; a longer one would crowd out the answer."""

_SPACES = re.compile("[^\\S\u00a0\u202f]+")
"""Spaces between words; those that hold words together stay, as French has them before a colon."""
_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RIGHT_TO_LEFT_LETTER = re.compile(f"[{_RIGHT_TO_LEFT}]")
_RIGHT_TO_LEFT_RUN = re.compile(f"[{_RIGHT_TO_LEFT}](?:[^A-Za-z0-9]*[{_RIGHT_TO_LEFT}])*")
_SPECIAL = re.compile(
    r"[\\*_~|`\[\]<@]"  # emphasis, spoilers, code, links, mentions, timestamps
    r"|:(?=[\w+-]+:)"  # :emoji:
    r"|:(?=//)"  # a bare address would become a link
    r"|&(?=#?\w+;)"  # an entity
    r"|^[#>+-]"  # headings, quotes, lists
    r"|(?<=^\d)\.|(?<=^\d\d)\.|(?<=^\d{3})\.|(?<=^\d{4})\."  # numbered lists
)
_UNLINKABLE = re.compile(r"[\[\]\\`<>]|://")
_PLAIN_IN_URL = "!#$%&'*+,/:;=?@~-._"
"""Left as it is in an address; parentheses and brackets would end the link early."""


def size(text: str) -> int:
    """Count *text* as Discord may: in UTF-16 units, never fewer than characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def flat(text: str) -> str:
    """Put *text* on one line and drop what is invisible and could turn the rest around."""
    return _SPACES.sub(" ", _DIRECTION_CONTROLS.sub("", text).replace("\0", "")).strip()


def escape(text: str) -> str:
    """Escape one line so that Discord shows it letter by letter."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def literal(text: str) -> str:
    """Show a title or a quotation on one line exactly as it stands, letter by letter.

    Text that is mostly right-to-left is isolated as a whole, so that it keeps its own direction.
    """
    shown = escape(flat(text))
    if _is_right_to_left(shown):
        return f"{_FIRST_STRONG_ISOLATE}{shown}{_POP_ISOLATE}"
    return _isolate_names(shown)


def phrase(text: str) -> str:
    """Show a line of the desk's own that holds others' names, in the desk's direction."""
    shown = escape(flat(text))
    return _turned(shown) if shown.startswith(RIGHT_TO_LEFT) else _isolate_names(shown)


def directed(text: str) -> str:
    """Let *text* run from right to left if most of its letters do, whatever stands around it."""
    return _turned(text) if _is_right_to_left(text) else text


def directed_lines(markdown: str) -> str:
    """Let each line that begins in Arabic or Hebrew run from right to left to its end.

    What an isolate holds is somebody's name or quotation, and turns nothing. Without this a full
    stop stands at the wrong end wherever Discord lays a message out from left to right.
    """
    return "\n".join(map(_directed_line, markdown.split("\n")))


def _directed_line(line: str) -> str:
    """Turn one line of markdown, between the marks that it begins and ends with."""
    parts = _MARKED.fullmatch(line)
    assert parts is not None
    outside = _ISOLATED.sub("", parts["text"])
    first = next((c for c in outside if unicodedata.bidirectional(c) in {"L", "R", "AL"}), "L")
    if unicodedata.bidirectional(first) == "L":
        return line
    return f"{parts[1]}{_turned(parts['text'])}{parts[3]}"


def _turned(text: str) -> str:
    """Lay *text* out from right to left; commands and what stands in bold keep their own way."""
    inside = _OWN_WAY.sub(rf"{_FIRST_STRONG_ISOLATE}\g<0>{_POP_ISOLATE}", text)
    return f"{_RIGHT_TO_LEFT_ISOLATE}{inside}{_POP_ISOLATE}"


def _is_right_to_left(text: str) -> bool:
    """Tell whether most letters of *text* run from right to left."""
    return len(_RIGHT_TO_LEFT_LETTER.findall(text)) * 2 > sum(map(str.isalpha, text))


def _isolate_names(text: str) -> str:
    """Keep each right-to-left name in *text* from turning the words around it."""
    return _RIGHT_TO_LEFT_RUN.sub(rf"{_FIRST_STRONG_ISOLATE}\g<0>{_POP_ISOLATE}", text)


def shortened(text: str, longest: int) -> str | None:
    """Return the part of *text* that fits *longest*, or ``None`` when all of it does.

    The cut falls between words where there are any, and never inside a visible character.
    """
    line = flat(text)
    if len(line) <= longest:
        return None
    end = longest
    while end > 1 and (_joins(line[end]) or line[end - 1] == _ZERO_WIDTH_JOINER):
        end -= 1
    space = line.rfind(" ", 0, end + 1)
    return line[: space if space > max(0, end - _LONGEST_WORD) else end].rstrip()


def _joins(character: str) -> bool:
    """Tell whether *character* belongs to the one before it."""
    category = unicodedata.category(character)
    return category in {"Mn", "Mc", "Me", "Cf", "Sk"} or "\U0001f1e6" <= character <= "\U0001f1ff"


def title(text: str, longest: int) -> str:
    """Return a title that fits *longest*; a title is no quotation, so "…" ends it inside."""
    shorter = shortened(text, longest)
    return flat(text) if shorter is None else f"{shorter}…"


def thread_name(text: str) -> str:
    """Name a thread after *text*, well within Discord's 100 characters."""
    return title(text, 90)


def link(text: str, url: str | None, *, instead: str) -> str:
    """Show *text* as a link that does not unfurl.

    Text that could break out of a link stands beside one that says *instead*; an address that is
    not plain http leaves the text alone.
    """
    address = safe_address(url) if url else None
    if address is None:
        return literal(text)
    if _UNLINKABLE.search(text):
        return f"{literal(text)} ([{instead}](<{address}>))"
    return f"[{literal(text)}](<{address}>)"


def safe_address(url: str) -> str | None:
    """Return *url* fit to stand in a link, or ``None`` if it is not to be linked."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
        rest = quote(parts._replace(scheme="", netloc="").geturl(), safe=_PLAIN_IN_URL)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[\w.-]+", host, re.ASCII):
        return None
    if parts.username is not None or parts.password is not None:
        return None
    address = f"{parts.scheme}://{host}{port}{rest}"
    return address if len(address) <= _LONGEST_URL else None
