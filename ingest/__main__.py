"""The maintainers' commands: ``python -m ingest COMMAND``."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from dotenv import load_dotenv

from ingest import logs, stopping
from ingest.arguments import parser
from ingest.errors import IngestError
from ingest.settings import Settings
from ingest.showing import plain


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every error is one sentence."""
    load_dotenv(Path.cwd() / ".env")
    options = parser().parse_args(arguments)
    try:
        settings = Settings.of(os.environ)
        logs.configure(settings)
        with stopping.as_ctrl_c():
            code: int = options.command(settings, options)
    except IngestError as error:
        print(plain(str(error)), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nStopped. What was saved stays; the same command goes on from there.", file=sys.stderr
        )
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return unexpected(error)
    return code


def unexpected(error: Exception) -> int:
    """Say that this is a fault of the program, and where its details are."""
    print(
        f"Something went wrong that should not have ({type(error).__name__}). What was saved "
        "stays. Run it again with ELECTION_DESK_DEBUG=1 and report what it prints.",
        file=sys.stderr,
    )
    if os.environ.get("ELECTION_DESK_DEBUG"):
        traceback.print_exception(error)
    return 1


if __name__ == "__main__":
    sys.exit(main())
