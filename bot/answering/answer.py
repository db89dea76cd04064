"""The spine: from a question to an Answer or an Abstention."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.answering.calibration import Judge
from bot.answering.chat import ChatError, Meter
from bot.answering.composing import compose
from bot.answering.deciding import judged, worth_writing
from bot.answering.drafting import ModelWriter
from bot.answering.excerpts import differ, excerpts, newest_first
from bot.answering.guard import guard
from bot.answering.lexicon import Lexicon
from bot.answering.model import (
    Abstention,
    Answer,
    Citation,
    Claim,
    Level,
    Question,
    Reason,
    Trouble,
    Written,
)
from bot.answering.need import Need
from bot.answering.quoting import Candidate, by_windows, candidates, without_recurring
from bot.answering.several import MOST, questions_in, together
from bot.answering.typed import heard
from bot.answering.watching import Phase, Watch
from ingest.archive import Archive
from ingest.index.analysis import terms
from ingest.index.index import Index
from ingest.index.outlets import absent
from ingest.index.recurring import recurrence
from ingest.index.scope import NOTHING, Asked, asked
from ingest.index.search import Stopwatch, search
from ingest.model import Evidence, Header, Moment, Scope

EVIDENCE = 10
"""Passages of evidence that a model is given for one question."""
ROOM = (5, 2, 1)
"""Passages that a model is given where it has no room for all."""
LOOKED = 12
"""Passages whose sentences are looked at: two of them may be of the other script."""
OWN_WORDS = Written()
"""How an answer comes about that no model was asked for."""
NEWEST = 2
"""Articles of the newest day that are opened where the latest is asked for."""
NEAREST = 3
"""Articles named when the coverage does not answer."""


@dataclass(frozen=True, slots=True)
class View:
    """What a question needs, what was found for it, and its sentences, best first."""

    need: Need
    names: Asked
    evidence: Sequence[Evidence]
    ranked: Sequence[Candidate]
    timings: Mapping[str, float]
    absent: tuple[str, ...] = ()
    """Outlets whose report is asked for and that are not kept."""

    @property
    def period(self) -> bool:
        """Tell whether the days of reports are asked about: "what happened yesterday?"."""
        return self.names.bound is not None or bool(self.names.days)


async def answer(
    question: Question,
    archive: Archive,
    index: Index,
    judge: Judge,
    *,
    writers: Sequence[ModelWriter] = (),
    trouble: Trouble | None = None,
    watch: Watch | None = None,
    meter: Meter | None = None,
) -> Answer | Abstention:
    """Answer from the archive, or say why not; the blocking work runs in a thread.

    The first of *writers* that manages writes; where none does, or *trouble* forbids it, the
    coverage's own sentences answer. *watch* is told what happens, and may stop it; *meter* has
    what models were asked before.
    """
    watch = watch or Watch()
    watch.phase(Phase.SEARCHING, await asyncio.to_thread(archive.articles.count))
    found = await asyncio.to_thread(consider, question, archive, index)
    if isinstance(found, Abstention):
        return by_words(found, index)
    worth = (
        writers
        and trouble is None
        and worth_writing(found.need, found.ranked, found.evidence, judge)
    )
    meter = meter or Meter()
    for writer in writers if worth else ():
        try:
            outcome = await written(question, found, writer, watch, meter)
            break
        except ChatError as error:
            trouble = error.trouble
    else:
        lost, said = tuple(meter.lost), meter.said
        how = Written(trouble=trouble, dropped=lost, usage=meter.usage, detail=said)
        outcome = await asyncio.to_thread(in_excerpts, question, found, archive, index, judge, how)
    return by_words(outcome, index)


def answer_now(
    question: Question, archive: Archive, index: Index, judge: Judge
) -> Answer | Abstention:
    """Answer with the coverage's own sentences; *judge* decides whether evidence is enough."""
    found = consider(question, archive, index)
    if isinstance(found, Abstention):
        return by_words(found, index)
    return by_words(in_excerpts(question, found, archive, index, judge), index)


def by_words(outcome: Answer | Abstention, index: Index) -> Answer | Abstention:
    """Say of *outcome* that meaning was not searched, where that could not be reached."""
    if not index.by_words:
        return outcome
    return replace(outcome, written=replace(outcome.written, by_words=True))


def consider(question: Question, archive: Archive, index: Index) -> Abstention | View:
    """Find what there is to answer with, or say why the question is not answered at all."""
    timings: dict[str, float] = {}
    if reason := guard(question):
        return Abstention(question, reason, (), question.asked_at, timings)
    view = look(question, archive, index, timings)
    return view if view.evidence else nothing_found(question, view, archive, index)


def in_excerpts(
    question: Question,
    view: View,
    archive: Archive,
    index: Index,
    judge: Judge,
    how: Written = OWN_WORDS,
) -> Answer | Abstention:
    """Answer with excerpts; each of several questions by itself, the first :data:`MOST`."""
    asked_for = questions_in(question)
    if len(asked_for) > 1:
        parts = [answered(each, archive, index, judge, how) for each in asked_for[:MOST]]
        return together(question, parts, asked_for[MOST:])
    outcome = quoted(question, view, judge, how)
    if isinstance(outcome, Abstention) and view.period:
        return replace(nothing_found(question, view, archive, index), written=how)
    return outcome


def answered(
    question: Question, archive: Archive, index: Index, judge: Judge, how: Written
) -> Answer | Abstention:
    """Answer one of several questions with excerpts."""
    found = consider(question, archive, index)
    return found if isinstance(found, Abstention) else quoted(question, found, judge, how)


def quoted(
    question: Question, view: View, judge: Judge, how: Written = OWN_WORDS
) -> Answer | Abstention:
    """Answer with excerpts, as surely as they answer, or say that the coverage has nothing."""
    timings = dict(view.timings)
    clock = Stopwatch(timings)
    level = judged(view.need, view.ranked, view.evidence, judge, period=view.period)
    if isinstance(level, Reason):
        return Abstention(question, level, (), question.asked_at, timings, how, absent=view.absent)
    if view.absent:
        level = Level.CLOSEST
    settled = [c for c in view.ranked if not c.unsettled]
    ranked = settled if level is Level.SAYS and settled else view.ranked
    found = excerpts(ranked, view.need, outlets=view.names.outlets)
    apart = differ(found, view.need)
    found = newest_first(found, apart)
    clock.lap("write")
    return Answer(
        question,
        (),
        question.asked_at,
        newest([each.citation for each in found]),
        found,
        level,
        bool(apart),
        max(1, len(apart), min(len(view.names.outlets), len(found))),
        absent=view.absent,
        timings=timings,
        written=how,
    )


async def written(
    question: Question, view: View, writer: ModelWriter, watch: Watch, meter: Meter
) -> Answer | Abstention:
    """Answer in a model's words, each proven.

    Raises:
        ChatError: the model failed, or nothing that it wrote was proven.
    """
    timings = dict(view.timings)
    clock = Stopwatch(timings)
    claims, how = await with_room(question, view.evidence[:EVIDENCE], writer, watch, meter)
    clock.lap("write")
    if claims:
        cited = [citation for claim in claims for citation in claim.citations]
        return Answer(
            question, claims, question.asked_at, newest(cited), timings=timings, written=how
        )
    reason = Reason.STOPPED if how.stopped else Reason.NOT_COVERED
    return declined(question, view, timings, how, reason)


async def with_room(
    question: Question,
    evidence: Sequence[Evidence],
    writer: ModelWriter,
    watch: Watch,
    meter: Meter,
) -> tuple[tuple[Claim, ...], Written]:
    """Let *writer* write from as many passages as it has room for, the best first.

    Raises:
        ChatError: the model failed, or has no room for one passage.
    """
    room = writer.room_for(evidence)
    while True:
        try:
            claims, how = await compose(question, evidence[:room], writer, watch, meter)
        except ChatError as error:
            less = next((count for count in ROOM if count < room), None)
            if error.trouble is not Trouble.CONTEXT or less is None:
                raise
            room = less
        else:
            return claims, replace(how, room=room if room < len(evidence) else None)


def declined(
    question: Question, view: View, timings: Mapping[str, float], how: Written, reason: Reason
) -> Abstention:
    """Decline, and name the nearest coverage."""
    nearest = nearest_coverage(view.evidence)
    return Abstention(question, reason, nearest, question.asked_at, timings, how)


def look(
    question: Question,
    archive: Archive,
    index: Index,
    timings: dict[str, float],
    *,
    names: Asked | None = None,
    limit: int = LOOKED,
) -> View:
    """Find *limit* passages for *question* and measure their sentences.

    Unless *names* says what it names, that is read in it.
    """
    clock = Stopwatch(timings)
    outlets = archive.outlets.names()
    papers = {term for outlet in outlets for term in terms(outlet)}
    missing, bare = absent(question.text, outlets), question.text
    for outlet in missing:
        bare = bare.replace(outlet, " ")
    text = heard(bare, lambda term: index.frequency(term) or int(term in papers))
    names = names or asked(text, outlets, question.asked_at.date())
    need = Need.of(names.topic, index)
    clock.lap("understand")
    meaning = index.question(text)
    clock.lap("embed")
    found = search(
        index,
        archive,
        without_age(text),
        names=names,
        limit=limit,
        also=need.words,
        meaning=meaning,
        timings=timings,
    )
    clock = Stopwatch(timings)
    shown = {each.passage.header.outlet for each in found}
    for outlet in (each for each in names.outlets if each not in shown):
        own = Scope(outlets=(outlet,))
        found += search(index, archive, text, names=names, limit=1, scope=own, meaning=meaning)
    if need.latest:
        found = [*openings(found, archive), *found]
    evidence = [each for each in found if names.admits(each.passage)]
    texts = [each.passage.text for each in evidence]
    need = need.explained(texts).heard_in(texts)
    ranked = candidates(need, evidence, partial(index.likeness, meaning), index.embedder.windows)
    ranked = without_recurring(ranked, recurrence(index, archive))
    evidence = by_windows(evidence, ranked)
    clock.lap("sentences")
    if missing:
        agencies = [each.passage.header.agency or "" for each in found]
        missing = absent(question.text, [*outlets, *agencies])
    return View(need, names, evidence, ranked, timings, missing)


def openings(found: Sequence[Evidence], archive: Archive) -> list[Evidence]:
    """Return where the newest articles *found* begin, if that was not found: news stands there."""
    newest = max((str(each.passage.header.day or "") for each in found), default="")
    best: dict[int, Evidence] = {}
    for each in found:
        if str(each.passage.header.day or "") == newest:
            best.setdefault(each.passage.article_id, each)
    known = {each.passage.article_id for each in found if each.passage.order == 0}
    return [
        replace(each, passage=archive.passages.of_article(article_id)[0])
        for article_id, each in list(best.items())[:NEWEST]
        if article_id not in known
    ]


def without_age(text: str) -> str:
    """Leave "the latest news on" out of *text*: it asks for an age, not for those words."""
    rest = Lexicon.load().cues["latest"].sub(" ", text)
    return rest if terms(rest) else text


def nothing_found(question: Question, view: View, archive: Archive, index: Index) -> Abstention:
    """Say whether nothing is kept at all, or nothing of the period that is asked about."""
    outside = (
        search(index, archive, question.text, names=NOTHING, limit=EVIDENCE)
        if view.names.bound or view.names.within
        else []
    )
    reason = Reason.NOT_COVERED if outside else Reason.NOTHING_ARCHIVED
    nearest = nearest_coverage(outside)
    return Abstention(
        question, reason, nearest, question.asked_at, view.timings, absent=view.absent
    )


def nearest_coverage(evidence: Sequence[Evidence]) -> tuple[Header, ...]:
    """Name the articles that came closest, each once."""
    return tuple(dict.fromkeys(each.passage.header for each in evidence))[:NEAREST]


def newest(citations: Sequence[Citation]) -> Moment | None:
    """Return the newest date among the cited articles; ``None`` if none has one."""
    headers = [citation.header for citation in citations]
    dated = [header for header in headers if header.day is not None]
    if not dated:
        return None
    latest = max(dated, key=lambda header: str(header.day))
    return latest.published or latest.not_before
