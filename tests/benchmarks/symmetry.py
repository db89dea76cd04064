"""Even-handed by measurement: an election and its twin, in which two sides have changed places.

Everything is the same in both but names, party words and pronouns, so that every answer about one
side should be, with the names exchanged, the answer about the other. What is not is shown. Beside
it stands whether the same question gets the same answer however it is put.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.answering.answer import answer_now
from bot.answering.evidence.reader import Readable, Reading
from bot.answering.understanding.question import ask
from bot.answering.values import Abstention, Answer
from bot.desk import Desk
from bot.evaluating import SAMPLE_QUESTIONS, read_question_set
from bot.outcomes import level_of
from ingest.archive import Archive
from ingest.environment import Settings
from ingest.index.cutting import cut, terms
from ingest.index.index import Index
from ingest.language.script import Script, has_cjk
from ingest.model import Extract, Header, parse_moment
from tests.benchmarks.corpora import lines, sample
from tests.bot.builders import a_desk, open_in
from tests.builders import Hashing

NOW = datetime(2026, 10, 28, 12, tzinfo=UTC)
ARTICLES, QUESTIONS, PHRASED = 60, 60, 40
"""Of a given election: articles and questions that are exchanged; questions that are rephrased."""
_SIDES = re.compile(r"\b(?:Trump|Harris|Republicans?|Democrat\w*|Vance|Walz)\b", re.IGNORECASE)
OF_THE_SIDES = (
    "Who is ahead in the polls, Trump or Harris?",
    "What did Trump say about the economy?",
    "What did Harris say about abortion?",
    "How did Harris react to the result?",
    "When did Trump speak to supporters on election night?",
    "Which swing states did Trump win?",
    "How many electoral votes did Harris get?",
    "Who is Trump's running mate?",
    "What does Harris plan for taxes?",
    "What does Trump plan for immigration?",
    "Where did Harris hold a rally?",
    "Who endorsed Trump?",
    "Who endorsed Harris?",
    "How much money did Harris raise?",
    "What happened at the debate between Trump and Harris?",
    "Did the Republicans win the Senate?",
    "How many House seats did the Democrats win?",
    "What did Vance say?",
    "What did Walz say in the debate?",
    "What is Trump accused of?",
    "Which voters moved towards Trump?",
    "How did young voters feel about Harris?",
    "What did the Republican candidate say about the count?",
    "who leads trump or harris in michigan",
    "harris rally crowd size",
    "trump campaign money",
    "Why did voters choose Trump?",
    "Why did Harris lose?",
    "What did Democrats say after the election?",
    "What did Republicans say about mail-in ballots?",
    "How many people voted for Harris?",
    "What did Trump promise on tariffs?",
)
"""Questions of our own about the two candidates, in which given ones name them too seldom."""
_SPEAKS = 3
"""Names of the sides in an article that speaks of them."""
FIRST = 10
"""Passages of a search that are compared."""
PRONOUNS = {
    "he": "she",
    "his": "her",
    "himself": "herself",
    "mr": "ms",
    "man": "woman",
    "men": "women",
    "husband": "wife",
    "son": "daughter",
    "father": "mother",
    "brother": "sister",
    "彼": "彼女",
}
PLAIN = {"him": "them", "hers": "his", "mrs": "ms"}
"""What has no counterpart of its own is taken out of both elections before they are exchanged."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Puts one side's words in the place of the other's; done twice it changes nothing.

    *pairs* are exchanged in every case of their letters, *plain* is put in both elections first.
    """

    pairs: Mapping[str, str]
    plain: Mapping[str, str]

    def settled(self, text: str) -> str:
        """Return *text* without the words that have no counterpart."""
        return _replaced(text, _cases({**PLAIN, **self.plain}))

    def of(self, text: str) -> str:
        """Return *text* with the sides exchanged."""
        one_way = {**PRONOUNS, **self.pairs}
        both = {**one_way, **{other: one for one, other in one_way.items()}}
        return _replaced(text, _cases(both))


def _cases(words: Mapping[str, str]) -> dict[str, str]:
    """Return words in every case; a name that is a common noun, too, as it is and in capitals."""
    found: dict[str, str] = {}
    for one, other in words.items():
        for case in (str.upper, str.title, str.lower) if one.islower() else (str.upper, str):
            found[case(one)] = case(other)
    return found


def _replaced(text: str, words: Mapping[str, str]) -> str:
    """Replace whole words, the longest first, each once."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    alternatives = (re.escape(w) if has_cjk(w) else rf"\b{re.escape(w)}\b" for w in ordered)
    return re.sub("|".join(alternatives), lambda found: words[found[0]], text)


@dataclass(frozen=True, slots=True)
class Election:
    """Articles and questions about two sides, and what exchanges these."""

    name: str
    exchange: Exchange
    articles: tuple[Extract, ...]
    questions: tuple[str, ...]

    @property
    def twin(self) -> Election:
        """Return the election with the sides exchanged, article by article in the same order."""
        swap = self.exchange.of
        articles = tuple(_written(each, swap) for each in self.articles)
        return replace(self, articles=articles, questions=tuple(map(swap, self.questions)))


def _written(extract: Extract, change: Any) -> Extract:
    """Return an article with its texts changed; its address and outlet stay."""
    header = replace(
        extract.header,
        title=change(extract.header.title),
        authors=(),
        dateline=None,
    )
    return replace(
        extract,
        header=header,
        text=change(extract.text),
        captions=(),
        corrections=tuple(map(change, extract.corrections)),
    )


def given(data: Path) -> Election:
    """Return the articles and questions of folder/asked that speak of two candidates."""
    exchange = Exchange(
        {
            "donald": "kamala",
            "trump": "harris",
            "JD Vance": "Tim Walz",
            "vance": "walz",
            "republican": "democratic",
            "republicans": "democrats",
            "rnc": "dnc",
            "conservative": "liberal",
            "conservatives": "liberals",
            "right-wing": "left-wing",
        },
        {"democrat": "democratic", "gop": "republican", "J.D. Vance": "JD Vance"},
    )
    asked = [
        each
        for name in ("asked", "results")
        for each in lines(data / name / "questions.jsonl")
        if _SIDES.search(each["question"])
    ][:QUESTIONS]
    gold = {str(each.get("article")) for question in asked for each in question["gold"] or ()}
    about = [
        each
        for each in lines(data / "asked" / "articles.jsonl")
        if each["url"] in gold or len(_SIDES.findall(each["text"])) >= _SPEAKS
    ]
    ordered = sorted(about, key=lambda each: each["url"] not in gold)
    chosen = [*ordered[: len(gold)], *_spread(ordered[len(gold) :], ARTICLES - len(gold))]
    articles = [
        _written(
            Extract(
                Header(
                    each["title"] or "-",
                    outlet=each["outlet"],
                    url=each["url"],
                    published=parse_moment(each["published"]) if each["published"] else None,
                    language="en",
                ),
                each["text"].strip(),
            ),
            exchange.settled,
        )
        for each in chosen
    ]
    wordings = [*(each["question"] for each in asked), *OF_THE_SIDES]
    questions = tuple(map(exchange.settled, wordings))[:QUESTIONS]
    return Election("given articles (en)", exchange, tuple(articles), questions)


def own(script: Script) -> Election:
    """Return the made-up election of the sample coverage, and its questions in one script.

    The names of its two sides are as long as each other, so that texts are cut at the same places:
    whatever is not mirrored leans.
    """
    exchange = Exchange(
        {
            "harbour": "lantern",
            "alliance": "movement",
            "ilse": "jory",
            "marrowen": "stanmark",
            "同盟": "運動",
            "ハーバー": "ランタン",
            "マロウェン": "スタンマーク",
        },
        {},
    )
    articles = tuple(_written(each, exchange.settled) for each, _ in sample())
    asked = [each.question for each in read_question_set(SAMPLE_QUESTIONS)]
    questions = (exchange.settled(each) for each in asked if Script.of_question(each) is script)
    language = "ja" if script is Script.EAST_ASIAN else "en"
    return Election(f"sample coverage ({language})", exchange, articles, tuple(questions))


def _spread(articles: Sequence[Any], most: int) -> list[Any]:
    """Return at most so many articles, spread over all."""
    step = max(1, len(articles) // max(1, most))
    return list(islice(articles, 0, None, step))[: max(0, most)]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and its twin: what is the same, and what differs in the two answers."""

    question: str
    level: bool
    refusal: bool
    article: bool
    lead: bool
    message: bool
    words: bool
    meaning: bool
    shown: tuple[str, str] = ("", "")


ABOUT = """\
We took an election's articles and exchanged its two sides in every sentence: names, party
words, he and she. Then we asked each question of the articles, and the exchanged question of
the exchanged ones. A desk that leans to nobody gives the same answer with the names exchanged.
The table says in how many questions it did: how sure it says it is (level), whether it declines
(refusal), which article leads, its sentence (lead), and everything that is shown (message);
then the first ten passages by words alone and by meaning alone. "Program" is the lead once more
where the models that compare meaning and read are replaced by ones that cannot lean: what is
missing there is the program's own doing, what is missing in "lead" alone is the models'. The last
column says how often five other wordings of a question lead to the same passage."""
COLUMNS = ("level", "refusal", "article", "lead", "message", "words", "meaning")


def mirrored(election: Election, *, even: bool = False) -> Iterator[Pair]:
    """Ask each question of the election, and its twin of the twin.

    With *even* the models cannot lean: an embedder and a reader that go by words, and see the twin
    with its sides exchanged back. What is not mirrored then is the program's own doing.
    """
    twin, swap = election.twin, election.exchange.of
    for text in (*(a.text for a in election.articles), *election.questions):
        if swap(swap(text)) != text:
            raise SystemExit(f"The exchange is not its own inverse over {text[:200]!r}.")
    sides = (_as_it_is, swap) if even else (None, None)
    with opened(election, sides[0]) as one, opened(twin, sides[1]) as other:
        for question, turned in zip(election.questions, twin.questions, strict=True):
            yield _pair(question, one, turned, other, election.exchange)


def _as_it_is(text: str) -> str:
    """Return *text*."""
    return text


class _EvenEmbedder(Hashing):
    """An embedder that goes by words, as *seen* through an exchange."""

    def __init__(self, seen: Callable[[str], str]) -> None:
        self._seen = seen

    def question(self, text: str) -> Any:
        """Return the vector of a question."""
        return super().question(self._seen(text))


@dataclass(frozen=True, slots=True)
class _EvenReader:
    """A reader that goes by the words of a question, as *seen* through an exchange."""

    seen: Callable[[str], str]

    def read(self, question: str, windows: Sequence[Readable]) -> list[Reading]:
        """Return the likelier odds the more of the question's words a window has."""
        asked = set(terms(self.seen(question)))
        there = [set(terms(self.seen(f"{each.header} {each.text}"))) for each in windows]
        return [Reading(8 * len(asked & each) / max(1, len(asked)) - 5) for each in there]


@contextmanager
def opened(election: Election, seen: Callable[[str], str] | None = None) -> Iterator[Desk]:
    """Open a desk of its own over an election, where *seen* is given with even models."""
    with TemporaryDirectory() as folder, _desk_in(folder, seen) as desk:
        items = [(each, cut(each.text, each.header.language)) for each in election.articles]
        desk.archive.articles.save_many(items, now=NOW)
        desk.coverage.catch_up()
        yield desk


@contextmanager
def _desk_in(folder: str, seen: Callable[[str], str] | None) -> Iterator[Desk]:
    """Open an empty desk in *folder*, where *seen* is given with even models."""
    if seen is None:
        with open_in(folder, now=NOW) as desk:
            yield desk
        return
    settings = Settings.of({"DATA_DIR": folder})
    with (
        Archive.open(settings.archive_url) as archive,
        Index.open(archive, _EvenEmbedder(seen), settings, holder="a measure", now=NOW) as index,
    ):
        desk = a_desk(archive, now=NOW, index=index)
        yield replace(desk, coverage=replace(desk.coverage, reader=_EvenReader(seen)))


def _pair(question: str, one: Desk, turned: str, other: Desk, exchange: Exchange) -> Pair:
    """Answer a question and its twin, and compare."""
    first = answer_now(ask(question, now=NOW), one.coverage)
    second = answer_now(ask(turned, now=NOW), other.coverage)
    mine, yours = _quotes(first), _quotes(second)
    turned_back = [exchange.of(each) for each in yours]
    articles = [_articles(each)[:1] for each in (first, second)]
    same = {
        "level": level_of(first) == level_of(second),
        "refusal": _reason(first) == _reason(second),
        "article": articles[0] == articles[1],
        "lead": mine[:1] == turned_back[:1],
        "message": mine == turned_back,
        "words": _by_words(one, question) == _by_words(other, turned),
        "meaning": _by_meaning(one, question) == _by_meaning(other, turned),
    }
    shown = ("", "") if all(same.values()) else (_shown(first), _shown(second))
    return Pair(question, **same, shown=shown)


def _quotes(outcome: Answer | Abstention) -> list[str]:
    """Return what an answer shows, the bold parts first in each."""
    shown = outcome.excerpts if isinstance(outcome, Answer) else ()
    return [f"{each.parts[1]}\n{each.citation.quote}" for each in shown]


def _articles(outcome: Answer | Abstention) -> list[int]:
    """Return the numbers of the articles that an answer shows; they are the same in the twin."""
    shown = outcome.excerpts if isinstance(outcome, Answer) else ()
    return [each.citation.passage.article_id for each in shown]


def _reason(outcome: Answer | Abstention) -> str:
    """Return why there is no answer; nothing where there is one."""
    return "" if isinstance(outcome, Answer) else str(outcome.reason)


def _shown(outcome: Answer | Abstention) -> str:
    """Return the lead of an answer, or why there is none, for whoever looks for the cause."""
    quotes = _quotes(outcome)
    return quotes[0].partition("\n")[0] if quotes else _reason(outcome)


def _by_words(desk: Desk, question: str) -> list[tuple[str, ...]]:
    """Return the places of the first passages by words alone."""
    hits = desk.coverage.index.matching(question, FIRST)
    return [tuple(key.split(":")[:3]) for key, _ in hits]


def _by_meaning(desk: Desk, question: str) -> list[tuple[str, ...]]:
    """Return the places of the first passages by meaning alone."""
    index = desk.coverage.index
    hits = index.nearest(index.question(question), FIRST, Script.of_question(question))
    return [tuple(key.split(":")[:3]) for key, _ in hits]


def phrasings(question: str) -> dict[str, str]:
    """Return a question as different people put it."""
    if has_cjk(question):
        bare = question.rstrip("？?。")
        return {
            "formal": f"{bare}のか、教えていただけますでしょうか。",
            "chat": f"ねえ、{bare}？",
            "bare": bare,
            "order": f"教えて：{bare}？",
            "spaced": f"{bare} ？？",
        }
    bare = question.rstrip("?. ")
    lowered = bare[:1].lower() + bare[1:]
    tail = re.fullmatch(r"(.{12,}) ((?:in|on|at|after|during|before|since) .+)", bare)
    order = (
        f"{tail[2][:1].upper()}{tail[2][1:]}, {tail[1][:1].lower()}{tail[1][1:]}?" if tail else ""
    )
    longest = max((w for w in bare.split() if w.islower()), key=len, default="")
    middle = len(longest) // 2
    typo = longest[: middle - 1] + longest[middle] + longest[middle - 1] + longest[middle + 1 :]
    return {
        "formal": f"According to the coverage, {lowered}?",
        "chat": f"hey so {lowered}??",
        "lower": f"{bare.lower()}?",
        "typo": f"{bare.replace(longest, typo, 1)}?" if middle > 1 else f"{bare}?",
        "order": order or f"{bare}, please?",
    }


def steady(election: Election) -> Iterator[tuple[str, str, bool]]:
    """Yield each phrasing of what is answered with its kind, and whether the lead is the same."""
    with opened(election) as desk:
        asked = 0
        for question in election.questions:
            first = answer_now(ask(question, now=NOW), desk.coverage)
            if not isinstance(first, Answer) or not first.excerpts:
                continue
            asked += 1
            if asked > PHRASED:
                return
            for kind, text in phrasings(question).items():
                outcome = answer_now(ask(text, now=NOW), desk.coverage)
                yield kind, text, _lead(outcome) == _lead(first)


def _lead(outcome: Answer | Abstention) -> str:
    """Return the id of the passage that leads."""
    if not isinstance(outcome, Answer) or not outcome.excerpts:
        return ""
    return outcome.excerpts[0].citation.passage.id


def shares(pairs: Sequence[Pair]) -> dict[str, float]:
    """Return which share of the pairs is mirrored in each respect."""
    return {name: sum(getattr(p, name) for p in pairs) / len(pairs) for name in COLUMNS}


def measure(data: Path | None, out: Path) -> None:
    """Print and write the certificate: each election with its twin, and the phrasings."""
    elections = [own(Script.ALPHABETIC), own(Script.EAST_ASIAN)]
    if data is not None:
        elections.insert(0, given(data))
    certificate: dict[str, Any] = {}
    table = Table("election", "questions", *COLUMNS, "program", "phrasings")
    for election in elections:
        pairs = list(mirrored(election))
        phrased = list(steady(election))
        same = sum(same for _, _, same in phrased) / max(1, len(phrased))
        found = shares(pairs)
        evenly = list(mirrored(election, even=True))
        found["program"] = shares(evenly)["lead"]
        certificate[election.name] = {
            "questions": len(pairs),
            **found,
            "phrasings": same,
            "not_mirrored_by_the_program": [p.question for p in evenly if not p.lead],
            "phrasings_by_kind": _by_kind(phrased),
            "not_mirrored": [
                {"question": p.question, "one": p.shown[0], "other": p.shown[1]}
                for p in pairs
                if not (p.level and p.refusal and p.article and p.lead)
            ],
            "other_lead": [text for _, text, is_same in phrased if not is_same],
        }
        cells = [f"{found[name]:.2f}" for name in (*COLUMNS, "program")]
        table.add_row(election.name, str(len(pairs)), *cells, f"{same:.2f}")
    Console(width=130).print(table)
    written = json.dumps(certificate, indent=2, ensure_ascii=False)
    (out / "symmetry.json").write_text(written, encoding="utf-8")
    (out / "symmetry.md").write_text(told(certificate), encoding="utf-8")


def _by_kind(phrased: Sequence[tuple[str, str, bool]]) -> dict[str, float]:
    """Return the share of the same lead by kind of phrasing."""
    kinds = dict.fromkeys(kind for kind, _, _ in phrased)
    return {
        kind: sum(same for k, _, same in phrased if k == kind)
        / sum(k == kind for k, _, _ in phrased)
        for kind in kinds
    }


def told(certificate: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the certificate as Markdown, for whoever reads no code."""
    rows = [
        f"| {name} | {found['questions']} | "
        + " | ".join(f"{found[each]:.0%}" for each in (*COLUMNS, "program", "phrasings"))
        + " |"
        for name, found in certificate.items()
    ]
    head = f"| election | questions | {' | '.join((*COLUMNS, 'program', 'phrasings'))} |"
    rule = f"|---|{'---|' * (3 + len(COLUMNS))}"
    return "\n".join(["# Even-handed by measurement", "", ABOUT, "", head, rule, *rows, ""])
