"""Outlets that a question names as its source, kept and not kept."""

import pytest

from ingest.index.scope import absent_outlets

KEPT = ["The Sarnholt Ledger", "Public Radio Orvessa - Politics", "北斗新報"]


@pytest.mark.parametrize(
    ("question", "outlet"),
    [
        ("According to the Dunmere Times, who won?", "Dunmere Times"),
        ("what did reuters say about turnout", "reuters"),
        ("What does the Weekly Post report on ferries?", "Weekly Post"),
        ("Does the Dunmere Herald article mention the recount?", "Dunmere Herald"),
        ("How many votes, as reported by BBC?", "BBC"),
        ("朝日新聞によると、誰が勝った？", "朝日新聞"),
        ("ロイターの報道では投票率は？", "ロイター"),
    ],
)
def test_an_outlet_that_is_not_kept_is_named(question, outlet):
    """Nobody else's report stands for it."""
    assert absent_outlets(question, KEPT) == (outlet,)


@pytest.mark.parametrize(
    "question",
    [
        "According to the Sarnholt Ledger, who won?",
        "what does public radio orvessa say about ferries?",
        "北斗新報によると投票率は？",
        "According to the Electoral Authority, who won?",
        "What did the governor say in his new post?",
        "Did the Dunmere Times endorse anybody?",
        "Who said that the times were hard?",
        "選挙管理庁によると投票率は？",
    ],
)
def test_what_is_kept_or_no_source_is_not(question):
    """An authority is no outlet, and an outlet may be what a question is about."""
    assert absent_outlets(question, KEPT) == ()
