"""A quotation is proven letter by letter, or refused with the reason."""

import hashlib
import random
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from bot.answering.limits import PROOFS
from bot.answering.proving.archived import (
    ProvenQuotation,
    Refusal,
    prove_anywhere,
    prove_quotation,
    text_around,
)
from ingest.archive import Archive
from ingest.index.cutting import sentences
from ingest.language.script import has_cjk
from ingest.model import Removal
from tests.builders import NOW, TEXT, an_extract, saved

COPIED = tomllib.loads(
    (Path(__file__).parent / "copied_quotations.toml").read_text(encoding="utf-8")
)
MANY = 250
"""Quotations of each kind and language; four kinds and two languages make the thousands."""


@pytest.fixture
def archive(tmp_path):
    """Open an archive with one article, which is number 1."""
    with Archive.open(f"sqlite:///{tmp_path / 'archive.sqlite3'}") as archive:
        saved(archive, an_extract(url="https://ledger.example/harbour"))
        yield archive


def why(proof):
    """Return the reason of a refusal."""
    assert not isinstance(proof, ProvenQuotation), proof.quotation
    return proof.why


def test_a_proof_names_the_exact_range_the_version_and_its_digest(archive):
    """Whoever has the text can check each of them."""
    proof = prove_quotation("the Electoral Authority said on Sunday.", "1", archive)
    assert TEXT[proof.start : proof.end] == proof.quotation
    assert proof.quotation == "the Electoral Authority said on Sunday."
    assert proof.digest == hashlib.sha256(TEXT.encode()).hexdigest()
    assert (proof.article_id, proof.version, proof.newest, proof.current) == (1, 1, 1, True)
    assert proof.read_at == NOW


@pytest.mark.parametrize(
    "article", ["1", "#1", " 1 ", "1:1:0:abcdef", "https://ledger.example/harbour?utm_source=x"]
)
def test_an_article_is_named_by_number_address_or_passage(archive, article):
    """As an answer, a browser or a search names it."""
    assert isinstance(prove_quotation("she would stay", article, archive), ProvenQuotation)


@pytest.mark.parametrize(
    "article",
    [
        "2",
        "",
        "one",
        "-1",
        "9" * 40,
        "https://other.example/",
        "١",
        "http://[",
        "https://℀.example/",
    ],
)
def test_an_article_that_is_not_kept_proves_nothing(archive, article):
    """A wrong number is no proof, whatever else is kept."""
    assert why(prove_quotation("she would stay", article, archive)) is Refusal.NO_ARTICLE


@pytest.mark.parametrize(
    "quotation",
    [
        "“The Harbour Alliance won 46 seats in Orvessa”",
        "won  46\nseats",
        "Ｈarbour Alliance",
        "she would stay.\n\nTurnout was 62.7 per cent",
        "Har\u00adbour Alliance",
    ],
)
def test_marks_spaces_and_widths_tell_nothing(archive, quotation):
    """A quotation that was copied through three programs is still that quotation."""
    assert isinstance(prove_quotation(quotation, "1", archive), ProvenQuotation)


@pytest.mark.parametrize(
    ("quotation", "reason"),
    [
        ("", Refusal.EMPTY),
        ("“…”", Refusal.EMPTY),
        ("6", Refusal.EMPTY),
        ("x" * (PROOFS.quotation_characters + 1), Refusal.TOO_LONG),
        ("won 47 seats in Orvessa", Refusal.ALTERED),
        ("Ilse Castrel said that she would stay", Refusal.ALTERED),
        ("turnout was 62.7 per cent", Refusal.ALTERED),
        ("said that she would stay?", Refusal.ALTERED),
        ("Turnout was 62", Refusal.CUT),
        ("7 per cent, three points more", Refusal.CUT),
        ("arbour Alliance won", Refusal.CUT),
        ("Harbour Alliance w", Refusal.CUT),
        ("The Harbour Alliance won […] that she would stay", Refusal.JOINED),
        ("The Harbour Alliance won that she would stay", Refusal.JOINED),
    ],
)
def test_what_is_not_the_articles_own_is_refused_with_the_reason(archive, quotation, reason):
    """Half a figure is another figure, and two halves are no sentence."""
    assert why(prove_quotation(quotation, "1", archive)) is reason


@pytest.mark.parametrize(
    ("text", "quotation"),
    [
        ("予算は10億円だった。", "予算は10"),
        ("死者は百四十六人に上った。", "四十六人に上った"),
        ("党は非公認の候補を立てた。", "公認の候補を立てた"),
        ("支持率は42％だった。", "支持率は42"),
        ("صوّت 5 ملايين ناخب.", "صوّت 5"),
        ("صوّت 700 ألف ناخب.", "صوّت 700"),
        ("투표자는 5만 명이었다.", "투표자는 5"),
        ("예산은 3 조 원이다.", "예산은 3"),
        ("Votaron 5 millones de personas.", "Votaron 5"),
        ("Growth was −5 per cent.", "5 per cent"),
        ("Some 1,146 people came.", "146 people came"),
        ("Polls closed at 20:00 sharp.", "00 sharp"),
    ],
)
def test_a_figure_or_a_word_that_is_cut_is_another_one(archive, text, quotation):
    """In figures of both scripts, with their signs, shares and separators."""
    saved(archive, an_extract(text, title="Another", language="und"))
    assert why(prove_quotation(quotation, "2", archive)) is Refusal.CUT


@pytest.mark.parametrize("language", COPIED)
def test_a_quotation_is_proven_however_it_was_copied(archive, language):
    """Marks, dashes, line breaks, invisible characters and divided words come from the copying."""
    saved(archive, an_extract(COPIED[language]["text"], title="Another", language=language))
    for quotation in COPIED[language]["proven"]:
        proof = prove_quotation(quotation, "2", archive)
        assert isinstance(proof, ProvenQuotation), (quotation, proof)


@pytest.mark.parametrize("language", COPIED)
def test_a_quotation_that_says_something_else_is_never_proven(archive, language):
    """Look-alikes, another figure, a lost "not", half a word, and halves that were joined."""
    saved(archive, an_extract(COPIED[language]["text"], title="Another", language=language))
    for quotation in COPIED[language]["refused"]:
        assert why(prove_quotation(quotation, "2", archive)) is not None


def test_where_a_quotation_leaves_its_article_is_told(archive):
    """Whoever misquotes sees what it should be."""
    proof = prove_quotation("The Harbour Alliance won 64 seats", "1", archive)
    assert proof.agrees == "The Harbour Alliance won "
    assert proof.continuation.startswith("46 seats in Orvessa")


def test_an_older_version_proves_what_it_said(archive):
    """A correction does not unsay what was printed, and the proof says what stands now."""
    corrected = an_extract(
        TEXT.replace("46", "45"),
        url="https://ledger.example/harbour",
        corrections=("An earlier version gave 46 seats.",),
    )
    saved(archive, corrected, now=NOW + timedelta(hours=1))
    proof = prove_quotation("won 46 seats", "1", archive)
    assert (proof.version, proof.newest, proof.current) == (1, 2, False)
    assert proof.corrections == ("An earlier version gave 46 seats.",)
    assert prove_quotation("won 45 seats", "1", archive).current


@pytest.mark.parametrize("removal", list(Removal)[:-1])
def test_an_article_that_is_not_cited_any_more_proves_nothing(archive, removal):
    """Neither does it tell how near a quotation comes to it."""
    archive.articles.remove(1, now=NOW, removal=removal)
    proof = prove_quotation("she would stay", "1", archive)
    assert why(proof) is Refusal.WITHDRAWN
    assert (proof.removal, proof.agrees, proof.continuation) == (removal, "", "")


def test_an_article_that_was_erased_proves_nothing(archive):
    """It is as if it had never been kept."""
    archive.articles.erase(1, now=NOW)
    assert why(prove_quotation("she would stay", "1", archive)) is Refusal.NO_ARTICLE


def test_a_quotation_is_found_in_whichever_article_has_it(sample_desk):
    """Without a number all coverage is looked through."""
    search = sample_desk.coverage.search
    [*_, version] = sample_desk.archive.articles.versions(3)
    quotation = quotations(version.extract)[0]
    proof = prove_anywhere(quotation, sample_desk.archive, search)
    assert proof.article_id == 3
    altered = quotation.replace("e", "o", 3)
    assert why(prove_anywhere(altered, sample_desk.archive, search)) is not None


def quotations(extract):
    """Return the sentences of an article that are long enough to be mutated in many ways."""
    text, least = extract.text, 12 if has_cjk(extract.text) else 40
    spans = sentences(text, extract.header.language)
    return [text[s.start : s.end] for s in spans if s.end - s.start >= least]


@pytest.fixture(scope="module")
def kept(read_folder):
    """Return the archive of the sample coverage and its texts, by article."""
    with Archive.open(f"sqlite:///{read_folder / 'archive.sqlite3'}") as archive:
        texts = {
            each.id: archive.articles.versions(each.id)[-1].extract
            for each in archive.articles.listed()
        }
        yield archive, texts


def drawn(texts, language, seed):
    """Yield an article, one of its sentences and a generator, again and again."""
    chance = random.Random(seed)
    own = [
        (article, sentence)
        for article, extract in sorted(texts.items())
        if extract.header.language == language
        for sentence in quotations(extract)
    ]
    assert len(own) > 20
    while True:
        article, sentence = chance.choice(own)
        yield article, sentence, own, chance


def letters(sentence, _own, chance):
    """Change one letter."""
    places = [i for i, c in enumerate(sentence[:-2]) if c.isalpha()]
    place = chance.choice(places)
    other = "ぬ" if has_cjk(sentence) else "q"
    return f"{sentence[:place]}{other}{sentence[place + 1 :]}"


def figures(sentence, _own, chance):
    """Change one figure, or set one in."""
    places = [i for i, c in enumerate(sentence) if c.isdigit()]
    if places:
        place = chance.choice(places)
        return f"{sentence[:place]}{(int(sentence[place]) + 1) % 10}{sentence[place + 1 :]}"
    place = chance.randrange(1, len(sentence) - 3)
    return f"{sentence[:place]}7{sentence[place:]}"


def names(sentence, own, chance):
    """Put another name in the place of one, or leave one out."""
    if has_cjk(sentence):
        place = chance.randrange(1, len(sentence) - 4)
        return f"{sentence[:place]}{chance.choice(own)[1][:3]}{sentence[place + 2 :]}"
    words = sentence.split(" ")
    place = chance.randrange(1, len(words) - 1)
    others = [
        w for _, each in own for w in each.split(" ") if w[:1].isupper() and w != words[place]
    ]
    return " ".join([*words[:place], chance.choice(others), *words[place + 1 :]])


def joined(sentence, own, chance):
    """Join the first half of one sentence to the second half of another."""
    other = chance.choice(own)[1]
    half = sentence[: len(sentence) // 2].rstrip()
    rest = other[len(other) // 2 :].lstrip()
    return f"{half}{'' if has_cjk(sentence) else ' '}{rest}"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("mutated", [letters, figures, names, joined])
def test_no_mutated_quotation_is_proven(kept, language, mutated):
    """Letters, figures, names, joined halves: a thousand in each language, none passes."""
    archive, texts = kept
    seen = 0
    for article, sentence, own, chance in drawn(texts, language, mutated.__name__):
        quotation = mutated(sentence, own, chance)
        if " ".join(quotation.split()) in " ".join(texts[article].text.split()):
            continue
        assert why(prove_quotation(quotation, str(article), archive)) is not None
        seen += 1
        if seen == MANY:
            break


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_quotation_is_proven_in_another_article(kept, language):
    """Where a thing was said is a part of the quotation."""
    archive, texts = kept
    seen = 0
    for article, sentence, _own, chance in drawn(texts, language, "other"):
        other = chance.choice(sorted(texts))
        if other == article or sentence in texts[other].text:
            continue
        assert why(prove_quotation(sentence, str(other), archive)) is not None
        seen += 1
        if seen == MANY:
            break


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_exact_quotation_is_proven_at_its_place(kept, language):
    """Whole sentences and parts of them, with other marks and spaces around."""
    archive, texts = kept
    for seen, (article, sentence, _own, chance) in enumerate(drawn(texts, language, "exact")):
        if seen == 2 * MANY:
            break
        words = sentence.split(" ")
        if not has_cjk(sentence) and len(words) > 6 and chance.random() < 0.5:
            first = chance.randrange(0, len(words) - 4)
            sentence = " ".join(words[first : chance.randrange(first + 3, len(words))])
        given = chance.choice([sentence, f"“{sentence}”", f"  {sentence}\n", f"「{sentence}」"])
        proof = prove_quotation(given, str(article), archive)
        assert isinstance(proof, ProvenQuotation), (given, proof)
        assert texts[article].text[proof.start : proof.end] == proof.quotation
        assert proof.quotation.strip(".,;:。、「」“”\"' ") in sentence


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("The count ended. ", " It rained.", ("The count ended. ", " It rained.")),
        ("lost " * 70, " kept" * 70, ("…" + "lost " * 59, " kept" * 59 + "…")),
        ("票" * 400, "数" * 400, ("…" + "票" * 300, "数" * 300 + "…")),
    ],
)
def test_the_text_around_a_quotation_is_cut_at_words(before, after, shown):
    """Where there are no words to cut at, it has its full length."""
    text = f"{before}Harbour won.{after}"
    assert text_around(text, len(before), len(before) + len("Harbour won.")) == shown


QUESTIONS = {
    "en": "Will she stay? “He resigned?” asked Farr. He lost!? She won. She won? It left the U.S.?",
    "fr": "Elle reste\u202f? Il part.",
    "es": "¿Se queda? Se va.",
    "ja": "辞任した？「残る」と述べた。",
    "zh": "他辞职了？他留下了。",
    "ar": "هل استقال؟ لقد بقي.",
    "el": "Παραιτήθηκε; Έμεινε; Έφυγε\u037e Έχασε.",
}


@pytest.mark.parametrize(
    ("language", "statement"),
    [
        ("en", "Will she stay."),
        ("en", "“Will she stay”."),
        ("en", "He resigned."),
        ("en", "“He resigned.”"),
        ("en", "He lost."),
        ("fr", "Elle reste."),
        ("es", "Se queda."),
        ("ja", "辞任した。"),
        ("ja", "辞任した｡"),
        ("zh", "他辞职了。"),
        ("ar", "استقال."),
        ("el", "Παραιτήθηκε."),
        ("el", "Έφυγε."),
    ],
)
def test_a_question_is_no_statement(archive, language, statement):
    """Its words with a full stop say what was only asked; the article's own mark is shown."""
    saved(archive, an_extract(QUESTIONS[language], title="Another", language=language))
    proof = prove_quotation(statement, "2", archive)
    assert why(proof) is Refusal.ALTERED
    assert proof.continuation.lstrip(" '!")[0] in "?؟;"


@pytest.mark.parametrize(
    ("language", "quotation"),
    [
        ("en", "Will she stay"),
        ("en", "Will she stay?"),
        ("en", "“He resigned?”."),
        ("en", "Will she stay…"),
        ("en", "He lost!?"),
        ("en", "She won."),
        ("en", "She won?"),
        ("en", "It left the U.S."),
        ("ja", "辞任した"),
        ("ja", "「残る」と述べた。"),
        ("zh", "他留下了。"),
        ("ar", "لقد بقي."),
        ("el", "Παραιτήθηκε;"),
        ("el", "Έχασε."),
    ],
)
def test_a_question_is_quoted_with_its_mark_or_in_part(archive, language, quotation):
    """And a statement that is asked elsewhere is still a statement."""
    saved(archive, an_extract(QUESTIONS[language], title="Another", language=language))
    assert isinstance(prove_quotation(quotation, "2", archive), ProvenQuotation)


@pytest.mark.parametrize("quotation", ["Who lost it", "The x", "票が", "Turn"])
def test_a_letter_or_a_word_in_common_is_no_place(archive, quotation):
    """It stands anywhere, and what follows it there has nothing to do with the quotation."""
    saved(archive, an_extract("票数は発表された。 Turnip soup.", title="Another"))
    proof = prove_quotation(quotation + " quite another matter", "2", archive)
    assert (why(proof), proof.agrees, proof.continuation) == (Refusal.ALTERED, "", "")
