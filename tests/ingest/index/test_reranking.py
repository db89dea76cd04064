"""What stands together in one sentence weighs more than what is spread over a passage."""

from ingest.index.reranking import best_sentence, closer, term_weights
from ingest.model import Evidence, Header, Passage

TOGETHER = "The ferry tax rises. Nothing else was said on that day in the house."
SPREAD = "The ferry sails. Nobody there spoke of it. A tax was named as well."


def evidence(text, lexical=1.0):
    passage = Passage(f"1:1:0:{text[:16]}", 1, 1, 0, 0, len(text), text, Header("t", language="en"))
    return Evidence(passage, 1.0, lexical=lexical)


def test_words_of_one_sentence_beat_words_of_two():
    """Equal by BM25, they are told apart by their best sentence."""
    wanted = term_weights("ferry tax", lambda _: 1.0)
    one, two = evidence(TOGETHER), evidence(SPREAD)
    scores = closer([one, two], wanted)
    assert scores[one.passage.id] > scores[two.passage.id] > 1.0


def test_nothing_wanted_adds_nothing():
    """A passage that no word search found starts at nought."""
    assert closer([evidence(TOGETHER, None)], {}) == {evidence(TOGETHER).passage.id: 0.0}
    assert best_sentence("", "en", {"tax": 1.0}) == 0.0
