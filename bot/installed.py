"""The entry of the installed command ``election-desk``, which a signal ends even as it starts."""

from __future__ import annotations

from typing import NoReturn

from ingest.process.starting import end_on_signals


def main() -> NoReturn:
    """Run one command and exit with its status."""
    end_on_signals()
    from bot.program import main as run_command
    from ingest.commands.options import exit_with

    exit_with(run_command())
