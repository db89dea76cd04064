"""What stands beside the tests still works: each benchmark loads, each message is drawn."""

import importlib
import pkgutil

import pytest
from discord import ui

from tests import benchmarks
from tests.gallery import __main__ as gallery


@pytest.mark.parametrize("name", [each.name for each in pkgutil.iter_modules(benchmarks.__path__)])
def test_a_benchmark_loads(name):
    """A name that was changed in the code was changed in what measures it."""
    assert importlib.import_module(f"tests.benchmarks.{name}")


async def test_the_gallery_has_every_message():
    """Each is a message that can be sent."""
    states = await gallery.states()
    assert len(states) > 100
    assert all(isinstance(view, ui.LayoutView) for view in states.values())
