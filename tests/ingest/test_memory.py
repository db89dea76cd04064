"""What threads allocate and free returns to the system, though small blocks between it stay."""

from __future__ import annotations

import platform
import subprocess
import sys

from ingest.process.starting import return_freed_memory

PROGRAM = """
import resource, sys, threading
from pathlib import Path

import numpy as np

from ingest.process.starting import return_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

def work():
    for n in range(40):
        arrays = [np.ones(2**17 + n * 1000) for _ in range(10)]
        kept.append([bytes(700 + n) for _ in range(300)])
        del arrays

if sys.argv[1] == "set":
    return_freed_memory()
kept, before = [], resident()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(resident() - before - sum(len(block) for blocks in kept for block in blocks))
"""


def unreturned(setting):
    """Return the bytes that a process holds beside what it keeps."""
    command = [sys.executable, "-c", PROGRAM, setting]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def test_arrays_that_are_freed_leave_no_holes():
    """With glibc much less stays than by default; elsewhere nothing is set."""
    if platform.libc_ver()[0] == "glibc":
        assert unreturned("set") < unreturned("unset") / 2
    else:
        assert not return_freed_memory()
