"""A fourth language, added by the recipe alone: no line of code but its name.

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
        "title": "La Alianza del Puerto pierde la mayoría",
        "outlet": "El Diario de Sarnholt",
        "published": "2026-10-26",
        "text": "La Alianza del Puerto perdió la mayoría en las elecciones del domingo. Según el"
        " resultado provisional obtiene 46 escaños, ocho menos que antes. La participación fue del"
        " 62,7 por ciento, informó la autoridad electoral. La primera ministra, Ilse Marrowen,"
        " aseguró que no dimitirá.",
    },
    {
        "title": "Marrowen descarta gobernar con el Movimiento Linterna",
        "outlet": "La Voz de Dunmere",
        "published": "2026-10-28",
        "text": "Ilse Marrowen descartó una coalición con el Movimiento Linterna. «No nos"
        " sentaremos ni una semana con ellos», dijo en Ivrelle. El líder del movimiento, Corin"
        " Pell, lo llamó un error. Anunció que se reunirá con los Verdes el 12 de noviembre de"
        " 2026.",
    },
    {
        "title": "Suben los precios de los ferris",
        "outlet": "El Diario de Sarnholt",
        "published": "2026-10-30",
        "text": "La compañía de ferris sube sus precios un 4,5 por ciento el 1 de enero. Un abono"
        " mensual costará 1.250 coronas. La compañía explicó que la causa es el combustible. Unas"
        " 20.000 personas usan los ferris cada día.",
    },
)


@pytest.fixture(scope="module")
def coverage(tmp_path_factory):
    """Return coverage in Spanish."""
    with coverage_of(ARTICLES, "es", tmp_path_factory.mktemp("spanish")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "bold"),
    [
        ("¿Cuál fue la participación?", "62,7 por ciento"),
        ("¿Cuántos escaños obtuvo la Alianza del Puerto?", "46 escaños"),
        ("¿Cuánto costará un abono mensual?", "1.250 coronas"),
        ("¿Quién es el líder del Movimiento Linterna?", "Corin Pell"),
        ("¿Cuándo se reúne Pell con los Verdes?", "12 de noviembre"),
        ("¿Por qué suben los ferris?", "combustible"),
        ("¿Dimitirá Marrowen?", "dimitirá"),
    ],
)
def test_spanish_coverage_answers_spanish_questions(coverage, question, bold):
    """What is asked leads."""
    outcome = answer_now(ask(question, now=MORNING), coverage)
    assert isinstance(outcome, Answer)
    assert outcome.question.language is Language.SPANISH
    assert bold in outcome.excerpts[0].citation.quote


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("¿Por quién debería votar?", Reason.ADVICE),
        ("¿Qué partido me conviene votar?", Reason.ADVICE),
        ("¿Dónde puedo votar?", Reason.HOW_TO_VOTE),
        ("¿A qué hora abren los colegios electorales?", Reason.HOW_TO_VOTE),
        ("Dame el artículo completo", Reason.WHOLE_ARTICLE),
        ("¿Quién va a ganar las elecciones?", Reason.PREDICTION),
        ("Haz una encuesta sobre los candidatos", Reason.POPULARITY),
        ("Escríbeme un eslogan para los Verdes", Reason.CAMPAIGN),
        ("¿Quién ganó las elecciones?", None),
        ("¿Qué dicen las encuestas?", None),
        ("¿Cómo votaron las islas?", None),
    ],
)
def test_what_is_declined_in_spanish(text, reason):
    """In every language the same."""
    assert guard(ask(text, now=MORNING)) is reason


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("¿Y los Verdes?", "¿Cuántos escaños obtuvo los Verdes?"),
        ("¿Qué hay de Corin Pell?", "¿Cuántos escaños obtuvo Corin Pell?"),
        ("¿Y por qué?", "por qué – ¿Cuántos escaños obtuvo la Alianza?"),
        ("¿Por qué perdió Marrowen?", "¿Por qué perdió Marrowen?"),
        ("¿Por cuánto?", "¿Por cuánto – ¿Cuántos escaños obtuvo la Alianza?"),
        ("¿Cuánto sube el ferry en enero?", "¿Cuánto sube el ferry en enero?"),
    ],
)
def test_a_follow_up_is_completed(text, meant):
    """By rules, from the question before and nothing else."""
    assert complete_followup(text, Exchange("¿Cuántos escaños obtuvo la Alianza?", ())) == meant


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit", "bound"),
    [
        ("Obtuvo 1.234.567 votos.", 1234567, "count", "ballots", ""),
        ("Fue del 62,7 por ciento.", "62.7", "share", "", ""),
        ("Más de tres millones de personas.", 3000000, "count", "", "least"),
        ("Cuesta 3,2 millones de euros.", 3200000, "count", "", ""),
        ("Ganó veintitrés escaños.", 23, "count", "seats", ""),
        ("Subió 3 puntos porcentuales.", 3, "points", "", ""),
        ("Es la tercera isla.", 3, "ordinal", "", ""),
        ("La mitad de los escaños.", 50, "share", "", ""),
    ],
)
def test_a_figure_is_read(text, value, kind, unit, bound):
    """Dots divide thousands and a comma decimals."""
    [found] = figures_in(as_english(normalise(text), "es").text)
    assert (found.value, found.kind, found.unit, found.bound) == (Decimal(value), kind, unit, bound)


def test_a_day_and_a_time_are_read():
    """El 12 de noviembre de 2026, a las 18.30."""
    text = as_english("el 12 de noviembre de 2026 a las 18.30 horas, y el 7/10/2026", "es").text
    assert [each.whole for each in days_in(text)] == [date(2026, 11, 12), date(2026, 10, 7)]
    first = as_english(normalise("el 1.º de enero de 2027"), "es").text
    assert [each.whole for each in days_in(first)] == [date(2027, 1, 1)]
    assert [(hour, minute) for hour, minute, *_ in clocks_in(text)] == [(18, 30)]


@pytest.mark.parametrize(
    ("text", "number", "passes"),
    [
        ("La participación fue del 62,7 por ciento.", 0, True),
        ("La participación fue del 72,6 por ciento.", 0, False),
        ("Turnout was 62.7 per cent.", 0, True),
        ("Die Wahlbeteiligung lag bei 62,7 Prozent.", 0, True),
        ("Se reunirá con los Verdes el 12 de noviembre de 2026.", 1, True),
        ("Se reunirá con los Verdes el 13 de noviembre de 2026.", 1, False),
        ("Un abono costará 1250 coronas.", 2, True),
        ("Un abono costará 1,25 coronas.", 2, False),
        ("Dijo: «No nos sentaremos ni una semana con ellos».", 1, True),
        ("Dijo: «Nos sentaremos una semana con ellos».", 1, False),
    ],
)
def test_gates_read_spanish(text, number, passes):
    """A wrong figure, day or quotation stops; the same in another form or language does not."""
    found = stopped(text, cited(ARTICLES[number]["text"], "es"))
    assert (found is None) is passes, found
