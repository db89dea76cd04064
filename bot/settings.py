"""Settings of the bot from the environment, in addition to those of ingest."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from ingest.environment import OptionalAddress, OptionalSecret, OptionalText
from ingest.environment import Settings as IngestSettings

_OptionalPrice = Annotated[Decimal | None, BeforeValidator(lambda v: v or None), Field(ge=0)]

_MIN_TOKEN_CHARACTERS = 16
"""Minimum number of characters of the token for programs."""
SAMPLE_COVERAGE = Path(__file__).parents[1] / "ingest" / "sample" / "coverage"
"""Sample coverage of a fictional election."""


def _parse_shard(text: object) -> object:
    """Parse "0/3" to (0, 3); an empty text to ``None``."""
    if not isinstance(text, str) or not text:
        return text or None
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and int(number) < int(count)):
        raise ValueError("say which of how many shards, such as 0/3 for the first of three")
    return int(number), int(count)


class _ServedSettings(IngestSettings):
    """Settings of the interfaces for other programs and for browsers."""

    mcp_port: OptionalText = Field(
        None, description="serve other programs (MCP over HTTP) on this port, or host:port"
    )
    mcp_token: OptionalSecret = Field(
        None, description="what those programs have to send; at least 16 characters"
    )
    mcp_whole_articles: bool = Field(
        False, description="let programs read whole articles, not passages alone"
    )
    verify_port: OptionalText = Field(
        None,
        description="serve the page that shows and proves quotations on this port, or host:port",
    )
    verify_url: OptionalAddress = Field(
        None, description="the address under which readers reach that page; answers link to it"
    )

    @model_validator(mode="after")
    def _programs_have_a_token(self) -> Self:
        token = self.mcp_token.get_secret_value() if self.mcp_token else ""
        if self.mcp_port is not None and len(token) < _MIN_TOKEN_CHARACTERS:
            raise ValueError(
                f"MCP_PORT needs MCP_TOKEN, a secret of at least {_MIN_TOKEN_CHARACTERS} characters"
            )
        return self


class BotSettings(_ServedSettings):
    """Settings of ingest and of the bot."""

    discord_token: OptionalSecret = Field(
        None, description="the bot's token; unset: `make run` opens a terminal chat"
    )
    message_content_intent: bool = Field(
        False, description="read replies and threads without a mention; the portal has to allow it"
    )
    chat_model: OptionalText = Field(
        None, description="a model that writes the answers; unset: quotations alone"
    )
    fallback_model: OptionalText = Field(
        None, description="the model that is asked when the first one fails"
    )
    check_model: OptionalText = Field(
        None, description="the model that reads each sentence again; unset: the one that writes"
    )
    check_base_url: OptionalAddress = Field(
        None, description="its own endpoint; unset: that of the other models"
    )
    check_api_key: OptionalSecret = Field(None, description="that endpoint's key")
    chat_patience: float = Field(
        30.0, gt=0, description="seconds that a model may be silent between two parts of a reply"
    )
    chat_patience_first: float = Field(
        60.0, gt=0, description="seconds until the first part, in which a slow model reads"
    )
    coverage_tokens: int = Field(
        6000, gt=0, description="tokens of coverage that a model is given for one answer, about"
    )
    price_input: _OptionalPrice = Field(None, description="price of a million tokens read")
    price_output: _OptionalPrice = Field(None, description="price of a million tokens written")
    daily_budget: _OptionalPrice = Field(
        None, description="what models may cost in one day (UTC), in the currency of the prices"
    )
    answers_per_member: int | None = Field(
        None, ge=0, description="answers that a model may write for one member in one day (UTC)"
    )
    keep_questions: bool = Field(
        False, description="keep the words of each question with its answer"
    )
    corrections_for_days: int = Field(
        7,
        ge=0,
        description="days for which readers are told of corrections and newer coverage",
    )
    refresh: bool = Field(
        True, description="look at watched sources; false where `refresh --keep` runs beside"
    )
    shard: Annotated[tuple[int, int] | None, BeforeValidator(_parse_shard)] = Field(
        None, description="which shard of how many this process is: 0/3, 1/3, 2/3"
    )
    voting_link: OptionalAddress = Field(
        None, description="the election authority's page on how, when and where to vote"
    )

    metrics_port: OptionalText = Field(
        None, description="serve Prometheus metrics on this port, or host:port; unset: nowhere"
    )

    @model_validator(mode="after")
    def _budgets_have_prices(self) -> Self:
        if self.daily_budget is not None and None in {self.price_input, self.price_output}:
            raise ValueError("DAILY_BUDGET needs PRICE_INPUT and PRICE_OUTPUT")
        return self
