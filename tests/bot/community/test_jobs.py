"""Several processes on one archive: what one has to do is done by one, and no dead one holds it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.community.jobs import Jobs, ProcessLease
from bot.community.members import Community
from bot.ledger import Ledger
from ingest.archive import Archive
from tests.builders import NOW

LONG = timedelta(seconds=16)


class Clock:
    """A clock that a test turns, the same for every process."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """Return the clock."""
    return Clock()


@pytest.fixture
def archive(archive_url):
    """Open an archive on each database."""
    with Archive.open(archive_url) as opened:
        yield opened


@pytest.fixture
def processes(archive, clock):
    """Return three processes that share it."""
    ledger = Ledger.of(archive)
    return [ProcessLease(ledger, clock, alone=False) for _ in range(3)]


async def asked(process, archive, clock, question="Who won?"):
    """Let somebody ask one process, and return the number of the question."""
    community = Community(archive, process.ledger, clock, process.owner)
    return (await community.begin(question, "en", 7, 8, message=9)).id


async def test_one_of_three_tells(processes, clock):
    """As long as it says so; when it is gone another does, and at once where it took its leave."""
    first, second, third = processes
    assert await first.is_leader()
    assert not await second.is_leader()
    clock.now += LONG / 2
    assert await first.is_leader()
    clock.now += LONG / 2
    assert not await third.is_leader()
    clock.now += LONG
    assert await third.is_leader()
    assert not await first.is_leader()
    await third.end()
    assert await second.is_leader()


async def test_three_at_once_are_one(processes):
    """However close they come, one holds it."""
    told = await asyncio.gather(*(each.is_leader() for each in processes for _ in range(3)))
    assert sum(told) == 3


async def test_a_question_of_a_living_process_is_let_be(processes, archive, clock):
    """Until that process is dead; then one of the others tells, once."""
    first, second, third = processes
    for each in processes:
        await each.begin()
    number = await asked(first, archive, clock)
    assert await second.interrupted() == []
    clock.now += LONG / 2
    await first.renew()
    clock.now += LONG / 2
    assert await second.interrupted() == []
    clock.now += LONG
    both = await asyncio.gather(second.interrupted(), third.interrupted())
    assert [each.id for found in both for each in found] == [number]
    assert await second.interrupted() == []


async def test_a_process_that_dies_before_it_told_leaves_that_to_the_next(archive, clock):
    """A second signal in the middle of the telling leaves no message that still searches."""
    ledger = Ledger.of(archive)
    first, second, third = (ProcessLease(ledger, clock, alone=True) for _ in range(3))
    await first.begin()
    number = await asked(first, archive, clock)
    await second.begin()
    [again] = await second.interrupted()
    assert again.id == number
    await third.begin()
    [again] = await third.interrupted()
    await third.mark_notified(again)
    assert await third.interrupted() == []
    assert await ProcessLease(ledger, clock, alone=True).interrupted() == []


async def test_a_process_that_is_alone_waits_for_nobody(archive, clock):
    """The index has one owner: whoever was before is dead, however short ago."""
    ledger = Ledger.of(archive)
    before, after = (ProcessLease(ledger, clock, alone=True) for _ in range(2))
    await before.begin()
    number = await asked(before, archive, clock)
    await after.begin()
    assert await after.is_leader()
    assert [each.id for each in await after.interrupted()] == [number]


async def test_a_look_is_taken_over_once(processes, archive, clock):
    """A look that somebody waits for is shown by one process."""
    _, second, third = processes
    for each in processes:
        await each.begin()
    jobs = [Jobs(archive, each.ledger, clock, each) for each in processes]
    job = await jobs[0].begin(99, "token", "en")
    assert await jobs[1].resume(None) == []
    clock.now += LONG
    await second.renew()
    await third.renew()
    taken = await asyncio.gather(jobs[1].resume(Nobody()), jobs[2].resume(Nobody()))
    [shown] = [each for found in taken for each in found]
    assert shown == replace(job, owner=shown.owner)
    assert shown.owner in {second.owner, third.owner}


class Nobody:
    """Looks at nothing."""

    async def look_again(self, source_id):
        """Do not look."""
        assert source_id == 99


@pytest.mark.parametrize("seed", range(20))
async def test_whoever_is_killed_whenever_nothing_is_told_twice(archive, clock, seed):
    """Twenty rounds of three processes that ask, tell, die and come back: each question once."""
    chance, ledger = random.Random(seed), Ledger.of(archive)
    alive = [ProcessLease(ledger, clock, alone=False) for _ in range(3)]
    for each in alive:
        await each.begin()
    left, told = Counter(), Counter()
    for _ in range(12):
        doing = chance.randrange(len(alive))
        left[await asked(alive[doing], archive, clock)] += 1
        if chance.random() < 0.5:
            alive[doing] = ProcessLease(ledger, clock, alone=False)
            await alive[doing].begin()
        clock.now += timedelta(seconds=chance.choice([1, 5, 12]))
        for each in alive:
            await each.renew()
        telling = [await each.is_leader() for each in alive]
        assert sum(telling) <= 1
        found = await asyncio.gather(*(each.interrupted() for each in alive))
        told.update(each.id for one in found for each in one)
        for teller, one in zip(alive, found, strict=True):
            for each in one:
                await teller.mark_notified(each)
    living = {each.owner for each in alive}
    clock.now += LONG
    last = ProcessLease(ledger, clock, alone=False)
    told.update(each.id for each in await last.interrupted())
    assert told == left
    assert living.isdisjoint(ledger.leases.owners(clock.now))
