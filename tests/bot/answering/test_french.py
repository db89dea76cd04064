"""French, added by the recipe: asked, read, and held by the gates.

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
from ingest.language.names import names_in
from ingest.language.numbers import figures_in, normalise
from tests.bot.answering.abroad import cited, coverage_of, stopped
from tests.bot.conftest import MORNING

ARTICLES = (
    {
        "title": "L’Alliance du Port perd sa majorité",
        "outlet": "Le Journal de Sarnholt",
        "published": "2026-10-26",
        "text": "L’Alliance du Port a perdu dimanche la majorité à l’Assemblée. Selon les résultats"
        " provisoires, elle obtient quarante-six sièges, huit de moins qu’auparavant, et 1 204 350"
        " voix. La participation s’élève à 62,7 %, a indiqué la commission électorale. La Première"
        " ministre, Ilse Marrowen, a assuré qu’elle ne démissionnerait pas.",
    },
    {
        "title": "Marrowen exclut de gouverner avec le Mouvement Lanterne",
        "outlet": "La Voix de Dunmere",
        "published": "2026-10-28",
        "text": "Ilse Marrowen a exclu toute coalition avec le Mouvement Lanterne. « Nous ne"
        " siégerons pas une semaine avec eux », a-t-elle dit à Ivrelle. Le chef du mouvement, Corin"
        " Pell, y voit une erreur. Il rencontrera les Verts le 12 novembre 2026 à 18 h 30.",
    },
    {
        "title": "Les ferries coûteront plus cher",
        "outlet": "Le Journal de Sarnholt",
        "published": "2026-10-30",
        "text": "La compagnie des ferries augmente ses tarifs de 4,5 % le 1er janvier. L’abonnement"
        " mensuel coûtera 1 250 couronnes. La hausse est due au prix du carburant, explique la"
        " compagnie. Près de 20 000 personnes prennent le ferry chaque jour.",
    },
)


BEFORE = "Combien de sièges l’Alliance a-t-elle obtenus ?"


@pytest.fixture(scope="module")
def coverage(tmp_path_factory):
    """Return coverage in French."""
    with coverage_of(ARTICLES, "fr", tmp_path_factory.mktemp("french")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "bold"),
    [
        ("Quelle a été la participation ?", "62,7 %"),
        ("Combien de sièges l’Alliance du Port a-t-elle obtenus ?", "quarante-six sièges"),
        ("Combien coûtera l’abonnement mensuel ?", "1 250 couronnes"),
        ("Qui est le chef du Mouvement Lanterne ?", "Corin Pell"),
        ("Quand Pell rencontre-t-il les Verts ?", "12 novembre"),
        ("Pourquoi le ferry augmente-t-il ?", "carburant"),
        ("Est-ce que Marrowen va démissionner ?", "démissionnerait"),
    ],
)
def test_french_coverage_answers_french_questions(coverage, question, bold):
    """What is asked leads."""
    outcome = answer_now(ask(question, now=MORNING), coverage)
    assert isinstance(outcome, Answer)
    assert outcome.question.language is Language.FRENCH
    assert bold in outcome.excerpts[0].citation.quote


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Pour qui dois-je voter ?", Reason.ADVICE),
        ("Pour qui est-ce que je devrais voter ?", Reason.ADVICE),
        ("Je vote pour qui ?", Reason.ADVICE),
        ("Où puis-je voter ?", Reason.HOW_TO_VOTE),
        ("Où est-ce que je peux voter ?", Reason.HOW_TO_VOTE),
        ("Où se trouve mon bureau de vote ?", Reason.HOW_TO_VOTE),
        ("À quelle heure ferment les bureaux de vote ?", Reason.HOW_TO_VOTE),
        ("Comment m’inscrire sur les listes électorales ?", Reason.HOW_TO_VOTE),
        ("Donne-moi l’article en entier", Reason.WHOLE_ARTICLE),
        ("Copie le texte intégral de l’article", Reason.WHOLE_ARTICLE),
        ("Qui va gagner les élections ?", Reason.PREDICTION),
        ("Qui sera le prochain Premier ministre ?", Reason.PREDICTION),
        ("Quelles sont les chances de Pell ?", Reason.PREDICTION),
        ("Fais un sondage sur les candidats", Reason.POPULARITY),
        ("Classe les candidats du meilleur au pire", Reason.POPULARITY),
        ("Écris-moi un slogan pour les Verts", Reason.CAMPAIGN),
        ("Tu en penses quoi, de Marrowen ?", Reason.OWN_VIEW),
        ("Qui a gagné les élections ?", None),
        ("Que disent les sondages ?", None),
        ("Comment les îles ont-elles voté ?", None),
        ("Pourquoi les bureaux de vote ont-ils fermé tard ?", None),
        ("Quelle probabilité le sondage donne-t-il ?", None),
        ("Qui va rencontrer les Verts ?", None),
    ],
)
def test_what_is_declined_in_french(text, reason):
    """In every language the same."""
    assert guard(ask(text, now=MORNING, language=Language.FRENCH)) is reason


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Et les Verts ?", "Combien de sièges les Verts a-t-elle obtenus ?"),
        ("Qu’en est-il de Corin Pell ?", "Combien de sièges Corin Pell a-t-elle obtenus ?"),
        ("Et pourquoi ?", f"pourquoi – {BEFORE}"),
        ("De combien ?", f"De combien – {BEFORE}"),
        ("Va-t-elle gouverner ?", f"Va-t-elle gouverner – {BEFORE}"),
        ("Est-ce qu’elle gouverne ?", f"Est-ce qu’elle gouverne – {BEFORE}"),
        ("Pell démissionnera-t-il ?", "Pell démissionnera-t-il ?"),
        (
            "De combien de voix l’Alliance a-t-elle perdu ?",
            "De combien de voix l’Alliance a-t-elle perdu ?",
        ),
        ("Y a-t-il eu un recomptage ?", "Y a-t-il eu un recomptage ?"),
        ("Combien coûte le ferry en janvier ?", "Combien coûte le ferry en janvier ?"),
    ],
)
def test_a_follow_up_is_completed(text, meant):
    """By rules, from the question before and nothing else."""
    assert complete_followup(text, Exchange(BEFORE, ())) == meant


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Que dit le chef de l’Alliance d’Ilse Marrowen ?", ["Alliance", "Ilse Marrowen"]),
        ("L’Alliance a perdu.", ["Alliance"]),
        ("Il dit qu’Ivrelle vote tard.", ["Ivrelle"]),
    ],
)
def test_a_name_is_read_without_its_elided_article(text, names):
    """An apostrophe joins what is no part of the name."""
    assert names_in(text) == names


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit", "bound"),
    [
        ("Elle compte 1 234 567 voix.", 1234567, "count", "ballots", ""),
        ("On recense 12\u202f408 électeurs.", 12408, "count", "", ""),
        ("Elle est de 62,7 pour cent.", "62.7", "share", "", ""),
        ("Plus de deux millions et demi de voix.", 2500000, "count", "ballots", "least"),
        ("Cela coûte 3,2 milliards d’euros.", 3200000000, "count", "euros", ""),
        ("Le parti a quatre-vingt-douze députés.", 92, "count", "seats", ""),
        ("Le parti a neuf sièges.", 9, "count", "seats", ""),
        ("Au moins soixante et onze sièges.", 71, "count", "seats", "least"),
        ("Près de 20 000 personnes sont venues.", 20000, "count", "", "most"),
        ("Environ 300 000 bulletins.", 300000, "count", "ballots", "about"),
        ("Plus d’un million de voix.", 1000000, "count", "ballots", "least"),
        ("Moins d’un million de voix.", 1000000, "count", "ballots", "most"),
        ("C’est la troisième île.", 3, "ordinal", "", ""),
        ("La moitié des sièges.", 50, "share", "", ""),
        ("Le parti gagne 3 points.", 3, "points", "", ""),
    ],
)
def test_a_figure_is_read(text, value, kind, unit, bound):
    """Spaces divide thousands, and a comma decimals."""
    [found] = figures_in(as_english(normalise(text), "fr").text)
    assert (found.value, found.kind, found.unit, found.bound) == (Decimal(value), kind, unit, bound)


def test_a_day_and_a_time_are_read():
    """Le 1er novembre 2026 à 18 h 30."""
    text = as_english("le 1er novembre 2026 à 18 h 30, le 7/10/2026, le 9 sept. 2026", "fr").text
    days = [date(2026, 11, 1), date(2026, 10, 7), date(2026, 9, 9)]
    assert [each.whole for each in days_in(text)] == days
    assert [(hour, minute) for hour, minute, *_ in clocks_in(text)] == [(18, 30)]


@pytest.mark.parametrize(
    ("text", "number", "passes"),
    [
        ("La participation s’élève à 62,7 %, selon la commission.", 0, True),
        ("La participation s’élève à 72,6 %, selon la commission.", 0, False),
        ("Turnout was 62.7 per cent.", 0, True),
        ("Die Wahlbeteiligung lag bei 62,7 Prozent.", 0, True),
        ("L’Alliance du Port obtient 46 sièges.", 0, True),
        ("L’Alliance du Port obtient 48 sièges.", 0, False),
        ("L’Alliance du Port obtient 1,2 million de voix environ.", 0, True),
        ("L’Alliance du Port obtient 1 304 350 voix.", 0, False),
        ("Il rencontrera les Verts le 12 novembre 2026.", 1, True),
        ("Il rencontrera les Verts le 13 novembre 2026.", 1, False),
        ("L’abonnement mensuel coûtera 1250 couronnes.", 2, True),
        ("L’abonnement mensuel coûtera 1,25 couronne.", 2, False),
        ("Elle a dit : « Nous ne siégerons pas une semaine avec eux ».", 1, True),
        ("Elle a dit : « Nous siégerons une semaine avec eux ».", 1, False),
    ],
)
def test_gates_read_french(text, number, passes):
    """A wrong figure, day or quotation stops; the same in another form or language does not."""
    language = Language.FRENCH if number == 1 else None
    found = stopped(text, cited(ARTICLES[number]["text"], "fr"), language)
    assert (found is None) is passes, found
