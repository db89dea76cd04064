"""Opening of a desk for a command, with an index that is up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.desk import Desk, open_desk
from bot.settings import BotSettings
from bot.wording import Wording
from ingest import adding
from ingest.commands.options import now
from ingest.commands.output import with_progress
from ingest.errors import EmbeddingError, IndexUnavailableError
from ingest.reading import Hints, read_path

SAMPLE_COVERAGE = Path(__file__).parents[2] / "ingest" / "sample" / "coverage"
"""Sample coverage of a fictional election."""


@contextmanager
def prepared_desk(settings: BotSettings, holder: str, *, sample: bool) -> Iterator[Desk]:
    """Open a desk with an up-to-date index; *sample* adds sample coverage to an empty archive."""
    with open_desk(settings, holder=holder, clock=now) as desk:
        if sample and desk.archive.changes.last() == 0:
            _add_sample(desk)
        try:
            if desk.coverage.behind():
                with_progress(Wording.default()("indexing"), None, desk.coverage.catch_up)
        except (EmbeddingError, IndexUnavailableError) as error:
            print(f"{error} Words alone are searched.", file=sys.stderr)
            desk.coverage.catch_up_words()
        yield desk


def _add_sample(desk: Desk) -> None:
    """Add the sample coverage."""
    articles = read_path(SAMPLE_COVERAGE, Hints())
    with_progress(
        "Reading the sample coverage",
        None,
        lambda progress: adding.add(articles, desk.archive, now=now(), progress=progress),
    )
