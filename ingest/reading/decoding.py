"""Bytes as text, as browsers read them: mark, declaration, UTF-8, or their statistics."""

from __future__ import annotations

import codecs
import re

import webencodings
from charset_normalizer import from_bytes

from ingest.errors import UnreadableError
from ingest.language.detecting import language_of

LARGEST_ARTICLE = 5 * 2**20
"""Bytes of the largest article; JSON Lines files may be any size."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_ESCAPES = re.compile(rb"\x1b\$[@B]|\x1b\([BJ]")
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x7fELF", b"\x1f\x8b", b"SQLite")
_JAPANESE = ("cp932", "euc_jp")
_WIDER = {"shift_jis": "cp932", "euc-kr": "cp949", "gbk": "gb18030"}
"""Encodings that on the web mean more than Python's of that name."""
_LOCAL = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "sl", "hr", "bs", "sq", "ro"), "cp1250"),
    **dict.fromkeys(("et", "lv", "lt"), "cp1257"),
    "tr": "cp1254",
    "vi": "cp1258",
}
"""What Latin letters are written in where it is not Windows-1252, by language."""
_OF_THE_WEB = [
    *("big5", "gb18030", "cp949", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874"),
]
"""Encodings of other scripts that WHATWG's standard knows, as Python calls them."""
_MOSTLY_LATIN = 2
"""ASCII letters for each byte beyond ASCII, from which a text is one in Latin letters."""
_SAMPLE = 20_000
"""Bytes by which an encoding is told that nothing declares."""
_LATIN = re.compile(rb"[A-Za-z]")
_MARKUP = re.compile(rb"<[^<>]{0,2000}>")
_LANGUAGE = re.compile(
    rb"<html[^<>]{0,500}?\blang\s{0,3}=\s{0,3}[\"']?([A-Za-z]{2})", re.IGNORECASE
)
_FEW_BAD = 10
"""Characters beyond ASCII that are whole in UTF-8 for each byte that is not."""
_ODD = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")


def decode(data: bytes, name: str, charset: str | None = None) -> str:
    """Return *data* as text; *charset* is what was said with it.

    A declaration names an encoding as WHATWG's standard has it, so ISO-8859-1 is Windows-1252; it
    is believed only where the bytes decode by it. Of text in UTF-8 a few bad bytes become the
    replacement character. NUL characters are left out.

    Raises:
        UnreadableError: empty, too large, or no text.
    """
    if not data.strip():
        raise UnreadableError(f"{name} is empty. Nothing was added from it.")
    if len(data) > LARGEST_ARTICLE:
        raise UnreadableError(
            f"{name} has {len(data) / 2**20:.0f} MB; at most "
            f"{LARGEST_ARTICLE // 2**20} MB are read. Split it, or give JSON Lines."
        )
    if data.startswith(_MAGIC):
        raise UnreadableError(
            f"{name} is not text and cannot be read. If it holds an article, paste its text."
        )
    text = (
        _marked(data)
        or _escaped(data)
        or _utf8(data)
        or _damaged(data)
        or _believed(data, charset)
        or _declared(data)
        or _guessed(data)
    )
    if text is None or _too_odd(text):
        raise UnreadableError(
            f"{name} is not text in any encoding that was recognised. Save it as UTF-8."
        )
    return text.replace("\x00", "")


def _utf8(data: bytes) -> str | None:
    """Decode as UTF-8; a last character that was cut off half-way is left out."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return None


def _damaged(data: bytes) -> str | None:
    """Decode as UTF-8 in which a few bytes are bad, if far more of it is well."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    whole = sum(char > "\x7f" for char in text) - bad
    return text if bad and whole >= _FEW_BAD * bad else None


def _strict(data: bytes, encoding: str) -> str | None:
    """Decode by one encoding, or not at all."""
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _as_browsers(data: bytes, label: str) -> str | None:
    """Decode by what a label means on the web; what Windows-1252 leaves open is a bad byte."""
    known = webencodings.lookup(label)
    if known is None:
        return _strict(data, label)
    text = _strict(data, _WIDER.get(known.name, known.codec_info.name))
    western = text is None and known.name == "windows-1252"
    return data.decode("cp1252", "replace") if western else text


def _marked(data: bytes) -> str | None:
    """Decode by a byte order mark."""
    return next((_strict(data, code) for mark, code in _MARKS if data.startswith(mark)), None)


def _escaped(data: bytes) -> str | None:
    """Decode ISO-2022-JP, which announces itself by escapes and looks like ASCII otherwise."""
    return _strict(data, "iso2022_jp_2") if _ESCAPES.search(data[:20_000]) else None


def _declared(data: bytes) -> str | None:
    """Decode by the charset that a page declares, if it does decode and reads like text."""
    found = _DECLARED.search(data[:4096])
    return _believed(data, found.group(1).decode("ascii")) if found else None


def _believed(data: bytes, charset: str | None) -> str | None:
    """Decode by *charset* unless what comes out does not read like text."""
    if charset is None:
        return None
    text = _as_browsers(data, charset)
    wrong = text is None or _too_odd(text) or (_likeness(data) is not None and not _japanese(text))
    return None if wrong else text


def _guessed(data: bytes) -> str | None:
    """Decode by what the bytes look like, among the encodings of the web.

    Text in Latin letters is Windows-1252, or what its language is written in elsewhere: its ASCII
    letters tell the language, and statistics of a few bytes beyond them tell nothing.
    """
    if text := _likeness(data):
        return text
    shown = _MARKUP.sub(b" ", data[:_SAMPLE])
    latin = len(_LATIN.findall(shown))
    beyond = sum(byte > 0x7F for byte in shown)
    if latin >= _MOSTLY_LATIN * beyond:
        western = data.decode("cp1252", "replace")
        language = _LANGUAGE.search(data[:_SAMPLE])
        named = (
            language[1].decode().lower()
            if language
            else language_of(shown.decode("cp1252", "replace"))
        )
        return _strict(data, _LOCAL.get(named, "cp1252")) or western
    best = from_bytes(data, cp_isolation=_OF_THE_WEB).best() or from_bytes(data).best()
    return None if best is None else str(best)


def _likeness(data: bytes) -> str | None:
    """Decode as Japanese where that gives kana, as any Japanese text has."""
    texts = [text for code in _JAPANESE if (text := _strict(data, code))]
    return max((t for t in texts if _japanese(t)), key=_kana_share, default=None)


def _japanese(text: str) -> bool:
    """Tell whether an eighth of the characters beyond ASCII are kana of full width."""
    return _kana_share(text) > 1 / 8


def _kana_share(text: str) -> float:
    """Return the share of hiragana and katakana among the characters beyond ASCII."""
    beyond = [c for c in text if c > "\x7f"]
    return sum("぀" <= c <= "ヿ" for c in beyond) / len(beyond) if beyond else 0.0


def _too_odd(text: str) -> bool:
    """Tell whether more than one character in fifty is no text; stray NULs are forgiven."""
    return 50 * len(_ODD.findall(text)) > len(text)


def damage(text: str) -> tuple[str, ...]:
    """Return a note that says how many bytes of a *text* could not be read, if any."""
    bad = text.count("\ufffd")
    return (f"{bad} bytes could not be read; each stands as \ufffd.",) if bad else ()
