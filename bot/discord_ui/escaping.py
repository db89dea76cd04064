"""Text by other people, shown literally in Discord: escaped, isolated, cut, linked.

Discord cannot mark a span as plain text, so each character that could start markdown, a mention, an
emoji or a bare link is escaped. A reader sees exactly the letters of the source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import partial
from string import ascii_letters, digits
from urllib.parse import quote, urlsplit

import discord
from discord import app_commands

from bot.discord_ui.limits import CHARACTERS, FITTING
from bot.wording import RIGHT_TO_LEFT, Wording
from ingest.language.script import character_in

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT_ISOLATE = "\u2067"
_ISOLATES = (_FIRST_STRONG_ISOLATE, _RIGHT_TO_LEFT_ISOLATE)
_LINK = re.compile(
    r" \(\[[^\[\]]*\]\(<(?P<beside>https?://[^>\s]*)>\)\)"
    r"|\[(?P<text>(?:\\.|[^\[\]\\])*)\]\(<(?P<address>https?://[^>\s]*)>\)"
)
"""A link beside a text, or the text itself as a link."""
_ISOLATED = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
_MARKED_LINE = re.compile(r"((?:> |- |-# |#{1,3} )*(?:\*\*)?)(?P<text>.*?)((?:\*\*)?)", re.DOTALL)
_ZERO_WIDTH_JOINER = "\u200d"

_SPACES = re.compile("[^\\S\u00a0\u202f]+")
"""Spaces between words, without the no-break spaces that French has before a colon."""
_DIRECTION_CONTROLS = dict.fromkeys([0, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Characters that change the direction of later text, and the one that Discord refuses."""
_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_LEFT_TO_RIGHT = re.compile(
    rf"(?<![^\s{_RIGHT_TO_LEFT}])/[a-z]+(?:[ -][a-z]+)?\b|(?<=\*\*)[A-Za-z][^*]*(?=\*\*|$)"
)
"""Commands, also behind an Arabic "and" that is one word with them, and bold Latin text."""
_RIGHT_TO_LEFT_LETTER = character_in(_RIGHT_TO_LEFT)
_RIGHT_TO_LEFT_RUN = re.compile(f"[{_RIGHT_TO_LEFT}](?:[^A-Za-z0-9]*[{_RIGHT_TO_LEFT}])*")
_SPECIAL = re.compile(
    r"[\\*_~|`\[\]<@]"  # emphasis, spoilers, code, links, mentions, timestamps
    r"|:(?=[\w+-]+:)"  # :emoji:
    r"|:(?=//)"  # a bare address would become a link
    r"|&(?=#?\w+;)"  # an entity
    r"|^[#>+-]"  # headings, quotes, lists
    r"|(?<=^\d)\.|(?<=^\d\d)\.|(?<=^\d{3})\.|(?<=^\d{4})\."  # numbered lists
)
_MARKUP = re.compile(
    r"<(?:@[!&]?|#|a?:\w{1,32}:|id:|t:|/[\w -]{1,100}:)[\w:-]{1,40}>|(?<!\w)@(?:everyone|here)\b"
)
"""What Discord shows something else for (its reference, "Message Formatting")."""
_ESCAPED = re.compile(r"\\.")
_UNLINKABLE = ("[", "]", "\\", "`", "<", ">", "://")
_HOST_CHARACTERS = frozenset(ascii_letters + digits + "_.-")
_PLAIN_IN_URL = "!#$%&'*+,/:;=?@~-._"
"""Characters of an address that are not encoded; parentheses and brackets would end the link."""


def without_mentions(text: str) -> str:
    """Return what somebody typed, without mentions, emoji of a server and times."""
    return _MARKUP.sub(" ", text).strip()


def size(text: str) -> int:
    """Count *text* in UTF-16 units, as Discord may; that is never less than its characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def flat(text: str) -> str:
    """Put *text* on one line, and drop invisible characters that could change its direction."""
    return _SPACES.sub(" ", text.translate(_DIRECTION_CONTROLS)).strip()


def escape(text: str) -> str:
    """Escape one line so that Discord shows it literally."""
    return _SPECIAL.sub(r"\\\g<0>", text)


def literal(text: str) -> str:
    """Show a title or a quotation literally on one line.

    Text that is mostly right-to-left is isolated as a whole, so that it keeps its own direction.
    """
    escaped = escape(flat(text))
    if _is_right_to_left(escaped):
        return f"{_FIRST_STRONG_ISOLATE}{escaped}{_POP_ISOLATE}"
    return _isolate_names(escaped)


def phrase(text: str) -> str:
    """Show a line by the desk with names by others, in the direction of the desk's language."""
    escaped = escape(flat(text))
    return _right_to_left(escaped) if escaped.startswith(RIGHT_TO_LEFT) else _isolate_names(escaped)


def directed(text: str) -> str:
    """Lay out *text* from right to left if most of its letters run that way."""
    return _right_to_left(text) if _is_right_to_left(text) else text


def directed_lines(markdown: str) -> str:
    """Lay out each line that begins in Arabic or Hebrew from right to left.

    Isolated text, a name or a quotation, does not count. Without this, Discord puts the full stop
    at the wrong end of such a line.
    """
    return "\n".join(map(_lay_out_line, markdown.split("\n")))


def fit_message(blocks: Sequence[str], room: int) -> list[str]:
    """Lay out the lines of *blocks* within *room* characters.

    If there is too little, long addresses go first, then the ends of long lines.
    """
    texts = [directed_lines(block) for block in blocks]
    shorteners = (
        *(partial(_without_addresses, longest=longest) for longest in FITTING.addresses),
        *(partial(_cut_lines, longest=longest) for longest in FITTING.lines),
    )
    for shorten in shorteners:
        if sum(map(size, texts)) <= room:
            break
        texts = [shorten(text) for text in texts]
    return texts


def _without_addresses(markdown: str, *, longest: int) -> str:
    """Return *markdown* without links to addresses of more than *longest* characters."""
    return _LINK.sub(
        lambda link: (
            link[0] if len(link["beside"] or link["address"]) <= longest else link["text"] or ""
        ),
        markdown,
    )


def _cut_lines(markdown: str, *, longest: int) -> str:
    """Cut each line of *markdown* without links to *longest* characters, and close its marks."""
    return "\n".join(_cut_line(line, longest) for line in markdown.split("\n"))


def _cut_line(line: str, longest: int) -> str:
    """Cut one line of markdown, and close its open marks."""
    if len(line) <= longest:
        return line
    start = line[:longest].rstrip("*~")
    if _ESCAPED.sub("", start).endswith("\\"):
        start = start[:-1]
    isolates = sum(map(start.count, _ISOLATES)) - start.count(_POP_ISOLATE)
    plain = _ESCAPED.sub("", start)
    marks = "".join(mark for mark in ("~~", "**") if plain.count(mark) % 2)
    return f"{start}…{_POP_ISOLATE * isolates}{marks}"


def _lay_out_line(line: str) -> str:
    """Lay out one line of markdown, between its opening and closing marks."""
    parts = _MARKED_LINE.fullmatch(line)
    assert parts is not None
    outside = _ISOLATED.sub("", parts["text"])
    first = next((c for c in outside if unicodedata.bidirectional(c) in {"L", "R", "AL"}), "L")
    if unicodedata.bidirectional(first) == "L":
        return line
    return f"{parts[1]}{_right_to_left(parts['text'])}{parts[3]}"


def _right_to_left(text: str) -> str:
    """Lay out *text* from right to left, except for commands and bold text in it."""
    inside = _LEFT_TO_RIGHT.sub(rf"{_FIRST_STRONG_ISOLATE}\g<0>{_POP_ISOLATE}", text)
    return f"{_RIGHT_TO_LEFT_ISOLATE}{inside}{_POP_ISOLATE}"


def _is_right_to_left(text: str) -> bool:
    """Return True if most letters of *text* run from right to left."""
    return len(_RIGHT_TO_LEFT_LETTER.findall(text)) * 2 > sum(map(str.isalpha, text))


def _isolate_names(text: str) -> str:
    """Isolate each right-to-left name in *text*, so that the words around it keep their order."""
    return _RIGHT_TO_LEFT_RUN.sub(rf"{_FIRST_STRONG_ISOLATE}\g<0>{_POP_ISOLATE}", text)


def shortened(text: str, longest: int) -> str | None:
    """Return the part of *text* that fits *longest* characters, or ``None`` if all of it fits.

    The cut is between words if possible, and never inside a visible character.
    """
    line = flat(text)
    if len(line) <= longest:
        return None
    end = longest
    while end > 1 and (_is_combining(line[end]) or line[end - 1] == _ZERO_WIDTH_JOINER):
        end -= 1
    space = line.rfind(" ", 0, end + 1)
    return line[: space if space > max(0, end - CHARACTERS.last_word) else end].rstrip()


def _is_combining(character: str) -> bool:
    """Return True if *character* combines with the one before it."""
    category = unicodedata.category(character)
    return category in {"Mn", "Mc", "Me", "Cf", "Sk"} or "\U0001f1e6" <= character <= "\U0001f1ff"


def title(text: str, longest: int) -> str:
    """Return a title cut to *longest* characters, with "…" at the end of a cut one."""
    shorter = shortened(text, longest)
    return flat(text) if shorter is None else f"{shorter}…"


def thread_name(text: str) -> str:
    """Return a name for a thread from *text*, within Discord's 100 characters."""
    return title(text, 90)


def link(text: str, url: str | None, *, instead: str) -> str:
    """Show *text* as a link without a preview.

    Text that could break a link is followed by a link named *instead*; an address that is not plain
    http is dropped.
    """
    address = safe_address(url) if url else None
    if address is None:
        return literal(text)
    if any(sign in text for sign in _UNLINKABLE):
        return f"{literal(text)} ([{instead}](<{address}>))"
    return f"[{literal(text)}](<{address}>)"


def safe_address(url: str) -> str | None:
    """Return *url* encoded for a link, or ``None`` if it must not be linked."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").encode("idna").decode()
        port = f":{parts.port}" if parts.port else ""
        path = quote(parts._replace(scheme="", netloc="").geturl(), safe=_PLAIN_IN_URL)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or set(host) - _HOST_CHARACTERS:
        return None
    if parts.username is not None or parts.password is not None:
        return None
    address = f"{parts.scheme}://{host}{port}{path}"
    return address if len(address) <= CHARACTERS.linked_address else None


class DeskTranslator(app_commands.Translator):
    """A translator that reads the catalogue in the language of the user's Discord."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        """Return the translation of *string*, by its key; ``None`` if there is only English."""
        del context
        key = string.extras.get("key")
        words = Wording.of_locale(locale.value)
        translations = {} if words.messages.english is None else words.messages.texts
        return words(str(key)) if key in translations else None


def worded(key: str) -> app_commands.locale_str:
    """Return *key*'s English text, marked for the translator."""
    return app_commands.locale_str(Wording.default()(key), key=key)
