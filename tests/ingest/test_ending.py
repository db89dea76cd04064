"""A signal ends a command in one line, wherever Python is when it comes."""

import signal
import subprocess
import sys
import time

import pytest

from ingest.process.ending import as_ctrl_c


class Freed:
    """An object that is freed when a signal comes, as those of a database are while it reads."""

    def __init__(self, number):
        """Wait for the signal *number*."""
        self.number = number

    def __del__(self):
        """Raise the signal."""
        signal.raise_signal(self.number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_an_object_is_freed_ends_quietly(number, capsys, monkeypatch):
    """Python prints what is raised there, and goes on as if nothing had come."""
    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)

    def work():
        Freed(number)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            time.sleep(0.01)

    # As in a terminal: a script's background ignores Ctrl-C.
    handler = signal.signal(number, signal.SIG_DFL)
    try:
        with pytest.raises(KeyboardInterrupt), as_ctrl_c() as interruption:
            work()
    finally:
        signal.signal(number, handler)
    assert interruption.number == number
    assert capsys.readouterr().err == ""


def test_other_errors_while_an_object_is_freed_are_shown(capsys, monkeypatch):
    """They are faults."""
    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)

    class Broken:
        def __del__(self):
            raise ValueError("broken")

    with as_ctrl_c():
        Broken()
    assert "ValueError: broken" in capsys.readouterr().err


HANGING = """
import asyncio, logging, signal, threading, time
from ingest.process import ending

logging.basicConfig(format="%(message)s")
ending._DEADLINE_SECONDS = 0.2
code = "import time, threading\\ndef hang(seconds): time.sleep(seconds)"
exec(code, module := {"__name__": "ingest.example"})

async def main():
    with ending.ending_on_signal():
        threading.Thread(target=module["hang"], args=(60,), name="reader").start()
        signal.raise_signal(signal.SIGTERM)
        await asyncio.sleep(60)

asyncio.run(main())
"""


def test_an_end_by_force_says_what_was_going_on():
    """An operator can tell what held it; a thread without work is not named."""
    process = subprocess.run(
        [sys.executable, "-c", HANGING], capture_output=True, text=True, check=False, timeout=50
    )
    assert process.returncode == 128 + signal.SIGTERM
    [line] = process.stderr.splitlines()
    assert line == "Ended by force after 0.2 s. Busy: reader in ingest.example.hang:2"
