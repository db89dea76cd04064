"""What an answer to a question must mention, and how far a text meets it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answering.understanding.crossing import SHORTEST_NAME, Vocabulary, latin_forms, read_as
from bot.answering.understanding.lexicon import CJK_WORD, EMPTY, Forms, Lexicon, lexicon_for
from bot.answering.understanding.typed import spelt
from ingest.index.analysis import terms
from ingest.index.reranking import term_weights
from ingest.language.script import KANJI, KATAKANA
from ingest.language.sounds import RUN, sounds_like

_CUES = frozenset({"when", "number", "why", "said", "list", "who"})
_LATIN_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)?")
_CONTRACTION = re.compile(r"n[’']t$", re.IGNORECASE)
_CAPITALS = r"\b[A-Z][\w’'-]{1,30}"
_LONG = rf"(?P<long>{_CAPITALS}(?: (?:of |for |the |and |on ){{0,3}}{_CAPITALS}){{1,5}})"
_EXPLAINED = re.compile(rf"{_LONG} \((?P<short>[A-Z]{{2,6}})\)")
_LEADER = "leader"
_BESIDE = 5
"""Words between who leads and what is led, at most."""
YEAR = re.compile(r"(?:19|20)\d\d")
_SCRIPT_RUN = re.compile(f"[{KANJI}]{{2,}}|[{KATAKANA}]{{2,}}")
_NO_FORMS = Forms()
_FOREIGN = 0.5
"""Share of its weight that a term keeps where the text is in a script it has no form in."""


@dataclass(frozen=True, slots=True)
class _Term:
    """One thing that an answer must mention, in every form it may take.

    ``forms`` meet it in full; ``opposites`` as well, for a denial answers "did they admit it?".
    A ``speech`` act is met by half where somebody says anything at all.
    """

    key: str
    forms: Forms
    opposites: Forms
    speech: bool
    weight: float

    def met(self, words: TextTerms, lexicon: Lexicon) -> float:
        """Return how far *words* mention this, from 0 to 1."""
        if words.hold(self.forms) or words.hold(self.opposites) or words.sound(self.key):
            return 1.0
        return 0.5 if self.speech and lexicon.shows("said", words.text) else 0.0

    def foreign_to(self, words: TextTerms) -> bool:
        """Tell whether *words* are in a script in which this has no known form."""
        return not (self.forms.scripts if words.is_cjk else self.forms.stems)


@dataclass(frozen=True, slots=True)
class TextTerms:
    """A text as terms look at it."""

    text: str
    stems: frozenset[str]
    is_cjk: bool

    @classmethod
    def of(cls, text: str, found: frozenset[str] | None = None) -> TextTerms:
        """Fold the case and width of *text*; *found* are its terms, if they are known."""
        folded = unicodedata.normalize("NFKC", text).casefold()
        own = frozenset(terms(text)) if found is None else found
        return cls(folded, own, bool(CJK_WORD.search(text)))

    def hold(self, forms: Forms) -> bool:
        """Tell whether any of *forms* stands here."""
        return bool(self.stems & forms.stems) or any(word in self.text for word in forms.scripts)

    def sound(self, key: str) -> bool:
        """Tell whether a Latin name stands here in katakana, or in kanji that are read so."""
        if not self.is_cjk or len(key) < SHORTEST_NAME or not key.isascii():
            return False
        runs = RUN.findall(self.text)
        return key in read_as(self.text) or any(sounds_like(run, key) for run in runs)


@dataclass(frozen=True, slots=True)
class Mentions:
    """How far a text mentions each term of a question, and which have no form in its script."""

    met: tuple[float, ...]
    foreign: tuple[bool, ...]

    @classmethod
    def together(cls, parts: Sequence[Mentions]) -> Mentions:
        """Return what the text mentions of which *parts* are the sentences."""
        met = (max(each) for each in zip(*(part.met for part in parts), strict=True))
        foreign = (all(each) for each in zip(*(part.foreign for part in parts), strict=True))
        return cls(tuple(met), tuple(foreign))


@dataclass(frozen=True, slots=True)
class Need:
    """The terms of a question, how it is worded, and the manners in which it asks.

    ``asked`` are the cues of the lexicon that the question gives.
    ``wording`` weighs each of its index terms and pairs, the meaningless ones among them.
    ``strange`` are its words that no coverage has: nothing can mention them, and whoever asks
    about them may be asking about something else.
    """

    terms: tuple[_Term, ...]
    asked: frozenset[str]
    wording: Mapping[str, float]
    lexicon: Lexicon
    strange: tuple[str, ...] = ()
    counted: frozenset[str] | None = None
    """Stems of what is to be counted: "how many people"."""

    @classmethod
    def of(cls, question: str, vocabulary: Vocabulary) -> Need:
        """Read *question*, its words weighed by how rare they are in the coverage."""
        lexicon = lexicon_for(question)
        found = _latin_terms(question, lexicon, vocabulary)
        strange = tuple(word for word, meaning in found.items() if meaning is None)
        known = {key: meaning for key, meaning in found.items() if meaning is not None}
        known |= _script_terms(question, lexicon, vocabulary)
        weighed = tuple(_term(key, forms, vocabulary, lexicon) for key, forms in known.items())
        asked = frozenset(cue for cue in lexicon.cues if lexicon.asks(cue, question))
        wording = term_weights(question, vocabulary.rarity)
        return cls(weighed, asked, wording, lexicon, strange, _counted(question, lexicon))

    @property
    def cues(self) -> frozenset[str]:
        """Return the manners that a sentence may answer in."""
        return self.asked & _CUES

    @property
    def past(self) -> bool:
        """Tell whether it is asked what happened."""
        return "past" in self.asked

    @property
    def latest(self) -> bool:
        """Tell whether the newest is asked for."""
        return "latest" in self.asked

    @property
    def granted(self) -> bool:
        """Tell whether something is taken for granted: "why did they admit it?"."""
        return "granted" in self.asked

    @property
    def negated(self) -> bool:
        """Tell whether it is asked what is not so."""
        return "negated" in self.asked

    def explained(self, texts: Iterable[str]) -> Need:
        """Let an acronym be met by what *texts* say that it stands for: "Electoral Office (EO)"."""
        meant: dict[str, set[str]] = {}
        for match in (m for text in texts for m in _EXPLAINED.finditer(text)):
            meant.setdefault(match["short"].casefold(), set()).add(match["long"].casefold())
        known = [
            replace(each, forms=each.forms | Forms(EMPTY, frozenset(meant.get(each.key, ()))))
            for each in self.terms
        ]
        return replace(self, terms=tuple(known))

    def heard_in(self, texts: Sequence[str]) -> Need:
        """Let a name that no coverage spells so be met by how *texts* in Japanese are read."""
        written = [TextTerms.of(text) for text in texts] if self.strange else []
        heard = [s for s in self.strange if any(w.sound(k) for w in written for k in terms(s))]
        if not heard:
            return self
        most = max((each.weight for each in self.terms), default=1.0)
        named = [
            _Term(key, Forms(frozenset({key}), EMPTY), _NO_FORMS, False, most)
            for word in heard
            for key in terms(word)
        ]
        rest = tuple(each for each in self.strange if each not in heard)
        return replace(self, terms=(*self.terms, *named), strange=rest)

    @property
    def words(self) -> str:
        """Return what to search by words: every term of the question, in every known form."""
        return " ".join(
            form
            for each in self.terms
            for form in sorted({each.key} | each.forms.stems | each.forms.scripts)
        )

    @property
    def familiar(self) -> float:
        """Return the share of the question's content words that the coverage has; names doubly."""
        known, strange = len(self.terms), sum(2 if w[0].isupper() else 1 for w in self.strange)
        return known / (known + strange or 1)

    def mentioned(self, words: TextTerms) -> Mentions:
        """Tell how far *words* mention each term."""
        return Mentions(
            tuple(each.met(words, self.lexicon) for each in self.terms),
            tuple(each.foreign_to(words) for each in self.terms),
        )

    def share(self, text: str) -> float:
        """Return the weighted share of terms that *text* mentions, from 0 to 1."""
        return self.coverage((self.mentioned(TextTerms.of(text)), 1.0))

    def coverage(self, *layers: tuple[Mentions, float]) -> float:
        """Return the weighted share of terms that the *layers* mention, from 0 to 1.

        Each layer is what a text mentions and what a mention in it is worth; a term counts where
        it is worth most. One without a known form in the layers' script counts less against them:
        an English article cannot mention a name that has no reading.
        """
        met = total = 0.0
        for i, each in enumerate(self.terms):
            best = max(layer.met[i] * worth for layer, worth in layers)
            foreign = not best and all(layer.foreign[i] for layer, _ in layers)
            met += best * each.weight
            total += each.weight * (_FOREIGN if foreign else 1.0)
        return met / total if total else 0.0

    def worded(self, found: frozenset[str]) -> float:
        """Return the weighted share of the question's own terms and pairs among *found*."""
        total = sum(self.wording.values())
        met = sum(weight for term, weight in self.wording.items() if term in found)
        return met / total if total else 0.0

    def manner(self, sentence: str) -> float:
        """Return the share of the question's manners that *sentence* answers; 1 without any."""
        if not self.cues:
            return 1.0
        return sum(self.lexicon.shows(cue, sentence) for cue in self.cues) / len(self.cues)

    def denied(self, sentence: str) -> bool:
        """Tell whether a question that takes something for granted meets a denial.

        "Why did they admit it?" is answered by nobody who gives a reason, if they never did.
        """
        return self.granted and self.lexicon.shows("denied", sentence)

    def placed(self, sentence: str) -> bool:
        """Tell whether a sentence calls somebody the leader of what a question asks for.

        "The leader of Harbour spoke of Lantern" names no leader of Lantern: who leads stands
        beside what is led. Japanese, which has no words to count, is taken as it comes.
        """
        if "leads" not in self.asked or CJK_WORD.search(sentence):
            return True
        leading = self.lexicon.groups[_LEADER].stems
        found = terms(sentence)
        places = [
            i for i, each in enumerate(found) if each in leading and not _ahead(found[i + 1 :])
        ]
        led = [each for each in self.terms if not each.forms.stems & leading]
        name = max(led, key=lambda each: each.weight, default=None)
        return name is None or any(
            name.forms.stems & set(found[max(0, i - _BESIDE) : i + _BESIDE + 1]) for i in places
        )

    def unsettled(self, sentence: str) -> bool:
        """Tell whether a question about what happened meets a sentence about what may happen."""
        return self.past and self.lexicon.shows("hedged", sentence)


def _ahead(behind: Sequence[str]) -> bool:
    """Tell whether somebody leads "by 250 votes", and nobody is led."""
    return behind[:1] == ["by"] and behind[1:2] != [] and behind[1][0].isdigit()


def _term(key: str, forms: Forms, vocabulary: Vocabulary, lexicon: Lexicon) -> _Term:
    """Weigh one term by the rarest index term of its own word.

    One in Japanese is no rarer than what stands for it in Latin letters.
    """
    own = terms(key) or [key]
    weight = max(map(vocabulary.rarity, own))
    if CJK_WORD.fullmatch(key):
        known = [each for each in forms.stems if vocabulary.frequency(each)]
        weight = min([weight, *map(vocabulary.rarity, known)])
    opposites = lexicon.meanings.opposites.get(key, _NO_FORMS)
    speech = bool(forms.stems & lexicon.meanings.speech)
    return _Term(key, forms, opposites, speech, weight)


def _latin_terms(
    question: str, lexicon: Lexicon, vocabulary: Vocabulary
) -> dict[str, Forms | None]:
    """Find the Latin content words by stem, each with its forms.

    A word that no coverage has in any spelling is ``None``. A figure is what is asked about, no
    condition: "was turnout 63%?" is answered by 62.7 per cent.
    """
    found: dict[str, Forms | None] = {}
    for match in _LATIN_WORD.finditer(question):
        word = match.group()
        if _CONTRACTION.search(word):
            continue
        if word.isdigit() and not YEAR.fullmatch(word):
            continue
        stems = [s for s in terms(word) if not CJK_WORD.search(s)]
        for key in stems:
            if key in lexicon.stopwords or word.casefold() in lexicon.stopwords:
                continue
            forms = _known_forms(key, word, lexicon, vocabulary)
            found[word if forms is None else key] = forms
    return found


def _known_forms(key: str, word: str, lexicon: Lexicon, vocabulary: Vocabulary) -> Forms | None:
    """Return the forms of a word of which the coverage has one, ``None`` where it has none."""
    forms = lexicon.groups.get(key, _NO_FORMS)
    forms |= Forms(frozenset({key, *spelt(word)}), EMPTY)
    return forms if forms.scripts or any(map(vocabulary.frequency, forms.stems)) else None


def _counted(question: str, lexicon: Lexicon) -> frozenset[str] | None:
    """Return the stems of what *question* wants counted, if it does."""
    match = lexicon.counting.search(question)
    keys = terms(match[1])[:1] if match else []
    return (
        frozenset(s for key in keys for s in {key} | lexicon.groups.get(key, _NO_FORMS).stems)
        or None
    )


def _script_terms(question: str, lexicon: Lexicon, vocabulary: Vocabulary) -> dict[str, Forms]:
    """Find the CJK content words: those of the lexicon first, then what runs remain."""
    found: dict[str, Forms] = {}
    rest = unicodedata.normalize("NFKC", question)
    known = (key for key in lexicon.groups if CJK_WORD.fullmatch(key) and key in rest)
    for key in sorted(known, key=len, reverse=True):
        if key in rest:
            found[key] = lexicon.groups[key]
            rest = rest.replace(key, "\n") if len(key) > 1 else rest
    for word in lexicon.script_stopwords:
        rest = rest.replace(word, "\n")
    for run in _SCRIPT_RUN.findall(rest):
        found[run] = Forms(latin_forms(run, lexicon, vocabulary), frozenset({run}))
    return found
