"""Bylines: lines that say only who wrote an article, in the languages of newspapers."""

from __future__ import annotations

from ingest.language.languages import words
from ingest.language.limits import BYLINES
from ingest.language.script import has_cjk, has_digit

_WORDS = words()["bylines"]
_OPENINGS = tuple(f"{opening} " for opening in _WORDS["openings"].split())
_LABELS = tuple(_WORDS["labels"].split())
_LABEL_MARKS = tuple(":：／/・＝=")
_ENDINGS = tuple(f" {ending}" for ending in _WORDS["endings"].split())
_JOINS = (*(f" {join} " for join in _WORDS["joins"].split()), "、", "·", "・")
_PARTICLES = frozenset(_WORDS["particles"].split())
_BARS = ("|", "–", "—", "／")
_SIGNS_IN_NAMES = frozenset(" -'’.")


def authors_in(line: str) -> tuple[str, ...]:
    """Return the names in a byline; empty for any other line.

    A byline is an opening ("By"), a label ("Text:") or an ending ("기자") and names. Behind an
    opening a name has two words or more, each with a capital letter, so that a headline is none.
    Text behind the last comma, or behind a bar, says what they are, or where.
    """
    text = " ".join(line.split())
    if len(text) > BYLINES.line_characters or has_digit(text):
        return ()
    folded_text = text.casefold()
    opening = next(filter(folded_text.startswith, _OPENINGS), "") or _label_of(text)
    ending = "" if opening else next(filter(text.endswith, _ENDINGS), "")
    names_text = text[len(opening) :].removesuffix(ending)
    if not (opening or (ending and has_cjk(names_text))):
        return ()
    return people_in(names_text, is_short=opening.endswith(_LABEL_MARKS))


def people_in(text: str, *, is_short: bool = False) -> tuple[str, ...]:
    """Return the names of people that *text* lists; empty if it lists anything else.

    With *is_short* a name may have one word.
    """
    names = _names_in(text)
    return tuple(names) if all(_is_name(name, is_short=is_short) for name in names) else ()


def _label_of(text: str) -> str:
    """Return the label before names, with its mark; empty if there is none."""
    for label in _LABELS:
        behind = text[len(label) :].lstrip()
        if text.casefold().startswith(label) and behind.startswith(_LABEL_MARKS):
            return text[: len(text) - len(behind) + 1]
    return ""


def _names_in(text: str) -> list[str]:
    """Return the parts of *text* between commas and words for “and”, up to a bar."""
    for bar in _BARS:
        text = text.partition(bar)[0]
    for join in _JOINS:
        text = text.replace(join, "\n")
    *first_parts, last_part = text.split("\n")
    names = [name for part in first_parts for name in part.split(",")]
    return [name.strip() for name in (*names, last_part.split(",")[0])]


def _is_name(text: str, *, is_short: bool) -> bool:
    """Return True if *text* can be the name of a person; one that *is_short* may be one word."""
    names = text.split()
    if not names or not all(letter.isalpha() or letter in _SIGNS_IN_NAMES for letter in text):
        return False
    if has_cjk(text):
        return len(text) <= BYLINES.east_asian_characters
    is_capitalised = (
        all(not name[0].islower() or name in _PARTICLES for name in names)
        and not names[-1][0].islower()
    )
    return is_capitalised and (1 if is_short else 2) <= len(names) <= BYLINES.name_words
