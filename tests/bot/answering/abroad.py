"""What the tests of every further language arrange: coverage in it, drafts over an article."""

import json
from contextlib import contextmanager

from bot.answering.proving.gates import Stopped, run_gates
from bot.answering.proving.ground import CitedGround, Draft
from bot.answering.understanding.question import language_asked
from bot.answering.values import Citation
from ingest import adding
from ingest.model import Header, Passage, passage_id
from ingest.reading import Hints, read_path
from tests.bot.builders import open_in
from tests.bot.conftest import MORNING


@contextmanager
def coverage_of(articles, language, folder):
    """Open coverage of *articles*, objects as JSON Lines have them, in *language*."""
    file = folder / "articles.jsonl"
    records = [
        {**each, "url": f"https://paper.example/{number}", "language": language}
        for number, each in enumerate(articles)
    ]
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    with open_in(folder / "data", now=MORNING) as desk:
        adding.add(read_path(file, Hints()), desk.archive, now=MORNING)
        desk.coverage.catch_up()
        yield desk.coverage


def cited(text, language):
    """Cite the whole of an article in *language*."""
    header = Header(
        "Title", "Paper", "https://paper.example/1", published=MORNING.date(), language=language
    )
    passage = Passage(passage_id(1, 1, 0, text), 1, 1, 0, 0, len(text), text, header)
    return Citation.of(text, passage)


def stopped(text, citation, language=None):
    """Return what stops the draft *text* over *citation*, or ``None``.

    Its *language*, that of the question, is detected unless given.
    """
    draft = Draft(text, language or language_asked(text))
    found = run_gates(draft, CitedGround((citation,)))
    return found if isinstance(found, Stopped) else None
