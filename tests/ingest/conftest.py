"""What the tests of ingest's commands share."""

from __future__ import annotations

import pytest

from ingest.__main__ import main


@pytest.fixture
def run(capsys):
    """Run a command, and return its code and what it printed."""

    def command(*arguments):
        code = main([str(each) for each in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command
