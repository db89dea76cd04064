"""A chat model on loopback that drafts given sentences and reads them by their labels."""

from __future__ import annotations

import json
from contextlib import contextmanager

from bot.answering.prompting import Prompt
from tests import loopback
from tests.bot.answering.claims import labelled
from tests.loopback import JsonHandler

LETTERS = {True: "S", False: "N"}


class LabelledModel:
    """Drafts what :attr:`drafts` says of a quotation that it is given; reads as people labelled.

    Attributes:
        asked: the prompts it got, first to last: "answer", "check" or "mend".
        sent: what was sent with each.
        breaking: how a request to read fails, given its handler; unset: it does not.
        gone: whether every request fails so.
    """

    def __init__(self):
        self.drafts = labelled()
        self.truth = {each.line.claim: each.fair for each in labelled()}
        self.asked = []
        self.sent = []
        self.breaking = None
        self.gone = False

    def reply(self, system, data):
        """Return the lines of one reply."""
        kind = next(k for k in ("answer", "check", "mend") if starts(k, system))
        told = json.loads(data)
        self.asked.append(kind)
        self.sent.append(told)
        if kind == "check":
            return [f"{c['key']}: {LETTERS[self.truth[c['claim']]]}" for c in told["claims"]]
        if kind == "mend":
            return ['{"unsaid": "x"}']
        lines = [line_of(each, told["coverage"]) for each in self.drafts]
        return [*filter(None, lines), '{"unsaid": "x"}']


def starts(kind, system):
    """Tell whether *system* is the prompt of that name."""
    return system.startswith(Prompt.load(kind).text.split("\n")[0][:40])


def line_of(each, coverage):
    """Draft one claim, if everything that it rests on was given."""
    rests = []
    for rest in each.line.rests:
        key = next((p["key"] for p in coverage if rest.quote in p["text"]), None)
        if key is None:
            return None
        rests.append({"key": key, "quote": rest.quote})
    return json.dumps({"say": each.line.claim, "quotes": rests}, ensure_ascii=False)


@contextmanager
def served(model):
    """Serve *model* in a thread; yield its base URL."""

    class Handler(JsonHandler):
        def answer(self, body):
            system, data = (each["content"] for each in body["messages"])
            if model.gone or (model.breaking and starts("check", system)):
                model.breaking(self)
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for line in model.reply(system, data):
                self.wfile.write(event({"content": f"{line}\n"}))
            self.wfile.write(event({}, "stop") + b"data: [DONE]\n\n")

    with loopback.served(Handler) as url:
        yield url


def event(delta, finish=None):
    """Return one event of a streamed completion."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "labelled"}
    return f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n".encode()
