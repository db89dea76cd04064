"""Work on what strangers wrote costs so much and no more, and nobody else anything."""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import sys
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.errors import UnreadableError
from ingest.process.isolation import (
    Isolation,
    Limits,
    OutOfBoundsError,
    end_isolated,
    isolated,
)
from ingest.reading import Hints, read_bytes
from tests.ingest.isolated_work import (
    crashes,
    holds_much,
    pid_of_isolated,
    raises,
    raises_what_cannot_travel,
    says,
    stops,
    takes_memory,
    takes_time,
)

SMALL = Limits(memory=128, seconds=2, output=1)


@pytest.fixture
def isolation(monkeypatch):
    """Open one process with small limits; it may wait long, for other tests have priority."""
    monkeypatch.setattr("ingest.process.isolation._CLOCK_FACTOR", 60)
    with Isolation(1, SMALL) as opened:
        yield opened


BEYOND = {
    takes_time: "takes more than 2 seconds to read",
    holds_much: "holds more than 1 MB of text",
    crashes: "makes its reader crash",
    raises_what_cannot_travel: "makes its reader crash",
}
if sys.platform == "linux":
    BEYOND[takes_memory] = "takes more than 128 MB to open"


@pytest.mark.parametrize("work", BEYOND, ids=lambda each: each.__name__)
def test_what_goes_beyond_a_limit_is_said_and_costs_nobody_else_anything(isolation, work):
    """The next piece of work finds a process."""
    before = isolation.submit(os.getpid).result(150)
    with pytest.raises(OutOfBoundsError) as caught:
        isolation.submit(work).result(150)
    assert str(caught.value) == BEYOND[work]
    assert str(caught.value.of("a.pdf")) == f"a.pdf {BEYOND[work]}, so it was not read."
    assert isolation.submit(says, "the ferries").result(150) == "the ferries"
    assert isolation.submit(os.getpid).result(150) != before


def test_an_error_of_the_work_is_its_own(isolation):
    """It is raised where the work was asked for, and the process goes on."""
    before = isolation.submit(os.getpid).result(150)
    with pytest.raises(UnreadableError, match="is empty"):
        isolation.submit(raises).result(150)
    assert isolation.submit(os.getpid).result(150) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process")
def test_a_reading_that_gets_no_processor_is_said_to_have_waited(isolation, monkeypatch):
    """It used none of its seconds, so its file is not called slow."""
    monkeypatch.setattr("ingest.process.isolation._CLOCK_FACTOR", 1)
    stopped = isolation.submit(os.getpid).result(150)
    waiting = isolation.submit(stops)
    with pytest.raises(OutOfBoundsError, match="waited for more than 2 seconds on a busy"):
        waiting.result(150)
    assert isolation.submit(os.getpid).result(150) != stopped


def test_closing_waits_for_nobody(isolation):
    """Whoever ends the desk does not wait for a page."""
    waiting = isolation.submit(takes_time)
    while not waiting.running():
        time.sleep(0.01)
    began = time.monotonic()
    isolation.shutdown()
    assert time.monotonic() - began < 5
    with pytest.raises(OutOfBoundsError):
        waiting.result(150)


def test_what_is_being_read_ends_with_the_desk():
    """The thread that waits for it gets a sentence at once, and the next reading works."""
    end_isolated()
    before = len(multiprocessing.active_children())
    with ThreadPoolExecutor(1) as executor:
        waiting = executor.submit(isolated, "long.html", takes_time)
        while len(multiprocessing.active_children()) == before:
            time.sleep(0.01)
        end_isolated()
        with pytest.raises(UnreadableError, match=r"^long\.html was still being read when"):
            waiting.result(150)
    assert isolated("a.txt", says, "read") == "read"
    end_isolated()


def a_bomb(packed):
    """Write a PDF of one page whose content is *packed* twice."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>",
        b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream"
        % (len(packed), packed),
    ]
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, each in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, each))
    start = out.tell()
    out.write(b"xref\n0 5\n0000000000 65535 f \n")
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def test_a_pdf_that_unpacks_without_an_end_is_not_read():
    """It is said in a sentence; a hundred thousand times its size is nothing to a packer."""
    once, packer = io.BytesIO(), zlib.compressobj(9)
    for _ in range(1024):
        once.write(packer.compress(b" " * 2**20))
    once.write(packer.flush())
    data = a_bomb(zlib.compress(once.getvalue(), 9))
    assert len(data) < 20_000
    [found] = read_bytes(data, "bomb.pdf", Hints())
    assert str(found.problem) == "bomb.pdf unpacks to more than 32 MB, so it was not read."


def test_work_inside_one_of_these_processes_stays_there(isolation):
    """A process of its own has none of its own."""
    assert isolation.submit(pid_of_isolated).result(150) is True


def test_many_wait_for_few_processes(isolation):
    """Whatever is asked is done, in the order in which it was asked."""
    done = [isolation.submit(says, n) for n in range(20)]
    assert [each.result(150) for each in done] == list(range(20))
    assert len([t for t in threading.enumerate() if t.name == "isolation"]) <= 2
    assert pickle.dumps(OutOfBoundsError("x"))
