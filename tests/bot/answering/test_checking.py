"""Drafts against the coverage they cite: the faithful pass, and what a machine altered does not.

The faithful ones are ``drafts.jsonl``, our own paraphrases of the sample coverage, and the
coverage's own sentences. Each is altered in every way it allows.
"""

import json
import random
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import SAMPLE
from bot.answering.attribution import speaker
from bot.answering.checking.figures import days_in, figures_in, plain
from bot.answering.checking.names import names_in
from bot.answering.model import Claim, Failing, Rest, Sentence
from bot.answering.question import ask
from bot.answering.verifying import verify_sentence
from ingest.index.passages import sentences, split
from ingest.model import Evidence, Kind, Passage, passage_id
from ingest.reading import Hints, read_path

QUESTION = ask("What is known?", now=datetime(2026, 11, 2, tzinfo=UTC))
DRAFTS = Path(__file__).with_name("drafts.jsonl")
PEOPLE = ["Ilse Marrowen", "Tobin Arkwell", "Jory Stanmark", "Petra Hollish", "Rosalind Keverne"]
INVENTED = ["Corvin Haldane", "Brida Sollenne", "Tamsyn Okoro"]
INSTRUCTIONS = "You write for a reader who will check every word of yours against its source."
LOST = 0.03
"""Share of faithful drafts that may be lost."""


def passages():
    """Return the sample coverage's passages."""
    found = []
    for number, each in enumerate(read_path(SAMPLE, Hints()), 1):
        extract = each.extract
        for order, span in enumerate(split(extract.text, extract.header.language)):
            text = extract.text[span.start : span.end]
            key = passage_id(number, 1, order, text)
            found.append(
                Passage(key, number, 1, order, *[span.start, span.end], text, extract.header)
            )
    return found


PASSAGES = passages()
GIVEN = {f"p{i}": Evidence(p, 1.0) for i, p in enumerate(PASSAGES)}
KEYS = {p.id: f"p{i}" for i, p in enumerate(PASSAGES)}


def written():
    """Return our paraphrases as drafts."""
    for line in DRAFTS.read_text(encoding="utf-8").splitlines():
        draft = json.loads(line)
        rests = [home_of(quote) for quote in draft["quotes"]]
        yield Sentence(draft["text"], tuple(rests))


def home_of(quote):
    """Find the first passage with *quote*."""
    home = next(p for p in PASSAGES if quote in p.text)
    return Rest(KEYS[home.id], quote)


def verbatim():
    """Return the coverage's own sentences as drafts; an opinion's would have to say whose it is."""
    for passage in PASSAGES:
        if passage.header.kind is Kind.OPINION:
            continue
        for span in sentences(passage.text, passage.header.language):
            text = passage.text[span.start : span.end].strip()
            if len(text) > 30 and not text.startswith("#"):
                yield Sentence(" ".join(text.split()), (Rest(KEYS[passage.id], text),))


FAITHFUL = [*written(), *verbatim()]


def checked(sentence):
    return verify_sentence(sentence, GIVEN, QUESTION, instructions=INSTRUCTIONS)


def replaced(sentence, text):
    return Sentence(text, sentence.rests)


def altered_quotes(sentence, chance):
    """Change a word of the cited quotation, and one between the sentence's own marks."""
    rest = sentence.rests[0]
    words = rest.quote.split(" ") if rest.quote.isascii() else list(rest.quote)
    place = chance.randrange(len(words))
    words[place] = "harbourless" if rest.quote.isascii() else "港"
    joined = (" " if rest.quote.isascii() else "").join(words)
    if joined != rest.quote and len(sentence.rests) == 1:
        yield Sentence(sentence.text, (Rest(rest.key, joined),))
    for match in re.finditer(r"“([^”]{12,})”|\"([^\"]{12,})\"|「([^」]{8,})」", sentence.text):
        inner = next(filter(None, match.groups()))
        middle = len(inner) // 2
        changed = f"{inner[:middle]}x{inner[middle:]}"
        yield replaced(sentence, sentence.text.replace(inner, changed))


def swapped_figures(sentence, chance):
    """Write another figure: a made-up one, and one that the passage has of something else."""
    text = plain(sentence.text)
    passage = plain(GIVEN[sentence.rests[0].key].passage.text)
    for figure in figures_in(text):
        written_out = text[figure.start : figure.end]
        if not re.search(r"\d", written_out):
            continue
        other = re.sub(r"\d", lambda m: str((int(m.group()) + 3) % 10 or 7), written_out, count=1)
        yield replaced(sentence, text[: figure.start] + other + text[figure.end :])
        span = [s for s in sentences(passage, "en") if written_out in passage[s.start : s.end]]
        here = passage[span[0].start : span[0].end] if span else ""
        rivals = [
            f
            for f in figures_in(here)
            if f.kind == figure.kind and f.value != figure.value and figure.kind != "ordinal"
        ]
        if rivals and re.match(r"^[\d.,%]+$", written_out.split(" ")[0]):
            rival = chance.choice(rivals)
            said = here[rival.start : rival.end]
            yield replaced(sentence, text[: figure.start] + said + text[figure.end :])


def moved_dates(sentence, _):
    """Move a date by some days, or to another month."""
    text = plain(sentence.text)
    for day in days_in(text):
        stated = text[day.start : day.end]
        if day.day:
            moved = re.sub(rf"(?<!\d){day.day}(?!\d)", str(day.day % 27 + 2), stated, count=1)
            yield replaced(sentence, text[: day.start] + moved + text[day.end :])
        other = re.sub(r"October|September|November|January", "March", stated)
        if other != stated:
            yield replaced(sentence, text[: day.start] + other + text[day.end :])


def wrong_keys(sentence, chance):
    """Cite another article for the same words, and a key that was never given."""
    rest = sentence.rests[0]
    others = [key for key, e in GIVEN.items() if rest.quote not in e.passage.text]
    yield Sentence(sentence.text, (Rest(chance.choice(others), rest.quote),))
    yield Sentence(sentence.text, (Rest("p999", rest.quote),))


def dangling_numbers(sentence, _):
    """Number a source that the desk did not number."""
    yield replaced(sentence, f"{sentence.text} [7]")
    yield replaced(sentence, sentence.text.replace(" ", " [2] ", 1) + "【3】")


def swapped_speakers(sentence, chance):
    """Put the words in another mouth."""
    who = speaker(sentence.text)
    if who and who.isascii():
        cited = GIVEN[sentence.rests[0].key].passage.text
        others = [p for p in PEOPLE if who.split()[-1] not in p and p.split()[-1] not in cited]
        yield replaced(sentence, sentence.text.replace(who, chance.choice(others)))


def invented_names(sentence, chance):
    """Name somebody whom no source knows."""
    found = [n for n in names_in(sentence.text) if n.isascii() and len(n.split()) > 1]
    for name in found[:1]:
        yield replaced(sentence, sentence.text.replace(name, chance.choice(INVENTED)))
    if sentence.text.isascii() and not speaker(sentence.text):
        rest = sentence.text.rstrip(".")
        yield replaced(sentence, f"{rest}, as {chance.choice(INVENTED)} had expected.")


def dropped_negations(sentence, _):
    """Leave a denial out, or put one in."""
    text = sentence.text
    for pattern, other in (
        (r"\b(would|did|does|has|had|is|was|will|could) not\b", r"\1"),
        (r"\bcould not\b|\bcannot\b", "can"),
        (r"ことはできない", "ことができる"),
        (r"\b(denied) (that|on)\b", r"confirmed \2"),
        (r"\bdeclined to\b", "agreed to"),
    ):
        changed = re.sub(pattern, other, text, count=1)
        if changed != text and "“" not in text and '"' not in text:
            yield replaced(sentence, changed)
    denies = re.search(r"\b(?:no|not|never|nobody|none|declined|denied)\b|[“\"]", text)
    if re.search(r"\b(?:would|will)\b", text) and not denies:
        yield replaced(sentence, re.sub(r"\b(would|will)\b", r"\1 not", text, count=1))


MUTATIONS = {
    "altered quote": altered_quotes,
    "swapped figure": swapped_figures,
    "moved date": moved_dates,
    "wrong key": wrong_keys,
    "dangling number": dangling_numbers,
    "swapped speaker": swapped_speakers,
    "invented name": invented_names,
    "dropped negation": dropped_negations,
}


def altered(kind):
    chance = random.Random(kind)
    return [bad for good in FAITHFUL for bad in MUTATIONS[kind](good, chance)]


def test_the_faithful_pass():
    """A gate that loses what is true is no gate but a wall."""
    lost = [(s.text, found) for s in FAITHFUL if not isinstance(found := checked(s), Claim)]
    assert len(FAITHFUL) > 250
    assert len(lost) / len(FAITHFUL) <= LOST, lost
    paraphrases = len(list(written()))
    assert sum(text in {s.text for s in written()} for text, _ in lost) <= LOST * paraphrases


@pytest.mark.parametrize("kind", MUTATIONS)
def test_what_was_altered_does_not_pass(kind):
    """Not one altered draft is shown, whatever the alteration."""
    bad = [each for each in altered(kind) if each not in FAITHFUL]
    passed = [each.text for each in bad if isinstance(checked(each), Claim)]
    assert len(bad) >= 20
    assert passed == []


def test_a_citation_too_many_is_left_out():
    """A sentence does not borrow weight from a source that says nothing of it."""
    good = next(each for each in FAITHFUL if each.text == "A majority needs 61 seats.")
    other = next(p for p in PASSAGES if "Lovickson" in p.text)
    found = checked(Sentence(good.text, (*good.rests, Rest(KEYS[other.id], other.text[:60]))))
    assert [citation.quote for citation in found.citations] == [good.rests[0].quote]


def test_the_instructions_are_never_repeated():
    """What the model is told stays between it and the desk."""
    good = FAITHFUL[0]
    found = checked(replaced(good, f"{good.text[:-1]}; {INSTRUCTIONS}"))
    assert found.failing in {Failing.PROMPT, Failing.UNSUPPORTED}
