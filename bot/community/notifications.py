"""Notifications: news on request, for follows and digests, and notices of corrections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bot.answering.coverage import Coverage
from bot.community.contest_index import ContestIndex
from bot.community.corrections import Corrections
from bot.community.digests import Digests
from bot.community.following import Following
from bot.community.news import Stories
from bot.community.outdated import Outdated
from bot.community.quiet import Quiet
from bot.ledger import Ledger
from ingest.archive import Archive


@dataclass(frozen=True, slots=True)
class News:
    """The services that find and send news."""

    stories: Stories
    following: Following
    digests: Digests
    outdated: Outdated
    corrections: Corrections
    quiet: Quiet
    contests: ContestIndex

    @classmethod
    def of(
        cls,
        archive: Archive,
        ledger: Ledger,
        coverage: Coverage,
        clock: Callable[[], datetime],
        lasting: timedelta,
    ) -> Self:
        """Build the services over an open archive; answers older than *lasting* get no notices."""
        stories = Stories(archive)
        contests = ContestIndex(archive, ledger, coverage, clock)
        return cls(
            stories,
            Following(archive, ledger, coverage, contests, clock),
            Digests(archive, ledger, stories, clock),
            Outdated(archive, ledger, coverage, clock, lasting),
            Corrections(archive, ledger, clock, lasting),
            Quiet(archive, ledger, clock),
            contests,
        )
