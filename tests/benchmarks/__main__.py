"""Measure the desk; nothing is downloaded, and nothing of the data is kept.

::

    make benchmark                                  # speed, over the sample coverage
    make benchmark DATA=folder                      # over its articles.jsonl, questions.jsonl
    make benchmark WHAT=retrieval DATA=folder       # folder/multihoprag, folder/jsquad
    make benchmark WHAT=reading DATA=folder         # folder/reading, folder/asked: windows alone
    make benchmark WHAT=asked DATA=folder           # folder/asked, folder/multihoprag
    make benchmark WHAT=results DATA=folder         # folder/results over folder/asked
    make benchmark WHAT=verifying DATA=folder       # folder/claims, folder/qags
    make benchmark WHAT=extraction DATA=folder      # folder/pages
    make benchmark WHAT=refreshing                  # 2,000 pages on loopback
    make benchmark WHAT=streaming                   # a paced model on loopback
    make benchmark WHAT=model                       # the model of CHAT_MODEL, OPENAI_BASE_URL
    make benchmark WHAT=faults                      # kills, full disks, cut files
    make benchmark WHAT=ending                      # SIGTERM at sixty random moments
    make benchmark WHAT=endurance                   # 24,000 answers, a day of refreshes
    make benchmark WHAT=fuzz                        # 2,000 damaged documents of every kind
    make benchmark WHAT=growth                      # hostile texts, doubled
    make benchmark WHAT=campaign                    # thirty days, 220 followers, 20 digests
    make benchmark WHAT=hour                        # what people type in a server's first hour
    make benchmark WHAT=declining DATA=folder       # requests of both sides, and questions
    make benchmark WHAT=symmetry DATA=folder        # folder/asked, folder/results; and a twin
    make benchmark WHAT=past DATA=folder            # folder/asked, folder/results: as of moments
    make benchmark WHAT=newer DATA=folder           # folder/asked, folder/realtimeqa_election
    make benchmark WHAT=processes                   # three bots, killed twenty times
    make benchmark WHAT=askers                      # fifty members at once, over loopback
    make benchmark WHAT=beside                      # answers beside hostile files
    make benchmark WHAT=cost DATA=folder            # folder/asked: tokens of 1,000 answers
    make benchmark WHAT=ingesting DATA=folder       # 20,000 passages; two workers beside one
    make benchmark WHAT=million DATA=folder         # 26,000 passages and a million, on servers
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.benchmarks import (
    asked,
    askers,
    beside,
    campaign,
    cost,
    declining,
    ending,
    endurance,
    extraction,
    faults,
    fuzz,
    growth,
    hour,
    ingesting,
    million,
    model,
    newer,
    past,
    processes,
    reading,
    refreshing,
    results,
    retrieval,
    speed,
    streaming,
    symmetry,
    verifying,
)


def main() -> None:
    """Run one benchmark; its table is printed, its JSON and plot are written to ``--out``."""
    options = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    benchmarks = {
        "speed": speed.measure,
        "retrieval": retrieval.measure,
        "reading": reading.measure,
        "asked": asked.measure,
        "results": results.measure,
        "cost": cost.measure,
        "newer": newer.measure,
        "past": past.measure,
        "processes": processes.measure,
        "verifying": verifying.measure,
        "symmetry": symmetry.measure,
        "declining": declining.measure,
        "extraction": extraction.measure,
        "faults": faults.measure,
        "ending": ending.measure,
        "endurance": endurance.measure,
        "fuzz": fuzz.measure,
        "growth": growth.measure,
        "campaign": campaign.measure,
        "hour": hour.measure,
        "model": model.measure,
        "refreshing": refreshing.measure,
        "streaming": streaming.measure,
        "askers": askers.measure,
        "beside": beside.measure,
        "ingesting": ingesting.measure,
        "million": million.measure,
    }
    options.add_argument("what", nargs="?", choices=benchmarks, default="speed")
    options.add_argument("--data", type=Path, help="the folder with the data")
    options.add_argument("--out", type=Path, default=Path(".data/benchmark"))
    arguments = options.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    benchmarks[arguments.what](arguments.data, arguments.out)


if __name__ == "__main__":
    main()
