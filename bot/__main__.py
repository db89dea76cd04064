"""The bot's commands: ``python -m bot [COMMAND]``; without one, the bot is started."""

from __future__ import annotations

from ingest.process.starting import end_on_signals

if __name__ == "__main__":  # before the imports that take seconds
    end_on_signals()

from collections.abc import Mapping, Sequence

import typer

from ingest.commands.options import ShowVersion, command_function, exit_with, make_app, run_app

COMMANDS: Mapping[str, str] = {
    "run": "bot.commands.running:run_command",
    "chat": "bot.commands.running:chat_command",
    "ask": "bot.commands.running:answer_command",
    "results": "bot.commands.running:show_results_command",
    "find": "bot.commands.running:look_up_command",
    "check": "bot.commands.running:check_claims_command",
    "prove": "bot.commands.running:prove_command",
    "mcp": "bot.commands.running:mcp_command",
    "page": "bot.commands.running:page_command",
    "answers": "bot.commands.doctor:answers_command",
    "home": "bot.commands.doctor:home_command",
    "doctor": "bot.commands.doctor:doctor_command",
    "languages": "bot.commands.doctor:languages_command",
    "evaluate": "bot.commands.doctor:evaluate_command",
}

_ABOUT = "Answer questions about election coverage, each sentence with its source."
app = make_app(_ABOUT, COMMANDS, runs_alone=True)


@app.callback(invoke_without_command=True)
def _run_default(context: typer.Context, _version: ShowVersion = False) -> None:
    """Answer questions about election coverage, each sentence with its source."""
    if context.invoked_subcommand is None:
        raise typer.Exit(command_function(COMMANDS["run"])())


def main(
    arguments: Sequence[str] | None = None,
    commands: typer.Typer = app,
    name: str = "python -m bot",
) -> int:
    """Run one of *commands* and return its exit code; every error is one sentence."""
    return run_app(commands, arguments, name, _message_of)


def _message_of(error: Exception) -> str | None:
    """Return the message for a text that is not a question, in the desk's words."""
    from bot.answering.values import UnaskableError
    from bot.wording import Wording, unaskable

    return unaskable(error, Wording.default()) if isinstance(error, UnaskableError) else None


if __name__ == "__main__":
    exit_with(main())
