"""The settings of ingest, read from a mapping such as the environment."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from ingest.errors import SettingsError

LOCAL_MODEL, FAST_MODEL = "local", "fast"
"""Values of ``EMBEDDING_MODEL``: the best embedder in the packages, and the fastest."""

OptionalText = Annotated[str | None, BeforeValidator(lambda v: v or None)]
OptionalAddress = Annotated[
    str | None,
    BeforeValidator(lambda v: v or None),
    Field(pattern=r"^https?://[^\s/]+"),
]
_OptionalPrefix = Annotated[str | None, BeforeValidator(lambda v: v or None)]
"""A setting whose trailing white space is kept; other settings are stripped."""
_Lowercase = BeforeValidator(lambda v: v.lower() if isinstance(v, str) else v)
OptionalSecret = Annotated[SecretStr | None, BeforeValidator(lambda v: v or None)]


_EXPECTED: Mapping[str, str] = {
    "bool_parsing": "true or false",
    "decimal_parsing": "a number such as 0.25",
    "enum": "{expected}",
    "finite_number": "a number such as 0.25",
    "float_parsing": "a number such as 2.5",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "{ge} or more",
    "int_parsing": "a whole number",
    "less_than_equal": "{le} or less",
    "literal_error": "{expected}",
    "string_pattern_mismatch": "an address that begins with http:// or https://",
}
"""What a setting has to be, by the type of pydantic's error."""


def _complaint(error: ErrorDetails) -> str:
    """Name a wrong setting and what it has to be; its value may be a secret and is left out."""
    name = "".join(str(part).upper() for part in error["loc"][:1])
    context = error.get("ctx", {})
    if error["type"] in _EXPECTED:
        return f"{name} has to be {_EXPECTED[error['type']].format(**context)}"
    reason = str(context.get("error", error["msg"]))
    return f"{name}: {reason}" if name else reason


class LogFormat(StrEnum):
    """The format of log lines."""

    TEXT = "text"
    JSON = "json"


class Settings(BaseModel):
    """Each field is the environment variable of its name in capitals; empty means unset."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data_dir: Path = Field(Path(".data"), description="the one folder that holds all state")
    database_url: OptionalText = Field(
        None, description="the archive; unset: SQLite inside DATA_DIR"
    )
    chroma_url: OptionalAddress = Field(
        None, description="a `chroma run` server; unset: Chroma embedded in DATA_DIR"
    )
    openai_api_key: OptionalSecret = Field(None, description="key of the endpoint below")
    openai_base_url: OptionalAddress = Field(
        None, description="any OpenAI-compatible endpoint; unset: OpenAI's own"
    )
    contact: OptionalText = Field(
        None, description="an address or a page by which a site can reach whoever fetches from it"
    )
    snapshot_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="days for which pages are kept as they were fetched, to prove quotations when "
        "they are gone; 0: not at all",
    )
    snapshot_mb: int = Field(
        500, ge=1, le=100_000, description="megabytes of them at most; the oldest go first"
    )
    embedding_model: str = Field(
        LOCAL_MODEL,
        description="`local`, the best in the packages; `fast`; a folder with model.onnx and "
        "tokenizer.json; or a model of that endpoint",
    )
    embedding_query_prefix: _OptionalPrefix = Field(
        None, description="what that model reads before a question; unset: what its family wants"
    )
    embedding_passage_prefix: _OptionalPrefix = Field(
        None, description="and before a passage; `none` for nothing"
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], _Lowercase] = Field(
        "warning", description="what is logged: debug, info, warning or error"
    )
    log_format: Annotated[LogFormat, _Lowercase] = Field(
        LogFormat.TEXT, description="text, or json: one object a line"
    )
    rerank_model: OptionalText = Field(
        None,
        description="the address of a /v1/rerank, or a folder with a cross-encoder; unset: none",
    )

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings from *environment*.

        Raises:
            SettingsError: a value is invalid; the message names the variable.
        """
        variables = {name: environment.get(name.upper(), "") for name in cls.model_fields}
        values: dict[str, Any] = {
            name: value if name.endswith("_prefix") else value.strip()
            for name, value in variables.items()
            if value.strip()
        }
        try:
            return cls(**values)
        except ValidationError as error:
            raise SettingsError(f"{_complaint(error.errors()[0])}. Mend it in .env.") from error

    @property
    def archive_url(self) -> str:
        """The SQLAlchemy URL of the archive."""
        return self.database_url or f"sqlite:///{self.data_dir / 'archive.sqlite3'}"
