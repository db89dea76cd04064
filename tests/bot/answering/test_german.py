"""A third language, added by its folder and its word list, from the question to the answer.

The coverage and the questions are our own, written by hand about a fictional election.
"""

from __future__ import annotations

import pytest

from bot.answering.answer import answer_now
from bot.answering.proving.verifiers import is_in_sentence
from bot.answering.understanding.followup import complete_followup
from bot.answering.understanding.guard import guard
from bot.answering.understanding.question import ask
from bot.answering.values import Answer, Exchange, Level, Reason
from bot.wording import Wording
from ingest.language.languages import Language
from tests.bot.answering.abroad import cited, coverage_of, stopped
from tests.bot.conftest import MORNING

ARTICLES = (
    {
        "title": "Hafenbündnis verliert Mehrheit",
        "outlet": "Sarnholter Bote",
        "published": "2026-10-26",
        "text": "Das Hafenbündnis hat bei der Wahl am Sonntag seine Mehrheit verloren."
        " Es kommt nach dem vorläufigen Ergebnis auf 46 Sitze, acht weniger als bisher."
        " Die Wahlbeteiligung lag"
        " bei 62,7 Prozent, teilte die Wahlbehörde mit. Regierungschefin Ilse Marrowen erklärte,"
        " sie werde nicht zurücktreten.",
    },
    {
        "title": "Marrowen schließt Bündnis mit Laternenbewegung aus",
        "outlet": "Dunmerer Anzeiger",
        "published": "2026-10-28",
        "text": "Ministerpräsidentin Ilse Marrowen hat eine Koalition mit der Laternenbewegung"
        " ausgeschlossen. „Wir werden keine Woche mit ihnen an einem Tisch sitzen“, sagte sie in"
        " Ivrelle. Der Vorsitzende der Laternenbewegung, Corin Pell, nannte das einen Fehler. Er"
        " kündigte an, am 12. November 2026 mit den Grünen zu sprechen.",
    },
    {
        "title": "Fährpreise steigen zum Jahreswechsel",
        "outlet": "Sarnholter Bote",
        "published": "2026-10-30",
        "text": "Die Fährgesellschaft erhöht ihre Preise zum 1. Januar um 4,5 Prozent. Eine"
        " Monatskarte kostet dann 1.250 Kronen. Der Grund dafür seien gestiegene Treibstoffkosten."
        " Rund 20.000 Pendler sind betroffen.",
    },
)


@pytest.fixture(scope="module")
def coverage(tmp_path_factory):
    """Return coverage in German."""
    with coverage_of(ARTICLES, "de", tmp_path_factory.mktemp("german")) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "level", "bold"),
    [
        ("Wie hoch war die Wahlbeteiligung?", None, "62,7 Prozent"),
        ("Wie viele Sitze hat das Hafenbündnis?", Level.SAYS, "46 Sitze"),
        ("Was kostet eine Monatskarte?", Level.SAYS, "1.250 Kronen"),
        ("Wer ist der Vorsitzende der Laternenbewegung?", None, "Corin Pell"),
        ("Was gibt es Neues zur Laternenbewegung?", Level.SAYS, "Laternenbewegung"),
        ("Wann spricht Pell mit den Grünen?", None, "12. November 2026"),
        ("Warum steigen die Fährpreise?", None, "Treibstoffkosten"),
        ("Tritt Marrowen zurück?", None, "zurücktreten"),
    ],
)
def test_german_coverage_answers_german_questions(coverage, question, level, bold):
    """What is asked leads, and the answer is in the words of its reader."""
    outcome = answer_now(ask(question, now=MORNING), coverage)
    assert isinstance(outcome, Answer)
    assert outcome.question.language is Language.GERMAN
    assert level in {None, outcome.level}
    assert bold in outcome.excerpts[0].parts[1]


def test_what_is_not_covered_is_said_in_german(coverage):
    """An abstention, in the reader's language."""
    question = ask("Wie viele Schachvereine gibt es in Sarnholt?", now=MORNING)
    outcome = answer_now(question, coverage)
    assert outcome.reason is Reason.NOT_COVERED
    assert Wording.of(question.language).reason(outcome.reason).startswith("Dazu steht nichts")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Wen soll ich wählen?", Reason.ADVICE),
        ("Welche Partei sollte man unterstützen?", Reason.ADVICE),
        ("Für wen soll ich stimmen?", Reason.ADVICE),
        ("Wo kann ich wählen?", Reason.HOW_TO_VOTE),
        ("Wann öffnen die Wahllokale?", Reason.HOW_TO_VOTE),
        ("Wie kann ich Briefwahl beantragen?", Reason.HOW_TO_VOTE),
        ("Zeig mir den ganzen Artikel", Reason.WHOLE_ARTICLE),
        ("Wer wird die Wahl gewinnen?", Reason.PREDICTION),
        ("Wie wird die Wahl ausgehen?", Reason.PREDICTION),
        ("Mach eine Umfrage, wen ihr mögt", Reason.POPULARITY),
        ("Schreib mir einen Slogan für die Grünen", Reason.CAMPAIGN),
        ("Wen hat das Bündnis aufgestellt?", None),
        ("Wer hat die Wahl gewonnen?", None),
        ("Was sagen Umfragen zur Koalition?", None),
        ("Wie wählten die Inseln?", None),
    ],
)
def test_what_is_declined_in_german(text, reason):
    """No advice, no forecast, no campaign: in every language the same."""
    assert guard(ask(text, now=MORNING)) is reason


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Und die Grünen?", "Wie viele Sitze hat die Grünen?"),
        ("Was ist mit Corin Pell?", "Wie viele Sitze hat Corin Pell?"),
        ("Und warum?", "warum – Wie viele Sitze hat das Hafenbündnis?"),
        ("Um wie viel?", "Um wie viel – Wie viele Sitze hat das Hafenbündnis?"),
        ("Was sagte Pell dazu?", "Was sagte Pell dazu – Wie viele Sitze hat das Hafenbündnis?"),
        ("Wie teuer wird die Fähre im Januar?", "Wie teuer wird die Fähre im Januar?"),
    ],
)
def test_a_follow_up_is_completed(text, meant):
    """By rules, from the question before and nothing else."""
    before = Exchange("Wie viele Sitze hat das Hafenbündnis?", ("Hafenbündnis verliert Mehrheit",))
    assert complete_followup(text, before) == meant


@pytest.mark.parametrize(
    ("text", "number", "passes"),
    [
        ("Die Wahlbeteiligung lag bei 62,7 Prozent.", 0, True),
        ("Die Wahlbeteiligung lag bei 72,6 Prozent.", 0, False),
        ("Turnout was 62.7 per cent.", 0, True),
        ("Es kommt auf sechsundvierzig Sitze.", 0, True),
        ("Es kommt auf sechsundfünfzig Sitze.", 0, False),
        ("Er spricht am 12. November 2026 mit den Grünen.", 1, True),
        ("Er spricht am 13. November 2026 mit den Grünen.", 1, False),
        ("Er spricht am 12.11.2026 mit den Grünen.", 1, True),
        ("Sie sagte: „Wir werden keine Woche mit ihnen an einem Tisch sitzen“.", 1, True),
        ("Sie sagte: „Wir werden gern mit ihnen an einem Tisch sitzen“.", 1, False),
        ("Eine Monatskarte kostet 1250 Kronen.", 2, True),
        ("Eine Monatskarte kostet 1,25 Kronen.", 2, False),
        ("Mehr als 20.000 Pendler sind betroffen.", 2, True),
    ],
)
def test_gates_read_german(text, number, passes):
    """A wrong figure, day or quotation stops; the same in another form or language does not."""
    found = stopped(text, cited(ARTICLES[number]["text"], "de"))
    assert (found is None) is passes, found


def test_nothing_is_left_out_of_a_german_sentence():
    """What only adds is known of English alone: elsewhere identity takes a sentence whole."""
    text = "Die Partei wird, in keinem Fall, mit ihnen regieren."
    citation = cited(text, "de")
    assert is_in_sentence(text, citation)
    assert not is_in_sentence("Die Partei wird mit ihnen regieren.", citation)
