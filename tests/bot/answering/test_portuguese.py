"""Portuguese of Portugal and of Brazil, added by the recipe: asked, read, and held by the gates.

The coverage and the questions are our own, written by hand about a fictional election.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bot.answering.answer import answer_now
from bot.answering.understanding.followup import complete_followup
from bot.answering.understanding.guard import guard
from bot.answering.understanding.question import ask
from bot.answering.values import Answer, Exchange, Reason
from ingest.language.as_english import as_english
from ingest.language.dates import clocks_in, days_in
from ingest.language.languages import Language
from ingest.language.numbers import figures_in, normalise
from tests.bot.answering.abroad import cited, coverage_of, stopped
from tests.bot.conftest import MORNING

ARTICLES = (
    {
        "title": "Aliança do Porto perde a maioria",
        "outlet": "Jornal de Sarnholt",
        "published": "2026-10-26",
        "text": "A Aliança do Porto perdeu a maioria nas eleições de domingo. Segundo o resultado"
        " provisório, obteve quarenta e seis cadeiras, oito a menos do que antes, e 1.204.350"
        " votos. A participação foi de 62,7%, informou a comissão eleitoral. A primeira-ministra,"
        " Ilse Marrowen, garantiu que não vai renunciar.",
    },
    {
        "title": "Marrowen exclui governar com o Movimento Lanterna",
        "outlet": "A Voz de Dunmere",
        "published": "2026-10-28",
        "text": "Ilse Marrowen excluiu uma coligação com o Movimento Lanterna. «Não nos sentamos"
        " nem uma semana com eles», disse em Ivrelle. O líder do movimento, Corin Pell, chamou-lhe"
        " um erro. Vai reunir-se com os Verdes a 12 de novembro de 2026, às 18h30.",
    },
    {
        "title": "Passagens das balsas ficam mais caras",
        "outlet": "Jornal de Sarnholt",
        "published": "2026-10-30",
        "text": "A empresa das balsas aumenta as tarifas em 4,5% a partir de 1º de janeiro. O passe"
        " mensal vai custar 1.250 coroas. O motivo é o preço do combustível, explicou a empresa."
        " Cerca de 20 mil pessoas usam as balsas todos os dias.",
    },
)


@pytest.fixture(scope="module")
def coverage(tmp_path_factory):
    """Return coverage in Portuguese."""
    with coverage_of(ARTICLES, "pt", tmp_path_factory.mktemp("portuguese")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "bold"),
    [
        ("Qual foi a participação?", "62,7%"),
        ("Quantas cadeiras obteve a Aliança do Porto?", "quarenta e seis cadeiras"),
        ("Quantos lugares tem a Aliança do Porto?", "quarenta e seis cadeiras"),
        ("Quanto vai custar o passe mensal?", "1.250 coroas"),
        ("Quem é o líder do Movimento Lanterna?", "Corin Pell"),
        ("Quando é que Pell se reúne com os Verdes?", "12 de novembro"),
        ("Por que as balsas ficam mais caras?", "combustível"),
        ("A primeira-ministra vai renunciar?", "não vai renunciar"),
    ],
)
def test_portuguese_coverage_answers_portuguese_questions(coverage, question, bold):
    """What is asked leads."""
    outcome = answer_now(ask(question, now=MORNING), coverage)
    assert isinstance(outcome, Answer)
    assert outcome.question.language is Language.PORTUGUESE
    assert bold in outcome.excerpts[0].citation.quote


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Em quem devo votar?", Reason.ADVICE),
        ("Voto em quem?", Reason.ADVICE),
        ("Em que partido é que devo votar?", Reason.ADVICE),
        ("Onde posso votar?", Reason.HOW_TO_VOTE),
        ("Onde é que eu voto?", Reason.HOW_TO_VOTE),
        ("Qual é a minha seção eleitoral?", Reason.HOW_TO_VOTE),
        ("A que horas fecham as urnas?", Reason.HOW_TO_VOTE),
        ("Como faço para votar em trânsito?", Reason.HOW_TO_VOTE),
        ("Como me posso recensear?", Reason.HOW_TO_VOTE),
        ("Me mostra a matéria completa", Reason.WHOLE_ARTICLE),
        ("Copia o artigo na íntegra", Reason.WHOLE_ARTICLE),
        ("Quem vai ganhar as eleições?", Reason.PREDICTION),
        ("Quem será o próximo primeiro-ministro?", Reason.PREDICTION),
        ("Quais são as hipóteses de Pell?", Reason.PREDICTION),
        ("Faz uma sondagem sobre os candidatos", Reason.POPULARITY),
        ("Vamos fazer uma enquete aqui", Reason.POPULARITY),
        ("Escreve-me um slogan para os Verdes", Reason.CAMPAIGN),
        ("O que você acha da Marrowen?", Reason.OWN_VIEW),
        ("Quem ganhou as eleições?", None),
        ("O que dizem as pesquisas?", None),
        ("Que instituto faz uma sondagem por semana?", None),
        ("Como votaram as ilhas?", None),
        ("Onde votou Marrowen?", None),
        ("Por que as urnas fecharam mais tarde?", None),
        ("Quem vai reunir-se com os Verdes?", None),
    ],
)
def test_what_is_declined_in_portuguese(text, reason):
    """In every language the same."""
    assert guard(ask(text, now=MORNING, language=Language.PORTUGUESE)) is reason


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("E os Verdes?", "Quantas cadeiras obteve os Verdes?"),
        ("E quanto a Corin Pell?", "Quantas cadeiras obteve Corin Pell?"),
        ("E por quê?", "por quê – Quantas cadeiras obteve a Aliança?"),
        ("Por quanto?", "Por quanto – Quantas cadeiras obteve a Aliança?"),
        ("Por quantos votos perdeu a Aliança?", "Por quantos votos perdeu a Aliança?"),
        ("Ela vai renunciar?", "Ela vai renunciar – Quantas cadeiras obteve a Aliança?"),
        ("Por que Marrowen perdeu?", "Por que Marrowen perdeu?"),
        ("Quanto custa a balsa em janeiro?", "Quanto custa a balsa em janeiro?"),
    ],
)
def test_a_follow_up_is_completed(text, meant):
    """By rules, from the question before and nothing else."""
    assert complete_followup(text, Exchange("Quantas cadeiras obteve a Aliança?", ())) == meant


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit", "bound"),
    [
        ("Obteve 1.234.567 votos.", 1234567, "count", "ballots", ""),
        ("Obteve 12 408 votos.", 12408, "count", "ballots", ""),
        ("Obteve 1 204 350 votos.", 1204350, "count", "ballots", ""),
        ("Foi de 62,7 por cento.", "62.7", "share", "", ""),
        ("Um milhão e meio de votos.", 1500000, "count", "ballots", ""),
        ("São 2 milhões e meio de votos.", 2500000, "count", "ballots", ""),
        ("São 3 mil milhões de euros.", 3000000000, "count", "euros", ""),
        ("São 3,2 mil milhões de euros.", 3200000000, "count", "euros", ""),
        ("São três bilhões de euros.", 3000000000, "count", "euros", ""),
        ("Cerca de 20 mil pessoas.", 20000, "count", "", "about"),
        ("Tem quarenta e seis cadeiras.", 46, "count", "seats", ""),
        ("Pelo menos noventa e dois deputados.", 92, "count", "seats", "least"),
        ("Mais de 5.000 votos.", 5000, "count", "ballots", "least"),
        ("Subiu 3 pontos percentuais.", 3, "points", "", ""),
        ("Mais de um milhão de votos.", 1000000, "count", "ballots", "least"),
        ("Ficou em 3º lugar.", 3, "ordinal", "", ""),
        ("É uma terceira via.", 3, "ordinal", "", ""),
        ("Metade dos assentos.", 50, "share", "", ""),
    ],
)
def test_a_figure_is_read(text, value, kind, unit, bound):
    """Dots or spaces divide thousands, and a comma decimals; a "bilhão" is "mil milhões"."""
    [found] = figures_in(as_english(normalise(text), "pt").text)
    assert (found.value, found.kind, found.unit, found.bound) == (Decimal(value), kind, unit, bound)


@pytest.mark.parametrize(
    "text",
    [
        "em 1º de novembro de 2026 às 18h30, e em 7/10/2026",
        "a 1 de novembro de 2026, pelas 18h30, e a 7/10/2026",
        "no dia 1 de novembro de 2026, às 18:30, e a 7 de outubro de 2026",
    ],
)
def test_a_day_and_a_time_are_read(text):
    """As Brazil and as Portugal write them."""
    english = as_english(normalise(text), "pt").text
    assert [each.whole for each in days_in(english)] == [date(2026, 11, 1), date(2026, 10, 7)]
    assert [(hour, minute) for hour, minute, *_ in clocks_in(english)] == [(18, 30)]


@pytest.mark.parametrize(
    ("text", "number", "passes"),
    [
        ("A participação foi de 62,7%, segundo a comissão.", 0, True),
        ("A participação foi de 72,6%, segundo a comissão.", 0, False),
        ("Turnout was 62.7 per cent.", 0, True),
        ("La participation s’élève à 62,7 %.", 0, True),
        ("A Aliança do Porto obteve 46 cadeiras.", 0, True),
        ("A Aliança do Porto obteve 48 cadeiras.", 0, False),
        ("A Aliança do Porto obteve 1 204 350 votos.", 0, True),
        ("Vai reunir-se com os Verdes a 12 de novembro de 2026.", 1, True),
        ("Vai reunir-se com os Verdes a 13 de novembro de 2026.", 1, False),
        ("O passe mensal vai custar 1250 coroas.", 2, True),
        ("O passe mensal vai custar 1,25 coroas.", 2, False),
        ("Cerca de 20.000 pessoas usam as balsas.", 2, True),
        ("Disse: «Não nos sentamos nem uma semana com eles».", 1, True),
        ("Disse: «Sentamo-nos uma semana com eles».", 1, False),
    ],
)
def test_gates_read_portuguese(text, number, passes):
    """A wrong figure, day or quotation stops; the same in another form or language does not."""
    found = stopped(text, cited(ARTICLES[number]["text"], "pt"))
    assert (found is None) is passes, found
