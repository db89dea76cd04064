"""The command ``election-desk`` of an installed desk, with the commands of both packages."""

from __future__ import annotations

from ingest.process.starting import end_on_signals

if __name__ == "__main__":  # before the imports that take seconds
    end_on_signals()

from collections.abc import Sequence

from bot import __main__ as bot
from ingest import __main__ as ingest
from ingest.commands.options import exit_with, make_app
from ingest.process.starting import INSTALLED

_EXAMPLES = """\b
examples:
  election-desk ask "How many seats did they win?"
  election-desk add article.txt --outlet "The Daily Ledger" --published 2026-10-26
  election-desk watch https://daily-ledger.example/feed.xml --outlet "The Daily Ledger"
  election-desk run
"""
_CHECK_CLAIMS_NAME = "claims"
"""Name of ``python -m bot check`` here, as ``check`` is the check of archive and index."""
COMMANDS = {
    **{
        (_CHECK_CLAIMS_NAME if name == "check" else name): command
        for name, command in bot.COMMANDS.items()
    },
    **ingest.COMMANDS,
}

app = make_app(
    "Answer questions about election coverage, each sentence with its source.",
    COMMANDS,
    epilog=_EXAMPLES,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an error is printed as one sentence."""
    return bot.main(arguments, app, INSTALLED)


if __name__ == "__main__":
    exit_with(main())
