"""What the style sheets of a page hide, show and set apart, and what it opens on a click."""

import pytest

from tests.ingest.reading.pages import FIRST, SECOND, STORY, THIRD, a_page, lines, read

OLD = "Turnout in Holm was 44.0 per cent."


@pytest.mark.parametrize(
    ("sheet", "markup"),
    [
        ("#old { display: none }", '<p id="old">{}</p>'),
        ("p.old{display:none!important}", '<p class="old">{}</p>'),
        (".fig.old{visibility:hidden}", '<p class="fig old">{}</p>'),
        ("article .old { display:none }", '<p class="old">{}</p>'),
        (
            ".box .old, .menu { display:none }",
            '<div class="box"><div><p class="old">{}</p></div></div>',
        ),
        (".old{display:block} .old{display:none}", '<p class="old">{}</p>'),
        ("#old { text-decoration: line-through }", '<p id="old">{}</p>'),
        ("", '<div popover="" id="note"><p>{}</p></div>'),
        ("", '<p class="invisible">{}</p>'),
    ],
)
def test_what_a_style_sheet_takes_from_the_page_is_not_said(sheet, markup):
    """By a class, an id, an element, or what stands around it."""
    page = a_page(f"{STORY}{markup.format(OLD)}<p>{THIRD}</p>", head=f"<style>{sheet}</style>")
    assert "44.0" not in read(page).text


@pytest.mark.parametrize(
    ("sheet", "markup"),
    [
        (".panel{display:none} .panel.open{display:block}", '<p class="panel open">{}</p>'),
        (".old{display:none} .old{display:block}", '<p class="old">{}</p>'),
        (".menu .entry{display:none}", '<p class="entry">{}</p>'),
        ("h2.entry{display:none}", '<p class="entry">{}</p>'),
        (".no-js .entry{display:none}", '<p class="entry">{}</p>'),
        (".entry:before{display:none} .entry>b{display:none}", '<p class="entry">{}</p>'),
        ("@media print{#entry{display:none}}", '<p id="entry">{}</p>'),
        (".entry{display:none}", '<p id="entry">{}</p>'),
    ],
)
def test_what_a_style_sheet_leaves_on_the_page_is_said(sheet, markup):
    """A rule for other elements, or one that a later or closer rule takes back."""
    page = a_page(f"{STORY}{markup.format(OLD)}<p>{THIRD}</p>", head=f"<style>{sheet}</style>")
    page = page.replace("<html ", '<html class="no-js" ').replace("<head>", "\n<head>")
    assert OLD in read(page).text


@pytest.mark.parametrize(
    "closed", ["hidden", 'style="display:none"', 'class="hide" aria-hidden="true"']
)
def test_an_answer_that_a_question_opens_on_a_click_is_read(closed):
    """Accordions hide it until then; what other buttons open is none of the text."""
    box = (
        '<h3><button aria-expanded="false" aria-controls="{0}">{1}</button></h3>'
        f'<div id="{{0}}" role="region" {closed}><p>{{2}}</p></div>'
    )
    asked = box.format("a1", "Wie viele Sitze hat die Liste?", "Die Liste hat 17 der 33 Sitze.")
    named = box.format("a2", "Nächster Schritt", "Der Rat tritt am 1. Dezember zusammen.")
    menu = f'<button aria-controls="m">Menü</button><div id="m" {closed}><p>Alle Themen.</p></div>'
    text = read(a_page(STORY + asked + named + menu, lang="de")).text
    assert "Wie viele Sitze hat die Liste? · Die Liste hat 17 der 33 Sitze." in text
    assert "Der Rat tritt am 1. Dezember zusammen." in text
    assert "Alle Themen" not in text


@pytest.mark.parametrize("call", ["Read more", "Weiterlesen", "Lire la suite", "続きを読む"])
def test_the_rest_of_an_article_that_a_click_shows_is_read(call):
    """It is a part of the article; a menu that a heading opens is not."""
    rest = f'<button aria-controls="r">{call}</button><div id="r" hidden><p>{THIRD}</p></div>'
    menu = '<h3><a aria-controls="m">Parts</a></h3><ul id="m" hidden><li>Sport</li></ul>'
    said = read(a_page(f"<p>{FIRST}</p><p>{SECOND}</p>{rest}{menu}")).text
    assert said.startswith(f"{FIRST}\n\n{SECOND}\n\n{THIRD}")
    assert "Sport" not in said


@pytest.mark.parametrize(
    "markup",
    [
        "<div class='faq'><div class='faq-q'>{0}</div><div class='closed'><p>{1}</p></div></div>",
        "<h3>{0}</h3><div class='closed'><p>{1}</p></div>",
        '<button type="button">{0}</button><div class="closed">{1}</div>',
        '<input id="a"><label for="a">{0}</label><div class="closed"><p>{1}</p></div>',
        (
            '<div itemscope itemtype="https://schema.org/Question"><b itemprop="name">{0}</b>'
            '<div itemprop="acceptedAnswer"><div itemprop="text">{1}</div></div></div>'
        ),
        '<div><strong class="schema-faq-question">{0}</strong> <p class="answer">{1}</p></div>',
    ],
)
def test_an_answer_stands_behind_its_own_question(markup):
    """A paragraph further down would pass for it where the page hides the answer until a click."""
    asked = "How many seats did the list win?"
    answer = "The list won 17 of the 33 seats, the officer said."
    page = a_page(
        f"<p>{FIRST}</p><p>{SECOND}</p>{markup.format(asked, answer)}<p>{THIRD}</p>",
        head="<style>.faq .closed, .closed { display: none }</style>",
    )
    said = read(page).text.split("\n\n")
    assert said[:2] == [FIRST, SECOND]
    assert said[-1] == THIRD
    assert " ".join(said[2:-1]).replace(" · ", " ") == f"{asked} {answer}"


def test_a_name_and_a_party_that_only_a_style_sets_apart_are_apart():
    """One of them is the bare text of its line; the parts of a word are of one style or of none."""
    rows = (
        '<li>Mara Ellwood<span class="party">Fen Alliance</span><span class="n">9,142</span></li>'
        '<li><span class="name">Denis Rook</span>Hill Party<span class="n">8,901</span></li>'
        "<li>The You<b>Tube</b> and Mac<i>Lennan</i> lists: 143</li>"
    )
    prose = '<p>Ada Mac<span class="caps">Lennan</span> won.</p>'
    assert lines(a_page(f"{STORY}{prose}<ul>{rows}</ul>"))[-4:] == [
        "Ada MacLennan won.",
        "- Mara Ellwood Fen Alliance 9,142",
        "- Denis Rook Hill Party 8,901",
        "- The YouTube and MacLennan lists: 143",
    ]


@pytest.mark.parametrize(
    ("markup", "sentence"),
    [
        (f'<img class="initial" src="t.png" alt="T">{FIRST[1:]}', FIRST),
        (f'<span><img src="t.png" alt="T"></span>{FIRST[1:]}', FIRST),
        (
            'Turnout was <img src="6.gif" alt="6"><img src="1.gif" alt="1"> per cent at Holm.',
            "Turnout was 61 per cent at Holm.",
        ),
        ('Turnout was <img src="a.gif" alt="61.4%"> at Holm.', "Turnout was 61.4% at Holm."),
        ('<img src="a.gif" alt="A"> The count at Holm ended.', "The count at Holm ended."),
        ('<img src="a.gif" alt="Hall, 2026">The count at Holm ended.', "The count at Holm ended."),
    ],
)
def test_letters_and_figures_that_are_pictures_are_read(markup, sentence):
    """An ornate first letter, digits of a counter; a picture beside the text is no word of it."""
    assert lines(a_page(f"<p>{markup}</p><p>{SECOND}</p><p>{THIRD}</p>"))[0] == sentence
