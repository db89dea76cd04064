"""A signal ends every command at once, from the first line of it on."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

WAYS = {
    "bot": ("-m", "bot"),
    "ask": ("-m", "bot", "ask", "What was the turnout?"),
    "ingest": ("-m", "ingest", "add", "-"),
    "program": ("-m", "bot.program", "add", "-"),
    "installed": ("-c", "from bot.installed import main; main()", "add", "-"),
}
SECONDS = 5.0
"""Seconds to end in, on a machine where many tests run."""


@pytest.mark.skipif(sys.platform != "linux", reason="It reads which signals a process handles.")
@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_during_the_imports_ends_in_one_sentence(tmp_path, name, sign):
    """At once, and at two later moments of the imports or of what comes after."""
    for wait in (0.0, 0.4, 1.1):
        code, seconds, shown = ended_by(sign, wait, WAYS[name], tmp_path)
        assert code == 128 + sign, shown
        assert seconds < SECONDS
        assert "Traceback" not in shown
        assert len(shown.splitlines()) <= 1, shown


def ended_by(sign, wait, words, folder):
    """Start a command, send *sign* *wait* seconds after it handles signals, and see it end."""
    with subprocess.Popen(
        [sys.executable, *words],
        env={"DATA_DIR": str(folder / "data"), "EMBEDDING_MODEL": "fast", "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=with_signals_of_a_terminal,
    ) as process:
        try:
            while process.poll() is None and not handles(process.pid, signal.SIGTERM):
                time.sleep(0.002)
            time.sleep(wait)
            began = time.monotonic()
            process.send_signal(sign)
            code = process.wait(30)
            return code, time.monotonic() - began, process.stderr.read().strip()
        finally:
            process.kill()


def with_signals_of_a_terminal():
    """Let the signals end the process, though ``nohup`` or a script's ``&`` ignores them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def handles(pid, sign):
    """Return True if the process has a handler of *sign*."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    caught = next(line for line in lines if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (sign - 1) & 1)
