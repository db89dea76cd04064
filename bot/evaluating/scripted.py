"""A chat model that follows a script: right sentences, and one altered figure in each answer.

It shows what the gates do; it says nothing of any real model.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from bot.evaluating.evaluation import Asked
from ingest.index.passages import sentences

FIGURE = re.compile(r"\d")


class ScriptedModel(BaseChatModel):
    """Answers with the sentence that a question wants, then with the same, a figure altered."""

    wanted: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, questions: Sequence[Asked]) -> ScriptedModel:
        """Know what each question wants."""
        return cls(wanted={each.question: each.wanted for each in questions})

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's own signature
    ) -> ChatResult:
        del stop, run_manager, kwargs
        reply = AIMessage(content=self.reply(messages), response_metadata={"finish_reason": "stop"})
        return ChatResult(generations=[ChatGeneration(message=reply)])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - LangChain's own signature
    ) -> AsyncIterator[ChatGenerationChunk]:
        del stop, run_manager, kwargs
        for line in self.reply(messages).splitlines(keepends=True):
            yield ChatGenerationChunk(message=AIMessageChunk(content=line))
        done = AIMessageChunk(content="", response_metadata={"finish_reason": "stop"})
        yield ChatGenerationChunk(message=done)

    def reply(self, messages: Sequence[BaseMessage]) -> str:
        """Write what the script says for the question among *messages*."""
        material = json.loads(str(messages[1].content))
        parts = self.wanted.get(material["question"], ())
        for passage in material["coverage"]:
            for span in sentences(passage["text"], "en"):
                sentence = passage["text"][span.start : span.end]
                if any(part in sentence for part in parts):
                    return "\n".join(lines(sentence, passage["key"], len(messages) > 2))
        return json.dumps({"unsaid": material["question"]}, ensure_ascii=False)


def lines(sentence: str, key: str, again: bool) -> list[str]:
    """Return the right line and the altered one; asked *again*, nothing better."""
    rests = [{"key": key, "quote": sentence}]
    altered = FIGURE.sub(lambda m: str((int(m.group()) + 1) % 10), sentence)
    wrong = {"say": altered, "rests": rests, "number": 1}
    right = [] if again else [{"say": sentence, "rests": rests}]
    return [json.dumps(each, ensure_ascii=False) for each in (*right, wrong)]
