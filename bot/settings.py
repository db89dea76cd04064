"""What the bot reads from the environment; contains what ingest reads."""

from __future__ import annotations

from pydantic import Field

from ingest.settings import OptionalSecret
from ingest.settings import Settings as IngestSettings


class Settings(IngestSettings):
    """Ingest's settings and the bot's own."""

    discord_token: OptionalSecret = Field(
        None, description="the bot's token; unset: `make run` opens a terminal chat"
    )
    decline_at_most: float = Field(
        0.1,
        ge=0.0,
        le=0.5,
        description="share of answerable questions that may be declined; more declines more others",
    )
