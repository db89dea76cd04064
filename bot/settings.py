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
