"""The bot's commands: ``python -m bot [COMMAND]``; without one, the bot is started."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import typer
from dotenv import load_dotenv

from bot.answering.understanding.question import UnaskableError
from bot.commands import asking, upkeep
from bot.wording import Wording, unaskable
from ingest import stopping
from ingest.commands.options import make_app, run_app
from ingest.errors import IngestError

COMMANDS: Mapping[str, Callable[..., int]] = {
    "run": asking.run_command,
    "chat": asking.chat_command,
    "ask": asking.answer_command,
    "find": asking.look_up_command,
    "check": asking.check_claims_command,
    "prove": asking.prove_command,
    "answers": upkeep.answers_command,
    "doctor": upkeep.doctor_command,
    "calibrate": upkeep.calibrate_command,
    "evaluate": upkeep.evaluate_command,
}

_ABOUT = "Answer questions about election coverage, each sentence with its source."
app = make_app(_ABOUT, COMMANDS, alone=True)


@app.callback(invoke_without_command=True)
def _started(context: typer.Context) -> None:
    """Answer questions about election coverage, each sentence with its source."""
    if context.invoked_subcommand is None:
        raise typer.Exit(asking.run_command())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; every error is one sentence."""
    load_dotenv(Path.cwd() / ".env")
    try:
        with stopping.as_ctrl_c():
            return run_app(app, arguments, "python -m bot")
    except UnaskableError as error:
        print(unaskable(error, Wording.default()), file=sys.stderr)
        return 1
    except IngestError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
