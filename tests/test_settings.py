"""The settings and the file that shows them to people."""

from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.settings import BotSettings
from ingest.errors import SettingsError

EXAMPLE = Path(__file__).parents[1] / ".env.example"


def test_the_example_names_every_setting_and_no_other():
    """A setting that people cannot see does not exist, and one that is gone misleads."""
    shown = set(dotenv_values(EXAMPLE))
    assert shown == {name.upper() for name in BotSettings.model_fields}


def test_the_example_changes_nothing():
    """A copied example behaves as no file at all."""
    values = {name: value or "" for name, value in dotenv_values(EXAMPLE).items()}
    assert BotSettings.of(values) == BotSettings.of({})


def test_an_empty_variable_is_unset():
    """A shell that exports an empty value has set nothing."""
    assert BotSettings.of({"OPENAI_API_KEY": " "}).openai_api_key is None


def test_two_folders_are_two_archives():
    """Everything that is kept lies in the data folder."""
    one, other = BotSettings.of({"DATA_DIR": "one"}), BotSettings.of({"DATA_DIR": "other"})
    assert one.archive_url != other.archive_url


def test_a_secret_is_never_printed():
    """A key must not reach a log by way of the settings."""
    settings = BotSettings.of({"OPENAI_API_KEY": "sk-secret", "DISCORD_TOKEN": "token-secret"})
    assert "secret" not in f"{settings!r}{settings}"


@pytest.mark.parametrize(
    "environment",
    [
        {"DAILY_BUDGET": "2"},
        {"DAILY_BUDGET": "2", "PRICE_INPUT": "1"},
        {"DAILY_BUDGET": "-1", "PRICE_INPUT": "1", "PRICE_OUTPUT": "1"},
        {"ANSWERS_PER_MEMBER": "many"},
    ],
)
def test_a_limit_that_cannot_be_held_is_refused(environment):
    """A budget without prices would never be reached."""
    with pytest.raises(SettingsError):
        BotSettings.of(environment)


def test_a_wrong_value_names_its_variable():
    """Whoever wrote the value must see which one it is."""
    with pytest.raises(SettingsError, match="CHROMA_URL"):
        BotSettings.of({"CHROMA_URL": "localhost:8000"})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("CHROMA_URL", "localhost:8000", "an address that begins with http:// or https://"),
        ("CHECK_BASE_URL", "ftp://models", "an address that begins with http:// or https://"),
        ("VOTING_LINK", "javascript:alert(1)", "an address that begins with http:// or https://"),
        ("REFRESH", "maybe", "true or false"),
        ("KEEP_QUESTIONS", "perhaps", "true or false"),
        ("COVERAGE_TOKENS", "1.5", "a whole number"),
        ("SNAPSHOT_MB", "0", "1 or more"),
        ("SNAPSHOT_DAYS", "99999", "3650 or less"),
        ("CHAT_PATIENCE", "soon", "a number such as 2.5"),
        ("CHAT_PATIENCE", "0", "more than 0"),
        ("PRICE_OUTPUT", "1,5", "a number such as 0.25"),
        ("PRICE_INPUT", "inf", "a number such as 0.25"),
        ("LOG_LEVEL", "loud", "'debug', 'info', 'warning' or 'error'"),
        ("LOG_FORMAT", "xml", "'text' or 'json'"),
    ],
)
def test_a_wrong_value_is_met_with_what_it_has_to_be(name, value, expected):
    """Whoever writes a setting knows no library's words for what is wrong with it."""
    with pytest.raises(SettingsError) as refused:
        BotSettings.of({name: value})
    assert str(refused.value) == f"{name} has to be {expected}. Mend it in .env."


def test_a_rule_of_ours_is_told_in_its_own_words():
    """What holds between settings, or of a form of ours, needs no preamble."""
    with pytest.raises(SettingsError) as refused:
        BotSettings.of({"DAILY_BUDGET": "2"})
    assert str(refused.value) == "DAILY_BUDGET needs PRICE_INPUT and PRICE_OUTPUT. Mend it in .env."
    with pytest.raises(SettingsError, match=r"^SHARD: say which of how many shards"):
        BotSettings.of({"SHARD": "3"})


def test_a_word_for_the_log_may_be_in_capitals():
    """Most programs write the level of their log so."""
    assert BotSettings.of({"LOG_LEVEL": "INFO", "LOG_FORMAT": "JSON"}).log_level == "info"
