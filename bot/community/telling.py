"""What is new, for whoever asks, follows, or has a digest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from bot.answering.coverage import Coverage
from bot.community.corrections import Corrections
from bot.community.digests import Digests
from bot.community.following import Following
from bot.community.news import Stories
from bot.community.outdated import Outdated
from bot.community.quiet import Quiet
from bot.community.tabled import TabledContests
from bot.ledger import Ledger
from ingest.archive import Archive


@dataclass(frozen=True, slots=True)
class News:
    """The ways in which somebody hears of what is new."""

    stories: Stories
    following: Following
    digests: Digests
    outdated: Outdated
    corrections: Corrections
    quiet: Quiet
    tabled: TabledContests

    @classmethod
    def of(
        cls,
        archive: Archive,
        ledger: Ledger,
        coverage: Coverage,
        clock: Callable[[], datetime],
        lasting: timedelta,
    ) -> Self:
        """Build them over an open archive; answers older than *lasting* are let be."""
        stories = Stories(archive)
        return cls(
            stories,
            Following(archive, ledger, coverage, clock),
            Digests(archive, ledger, stories, clock),
            Outdated(archive, ledger, coverage, clock, lasting),
            Corrections(archive, ledger, clock, lasting),
            Quiet(archive, ledger, clock),
            TabledContests(archive, ledger, coverage, clock),
        )
