"""The coverage for other people's chains."""

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from bot.answering.proving.archived import prove_quotation
from bot.retriever import CoverageRetriever, open_retriever
from bot.settings import BotSettings


def test_a_chain_gets_passages_with_their_citation(sample_desk):
    """Each document names its article, version and exact range, and is proven by them."""
    retriever = CoverageRetriever(coverage=sample_desk.coverage, k=3)
    chain = retriever | RunnableLambda(lambda found: [each.metadata["outlet"] for each in found])
    assert len(chain.invoke("What was the turnout?")) == 3
    for each in retriever.invoke("What was the turnout?"):
        assert isinstance(each, Document)
        [*_, version] = sample_desk.archive.articles.versions(each.metadata["article"])
        span = version.extract.text[each.metadata["start"] : each.metadata["end"]]
        assert each.page_content == span
        proof = prove_quotation(each.page_content, each.id, sample_desk.archive)
        assert proof.version == each.metadata["version"]


@pytest.mark.parametrize("query", ["", "  \n", "?!", "🗳️", "\u200b", "—"])
def test_a_query_without_a_word_finds_nothing(sample_desk, query):
    """Every passage is as near to it as any other."""
    assert CoverageRetriever(coverage=sample_desk.coverage, k=3).invoke(query) == []


async def test_it_is_awaited(sample_desk):
    """As LangChain's own retrievers are."""
    retriever = CoverageRetriever(coverage=sample_desk.coverage, k=1)
    assert len(await retriever.ainvoke("turnout")) == 1


def test_an_archive_is_opened_by_its_settings(sample_folder):
    """In four lines, as the documents show."""
    with open_retriever(BotSettings.of({"DATA_DIR": str(sample_folder)}), k=2) as retriever:
        assert len(retriever.invoke("Who leads the Harbour Alliance?")) == 2
