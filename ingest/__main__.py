"""The maintainers' commands: ``python -m ingest COMMAND``."""

from __future__ import annotations

from ingest.process.starting import end_on_signals

if __name__ == "__main__":  # before the imports that take seconds
    end_on_signals()

from collections.abc import Mapping, Sequence

from ingest.commands.options import exit_with, make_app, run_app

_EXAMPLES = """\b
examples:
  python -m ingest add article.txt --outlet "The Daily Ledger" --published 2026-10-26
  python -m ingest add articles.jsonl --map text=body,outlet=source
  python -m ingest add https://daily-ledger.example/politics/2026/final-count
  python -m ingest watch https://daily-ledger.example/feed.xml --outlet "The Daily Ledger"
  pbpaste | python -m ingest add -
  python -m ingest search "How many seats did they win?"
"""
COMMANDS: Mapping[str, str] = {
    "add": "ingest.commands.article_commands:add_command",
    "list": "ingest.commands.article_commands:list_command",
    "show": "ingest.commands.article_commands:show_command",
    "snapshot": "ingest.commands.article_commands:snapshot_command",
    "remove": "ingest.commands.article_commands:remove_command",
    "erase": "ingest.commands.article_commands:erase_command",
    "watch": "ingest.commands.source_commands:watch_command",
    "unwatch": "ingest.commands.source_commands:unwatch_command",
    "sources": "ingest.commands.source_commands:sources_command",
    "refresh": "ingest.commands.source_commands:refresh_command",
    "search": "ingest.commands.indexing:search_command",
    "status": "ingest.commands.archive:status_command",
    "copy": "ingest.commands.archive:copy_command",
    "backup": "ingest.commands.archive:backup_command",
    "restore": "ingest.commands.archive:restore_command",
    "index": "ingest.commands.indexing:index_command",
    "rebuild": "ingest.commands.indexing:rebuild_command",
    "rollback": "ingest.commands.indexing:rollback_command",
    "check": "ingest.commands.indexing:check_command",
}

app = make_app("Keep the coverage that the desk may cite.", COMMANDS, epilog=_EXAMPLES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; print an error as one sentence."""
    return run_app(app, arguments, "python -m ingest")


if __name__ == "__main__":
    exit_with(main())
