"""Bytes as text, as browsers decode them: by mark, by declaration, as UTF-8, or by statistics."""

from __future__ import annotations

import codecs
import re
from string import ascii_letters

import webencodings
from charset_normalizer import from_bytes

from ingest.errors import UnreadableError
from ingest.language.script import language_of
from ingest.reading.limits import DETECTION, FILES

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_ESCAPES = (b"\x1b$@", b"\x1b$B", b"\x1b(B", b"\x1b(J")
"""Escape sequences of ISO-2022-JP."""
_MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x7fELF", b"\x1f\x8b", b"SQLite")
_JAPANESE = ("cp932", "euc_jp")
_WIDER_CODECS = {"shift_jis": "cp932", "euc-kr": "cp949", "gbk": "gb18030"}
"""Encodings that include more characters on the web than in Python, with Python's wider codec."""
_CODEC_BY_LANGUAGE = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "sl", "hr", "bs", "sq", "ro"), "cp1250"),
    **dict.fromkeys(("et", "lv", "lt"), "cp1257"),
    "tr": "cp1254",
    "vi": "cp1258",
    **dict.fromkeys(("ru", "uk", "be", "bg", "sr", "mk"), "cp1251"),
    "el": "cp1253",
    "he": "cp1255",
    **dict.fromkeys(("ar", "fa", "ur"), "cp1256"),
    "th": "cp874",
    "ko": "cp949",
    "zh": "gb18030",
}
"""Encodings other than Windows-1252, by the language that a page declares or a text is in."""
_ISO_ENCODINGS = {"cp1250": "iso8859_2", "cp1252": "iso8859_15"}
"""The encoding of Unix for the letters of an encoding of Windows."""
_ISO_ON_EQUALITY = frozenset({"cs", "sk", "sl", "hr", "bs"})
"""Languages whose commonest letters, š and ž, have bytes that only Windows uses."""
_WINDOWS_BYTES = bytes(range(0x80, 0xA0))
_LETTER_IN_WORD = re.compile(r"(?<=[A-Za-z])[^\W\d_a-zA-Z]|[^\W\d_a-zA-Z](?=[A-Za-z])")
_WEB_ENCODINGS = [
    *("big5", "gb18030", "cp949", "cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp874"),
]
"""Encodings of other scripts in WHATWG's standard, by their Python names."""
_LATIN = frozenset(ascii_letters.encode())
_MARKUP = re.compile(rb"<(script|style)\b[^<]*(?:<(?!/\1)[^<]*)*|<[^<>]{0,2000}>", re.IGNORECASE)
_MAC = "mac_roman"
_WRONG_IN_WORD = re.compile("(?<=[a-zß-ÿ])[À-ÖØ-ÞŒŠŸŽˆ˜‹\ufffd]")
"""A capital or a sign behind a small letter: no language writes it, a wrong encoding does."""
_LANGUAGE = re.compile(
    rb"<html[^<>]{0,500}?\blang\s{0,3}=\s{0,3}[\"']?([A-Za-z]{2})", re.IGNORECASE
)
_GARBAGE = (*map(chr, (*range(9), *range(14, 27), *range(28, 32))), "\ufffd")
"""Control characters that no text has, and the sign for bytes that could not be decoded."""


def decode(data: bytes, name: str, charset: str | None = None) -> str:
    """Return *data* as text; *charset* is the encoding from the HTTP answer or the mail header.

    Labels of encodings mean the same as in WHATWG's standard, so ISO-8859-1 is Windows-1252. A
    declared encoding is used only if the bytes decode by it. A few invalid bytes in UTF-8 become
    the replacement character. NUL characters are removed.

    Raises:
        UnreadableError: empty, too large, or no text.
    """
    if not data.strip():
        raise UnreadableError(f"{name} is empty. Nothing was added from it.")
    if len(data) > FILES.article_bytes:
        raise UnreadableError(
            f"{name} has {len(data) / 2**20:.0f} MB; at most "
            f"{FILES.article_bytes // 2**20} MB are read. Split it, or give JSON Lines."
        )
    if data.startswith(_MAGIC):
        raise UnreadableError(
            f"{name} is not text and cannot be read. If it holds an article, paste its text."
        )
    text = (
        _decode_marked(data)
        or _decode_unmarked(data)
        or _decode_escaped(data)
        or _decode_utf8(data)
        or _decode_damaged(data)
        or _decode_as_declared(data, charset)
        or _decode_declared(data)
        or _decode_by_guess(data)
    )
    if text is None or _is_garbled(text):
        raise UnreadableError(
            f"{name} is not text in any encoding that was recognised. Save it as UTF-8."
        )
    return text.replace("\x00", "")


def _decode_utf8(data: bytes) -> str | None:
    """Return *data* decoded as UTF-8; a last character that is cut off is left out."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return None


def _decode_damaged(data: bytes) -> str | None:
    """Return *data* decoded as UTF-8 with a few invalid bytes, if far more bytes are valid."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text) - bad
    return text if bad and good >= DETECTION.valid_per_invalid_byte * bad else None


def _decode_strict(data: bytes, encoding: str) -> str | None:
    """Return *data* decoded by *encoding*; ``None`` if it does not decode."""
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _decode_as_browser(data: bytes, label: str) -> str | None:
    """Return *data* decoded by a WHATWG label; bytes that Windows-1252 leaves open are replaced."""
    label_encoding = webencodings.lookup(label)
    if label_encoding is None:
        return _decode_strict(data, label)
    text = _decode_strict(
        data, _WIDER_CODECS.get(label_encoding.name, label_encoding.codec_info.name)
    )
    is_western = text is None and label_encoding.name == "windows-1252"
    return data.decode("cp1252", "replace") if is_western else text


def _decode_marked(data: bytes) -> str | None:
    """Return *data* decoded by its byte order mark."""
    return next(
        (_decode_strict(data, code) for mark, code in _MARKS if data.startswith(mark)), None
    )


def _decode_unmarked(data: bytes) -> str | None:
    """Return *data* decoded as UTF-16 without a mark, if one byte of many pairs is NUL."""
    sample = data[: DETECTION.encoding_bytes]
    nuls_first, nuls_second = sample[::2].count(0), sample[1::2].count(0)
    most, fewest = max(nuls_first, nuls_second), min(nuls_first, nuls_second)
    if (
        most < max(DETECTION.nuls, DETECTION.nul_share * len(sample) / 2)
        or DETECTION.nuls * fewest > most
    ):
        return None
    if most < DETECTION.latin_nul_share * len(sample) / 2 and _decode_utf8(data) is not None:
        return None
    encoding = "utf-16-be" if nuls_first > nuls_second else "utf-16-le"
    return _decode_strict(data[: len(data) // 2 * 2], encoding)


def _decode_escaped(data: bytes) -> str | None:
    """Return *data* decoded as ISO-2022-JP if it contains that encoding's escape sequences."""
    has_escape = any(escape in data[:20_000] for escape in _ESCAPES)
    return _decode_strict(data, "iso2022_jp_2") if has_escape else None


def _decode_declared(data: bytes) -> str | None:
    """Return *data* decoded by the charset that a page declares, if the result reads like text."""
    match = _DECLARED.search(data[:4096])
    return _decode_as_declared(data, match.group(1).decode("ascii")) if match else None


def _decode_as_declared(data: bytes, charset: str | None) -> str | None:
    """Return *data* decoded by *charset*, unless the result does not read like text."""
    if charset is None:
        return None
    text = _decode_as_browser(data, charset)
    is_wrong = (
        text is None
        or _is_garbled(text)
        or (_decode_japanese(data) is not None and not _is_japanese(text))
    )
    return None if is_wrong else text


def _decode_by_guess(data: bytes) -> str | None:
    """Return *data* decoded by the most probable encoding of the web.

    Text in Latin letters is Windows-1252 or the usual encoding of its language. The language is
    detected from the ASCII letters, because the few other bytes are too few for statistics.
    """
    if text := _decode_japanese(data):
        return text
    visible_bytes = _MARKUP.sub(b" ", data[: DETECTION.encoding_bytes])
    latin_letters = sum(byte in _LATIN for byte in visible_bytes)
    non_ascii = sum(byte > 0x7F for byte in visible_bytes)
    if latin_letters >= DETECTION.ascii_per_other_byte * non_ascii:
        western_text = data.decode("cp1252", "replace")
        language = _LANGUAGE.search(data[: DETECTION.encoding_bytes])
        code = (
            language[1].decode().lower()
            if language
            else language_of(visible_bytes.decode("cp1252", "replace"))
        )
        windows = _CODEC_BY_LANGUAGE.get(code, "cp1252")
        return (
            _decode_iso(data, windows, code)
            or _decode_mac(data, windows)
            or _decode_strict(data, windows)
            or western_text
        )
    best = from_bytes(data, cp_isolation=_WEB_ENCODINGS).best() or from_bytes(data).best()
    return None if best is None else str(best)


def _decode_iso(data: bytes, windows: str, language: str) -> str | None:
    """Return *data* by the ISO encoding of the same letters as *windows*, if more of it is words.

    Texts with signs that only Windows has, and texts that both encodings read alike, are not ISO.
    """
    iso = _ISO_ENCODINGS.get(windows)
    iso_text, text = _decode_strict(data, iso or ""), _decode_strict(data, windows)
    if iso_text is None or text is None or data != data.translate(None, _WINDOWS_BYTES):
        return None
    iso_letters, letters = (
        sum(letter.isalpha() for letter in _LETTER_IN_WORD.findall(decoded))
        for decoded in (iso_text, text)
    )
    is_equal = iso_letters == letters and iso_text != text and language in _ISO_ON_EQUALITY
    return iso_text if iso_letters > letters or is_equal else None


def _decode_mac(data: bytes, windows: str) -> str | None:
    """Return *data* by the encoding of old Macs, if *windows* puts wrong letters into words."""
    text = data.decode(windows, "replace")
    if len(_WRONG_IN_WORD.findall(text)) < DETECTION.wrong_letters:
        return None
    mac_text = data.decode(_MAC)
    return None if _WRONG_IN_WORD.search(mac_text) else mac_text


def _decode_japanese(data: bytes) -> str | None:
    """Return *data* decoded as Japanese if the result contains kana, as all Japanese text does."""
    texts = [text for code in _JAPANESE if (text := _decode_strict(data, code))]
    return max((t for t in texts if _is_japanese(t)), key=_kana_share, default=None)


def _is_japanese(text: str) -> bool:
    """Return True if over an eighth of the characters beyond ASCII are full-width kana."""
    return _kana_share(text) > 1 / 8


def _kana_share(text: str) -> float:
    """Return the share of hiragana and katakana among the characters beyond ASCII."""
    non_ascii = [character for character in text if character > "\x7f"]
    return (
        sum("぀" <= character <= "ヿ" for character in non_ascii) / len(non_ascii)
        if non_ascii
        else 0.0
    )


def _is_garbled(text: str) -> bool:
    """Return True if more than one character in fifty is a control or replacement character.

    NUL characters count as well, and below that share they are accepted.
    """
    return 50 * sum(map(text.count, _GARBAGE)) > len(text)


def damage_notes(text: str) -> tuple[str, ...]:
    """Return a note with the number of bytes in *text* that could not be decoded, if any."""
    bad = text.count("\ufffd")
    return (f"{bad} bytes could not be read; each stands as \ufffd.",) if bad else ()
