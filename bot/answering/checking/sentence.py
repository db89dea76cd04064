"""Hold one drafted sentence against the words it cites."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from bot.answering.attribution import speaker, speaker_in
from bot.answering.checking.figures import (
    Figure,
    clocks_in,
    days_in,
    figures_in,
    plain,
    weekdays_in,
)
from bot.answering.checking.names import has_name, names_in, translated
from bot.answering.checking.polarity import (
    KNOWN,
    reversed_across,
    reversed_in,
    reversed_in_japanese,
    shared,
    tokens,
)
from bot.answering.checking.quotations import locate, quoted_in, unquoted
from bot.answering.lexicon import Lexicon
from bot.answering.model import Citation, Failing, Language
from ingest.index.analysis import terms
from ingest.index.passages import sentences
from ingest.index.script import EAST_ASIAN, Script
from ingest.model import Kind, Passage
from ingest.reading.instructions import speaks_to_a_model

REFERENCE = re.compile(r"\[\s*\^?\d+\s*\]|【[^】]*】|\bP\d+\b|\(source \d+\)", re.IGNORECASE)
ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|net|org|xyz|io|info)\b", re.I)
SUPPORT = 0.65
"""Least share of a sentence's own words that the cited sentences must have; below it people found
most sentences of QAGS unfaithful (``make benchmark WHAT=verifying``)."""
SUPPORT_CJK = 0.3
"""The same for bigrams of Japanese, whose particles and endings differ more."""
LEAK = 6
"""Words in a row that a sentence may not share with the instructions."""
AROUND = 2
"""Sentences before a cited one in which its speaker may be named."""
BARRIER = 6
"""Characters that a comma adds between a figure and what it is said of."""
NEAR = 4
"""Characters below which being nearer hardly tells."""
NEARLY = 0.5
"""How near is near enough for a figure that has the same neighbour in draft and source."""
PERCENT = {"per", "cent", "percent", "percentage", "point", "points"}
STRICT = {"日"}
"""Counters that a figure of something else never lacks."""
RIVAL = 0.4
"""Share of the best match from which another sentence may be what the draft reports."""
UNITLESS = re.compile(r"\s*(?:[.,;:)]|and\b|to\b|in\b|$)")
Check = Callable[["Draft", "Ground"], str | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as the writer wrote it, without its keys."""

    text: str
    language: Language

    @property
    def own(self) -> str:
        """What the writer says itself, quotations left out."""
        return unquoted(self.text)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a sentence may rest on: its citations and the question; what it may never repeat."""

    citations: Sequence[Citation]
    question: str
    instructions: str = ""

    @property
    def passages(self) -> list[Passage]:
        """Return the cited passages, each once."""
        return list({c.passage.id: c.passage for c in self.citations}.values())

    @property
    def text(self) -> str:
        """Return the cited passages under their titles, outlets and agencies, with the question."""
        parts = [self.question]
        for passage in self.passages:
            parts += [reliable(passage), about(passage)]
        return "\n".join(parts)

    @property
    def spoken(self) -> str:
        """Return the question, and the titles and words of the cited passages."""
        said = (f"{title_of(p)}\n{reliable(p)}" for p in self.passages)
        return "\n".join([self.question, *said])

    @property
    def cited(self) -> str:
        """Return the sentences that hold the quotations."""
        return "\n".join(text for c in self.citations for text in around(c, 0))

    @property
    def days(self) -> list[date]:
        """Return the days of publication."""
        return [p.header.day for p in self.passages if p.header.day]

    def shares_script(self, text: str) -> bool:
        """Tell whether any cited sentence is in the script of *text*."""
        script = Script.of_question(text)
        cited = (sentence for c in self.citations for sentence in around(c, 0))
        return any(Script.of_text(sentence) is script for sentence in cited)


def around(citation: Citation, before: int) -> list[str]:
    """Return the sentences of the passage that a quotation touches, and *before* ahead of them."""
    passage, end = citation.passage, citation.start + len(citation.quote)
    spans = sentences(passage.text, passage.header.language)
    touched = [i for i, s in enumerate(spans) if s.start < end and citation.start < s.end]
    if not touched:
        return [citation.quote]
    first = max(0, touched[0] - before)
    return [passage.text[s.start : s.end] for s in spans[first : touched[-1] + 1]]


def failing(draft: Draft, ground: Ground) -> tuple[Failing, str] | None:
    """Return what is wrong with *draft* and the words that show it; ``None`` for nothing."""
    for kind, check in CHECKS.items():
        found = check(draft, ground)
        if found is not None:
            return kind, found
    return None


def loose_reference(draft: Draft, _: Ground) -> str | None:
    """Find a number in brackets or a key: the desk numbers citations, nobody else."""
    found = REFERENCE.search(draft.text)
    return found.group() if found else None


def followed(draft: Draft, ground: Ground) -> str | None:
    """Find an instruction: in the sentence itself, or as what it rests on."""
    cited = [text for c in ground.citations for text in around(c, 0)]
    return next((text for text in (draft.text, *cited) if speaks_to_a_model(text)), None)


def asking(draft: Draft, _: Ground) -> str | None:
    """Find a question: an answer states."""
    return draft.text if draft.text.rstrip("”\"' 」").endswith(("?", "？")) else None


def unmarked_opinion(draft: Draft, ground: Ground) -> str | None:
    """Find a sentence that rests on opinion alone and does not say whose."""
    headers = [passage.header for passage in ground.passages]
    if any(header.kind is not Kind.OPINION for header in headers):
        return None
    said = draft.text.casefold()
    whose = ["opinion", "column", "論説", "意見", "寄稿"]
    whose += [name.split()[-1].casefold() for header in headers for name in header.authors]
    return None if any(name in said for name in whose) else draft.text


def address(draft: Draft, _: Ground) -> str | None:
    """Find an address; links come from the sources block alone."""
    found = ADDRESS.search(draft.text)
    return found.group() if found else None


def altered_words(draft: Draft, ground: Ground) -> str | None:
    """Find words between quotation marks that no cited passage has."""
    texts = [p.text for p in ground.passages] + [p.header.title for p in ground.passages]
    for quote in quoted_in(draft.text):
        if quote and not any(locate(quote, text) for text in (*texts, ground.question)):
            return quote
    return None


def wrong_speaker(draft: Draft, ground: Ground) -> str | None:
    """Find a speaker whom the cited sentences do not name, or who says something else there."""
    who = speaker(draft.text)
    if who is None:
        return None
    for citation in ground.citations:
        near = around(citation, AROUND if ground.shares_script(draft.text) else 1)
        cited = around(citation, 0)
        said = speaker_in(" ".join(cited)) or None
        if said is not None and not has_name(who, said) and not has_name(said, who):
            others = speakers(" ".join(cited))
            if not any(has_name(who, each) or has_name(each, who) for each in others):
                continue
        header = citation.passage.header
        known = " ".join([*near, header.outlet, header.agency or "", *header.authors])
        if has_name(surname(who), known):
            return None
    return who


def speakers(text: str) -> list[str]:
    """Return everyone who speaks in *text*."""
    found = [speaker_in(text), speaker_in(text, last=True)]
    return [each for each in found if each]


def surname(name: str) -> str:
    """Return the last word of a Latin name; others are whole."""
    return name.split()[-1] if name.isascii() else name


def unknown_figure(draft: Draft, ground: Ground) -> str | None:
    """Find a figure that the sources do not state, or state of something else."""
    text = plain(draft.text)
    figures = figures_in(text)
    rows = reported(text, ground)
    for figure in figures:
        alike = [f for f in figures if f.kind == figure.kind]
        if not any(states(row, figure, alike, text) for row in rows) and not dated(figure, ground):
            return text[figure.start : figure.end]
    hours = {(h, m) for h, m, _, _ in clocks_in(plain(ground.text))}
    for hour, minute, start, end in clocks_in(text):
        if not hours & {(hour, minute), ((hour + 12) % 24, minute)}:
            return text[start:end]
    return None


def reported(text: str, ground: Ground) -> list[str]:
    """Return the sentences, titles and questions that *text* may report: its best matches."""
    sources = [plain(ground.question), *(plain(title_of(p)) for p in ground.passages)]
    for passage in ground.passages:
        spans = sentences(passage.text, passage.header.language)
        sources += [plain(passage.text[span.start : span.end]) for span in spans]
    words = [word for word, _ in places(text)]
    rows = [(shared(words, [word for word, _ in places(source)]), source) for source in sources]
    best = max(share for share, _ in rows)
    return [source for share, source in rows if share >= RIVAL * best]


def states(source: str, figure: Figure, alike: Sequence[Figure], text: str) -> bool:
    """Tell whether *source* states *figure* of what the draft states it of.

    Where the source has several figures of that kind, either the draft's own, *alike*, stand in a
    row there as they do in the draft, or the words around the figure lie nearest to it.
    """
    there = figures_in(source)
    mine = [f for f in there if agree(figure, f, text, source)]
    if len(mine) < sum(f.value == figure.value for f in alike):
        return False
    rivals = [f for f in there if f.kind == figure.kind or f in mine]
    values, wanted = [f.value for f in rivals], [f.value for f in alike]
    beside = set(pairwise(values)) & {pair for pair in pairwise(wanted) if figure.value in pair}
    return nearest(figure, text, rivals, source) >= (NEARLY if beside else 1.0)


def agree(figure: Figure, other: Figure, text: str, known: str) -> bool:
    """Tell whether two figures are one; a share may leave its unit to the one beside it."""
    if figure.value != other.value:
        return False
    if figure.unit != other.unit and (
        STRICT & {figure.unit, other.unit} or (figure.unit and other.unit)
    ):
        return False
    kinds = {figure.kind, other.kind}
    if "share" not in kinds or len(kinds) == 1:
        return True
    share_here = figure.kind == "share"
    rest = known[other.end :] if share_here else text[figure.end :]
    return bool(UNITLESS.match(rest))


def dated(figure: Figure, ground: Ground) -> bool:
    """Tell whether a figure is the day or the year of a date that the passages know."""
    days = [(d.year, d.day) for d in days_in(plain(ground.text))]
    days += [(d.year, d.day) for d in ground.days]
    stated = figure.kind in {"year", "ordinal"} or figure.unit in {"日", "年", "月"}
    return stated and any(figure.value in day for day in days)


def nearest(figure: Figure, text: str, alike: Sequence[Figure], source: str) -> float:
    """Return how near the draft's figure lies to the draft's words, the nearest of *alike* at 1."""
    if len({f.value for f in alike}) == 1:
        return 1.0
    spots: dict[str, list[tuple[int, int]]] = {}
    for word, place in places(source):
        spots.setdefault(word, []).append(place)
    anchors = [
        (apart(figure, place, text), word)
        for word, place in places(text)
        if word in spots and place[0] not in range(figure.start, figure.end)
    ]
    if not anchors:
        return 1.0
    pull = {
        f: sum(
            1 / (NEAR + away) / (NEAR + min(apart(f, spot, source) for spot in spots[word]))
            for away, word in anchors
        )
        for f in alike
    }
    return max(pull[f] for f in alike if f.value == figure.value) / max(pull.values())


def places(text: str) -> list[tuple[str, tuple[int, int]]]:
    """Return the content terms of *text*, each with where it stands; CJK by bigrams."""
    found: list[tuple[str, tuple[int, int]]] = []
    for match in re.finditer(r"[^\W\d_]+|(?:19|20)\d\d", text):
        run = match.group()
        if EAST_ASIAN.search(run):
            found += [
                (run[i : i + 2], (match.start() + i, match.start() + i + 2))
                for i in range(len(run) - 1)
            ]
        elif run.lower() not in KNOWN.empty | KNOWN.links | PERCENT and (own := terms(run)):
            found.append((own[0], match.span()))
    return found


def apart(figure: Figure, place: tuple[int, int], text: str) -> int:
    """Count the characters between a figure and a word; a comma is far, a full stop farther."""
    start, end = place
    between = text[end : figure.start] if end <= figure.start else text[figure.end : start]
    return len(between) + BARRIER * len(re.findall(r"[,、;；。]| and | but ", between))


def moved_date(draft: Draft, ground: Ground) -> str | None:
    """Find a date or a weekday that the passages do not know."""
    text, known = plain(draft.text), plain(ground.text)
    there, here = days_in(known), days_in(text)
    cited = [d for d in days_in(plain(ground.cited)) if d.day]
    for day in here:
        if any(day.meets(each) for each in days_in(plain(ground.spoken))):
            continue
        others = [d for d in here if d is not day and any(d.meets(each) for each in cited)]
        reported_on = any(day.meets(each) for each in ground.days) and (others or not cited)
        if not reported_on:
            return text[day.start : day.end]
    weekdays = weekdays_in(known) | {each.weekday() for each in ground.days}
    weekdays |= {
        whole.weekday()
        for stated in there
        for year in {stated.year, *(each.year for each in ground.days)} - {None}
        if (whole := real(year, stated.month, stated.day))
    }
    unknown = weekdays_in(text) - weekdays
    return str(sorted(unknown)[0]) if unknown else None


def real(year: int | None, month: int, day: int | None) -> date | None:
    """Return that day, if it is whole and the calendar has it."""
    try:
        return date(year, month, day) if year and day else None
    except ValueError:
        return None


def unknown_name(draft: Draft, ground: Ground) -> str | None:
    """Find a name that the passages do not have in any script."""
    return next((name for name in names_in(draft.own) if not has_name(name, ground.text)), None)


def reversal(draft: Draft, ground: Ground) -> str | None:
    """Find what the draft affirms and the cited sentences deny, or the other way round."""
    if not ground.shares_script(draft.text):
        return reversed_across(draft.own, ground.cited)
    if Script.of_question(draft.text) is Script.EAST_ASIAN:
        source = "".join(s for s in ground.cited.splitlines() if EAST_ASIAN.search(s))
        return reversed_in_japanese(draft.own, source) if source else None
    names = {term for name in names_in(draft.text) for term in terms(name)}
    passage = "\n".join(map(reliable, ground.passages))
    return reversed_in(draft.own, passage, ground.cited, leaving=names)


def unsupported(draft: Draft, ground: Ground) -> str | None:
    """Find a sentence whose own words the cited sentences do not carry.

    Across scripts, one whose words have translations none of which stands there.
    """
    if not ground.shares_script(draft.text):
        known = f"{ground.question}\n{ground.cited}"
        told = [translated(word, known) for word in translatable(draft.text)]
        return draft.text if told and not any(told) else None
    known = "\n".join([ground.question, ground.cited, *(about(p) for p in ground.passages)])
    if Script.of_question(draft.text) is Script.EAST_ASIAN:
        return draft.text if shared(terms(draft.text), terms(known)) < SUPPORT_CJK else None
    words = [word for word in content(draft.text) if word not in KNOWN.reporting]
    return draft.text if shared(words, content(known)) < SUPPORT else None


def translatable(text: str) -> list[str]:
    """Return the words of *text* that the lexicon has in the other script."""
    groups = Lexicon.load().groups
    if Script.of_question(text) is Script.EAST_ASIAN:
        return [
            key
            for key, forms in groups.items()
            if EAST_ASIAN.search(key) and key in text and forms.stems
        ]
    return [word for word in content(text) if word in groups and groups[word].scripts]


def title_of(passage: Passage) -> str:
    """Return an article's title, unless it speaks to a model: then nothing can rest on it."""
    return "" if speaks_to_a_model(passage.header.title) else passage.header.title


@lru_cache(maxsize=256)
def reliable(passage: Passage) -> str:
    """Return a passage without the sentences that speak to a model."""
    spans = sentences(passage.text, passage.header.language)
    said = (passage.text[span.start : span.end] for span in spans)
    return "\n".join(sentence for sentence in said if not speaks_to_a_model(sentence))


def about(passage: Passage) -> str:
    """Return what is known of an article besides its text."""
    header = passage.header
    day = header.day.strftime("%A %d %B %Y") if header.day else ""
    return " ".join([title_of(passage), header.outlet, header.agency or "", *header.authors, day])


def leaked(draft: Draft, ground: Ground) -> str | None:
    """Find a run of words that stands in the instructions and not in what is cited."""
    words, cited = draft.text.casefold().split(), " ".join(ground.text.casefold().split())
    told = " ".join(ground.instructions.casefold().split())
    for i in range(len(words) - LEAK + 1):
        run = " ".join(words[i : i + LEAK])
        if run in told and run not in cited:
            return run
    return None


def content(text: str) -> list[str]:
    """Return the content stems of a Latin text."""
    return [t for t in tokens(text) if t[0].isalpha() and t not in KNOWN.empty]


CHECKS: dict[Failing, Check] = {
    Failing.ADDRESS: address,
    Failing.INSTRUCTION: followed,
    Failing.QUESTION: asking,
    Failing.OPINION: unmarked_opinion,
    Failing.REFERENCE: loose_reference,
    Failing.QUOTED_WORDS: altered_words,
    Failing.SPEAKER: wrong_speaker,
    Failing.FIGURE: unknown_figure,
    Failing.DATE: moved_date,
    Failing.NAME: unknown_name,
    Failing.REVERSED: reversal,
    Failing.UNSUPPORTED: unsupported,
    Failing.PROMPT: leaked,
}
