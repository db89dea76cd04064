"""What a log line has, and what it never has."""

import json
import logging
from io import StringIO

import pytest

from ingest.environment import Settings
from ingest.process import logs

SECRETS = {
    "OPENAI_API_KEY": "sk-hunter2hunter2",
    "DATABASE_URL": "postgresql://desk:correct-horse@db.example/desk",
}


@pytest.fixture
def log():
    """Return a maker of logs; what pytest set up is there again behind the test."""
    root = logging.getLogger()
    before, levels = (
        root.handlers[:],
        {n: logging.getLogger(n).level for n in ("", *logs.OWN_PACKAGES)},
    )
    made = StringIO()

    def configured(**settings):
        logs.configure(Settings.of({**SECRETS, **settings}), made)
        return made

    yield configured
    root.handlers[:] = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def failing(said, name, *told):
    """Log an error that is raised here, where a question is at hand."""
    question = " ".join(("Who", "won", "in", "Orvessa?"))

    def refuse():
        raise ValueError(said if question else "")

    try:
        refuse()
    except ValueError:
        logging.getLogger(name).exception(*told)


def test_a_line_is_one_object(log):
    """For whatever collects them; a traceback is in it, not behind it."""
    out = log(LOG_FORMAT="json")
    failing("nothing\nto see", "ingest.refresh", "Refreshing %s failed.", "a source")
    [line] = out.getvalue().splitlines()
    found = json.loads(line)
    assert found["event"] == "Refreshing a source failed."
    assert found["level"] == "error"
    assert found["logger"] == "ingest.refresh"
    assert found["exception"][0]["exc_type"] == "ValueError"


def test_text_is_for_people(log):
    """Without colours where no terminal is."""
    out = log()
    logging.getLogger("ingest.index").warning("Vectors are made anew.")
    [line] = out.getvalue().splitlines()
    assert "warning" in line
    assert "Vectors are made anew." in line
    assert "\x1b" not in line


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_has_a_secret(log, form):
    """Whoever logs it: a library, an error's own text, an address."""
    out = log(LOG_FORMAT=form)
    logging.getLogger("somebody.else").warning("POST with sk-hunter2hunter2")
    address = "postgresql://desk:correct-horse@db.example/desk"
    failing(f"cannot reach {address}", "bot", "Failed with %s", {"key": "sk-hunter2hunter2"})
    assert "hunter2" not in out.getvalue()
    assert "correct-horse" not in out.getvalue()
    assert logs.MASK in out.getvalue()
    assert "won in Orvessa" not in out.getvalue()


def test_levels_are_ours_and_others_are_quiet(log):
    """What libraries tell at debug may hold what was asked."""
    out = log(LOG_LEVEL="debug")
    logging.getLogger("openai").debug("request: What was the turnout?")
    logging.getLogger("httpx").info("POST")
    logging.getLogger("bot.desk").debug("ours")
    assert [line for line in out.getvalue().splitlines() if "ours" not in line] == []


def test_lines_of_one_request_bear_its_id(log):
    """And those of another one another."""
    out = log(LOG_FORMAT="json", LOG_LEVEL="info")
    logger = logging.getLogger("bot.desk")
    for _ in range(2):
        with logs.request() as number:
            logger.info("one")
            logger.info("two")
        assert len(number) == 8
    with logs.request() as whole, logs.request() as part:
        assert whole == part
    logger.info("outside")
    found = [json.loads(line).get("request") for line in out.getvalue().splitlines()]
    assert found[0] == found[1] != found[2] == found[3]
    assert found[4] is None
