"""What an excerpt holds, what stands beside it, and which of several leads."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.answering.answer import answer_now
from bot.answering.coverage import opening_passages
from bot.answering.understanding.question import ask
from bot.answering.values import Answer, Level, Reason
from bot.outcomes import as_object
from ingest import adding
from ingest.model import Evidence
from ingest.reading import Hints, read_path
from tests.bot.builders import open_in

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
ARTICLES = """
2026-10-11 | Post | Rally on the quay
More than 20,000 people came to the rally on the quay, its organisers said.

The speeches

Speaker after speaker called for lower fares. The crowd sang.
---
2026-10-12 | Courier | Police count the rally
The port police counted about 9,000 people when they came to Saturday's rally.
---
2022-10-24 | Post | Turnout in 2022
Turnout was 58.9 per cent, the Voting Office said in its report.
---
2026-10-25 | Radio | Live: the count
21:10

Turnout is put at 64 per cent, the Voting Office (VO) said.

READ MORE: Who stands where

The ferries went on all night.
---
2026-11-01 | Courier | The final count
Turnout was 62.7 per cent, the Voting Office said. Nobody had asked for a recount.
---
2026-10-20 | Post | Orla Venn and the port company
Orla Venn denied that she had taken money from the port company. She gave her reasons in a letter,
because the council had asked for them.
---
2026-10-27 | Courier | Dunmere East declares
Ilse Marrowen won Dunmere East by 41 votes.
---
2026-10-28 | Radio | Recount in Dunmere East
After a recount Odile Farr won Dunmere East by 12 votes.
---
2026-10-28 | Post | The bridge at Holm
The bridge at Holm was not closed on polling day, the port company said.
---
2026-10-27 | Radio | A quiet day at Holm
The bridge at Holm was closed on polling day, two drivers said.
---
2026-10-28 | 北斗新報 | 市長選の開票
北斗市長選の投票率は51.4％で、前回を下回った。市の選挙管理委員会が28日に発表した。投票所は十二か所に置かれ、港の倉庫も一日だけ投票所になった。
---
2026-10-14 | Post | Free ferries, please | opinion
Harbour should promise free ferries at last.
---
2026-10-13 | Courier | Harbour on fares
Harbour did not promise free ferries, its treasurer said.
---
2026-10-29 | Post | Recount in Tarn
The recount in Tarn gave Ana Teller 9,120 votes on Thursday, 31 more than Jo Venn, its clerk said.
She thanked the counters of the town by name when the last box was closed in the evening.
---
2026-10-29 | Radio | Tarn is decided
The recount in Tarn gave Ana Teller 9,210 votes on Thursday, 31 more than Jo Venn, its clerk said.
She thanked the counters of the town by name when the last box was closed in the evening.
---
2026-10-29 | Courier | Teller ahead in Tarn
The recount in Tarn gave Ana Teller 9,120 votes on Thursday, 31 more than Jo Venn, its clerk said.
She thanked the counters of the town by name when the last box was closed in the evening.
---
2026-10-30 | Courier | Late ballots
In Norwick 41,015 ballots were cast.

Edvin Castrel lost his own seat.
---
2026-10-17 | Post | A ward to watch
Kelder is a ward to watch. Odile Farr won Kelder by 30 votes in 2022.
---
2026-10-30 | Post | Brannock declares
Brannock has nine wards. Its count was slow. The boxes came late. Jo Venn lost Brannock. Ana Teller
was 212 votes ahead of her. Both spoke briefly.
---
2026-10-23 | Post | The vote in Ostrel: questions and answers
When do the polls in Ostrel close? · At eight in the evening, the town clerk said.

How many candidates stand in Ostrel? · Nine, of whom two are women.

Who counts the ballots? · Some 60 clerks of the town, under three observers.
---
2026-10-26 | Courier | Waiting for Halm
Tove Halm has yet to concede the election for mayor of Brack, her spokesman said after midnight.
---
2026-10-27 | Post | Halm gives up
Tove Halm conceded the election for mayor of Brack in a short speech at noon.
---
2026-10-21 | Courier | Kenya's new president
William Ruto won the vote in Kenya with 50.5 per cent.
"""


def as_line(article):
    """Write one of them as a line of JSON."""
    head, _, text = article.strip().partition("\n")
    day, outlet, title, *kind = head.split(" | ")
    fields = {"title": title, "outlet": outlet, "published": day, "text": text}
    return json.dumps({**fields, "kind": kind[0]} if kind else fields)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Open a desk over short articles of our own."""
    folder = tmp_path_factory.mktemp("desk")
    with open_in(folder, now=NOW) as opened:
        file = folder / "articles.jsonl"
        file.write_text("\n".join(map(as_line, ARTICLES.split("---\n"))), encoding="utf-8")
        adding.add(read_path(file, Hints()), opened.archive, now=NOW)
        opened.coverage.catch_up()
        yield opened


@pytest.fixture(scope="module")
def answered(desk):
    """Answer a question over them."""
    return lambda text: answer_now(ask(text, now=NOW), desk.coverage)


def test_reports_that_contradict_each_other_both_stand_there(answered):
    """The newest first, and the machine is told."""
    outcome = answered("How many people came to the rally?")
    assert outcome.differ
    assert outcome.level is Level.SAYS
    assert outcome.leads == 2
    assert [e.citation.header.outlet for e in outcome.excerpts[:2]] == ["Courier", "Post"]
    assert as_object(outcome)["differ"] is True


def test_what_may_not_answer_does_not_lead_for_being_newer(desk):
    """Where no sentence is sure, the figure of a newer one may be one of something else."""
    unsure = replace(desk.coverage, weights=replace(desk.coverage.weights, says=1.1))
    outcome = answer_now(ask("How many people came to the rally?", now=NOW), unsure)
    assert outcome.level is Level.CLOSEST
    assert [e.citation.header.outlet for e in outcome.excerpts[:2]] == ["Post", "Courier"]


def test_a_copy_with_another_figure_contradicts(desk):
    """Its outlet does not carry what the others say, and both figures are shown."""
    certain = replace(desk.coverage, weights=replace(desk.coverage.weights, says=0.0))
    question = "How many votes did Ana Teller get in the recount in Tarn?"
    outcome = answer_now(ask(question, now=NOW), certain)
    assert outcome.differ
    told = {
        each.citation.header.outlet: (each.parts[1], {copy.outlet for copy in each.copies})
        for each in outcome.excerpts[:2]
    }
    assert "9,210" in told["Radio"][0]
    assert not told["Radio"][1]
    [other] = set(told) - {"Radio"}
    assert "9,120" in told[other][0]
    assert told[other][1] == {"Post", "Courier"} - {other}


def test_an_excerpt_ends_with_its_paragraph(answered):
    """The next one is on another matter, however short both are."""
    [lead, *_] = answered("How many ballots were cast in Norwick?").excerpts
    assert lead.citation.quote == "In Norwick 41,015 ballots were cast."


def test_an_excerpt_is_not_cut_where_its_window_is(answered):
    """The sentence after the one that answers stands in the same paragraph, so it is shown."""
    [lead, *_] = answered("Who lost Brannock?").excerpts
    assert lead.parts[1] == "Jo Venn lost Brannock."
    assert "212 votes" in lead.parts[2].replace("\n", " ")


def test_an_earlier_contest_is_never_certain_unless_its_year_is_asked(desk):
    """An article of today that recalls who won four years ago does not say who has won now."""
    certain = replace(desk.coverage, weights=replace(desk.coverage.weights, says=0.0))
    outcome = answer_now(ask("Who won Kelder?", now=NOW), certain)
    assert "2022" in outcome.excerpts[0].citation.quote
    assert outcome.level is Level.CLOSEST
    assert answer_now(ask("Who won Kelder in 2022?", now=NOW), certain).level is Level.SAYS


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many observers are there in Ostrel?", "three observers"),
        ("How many candidates stand in Ostrel?", "Nine"),
        ("How many clerks count the ballots in Ostrel?", "60 clerks"),
    ],
)
def test_a_count_is_not_that_of_another_question(answered, question, words):
    """A page of questions has "how many" in several; what is counted tells them apart."""
    assert words in answered(question).excerpts[0].parts[1]


def test_a_sentence_that_all_copies_have_is_carried_by_all(answered):
    """A figure that one of them has otherwise stands in another sentence."""
    outcome = answered("What did Ana Teller do when the last box was closed in the evening?")
    lead = outcome.excerpts[0]
    assert {lead.citation.header.outlet, *(c.outlet for c in lead.copies)} == {
        "Post",
        "Radio",
        "Courier",
    }


def test_another_towns_figure_contradicts_nothing(answered):
    """The turnout of one place says nothing of another's."""
    outcome = answered("How many votes did Ilse Marrowen win Dunmere East by?")
    assert not any("Tarn" in each.parts[1] for each in outcome.excerpts[: outcome.leads])


def test_the_newest_result_is_in_the_message(answered):
    """Three reports give a turnout: of 2022, of the night, and the final one."""
    outcome = answered("What was the turnout?")
    assert any("62.7" in each.parts[1] for each in outcome.excerpts)


def test_an_excerpt_ends_where_its_section_does(answered):
    """Neither a time mark nor a call to read on stands in it."""
    outcome = answered("What turnout did the Voting Office put at 64 per cent on the night?")
    [found] = [e for e in outcome.excerpts if e.citation.header.outlet == "Radio"]
    assert found.citation.quote.startswith("Turnout is put at 64 per cent")
    assert "READ MORE" not in found.citation.quote


def test_an_excerpt_names_its_heading(answered):
    """The heading belongs to the text below it, and is never an answer by itself."""
    outcome = answered("What did the speakers call for?")
    lead = outcome.excerpts[0]
    assert lead.heading == "The speeches"
    assert "The speeches" not in lead.citation.quote
    assert as_object(outcome)["excerpts"][0]["heading"] == "The speeches"


def test_a_denial_leads_where_something_is_taken_for_granted(answered):
    """A reason for something else is no reason for what did not happen."""
    outcome = answered("Why did Orla Venn take money from the port company?")
    assert "denied" in outcome.excerpts[0].citation.quote


def test_a_name_in_katakana_finds_its_article(answered):
    """Neither ケニア nor ルト stands in any article."""
    outcome = answered("ケニアの大統領選でルトの得票率は？")
    assert isinstance(outcome, Answer)
    assert "50.5" in outcome.excerpts[0].citation.quote


def test_an_outlet_that_is_not_kept_is_said_not_to_be(answered):
    """Others' reports are shown as theirs, and never as the answer."""
    outcome = answered("According to Reuters, what was the turnout?")
    assert isinstance(outcome, Answer)
    assert outcome.absent == ("Reuters",)
    assert outcome.level is Level.CLOSEST
    assert as_object(outcome)["absent"] == ["Reuters"]


def test_an_outlet_that_is_named_has_its_place(desk):
    """However far its report ranks behind those of others."""
    question = ask("What do the Courier and Radio say about Orla Venn?", now=NOW)
    view = desk.coverage.look(question, limit=1)
    assert {"Courier", "Radio"} <= {each.passage.header.outlet for each in view.evidence}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Who won Dunmere East?", ("Odile Farr won", "Ilse Marrowen won")),
        ("Was the bridge at Holm closed on polling day?", ("was not closed", "was closed")),
        ("Has Tove Halm conceded?", ("Halm conceded", "has yet to concede")),
    ],
)
def test_names_and_outcomes_that_contradict_stand_side_by_side(answered, question, said):
    """The newer first, as with figures; nobody is said to have won twice."""
    outcome = answered(question)
    assert outcome.differ
    assert all(part in each.parts[1] for part, each in zip(said, outcome.excerpts, strict=False))


def test_several_who_did_something_do_not_contradict_each_other(answered):
    """Only one wins a seat, but many may speak."""
    assert not answered("Who spoke about the bridge at Holm?").differ


def test_a_name_in_latin_letters_finds_its_kanji(answered):
    """Hokuto stands in no article; 北斗 is read so."""
    outcome = answered("How many voted in Hokuto?")
    assert "51.4" in outcome.excerpts[0].citation.quote


@pytest.mark.parametrize("question", ["Who is Zzyzx?", "qwertz", "Fresno?"])
def test_for_words_that_no_coverage_has_nothing_is_shown(answered, question):
    """The closest sentences to a name that nobody wrote are about somebody else."""
    assert answered(question).reason is Reason.NOT_COVERED


def test_a_known_word_beside_a_strange_one_is_looked_for(answered):
    """Somebody may have spelled one of two names as the coverage does."""
    assert isinstance(answered("What did Zzyzx say about the bridge at Holm?"), Answer)


def test_a_report_comes_before_an_opinion(answered):
    """Both mention all that is asked."""
    outcome = answered("Did Harbour promise free ferries?")
    assert outcome.excerpts[0].citation.header.outlet == "Courier"


def test_what_recurs_in_many_stories_of_an_outlet_is_furniture(tmp_path):
    """However it is worded, and wherever it stands; in another outlet it may tell something."""
    call = "Our guide to the turnout on polling day is in your letter box every morning."
    topics = ("ferries", "harbour dues", "schools", "the lighthouse", "winter fares", "nurses")
    articles = [
        {
            "title": f"On {each}",
            "outlet": "Post",
            "published": "2026-10-20",
            "text": f"The council spoke about {each} for an hour.\n\n{call}",
        }
        for each in topics
    ]
    other = {"title": "Post", "outlet": "Courier", "published": "2026-10-21", "text": call}
    file = tmp_path / "articles.jsonl"
    file.write_text("\n".join(map(json.dumps, [*articles, other])), encoding="utf-8")
    with open_in(tmp_path, now=NOW) as desk:
        adding.add(read_path(file, Hints()), desk.archive, now=NOW)
        desk.coverage.catch_up()
        question = ask("Where is the guide to the turnout on polling day?", now=NOW)
        found = answer_now(question, desk.coverage)
    shown = [e.citation.header.outlet for e in found.excerpts if "guide" in e.citation.quote]
    assert shown == ["Courier"]


def test_the_latest_opens_the_newest_article_whichever_part_of_it_is_found(tmp_path):
    """What is new stands at its beginning."""
    body = "\n\n".join(
        f"In ward {n} the count went on until the morning of the day." for n in range(60)
    )
    record = {"title": "The count", "outlet": "Post", "published": "2026-10-27", "text": body}
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps(record), encoding="utf-8")
    with open_in(tmp_path, now=NOW) as desk:
        adding.add(read_path(file, Hints()), desk.archive, now=NOW)
        first, *_, last = desk.archive.passages.of_article(1)
        [opening] = opening_passages([Evidence(last, 0.7, None, None, 1.0)], desk.archive)
        assert (opening.passage, opening.score) == (first, 0.7)
        assert opening_passages([opening], desk.archive) == []
