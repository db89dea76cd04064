"""Teach the reader, from question sets to the file that the desk ships.

::

    make train DATA=folder                                  # all of it, in order
    python -m training prepare --data folder --work folder  # windows from question sets
    python -m training teach --work folder                  # goes on where it was stopped
    python -m training export --work folder                 # writes reader.npz
    python -m training fit --data folder                    # weights.json, with the shipped reader
    python -m training guard                                # requests.npz: what is declined

The data are those that ``training/README.md`` lists; torch is needed for teach and export alone.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

SEED = 7
_PROCESSES = 2
"""Processes that share the steps, with one thread each."""


def prepare(data: Path, work: Path) -> None:
    """Write the groups of windows for training: ``general.jsonl`` and ``news.jsonl``."""
    from training.groups import changed_groups, groups_of
    from training.news import articles_of, news_groups

    work.mkdir(parents=True, exist_ok=True)
    rng = random.Random(SEED)  # noqa: S311 - a shuffle, no secret
    articles = articles_of(data / "realtimeqa_election" / "articles.jsonl")
    sets = {
        "news": (list(news_groups(articles, SEED)), 0.12),
        "general": (list(groups_of(data / "reading", SEED)), 0.2),
    }
    for name, (groups, share) in sets.items():
        groups += changed_groups(groups, rng, share)
        rng.shuffle(groups)
        lines = (group.line() for group in groups)
        (work / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{name}: {len(groups):,} questions, {sum(len(g.windows) for g in groups):,} windows")


def teach(work: Path) -> None:
    """Start the training processes and wait for them; an interrupted run can be continued."""
    command = [sys.executable, "-m", "training", "join", "--work", str(work)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "ONEDNN_PRIMITIVE_CACHE_CAPACITY": "200"}
    running = [
        subprocess.Popen([*command, "--rank", str(rank)], env=one_thread)  # noqa: S603 - ourselves
        for rank in range(_PROCESSES)
    ]
    failed = [process.wait() for process in running]
    if any(failed):
        raise SystemExit("Teaching stopped. Run the same command again to go on from there.")


def join(work: Path, rank: int) -> None:
    """Train as one of the processes of :func:`teach`."""
    from training.teach import STAGES, Teacher, connect

    connect(rank, _PROCESSES, work)
    Teacher(work, rank, _PROCESSES, SEED).teach(STAGES)


def export(work: Path) -> None:
    """Write the trained layers to the file that the desk ships."""
    from bot.answering.evidence.reader import SHIPPED
    from training.encoder import load
    from training.export import export as write
    from training.teach import STAGES

    write(load(work / f"{STAGES[-1].name}.pt"), SHIPPED)
    print(f"{SHIPPED}: {SHIPPED.stat().st_size / 1e6:.1f} MB")


def fit(data: Path) -> None:
    """Fit the weights of ranking and levels with the shipped reader, and print the results."""
    from bot.answering.evidence.ranking import FITTED
    from bot.desk import open_desk
    from bot.settings import BotSettings
    from ingest import adding
    from ingest.reading import Hints, read_path
    from training import fit as fitting

    with TemporaryDirectory() as folder:
        settings = BotSettings.of({"DATA_DIR": folder})
        holder = "`python -m training fit`"
        with open_desk(settings, holder=holder, clock=lambda: datetime.now(UTC)) as desk:
            coverage = read_path(data / "asked" / "articles.jsonl", Hints())
            adding.add(coverage, desk.archive, now=fitting.NOW)
            desk.coverage.catch_up()
            questions = list(fitting.score_questions(desk, fitting.questions_of(data)))
    results = fitting.cross_validated(questions)
    fitting.write(fitting.fit_weights(questions), results, FITTED)
    print(results)


def guard() -> None:
    """Teach which requests are declined; print how it does on prompts that it was not taught."""
    from bot.answering.understanding.guard import TAUGHT
    from ingest.embedding.embedder import embedder
    from ingest.environment import Settings
    from training import guard as guarding

    with TemporaryDirectory() as folder:
        local = embedder(Settings.of({"DATA_DIR": folder}))
        examples = guarding.taught_examples()
        untaught = list(guarding.prompts_of(guarding.UNTAUGHT_PROMPTS))
        inputs, untaught_inputs = (guarding.vectors(texts, local) for texts in (examples, untaught))
    classifier = guarding.teach(examples, inputs, local.model, SEED)
    results = guarding.shares(classifier, untaught, untaught_inputs)
    provenance = {"command": "python -m training guard", "on_untaught_prompts": results}
    guarding.write(classifier, provenance, TAUGHT)
    print(results)


def main() -> None:
    """Run one command."""
    parser = argparse.ArgumentParser(
        prog="python -m training",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=["prepare", "teach", "join", "export", "fit", "guard"])
    parser.add_argument("--data", type=Path, help="the folder with the question sets")
    parser.add_argument("--work", type=Path, default=Path(".data/training"))
    parser.add_argument("--rank", type=int, default=0, help="of a process that teach started")
    options = parser.parse_args()
    if options.what in {"prepare", "fit"} and options.data is None:
        raise SystemExit("Name the folder that holds the question sets: --data folder")
    match options.what:
        case "prepare":
            prepare(options.data, options.work)
        case "teach":
            teach(options.work)
        case "join":
            join(options.work, options.rank)
        case "export":
            export(options.work)
        case "fit":
            fit(options.data)
        case "guard":
            guard()


if __name__ == "__main__":
    main()
