"""What a bot loads when it is first asked, loaded once in the process that bots are forked from.

Each would load its own models and compile its own word lists, for seconds, before it answers.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.answering.evidence.reader import shipped_reader
from bot.answering.understanding.guard import guard
from bot.answering.understanding.question import ask
from bot.wording import Wording
from ingest.embedding.embedder import FastEmbedder
from ingest.language.as_english import as_english
from ingest.language.languages import Language

shipped_reader()
FastEmbedder().question("Turnout?")
for language in Language:
    asked = ask(Wording.of(language)("ask_turnout"), now=datetime.now(UTC))
    guard(asked)
    as_english(asked.text, language)
