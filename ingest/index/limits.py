"""The limits of the index: of passages, of searches and what they weigh, of batches, of waiting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class _PassageLimits:
    """How long passages are; a change of them needs another ``SPLITTER`` (``cutting.py``)."""

    latin_characters: int = 1200
    """A passage in Latin script, about 256 tokens: better than smaller ones."""
    cjk_characters: int = 400
    """A passage in CJK script, about the same number of tokens."""
    abbreviation_characters: int = 24
    """Text beside a full stop in which an abbreviation and the word behind it are looked for."""
    stems_cached: int = 1000
    """Stems that each thread keeps. PyStemmer's own 10,000 are 3 MB a thread and stem no faster."""


@dataclass(frozen=True, slots=True)
class _SearchLimits:
    """How many passages a search asks for."""

    results: int = 60
    """Passages requested from each search."""
    named_results: int = 20
    """Passages requested by words for each outlet and period in a question."""
    scoped_vectors: int = 300
    """Passages requested from the vectors if only some outlets or days are searched."""
    past_results: int = 300
    """Passages requested for a past day at first; more if too few of them were citable then."""
    past_most_results: int = 20_000
    earlier_versions: int = 200
    """Passages of earlier versions whose vectors are compared, the best by words first."""
    outlet_name_characters: int = 3
    """The shortest name of an outlet that is recognised in a question."""


@dataclass(frozen=True, slots=True)
class _RankingWeights:
    """What words, vectors, outlets and days weigh in a passage's score."""

    vector_terms: float = 5.0
    """The weight of vectors is this divided by the number of terms in the question, within bounds.

    A long question repeats the words of the coverage, a short one does not: one formula suits both
    MultiHop-RAG (36 words) and short questions in nine languages.
    """
    outlet_factor: float = 1.6
    """Factor of a passage's score if the question names its outlet."""
    day_factor: float = 1.3
    """Factor of a passage's score if the question names its day."""
    freshness: float = 0.3
    """Weight of how new a passage is, beside a score of at most 1, where the newest is meant."""
    may_be_newest: float = 0.6
    """Share of the best score from which a passage's day may be that of the newest."""
    fresh_weeks: float = 520.0
    """Weeks before the newest from which nothing is fresh at all."""
    pair_weight: float = 0.6
    """Weight of a pair relative to a term; .4 to .8 were equal on half of MultiHop-RAG."""
    prior_passages: int = 20
    """Added to the count, so that a tiny index still separates rare from common terms."""
    common_share: float = 0.3
    """Share of the passages from which a term is too common to be searched."""
    rarer_terms: int = 3
    """Rarer terms that a question must have for its common terms to be ignored."""
    least_vector_weight: float = 0.1
    most_vector_weight: float = 0.7


@dataclass(frozen=True, slots=True)
class _CopyThresholds:
    """When two passages or sentences say the same, and when a sentence recurs in an outlet."""

    containment: float = 0.6
    """Share of the shorter passage's 5-grams that must stand in the longer one.

    Passages of two copies are cut at different sentences, so the threshold is below the .75 for
    whole articles; independent reports of one event stay near .01.
    """
    shared_words: float = 0.75
    """Share of the longer sentence's words in the shorter one if both are one statement."""
    spelling_ratio: float = 0.7
    """Similarity of two spellings of one name, such as Zelensky and Zelenskyy."""
    sentence_characters: int = 2000
    """Characters of a sentence in which figures and names are compared."""
    recurring_stories: int = 5
    """Stories that a recurring sentence must have; copies of one story count once."""
    recurring_share: float = 0.05
    """Share of an outlet's articles that a recurring sentence must have. In 2,600 real articles no
    sentence of news was so frequent; appeals, offers and terms of use were."""


@dataclass(frozen=True, slots=True)
class _BatchSizes:
    """What is indexed, embedded, listed or checked at once."""

    changes: int = 200
    """Changes applied at once; a crash repeats at most these."""
    queued_writes: int = 8
    """Writes that may be queued while the embedder continues."""
    vectors: int = 1000
    """Vectors in one call; Chroma's limit is 5,461, and more than 250 are no faster."""
    vector_ids: int = 50_000
    """Ids listed in one call; Chroma counts rows up to the offset of each call."""
    texts: int = 128
    """Texts embedded at once; more is no faster with the local model."""
    first_texts: int = 8
    """Texts of a local model's first batch, until its pace is known."""
    split_articles: int = 100
    """Articles split again in one transaction."""
    past_articles: int = 500
    """Articles indexed at a time for a past day."""
    compared_rows: int = 1000
    """Ids of vectors, or articles, that are checked together."""
    writer_bytes: int = 64 * 2**20
    """Memory of tantivy's writer."""
    deleted_share: float = 0.02
    """Share of deleted passages from which all are rewritten; 100,000 take 20 seconds."""
    small_index_passages: int = 2000
    """Size up to which any deletion causes a rewrite, which takes half a second."""


@dataclass(frozen=True, slots=True)
class _CheckLimits:
    """How many vectors and passages must find themselves for an index to count as whole."""

    sample_articles: int = 20
    """Articles whose vectors are checked at each start of an embedded index."""
    own_cosine: float = 0.999
    """Minimum cosine between a vector and its stored copy."""
    found_vectors: float = 0.9
    """Share of vectors that must be found by themselves; the search is approximate."""
    sample_passages: int = 100
    """Passages of a new generation that are searched by their longest sentence."""
    results: int = 10
    """Search results among which a passage must be; copies of it may rank above it."""
    found_passages: float = 0.95
    """Share of passages that must be found by their longest sentence."""


@dataclass(frozen=True, slots=True)
class _Patience:
    """How long the index waits for an endpoint, for a server or for another process."""

    question_seconds: float = 2.0
    """Time that a question waits for an endpoint or a server."""
    retry_seconds: float = 30.0
    """Time after a failure during which no call is made."""
    waiting_questions: int = 8
    """Questions that may wait at the same time; further ones use words only."""
    call_seconds: float = 60.0
    """Timeout of one call to a server; Chroma's client has none."""
    connect_seconds: float = 5.0
    """Timeout of the first connection to a server."""
    batch_seconds: float = 0.5
    """Time that one batch may take, since an embedder cannot be interrupted."""
    poll_seconds: float = 0.2
    """Time between checks for the end of another process's batch."""
    rollback: timedelta = timedelta(days=1)
    """Time for which a replaced generation can still be rolled back to."""


PASSAGES = _PassageLimits()
SEARCHES = _SearchLimits()
RANKING = _RankingWeights()
COPIES = _CopyThresholds()
BATCHES = _BatchSizes()
CHECKS = _CheckLimits()
PATIENCE = _Patience()
