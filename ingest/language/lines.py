"""The lines of an article: roles, names in bylines, quotation marks, instructions to a model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from ingest.language.languages import words
from ingest.language.limits import BYLINES, FORMS
from ingest.language.script import Script, has_cjk, has_digit

_LINES = words()["lines"]
SENTENCE_MARKS = tuple(".!?…。！？؟۔।:：;؛")
"""Marks that end a sentence, or introduce the next line, in any script."""
_ENDS = (*SENTENCE_MARKS, ",", "،")
_CLOSING_MARKS = "”\"'’」』)]）"
_CLOSING_QUOTES = tuple("”」』")
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
_CALLS = tuple(call.casefold() for call in _LINES["calls"])
_BOILERPLATE_LINES = frozenset(line.casefold() for line in _LINES["whole"])
BETWEEN = " · "
"""Separator of the cells in a line made of a table row; such a line is never a heading."""
ENTRY_TIME = "%Y-%m-%d %H:%M"
"""Format of the time that begins an entry of a live page."""
ENTRY_TIME_CHARACTERS = len("YYYY-MM-DD HH:MM")
"""Number of characters of that time."""
_HEADING_CHARACTERS = {Script.ALPHABETIC: 100, Script.EAST_ASIAN: 40}
"""Characters of the longest heading."""
_PAIRS = tuple(
    (re.compile(pattern), pair)
    for pattern, pair in (("„([^„“”]*)[“”]", r"“\1”"), ("»([^»«]*)«", r"«\1»"))
)
"""Patterns of „this“ and »this«, as in German and its neighbours, where “ is the closing mark."""
_MODEL_INSTRUCTION = re.compile(
    r"\byour (?:next )?(?:answer|response|reply|output|summary|message)\b"
    r"|\bthis (?:answer|response|reply|output)\b"
    r"|\bthe (?:answer|response|reply|output|summary) (?:must|should|has to)\b"
    r"|\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|prompt|rule|above|previous)"
    r"|\b(?:system|hidden) prompt\b"
    r"|\byou are (?:now |an? )*(?:ai|assistant|chatbot|chatgpt|model)\b"
    r"|\b(?:as|dear) an? (?:ai|language model|chatbot)\b"
    r"|\bas an assistant,? you\b|\bdear assistant\b"
    r"|(?<!\bto )(?<!s )\b(?:say|reply|respond|answer|write|begin|end) (?:only )?(?:with|that|in) "
    r"[\"'“]"
    r"|\bdownload (?:this|the) (?:tool|file)\b"
    r"|\b(?:mark|label|rate|treat|count|judge|classify|answer|accept)\b.{0,30}"
    r"\b(?:claims?|sentences?|statements?)\b.{0,30}"
    r"\b(?:as (?:supported|true|proven|verified)|with (?:an? )?[\"'“]?[SY]\b)"
    r"|\b(?:answer|reply|say|respond|write) [\"'“]?S\b"
    r"|(?:主張|文|記述)を(?:すべて|全て)?(?:正しい|真実|裏付けられた)と(?:判定|判断|回答)"
    r"|(?:これまで|以前|上記|前)の(?:指示|命令|プロンプト)|指示を無視|あなたは(?:AI|人工知能|アシスタント)"
    r"|(?:回答|返答|出力)(?:には|に|の中に|を).{0,20}(?:含め|加え|変え|して(?:ください|下さい))"
    r"|システムプロンプト",
    re.IGNORECASE,
)
_SIGNS = (
    *("answer", "response", "reply", "output", "summary", "message", "instruction", "prompt"),
    *("rule", "above", "previous", "you are", "language model", " ai", "assistant", "chatbot"),
    *("say", "respond", "write", "begin", "end ", "download", "指示", "命令", "プロンプト"),
    *("あなたは", "回答", "返答", "出力", "claim", "sentence", "statement", "判定", "判断"),
)
"""Substrings, at least one of which is in every match of :data:`_MODEL_INSTRUCTION`."""
_COMMAND = re.compile(
    r"^[^\w\"'“”‘’«]*(?:please |now |also |then |can you |could you )*"
    r"(?:explain|draft|translate|replace|rearrange|remove|include"
    r"|introduce (?:random|typos)|integrate|describe|summari[sz]e|paraphrase|rewrite|output|print"
    r"|repeat|pretend|act as|roleplay|generate|reveal|append|prepend|insert|substitute|reverse"
    r"|encode|develop|compose|break down|craft|outline|convert|calculate|solve|incorporate|embed"
    r"|emphasi[sz]e"
    r"|suggest|recommend|help me|teach|modify|design|provide|use (?:a|an) |identify|offer (?:a|an)"
    r"|add (?:a|an|the|\"|“)|provide (?:a|an|me|the)|write (?:a|an|me)|tell me"
    r"|give me|show me|list (?:the|all|five|ten)|create (?:a|an)|analy[sz]e (?:the|this|a)"
    r"|determine (?:the|whether)|classify|reply (?:in|with|only)|respond (?:in|with|only))\b",
    re.IGNORECASE,
)

_BYLINE_WORDS = words()["bylines"]
_OPENINGS = tuple(f"{opening} " for opening in _BYLINE_WORDS["openings"].split())
_LABELS = tuple(_BYLINE_WORDS["labels"].split())
_LABEL_MARKS = tuple(":：／/・＝=")
_ENDINGS = tuple(f" {ending}" for ending in _BYLINE_WORDS["endings"].split())
_JOINS = (*(f" {join} " for join in _BYLINE_WORDS["joins"].split()), "、", "·", "・")
_PARTICLES = frozenset(_BYLINE_WORDS["particles"].split())
_BARS = ("|", "–", "—", "／")
_SIGNS_IN_NAMES = frozenset(" -'’.")


class Role(StrEnum):
    """The role of a line."""

    TEXT = "text"
    HEADING = "heading"
    BOILERPLATE = "boilerplate"


def entry_time(line: str) -> datetime | None:
    """Return the time that begins *line* if an entry of a live page begins there; else ``None``."""
    try:
        return datetime.strptime(line[:ENTRY_TIME_CHARACTERS], ENTRY_TIME)  # noqa: DTZ007 - as shown
    except ValueError:
        return None


def roles(lines: Sequence[str]) -> tuple[Role, ...]:
    """Return the role of each of *lines*, the sentences or lines of one text."""
    short = [_is_short(line) and not _is_boilerplate(line) for line in lines]
    return tuple(_role(index, lines, short) for index in range(len(lines)))


def _role(index: int, lines: Sequence[str], short: Sequence[bool]) -> Role:
    """Return the role of the line at *index*: a heading is a short line directly above a text."""
    if _is_boilerplate(lines[index]):
        return Role.BOILERPLATE
    if not short[index]:
        return Role.TEXT
    has_next = index + 1 < len(lines)
    is_above_text = has_next and not short[index + 1] and not _is_boilerplate(lines[index + 1])
    is_in_list = index + 1 >= FORMS.list_lines and all(
        short[index + 1 - FORMS.list_lines : index + 1]
    )
    return Role.HEADING if is_above_text and not is_in_list else Role.TEXT


def _is_short(line: str) -> bool:
    """Return True if a line is short and does not end as a sentence does."""
    has_end = line.rstrip(_CLOSING_MARKS).endswith(_ENDS) or line.endswith(_CLOSING_QUOTES)
    is_text = has_end or BETWEEN in line
    return len(line) <= _HEADING_CHARACTERS[Script.of_text(line)] and not is_text


def _is_boilerplate(line: str) -> bool:
    """Return True if a line is an invitation to read more, a name, a time or other boilerplate."""
    stripped_line = line.strip()
    return (
        stripped_line.casefold() in _BOILERPLATE_LINES
        or _CLOCK.match(stripped_line) is not None
        or (
            len(stripped_line) <= FORMS.invitation_characters
            and stripped_line.casefold().startswith(_CALLS)
        )
        or _BYLINE.match(stripped_line) is not None
    )


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


def marked(text: str) -> str:
    """Return *text* with every quotation between “ and ” or « and »; its length does not change."""
    for pattern, pair in _PAIRS:
        text = pattern.sub(pair, text)
    return text


def speaks_to_a_model(sentence: str) -> bool:
    """Return True if *sentence* gives instructions to a language model.

    Such a sentence is archived and searched, but it is never quoted and no answer uses it.
    """
    plain = sentence if sentence.isascii() else unicodedata.normalize("NFKC", sentence)
    if _COMMAND.match(plain):
        return True
    folded_text = plain.casefold()
    return any(sign in folded_text for sign in _SIGNS) and bool(_MODEL_INSTRUCTION.search(plain))
