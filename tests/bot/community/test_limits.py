"""How often something may happen in a minute."""

from bot.community.budget import Limiter
from bot.community.limits import MEMBERS


class Clock:
    """Seconds that a test moves on."""

    now = 0.0

    def __call__(self):
        return self.now


def test_a_limit_holds_for_a_minute():
    """Then one more is let through for each that is over."""
    clock = Clock()
    limiter = Limiter(clock)
    assert [limiter.wait(("a", 2)) for _ in range(3)] == [0, 0, MEMBERS.rate_seconds]
    clock.now = 20.0
    assert limiter.wait(("a", 2)) == MEMBERS.rate_seconds - 20
    clock.now = MEMBERS.rate_seconds
    assert limiter.wait(("a", 2)) == 0


def test_all_limits_have_to_allow_it():
    """What one of them holds back counts for none."""
    limiter = Limiter(Clock())
    assert limiter.wait(("member", 5), ("channel", 1)) == 0
    assert limiter.wait(("other", 5), ("channel", 1)) == MEMBERS.rate_seconds
    assert [limiter.wait(("other", 1)), limiter.wait(("other", 1))] == [0, MEMBERS.rate_seconds]


def test_nothing_is_allowed_at_zero():
    """A limit of none is one."""
    assert Limiter(Clock()).wait(("a", 0)) == MEMBERS.rate_seconds


def test_what_is_over_is_forgotten():
    """Nothing is known of anybody after a minute."""
    clock = Clock()
    limiter = Limiter(clock)
    for number in range(100):
        limiter.wait((number, 1))
    assert len(limiter._times) == 100
    clock.now = MEMBERS.rate_seconds
    limiter.wait(("new", 1))
    assert len(limiter._times) == 1
